"""One's own account on the page: password, second factor, sessions."""

import re

import pytest

from app.web.sessions import COOKIE
from domain.people import Role
from pipeline.steps import people
from storage.people.totp import code_at
from tests.support.accounts import PASSWORD, Clock, add_people, open_seats
from tests.support.desk import Desk

OTHER = "あたらしい海の七つの小舟"


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, clock):
    desk = Desk(tmp_path_factory.mktemp("home"), clock=clock)
    add_people(desk.shoko)
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


def test_a_password_is_changed_with_the_old_one(desk, seat):
    add_people(desk.shoko, hanako=(Role.ACCOUNTANT,))
    browser, elsewhere = seat("hanako"), seat("hanako")
    for old, new, again in (("wrong", OTHER, OTHER), (PASSWORD, OTHER, OTHER + "x"), (PASSWORD, "short", "short")):
        assert browser.submit("/account/password", old=old, new=new, again=again).status_code == 422
    assert browser.submit("/account/password", old=PASSWORD, new=OTHER, again=OTHER).status_code == 303
    assert "パスワードを変更しました" in browser.get("/account?done=password").text
    assert elsewhere.get("/search.json").status_code == 401
    assert seat().log_in("hanako").status_code == 401
    assert seat().log_in("hanako", OTHER).status_code == 303


def test_a_password_that_another_set_is_changed_first(desk, seat):
    add_people(desk.shoko, jiro=(Role.ACCOUNTANT,))
    people.set_password(desk.shoko, "jiro", OTHER, by="kanri")
    browser = seat()
    browser.log_in("jiro", OTHER)
    assert browser.get("/search").headers["location"] == "/account"
    assert browser.get("/search.json").json()["error"]["code"] == "must_change"
    assert browser.submit("/upload").status_code == 403
    assert browser.submit("/account/password", old=OTHER, new=PASSWORD, again=PASSWORD).status_code == 303
    assert browser.get("/search").status_code == 200


def test_a_second_factor_is_set_up_and_asked_for(desk, seat, clock):
    add_people(desk.shoko, saburo=(Role.ACCOUNTANT,))
    browser = seat("saburo")
    page = browser.get("/account").text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)[1]
    assert '<svg class="qr"' in page

    def code(ahead=0):
        return code_at(secret, int(clock().timestamp()) // 30 + ahead)

    form = {"action": "on", "secret": secret}
    assert browser.submit("/account/totp", **form, code=code(), password="wrong").status_code == 422
    assert browser.submit("/account/totp", **form, code="000000", password=PASSWORD).status_code == 422
    shown = browser.submit("/account/totp", **form, code=code(), password=PASSWORD)
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", shown.text)
    assert len(codes) == 10
    assert seat().log_in("saburo").status_code == 401
    assert seat().log_in("saburo", code=code(1)).status_code == 303
    assert seat().log_in("saburo", code=codes[0]).status_code == 303
    assert "残り 9 個" in browser.get("/account").text
    assert browser.submit("/account/totp", action="off", password=PASSWORD).status_code == 303
    assert seat().log_in("saburo").status_code == 303


def test_my_sessions_are_shown_and_ended(desk, seat):
    add_people(desk.shoko, shiro=(Role.ACCOUNTANT,), goro=(Role.ACCOUNTANT,))
    mine, second, third, stranger = seat("shiro"), seat("shiro"), seat("shiro"), seat("goro")
    page = mine.get("/account").text
    assert page.count("testclient") >= 3
    ref = re.search(r'name="session" value="([0-9a-f]{16})"', page)[1]
    assert stranger.submit("/account/sessions", session=ref).status_code == 303
    assert len(desk.shoko.people.sessions(desk.shoko.people.find("shiro").user_id)) == 3  # not a stranger's to end
    assert mine.submit("/account/sessions", session=ref).status_code == 303
    assert [browser.get("/search.json").status_code for browser in (second, third)].count(401) == 1
    mine.submit("/account/sessions")
    assert [browser.get("/search.json").status_code for browser in (mine, second, third)] == [200, 401, 401]


def test_a_restart_ends_no_session(desk, seat):
    browser = seat("kanri")
    again = open_seats(desk.shoko)()
    again.cookies.set(COOKIE, browser.cookies[COOKIE])
    assert again.get("/search.json").status_code == 200
    (key,) = desk.shoko.settings.data_folder.rglob("web-cookie.key")
    assert key.stat().st_mode & 0o077 == 0
