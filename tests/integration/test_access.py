"""Who may do what on the page: every route × every role, logins, and in whose name acts are recorded."""

import re

import pytest
from starlette.routing import Mount

from app.web.permissions import needs_of
from app.web.sessions import COOKIE
from domain.acts import ActKind
from domain.people import TOKEN_SCOPES, Permission, Role
from domain.requests import RequestKind, RequestState
from pipeline.steps import people
from pipeline.steps.requests import ask, find_request
from tests.support.accounts import PASSWORD, Clock, add_people, open_seats
from tests.support.desk import Desk
from tests.support.routes import CALLS, LETTERS, Call


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, clock):
    desk = Desk(tmp_path_factory.mktemp("home"), clock=clock)
    add_people(
        desk.shoko,
        scan=(Role.SCANNER,),
        keiri=(Role.ACCOUNTANT,),
        shonin=(Role.APPROVER,),
        kansa=(Role.AUDITOR,),
        both=(Role.ACCOUNTANT, Role.APPROVER),
    )
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def document(desk):
    return desk.file("INVOICE", "Total 1,000")


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


def routes(found):
    """Every route with its function, those of routers that are included too (none of ours has a prefix)."""
    for route in found:
        if isinstance(route, Mount):
            assert route.path == "/static"
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        else:
            for method in sorted(route.methods - {"HEAD"}):
                yield Call(method, route.path), route.endpoint


def try_route(browser, call, token=""):
    path = call.path.format(
        document_id="doc-none",
        request_id="req-none",
        number="1",
        name="none",
        job_id="none",
        slug="all",
        sequence="0",
        group="closed",
        login="nobody",
    )
    return browser.request(call.method, path, headers={"X-CSRF-Token": token, "Accept": "application/json"})


def test_every_route_is_in_the_table_and_declares_what_it_needs(seat):
    found = dict(routes(seat().app.routes))
    assert {*found} == {*CALLS}
    for call, endpoint in found.items():
        needed = needs_of(endpoint)
        assert needed is not None, f"{call} declares no permission: add @needs(...)"
        assert (needed == frozenset()) == (CALLS[call] == "open"), call


@pytest.mark.parametrize("letter", LETTERS)
def test_every_route_for_every_role(seat, letter):
    browser = seat(LETTERS[letter])
    token = browser.csrf("/account")
    for call, who in CALLS.items():
        if who == "open":
            continue
        response = try_route(browser, call, token)
        assert (response.status_code == 403) == (letter not in who), (call, response.status_code, response.text)
        assert response.status_code not in {401, 500, 503}, call
        if letter not in who:
            assert response.json()["error"]["code"] == "forbidden"


def test_every_route_without_a_login(seat):
    browser = seat()
    token = browser.csrf()
    for call, who in CALLS.items():
        if who != "open":
            assert try_route(browser, call, token).status_code == 401, call
    page = browser.get("/search?words=x")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fsearch%3Fwords%3Dx")


@pytest.mark.parametrize("scope", sorted(TOKEN_SCOPES))
def test_every_route_for_every_scope_of_a_token(desk, seat, scope):
    _, secret = people.issue_token(desk.shoko, "both", label="", scopes=frozenset({scope}), by="kanri")
    browser = seat()
    found = dict(routes(browser.app.routes))
    for call, who in CALLS.items():
        if who == "open":
            continue
        path = call.path.format(
            document_id="doc-none",
            request_id="req-none",
            number="1",
            name="none",
            job_id="none",
            slug="all",
            sequence="0",
            group="closed",
            login="nobody",
        )
        headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        response = browser.request(call.method, path, headers=headers)
        assert (response.status_code != 403) == (scope in needs_of(found[call])), (call, response.text)
        assert response.status_code != 401


