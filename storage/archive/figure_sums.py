"""What documents add up to, kept beside them: a figure is a sum over few rows, however many there are.

Documents that are alike in what a figure asks for, and in who may see them, share a cell. A cell is changed in the
transaction that changes the rows of a document, and all of them can be made anew from those rows. Deleted documents are
in none.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState
from storage.archive.columns import among_those
from storage.archive.figure_rows import MOST_YEN
from storage.archive.rebuildable import AMOUNT_SCALE, SUMMED, figure, figure_sum, search_entry

SPENDING = (DocumentType.INVOICE, DocumentType.RECEIPT)
"""What is paid for. A receipt may stand for an invoice that is counted as well, so both are shown apart."""
RECEIVED = (Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED)
"""From others."""
ALWAYS = date.min
"""The day of what is added up over all days."""
_ENDED = (DocumentState.TOMBSTONED.value, DocumentState.DESTROYED.value)
_AT_ONCE = 5000
"""Documents that are read together."""
_COMMON = ("department", "readers", "state", "assumed", "document_type", "origin", "party")
_WITHIN = {"within_minute": timedelta(minutes=1), "within_hour": timedelta(hours=1), "within_day": timedelta(days=1)}

_ENTRY = tuple(
    search_entry.c[name]
    for name in (
        *("document_id", "document_type", "state", "origin", "transaction_date", "amount_scaled", "received_on"),
        *("received_on_assumed", "currency", "counterparty_key", "department", "readers", "registration_number"),
    )
)
_FIGURE = tuple(column for column in figure.c if column.name not in {"client_id", "document_id"})


class Kind(StrEnum):
    """What cells are added up for; each keeps a document apart by no more than its figures ask for."""

    STANDING = "standing"
    """By state and whether the day of receipt is assumed, over all days."""
    RECEIVED = "received"
    """By day of receipt and class."""
    FILED = "filed"
    """By the day (Tokyo) of the first filing, and by state: how it was filed."""
    DUE = "due"
    """By day of payment, class and origin."""
    DATED = "dated"
    """By month of the transaction (its first day), class and origin: yen and taxes."""
    PARTY = "party"
    """The same for each counterparty, of what is paid for alone: there are nearly as many cells as documents."""


@dataclass(frozen=True, slots=True)
class _Cell:
    kind: Kind
    day: date
    common: tuple[Any, ...]
    """Values of ``_COMMON``."""


_Sums = dict[_Cell, Counter[str]]


def known(connection: sa.Connection, client_id: str, document_ids: Sequence[str]) -> Sequence[Mapping[Any, Any]]:
    """What the rows of documents say that is added up; those that have none are left out."""
    rows = connection.execute(_KNOWN, {"client": client_id, "documents": tuple(document_ids)})
    return [row._mapping for row in rows]  # noqa: SLF001  # SQLAlchemy's public name


def move(
    connection: sa.Connection,
    client_id: str,
    *,
    before: Iterable[Mapping[Any, Any]],
    after: Iterable[Mapping[Any, Any]] = (),
) -> None:
    """Take documents out of the cells they were in and put them where they belong now; what stays is not touched."""
    sums: _Sums = {}
    for rows, sign in ((before, -1), (after, 1)):
        for row in rows:
            _add(sums, row, sign)
    changed = {cell: added for cell, added in sums.items() if any(added.values())}
    _write(connection, client_id, changed)
    left = [cell for cell, added in changed.items() if added["documents"] < 0]
    if left:
        connection.execute(_EMPTY, [_name(client_id, cell) for cell in left])


def remake(connection: sa.Connection, client_id: str, *, most_cells: int = 200_000) -> None:
    """Make every cell of a client anew, with at most so many in memory: some hundred megabytes."""
    connection.execute(sa.delete(figure_sum).where(figure_sum.c.client_id == client_id))
    sums: _Sums = {}
    for row in _every(connection, client_id):
        _add(sums, row, 1)
        if len(sums) >= most_cells:
            _write(connection, client_id, sums)
            sums.clear()
    _write(connection, client_id, sums)


def are_missing(connection: sa.Connection, client_id: str) -> bool:
    """True where documents are indexed and no cell is there: an archive from before there were any."""
    cells = sa.select(figure_sum.c.cell).where(figure_sum.c.client_id == client_id).limit(1)
    standing = sa.select(search_entry.c.document_id).where(
        search_entry.c.client_id == client_id, search_entry.c.state.not_in(_ENDED)
    )
    return connection.execute(cells).first() is None and connection.execute(standing.limit(1)).first() is not None


def yen_of(currency: str | None, amount_scaled: int | None) -> int:
    """Whole yen of a total; what is beyond a trillion is a misreading and counts as nothing."""
    if currency != "JPY" or amount_scaled is None or abs(amount_scaled) > MOST_YEN * AMOUNT_SCALE:
        return 0
    whole = abs(amount_scaled) // AMOUNT_SCALE
    return whole if amount_scaled >= 0 else -whole


def _add(sums: _Sums, row: Mapping[Any, Any], sign: int) -> None:
    for cell, added in _cells(row):
        of_cell = sums.setdefault(cell, Counter())
        of_cell["documents"] += sign
        for name, number in added.items():
            of_cell[name] += sign * number


def _cells(row: Mapping[Any, Any]) -> Iterator[tuple[_Cell, dict[str, int]]]:
    """The cells of a document, and what it adds to each beside itself."""
    if row["state"] in _ENDED:
        return

    def cell(kind: Kind, day: date, **apart: Any) -> _Cell:
        by = {"department": row["department"], "readers": row["readers"], **apart}
        return _Cell(kind, day, tuple(by.get(name) for name in _COMMON))

    kind, origin = row["document_type"], row["origin"]
    yen = {"yen": yen_of(row["currency"], row["amount_scaled"])}
    yield cell(Kind.STANDING, ALWAYS, state=row["state"], assumed=row["received_on_assumed"]), {}
    yield cell(Kind.RECEIVED, row["received_on"], document_type=kind), {}
    yield cell(Kind.FILED, tokyo_day(row["filed_at"]), state=row["state"]), _filing(row)
    if row["due_on"] is not None:
        yield cell(Kind.DUE, row["due_on"], document_type=kind, origin=origin), yen
    if row["transaction_date"] is not None:
        month = row["transaction_date"].replace(day=1)
        yield cell(Kind.DATED, month, document_type=kind, origin=origin), yen | _taxes(row)
        if row["counterparty_key"] is not None and kind in SPENDING and origin in RECEIVED:
            yield cell(Kind.PARTY, month, document_type=kind, origin=origin, party=row["counterparty_key"]), yen


def _filing(row: Mapping[Any, Any]) -> dict[str, int]:
    seconds = row["filing_seconds"]
    found = {"straight": int(row["straight"])}
    if seconds is not None:
        found |= {"timed": 1, "seconds": seconds}
        found |= {name: int(seconds <= most.total_seconds()) for name, most in _WITHIN.items()}
    return found


def _taxes(row: Mapping[Any, Any]) -> dict[str, int]:
    found = {"registered": int(row["registration_number"] is not None)}
    for rate in ("10", "8"):
        taxable, tax = row[f"taxable_{rate}"], row[f"tax_{rate}"]
        found |= {f"shown_{rate}": int(taxable is not None or tax is not None), f"tax_{rate}": tax or 0}
    return found


def _every(connection: sa.Connection, client_id: str) -> Iterator[Mapping[Any, Any]]:
    """Of every document what is added up, in the order in which the rows lie: in any other, each is a page read."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL cursor_tuple_fraction = 1"))  # planned for all rows, not for the first
    found = connection.execute(_READ, {"client": client_id}, execution_options={"yield_per": _AT_ONCE})
    yield from (row._mapping for row in found)  # noqa: SLF001  # SQLAlchemy's public name


