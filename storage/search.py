"""From a query to hits: one pure compiler, the same results on SQLite and PostgreSQL.

Words are parts of the normalised text (``domain.text.search_key``). PostgreSQL finds the texts that may hold a word by
an index of their characters and pairs (``domain.grams``) and looks only into those; SQLite reads the texts that the
other conditions leave. What is listed is found first, on short columns and in the order of an index; long ones are read
for the page alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from storage.archive.columns import among
from storage.archive.gram_shares import counted_shares, together
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
COMMON = 0.02
"""Share of documents from which words are common: a page of fifty hits is then met within some thousand documents. Of a
million, looking up and ordering as many takes about as long."""
DENSE = 0.1
"""Share from which a thousand hits are counted sooner by reading on than by looking up most of the archive."""
_PATIENCE = 4
"""Times as many documents are walked through as should be needed, before they are looked up instead."""
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
    shares: Mapping[int, float] = field(default_factory=dict)
    """In how many documents grams stand, as far as the database has counted them."""

    @classmethod
    def of(cls, archive: ArchiveReader) -> Asker:
        """As an archive answers."""
        return cls(
            client_id=archive.client_id,
            visibility=archive.visibility,
            by_grams=archive.database.dialect.name == "postgresql",
            shares=counted_shares(archive),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is known of a hit that is looked into, not shown."""

    document_id: str
    document_type: DocumentType
    transaction_date: date | None


def search(archive: ArchiveReader, query: Query) -> Hits:
    """The page of hits that a query asks for, of what the archive's ``visibility`` shows; newest revisions only."""
    with archive.at_once():
        return _search(archive, query)


def _search(archive: ArchiveReader, query: Query) -> Hits:
    found = _listed(archive, query, query.limit + 1)
    ids, end, most = found[: query.limit], query.offset + len(found), query.count_limit
    if len(found) <= query.limit and (found or query.offset == 0):
        total, at_least = end, False
    elif most is not None and found and end > most:
        total, at_least = max(most, end - 1), True
    else:
        total, at_least = counted(archive, query, most)
    return Hits(total=total, at_least=at_least, hits=_hits(archive, query, ids))


def listed(archive: ArchiveReader, query: Query) -> tuple[str, ...]:
    """Ids of the page of hits that a query asks for, in its order."""
    with archive.at_once():
        return tuple(_listed(archive, query, query.limit))


def glance(archive: ArchiveReader, query: Query) -> tuple[Glance, ...]:
    """The same page of hits by their class and day alone: one statement for what no list shows."""
    with archive.at_once():
        ids, entry = listed(archive, query), search_entry.c
        named = sa.select(entry.document_id, entry.document_type, entry.transaction_date)
        found = named.where(entry.client_id == archive.client_id, among(entry.document_id, ids))
        rows = {row.document_id: row for row in archive.rows(found)} if ids else {}
    return tuple(
        Glance(
            document_id=one,
            document_type=DocumentType(rows[one].document_type),
            transaction_date=rows[one].transaction_date,
        )
        for one in ids
    )


def every_hit(archive: ArchiveReader, query: Query, *, at_once: int = 500) -> Iterator[Hit]:
    """All hits of a query in its order, however many: listed once, read in batches."""
    ids = _listed(archive, replace(query, offset=0), None)
    for start in range(0, len(ids), at_once):
        yield from _hits(archive, query, ids[start : start + at_once])


def counted(archive: ArchiveReader, query: Query, most: int | None) -> tuple[int, bool]:
    """How many hits there are, and whether that is only where counting ended."""
    asker = Asker.of(archive)
    number = int(archive.rows(compile_count(query, asker, most, dense=is_dense(query, asker)))[0][0])
    return (most, True) if most is not None and number > most else (number, False)


def _listed(archive: ArchiveReader, query: Query, most: int | None) -> list[str]:
    """Ids in the order that was asked for, from the query's offset on, at most ``most``."""
    asker = Asker.of(archive)
    if asker.by_grams and _grams(query):
        share = together(asker.shares, _grams(query))
        if most is not None and share is not None and share >= COMMON:
            needed = query.offset + most
            steps = min(_WALKED, int(_PATIENCE * needed / share))
            walked = archive.rows(compile_walk(query, asker, steps=steps).limit(needed))
            if len(walked) >= needed:
                return [row[0] for row in walked[query.offset :]]
        return [row[0] for row in archive.rows(compile_looking_up(query, asker).offset(query.offset).limit(most))]
    filled, blank = compile_listing(query, asker)
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
    by_date = column is search_entry.c.transaction_date
    if by_date and query.date_blank:
        return ids.order_by(search_entry.c.document_id), None
    if not column.nullable or (by_date and (query.date_from or query.date_to)):  # nothing blank is asked for
        return ids.order_by(*_directed(query, column, search_entry.c.document_id)), None
    return (
        ids.where(column.is_not(None)).order_by(*_directed(query, column, search_entry.c.document_id)),
        ids.where(column.is_(None)).order_by(search_entry.c.document_id),
    )