def test_a_token_does_no_more_than_its_person_and_ends(desk, seat):
    token, secret = people.issue_token(desk.shoko, "keiri", label="", scopes=frozenset({Permission.REVIEW}), by="kanri")
    browser, headers = seat(), {"Authorization": f"Bearer {secret}"}
    assert browser.get("/review.json", headers=headers).status_code == 200
    people.set_roles(desk.shoko, "keiri", frozenset({Role.SCANNER}), by="kanri")
    assert browser.get("/review.json", headers=headers).status_code == 403
    people.set_roles(desk.shoko, "keiri", frozenset({Role.ACCOUNTANT}), by="kanri")
    people.revoke_token(desk.shoko, token.token_id, by="kanri")
    assert browser.get("/review.json", headers=headers).status_code == 401
    logged_in = seat("keiri")
    assert logged_in.get("/review.json", headers=headers).status_code == 401  # a wrong token is no way to a session


def test_a_route_that_declares_nothing_is_closed(desk):
    from app.web.settings import WebSettings
    from app.web.wired import application
    from tests.support.accounts import Seat

    app = application(desk.shoko, WebSettings())
    app.add_api_route("/new", lambda: "secret", methods=["GET"])
    browser = Seat(app)
    browser.log_in("kanri")
    assert browser.get("/new").status_code == 403


def test_the_shared_token_opens_nothing_once_there_are_accounts(desk):
    seat = open_seats(desk.shoko, token="correct horse battery", secret_key="k")
    browser = seat()
    assert browser.get("/search.json", headers={"Authorization": "Bearer correct horse battery"}).status_code == 401
    data = {"csrf_token": browser.csrf(), "password": "correct horse battery"}
    assert browser.post("/login", data=data).status_code == 401


def test_a_session_planted_before_the_login_is_worth_nothing(seat):
    browser = seat()
    browser.csrf()
    planted = browser.cookies[COOKIE]
    assert browser.log_in("keiri").status_code == 303
    own = browser.cookies[COOKIE]
    assert own != planted
    other = seat()
    other.cookies.set(COOKIE, planted)
    assert other.get("/search.json").status_code == 401
    other.cookies.set(COOKIE, own)
    assert other.get("/search.json").status_code == 200
    browser.submit("/logout")
    assert other.get("/search.json").status_code == 401  # ended on the server, not only forgotten


def test_wrong_logins_look_alike(seat):
    answers = set()
    for login, password in (("keiri", "wrong"), ("nobody", PASSWORD), ("", ""), ("佐藤", PASSWORD)):
        response = seat().log_in(login, password)
        assert f'required value="{login}"' in response.text, "only the password is typed again"
        alike = re.sub(r"[0-9a-f]{64}| autofocus", "", response.text).replace(f'required value="{login}"', "")
        answers.add((response.status_code, alike))
    ((status, text),) = answers
    assert status == 401
    assert "ログイン名・パスワード・確認コードのいずれかが違います" in text
    for _ in range(6):
        last = seat().log_in("locked-out", "wrong")
    assert (last.status_code, "15分" in last.text) == (429, True)


def test_nobody_acts_in_the_name_of_another(desk, seat, document):
    browser = seat("keiri")
    assert 'name="by"' not in browser.get(f"/documents/{document}").text
    base = str(desk.newest(document).revision)
    response = browser.submit(
        f"/documents/{document}/correct", base_revision=base, by="shonin", reason="x", **{"field.issuer": "青空商事"}
    )
    assert response.status_code == 303, response.text
    assert desk.newest(document).recorded_by == "keiri"
    assert browser.submit("/received", by="shonin", ids=document, on="2026-11-02").status_code == 303
    assert desk.newest(document).recorded_by == "keiri"
    assert browser.submit("/papers", action="keep", by="shonin", ids=document, place="棚1").status_code == 303
    kept = desk.archive.acts_of_kinds(ActKind.PAPER_KEPT)
    assert {act.recorded_by for act in kept} == {"keiri"}


