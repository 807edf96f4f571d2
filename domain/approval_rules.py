"""Who may do what in a round of approval, and what a document may become of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.acts import ActRecord, FactValue
from domain.approval_routes import Route, RouteStep, Seat, fills
from domain.approvals import ApprovalState, Round, has_acted, rounds_of
from domain.errors import RequestRefused
from domain.people import User
from domain.record import ArchiveRecord, DocumentState

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ENDED = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The seat in which a person may decide now."""

    step: int
    seat: int
    principal: User | None = None
    """In whose place."""


def entered_by(history: Sequence[ArchiveRecord]) -> tuple[str, ...]:
    """Who said what a document says: everybody who recorded a revision that changed it, as they were recorded.

    Freezing and reopening change nothing that it says, so whoever did that is none of them.
    """
    found: dict[str, None] = {}
    before: ArchiveRecord | None = None
    for record in history:
        if before is None or _content(record) != _content(before):
            found[record.recorded_by] = None
        before = record
    return tuple(found)


def steps_on(route: Route, barred: frozenset[str]) -> tuple[RouteStep, ...]:
    """The steps that are left of a route where these people may not approve; none where every seat names one."""
    left = []
    for step in route.steps:
        seats = tuple(seat for seat in step.seats if seat.user_id not in barred)
        if seats:
            need = min(step.need, len(seats)) if step.need is not None else None
            left.append(replace(step, seats=seats, need=need))
    return tuple(left)


def submission_facts(
    *,
    number: int,
    revision: int,
    digest: str,
    routes: int,
    route: Route,
    steps: Sequence[RouteStep],
    by: str,
    barred: Iterable[str],
) -> dict[str, FactValue]:
    """What the manifest of a submission says: everything that its round follows, without names."""
    return {
        "round": number,
        "revision": revision,
        "digest": digest,
        "routes": routes,
        "route": route.route_id,
        "once": route.once,
        "by": by,
        "barred": tuple(sorted(barred)),
        "steps": tuple(f"{s.need or len(s.seats)}/{len(s.seats)}/{'' if s.days is None else s.days}" for s in steps),
        "seats": tuple(f"{n}:{seat.code}" for n, step in enumerate(steps, start=1) for seat in step.seats),
    }


def submission_words(route: Route, steps: Sequence[RouteStep], names: dict[Seat, str]) -> dict[str, str]:
    """The names in it, for its payload."""
    seats = [[names[seat] for seat in step.seats] for step in steps]
    return {
        "route_name": route.name,
        "labels": json.dumps([step.label for step in steps], ensure_ascii=False),
        "seats": json.dumps(seats, ensure_ascii=False),
    }


def check_submission(acts: Sequence[ActRecord], newest: ArchiveRecord) -> int:
    """The number of the round that a document may begin now.

    Raises:
        RequestRefused: it is approved, under way, deleted, or waits for review.
    """
    rounds = rounds_of(acts, newest)
    if newest.state is DocumentState.NEEDS_REVIEW:
        raise _no("確認待ちの書類は申請できません。先に内容を確認してください", "the document waits for review")
    if newest.state is DocumentState.APPROVED:
        raise _no("この書類は承認済みです。訂正するには、先に承認を取り消してください", "the document is approved")
    if newest.state is not DocumentState.FILED:
        raise _no("削除・廃棄された書類は申請できません", "the document is deleted")
    if rounds and rounds[-1].state in {ApprovalState.IN_PROGRESS, ApprovalState.APPROVED}:
        raise _no("この書類は既に承認の途中です", "the document is under way already")
    return len(rounds) + 1


def under_way(acts: Sequence[ActRecord], newest: ArchiveRecord, *, seen: int | None) -> Round:
    """The round in which somebody wants to do something.

    Args:
        acts: on the document.
        newest: its newest revision.
        seen: the revision that the person looked at; None: whatever it is.

    Raises:
        RequestRefused: there is none, it is over, or the document was revised or deleted since.
    """
    rounds = rounds_of(acts, newest)
    last = rounds[-1] if rounds else None
    if last is None:
        raise _no("この書類は承認に出されていません", "the document was not submitted")
    if newest.state in _ENDED:
        raise _no("削除・廃棄された書類です。申請は終わりました", "the document is deleted")
    if last.state is ApprovalState.SUPERSEDED or (seen is not None and seen != last.revision):
        raise _no(
            "申請の後に書類が訂正されたため、この申請は無効です。申請し直してください", "the document was revised since"
        )
    if last.state is not ApprovalState.IN_PROGRESS:
        raise _no("この申請は既に決裁・差戻し・取下げされています", f"the round is {last.state.value}")
    return last


