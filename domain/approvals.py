"""Approvals: a document is submitted, approved step by step along a route, and then frozen; all of it from acts.

The acts on one document stand under one subject and make rounds. A round is about one revision, by its digest: once the
document has a newer revision the round counts no more. A round ends approved, returned, withdrawn or superseded; an
approval that was taken back (reopened) stays visible as what it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.acts import ActKind, ActRecord, FactValue
from domain.calendar import tokyo_day
from domain.record import ArchiveRecord, DocumentState
from domain.requests import REASON
from domain.seals import Impression, find_impression

PREFIX = "approval-"
APPROVAL_ACTS = frozenset(
    {
        ActKind.APPROVAL_SUBMITTED,
        ActKind.APPROVAL_GIVEN,
        ActKind.APPROVAL_RETURNED,
        ActKind.APPROVAL_WITHDRAWN,
        ActKind.APPROVAL_REOPENED,
    }
)


class ApprovalState(StrEnum):
    """in progress → approved (→ reopened) | returned | withdrawn | superseded (revised meanwhile)."""

    IN_PROGRESS = "in_progress"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who did something, when and in which words."""

    user_id: str
    by: str | None
    """Login; None once its payload is destroyed."""
    name: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One approval, or the return."""

    said: Said
    step: int
    """From 1."""
    seat: int
    """From 1 within its step."""
    principal: str | None
    """Account in whose place it was given (代理)."""
    principal_name: str
    department: str
    seal: Impression | None
    look: int
    """Version of the person's seal."""
    number: int
    """Of the act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatState:
    """One seat of a step."""

    code: str
    name: str
    """Who is meant, in words."""
    decision: Decision | None = None
    carried: bool = False
    """Filled by an approval that the same person gave in an earlier step."""

    @property
    def is_filled(self) -> bool:
        """Somebody approved in it."""
        return self.decision is not None or self.carried


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step of a round."""

    number: int
    label: str
    need: int
    seats: tuple[SeatState, ...]
    began_at: datetime | None = None
    """None while an earlier step goes on."""
    done_at: datetime | None = None
    days: int | None = None

    @property
    def is_done(self) -> bool:
        """As many seats are filled as it needs."""
        return self.done_at is not None

    @property
    def due_on(self) -> date | None:
        """Last day for it; None where it has not begun or has no deadline."""
        if self.began_at is None or self.days is None:
            return None
        return tokyo_day(self.began_at) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One way of a revision along a route."""

    document_id: str
    number: int
    revision: int
    digest: str
    """Of the revision's manifest, as ``sha256:…``."""
    routes: int
    """Version of the table of routes."""
    route_id: str
    route_name: str
    once: bool
    submitted: Said
    barred: frozenset[str]
    """Accounts that entered, corrected or submitted it: they may not approve."""
    steps: tuple[StepState, ...]
    state: ApprovalState
    decisions: tuple[Decision, ...]
    ended: Said | None = None
    """The return, the withdrawal, or the reopening."""

    @property
    def current(self) -> StepState | None:
        """The step that waits; None where none does."""
        if self.state is not ApprovalState.IN_PROGRESS:
            return None
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def due_on(self) -> date | None:
        """Deadline of the step that waits."""
        step = self.current
        return step.due_on if step is not None else None


def approval_id(document_id: str) -> str:
    """Under what the approvals of a document are kept."""
    return f"{PREFIX}{document_id}"


def rounds_of(acts: Iterable[ActRecord], newest: ArchiveRecord | None = None) -> tuple[Round, ...]:
    """Every round of a document, oldest first.

    Args:
        acts: those that are kept under its ``approval_id``, in order.
        newest: its newest revision; a round about an earlier one counts no more.
    """
    rounds: list[Round] = []
    for act in acts:
        match act.kind:
            case ActKind.APPROVAL_SUBMITTED:
                if rounds:
                    rounds[-1] = _superseded(rounds[-1])
                rounds.append(_begun(act))
            case ActKind.APPROVAL_GIVEN | ActKind.APPROVAL_RETURNED if rounds:
                rounds[-1] = _decided(rounds[-1], act)
            case ActKind.APPROVAL_WITHDRAWN if rounds:
                rounds[-1] = replace(rounds[-1], state=ApprovalState.WITHDRAWN, ended=_said(act))
            case ActKind.APPROVAL_REOPENED if rounds:
                rounds[-1] = replace(rounds[-1], state=ApprovalState.REOPENED, ended=_said(act))
            case _:
                pass
    if rounds and newest is not None and not _counts(rounds[-1], newest):
        rounds[-1] = _superseded(rounds[-1])
    return tuple(rounds)