def _write(connection: sa.Connection, client_id: str, sums: _Sums) -> None:
    rows = [
        {
            **_name(client_id, cell),
            **dict(zip(_COMMON, cell.common, strict=True)),
            **{name: added[name] for name in SUMMED},
        }
        for cell, added in sums.items()
    ]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


def _name(client_id: str, cell: _Cell) -> dict[str, Any]:
    """The key of a cell: what its documents have in common may be long, and may be nothing."""
    plain = json.dumps(cell.common, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(plain.encode()).hexdigest()[:32]
    return {"client_id": client_id, "kind": cell.kind.value, "day": cell.day, "cell": digest}


@cache
def _adding(dialect: str) -> sa.Insert:
    insert = postgresql.insert(figure_sum) if dialect == "postgresql" else sqlite.insert(figure_sum)
    return insert.on_conflict_do_update(
        index_elements=["client_id", "kind", "day", "cell"],
        set_={name: figure_sum.c[name] + insert.excluded[name] for name in SUMMED},
    )


# Built once: every revision that is filed asks these.
_READ = (
    sa.select(*_ENTRY, *_FIGURE)
    .select_from(
        search_entry.join(
            figure,
            sa.and_(search_entry.c.client_id == figure.c.client_id, search_entry.c.document_id == figure.c.document_id),
        )
    )
    .where(search_entry.c.client_id == sa.bindparam("client"))
)
_KNOWN = _READ.where(among_those(search_entry.c.document_id, "documents"))
_EMPTY = sa.delete(figure_sum).where(
    *(figure_sum.c[name] == sa.bindparam(name) for name in ("client_id", "kind", "day", "cell")),
    figure_sum.c.documents == 0,
)