def _directed(query: Query, *ways: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
    return [way.desc() if query.order.startswith("-") else way.asc() for way in ways]


def is_dense(query: Query, asker: Asker) -> bool:
    """Whether so many have the words that counting up to a limit is quicker without their index."""
    share = together(asker.shares, _grams(query))
    return share is not None and share >= DENSE


def _wordless(query: Query) -> Query:
    exact = query.counterparty if query.counterparty_exact else None
    return replace(query, words=(), counterparty=exact)


def compile_walk(query: Query, asker: Asker, *, steps: int) -> sa.Select[Any]:
    """The statement that goes through what the other conditions leave, in order, and looks for the words as it goes."""
    filled, _ = compile_listing(_wordless(query), asker)
    entry = search_entry.c
    passed = filled.add_columns(entry.words_key, entry.counterparty_key).limit(steps).subquery("passed")
    return sa.select(passed.c.document_id).where(*_held(query, passed.c.words_key, passed.c.counterparty_key))


def compile_looking_up(query: Query, asker: Asker) -> sa.Select[Any]:
    """The statement that finds by grams, orders what it found, and only then looks into texts, until there are enough.

    Texts lie apart from their rows: reading one takes longer than all else that is done with a document.
    """
    entry, column = search_entry.c, _ORDER_COLUMNS[query.order.removeprefix("-")]
    where = conditions(_wordless(query), asker)
    looked_for = entry.grams.op("@>")(sa.bindparam(None, _grams(query), entry.grams.type))
    met = (
        sa.select(entry.document_id, column.label("way"), entry.words_key, entry.counterparty_key)
        .where(*where, looked_for)
        .cte("met")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    ways = _directed(query, met.c.way, met.c.document_id)
    blank_last = sa.case((met.c.way.is_(None), met.c.document_id))  # what has no value comes last, by id
    # without an offset the texts would be looked into before the order is known
    ordered = sa.select(met).order_by(met.c.way.is_(None), blank_last, *ways).offset(0).subquery("ordered")
    held = _held(query, ordered.c.words_key, ordered.c.counterparty_key)
    return sa.select(ordered.c.document_id).where(*held)


def _held(query: Query, words: sa.ColumnElement[Any], counterparty: sa.ColumnElement[Any]) -> list[Any]:
    """That texts have the words, and names the part of a name."""
    held = [words.contains(key, autoescape=True) for key in _keys(query)]
    party = search_key(query.counterparty) if query.counterparty is not None and not query.counterparty_exact else ""
    return held + ([counterparty.contains(party, autoescape=True)] if party else [])


def compile_count(query: Query, asker: Asker, most: int | None = None, *, dense: bool = False) -> sa.Select[Any]:
    """The statement that counts hits, all of them or one more than ``most``; ``dense``: without the index of words."""
    where = conditions(query, replace(asker, by_grams=asker.by_grams and not dense))
    if most is None:
        return sa.select(sa.func.count()).select_from(search_entry).where(*where)
    some = sa.select(search_entry.c.revision).where(*where).limit(most + 1).subquery("some")
    return sa.select(sa.func.count()).select_from(some)


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
    found.extend(_worded(query, asker))
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


def _worded(query: Query, asker: Asker) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions on names and words. The key of a counterparty is part of the words, so its grams are among theirs."""
    entry = search_entry.c
    party = search_key(query.counterparty) if query.counterparty is not None else ""
    if party and query.counterparty_exact:
        yield entry.counterparty_key == party
    elif party:
        yield entry.counterparty_key.contains(party, autoescape=True)
    for key in _keys(query):
        yield entry.words_key.contains(key, autoescape=True)
    if asker.by_grams and (looked_for := _grams(query)):
        yield entry.grams.op("@>")(sa.bindparam(None, looked_for, entry.grams.type))


def _grams(query: Query) -> tuple[int, ...]:
    """Grams that every hit has."""
    party = "" if query.counterparty is None or query.counterparty_exact else search_key(query.counterparty)
    words = (*_keys(query), *([party] if party else []))
    return tuple(sorted({gram for word in words for gram in grams_of_word(word)}))


def _on_days(column: sa.Column[Any], first: date | None, last: date | None) -> list[sa.ColumnElement[bool]]:
    """An instant on one of these days in Tokyo, both included; the first and last day that there are bound nothing."""
    found = [] if first is None or first == date.min else [column >= datetime.combine(first, time(), TOKYO)]
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
    if ids:
        found = sa.select(*_SHOWN).where(entry.client_id == archive.client_id, among(entry.document_id, ids))
        rows = {row.document_id: row._mapping for row in archive.rows(found)}  # noqa: SLF001  # a public name
    states = _unit_states(archive, {one: rows[one]["revision"] for one in ids if one in rows})
    return tuple(_hit(rows[one], query, states[one]) for one in ids if one in rows)


def _unit_states(archive: ArchiveReader, revisions: Mapping[str, int]) -> dict[str, UnitState]:
    """How the units of each document's newest revision stand together: pending if any is, renewed if any is."""
    units: dict[str, list[str]] = {document_id: [] for document_id in revisions}
    table = revision_unit.c
    if units:
        query = sa.select(table.document_id, table.revision, table.unit_id)
        for row in archive.rows(query.where(table.client_id == archive.client_id, among(table.document_id, units))):
            if row.revision == revisions[row.document_id]:
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
