"""Approvals: whatever people try in whatever order, what stands is a legal state, and nobody approves their own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.acts import ActKind, ActRecord, check_act
from domain.approval_routes import Route, RouteStep, Seat
from domain.approval_rules import (
    check_reopening,
    check_submission,
    check_withdrawal,
    entered_by,
    may_freeze,
    may_thaw,
    must_have_place,
    steps_on,
    submission_facts,
    under_way,
)
from domain.approvals import ApprovalState, approval_id, rounds_of
from domain.errors import RequestRefused
from domain.people import Role, User
from domain.record import ArchiveRecord, DocumentState
from tests.support.records import make_draft

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LOGINS = ("sato", "tanaka", "suzuki", "ito")
PEOPLE = {
    login: User(
        user_id=f"usr-{login}",
        login=login,
        name=login,
        roles=frozenset({Role.APPROVER, Role.ACCOUNTANT}),
        departments=("keiri",) if login in {"sato", "ito"} else (),
        disabled=False,
        has_password=True,
        must_change=False,
        has_totp=False,
        recovery_left=0,
        version=1,
        created_at=NOW,
        changed_at=NOW,
    )
    for login in LOGINS
}
SEATS = st.sampled_from(
    [
        *(Seat(user_id=f"usr-{login}") for login in LOGINS),
        Seat(role=Role.APPROVER),
        Seat(role=Role.APPROVER, department="keiri"),
    ]
)


@st.composite
def routes(draw):
    steps = []
    for number in range(draw(st.integers(1, 3))):
        seats = tuple(draw(st.lists(SEATS, min_size=1, max_size=3, unique=True)))
        need = draw(st.none() | st.integers(1, len(seats)))
        steps.append(RouteStep(label=str(number), seats=seats, need=need))
    return Route(route_id="r", name="r", steps=tuple(steps), once=draw(st.booleans()))


TRIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["submit", "approve", "approve", "approve", "return", "withdraw", "reopen", "revise", "settle"]
        ),
        st.sampled_from(LOGINS),
        st.none() | st.sampled_from(LOGINS),
    ),
    max_size=24,
)


def first():
    """What a person filed."""
    draft = make_draft("unit-1")
    reading = draft.reading
    return ArchiveRecord(
        client_id="default",
        document_id=draft.document_id,
        revision=1,
        supersedes=None,
        state=DocumentState.FILED,
        pages=reading.pages,
        classification=reading.classification,
        importance=draft.importance,
        fields=reading.fields,
        checks=reading.checks,
        review_reasons=reading.review_reasons,
        text=reading.text,
        recorded_at=NOW,
        recorded_by="sato",
        received_on=draft.received_on,
        received_on_assumed=draft.received_on_assumed,
        origin=draft.origin,
    )


class World:
    """One document, its acts, and people who try things."""

    def __init__(self, route):
        self.route = route
        self.history = [first()]
        self.acts = []

    @property
    def newest(self):
        return self.history[-1]

    def act(self, kind, by, facts):
        made = ActRecord(
            client_id="default",
            subject_id=approval_id(self.newest.document_id),
            number=len(self.acts) + 1,
            kind=kind,
            about=(self.newest.document_id,),
            facts=facts,
            recorded_at=NOW + timedelta(minutes=len(self.acts)),
            recorded_by=by,
        )
        self.acts.append(check_act(made))

    def follow(self, state, by):
        newest = self.newest
        self.history.append(
            replace(newest, revision=newest.revision + 1, supersedes=newest.revision, state=state, recorded_by=by)
        )

    def settle(self):
        if may_freeze(self.acts, self.newest):
            self.follow(DocumentState.APPROVED, self.acts[-1].recorded_by)
        elif may_thaw(self.acts, self.newest):
            self.follow(DocumentState.FILED, self.acts[-1].recorded_by)

    def attempt(self, what, login, other):
        user = PEOPLE[login]
        barred = {f"usr-{one}" for one in entered_by(self.history)}
        match what:
            case "submit":
                number = check_submission(self.acts, self.newest)
                steps = steps_on(self.route, frozenset(barred | {user.user_id}))
                if not steps:
                    return
                facts = submission_facts(
                    number=number,
                    revision=self.newest.revision,
                    digest="sha256:00",
                    routes=1,
                    route=self.route,
                    steps=steps,
                    by=user.user_id,
                    barred=barred,
                )
                self.act(ActKind.APPROVAL_SUBMITTED, login, facts)
            case "approve" | "return":
                current = under_way(self.acts, self.newest, seen=None)
                place = must_have_place(current, user, [PEOPLE[other]] if other not in {None, login} else [])
                facts = {"round": current.number, "revision": current.revision, "step": place.step, "seat": place.seat}
                facts |= {"approver": user.user_id, "digest": "sha256:00"}
                if place.principal:
                    facts["principal"] = place.principal.user_id
                kind = ActKind.APPROVAL_GIVEN if what == "approve" else ActKind.APPROVAL_RETURNED
                self.act(kind, login, facts)
            case "withdraw":
                check_withdrawal(under_way(self.acts, self.newest, seen=None), user.user_id)
                self.act(ActKind.APPROVAL_WITHDRAWN, login, {"by": user.user_id})
            case "reopen":
                check_reopening(self.acts, self.newest)
                self.act(ActKind.APPROVAL_REOPENED, login, {"by": user.user_id})
            case "revise":
                if self.newest.state is DocumentState.FILED:
                    day = date(2026, 1, 1) + timedelta(days=len(self.history))
                    self.follow(DocumentState.FILED, login)
                    self.history[-1] = replace(self.newest, received_on=day)
            case _:
                self.settle()


@settings(max_examples=150, deadline=None)
@given(routes(), TRIES)
def test_no_order_of_steps_reaches_a_state_that_nobody_allowed(route, tries):
    world = World(route)
    for what, login, other in tries:
        try:
            world.attempt(what, login, other)
        except RequestRefused:
            continue
    world.settle()
    found = rounds_of(world.acts, world.newest)
    for number, one in enumerate(found, start=1):
        assert one.number == number
        decided = one.decisions
        people = [who for d in decided for who in (d.said.user_id, d.principal) if who]
        # nobody who entered or submitted it decides, in their own name or another's
        assert not {*people} & one.barred
        assert one.submitted.user_id in one.barred
        if one.once:
            assert len(people) == len(set(people))
        for step in one.steps:
            seats = [(d.step, d.seat) for d in decided if d.step == step.number]
            assert len(seats) == len(set(seats))
            # steps are serial: nothing is decided in a step before the one before is done
            if seats and step.number > 1:
                assert one.steps[step.number - 2].is_done
        if one.state is ApprovalState.APPROVED:
            assert all(step.is_done for step in one.steps)
            assert decided
        if one.state in {ApprovalState.IN_PROGRESS, ApprovalState.APPROVED}:
            assert one is found[-1]
    last = found[-1] if found else None
    frozen = world.newest.state is DocumentState.APPROVED
    assert frozen == (last is not None and last.state is ApprovalState.APPROVED)
    if frozen:
        assert last.revision == world.newest.revision - 1