def test_who_asked_may_not_decide(desk, seat, document):
    asked = seat("both").submit(f"/documents/{document}/acts", action="ask", kind="deletion", reason="二重", by="keiri")
    assert asked.status_code == 303
    (request,) = [one.subject_id for one in desk.archive.acts_of_kinds(ActKind.REQUESTED)]
    assert find_request(desk.shoko, request).asked.by == "both"
    for by in ("both", "shonin", "BOTH", ""):
        refused = seat("both").submit(f"/requests/{request}", action="approve", by=by)
        assert refused.status_code == 422
        assert "申請した本人は承認も却下もできません" in refused.text
    assert seat("keiri").submit(f"/requests/{request}", action="approve", by="shonin").status_code == 403
    assert find_request(desk.shoko, request).state is RequestState.REQUESTED
    assert seat("shonin").submit(f"/requests/{request}", action="approve", by="both").status_code == 303
    assert find_request(desk.shoko, request).decided.by == "shonin"


def test_an_approver_asks_and_does_nothing_else_to_a_document(desk, seat, document):
    browser = seat("shonin")
    for action in ("delete", "relate", "link", "no_book"):
        assert browser.submit(f"/documents/{document}/acts", action=action, base_revision="1").status_code == 403
    other = ask(desk.shoko, RequestKind.CORRECTION, [document], by="shonin", reason="金額")
    assert browser.submit(f"/requests/{other.request_id}", action="take-back").status_code == 303


def test_what_an_auditor_opens_is_written_down_once_in_a_session(desk, seat, document):
    def views():
        return [act for act in desk.archive.acts(document) if act.kind is ActKind.VIEWED]

    seat("keiri").get(f"/documents/{document}")
    assert views() == []
    browser = seat("kansa")
    browser.get("/search")
    assert browser.get("/documents/doc-none").status_code == 404
    assert views() == []
    for path in ("", ".json", "/pages/1.png", "/original", ""):
        assert browser.get(f"/documents/{document}{path}").status_code == 200
    assert [act.recorded_by for act in views()] == ["kansa"]
    assert set(views()[0].facts) == {"session", "day"}
    seat("kansa").get(f"/documents/{document}/original")
    assert len(views()) == 2


def test_posts_of_other_sites_are_refused_with_a_session_too(seat):
    browser = seat("keiri")
    token = browser.csrf("/account")
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.post("/received", headers={"X-CSRF-Token": token} | headers).status_code == 403
    assert browser.post("/received").status_code == 403
    stranger = seat("shonin").csrf("/account")
    assert browser.post("/received", headers={"X-CSRF-Token": stranger}).status_code == 403


def test_the_cookie_and_the_menu(seat):
    browser = seat()
    answer = browser.log_in("kansa")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    menu = browser.get("/search").text.split("<nav", 1)[1].split("</nav>", 1)[0]
    assert "/upload" not in menu
    assert "/verify" in menu
    assert "kansa" in browser.get("/search").text
    assert "kansa" in seat("kanri").get("/admin/people").text


def test_without_accounts_one_person_is_alone(tmp_path):
    desk = Desk(tmp_path)
    browser = open_seats(desk.shoko)()
    assert "1人モード" in browser.get("/search").text
    assert "shoko users add" in browser.get("/account").text
    assert browser.get("/admin/people").status_code == 403
    assert browser.get("/login").headers["location"] == "/search"
    add_people(desk.shoko)
    assert browser.get("/search").headers["location"].startswith("/login")
    desk.shoko.close()


def test_nobody_is_offered_what_they_may_not_do(desk, seat, document):
    kept = r'action="(/documents/[^"]+/(?:correct|acts)|/papers|/received|/requests/[^"]+)"'
    pages = (f"/documents/{document}", "/papers", "/intake", "/requests")

    def offered(login):
        browser = seat(login)
        return {
            re.sub(r"(doc|request)-\w+", "*", one) for page in pages for one in re.findall(kept, browser.get(page).text)
        }

    assert offered("kansa") == set()
    assert offered("kanri") == set()
    assert offered("scan") <= {"/papers"}
    assert "/documents/*/correct" in offered("keiri")
    assert offered("shonin") <= {"/documents/*/acts", "/requests/*"}
