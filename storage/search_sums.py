"""What a selection comes to, and names of counterparties as they are typed: of what who asks may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import NameFound, Query, Totals, TotalsLine
from domain.text import search_key
from domain.ways import WAY_OF, Way
from storage.archive.reader import ArchiveReader
from storage.archive.rebuildable import AMOUNT_LIMIT, AMOUNT_SCALE, search_entry
from storage.archive.seeing import seen
from storage.search import DELETED, Asker, conditions, is_dense

_NAMES_LOOKED_AT = 12
"""Names that fit and are looked up; the best of them are suggested."""
_LAST = "\U0010ffff"
"""Behind every character that a name may go on with."""
_COUNTED = 30
"""Documents of a name that are counted, to put those first that come often."""


def totals(archive: ArchiveReader, query: Query, *, most: int | None = None) -> Totals:
    """Sums by class, direction and currency of all hits, on this page or not.

    Amounts beyond what the index can hold are not summed; how many there are is told. With ``most`` it ends where there
    are more hits than that.
    """
    entry = search_entry.c
    asker = Asker.of(archive)
    dense = most is not None and is_dense(query, asker)
    where = conditions(query, replace(asker, by_grams=asker.by_grams and not dense))
    hits = sa.select(entry.document_type, entry.origin, entry.currency, entry.amount_scaled).where(*where)
    if most is not None:
        hits = hits.limit(most + 1)
    hit = hits.subquery("hit").c
    held = sa.and_(hit.amount_scaled < AMOUNT_LIMIT, hit.amount_scaled > -AMOUNT_LIMIT)
    # Whole units and the rest apart: SQLite adds in 64 bits. Both databases cut towards zero.
    whole = sa.func.sum(sa.case((held, hit.amount_scaled // AMOUNT_SCALE)))
    rest = sa.func.sum(sa.case((held, hit.amount_scaled % AMOUNT_SCALE)))
    statement = sa.select(
        hit.document_type,
        hit.origin,
        hit.currency,
        sa.func.count().label("documents"),
        sa.func.count(sa.case((held, 1))).label("summed"),
        sa.func.count(hit.amount_scaled).label("priced"),
        whole.label("whole"),
        rest.label("rest"),
    ).group_by(hit.document_type, hit.origin, hit.currency)
    found = _totals(archive.rows(statement))
    if most is not None and found.documents > most:
        return Totals(documents=most, lines=(), at_least=True)
    return found


def _totals(rows: Sequence[sa.Row[Any]]) -> Totals:
    found: dict[tuple[Way, DocumentType, str | None], tuple[int, Decimal | None]] = {}
    documents = beyond = 0
    counted: Counter[DocumentType] = Counter()
    for row in rows:
        documents += int(row.documents)
        beyond += int(row.priced) - int(row.summed)
        kind, way = DocumentType(row.document_type), WAY_OF[Origin(row.origin)]
        counted[kind] += int(row.documents)
        value = Decimal(int(row.whole)) + Decimal(int(row.rest)) / AMOUNT_SCALE if row.summed else None
        key = (way, kind, row.currency if row.priced else None)
        before, amount = found.get(key, (0, None))
        added = value if amount is None or value is None else amount + value
        found[key] = before + int(row.documents), added if added is not None else amount
    ways = list(Way)

    def order(key: tuple[Way, DocumentType, str | None]) -> tuple[int, int, str, bool, str]:
        way, kind, currency = key
        return ways.index(way), -counted[kind], kind.value, currency != "JPY", currency or "\uffff"

    lines = (
        TotalsLine(way=key[0], document_type=key[1], currency=key[2], documents=found[key][0], amount=found[key][1])
        for key in sorted(found, key=order)
    )
    return Totals(documents=documents, lines=tuple(lines), beyond=beyond)


def suggest_names(archive: ArchiveReader, typed: str, *, limit: int) -> tuple[NameFound, ...]:
    """Counterparties whose name holds what was typed: those that begin with it first, then those that come often.

    Every name is visited once along its index, whatever the number of documents, and first those that begin so.
    """
    key = search_key(typed)
    if not key:
        return ()
    with archive.at_once():
        known = _known(archive, _names_along(archive, key, within=(key, key + _LAST), limit=_NAMES_LOOKED_AT))
        if len(known) < limit:
            known = _known(archive, _names_along(archive, key, within=None, limit=_NAMES_LOOKED_AT))
    known.sort(key=lambda pair: (not pair[0].startswith(key), -pair[1].documents, pair[0]))
    return tuple(row for _, row in known[:limit])


def _names_along(archive: ArchiveReader, key: str, *, within: tuple[str, str] | None, limit: int) -> list[str]:
    """Names (as they are compared) that hold a key, those that begin with it first: one step of the index for each."""
    entry = search_entry.c
    mine: list[sa.ColumnElement[bool]] = [entry.client_id == archive.client_id]
    if within is not None:
        mine += [entry.counterparty_key >= within[0], entry.counterparty_key <= within[1]]
    first = sa.select(sa.func.min(entry.counterparty_key).label("name")).where(*mine).cte("names", recursive=True)
    following = (
        sa.select(sa.func.min(entry.counterparty_key))
        .where(*mine, entry.counterparty_key > first.c.name)
        .correlate(first)
        .scalar_subquery()
    )
    names = first.union_all(sa.select(following).where(first.c.name.is_not(None)))
    fits = (
        sa.select(names.c.name)
        .where(names.c.name.contains(key, autoescape=True))
        .order_by(names.c.name.startswith(key, autoescape=True).desc(), names.c.name)
    )
    if not archive.visibility.sees_all:  # else names that may not be seen take the places of those that may
        shown = sa.exists().where(entry.client_id == archive.client_id, entry.counterparty_key == names.c.name)
        fits = fits.where(shown.where(*_shown(archive)))
    return [row[0] for row in archive.rows(fits.limit(limit))]


def _shown(archive: ArchiveReader) -> tuple[sa.ColumnElement[bool], ...]:
    return search_entry.c.state.not_in(DELETED), *seen(archive.visibility)


def _known(archive: ArchiveReader, keys: Sequence[str]) -> list[tuple[str, NameFound]]:
    """Names as they were written last, with how many documents of each one may see; those without any left out."""
    if not keys:
        return []
    entry, each = search_entry.c, []
    for number, key in enumerate(keys):
        some = (
            sa.select(entry.counterparty)
            .where(entry.client_id == archive.client_id, entry.counterparty_key == key, *_shown(archive))
            .limit(_COUNTED)
            .subquery()
        )
        counted = sa.select(sa.func.max(some.c.counterparty).label("name"), sa.func.count().label("documents"))
        each.append(counted.add_columns(sa.literal(number).label("number")))
    rows = archive.rows(sa.select(sa.union_all(*each).subquery()))
    return [
        (keys[row.number], NameFound(name=str(row.name), documents=int(row.documents))) for row in rows if row.documents
    ]


def is_known_name(archive: ArchiveReader, typed: str) -> bool:
    """Whether a counterparty that one may see has this in its name."""
    return bool(suggest_names(archive, typed, limit=1))
