"""Reminders by mail: who is told what, once a day, over TLS; a failure comes again the next day."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from domain.acts import ActKind
from domain.approval_routes import RouteStep
from domain.calendar import tokyo_day
from domain.errors import ConfigError, MailUnavailable
from domain.people import Role
from pipeline.mail_settings import MailSettings
from pipeline.settings import ShokoSettings, load_settings
from pipeline.steps.access import say_confidential
from pipeline.steps.approval_routes import set_routes
from pipeline.steps.approvals import submit
from pipeline.steps.reminding import remind_nightly, send_digests
from pipeline.wiring import open_shoko
from tests.support.accounts import Clock
from tests.support.approving import file_invoice, of, route, staff
from tests.support.desk import Desk
from tests.support.smtp import PASSWORD, USER, MailServer, certificate

LOGINS = ("kanri", "keiri", "kacho", "bucho")


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("mail"))


def settings(port, pem, **more):
    known = {"host": "127.0.0.1", "port": port, "sender": "shoko@example.jp", "user": USER, "ca_file": pem[0]}
    addresses = {login: f"{login}@example.jp" for login in LOGINS}
    password = SecretStr(PASSWORD)
    rest = {"addresses": addresses, "password": password, "base_url": "https://shoko.example.jp/"}
    return MailSettings(**(known | rest | more))


@contextmanager
def waiting(tmp_path, mail):
    """An approval that is due, a review whose deadline is near, a timestamp that is late."""
    desk = Desk(tmp_path, clock=Clock(), mail=mail)
    who = staff(desk.shoko)
    document = file_invoice(desk)
    set_routes(desk.shoko, [route(RouteStep(label="承認", seats=(of(who["kacho"]),), days=1))], by=who["kanri"])
    submit(desk.shoko, document, by=who["keiri"])
    review = desk.file("INVOICE Aozora", "x", day=tokyo_day(desk.shoko.clock()) - timedelta(days=9), name="b.pdf")
    yield desk, who, document, review
    desk.shoko.close()


def bodies(server):
    return {mail["To"].partition("@")[0]: mail.get_content() for mail in server.mails}


@pytest.mark.parametrize("tls", [False, True])
def test_each_person_is_told_what_waits_for_them_once_a_day(tmp_path, pem, tls):
    with MailServer(pem, tls=tls) as server:
        mail = settings(server.port, pem, security="tls" if tls else "starttls")
        with waiting(tmp_path, mail) as (desk, who, document, review):
            done = send_digests(desk.shoko)
            assert set(done.sent) >= {"kacho", "keiri"}
            assert server.encrypted == [True] * len(server.mails)
            assert set(server.logins) == {USER}
            told = bodies(server)
            assert set(told) == set(done.sent)
            assert f"https://shoko.example.jp/documents/{document}" in told["kacho"]
            assert "承認期限が来ている書類（1 件）" in told["kacho"]
            assert "田中 一郎 さん" in told["kacho"]
            assert f"https://shoko.example.jp/review/{review}" in told["keiri"]
            assert "bucho" not in told  # nothing waits for them
            for text in told.values():
                assert "1,000" not in text
                assert "Aozora" not in text
            assert server.mails[0]["Subject"].startswith("【書庫】")
            # again, by whatever process: nobody gets two
            other = open_shoko(desk.shoko.settings, clock=desk.shoko.clock)
            assert send_digests(other).sent == ()
            other.close()
            assert len(server.mails) == len(done.sent)
            (act,) = desk.archive.acts_under(f"mail-{who['kacho'].user_id}")
            assert (act.kind, dict(act.personal)) == (ActKind.DIGEST_SENT, {})
            desk.shoko.clock.ahead = timedelta(days=1)
            assert "kacho" in send_digests(desk.shoko).sent
            desk.is_sound(tmp_path)


def test_what_one_may_not_see_is_not_in_the_mail(tmp_path, pem):
    with MailServer(pem) as server, waiting(tmp_path, settings(server.port, pem)) as (desk, who, _, review):
        say_confidential(desk.shoko, [review], people=("kanri",), by="kanri", reason="x")
        assert who
        send_digests(desk.shoko)
        assert review not in bodies(server).get("keiri", "")


def test_a_failure_is_said_and_the_next_time_says_it_all_again(tmp_path, pem, caplog):
    with MailServer(pem, refuse=True) as server, waiting(tmp_path, settings(server.port, pem)) as (desk, who, *_):
        done = send_digests(desk.shoko)
        assert (done.sent, set(done.failed) >= {"kacho", "keiri"}) == ((), True)
        assert server.mails == []
        assert "mail_unavailable" in caplog.text
        assert "@" not in caplog.text
        acts = desk.archive.acts_under(f"mail-{who['kacho'].user_id}")
        assert [act.facts.get("failed") for act in acts] == [None, "mail_unavailable"]
        server.refuse = False
        again = send_digests(desk.shoko)
        assert ({"kacho", "keiri"} <= set(again.sent), again.before) == (True, ())
        assert set(send_digests(desk.shoko).before) >= {"kacho", "keiri"}
        desk.shoko.clock.ahead = timedelta(days=1)
        assert "kacho" in remind_nightly(desk.shoko).sent


class PulledPlug(BaseException):
    pass


def test_a_plug_pulled_between_saying_and_sending_sends_no_second_mail(tmp_path, pem):
    with MailServer(pem) as server, waiting(tmp_path, settings(server.port, pem)) as (desk, *_):

        def pull(point):
            if point == "remind.recorded":
                raise PulledPlug

        cut = open_shoko(desk.shoko.settings, clock=desk.shoko.clock, at=pull)
        with pytest.raises(PulledPlug):
            send_digests(cut)
        cut.close()
        send_digests(desk.shoko)
        told = [mail["To"] for mail in server.mails]
        assert len(told) == len(set(told))


def test_who_has_no_address_is_named_and_nothing_goes_without_a_server(tmp_path, pem):
    with MailServer(pem) as server:
        with waiting(tmp_path / "a", settings(server.port, pem, addresses={})) as (desk, *_):
            assert "kacho" in send_digests(desk.shoko).without
            assert server.mails == []
        with waiting(tmp_path / "b", MailSettings()) as (desk, *_):
            assert remind_nightly(desk.shoko) is None
            with pytest.raises(ConfigError):
                send_digests(desk.shoko)
    wrong = settings(server.port, pem)
    with waiting(tmp_path / "c", wrong) as (desk, *_):  # nobody answers there any more
        assert set(send_digests(desk.shoko).failed) >= {"kacho"}
        assert MailUnavailable.retryable


def test_settings_that_would_send_secrets_in_the_clear_are_refused(tmp_path, monkeypatch):
    for wrong in ({"host": "mail.example.jp"}, {"host": "mail.example.jp", "sender": "a@b", "security": "none"}):
        with pytest.raises(ValueError, match="mail"):
            MailSettings(**wrong)
    file = tmp_path / "shoko.toml"
    file.write_text('[mail]\npassword = "x"\n')
    monkeypatch.setenv("SHOKO_SETTINGS", str(file))
    with pytest.raises(ConfigError, match="SHOKO_MAIL__PASSWORD"):
        load_settings()
    assert Role.APPROVER
    assert ShokoSettings.model_fields["mail"]
