"""What a selection comes to, and names of counterparties as they are typed: of what who asks may see."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.query import NameFound, Query, Totals
from domain.text import search_key
from storage.archive.reader import ArchiveReader
from storage.archive.rebuildable import AMOUNT_LIMIT, AMOUNT_SCALE, search_entry
from storage.archive.seeing import seen
from storage.search import DELETED, Asker, conditions

_NAMES_LOOKED_AT = 12
"""Names that fit and are looked up; the best of them are suggested."""
_COUNTED = 30
"""Documents of a name that are counted, to put those first that come often."""


def totals(archive: ArchiveReader, query: Query) -> Totals:
    """Sums by currency and counts by class of all hits, on this page or not.

    Amounts beyond what the index can hold are not summed; how many there are is told.
    """
    entry = search_entry.c
    held = sa.and_(entry.amount_scaled < AMOUNT_LIMIT, entry.amount_scaled > -AMOUNT_LIMIT)
    # Whole units and the rest apart: SQLite adds in 64 bits. Both databases cut towards zero.
    whole = sa.func.sum(sa.case((held, entry.amount_scaled // AMOUNT_SCALE)))
    rest = sa.func.sum(sa.case((held, entry.amount_scaled % AMOUNT_SCALE)))
    statement = (
        sa.select(
            entry.document_type,
            entry.currency,
            sa.func.count().label("documents"),
            sa.func.count(sa.case((held, 1))).label("summed"),
            sa.func.count(entry.amount_scaled).label("priced"),
            whole.label("whole"),
            rest.label("rest"),
        )
        .where(*conditions(query, Asker.of(archive)))
        .group_by(entry.document_type, entry.currency)
    )
    return _totals(archive.rows(statement))


def _totals(rows: Sequence[sa.Row[Any]]) -> Totals:
    sums: dict[str, Decimal] = {}
    classes: dict[DocumentType, int] = {}
    documents = beyond = 0
    for row in rows:
        documents += int(row.documents)
        beyond += int(row.priced) - int(row.summed)
        kind = DocumentType(row.document_type)
        classes[kind] = classes.get(kind, 0) + int(row.documents)
        if row.currency is not None and row.summed:
            value = Decimal(int(row.whole)) + Decimal(int(row.rest)) / AMOUNT_SCALE
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + value
    return Totals(
        documents=documents,
        sums=tuple(sorted(sums.items(), key=lambda one: (one[0] != "JPY", one[0]))),
        classes=tuple(sorted(classes.items(), key=lambda one: (-one[1], one[0].value))),
        beyond=beyond,
    )


def suggest_names(archive: ArchiveReader, typed: str, *, limit: int) -> tuple[NameFound, ...]:
    """Counterparties whose name holds what was typed: those that begin with it first, then those that come often.

    Every name is visited once along its index, whatever the number of documents.
    """
    key = search_key(typed)
    if not key:
        return ()
    entry = search_entry.c
    mine = entry.client_id == archive.client_id
    first = sa.select(sa.func.min(entry.counterparty_key).label("name")).where(mine).cte("names", recursive=True)
    following = (
        sa.select(sa.func.min(entry.counterparty_key))
        .where(mine, entry.counterparty_key > first.c.name)
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
        fits = fits.where(sa.exists().where(mine, entry.counterparty_key == names.c.name, *_shown(archive)))
    found = [_name(archive, row[0]) for row in archive.rows(fits.limit(_NAMES_LOOKED_AT))]
    known = [(one, row) for one, row in found if row is not None]
    known.sort(key=lambda pair: (not pair[0].startswith(key), -pair[1].documents, pair[0]))
    return tuple(row for _, row in known[:limit])


def _shown(archive: ArchiveReader) -> tuple[sa.ColumnElement[bool], ...]:
    return search_entry.c.state.not_in(DELETED), *seen(archive.visibility)


def _name(archive: ArchiveReader, key: str) -> tuple[str, NameFound | None]:
    """A name as it was written last, with how many documents of it one may see; None where there are none."""
    entry = search_entry.c
    some = (
        sa.select(entry.counterparty)
        .where(
            entry.client_id == archive.client_id,
            entry.counterparty_key == key,
            *_shown(archive),
        )
        .limit(_COUNTED)
        .subquery()
    )
    columns: list[Any] = [sa.func.max(some.c.counterparty).label("name"), sa.func.count().label("documents")]
    row = archive.rows(sa.select(*columns))[0]
    return key, NameFound(name=str(row.name), documents=int(row.documents)) if row.documents else None


def is_known_name(archive: ArchiveReader, typed: str) -> bool:
    """Whether a counterparty that one may see has this in its name."""
    return bool(suggest_names(archive, typed, limit=1))
