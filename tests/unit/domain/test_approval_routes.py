"""Routes × facts: which route a document takes, and who may sit in which seat."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.approval_routes import (
    DEFAULT_ROUTE,
    Route,
    RouteFacts,
    RouteStep,
    RouteTable,
    Seat,
    check_table,
    choose,
    fills,
)
from domain.approval_rules import steps_on
from domain.errors import AccessRefused, CorrectionInvalid
from domain.fields import DocumentType
from domain.people import Role, User

DAY = date(2026, 11, 22)
STEP = RouteStep(label="承認", seats=(Seat(role=Role.APPROVER),))


def row(route_id, **rest):
    return Route(route_id=route_id, name=route_id, steps=rest.pop("steps", (STEP,)), **rest)


def facts(kind=DocumentType.INVOICE, amount="1000", departments=("eigyo",), party="株式会社青空商事"):
    return RouteFacts(
        document_type=kind,
        amount=None if amount is None else Decimal(amount),
        departments=departments,
        counterparty=party,
    )


TABLE = RouteTable(
    version=1,
    routes=(
        row("rest", priority=900),
        row("contracts", document_types=(DocumentType.CONTRACT,), priority=10),
        row("small", amount_to=Decimal(30000), priority=20),
        row("large", amount_from=Decimal(300000), priority=30),
        row("sales", departments=("eigyo",), amount_from=Decimal(30001), priority=40),
        row("aozora", counterparties=("あおぞら", "青空"), priority=50),
        row("old", last_on=date(2026, 10, 31), priority=1),
        row("coming", first_on=date(2026, 12, 1), priority=1),
    ),
)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("small", facts()),
        ("small", facts(amount="30000")),
        ("sales", facts(amount="30001")),
        ("sales", facts(amount="299999")),
        ("large", facts(amount="300000")),
        ("contracts", facts(kind=DocumentType.CONTRACT)),
        ("contracts", facts(kind=DocumentType.CONTRACT, amount=None)),
        ("large", facts(amount=None)),  # what is not known may be any amount, and is no small one
        ("aozora", facts(amount="50000", departments=("somu",))),
        ("aozora", facts(amount="50000", departments=(), party="(株) 青空 商事")),
        ("rest", facts(amount="50000", departments=("somu",), party="別会社")),
        ("rest", facts(amount="50000", departments=("somu",), party=None)),
        ("sales", facts(amount="50000", departments=("somu", "eigyo"))),
    ],
)
def test_the_first_that_fits_wins(wanted, said):
    assert choose(TABLE, said, on=DAY).route_id == wanted


def test_periods_and_the_default():
    assert choose(TABLE, facts(), on=date(2026, 10, 31)).route_id == "old"
    assert choose(TABLE, facts(), on=date(2026, 12, 1)).route_id == "coming"
    assert choose(RouteTable(), facts(), on=DAY) is DEFAULT_ROUTE
    assert choose(RouteTable(routes=(row("a"), row("b"))), facts(), on=DAY).route_id == "a"


def person(user_id="usr-1", roles=(Role.APPROVER,), departments=("keiri",), *, disabled=False):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return User(
        user_id=user_id,
        login=user_id,
        name="",
        roles=frozenset(roles),
        departments=departments,
        disabled=disabled,
        has_password=True,
        must_change=False,
        has_totp=False,
        recovery_left=0,
        version=1,
        created_at=at,
        changed_at=at,
    )


@pytest.mark.parametrize(
    ("may", "seat", "user"),
    [
        (True, Seat(user_id="usr-1"), person()),
        (False, Seat(user_id="usr-2"), person()),
        (False, Seat(user_id="usr-1"), person(roles=(Role.AUDITOR,))),
        (False, Seat(user_id="usr-1"), person(disabled=True)),
        (True, Seat(role=Role.APPROVER), person()),
        (False, Seat(role=Role.ACCOUNTANT), person()),
        (True, Seat(role=Role.APPROVER, department="keiri"), person()),
        (False, Seat(role=Role.APPROVER, department="eigyo"), person()),
        (False, Seat(role=Role.APPROVER, department="keiri"), person(departments=())),
    ],
)
def test_who_may_sit_where(may, seat, user):
    assert fills(seat.code, user) is may


def test_codes_of_seats():
    assert Seat(role=Role.APPROVER, department="keiri").code == "role:approver@keiri"
    assert (Seat(role=Role.ACCOUNTANT).code, Seat(user_id="usr-1").code) == ("role:accountant", "user:usr-1")


def test_seats_of_people_who_may_not_approve_fall_away():
    a, b, c = (Seat(user_id=f"usr-{n}") for n in "abc")
    route = row(
        "x",
        steps=(
            RouteStep(label="1", seats=(a,)),
            RouteStep(label="2", seats=(a, b, c), need=3),
            RouteStep(label="3", seats=(a, b), need=1),
        ),
    )
    left = steps_on(route, frozenset({"usr-a"}))
    assert [(step.label, len(step.seats), step.need) for step in left] == [("2", 2, 2), ("3", 1, 1)]
    assert steps_on(route, frozenset()) == route.steps
    assert steps_on(route, frozenset({"usr-a", "usr-b", "usr-c"})) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        row("default"),
        row("Capital"),
        row("x", steps=()),
        row("x", steps=(RouteStep(label="", seats=()),)),
        row("x", steps=(RouteStep(label="", seats=STEP.seats, need=2),)),
        row("x", steps=(RouteStep(label="", seats=STEP.seats, need=0),)),
        row("x", steps=(RouteStep(label="", seats=STEP.seats, days=-1),)),
        row("x", steps=(RouteStep(label="", seats=(Seat(),)),)),
        row("x", steps=(RouteStep(label="", seats=(Seat(user_id="usr-1", role=Role.APPROVER),)),)),
        row("x", steps=(RouteStep(label="", seats=(Seat(user_id="田中"),)),)),
        row("x", steps=(RouteStep(label="", seats=(Seat(role=Role.AUDITOR),)),)),
        row("x", amount_from=Decimal(2), amount_to=Decimal(1)),
        row("x", first_on=DAY, last_on=date(2026, 11, 21)),
        row("x", steps=(STEP,) * 9),
    ],
)
def test_what_is_no_route(wrong):
    with pytest.raises(CorrectionInvalid):
        check_table([wrong])


@pytest.mark.parametrize(
    "wrong",
    [
        row("x", departments=("営業部",)),
        row("x", steps=(RouteStep(label="", seats=(Seat(role=Role.APPROVER, department="営業部"),)),)),
    ],
)
def test_a_department_is_a_code(wrong):
    with pytest.raises(AccessRefused):
        check_table([wrong])


def test_what_is_no_table():
    with pytest.raises(CorrectionInvalid):
        check_table([row("x"), row("x")])
    with pytest.raises(CorrectionInvalid):
        check_table(row(f"r{n}") for n in range(201))
    assert len(check_table([row("x"), row("y")])) == 2
