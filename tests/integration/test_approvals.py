"""Approvals over a whole installation: submitted, approved in steps, frozen; returned, reopened, delegated."""

from datetime import date, timedelta

import pytest

from domain.approval_routes import RouteStep, Seat
from domain.approvals import APPROVAL_ACTS, ApprovalState
from domain.calendar import tokyo_day
from domain.corrections import Correction
from domain.errors import (
    AccessRefused,
    AppendOnlyViolation,
    CorrectionInvalid,
    ObjectMissing,
    RequestRefused,
    RevisionConflict,
)
from domain.people import Role
from domain.record import DocumentState
from domain.visibility import visibility_of
from pipeline.steps.access import say_department
from pipeline.steps.approval_people import delegate, end_delegation
from pipeline.steps.approval_queue import due, each, open_rounds, round_plain, submitted_by, waits_for
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.approvals import decide, reopen, rounds, settle_all, submit, withdraw
from pipeline.steps.correct import correct_document
from pipeline.steps.settling import undo
from tests.support.accounts import Clock
from tests.support.approving import file_invoice, of, route, serial, staff
from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, clock=Clock())
    yield desk
    desk.shoko.close()


@pytest.fixture
def who(desk):
    return staff(desk.shoko)


@pytest.fixture
def document(desk):
    return file_invoice(desk)


def correct(desk, document, by="keiri", **values):
    base = desk.newest(document)
    correction = Correction(
        base_revision=base.revision,
        values=values,
        received_on=base.received_on - timedelta(days=1),
        recorded_by=by,
        reason="受領日の訂正",
    )
    return correct_document(desk.shoko, document, correction)


def test_two_approve_one_after_the_other_and_the_document_is_frozen(desk, who, document, tmp_path):
    serial(desk.shoko, who, "kacho", "bucho")
    begun = submit(desk.shoko, document, by=who["keiri"], comment="お願いします")
    assert (begun.state, begun.current.number, begun.revision) == (ApprovalState.IN_PROGRESS, 1, 2)
    assert [one[0].document_id for one in waits_for(desk.shoko, who["kacho"])] == [document]
    assert waits_for(desk.shoko, who["bucho"]) == ()
    with pytest.raises(RequestRefused, match="no seat"):
        decide(desk.shoko, document, approve=True, by=who["bucho"])
    first = decide(desk.shoko, document, approve=True, by=who["kacho"], seen=2)
    assert (first.state, first.current.number) == (ApprovalState.IN_PROGRESS, 2)
    assert desk.newest(document).state is DocumentState.FILED
    done = decide(desk.shoko, document, approve=True, by=who["bucho"], words="よい", seen=2)
    assert done.state is ApprovalState.APPROVED
    assert decide(desk.shoko, document, approve=True, by=who["bucho"], words="よい", seen=2) == done
    frozen = desk.newest(document)
    assert (frozen.state, frozen.revision, frozen.recorded_by) == (DocumentState.APPROVED, 3, "bucho")
    assert [d.seal.lower for d in done.decisions] == ["田中", "佐々木"]
    with pytest.raises(AppendOnlyViolation):
        correct(desk, document)
    with pytest.raises(AppendOnlyViolation):
        desk.archive.tombstone(document, base_revision=3, recorded_by="keiri", reason="x")
    with pytest.raises(RequestRefused, match="approved"):
        submit(desk.shoko, document, by=who["keiri"])
    assert open_rounds(desk.shoko) == ()
    assert round_plain(frozen, done)["state"] == "approved"
    desk.is_sound(tmp_path)


def test_who_entered_or_submitted_never_approves(desk, who):
    both = staff_more(desk, "both", (Role.ACCOUNTANT, Role.APPROVER))
    document = file_invoice(desk, by="both")
    submit(desk.shoko, document, by=who["keiri"])
    for user in (both, who["keiri"]):
        with pytest.raises(RequestRefused, match="may not decide"):
            decide(desk.shoko, document, approve=True, by=user)
        assert waits_for(desk.shoko, user) == ()
    with pytest.raises(AccessRefused):
        decide(desk.shoko, document, approve=True, by=who["kanri"])
    assert decide(desk.shoko, document, approve=True, by=who["kacho"]).state is ApprovalState.APPROVED


