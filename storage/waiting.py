"""What waits for a person, in the columns that its order hangs on: a few statements, however much waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.acts import ActKind
from domain.fields import DocumentType
from domain.ids import ON_PAPER, Origin
from domain.record import DocumentState, ImportanceClass
from storage.archive.figure_rows import MOST_YEN
from storage.archive.rebuildable import AMOUNT_SCALE, figure, search_entry
from storage.archive.schema import act, revision
from storage.archive.seeing import seen

if TYPE_CHECKING:
    from storage.archive.reader import ArchiveReader


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One document that waits."""

    document_id: str
    revision: int
    document_type: DocumentType
    origin: Origin
    importance: ImportanceClass
    received_on: date
    yen: Decimal | None
    """Its total where that is in yen."""
    due_on: date | None
    """When it is to be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much waits."""

    documents: int
    priced: int
    """Those with a total in yen."""
    yen: int
    """Of these together; what is beyond a trillion is a misreading and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What makes a document urgent, of one degree."""

    received_to: date | None
    """Scans that have a deadline and came up to this day; None where no deadline is so near."""
    due_to: date


def totals(archive: ArchiveReader) -> Totals:
    """How much waits, of what may be seen."""
    scaled, known = search_entry.c.amount_scaled, search_entry.c.currency == "JPY"
    counted = sa.and_(known, scaled.between(-MOST_YEN * AMOUNT_SCALE, MOST_YEN * AMOUNT_SCALE))
    yen = sa.func.sum(sa.case((counted, sa.func.abs(scaled) // AMOUNT_SCALE)))
    shown = (
        sa.func.count().label("documents"),
        sa.func.count(sa.case((known, 1))).label("priced"),
        sa.func.coalesce(yen, 0).label("yen"),
    )
    (row,) = archive.rows(sa.select(*shown).where(*_waits(archive)))
    return Totals(documents=int(row.documents), priced=int(row.priced), yen=int(row.yen))


def middle_yen(archive: ArchiveReader, *, priced: int) -> Decimal:
    """The median of the totals in yen, of which there are so many; 0 where there is none."""
    if not priced:
        return Decimal(0)
    size = sa.func.abs(search_entry.c.amount_scaled)
    query = sa.select(size).where(*_waits(archive), search_entry.c.currency == "JPY").order_by(size)
    found = [Decimal(row[0]) for row in archive.rows(query.offset((priced - 1) // 2).limit(2 - priced % 2))]
    return sum(found, Decimal(0)) / max(len(found), 1) / AMOUNT_SCALE


def waiting_rows(
    archive: ArchiveReader, *, most: int, near: tuple[Near, ...] = (), middle: Decimal = Decimal(0)
) -> tuple[WaitingRow, ...]:
    """Documents that wait; where there are more than ``most``, those that are near, each by its yen, come first.

    Args:
        archive: where they are.
        most: of so many.
        near: degrees of urgency, the most urgent first.
        middle: what stands for an amount that is not known.
    """
    entry = search_entry.c
    same_revision = (
        revision.c.client_id == entry.client_id,
        revision.c.document_id == entry.document_id,
        revision.c.revision == entry.revision,
    )
    same_document = (figure.c.client_id == entry.client_id, figure.c.document_id == entry.document_id)
    query = (
        sa.select(
            entry.document_id,
            entry.revision,
            entry.document_type,
            entry.origin,
            entry.received_on,
            entry.amount,
            entry.currency,
            revision.c.importance,
            figure.c.due_on,
        )
        .select_from(search_entry.join(revision, sa.and_(*same_revision)).outerjoin(figure, sa.and_(*same_document)))
        .where(*_waits(archive))
        .limit(most)
    )
    if near:
        yen = sa.case((entry.currency == "JPY", sa.func.abs(entry.amount_scaled)), else_=int(middle * AMOUNT_SCALE))
        degree = sa.case(*((_is_near(one), number) for number, one in enumerate(near)), else_=len(near))
        query = query.order_by(degree, yen.desc(), entry.document_id)
    return tuple(_row(row) for row in archive.rows(query))


def ever_parked(archive: ArchiveReader) -> tuple[str, ...]:
    """Documents that wait and were ever put aside."""
    entry = search_entry.c
    same = (act.c.client_id == entry.client_id, act.c.subject_id == entry.document_id)
    query = sa.select(entry.document_id).distinct().select_from(search_entry.join(act, sa.and_(*same)))
    return tuple(row[0] for row in archive.rows(query.where(*_waits(archive), act.c.kind == ActKind.PARKED.value)))


def _waits(archive: ArchiveReader) -> tuple[sa.ColumnElement[bool], ...]:
    entry = search_entry.c
    state = entry.state == DocumentState.NEEDS_REVIEW.value
    return (entry.client_id == archive.client_id, state, *seen(archive.visibility))


def _is_near(near: Near) -> sa.ColumnElement[bool]:
    """Law: scan-input-early, scan-input-cycle; general papers have no deadline (scan-general-anytime)."""
    due = figure.c.due_on <= near.due_to
    if near.received_to is None:
        return due
    scan = sa.and_(
        search_entry.c.origin.in_(sorted(origin.value for origin in ON_PAPER)),
        revision.c.importance != ImportanceClass.GENERAL.value,
        search_entry.c.received_on <= near.received_to,
    )
    return sa.or_(due, scan)


def _row(row: sa.Row[Any]) -> WaitingRow:
    in_yen = row.currency == "JPY" and row.amount is not None
    return WaitingRow(
        document_id=row.document_id,
        revision=row.revision,
        document_type=DocumentType(row.document_type),
        origin=Origin(row.origin),
        importance=ImportanceClass(row.importance),
        received_on=row.received_on,
        yen=abs(Decimal(row.amount)) if in_yen else None,
        due_on=row.due_on,
    )
