"""Of what people want to see the log when they type what they know: a document, a file, a person, the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.approvals import PREFIX as APPROVAL
from domain.approvals import approval_id
from domain.query import Query
from domain.text import search_key
from pipeline.steps.sentences import understood
from storage.archive.many import newest_records
from storage.arrivals import called, drops_of_units
from storage.search import search

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

MOST = 200
"""Documents, and files, whose entries are shown together."""
ENGINE = "engine"
"""Who did what nobody did."""
_DOCUMENT, _DROP = "doc-", "drop-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What some words stand for, of what who asks may see."""

    documents: tuple[str, ...] = ()
    """The newest ``MOST``."""
    drops: tuple[str, ...] = ()
    """The newest ``MOST``."""
    people: tuple[User, ...] = ()
    more: bool = False
    """There are more documents or files."""


def named(shoko: Shoko, words: str, *, most: int = MOST) -> Named:
    """What these words stand for: documents as the search finds them, deleted ones too, files and people by name."""
    if not search_key(words):
        return Named()
    query = understood(shoko, words).query
    asked = replace(query, include_deleted=True, order="-recorded_at", limit=most, count_limit=most + 1)
    hits = search(shoko.archive, asked) if query != Query() else None
    drops = called(shoko.archive, words, limit=most + 1)
    return Named(
        documents=tuple(hit.document_id for hit in hits.hits) if hits is not None else (),
        drops=drops[:most],
        people=people_named(shoko, words),
        more=len(drops) > most or (hits is not None and hits.total > most),
    )


def people_named(shoko: Shoko, words: str) -> tuple[User, ...]:
    """People whose login or name has these words in it; alone whoever has just this login."""
    key, users = search_key(words), shoko.people.users()
    exact = tuple(user for user in users if user.login == words)
    return exact or tuple(user for user in users if key and (key in search_key(user.name) or key in user.login))


def doers(shoko: Shoko, words: str) -> frozenset[str]:
    """As whom the log knows the people that these words name; the words themselves, where accounts know none."""
    return frozenset(user.login for user in people_named(shoko, words)) or frozenset({words})


def story(shoko: Shoko, *, documents: Iterable[str] = (), drops: Iterable[str] = ()) -> frozenset[str]:
    """Under which ids the log speaks of these documents and files.

    A document with its approvals, its originals and the files that brought them; a file with its original and the
    documents that came of it.
    """
    statuses = shoko.archive.drop_statuses(tuple(drops))
    wanted = {*documents, *(one for status in statuses.values() for one in status.documents)}
    records = newest_records(shoko.archive, wanted)
    units = {page.unit_id for record in records.values() for page in record.pages}
    units |= {status.drop.unit_id for status in statuses.values()}
    return frozenset(
        {*wanted, *map(approval_id, wanted), *units, *statuses, *drops_of_units(shoko.archive, sorted(units))}
    )


def about(shoko: Shoko, subject_id: str) -> frozenset[str]:
    """Under which ids the log speaks of one thing: of a document or a file its whole story."""
    if subject_id.removeprefix(APPROVAL).startswith(_DOCUMENT):
        return story(shoko, documents=(subject_id.removeprefix(APPROVAL),))
    return story(shoko, drops=(subject_id,)) | {subject_id} if subject_id.startswith(_DROP) else frozenset({subject_id})
