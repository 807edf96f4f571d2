"""From a query to hits: one pure compiler, the same statement and the same results on SQLite and PostgreSQL.

Words are found as parts of the normalised text (``domain.text.search_key``) by LIKE, so a word of one character is
found like any other. That reads every row which the other conditions leave; what would come next is a trigram index
under the same statement (pg_trgm on PostgreSQL, FTS5 with its trigram tokenizer on SQLite) for words of three
characters and more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Hit, Hits, Query
from domain.record import DocumentState, UnitState
from domain.text import search_key
from domain.visibility import Visibility
from storage.archive import Archive
from storage.archive.indexing import scaled
from storage.archive.schema import revision_unit, search_entry
from storage.archive.seeing import seen

SNIPPET_CHARACTERS = 80
"""Length of a snippet."""
_BEFORE_WORD = 20
"""Characters of a snippet before the word it shows."""
_SNIPPET_SEARCH = 20_000
"""Characters of a document's text in which a snippet is looked for."""
_IDS_PER_QUERY = 500
_DELETED = (DocumentState.TOMBSTONED.value, DocumentState.DESTROYED.value)
_ORDER_COLUMNS = {
    "transaction_date": search_entry.c.transaction_date,
    "total_amount": search_entry.c.amount_scaled,
    "counterparty": search_entry.c.counterparty_key,
    "received_on": search_entry.c.received_on,
    "recorded_at": search_entry.c.recorded_at,
}
_UNSEEN = frozenset({"words_key", "counterparty_key", "department", "readers"})
_SHOWN = tuple(column for column in search_entry.c if column.name not in _UNSEEN)


def search(archive: Archive, query: Query) -> Hits:
    """The page of hits that a query asks for, of what the archive's ``visibility`` shows; newest revisions only."""
    whose, seer = archive.client_id, archive.visibility
    rows = archive.rows(compile_query(query, client_id=whose, visibility=seer))
    if rows:
        total = int(rows[0].total)
    elif query.offset:
        total = int(archive.rows(compile_count(query, client_id=whose, visibility=seer))[0][0])
    else:
        total = 0
    states = _unit_states(archive, [row.document_id for row in rows])
    hits = (_hit(row._mapping, query, states[row.document_id]) for row in rows)  # noqa: SLF001  # a public name
    return Hits(total=total, hits=tuple(hits))


def compile_query(query: Query, *, client_id: str, visibility: Visibility) -> sa.Select[Any]:
    """The statement for one page of hits, each row with the ``total`` of all; every value is a bound parameter."""
    column = _ORDER_COLUMNS[query.order.removeprefix("-")]
    descending = query.order.startswith("-")

    def ordering(sort_key: sa.ColumnElement[Any], document_id: sa.ColumnElement[Any]) -> tuple[Any, ...]:
        directed = sort_key.desc() if descending else sort_key.asc()
        return (directed.nulls_last(), document_id.asc())

    # The page is found on short columns first; long ones are read for its rows only.
    page = (
        sa.select(
            search_entry.c.document_id,
            column.label("sort_key"),
            sa.func.count().over().label("total"),
        )
        .where(*conditions(query, client_id=client_id, visibility=visibility))
        .order_by(*ordering(column, search_entry.c.document_id))
        .limit(query.limit)
        .offset(query.offset)
        .subquery("page")
    )
    return (
        sa.select(*_SHOWN, page.c.total)
        .join(page, page.c.document_id == search_entry.c.document_id)
        .where(search_entry.c.client_id == client_id)
        .order_by(*ordering(page.c.sort_key, page.c.document_id))
    )


def compile_count(query: Query, *, client_id: str, visibility: Visibility) -> sa.Select[Any]:
    """The statement that counts all hits."""
    found = conditions(query, client_id=client_id, visibility=visibility)
    return sa.select(sa.func.count()).select_from(search_entry).where(*found)


def conditions(query: Query, *, client_id: str, visibility: Visibility) -> tuple[sa.ColumnElement[bool], ...]:
    """What every hit fulfils: what is asked for, and what who asks may see."""
    entry = search_entry.c
    found: list[sa.ColumnElement[bool]] = [entry.client_id == client_id, *seen(visibility)]
    found.extend(_between(entry.transaction_date, query.date_from, query.date_to))
    found.extend(_between(entry.received_on, query.received_from, query.received_to))
    amounts = (None if one is None else scaled(one) for one in (query.amount_min, query.amount_max))
    found.extend(_between(entry.amount_scaled, *amounts))
    found.extend([entry.transaction_date.is_(None)] if query.date_blank else [])
    found.extend([entry.amount_scaled.is_(None)] if query.amount_blank else [])
    if query.counterparty is not None and (key := search_key(query.counterparty)):
        name = entry.counterparty_key
        found.append(name == key if query.counterparty_exact else name.contains(key, autoescape=True))
    if query.counterparty_blank:
        found.append(entry.counterparty_key.is_(None))
    found.extend(entry.words_key.contains(key, autoescape=True) for key in _keys(query))
    found.extend([entry.received_on_assumed.is_(True)] if query.received_on_assumed else [])
    if query.document_types:
        found.append(entry.document_type.in_([kind.value for kind in query.document_types]))
    if query.states:
        found.append(entry.state.in_([state.value for state in query.states]))
    elif not query.include_deleted:
        found.append(entry.state.not_in(_DELETED))
    if query.origins:
        found.append(entry.origin.in_([origin.value for origin in query.origins]))
    return tuple(found)


def _between(column: sa.Column[Any], first: object, last: object) -> list[sa.ColumnElement[bool]]:
    """Both ends inclusive; None is open."""
    found = [] if first is None else [column >= first]
    return found if last is None else [*found, column <= last]


def _keys(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(search_key, query.words) if key))


def _unit_states(archive: Archive, document_ids: Sequence[str]) -> dict[str, UnitState]:
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