def staff_more(desk, login, roles, departments=()):
    from pipeline.steps import people
    from tests.support.accounts import PASSWORD

    user = people.add_user(
        desk.shoko, login, name="", roles=frozenset(roles), departments=departments, password=PASSWORD, by="test"
    )
    return desk.shoko.people.change(user.user_id, must_change=False)


def test_returned_put_right_and_submitted_anew(desk, who, document):
    submit(desk.shoko, document, by=who["keiri"])
    with pytest.raises(RequestRefused, match="words"):
        decide(desk.shoko, document, approve=False, by=who["kacho"])
    back = decide(desk.shoko, document, approve=False, by=who["kacho"], words="金額が違います")
    assert (back.state, back.ended.words) == (ApprovalState.RETURNED, "金額が違います")
    assert desk.newest(document).state is DocumentState.FILED
    assert submitted_by(desk.shoko, who["keiri"], limit=5)[0][1].state is ApprovalState.RETURNED
    correct(desk, document)
    again = submit(desk.shoko, document, by=who["keiri"])
    assert (again.number, again.revision) == (2, 3)
    assert decide(desk.shoko, document, approve=True, by=who["kacho"]).state is ApprovalState.APPROVED
    assert [one.state for one in rounds(desk.shoko, document)] == [ApprovalState.RETURNED, ApprovalState.APPROVED]


def test_a_revision_makes_the_round_void_and_visible(desk, who, document):
    serial(desk.shoko, who, "kacho", "bucho")
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    correct(desk, document)
    (last,) = rounds(desk.shoko, document)
    assert (last.state, len(last.decisions)) == (ApprovalState.SUPERSEDED, 1)
    assert waits_for(desk.shoko, who["bucho"]) == ()
    with pytest.raises(RequestRefused, match="revised since"):
        decide(desk.shoko, document, approve=True, by=who["bucho"])
    assert open_rounds(desk.shoko)[0][1].state is ApprovalState.SUPERSEDED
    submit(desk.shoko, document, by=who["keiri"])
    with pytest.raises(RequestRefused, match="revised since"):
        decide(desk.shoko, document, approve=True, by=who["kacho"], seen=2)  # the page showed the earlier revision
    with pytest.raises(RevisionConflict):
        submit(desk.shoko, file_invoice(desk, text="RECEIPT", name="b.pdf"), by=who["keiri"], seen=1)


def test_withdrawn_by_who_submitted_alone(desk, who, document):
    submit(desk.shoko, document, by=who["keiri"])
    with pytest.raises(RequestRefused, match="only who submitted"):
        withdraw(desk.shoko, document, by=who["kacho"])
    assert withdraw(desk.shoko, document, by=who["keiri"]).state is ApprovalState.WITHDRAWN
    with pytest.raises(RequestRefused, match="withdrawn"):
        decide(desk.shoko, document, approve=True, by=who["kacho"])
    submit(desk.shoko, document, by=who["keiri"])


def test_reopened_put_right_and_approved_anew(desk, who, document, tmp_path):
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    with pytest.raises(RequestRefused, match="reason"):
        reopen(desk.shoko, document, by=who["kacho"], words="")
    with pytest.raises(AccessRefused):
        reopen(desk.shoko, document, by=who["keiri"], words="x")
    assert reopen(desk.shoko, document, by=who["kacho"], words="税率の誤り").state is ApprovalState.REOPENED
    assert desk.newest(document).state is DocumentState.FILED
    correct(desk, document)
    assert open_rounds(desk.shoko) == ()
    submit(desk.shoko, document, by=who["keiri"])
    assert [one[0].document_id for one in open_rounds(desk.shoko)] == [document]
    # freezing and reopening did not make the approver one of those who entered it
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    assert [one.state for one in rounds(desk.shoko, document)] == [ApprovalState.REOPENED, ApprovalState.APPROVED]
    assert desk.newest(document).state is DocumentState.APPROVED
    desk.is_sound(tmp_path)


def test_a_reopening_is_not_taken_back_into_an_approval(desk, who, document, tmp_path):
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["kacho"])
    reopen(desk.shoko, document, by=who["kacho"], words="誤り")
    newest = desk.newest(document)
    with pytest.raises(CorrectionInvalid, match="reopened"):
        undo(desk.shoko, document, revision=newest.revision, by="kacho")
    assert desk.newest(document) == newest
    assert submit(desk.shoko, document, by=who["keiri"]).state is ApprovalState.IN_PROGRESS
    desk.is_sound(tmp_path)


