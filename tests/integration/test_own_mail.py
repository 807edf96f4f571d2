"""A person says where mail to them goes: at once where none is sent, else after a code that went there."""

import re
from datetime import timedelta

import pytest

from app.web.own_mail import LIFE, PAUSE, TRIES
from domain.acts import ActKind
from domain.people import Role
from pipeline.mail_settings import MailSettings
from pipeline.steps.identities import link, linked
from pipeline.steps.reminding import address_of
from tests.integration.test_reminding import settings as mail_settings
from tests.support.accounts import Clock, add_people, open_seats
from tests.support.desk import Desk
from tests.support.smtp import MailServer, certificate

MINE = "hanako@example.co.jp"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with MailServer(certificate(tmp_path_factory.mktemp("mail"))) as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory, server):
    mail = mail_settings(server.port, server.certificate, addresses={"settei": "settei@example.jp"})
    desk = Desk(tmp_path_factory.mktemp("home"), clock=Clock(), mail=mail)
    add_people(desk.shoko, hanako=(Role.ACCOUNTANT,), settei=(Role.ACCOUNTANT,))
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


def code_in(mail):
    return re.search(r"^ +(\d{8})$", mail.get_content(), re.MULTILINE)[1]


def mail_of(desk, login="hanako"):
    return desk.shoko.people.find(login).mail


def test_an_address_counts_once_the_code_that_went_there_came_back(desk, seat, server):
    browser = seat("hanako")
    for wrong in ("", "hanako", "a@b", "a@b.jp,c@d.jp", "a@b.jp\nBcc: c@d.jp", f"{'x' * 250}@b.jp"):
        assert browser.submit("/account/mail", action="set", address=wrong).status_code == 422
    assert server.mails == []
    assert browser.submit("/account/mail", action="confirm", code="12345678").status_code == 422
    sent = browser.submit("/account/mail", action="set", address=MINE)
    assert sent.headers["location"] == "/account?done=mail_sent#mail"
    assert (server.mails[-1]["To"], mail_of(desk)) == (MINE, "")
    assert f"{MINE} に8桁の番号を送りました" in browser.get("/account").text
    assert "/account に入れてください" in server.mails[-1].get_content()

    # nobody fills a letter box, nor guesses
    assert browser.submit("/account/mail", action="set", address="other@example.jp").status_code == 422
    assert len(server.mails) == 1
    assert browser.submit("/account/mail", action="confirm", code="x").status_code == 422
    code = code_in(server.mails[-1])
    assert browser.submit("/account/mail", action="confirm", code=f" {code} ").status_code == 303
    assert mail_of(desk) == MINE
    assert address_of(desk.shoko.settings.mail, desk.shoko.people.find("hanako")) == MINE
    assert browser.submit("/account/mail", action="confirm", code=code).status_code == 422  # once
    assert browser.get("/account.json").json()["account"]["mail"] == MINE

    # it is an act; the address stands in its payload alone
    act = [one for one in desk.archive.acts_of_kinds(ActKind.USER_CHANGED) if one.facts.get("change") == "mail"][-1]
    assert act.personal["mail"] == MINE
    assert MINE not in repr(act.facts)
    assert browser.submit("/account/mail", action="forget").status_code == 303
    assert mail_of(desk) == ""


def test_a_code_ends_with_its_time_and_after_some_tries(desk, seat, server):
    browser = seat("hanako")
    desk.shoko.clock.ahead += PAUSE
    browser.submit("/account/mail", action="set", address=MINE)
    late = code_in(server.mails[-1])
    desk.shoko.clock.ahead += LIFE + timedelta(seconds=1)
    assert browser.submit("/account/mail", action="confirm", code=late).status_code == 422
    assert "番号を送りました" not in browser.get("/account").text
    browser.submit("/account/mail", action="set", address=MINE)
    right = code_in(server.mails[-1])
    wrong = f"{(int(right) + 1) % 10**8:08d}"
    for _ in range(TRIES):
        assert browser.submit("/account/mail", action="confirm", code=wrong).status_code == 422
    assert browser.submit("/account/mail", action="confirm", code=right).status_code == 422
    assert mail_of(desk) == ""
    desk.shoko.clock.ahead += PAUSE
    server.refuse = True
    assert browser.submit("/account/mail", action="set", address=MINE).status_code == 422
    server.refuse = False


def test_a_code_that_never_went_out_is_not_waited_for_and_the_one_before_it_counts(desk, seat, server):
    browser = seat("hanako")
    desk.shoko.clock.ahead += LIFE
    server.refuse = True
    assert browser.submit("/account/mail", action="set", address=MINE).status_code == 422
    assert "番号を送りました" not in browser.get("/account").text
    server.refuse = False
    assert browser.submit("/account/mail", action="set", address=MINE).status_code == 303  # at once
    desk.shoko.clock.ahead += PAUSE
    server.refuse = True
    assert browser.submit("/account/mail", action="set", address="other@example.jp").status_code == 422
    server.refuse = False
    assert f"{MINE} に8桁の番号を送りました" in browser.get("/account").text
    assert browser.submit("/account/mail", action="confirm", code=code_in(server.mails[-1])).status_code == 303
    assert mail_of(desk) == MINE


def test_what_the_settings_say_comes_first_and_nobody_logs_in_by_it(desk, seat):
    page = seat("settei").get("/account").text
    assert "settei@example.jp" in page
    assert "管理者の設定" in page
    assert 'name="address"' not in page
    link(desk.shoko, "settei", ["email:settei@sso.example.jp"], by="kanri")
    assert linked(desk.shoko, subject="s", email=MINE) is None
    assert address_of(MailSettings(), desk.shoko.people.find("settei")) == "settei@sso.example.jp"


def test_without_a_mail_server_an_address_is_kept_for_later(tmp_path):
    desk = Desk(tmp_path)
    add_people(desk.shoko, hanako=(Role.ACCOUNTANT,))
    browser = open_seats(desk.shoko)("hanako")
    assert "メールサーバーがまだ設定されていない" in browser.get("/account").text
    assert browser.submit("/account/mail", address=MINE).headers["location"] == "/account?done=mail_set#mail"
    assert mail_of(desk) == MINE
    desk.shoko.close()
