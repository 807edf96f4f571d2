"""A person logs in for the first time, sets a password and a second factor of their own, in a real browser."""

import time

import pytest

from domain.people import Role
from pipeline.steps.people import set_password
from storage.people.totp import STEP_SECONDS, code_at
from tests.support.accounts import PASSWORD, add_people

SECOND = "あたらしい海の七つの小舟"


@pytest.fixture
def accounts(site):
    add_people(site.shoko, sato=(Role.ACCOUNTANT,))
    set_password(site.shoko, "sato", PASSWORD, by="kanri")
    return site


def log_in(tab, password, code=""):
    tab.fill("#login", "sato")
    tab.fill("#password", password)
    tab.fill("#code", code)
    tab.click("main button")


def test_first_login_own_password_second_factor(accounts, tab):
    tab.goto(f"{accounts.url}/search")
    assert tab.url.endswith("/login?next=%2Fsearch")
    log_in(tab, PASSWORD)
    assert tab.url == f"{accounts.url}/account"
    assert "最初に" in tab.text_content("main")
    for box, typed in (("#old", PASSWORD), ("#new", SECOND), ("#again", SECOND)):
        tab.fill(box, typed)
    tab.click("form[action='/account/password'] button")
    assert "パスワードを変更しました" in tab.text_content("main")
    secret = tab.get_attribute("input[name=secret]", "value")
    step = int(time.time()) // STEP_SECONDS
    tab.fill("form[action='/account/totp'] #code", code_at(secret, step))
    tab.fill("#totp-password", SECOND)
    tab.click("button[value=on]")
    assert tab.locator(".codes li").count() == 10
    tab.click(".logout button")
    log_in(tab, SECOND, code_at(secret, step + 1))
    tab.wait_for_url("**/search")
    assert tab.get_attribute(".me", "title") == "sato"