def _begun(act: ActRecord) -> Round:
    facts = act.facts
    labels = _list(act.personal.get("labels"))
    names = _list(act.personal.get("seats"))
    steps = []
    for number, text in enumerate(_texts(facts.get("steps")), start=1):
        need, _, days = text.split("/")
        codes = [code.partition(":")[2] for code in _texts(facts.get("seats")) if code.partition(":")[0] == str(number)]
        said = _list_at(names, number - 1)
        seats = tuple(
            SeatState(code=code, name=str(said[n]) if n < len(said) else code) for n, code in enumerate(codes)
        )
        steps.append(
            StepState(
                number=number,
                label=str(labels[number - 1]) if number <= len(labels) else "承認",
                need=int(need),
                seats=seats,
                days=int(days) if days else None,
            )
        )
    begun = Round(
        document_id=act.subject_id.removeprefix(PREFIX),
        number=_int(facts.get("round")),
        revision=_int(facts.get("revision")),
        digest=str(facts.get("digest")),
        routes=_int(facts.get("routes")),
        route_id=str(facts.get("route")),
        route_name=act.personal.get("route_name", str(facts.get("route"))),
        once=facts.get("once") is True,
        submitted=_said(act),
        barred=frozenset((*_texts(facts.get("barred")), str(facts.get("by")))),
        steps=tuple(steps),
        state=ApprovalState.IN_PROGRESS,
        decisions=(),
    )
    return _advanced(begun, act.recorded_at)


def _decided(current: Round, act: ActRecord) -> Round:
    facts = act.facts
    decision = Decision(
        said=_said(act),
        step=_int(facts.get("step")),
        seat=_int(facts.get("seat")),
        principal=str(facts["principal"]) if facts.get("principal") else None,
        principal_name=act.personal.get("principal_name", ""),
        department=act.personal.get("department", ""),
        seal=find_impression(act.personal.get("seal")),
        look=_int(facts.get("look")),
        number=act.number,
    )
    if current.state is not ApprovalState.IN_PROGRESS:
        return current  # the same
    decisions = (*current.decisions, decision)
    if act.kind is ActKind.APPROVAL_RETURNED:
        return replace(current, decisions=decisions, state=ApprovalState.RETURNED, ended=decision.said)
    steps = list(current.steps)
    if not 1 <= decision.step <= len(steps) or not 1 <= decision.seat <= len(steps[decision.step - 1].seats):
        return current  # cannot be: every act was checked when it was recorded; verification names it
    step = steps[decision.step - 1]
    seats = list(step.seats)
    seats[decision.seat - 1] = replace(seats[decision.seat - 1], decision=decision)
    steps[decision.step - 1] = replace(step, seats=tuple(seats))
    return _advanced(replace(current, decisions=decisions, steps=tuple(steps)), act.recorded_at)


def _advanced(current: Round, at: datetime) -> Round:
    """Steps that are done end, the next one begins; what an earlier approval carries is filled."""
    acted: set[str] = set()
    steps: list[StepState] = []
    going = True
    for old in current.steps:
        step = old
        if going and step.done_at is None:
            if step.began_at is None:
                step = replace(step, began_at=at)
            if current.once:
                seats = (
                    replace(s, carried=not s.decision and s.code.removeprefix("user:") in acted) for s in step.seats
                )
                step = replace(step, seats=tuple(seats))
            if sum(seat.is_filled for seat in step.seats) >= step.need:
                step = replace(step, done_at=at)
        going = going and step.is_done
        acted |= _people_of(step)
        steps.append(step)
    state = ApprovalState.APPROVED if going else ApprovalState.IN_PROGRESS
    return replace(current, steps=tuple(steps), state=state)


def _people_of(step: StepState) -> set[str]:
    given = [seat.decision for seat in step.seats if seat.decision is not None]
    return {one.said.user_id for one in given} | {one.principal for one in given if one.principal}


def has_acted(current: Round, user_id: str, step: StepState) -> bool:
    """Whether a person decided already where they may do so only once: in this step, or (``once``) in the round."""
    steps = current.steps if current.once else (step,)
    return any(user_id in _people_of(one) for one in steps)


def _superseded(last: Round) -> Round:
    open_still = last.state in {ApprovalState.IN_PROGRESS, ApprovalState.APPROVED}
    return replace(last, state=ApprovalState.SUPERSEDED) if open_still else last


def _counts(last: Round, newest: ArchiveRecord) -> bool:
    """Whether a round is about what the document says now."""
    if newest.revision == last.revision:
        return True
    frozen = newest.state is DocumentState.APPROVED and newest.revision == last.revision + 1
    return frozen and last.state is ApprovalState.APPROVED


def _said(act: ActRecord) -> Said:
    return Said(
        user_id=str(act.facts.get("by") or act.facts.get("approver") or ""),
        by=act.recorded_by,
        name=act.personal.get("name", "") or act.recorded_by or "",
        at=act.recorded_at,
        words=act.personal.get(REASON, ""),
    )


def _texts(value: FactValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _int(value: FactValue) -> int:
    return value if isinstance(value, int) else 0


def _list_at(found: list[object], index: int) -> list[object]:
    inner = found[index] if index < len(found) else None
    return inner if isinstance(inner, list) else []


def _list(text: str | None) -> list[object]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
