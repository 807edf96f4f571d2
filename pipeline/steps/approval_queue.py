"""What waits for whom: approvals to give, submissions of one's own, deadlines; and many documents at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.acts import ActKind
from domain.approval_rules import Place, place_for
from domain.approvals import PREFIX, ApprovalState, Round, approval_id, rounds_of
from domain.errors import AppError
from domain.labels import APPROVAL_STATES
from domain.record import DocumentState
from pipeline.steps.approval_people import delegators_of

if TYPE_CHECKING:
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


_OPEN = frozenset({DocumentState.FILED, DocumentState.NEEDS_REVIEW})
"""What is approved, deleted, divided or destroyed waits for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one document of many."""

    document_id: str
    error: AppError | None = None


def each(ids: Sequence[str], do: Callable[[str], object]) -> tuple[Result, ...]:
    """Do the same to many documents, each for itself; who failed is named with why, and the others are done."""
    results = []
    for document_id in dict.fromkeys(ids):
        try:
            do(document_id)
            results.append(Result(document_id=document_id))
        except AppError as error:
            results.append(Result(document_id=document_id, error=error))
    return tuple(results)


def open_rounds(shoko: Shoko) -> tuple[tuple[ArchiveRecord, Round], ...]:
    """Every document that waits, or whose submission a revision made void, with its last round; oldest first."""
    found = []
    for document_id in shoko.archive.under_approval():
        record = shoko.archive.get_document(document_id)
        if record is None or record.state not in _OPEN:
            continue
        last = rounds_of(shoko.archive.acts_under(approval_id(document_id)), record)[-1]
        if last.state in {ApprovalState.IN_PROGRESS, ApprovalState.SUPERSEDED}:
            found.append((record, last))
    return tuple(found)


def waits_for(shoko: Shoko, user: User) -> tuple[tuple[ArchiveRecord, Round, Place], ...]:
    """What this person may decide now, with the seat; the nearest deadline first, then the oldest submission."""
    principals = [one for one, _ in delegators_of(shoko, user.user_id)]
    found = []
    for record, current in open_rounds(shoko):
        place = place_for(current, user, principals)
        if place is not None:
            found.append((record, current, place))
    return tuple(sorted(found, key=lambda one: (one[1].due_on is None, one[1].due_on, one[1].submitted.at)))


def submitted_by(shoko: Shoko, user: User, *, limit: int) -> tuple[tuple[ArchiveRecord, Round], ...]:
    """Documents that this person submitted, each with the last round that they began; newest first."""
    found = _acted_on(shoko, user, ActKind.APPROVAL_SUBMITTED, limit=limit)
    return tuple(
        (record, [one for one in known if one.submitted.user_id == user.user_id][-1]) for record, known in found
    )


def decided_by(shoko: Shoko, user: User, *, limit: int) -> tuple[tuple[ArchiveRecord, Round], ...]:
    """Documents that this person decided on, each with the last round in which they did; newest first."""
    found = _acted_on(shoko, user, ActKind.APPROVAL_GIVEN, ActKind.APPROVAL_RETURNED, limit=limit)
    return tuple(
        (record, [one for one in known if any(d.said.user_id == user.user_id for d in one.decisions)][-1])
        for record, known in found
    )


def _acted_on(
    shoko: Shoko, user: User, *kinds: ActKind, limit: int
) -> Iterator[tuple[ArchiveRecord, tuple[Round, ...]]]:
    acts = shoko.archive.newest_acts(user.user_id, *kinds, limit=limit)
    for subject in dict.fromkeys(act.subject_id for act in acts):
        record = shoko.archive.get_document(subject.removeprefix(PREFIX))
        if record is not None:
            yield record, rounds_of(shoko.archive.acts_under(subject), record)


def due(shoko: Shoko, *, until: date) -> tuple[tuple[ArchiveRecord, Round], ...]:
    """What waits in a step whose deadline is on a day or before it, the longest due first."""
    return due_by(open_rounds(shoko), until)


def due_by(found: Iterable[tuple[ArchiveRecord, Round]], until: date) -> tuple[tuple[ArchiveRecord, Round], ...]:
    """Of documents with their rounds, those that are due on a day or before it, the longest due first."""
    late = [(record, one) for record, one in found if one.due_on is not None and one.due_on <= until]
    return tuple(sorted(late, key=lambda one: (one[1].due_on or until, one[1].submitted.at)))


def round_plain(record: ArchiveRecord, one: Round) -> dict[str, Any]:
    """A round with its document as JSON values."""
    total = record.fields.money("total_amount")
    step = one.current
    return {
        "document_id": record.document_id,
        "document_type": record.classification.label.value,
        "counterparty": record.fields.text("counterparty"),
        "total_amount": None if total is None else str(total.amount),
        "round": one.number,
        "revision": one.revision,
        "digest": one.digest,
        "state": one.state.value,
        "state_ja": APPROVAL_STATES[one.state][0],
        "route": one.route_id,
        "submitted_by": one.submitted.by,
        "submitted_at": one.submitted.at.isoformat(),
        "step": step.number if step is not None else None,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "steps": [
            {
                "label": each_step.label,
                "need": each_step.need,
                "done": each_step.is_done,
                "seats": [
                    {
                        "name": seat.name,
                        "filled": seat.is_filled,
                        "by": seat.decision.said.by if seat.decision else None,
                        "in_place_of": seat.decision.principal_name or None if seat.decision else None,
                        "at": seat.decision.said.at.isoformat() if seat.decision else None,
                    }
                    for seat in each_step.seats
                ],
            }
            for each_step in one.steps
        ],
    }
