"""承認: what the pages of approval ask of the steps, and what they show of a document."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from domain.approval_rules import Place, place_for
from domain.approvals import ApprovalState, Round
from domain.calendar import tokyo_day
from domain.errors import AppError, ObjectMissing
from domain.people import Permission
from domain.record import DocumentState
from domain.seals import Impression, drawn, impression
from pipeline.steps import access, approval_people, approval_queue, approval_routes, approval_ways, approvals
from pipeline.steps.approved_copy import approved_copy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from domain.acts import ActRecord
    from domain.approval_routes import Route, RouteTable
    from domain.delegations import Delegation
    from domain.people import User
    from domain.record import ArchiveRecord
    from domain.seals import Drawing, SealLook
    from domain.visibility import Visibility
    from pipeline.steps.approval_queue import Result
    from pipeline.steps.approval_ways import Way
    from pipeline.wiring import Shoko

_COPYING = threading.Lock()
SHOWN = 100
"""Documents on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of the row of seals (承認印欄)."""

    label: str
    name: str
    """Who is meant, or who it was."""
    seal: Drawing | None = None
    note: str = ""
    """Key of the texts: ``waiting``, ``skipped``; empty where there is a seal."""
    on: date | None = None
    department: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A document in a list of approvals."""

    record: ArchiveRecord
    round: Round
    place: Place | None = None
    """The seat of who asks; None where it is not for them."""
    days_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is known of the approval of one document, for who asks."""

    rounds: tuple[Round, ...]
    boxes: tuple[Box, ...]
    """Of the last round."""
    place: Place | None
    """Where who asks may decide now."""
    may_submit: bool
    may_withdraw: bool
    may_reopen: bool
    way: Way | None
    """The way that it would go; None where it cannot be submitted."""
    why_not: AppError | None = None
    """Why it cannot be submitted although it is filed."""

    @property
    def last(self) -> Round | None:
        """The newest round."""
        return self.rounds[-1] if self.rounds else None


class Approvals:
    """The approvals of one installation. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko

    def seen_by(self, visibility: Visibility) -> Self:
        """The same as somebody may see it."""
        return type(self)(self._shoko.seen_by(visibility))

    def today(self) -> date:
        """The day in Tokyo."""
        return tokyo_day(self._shoko.clock())

    def waiting(self, user: User) -> tuple[Item, ...]:
        """What this person may decide now."""
        found = approval_queue.waits_for(self._shoko, user)
        return tuple(self._item(record, one, place) for record, one, place in found)

    def open(self) -> tuple[Item, ...]:
        """Everything that is under way."""
        return tuple(self._item(record, one) for record, one in approval_queue.open_rounds(self._shoko))

    def submitted(self, user: User) -> tuple[Item, ...]:
        """What this person submitted, newest first."""
        found = approval_queue.submitted_by(self._shoko, user, limit=SHOWN)
        return tuple(self._item(record, one) for record, one in found)

    def decided(self, user: User) -> tuple[Item, ...]:
        """What this person decided, newest first."""
        found = approval_queue.decided_by(self._shoko, user, limit=SHOWN)
        return tuple(self._item(record, one) for record, one in found)

    def sheet(self, record: ArchiveRecord, user: User | None) -> Sheet:
        """The approval of a document's newest revision."""
        rounds = approvals.rounds(self._shoko, record.document_id)
        last = rounds[-1] if rounds else None
        state = last.state if last else None
        place, way, why_not = None, None, None
        open_still = state in {ApprovalState.IN_PROGRESS, ApprovalState.APPROVED}
        may_submit = (
            user is not None
            and Permission.ASK in user.permissions
            and record.state is DocumentState.FILED
            and not open_still
        )
        if user is not None and last is not None and state is ApprovalState.IN_PROGRESS:
            principals = [one for one, _ in approval_people.delegators_of(self._shoko, user.user_id)]
            place = place_for(last, user, principals)
        if user is not None and may_submit:
            try:
                way = approval_ways.way_of(self._shoko, record, by=user)
            except AppError as error:
                why_not = error
        return Sheet(
            rounds=rounds,
            boxes=self.boxes(last) if last else (),
            place=place,
            may_submit=may_submit,
            may_withdraw=place is None
            and state is ApprovalState.IN_PROGRESS
            and last is not None
            and user is not None
            and last.submitted.user_id == user.user_id,
            may_reopen=record.state is DocumentState.APPROVED
            and state is ApprovalState.APPROVED
            and user is not None
            and Permission.DECIDE in user.permissions,
            way=way,
            why_not=why_not,
        )

    def boxes(self, one: Round) -> tuple[Box, ...]:
        """The row of seals: who made it, then every seat in order."""
        made = Box(label="申請", name=one.submitted.name, note="submitted", on=tokyo_day(one.submitted.at))
        boxes = [made]
        for step in one.steps:
            for seat in step.seats:
                given = seat.decision
                if given is not None:
                    boxes.append(
                        Box(
                            label=step.label,
                            name=given.said.name,
                            seal=drawn(given.seal) if given.seal else None,
                            note="" if given.seal else "given",
                            on=tokyo_day(given.said.at),
                            department=given.department,
                        )
                    )
                else:
                    note = "carried" if seat.carried else "not_needed" if step.is_done else "waiting"
                    boxes.append(Box(label=step.label, name=seat.name, note=note))
        return tuple(boxes)

    def submit(self, document_id: str, *, by: User, comment: str, seen: int | None) -> None:
        """Put a document on its route."""
        approvals.submit(self._shoko, document_id, by=by, comment=comment, seen=seen)

    def decide(self, document_id: str, *, approve: bool, by: User, words: str, seen: int | None) -> None:
        """Approve or return."""
        approvals.decide(self._shoko, document_id, approve=approve, by=by, words=words, seen=seen)

    def withdraw(self, document_id: str, *, by: User, words: str) -> None:
        """Take a submission back."""
        approvals.withdraw(self._shoko, document_id, by=by, words=words)

    def reopen(self, document_id: str, *, by: User, words: str) -> None:
        """Take an approval back."""
        approvals.reopen(self._shoko, document_id, by=by, words=words)

    def submit_many(self, ids: Sequence[str], *, by: User, comment: str) -> tuple[Result, ...]:
        """Each for itself."""
        return approval_queue.each(ids, lambda one: self.submit(one, by=by, comment=comment, seen=None))

    def decide_many(self, seen: dict[str, int | None], *, approve: bool, by: User, words: str) -> tuple[Result, ...]:
        """Each for itself, with the revision that was seen."""
        return approval_queue.each(
            tuple(seen), lambda one: self.decide(one, approve=approve, by=by, words=words, seen=seen[one])
        )

    def copy(self, record: ArchiveRecord) -> bytes:
        """The approved copy of a document; one at a time, since its pages take memory."""
        with _COPYING:
            return approved_copy(self._shoko, record)

    def routes(self) -> RouteTable:
        """The table in force."""
        return approval_routes.routes_in_force(self._shoko)

    def tables(self) -> tuple[ActRecord, ...]:
        """Every table that was set, newest first."""
        return tuple(reversed(approval_routes.tables(self._shoko)))

    def put_route(self, route: Route, *, by: User, base: int) -> None:
        """Add or replace a route."""
        approval_routes.put_route(self._shoko, route, by=by, base=base)

    def end_route(self, route_id: str, *, on: date, by: User, base: int) -> None:
        """Let a route end on a day."""
        approval_routes.end_route(self._shoko, route_id, on=on, by=by, base=base)

    def drop_route(self, route_id: str, *, by: User, base: int) -> None:
        """Take a route out of the table."""
        approval_routes.drop_route(self._shoko, route_id, by=by, base=base)

    def departments(self) -> Mapping[str, str]:
        """Code → name."""
        return access.departments(self._shoko)

    def people(self) -> tuple[User, ...]:
        """Everybody who may sit in a seat."""
        return tuple(user for user in self._shoko.people.users() if Permission.APPROVE in user.permissions)

    def person(self, login: str) -> User:
        """Who has a login.

        Raises:
            ObjectMissing: nobody.
        """
        user = self._shoko.people.find(login)
        if user is None:
            raise ObjectMissing("no such account", message_ja="利用者が見つかりません")
        return user

    def delegations(self, user: User) -> tuple[Delegation, ...]:
        """Those that this person gave or was given, newest first."""
        found = approval_people.delegations(self._shoko)
        return tuple(one for one in reversed(found) if user.user_id in {one.principal, one.delegate})

    def delegate(self, *, by: User, to: User, first_on: date, last_on: date) -> None:
        """Let another approve in one's place."""
        approval_people.delegate(self._shoko, by=by, to=to, first_on=first_on, last_on=last_on)

    def end_delegation(self, number: int, *, by: User) -> None:
        """Take a delegation back."""
        approval_people.end_delegation(self._shoko, number, by=by)

    def seal(self, user: User) -> SealLook:
        """What a person's seal looks like."""
        return approval_people.seal_of(self._shoko, user.user_id)

    def choose_seal(self, look: SealLook, *, by: User) -> None:
        """Give it another look."""
        approval_people.choose_seal(self._shoko, look, by=by)

    def impression(self, look: SealLook, user: User, *, for_another: bool = False) -> Impression:
        """The seal as it would be today."""
        department = access.department_of(self._shoko, user)
        return impression(
            look, name=user.name or user.login, department=department, on=self.today(), for_another=for_another
        )

    def _item(self, record: ArchiveRecord, one: Round, place: Place | None = None) -> Item:
        due = one.due_on
        return Item(record=record, round=one, place=place, days_left=(due - self.today()).days if due else None)