def place_for(current: Round, user: User, principals: Sequence[User] = ()) -> Place | None:
    """The seat in which a person may decide: in their own right first, then in the place of others."""
    step = current.current
    if step is None or user.user_id in current.barred or has_acted(current, user.user_id, step):
        return None
    open_seats = [(n, seat) for n, seat in enumerate(step.seats, start=1) if not seat.is_filled]
    open_seats.sort(key=lambda one: (not one[1].code.startswith("user:"), "@" not in one[1].code))  # narrowest first
    for number, seat in open_seats:
        if fills(seat.code, user):
            return Place(step=step.number, seat=number)
    for principal in principals:
        if principal.user_id in current.barred or has_acted(current, principal.user_id, step):
            continue
        for number, seat in open_seats:
            if fills(seat.code, principal):
                return Place(step=step.number, seat=number, principal=principal)
    return None


def must_have_place(current: Round, user: User, principals: Sequence[User] = ()) -> Place:
    """The same, or why not.

    Raises:
        RequestRefused: the person may not decide.
    """
    place = place_for(current, user, principals)
    if place is not None:
        return place
    if user.user_id in current.barred:
        raise _no(
            "入力・訂正・申請した本人は承認も差戻しもできません。別の担当者が決裁してください",
            "who entered, corrected or submitted it may not decide",
        )
    step = current.current
    if step is not None and has_acted(current, user.user_id, step):
        raise _no("同じ人が2度承認することはできません。別の担当者が決裁してください", "the same person only once")
    raise _no("今の段階の承認者ではありません（承認経路と代理の期間を確かめてください）", "no seat for this person")


def check_withdrawal(current: Round, user_id: str) -> None:
    """Raises: RequestRefused: another person submitted it."""
    if current.submitted.user_id != user_id:
        raise _no("取り下げは申請した本人だけができます", "only who submitted it may withdraw it")


def check_reopening(acts: Sequence[ActRecord], newest: ArchiveRecord) -> Round:
    """The round whose approval is taken back.

    Raises:
        RequestRefused: the document is not approved by a round that ends here.
    """
    rounds = rounds_of(acts, newest)
    if not rounds or rounds[-1].state is not ApprovalState.APPROVED or newest.state is not DocumentState.APPROVED:
        raise _no("承認済みの書類ではないため、承認を取り消せません", "the document is not approved")
    return rounds[-1]


def may_freeze(acts: Sequence[ActRecord], newest: ArchiveRecord) -> bool:
    """Whether a round about the newest revision is complete, so that the document becomes approved."""
    rounds = rounds_of(acts, newest)
    return (
        bool(rounds)
        and rounds[-1].state is ApprovalState.APPROVED
        and newest.state is DocumentState.FILED
        and rounds[-1].revision == newest.revision
    )


def may_thaw(acts: Sequence[ActRecord], newest: ArchiveRecord) -> bool:
    """Whether the approval of a frozen document was taken back."""
    rounds = rounds_of(acts, newest)
    return (
        bool(rounds)
        and rounds[-1].state is ApprovalState.REOPENED
        and newest.state is DocumentState.APPROVED
        and rounds[-1].revision + 1 == newest.revision
    )


def _content(record: ArchiveRecord) -> ArchiveRecord:
    """What a revision says, without who recorded it, when, and what became of it."""
    return replace(
        record,
        revision=0,
        supersedes=None,
        state=DocumentState.FILED,
        recorded_at=_NEVER,
        recorded_by="",
        reason=None,
    )


def _no(message_ja: str, message: str) -> RequestRefused:
    return RequestRefused(message, message_ja=message_ja)
