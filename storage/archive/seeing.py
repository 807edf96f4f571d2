"""What one may not see does not exist: the one place where a ``Visibility`` becomes conditions on the search index.

Everything that reads documents for a person goes through ``seen`` (in statements over ``search_entry``) or through an
archive that is ``seen_by`` somebody (``storage.archive.reader``). A document that the index does not have (its payload
was destroyed) is seen only by those from whom nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from domain.acts import ActKind, ActRecord
from domain.approvals import APPROVAL_ACTS
from domain.record import DocumentState
from domain.requests import REQUEST_ACTS
from domain.text import search_key
from domain.visibility import Frame, Visibility
from storage.archive import belonging, rebuildable, schema

if TYPE_CHECKING:
    from sqlalchemy.sql.base import ReadOnlyColumnCollection

_OF_ONE = REQUEST_ACTS | APPROVAL_ACTS
"""Acts that are told whole or not at all."""
_Columns: TypeAlias = "ReadOnlyColumnCollection[str, sa.Column[Any]]"
_ENDED = DocumentState.TOMBSTONED.value
_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""
DOCUMENT, UNIT, DROP = "doc-", "unit-", "drop-"
KEPT_BY_ITSELF = (DOCUMENT, UNIT, DROP)
"""How ids begin of what has acts of its own; a request, an occasion or a round of approval concerns some of these."""


def seen(visibility: Visibility) -> tuple[sa.ColumnElement[bool], ...]:
    """What every row of the search index fulfils that one may see."""
    if visibility.sees_all:
        return ()
    entry = rebuildable.search_entry.c
    return (*_shown(entry, visibility), sa.or_(entry.state != _ENDED, ~_replaced(visibility)))


def shown_sums(sums: _Columns, visibility: Visibility) -> tuple[sa.ColumnElement[bool], ...] | None:
    """What sums over documents fulfil of which one may see all; None for a frame, which may cut through them.

    Deleted documents are in no sum, so nothing stands in the place of any.
    """
    if not (visibility.everything or visibility.frame.is_open):
        return None
    return () if visibility.sees_all else (_permitted(sums, visibility),)


def _shown(entry: _Columns, visibility: Visibility) -> Iterator[sa.ColumnElement[bool]]:
    yield _permitted(entry, visibility)
    yield from _within(entry, visibility.frame)


def _permitted(entry: _Columns, visibility: Visibility) -> sa.ColumnElement[bool]:
    """By department and confidentiality."""
    department: sa.ColumnElement[bool] = sa.true()
    if not visibility.all_departments:
        department = sa.or_(entry.department.is_(None), entry.department.in_(sorted(visibility.departments)))
    named = [one for one in (visibility.user_id, *visibility.departments) if one]
    secret = [entry.readers.contains(belonging.fenced((one,)), autoescape=True) for one in named]
    if visibility.confidential:
        secret.append(entry.readers.is_not(None))
    return sa.or_(sa.and_(entry.readers.is_(None), department), *secret)


def _replaced(visibility: Visibility) -> sa.ColumnElement[bool]:
    """Whether something stands in the place of a document that may not be seen: it would show the same pages.

    Only what ended has others in its place: those into which a person divided or joined it, or the one that took its
    pages as a new scan. Those are followed to the last.
    """
    entry, other = rebuildable.search_entry, rebuildable.search_entry.alias()
    link, act, about = schema.succession, schema.act.alias(), schema.act_about.alias()
    own = sa.select(entry.c.client_id, entry.c.document_id).correlate(entry)
    line = own.cte(recursive=True, nesting=True)
    divided = sa.and_(link.c.client_id == line.c.client_id, link.c.document_id == line.c.document_id)
    named = sa.and_(about.c.client_id == line.c.client_id, about.c.about_id == line.c.document_id)
    scanned = sa.and_(
        act.c.client_id == about.c.client_id,
        act.c.sequence == about.c.sequence,
        act.c.kind == ActKind.RESCANNED.value,
    )
    following = sa.func.coalesce(link.c.successor_id, act.c.subject_id)
    joined = line.outerjoin(link, divided).outerjoin(about, named).outerjoin(act, scanned)
    line = line.union(sa.select(line.c.client_id, following).select_from(joined).where(following.is_not(None)))
    same = sa.and_(other.c.client_id == line.c.client_id, other.c.document_id == line.c.document_id)
    known = sa.exists().where(same, *_shown(other.c, visibility))
    return sa.exists().where(line.c.document_id.is_not(None), ~known)


def _within(entry: _Columns, frame: Frame) -> Iterator[sa.ColumnElement[bool]]:
    day = sa.func.coalesce(entry.transaction_date, entry.received_on)
    if frame.date_from is not None:
        yield day >= frame.date_from
    if frame.date_to is not None:
        yield day <= frame.date_to
    if frame.received_from is not None:
        yield entry.received_on >= frame.received_from
    if frame.received_to is not None:
        yield entry.received_on <= frame.received_to
    if frame.document_types:
        yield entry.document_type.in_([kind.value for kind in frame.document_types])
    if frame.counterparties:
        names = [search_key(name) for name in frame.counterparties]
        yield sa.or_(sa.false(), *(entry.counterparty_key.contains(name, autoescape=True) for name in names if name))
    if frame.document_ids:
        yield entry.document_id.in_(frame.document_ids)


def documents(connection: sa.Connection, client_id: str, visibility: Visibility, ids: Iterable[str]) -> frozenset[str]:
    """Which of these documents one may see."""
    wanted = tuple(dict.fromkeys(ids))
    if visibility.sees_all:
        return frozenset(wanted)
    entry, found = rebuildable.search_entry.c, set[str]()
    for some in _some(wanted):
        query = sa.select(entry.document_id).where(
            entry.client_id == client_id, entry.document_id.in_(some), *seen(visibility)
        )
        found |= set(connection.execute(query).scalars())
    return frozenset(found)


def units(connection: sa.Connection, client_id: str, visibility: Visibility, ids: Iterable[str]) -> frozenset[str]:
    """Which of these units one may see: those of which, or of what was taken out of which, a document is seen.

    Before anything is filed from a unit, the folder decides into which it was dropped.
    """
    wanted = tuple(dict.fromkeys(ids))
    if visibility.sees_all:
        return frozenset(wanted)
    filed = _documents_on(connection, client_id, wanted)
    known = documents(connection, client_id, visibility, (one for on_it in filed.values() for one in on_it))
    table = schema.unit
    found = set()
    for some in _some([one for one in wanted if one not in filed]):
        query = sa.select(table.c.unit_id, table.c.first_drop_id).where(
            table.c.client_id == client_id, table.c.unit_id.in_(some)
        )
        rows = connection.execute(query).all()
        folders = belonging.folders(connection, client_id, [row.first_drop_id for row in rows])
        found |= {row.unit_id for row in rows if visibility.sees_folder(folders[row.first_drop_id])}
    return frozenset(found | {unit_id for unit_id, on_it in filed.items() if on_it & known})


def whole_unit(connection: sa.Connection, client_id: str, visibility: Visibility, unit_id: str) -> bool:
    """True where one may see every document that has a page of a unit or of what was taken out of it."""
    if visibility.sees_all:
        return True
    on_it = _documents_on(connection, client_id, (unit_id,)).get(unit_id, frozenset())
    return bool(on_it) and documents(connection, client_id, visibility, on_it) == on_it


def drops(connection: sa.Connection, client_id: str, visibility: Visibility, ids: Iterable[str]) -> frozenset[str]:
    """Which of these drops one may see: like the unit that each is, or by its folder where nothing is filed of it."""
    wanted = tuple(dict.fromkeys(ids))
    if visibility.sees_all:
        return frozenset(wanted)
    table, found = schema.drop, set()
    for some in _some(wanted):
        query = sa.select(table.c.drop_id, table.c.unit_id).where(
            table.c.client_id == client_id, table.c.drop_id.in_(some)
        )
        rows = connection.execute(query).all()
        filed = _documents_on(connection, client_id, [row.unit_id for row in rows])
        known = documents(connection, client_id, visibility, (one for on_it in filed.values() for one in on_it))
        folders = belonging.folders(connection, client_id, [row.drop_id for row in rows if row.unit_id not in filed])
        for row in rows:
            on_it = filed.get(row.unit_id)
            if on_it & known if on_it else visibility.sees_folder(folders[row.drop_id]):
                found.add(row.drop_id)
    return frozenset(found)


def telling(
    connection: sa.Connection, client_id: str, visibility: Visibility, found: Iterable[ActRecord]
) -> Callable[[Iterable[ActRecord]], tuple[ActRecord, ...]]:
    """What leaves of acts those that one may see, without the ids of what one may not; ``found`` are all that come.

    A request shows itself only to those who see everything that it concerns. An act on several documents is told with
    those that are seen; one that names only others is not told.
    """
    if visibility.sees_all:
        return tuple
    named = {one for act in found for one in (act.subject_id, *act.about)}
    known = documents(connection, client_id, visibility, (one for one in named if one.startswith(DOCUMENT)))
    known |= units(connection, client_id, visibility, (one for one in named if one.startswith(UNIT)))
    known |= drops(connection, client_id, visibility, (one for one in named if one.startswith(DROP)))
    known |= {one for one in named if not one.startswith(KEPT_BY_ITSELF)}
    return lambda acts: tuple(one for act in acts if (one := _told(act, known)) is not None)


def _told(act: ActRecord, known: frozenset[str]) -> ActRecord | None:
    about = tuple(one for one in act.about if one in known)
    hidden = len(about) < len(act.about)
    if act.subject_id not in known or (act.about and not about) or (hidden and act.kind in _OF_ONE):
        return None
    return replace(act, about=about) if hidden else act


def _documents_on(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Documents that have (or had) a page of each unit or of what was taken out of it; units without any left out."""
    extract, pages = schema.unit_extract.c, schema.revision_unit.c
    found: dict[str, set[str]] = {}
    for some in _some(unit_ids):
        first = sa.select(schema.unit.c.unit_id.label("root"), schema.unit.c.unit_id.label("unit_id")).where(
            schema.unit.c.client_id == client_id, schema.unit.c.unit_id.in_(some)
        )
        under = first.cte("under", recursive=True)
        under = under.union(
            sa.select(under.c.root, extract.unit_id)
            .join(under, extract.of_unit_id == under.c.unit_id)
            .where(extract.client_id == client_id)
        )
        query = (
            sa.select(under.c.root, pages.document_id)
            .distinct()
            .join(under, pages.unit_id == under.c.unit_id)
            .where(pages.client_id == client_id)
        )
        for row in connection.execute(query):
            found.setdefault(row.root, set()).add(row.document_id)
    return {unit_id: frozenset(on_it) for unit_id, on_it in found.items()}


def _some(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
