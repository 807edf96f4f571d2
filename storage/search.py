"""From a query to hits: one pure compiler, the same results on SQLite and PostgreSQL.

Words are parts of the normalised text (``domain.text.search_key``). PostgreSQL finds the texts that may hold a word by
an index of their characters and pairs (``domain.grams``) and looks only into those; SQLite reads the texts that the
other conditions leave. What is listed is found first, on short columns and in the order of an index; long ones are read
for the page alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.calendar import TOKYO
from domain.fields import DocumentType
from domain.grams import grams_of_word
from domain.ids import Origin
from domain.query import Hit, Hits, Query
from domain.record import DocumentState, UnitState
from domain.text import search_key
from domain.visibility import Visibility
from storage.archive.indexing import scaled
from storage.archive.reader import ArchiveReader
from storage.archive.rebuildable import figure, search_entry
from storage.archive.schema import revision_unit
from storage.archive.seeing import seen

SNIPPET_CHARACTERS = 80
"""Length of a snippet."""
_BEFORE_WORD = 20
"""Characters of a snippet before the word it shows."""
_SNIPPET_SEARCH = 20_000
"""Characters of a document's text in which a snippet is looked for."""
_IDS_PER_QUERY = 500
COMMON = 0.02
"""Share of documents from which a gram is common: a thousand hits are then met within some ten thousand documents."""
_WALKED = 60_000
"""Documents that are walked through at most."""
DELETED = (DocumentState.TOMBSTONED.value, DocumentState.DESTROYED.value)
"""States of what is found only where it is asked for."""
_ORDER_COLUMNS = {
    "transaction_date": search_entry.c.transaction_date,
    "total_amount": search_entry.c.amount_scaled,
    "counterparty": search_entry.c.counterparty_key,
    "received_on": search_entry.c.received_on,
    "recorded_at": search_entry.c.recorded_at,
}
_UNSHOWN = frozenset({"words_key", "counterparty_key", "registration_number", "department", "readers", "grams"})
_SHOWN = tuple(column for column in search_entry.c if column.name not in _UNSHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, of which archive and which database."""

    client_id: str
    visibility: Visibility
    by_grams: bool
    """The database has an index of grams."""

    @classmethod
    def of(cls, archive: ArchiveReader) -> Asker:
        """As an archive answers."""
        return cls(client_id=archive.client_id, visibility=archive.visibility, by_grams=archive.has_grams)


def search(archive: ArchiveReader, query: Query) -> Hits:
    """The page of hits that a query asks for, of what the archive's ``visibility`` shows; newest revisions only."""
    with archive.at_once():
        return _search(archive, query)


def _search(archive: ArchiveReader, query: Query) -> Hits:
    most = query.count_limit
    if most is not None and query.offset + query.limit <= most:
        ids = _listed(archive, replace(query, offset=0), most + 1)
        total, at_least = min(len(ids), most), len(ids) > most
        ids = ids[query.offset : query.offset + query.limit]
    else:
        ids = _listed(archive, query, query.limit)
        total, at_least = _counted(archive, query, len(ids), most)
    return Hits(total=total, at_least=at_least, hits=_hits(archive, query, ids))


def every_hit(archive: ArchiveReader, query: Query, *, at_once: int = 500) -> Iterator[Hit]:
    """All hits of a query in its order, however many: listed once, read in batches."""
    ids = _listed(archive, replace(query, offset=0), None)
    for start in range(0, len(ids), at_once):
        yield from _hits(archive, query, ids[start : start + at_once])


def _counted(archive: ArchiveReader, query: Query, found: int, most: int | None) -> tuple[int, bool]:
    if query.offset == 0 and found < query.limit:
        return found, False
    if most is not None and found:
        return max(most, query.offset + found), True
    counted = archive.rows(compile_count(query, Asker.of(archive)))
    return int(counted[0][0]), False


def _listed(archive: ArchiveReader, query: Query, most: int | None) -> list[str]:
    """Ids in the order that was asked for, from the query's offset on, at most ``most``."""
    asker = Asker.of(archive)
    filled, blank = compile_listing(query, asker)
    if most is not None and query.offset == 0 and _is_common(archive, query):
        walked = archive.rows(compile_walk(query, asker).limit(most))
        if len(walked) >= most:
            return [row[0] for row in walked]
    found = [row[0] for row in archive.rows(filled.offset(query.offset).limit(most))]
    if blank is None or (most is not None and len(found) >= most):
        return found
    # The rest of what is listed has no value to be ordered by.
    before = query.offset
    if before and not found:
        before -= int(archive.rows(sa.select(sa.func.count()).select_from(filled.order_by(None).subquery()))[0][0])
    elif found:
        before = 0
    left = None if most is None else most - len(found)
    return found + [row[0] for row in archive.rows(blank.offset(max(before, 0)).limit(left))]


def compile_listing(query: Query, asker: Asker) -> tuple[sa.Select[Any], sa.Select[Any] | None]:
    """The statements that list ids: of what has a value to order by, and of what has none, which comes last.

    Apart, each goes along its index in either direction. Every value is a bound parameter.
    """
    column = _ORDER_COLUMNS[query.order.removeprefix("-")]
    where = conditions(query, asker)
    ids = sa.select(search_entry.c.document_id).where(*where)
    ways = (column, search_entry.c.document_id)
    directed = [way.desc() if query.order.startswith("-") else way.asc() for way in ways]
    if not column.nullable:
        return ids.order_by(*directed), None
    return (
        ids.where(column.is_not(None)).order_by(*directed),
        ids.where(column.is_(None)).order_by(search_entry.c.document_id),
    )


def _is_common(archive: ArchiveReader, query: Query) -> bool:
    """Whether PostgreSQL has counted every gram that is looked for as common: then a walk in order finds enough soon.

    The planner takes grams for independent of one another and a word that most papers have for a rare one.
    """
    looked_for = _grams(query)
    if not archive.has_grams or not looked_for:
        return False
    counted = archive.rows(sa.select(_FREQUENCY.bindparams(looked_for=list(looked_for)).subquery()))[0]
    return int(counted.known) == len(looked_for) and min(float(counted.least), float(counted.together)) >= COMMON


_FREQUENCY = sa.text(
    "SELECT count(*) AS known, coalesce(min(often), 0) AS least, coalesce(exp(sum(ln(often)) / 2), 0) AS together"
    " FROM pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs) AS counted(gram, often)"
    " WHERE tablename = 'search_entry' AND schemaname = current_schema() AND attname = 'grams'"
    " AND often > 0 AND gram = ANY(:looked_for)"
).columns(sa.column("known", sa.Integer()), sa.column("least", sa.Float()), sa.column("together", sa.Float()))
"""``together`` lies between grams that always come together and grams that know nothing of one another."""


def compile_walk(query: Query, asker: Asker) -> sa.Select[Any]:
    """The statement that goes through what the other conditions leave, in order, and looks for the words as it goes."""
    exact = query.counterparty if query.counterparty_exact else None
    filled, _ = compile_listing(replace(query, words=(), counterparty=exact), asker)
    entry = search_entry.c
    passed = filled.add_columns(entry.words_key, entry.counterparty_key).limit(_WALKED).subquery("passed")
    party = search_key(query.counterparty) if query.counterparty is not None and not query.counterparty_exact else ""
    held = [passed.c.words_key.contains(key, autoescape=True) for key in _keys(query)]
    held += [passed.c.counterparty_key.contains(party, autoescape=True)] if party else []
    return sa.select(passed.c.document_id).where(*held)


def compile_count(query: Query, asker: Asker) -> sa.Select[Any]:
    """The statement that counts all hits."""
    where = conditions(query, asker)
    return sa.select(sa.func.count()).select_from(search_entry).where(*where)


def conditions(query: Query, asker: Asker) -> tuple[sa.ColumnElement[bool], ...]:
    """What every hit fulfils: what is asked for, and what who asks may see."""
    entry = search_entry.c
    found: list[sa.ColumnElement[bool]] = [entry.client_id == asker.client_id, *seen(asker.visibility)]
    found.extend(_between(entry.transaction_date, query.date_from, query.date_to))
    found.extend(_between(entry.received_on, query.received_from, query.received_to))
    if query.due_from is not None or query.due_to is not None:
        due = sa.select(figure.c.document_id).where(figure.c.client_id == asker.client_id, figure.c.due_on.is_not(None))
        found.append(entry.document_id.in_(due.where(*_between(figure.c.due_on, query.due_from, query.due_to))))
    if query.filed_from is not None or query.filed_to is not None:
        filed = sa.select(figure.c.document_id).where(figure.c.client_id == asker.client_id)
        found.append(entry.document_id.in_(filed.where(*_on_days(figure.c.filed_at, query.filed_from, query.filed_to))))
    amounts = (None if one is None else scaled(one) for one in (query.amount_min, query.amount_max))
    found.extend(_between(entry.amount_scaled, *amounts))
    found.extend([entry.transaction_date.is_(None)] if query.date_blank else [])
    found.extend([entry.amount_scaled.is_(None)] if query.amount_blank else [])
    found.extend([entry.registration_number.is_(None)] if query.registration_blank else [])
    found.extend(_worded(query, by_grams=asker.by_grams))
    found.extend([entry.counterparty_key.is_(None)] if query.counterparty_blank else [])
    found.extend([entry.received_on_assumed.is_(True)] if query.received_on_assumed else [])
    if query.document_types:
        found.append(entry.document_type.in_([kind.value for kind in query.document_types]))
    if query.states:
        found.append(entry.state.in_([state.value for state in query.states]))
    elif not query.include_deleted:
        found.append(entry.state.not_in(DELETED))
    if query.origins:
        found.append(entry.origin.in_([origin.value for origin in query.origins]))
    return tuple(found)


def _worded(query: Query, *, by_grams: bool) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions on names and words. The key of a counterparty is part of the words, so its grams are among theirs."""
    entry = search_entry.c
    party = search_key(query.counterparty) if query.counterparty is not None else ""
    if party and query.counterparty_exact:
        yield entry.counterparty_key == party
    elif party:
        yield entry.counterparty_key.contains(party, autoescape=True)
    for key in _keys(query):
        yield entry.words_key.contains(key, autoescape=True)
    if by_grams and (looked_for := _grams(query)):
        yield entry.grams.op("@>")(sa.bindparam(None, looked_for, entry.grams.type))


def _grams(query: Query) -> tuple[int, ...]:
    """Grams that every hit has."""
    party = "" if query.counterparty is None or query.counterparty_exact else search_key(query.counterparty)
    words = (*_keys(query), *([party] if party else []))
    return tuple(sorted({gram for word in words for gram in grams_of_word(word)}))


def _on_days(column: sa.Column[Any], first: date | None, last: date | None) -> list[sa.ColumnElement[bool]]:
    """An instant on one of these days in Tokyo, both included."""
    found = [] if first is None else [column >= datetime.combine(first, time(), TOKYO)]
    if last is None or last == date.max:
        return found
    return [*found, column < datetime.combine(last + timedelta(days=1), time(), TOKYO)]


def _between(column: sa.Column[Any], first: object, last: object) -> list[sa.ColumnElement[bool]]:
    """Both ends inclusive; None is open."""
    found = [] if first is None else [column >= first]
    return found if last is None else [*found, column <= last]


def _keys(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(search_key, query.words) if key))


def _hits(archive: ArchiveReader, query: Query, ids: Sequence[str]) -> tuple[Hit, ...]:
    """What is shown of these documents, in their order."""
    entry = search_entry.c
    rows: dict[str, Mapping[Any, Any]] = {}
    for start in range(0, len(ids), _IDS_PER_QUERY):
        some = ids[start : start + _IDS_PER_QUERY]
        found = sa.select(*_SHOWN).where(entry.client_id == archive.client_id, entry.document_id.in_(some))
        rows |= {row.document_id: row._mapping for row in archive.rows(found)}  # noqa: SLF001  # a public name
    states = _unit_states(archive, [one for one in ids if one in rows])
    return tuple(_hit(rows[one], query, states[one]) for one in ids if one in rows)


def _unit_states(archive: ArchiveReader, document_ids: Sequence[str]) -> dict[str, UnitState]:
    """How the units of each document's newest revision stand together: pending if any is, renewed if any is."""
    units: dict[str, list[str]] = {document_id: [] for document_id in document_ids}
    for start in range(0, len(document_ids), _IDS_PER_QUERY):
        query = (
            sa.select(revision_unit.c.document_id, revision_unit.c.unit_id)
            .join(
                search_entry,
                sa.and_(
                    search_entry.c.client_id == revision_unit.c.client_id,
                    search_entry.c.document_id == revision_unit.c.document_id,
                    search_entry.c.revision == revision_unit.c.revision,
                ),
            )
            .where(
                revision_unit.c.client_id == archive.client_id,
                revision_unit.c.document_id.in_(document_ids[start : start + _IDS_PER_QUERY]),
            )
        )
        for row in archive.rows(query):
            units[row.document_id].append(row.unit_id)
    states = archive.unit_states([unit_id for found in units.values() for unit_id in found])
    return {document_id: _together([states[one] for one in found]) for document_id, found in units.items()}


def _together(states: Sequence[UnitState]) -> UnitState:
    for one in (UnitState.TIMESTAMP_PENDING, UnitState.RENEWED):
        if one in states:
            return one
    return UnitState.STAMPED


def _hit(row: Mapping[Any, Any], query: Query, unit_state: UnitState) -> Hit:
    return Hit(
        document_id=row["document_id"],
        revision=row["revision"],
        document_type=DocumentType(row["document_type"]),
        state=DocumentState(row["state"]),
        transaction_date=row["transaction_date"],
        total_amount=Decimal(row["amount"]) if row["amount"] is not None else None,
        currency=row["currency"],
        counterparty=row["counterparty"],
        received_on=row["received_on"],
        received_on_assumed=row["received_on_assumed"],
        origin=Origin(row["origin"]),
        unit_state=unit_state,
        snippet=snippet(row["body"], _keys(query)),
    )


def snippet(body: str, keys: tuple[str, ...]) -> str:
    """Some text around the place where the first of the keys stands, on one line."""
    found = next((at for at in (_find(body, key) for key in keys) if at is not None), 0)
    start = max(0, found - _BEFORE_WORD) if found else 0
    shown = " ".join(body[start : start + SNIPPET_CHARACTERS].split())
    return ("…" if start else "") + shown + ("…" if start + SNIPPET_CHARACTERS < len(body) else "")


def _find(body: str, key: str) -> int | None:
    # Character by character, so that each piece of the key knows where it stands; close enough to show the place.
    pieces = [_character_key(character) for character in body[:_SNIPPET_SEARCH]]
    at = "".join(pieces).find(key)
    if at < 0:
        return None
    passed = 0
    for position, piece in enumerate(pieces):
        passed += len(piece)
        if passed > at:
            return position
    return None


_character_key = lru_cache(maxsize=16384)(search_key)
