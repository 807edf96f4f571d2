"""Requests: one person asks, another decides, and what was done is reported (law: et-rules-template).

The state of a request follows from its acts alone. A request is kept under an id of its own and concerns documents,
units or drops; who asked may not decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.acts import ActKind, ActRecord, FactValue
from domain.errors import ObjectMissing, RequestRefused


class RequestKind(StrEnum):
    """What is asked for."""

    CORRECTION = "correction"
    DELETION = "deletion"
    WITHDRAWAL = "withdrawal"
    DESTRUCTION = "destruction"


class RequestState(StrEnum):
    """requested → approved → reported (carried out) ; requested → rejected | taken back."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"
    REPORTED = "reported"


OPEN = frozenset({RequestState.REQUESTED, RequestState.APPROVED})
"""States in which something is still to be done."""
OUTLIVING = frozenset({RequestKind.WITHDRAWAL, RequestKind.DESTRUCTION})
"""Kinds after which the documents are gone and the request stays, as what they were destroyed by."""
REQUEST_ACTS = frozenset(
    {
        ActKind.REQUESTED,
        ActKind.REQUEST_APPROVED,
        ActKind.REQUEST_REJECTED,
        ActKind.REQUEST_TAKEN_BACK,
        ActKind.REQUEST_REPORTED,
    }
)
REASON = "reason"
"""Personal value of every act of a request: why, or what was done, in the person's words."""
_NEXT = {
    ActKind.REQUEST_APPROVED: (RequestState.REQUESTED, RequestState.APPROVED),
    ActKind.REQUEST_REJECTED: (RequestState.REQUESTED, RequestState.REJECTED),
    ActKind.REQUEST_TAKEN_BACK: (RequestState.REQUESTED, RequestState.TAKEN_BACK),
    ActKind.REQUEST_REPORTED: (RequestState.APPROVED, RequestState.REPORTED),
}
"""Act → the state that it needs and the one that it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act of a request."""

    by: str | None
    """Login; None once its payload is destroyed."""
    at: datetime
    words: str
    """The reason, the decision's reason or the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it stands."""

    request_id: str
    kind: RequestKind
    subjects: tuple[str, ...]
    """Documents, units or drops that it concerns."""
    state: RequestState
    facts: Mapping[str, FactValue]
    form: Mapping[str, str]
    """The other entries of the application form."""
    asked: Step
    decided: Step | None = None
    """Approval, rejection, or taking it back."""
    reported: Step | None = None
    report_facts: Mapping[str, FactValue] | None = None
    """What was done, as codes: for example the revision that came of it."""


def request_of(acts: Sequence[ActRecord]) -> Request:
    """A request from its acts, in order.

    Raises:
        ObjectMissing: there is no such request.
    """
    if not acts or acts[0].kind is not ActKind.REQUESTED:
        raise ObjectMissing("no such request", message_ja="申請が見つかりません。申請番号を確かめてください")
    first, state = acts[0], RequestState.REQUESTED
    decided, reported, report_facts = None, None, None
    for act in acts[1:]:
        needed, following = _NEXT[act.kind]
        if state is not needed:
            continue  # cannot be: every act was checked when it was recorded
        state = following
        if act.kind is ActKind.REQUEST_REPORTED:
            reported, report_facts = _step(act), act.facts
        else:
            decided = _step(act)
    form = {name: words for name, words in first.personal.items() if name != REASON}
    return Request(
        request_id=first.subject_id,
        kind=RequestKind(str(first.facts["request"])),
        subjects=first.about,
        state=state,
        facts=first.facts,
        form=form,
        asked=_step(first),
        decided=decided,
        reported=reported,
        report_facts=report_facts,
    )


def check_step(acts: Sequence[ActRecord], kind: ActKind, *, by: str) -> None:
    """Whether a person may take a step of a request now.

    Raises:
        ObjectMissing: there is no such request.
        RequestRefused: its state does not allow it; or who asked wants to decide; or another than who asked wants to
            take it back.
    """
    if kind is ActKind.REQUESTED:
        if acts:
            raise RequestRefused(
                f"request {acts[0].subject_id} stands already",
                message_ja="同じ書類に同じ種類の申請が既に出ています。先の申請の決裁を待ってください",
            )
        return
    request = request_of(acts)
    needed, _ = _NEXT[kind]
    if request.state is not needed:
        raise RequestRefused(
            f"request {request.request_id} is {request.state.value}, not {needed.value}",
            message_ja="申請の状態がこの操作を許しません（決裁前・承認後・報告済みなど、今の状態を確かめてください）",
        )
    same = _folded(by) == _folded(request.asked.by or "")
    if kind in {ActKind.REQUEST_APPROVED, ActKind.REQUEST_REJECTED} and same:
        raise RequestRefused(
            f"who asked for {request.request_id} may not decide it",
            message_ja="申請した本人は承認も却下もできません。別の担当者が決裁してください",
        )
    if kind is ActKind.REQUEST_TAKEN_BACK and not same:
        raise RequestRefused(
            f"only who asked for {request.request_id} may take it back",
            message_ja="取り下げは申請した本人だけができます",
        )


def _step(act: ActRecord) -> Step:
    return Step(by=act.recorded_by, at=act.recorded_at, words=act.personal.get(REASON, ""))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
