"""Attacks on every route of the page: requests of other sites, foreign hosts, large bodies, missing headers, paths."""

import pytest

from app.web import openapi
from app.web.security import CONTENT_SECURITY_POLICY
from app.web.sessions import COOKIE
from domain.people import Role
from tests.support.accounts import ADDRESS, PASSWORD, Seat, add_people, open_seats
from tests.support.desk import Desk

NAMES = {"document_id": "doc-none", "request_id": "req-none", "number": "1", "name": "none", "sequence": "0"}
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TAKES_FILES = {"/upload", "/capture", "/verify", "/audit/heads", "/audit/export", "/journal"}


class Places(dict):
    def __missing__(self, name):
        return "none"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    everything = tuple(role for role in Role if role is not Role.AUDITOR)
    add_people(desk.shoko, zenbu=everything)
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


@pytest.fixture(scope="module")
def browser(seat):
    return seat("zenbu")


@pytest.fixture(scope="module")
def routes(browser):
    found = [(one.method, one.path.format_map(Places(NAMES))) for one in openapi.operations(browser.app.routes)]
    assert len(found) > 60
    return found


def changing(routes):
    return [(method, path) for method, path in routes if method != "GET"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "ま"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ADDRESS + ".evil.example"},
    ],
)
def test_no_change_without_the_token_of_this_session_and_site(browser, routes, headers):
    right = {} if "X-CSRF-Token" in headers or not headers else {"X-CSRF-Token": browser.csrf("/account")}
    sent = {name: value.encode() for name, value in (right | headers | {"Accept": "application/json"}).items()}
    for method, path in changing(routes):
        response = browser.request(method, path, headers=sent)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "csrf_failed"), (method, path)
    assert browser.get("/search.json").status_code == 200


def test_the_token_of_another_session_is_worth_nothing(seat, browser, routes):
    stranger = seat("kanri").csrf("/account")
    assert stranger != browser.csrf("/account")
    for method, path in changing(routes):
        sent = browser.request(method, path, headers={"X-CSRF-Token": stranger, "Accept": "application/json"})
        assert sent.status_code == 403, (method, path)
        sent = browser.request(method, path, data={"csrf_token": stranger})
        assert sent.status_code == 403, (method, path)


def test_every_answer_has_its_headers(browser, seat, routes):
    for who in (browser, seat()):
        for method, path in [*routes, ("GET", "/nothing"), ("GET", "/static/nothing"), ("GET", "/static/shoko.css")]:
            response = who.request(method, path)
            for name, value in HEADERS.items():
                assert response.headers[name] == value, (method, path, name)
            policy = response.headers["content-security-policy"]
            assert "default-src 'none'" in policy, (method, path)
            assert "unsafe" not in policy, (method, path)
            if response.headers.get("content-type", "").startswith("text/html"):
                assert "frame-ancestors 'none'" in policy, (method, path)
                if not path.startswith("/binder/"):
                    assert policy == CONTENT_SECURITY_POLICY, (method, path)
            if not path.startswith("/static/"):
                assert {"no-store", "private", "no-cache"} & set(
                    response.headers["cache-control"].replace(",", " ").split()
                ), (method, path)
            assert response.status_code < 500, (method, path)


HOSTS = ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "[::2]", "a b")


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_name_reaches_nothing(browser, routes, host):
    for method, path in routes:
        response = browser.request(method, path, headers={"Host": host})
        assert response.status_code == 421, (method, path, host)
        assert "location" not in response.headers


def test_a_redirect_never_names_the_host_that_was_sent(seat):
    for headers in ({"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}, {"X-Original-URL": "/x"}):
        response = seat().get("/search", headers=headers)
        assert response.headers["location"] == "/login?next=%2Fsearch"


def test_no_route_takes_a_large_body(browser, routes):
    token = browser.csrf("/account")
    for method, path in changing(routes):
        if path in TAKES_FILES:
            continue  # up to a limit of their own
        response = browser.request(
            method,
            path,
            content=b"a=" + b"x" * 300_000,
            headers={"X-CSRF-Token": token, "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert response.status_code == 413, (method, path)


def test_no_path_leads_out(browser):
    token = {"X-CSRF-Token": browser.csrf("/account")}
    evil = (
        "..",
        "../..",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f",
        "....//",
        "doc-none%00",
        "/etc/passwd",
        "doc-none\\..",
    )
    for part in evil:
        for path in (
            f"/documents/{part}",
            f"/documents/{part}/original",
            f"/documents/doc-none/pages/{part}.png",
            f"/documents/doc-none/original?unit={part}",
            f"/static/{part}",
            f"/static/..%2f{part}",
            f"/binder/{part}",
            f"/help/{part}",
            f"/jobs/{part}",
            f"/jobs/{part}/volumes/1.zip",
            f"/admin/log/{part}",
        ):
            response = browser.get(path, headers={"Accept": "application/json"})
            if response.url.path == path.partition("?")[0]:
                assert response.status_code in {307, 404, 405, 422}, path
            assert response.headers.get("location", ADDRESS).startswith((ADDRESS, "/")), path
            assert "root:" not in response.text
        assert browser.post(f"/documents/{part}/verify", headers=token).status_code in {303, 404, 405, 422}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aLocation:%20https://evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        " //evil.example",
        "/..//evil.example",
        "data:text/html,x",
        "@evil.example",
    ],
)
def test_a_login_leads_on_within_this_page(seat, target):
    browser = seat()
    page = browser.get("/login", params={"next": target}).text
    assert "evil" not in page.split('name="next" value="')[1].split('"')[0] or target.startswith(("/%", "/.."))
    response = browser.log_in("zenbu", next=target)
    location = response.headers["location"]
    assert response.status_code == 303
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location
    assert "\n" not in location
    assert "a=b" not in response.headers.get("set-cookie", "")
    assert browser.get(location).url.host == "127.0.0.1"


def test_cookies_are_for_this_page_and_no_script(desk, seat):
    plain = seat()
    plain.log_in("zenbu")
    secure = Seat(plain.app)
    secure.base_url = ADDRESS.replace("http://", "https://")
    for browser, flag in ((seat(), False), (secure, True)):
        response = browser.get("/login")
        sent = [one for one in response.headers.get_list("set-cookie") if one.startswith(COOKIE)]
        assert len(sent) == 1
        words = {word.strip().lower() for word in sent[0].split(";")[1:]}
        assert {"httponly", "path=/", "samesite=lax"} <= words
        assert ("secure" in words) is flag
        assert not any(word.startswith("domain") for word in words)


def test_guessing_passwords_ends_after_a_few(seat):
    last = [seat().log_in("nobody-here", f"wrong {number}").status_code for number in range(7)]
    assert last[:4] == [401] * 4
    assert set(last[5:]) == {429}
    assert seat().log_in("nobody-here", PASSWORD).status_code == 429
    assert seat().log_in("zenbu").status_code == 303  # another name at the same address goes on
