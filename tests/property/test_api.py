"""The API keeps to its own description: every route is in it, and whatever is sent, nothing breaks."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from app.web import openapi
from app.web.permissions import needs_of
from app.web.queries import query_pairs
from app.web.sessions import COOKIE
from domain.fields import DocumentType
from domain.ids import Origin
from domain.people import Role
from domain.query import Query
from domain.record import DocumentState
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk

CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
LEFT_OUT = {("POST", "/logout.json")}
"""Would end the session that the others go on in."""
EXAMPLES = 4
"""For each of more than sixty routes: what takes longer to find is found by the attacks."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    roles = (Role.SCANNER, Role.ACCOUNTANT, Role.APPROVER, Role.ADMINISTRATOR)
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,), zenbu=roles)
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def browser(desk):
    return open_seats(desk.shoko)("zenbu")


@pytest.fixture(scope="module")
def described(browser):
    return browser.get("/openapi.json").json()


@pytest.fixture(scope="module")
def document(desk):
    return desk.file("INVOICE", "Total 1,000")


def test_every_route_is_described_and_nothing_else(browser, described):
    routes = {(one.method, one.json_path): one for one in openapi.operations(browser.app.routes)}
    found = {
        (method.upper(), path): plain for path, some in described["paths"].items() for method, plain in some.items()
    }
    assert found.keys() == routes.keys()
    for key, plain in found.items():
        assert plain["x-permissions"] == sorted(needs_of(routes[key].route.endpoint)), key
        assert plain["summary"], key
    names = [plain["operationId"] for plain in found.values()]
    assert len(names) == len(set(names))
    declared = {(one.method, one.path) for one in routes.values()}
    assert {*openapi.ANSWERS, *openapi.DOWNLOADS, *openapi.QUERIES} <= declared
    assert {("POST", path) for path in openapi.FORMS} <= declared


def test_every_condition_of_a_search_is_described():
    asked = Query(
        date_blank=True,
        amount_blank=True,
        counterparty="x",
        counterparty_exact=True,
        counterparty_blank=True,
        words=("x",),
        document_types=tuple(DocumentType),
        states=tuple(DocumentState),
        origins=tuple(Origin),
        received_on_assumed=True,
        include_deleted=True,
        order="total_amount",
        offset=50,
    )
    assert {name for name, _ in query_pairs(asked)} <= set(openapi.QUERIES["GET", "/search"])


def test_the_description_is_open_and_says_nothing_of_the_archive(desk, described, document):
    assert open_seats(desk.shoko)().get("/openapi.json").json() == described
    assert document not in str(described)


def test_whatever_is_sent_nothing_breaks(browser, described, document):
    headers = {
        "X-CSRF-Token": browser.csrf("/account"),
        "Accept": "application/json",
        "Host": "127.0.0.1:8710",
        "Cookie": f"{COOKIE}={browser.cookies[COOKIE]}",
    }
    schema = schemathesis.openapi.from_asgi("/openapi.json", app=browser.app, headers=headers)
    assert schema.raw_schema == described
    sent, broken = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def holds(case):
            nonlocal sent
            if "document_id" in case.path_parameters and sent % 2:
                case.path_parameters["document_id"] = document
            sent += 1
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)
            if response.status_code >= 400:
                assert set(response.json()["error"]) == {"code", "message"}

        try:
            holds()
        except Exception as error:  # noqa: BLE001  # every operation is tried, then all is said
            broken.append((operation.label, str(error)[:2000]))
        assert browser.get("/search.json").status_code == 200, f"{operation.label} ended the session"
    assert not broken, broken
    assert sent > 60