def test_a_document_that_is_deleted_meanwhile_waits_for_nobody(desk, who, document):
    submit(desk.shoko, document, by=who["keiri"])
    assert len(open_rounds(desk.shoko)) == 1
    base = desk.newest(document).revision
    desk.archive.tombstone(document, base_revision=base, recorded_by="keiri", reason="二重")
    assert open_rounds(desk.shoko) == ()
    assert desk.archive.under_approval() == ()
    for call in (
        lambda: withdraw(desk.shoko, document, by=who["keiri"]),
        lambda: decide(desk.shoko, document, approve=True, by=who["kacho"]),
    ):
        with pytest.raises(RequestRefused, match="is deleted"):
            call()


def test_two_seats_and_one_person_who_could_sit_in_them(desk, who, document):
    board = Seat(role=Role.APPROVER, department="yakuin")
    for steps in ((RouteStep(label="承認", seats=(board, board)),), ([board], [board])):
        set_routes(desk.shoko, [route(*steps)], by=who["kanri"])
        with pytest.raises(RequestRefused, match=f"step {len(steps)} "):
            submit(desk.shoko, document, by=who["keiri"])
    set_routes(desk.shoko, [route([board], [of(who["shacho"])])], by=who["kanri"])  # the second is carried
    submit(desk.shoko, document, by=who["keiri"])
    assert decide(desk.shoko, document, approve=True, by=who["shacho"]).state is ApprovalState.APPROVED


def test_who_may_sit_in_a_narrow_seat_leaves_the_wide_one_to_others(desk, who, document):
    wide, narrow = Seat(role=Role.APPROVER), Seat(role=Role.APPROVER, department="yakuin")
    set_routes(desk.shoko, [route([wide, narrow])], by=who["kanri"])
    submit(desk.shoko, document, by=who["keiri"])
    decide(desk.shoko, document, approve=True, by=who["shacho"])
    assert decide(desk.shoko, document, approve=True, by=who["kacho"]).state is ApprovalState.APPROVED


def test_in_the_place_of_another(desk, who, document):
    serial(desk.shoko, who, "bucho")
    submit(desk.shoko, document, by=who["keiri"])
    today = tokyo_day(desk.shoko.clock())
    with pytest.raises(RequestRefused, match="no seat"):
        decide(desk.shoko, document, approve=True, by=who["kacho"])
    with pytest.raises(RequestRefused):
        delegate(desk.shoko, by=who["bucho"], to=who["kanri"], first_on=today, last_on=today)
    given = delegate(desk.shoko, by=who["bucho"], to=who["kacho"], first_on=today, last_on=today + timedelta(days=3))
    assert waits_for(desk.shoko, who["kacho"])[0][2].principal.login == "bucho"
    desk.shoko.clock.ahead = timedelta(days=4)
    assert waits_for(desk.shoko, who["kacho"]) == ()
    desk.shoko.clock.ahead = timedelta(0)
    done = decide(desk.shoko, document, approve=True, by=who["kacho"])
    (decision,) = done.decisions
    assert (decision.said.by, decision.principal, decision.principal_name) == (
        "kacho",
        who["bucho"].user_id,
        "佐々木 恵",
    )
    assert decision.seal.for_another
    end_delegation(desk.shoko, given.number, by=who["bucho"])
    with pytest.raises(RequestRefused):
        end_delegation(desk.shoko, given.number + 7, by=who["bucho"])


def test_many_at_once_and_who_fails_is_named(desk, who, document):
    other = file_invoice(desk, text="RECEIPT", name="b.pdf")
    results = each([document, "doc-none", other, document], lambda one: submit(desk.shoko, one, by=who["keiri"]))
    assert [(one.document_id, type(one.error)) for one in results] == [
        (document, type(None)),
        ("doc-none", ObjectMissing),
        (other, type(None)),
    ]
    assert len(waits_for(desk.shoko, who["kacho"])) == 2


