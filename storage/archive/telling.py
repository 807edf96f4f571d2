"""What is told of what one may see, without the ids of what one may not see beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.acts import ACT_KINDS
from domain.record import ArchiveRecord, DocumentState, Drop, DropStatus, ReviewReason, Unit
from storage.archive import act_rows, reading_log, seeing

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from domain.evidence import LogLeaf
    from domain.visibility import Visibility

UNNAMED_DOUBT = ReviewReason(code="others_look")
"""Stands for doubts that all name something hidden: the document still waits, for a person who sees that too."""


def revisions(
    connection: sa.Connection, client_id: str, visibility: Visibility, records: tuple[ArchiveRecord, ...]
) -> tuple[ArchiveRecord, ...]:
    """The same revisions without doubts about another document (a duplicate) that may not be seen."""
    if visibility.sees_all:
        return records
    named = {reason.detail for record in records for reason in record.review_reasons if _names(reason)}
    known = seeing.documents(connection, client_id, visibility, (one for one in named if one))
    return tuple(_without(record, known) for record in records)


def revision(
    connection: sa.Connection, client_id: str, visibility: Visibility, record: ArchiveRecord | None
) -> ArchiveRecord | None:
    """One of them."""
    return revisions(connection, client_id, visibility, (record,))[0] if record is not None else None


def _without(record: ArchiveRecord, known: frozenset[str]) -> ArchiveRecord:
    kept = tuple(one for one in record.review_reasons if not _names(one) or one.detail in known)
    if len(kept) == len(record.review_reasons):
        return record
    waits = record.state is DocumentState.NEEDS_REVIEW
    return replace(record, review_reasons=kept or ((UNNAMED_DOUBT,) if waits else ()))


def _names(reason: ReviewReason) -> bool:
    return reason.detail is not None and reason.detail.startswith(seeing.DOCUMENT)


def leaves_about(
    connection: sa.Connection, client_id: str, visibility: Visibility, subject_ids: Iterable[str]
) -> dict[str, tuple[LogLeaf, ...]]:
    """The log's entries on each of these drops, units or documents, without acts that are not told."""
    found = reading_log.leaves_about(connection, client_id, subject_ids)
    acted = [one for one, leaves in found.items() if any(leaf.kind in ACT_KINDS for leaf in leaves)]
    if visibility.sees_all or not acted:
        return found
    acts = act_rows.series_of(connection, client_id, acted)
    told = seeing.telling(connection, client_id, visibility, (act for some in acts.values() for act in some))
    for one in acted:
        known = {act.number for act in told(acts[one])}
        numbers = iter(act.number for act in acts[one])  # in log order, as their leaves are
        found[one] = tuple(leaf for leaf in found[one] if leaf.kind not in ACT_KINDS or next(numbers) in known)
    return found


def unit(connection: sa.Connection, client_id: str, visibility: Visibility, found: Unit | None) -> Unit | None:
    """The same unit without others of the same bytes that may not be seen."""
    if found is None or visibility.sees_all or not found.same_bytes_as:
        return found
    known = seeing.units(connection, client_id, visibility, found.same_bytes_as)
    return replace(found, same_bytes_as=tuple(one for one in found.same_bytes_as if one in known))


def drop(connection: sa.Connection, client_id: str, visibility: Visibility, found: Drop | None) -> Drop | None:
    """The same drop without the one that it repeats, where that may not be seen."""
    if found is None or visibility.sees_all or found.repeats_drop_id is None:
        return found
    known = seeing.drops(connection, client_id, visibility, (found.repeats_drop_id,))
    return found if known else replace(found, repeats_drop_id=None)


def status(
    connection: sa.Connection, client_id: str, visibility: Visibility, found: DropStatus | None
) -> DropStatus | None:
    """What became of a drop, with the documents alone that may be seen."""
    if found is None or visibility.sees_all:
        return found
    first = found.outcome.document_ids if found.outcome is not None else ()
    known = seeing.documents(connection, client_id, visibility, (*found.documents, *first))
    outcome = found.outcome
    if outcome is not None:
        outcome = replace(outcome, document_ids=tuple(one for one in first if one in known))
    return replace(
        found,
        drop=drop(connection, client_id, visibility, found.drop) or found.drop,
        outcome=outcome,
        documents=tuple(one for one in found.documents if one in known),
    )