def test_routes_by_class_any_of_and_deadlines(desk, who, document):
    quick = RouteStep(label="確認", seats=(of(who["kacho"]), of(who["bucho"])), need=1, days=2)
    last = RouteStep(label="承認", seats=(Seat(role=Role.APPROVER, department="yakuin"),), days=1)
    table = set_routes(desk.shoko, [route(quick, last)], by=who["kanri"])
    assert set_routes(desk.shoko, table.routes, by=who["kanri"]) == table
    with pytest.raises(AccessRefused):
        set_routes(desk.shoko, [], by=who["keiri"])
    begun = submit(desk.shoko, document, by=who["keiri"])
    assert (begun.routes, begun.route_id) == (1, "route-1")
    today = tokyo_day(desk.shoko.clock())
    assert due(desk.shoko, until=today + timedelta(days=1)) == ()
    assert [one[1].due_on for one in due(desk.shoko, until=today + timedelta(days=2))] == [today + timedelta(days=2)]
    decide(desk.shoko, document, approve=True, by=who["bucho"])
    set_routes(desk.shoko, [], by=who["kanri"])  # what is under way keeps its route
    assert decide(desk.shoko, document, approve=True, by=who["shacho"]).state is ApprovalState.APPROVED


def test_a_seat_of_who_entered_falls_away_and_nobody_left_is_said(desk, who):
    own = file_invoice(desk, by="kacho", text="RECEIPT", name="c.pdf")
    serial(desk.shoko, who, "kacho", "bucho")
    begun = submit(desk.shoko, own, by=who["keiri"])
    assert [[seat.name for seat in step.seats] for step in begun.steps] == [["佐々木 恵"]]
    withdraw(desk.shoko, own, by=who["keiri"])
    serial(desk.shoko, who, "kacho")
    assert submit(desk.shoko, own, by=who["keiri"]).steps[0].seats[0].code == "role:approver"
    withdraw(desk.shoko, own, by=who["keiri"])
    set_routes(desk.shoko, [route([Seat(role=Role.APPROVER, department="somu")])], by=who["kanri"])
    with pytest.raises(RequestRefused, match="nobody can sit"):
        submit(desk.shoko, own, by=who["keiri"])


def test_nothing_is_left_half_done(desk, who, document):
    assert settle_all(desk.shoko) == 0
    submit(desk.shoko, document, by=who["keiri"])
    assert settle_all(desk.shoko) == 0
    assert date(2026, 1, 1) < tokyo_day(desk.shoko.clock())


def test_what_one_may_not_see_waits_for_nobody(desk, who, document):
    say_department(desk.shoko, [document], "eigyo", by="test", reason="x")
    assert waits_for(seen(desk, who["shacho"]), who["shacho"]) == ()
    with pytest.raises(ObjectMissing):
        submit(seen(desk, who["keiri"]), document, by=who["keiri"])
    serial(desk.shoko, who, "shacho")
    with pytest.raises(RequestRefused, match="nobody can sit"):  # who would wait for it could never open it
        submit(desk.shoko, document, by=who["keiri"])
    set_routes(desk.shoko, [], by=who["kanri"])
    submit(desk.shoko, document, by=who["keiri"])
    assert waits_for(seen(desk, who["shacho"]), who["shacho"]) == ()
    assert rounds(seen(desk, who["shacho"]), document) == ()
    with pytest.raises(ObjectMissing):
        decide(seen(desk, who["shacho"]), document, approve=True, by=who["shacho"])
    assert len(waits_for(seen(desk, who["kacho"]), who["kacho"])) == 1
    decide(seen(desk, who["kacho"]), document, approve=True, by=who["kacho"])
    hidden = seen(desk, who["shacho"]).archive
    assert not {act.kind for act in hidden.acts(who["kacho"].user_id)} & APPROVAL_ACTS
    assert hidden.newest_acts(who["kacho"].user_id, *APPROVAL_ACTS, limit=9) == ()


def seen(desk, user):
    return desk.shoko.seen_by(visibility_of(user))


def test_routes_by_the_department_of_the_document(desk, who, document):
    table = [
        route([of(who["bucho"])], route_id="sales", departments=("eigyo",)),
        route([of(who["kacho"])], route_id="books", departments=("keiri",), priority=200),
    ]
    set_routes(desk.shoko, table, by=who["kanri"])
    assert submit(desk.shoko, document, by=who["keiri"]).route_id == "books"  # of who submits
    withdraw(desk.shoko, document, by=who["keiri"])
    say_department(desk.shoko, [document], "eigyo", by="test", reason="x")
    assert submit(desk.shoko, document, by=who["keiri"]).route_id == "sales"
