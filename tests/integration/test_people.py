"""Accounts, logins, sessions and tokens over a real installation, on SQLite and PostgreSQL."""

import sqlite3
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.main import command_line
from app.web.settings import WebSettings
from app.web.wired import application
from domain.acts import ActKind
from domain.errors import AccessRefused, ConfigError
from domain.people import Permission, Role
from pipeline.steps import people
from pipeline.steps.maintenance import rebuild_archive, reconcile_archive
from pipeline.wiring import open_shoko
from storage.archive import people_tables
from storage.people import Logins, PeopleBook
from storage.people.logins import ADDRESS_FAILURES, LOGIN_FAILURES
from storage.people.sealing import is_sealed
from storage.people.totp import code_at
from tests.support.accounts import PASSWORD, Clock, add_people
from tests.support.commands import run_verb
from tests.support.homes import quick_settings

LIFE = timedelta(hours=12)
IDLE = timedelta(hours=1)
OTHER = "あたらしい海の七つの小舟"


@pytest.fixture
def clock():
    return Clock()


BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def database(request, tmp_path):
    """Overrides of the settings; tests of what the databases could do differently run on both."""
    kind = getattr(request, "param", "sqlite")
    return {} if kind == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}


@pytest.fixture
def settings(database, tmp_path):
    return quick_settings(tmp_path, **database)


@pytest.fixture
def shoko(settings, clock):
    shoko = open_shoko(settings, clock=clock)
    yield shoko
    shoko.close()


@pytest.fixture
def logins(shoko):
    add_people(shoko, sato=(Role.ACCOUNTANT,), kansa=(Role.AUDITOR,))
    return Logins(shoko.people)


def log_in(logins, login="sato", password=PASSWORD, code="", address="192.0.2.1"):
    return logins.log_in(login, password, code, address=address, agent="a browser", life=LIFE)


def changes(shoko, user):
    return [act.facts["change"] for act in shoko.archive.acts(user.user_id) if act.kind is ActKind.USER_CHANGED]


@BOTH
def test_a_login_a_session_and_its_ends(shoko, logins, clock):
    found = log_in(logins, " SATO ")
    assert found.user.login == "sato"
    who, session = logins.session(found.secret, idle=IDLE)
    assert (who.login, session.address, session.agent) == ("sato", "192.0.2.1", "a browser")
    assert found.secret not in repr(shoko.people.sessions(who.user_id))
    clock.ahead = timedelta(minutes=50)
    assert logins.session(found.secret, idle=IDLE) is not None
    clock.ahead = timedelta(minutes=100)
    assert logins.session(found.secret, idle=IDLE) is not None  # used in between
    clock.ahead = timedelta(minutes=161)
    assert logins.session(found.secret, idle=IDLE) is None
    again = log_in(logins)
    for hour in range(3, 16):
        clock.ahead = timedelta(hours=hour)
        lives = logins.session(again.secret, idle=IDLE + IDLE) is not None
    assert not lives  # however much it is used
    assert logins.session("x", idle=IDLE) is None
    third = log_in(logins)
    shoko.people.end_sessions(third.user.user_id)
    assert logins.session(third.secret, idle=IDLE) is None


@BOTH
def test_wrong_ones_get_nothing_and_a_name_is_locked_for_a_while(shoko, logins, clock):
    for number in range(LOGIN_FAILURES):
        assert log_in(logins, password=f"wrong {number}") is None
    assert log_in(logins) is None
    assert logins.is_locked("sato", "192.0.2.9")
    assert log_in(logins, "kansa") is not None
    clock.ahead = timedelta(minutes=16)
    assert log_in(logins) is not None
    assert not logins.is_locked("sato", "192.0.2.1")
    for _ in range(LOGIN_FAILURES):
        log_in(logins, password="wrong")
    people.enable(shoko, "sato", by="kanri")
    assert log_in(logins) is not None


def test_a_name_that_nobody_has_behaves_like_any_other(logins):
    for _ in range(LOGIN_FAILURES):
        assert not logins.is_locked("nobody", "192.0.2.1")
        assert log_in(logins, "nobody") is None
    assert logins.is_locked("nobody", "192.0.2.1")


def test_an_address_is_locked_whatever_names_it_tries(logins):
    for number in range(ADDRESS_FAILURES):
        assert log_in(logins, f"name{number}") is None
    assert log_in(logins) is None
    assert log_in(logins, address="192.0.2.2") is not None


def test_right_logins_do_not_add_up_to_a_lock(logins):
    for _ in range(ADDRESS_FAILURES + 2):
        assert log_in(logins) is not None


def test_the_table_of_wrong_logins_names_nobody(shoko, logins):
    log_in(logins, password="wrong")
    with shoko.people.engine.connect() as connection:
        rows = repr(connection.execute(people_tables.login_attempt.select()).all())
    assert "sato" not in rows
    assert "192.0.2.1" not in rows


@BOTH
def test_a_second_factor_and_recovery_codes(shoko, logins, clock):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    steps = (int(clock().timestamp()) // 30 + n for n in count())
    codes = people.switch_totp_on(shoko, "sato", secret, step=next(steps), by="sato")
    user = shoko.people.find("sato")
    assert (user.has_totp, user.recovery_left, len(set(codes))) == (True, 10, 10)
    assert log_in(logins) is None
    assert log_in(logins, code="000000") is None
    assert log_in(logins, code=code_at(secret, user.version)) is None
    right = code_at(secret, next(steps))
    assert log_in(logins, code=right) is not None
    assert log_in(logins, code=right) is None  # never twice
    assert log_in(logins, code=codes[3].lower().replace("-", " ")) is not None
    assert log_in(logins, code=codes[3]) is None
    assert shoko.people.find("sato").recovery_left == 9
    people.switch_totp_off(shoko, "sato", by="kanri")
    assert log_in(logins, code="") is not None
    assert shoko.people.find("sato").recovery_left == 0
    assert changes(shoko, user) == ["added", "totp_on", "totp_off"]


def test_secrets_of_one_time_codes_are_sealed_where_they_lie(shoko, logins, clock):
    secret, step = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", int(clock().timestamp()) // 30
    people.switch_totp_on(shoko, "sato", secret, step=step, by="sato")
    book, table = shoko.people, people_tables.person

    def kept():
        with book.engine.connect() as connection:
            return connection.execute(sa.select(table.c.totp_secret).where(table.c.login == "sato")).scalar_one()

    assert is_sealed(kept())
    with book.engine.begin() as connection:  # as it was before there was a key
        connection.execute(sa.update(table).where(table.c.login == "sato").values(totp_secret=secret))
    url = shoko.settings.archive_url
    PeopleBook.open(url, client_id=book.client_id, clock=clock, settings=book.settings, seal=book.seal).close()
    assert is_sealed(kept())
    assert log_in(logins, code=code_at(secret, step + 1)) is not None


def test_another_password_ends_the_other_sessions(shoko, logins):
    mine, other = log_in(logins), log_in(logins)
    _, session = logins.session(mine.secret, idle=IDLE)
    people.set_password(shoko, "sato", OTHER, by="sato", keep_session=session.session_hash)
    assert logins.session(mine.secret, idle=IDLE) is not None
    assert logins.session(other.secret, idle=IDLE) is None
    assert log_in(logins) is None
    assert not log_in(logins, password=OTHER).user.must_change
    people.set_password(shoko, "sato", PASSWORD, by="kanri")
    assert logins.session(mine.secret, idle=IDLE) is None
    assert log_in(logins).user.must_change


def test_who_is_disabled_is_out_at_once_with_their_tokens(shoko, logins):
    found = log_in(logins)
    _, token = people.issue_token(shoko, "sato", label="会計", scopes=frozenset({Permission.DOCUMENTS}), by="kanri")
    assert logins.token(token)[0].login == "sato"
    people.disable(shoko, "sato", by="kanri")
    assert logins.session(found.secret, idle=IDLE) is None
    assert logins.token(token) is None
    assert log_in(logins) is None
    people.enable(shoko, "sato", by="kanri")
    assert log_in(logins) is not None
    assert logins.session(found.secret, idle=IDLE) is None


@BOTH
def test_tokens_have_scopes_an_end_and_are_kept_as_hashes(shoko, logins, clock):
    for scopes in (set(), {Permission.DECIDE}, {Permission.ACCOUNT}, {Permission.PEOPLE}, {Permission.REVIEW}):
        with pytest.raises(AccessRefused):
            people.issue_token(shoko, "kansa", label="", scopes=frozenset(scopes), by="kanri")
    with pytest.raises(AccessRefused):
        people.issue_token(shoko, "sato", label="", scopes=frozenset({Permission.DROP}), by="kanri", days=400)
    token, secret = people.issue_token(
        shoko, "sato", label="scanner", scopes=frozenset({Permission.DROP}), by="kanri", days=30
    )
    assert secret.startswith("shoko_")
    with shoko.people.engine.connect() as connection:
        assert secret not in repr(connection.execute(people_tables.person_token.select()).all())
    assert logins.token(secret)[1].scopes == {Permission.DROP}
    assert shoko.people.tokens()[0].used_at is not None
    clock.ahead = timedelta(days=31)
    assert logins.token(secret) is None
    clock.ahead = timedelta(0)
    people.revoke_token(shoko, token.token_id, by="kanri")
    assert logins.token(secret) is None
    assert logins.token("shoko_" + "0" * 64) is None
    with pytest.raises(AccessRefused):
        people.revoke_token(shoko, "tok-none", by="kanri")


def test_changes_are_acts_without_names_in_the_log(shoko, logins):
    people.set_roles(shoko, "sato", frozenset({Role.APPROVER}), by="kanri")
    user = shoko.people.find("sato")
    acts = shoko.archive.acts(user.user_id)
    assert [act.facts for act in acts] == [
        {"change": "added", "version": 1, "roles": ("accountant",), "departments": ()},
        {"change": "roles", "version": 3, "roles": ("approver",)},
    ]
    assert (acts[1].recorded_by, acts[1].personal["login"]) == ("kanri", "sato")
    for key in shoko.store.list_latest("vault"):
        if "payload" not in key.key:
            assert b"sato" not in shoko.store.get("vault", key.key)


def test_there_is_always_an_administrator(shoko, logins):
    for attempt in (
        lambda: people.disable(shoko, "kanri", by="kanri"),
        lambda: people.set_roles(shoko, "kanri", frozenset({Role.AUDITOR}), by="kanri"),
    ):
        with pytest.raises(AccessRefused, match="administrator"):
            attempt()
    people.set_roles(shoko, "sato", frozenset({Role.ADMINISTRATOR}), by="kanri")
    assert people.disable(shoko, "kanri", by="sato").disabled


def test_the_first_is_an_administrator_and_nobody_is_added_twice(shoko):
    assert not people.accounts_on(shoko)
    for roles in ((Role.ACCOUNTANT,), ()):
        with pytest.raises(AccessRefused):
            people.add_user(shoko, "sato", name="", roles=frozenset(roles), password=PASSWORD, by="x")
    assert not people.accounts_on(shoko)
    add_people(shoko)
    assert people.accounts_on(shoko)
    with pytest.raises(AccessRefused, match="taken"):
        people.add_user(shoko, "kanri", name="", roles=frozenset({Role.AUDITOR}), password=PASSWORD, by="x")


@pytest.mark.parametrize("after", ["begin", "record_act"])
def test_interrupted_while_adding_and_done_again(shoko, monkeypatch, after):
    add_people(shoko)
    wanted = {"name": "佐藤", "roles": frozenset({Role.ACCOUNTANT}), "password": PASSWORD, "by": "kanri"}

    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        target = shoko.archive if after == "begin" else shoko.people
        patch.setattr(target, "record_act" if after == "begin" else "change", dies)
        with pytest.raises(KeyboardInterrupt):
            people.add_user(shoko, "sato", **wanted)
    assert shoko.people.find("sato") is None
    assert log_in(Logins(shoko.people)) is None
    user = people.add_user(shoko, "sato", **wanted)
    assert changes(shoko, user) == ["added"]
    assert (user.version, user.disabled, user.must_change) == (1, False, True)
    assert log_in(Logins(shoko.people)) is not None


@BOTH
def test_accounts_outlive_a_rebuild(shoko, settings, logins):
    before = shoko.people.users()
    found = log_in(logins)
    rebuild_archive(settings)
    again = open_shoko(settings, clock=shoko.clock)
    assert again.people.users() == before
    assert Logins(again.people).session(found.secret, idle=IDLE) is not None
    assert len(again.archive.acts_of_kinds(ActKind.USER_CHANGED)) == len(before)
    assert reconcile_archive(again, deep=True).outcome.value == "passed"
    again.close()


@pytest.mark.parametrize("lost", ["accounts", "database"])
def test_accounts_that_were_lost_leave_the_page_closed(tmp_path, lost):
    settings = quick_settings(tmp_path)
    shoko = open_shoko(settings)
    add_people(shoko)
    shoko.close()
    path = tmp_path / "archive.sqlite"
    if lost == "accounts":
        with sqlite3.connect(path) as connection:
            for table in ("person_session", "person_token", "login_attempt", "person"):
                connection.execute(f"DROP TABLE {table}")
        connection.close()
    else:
        for part in tmp_path.glob("archive.sqlite*"):
            part.unlink()
    told = CliRunner().invoke(command_line("doctor"), ["doctor", "--rebuild", "--home", str(tmp_path)])
    assert "Web画面にはだれも入れません" in "".join(told.output.split())
    shoko = open_shoko(settings)
    assert shoko.people.users() == ()
    assert people.accounts_on(shoko)
    page = TestClient(application(shoko, WebSettings(accounts=True)), base_url="http://127.0.0.1:8710")
    answer = page.get("/home", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")
    shoko.close()


def test_on_the_command_line(tmp_path):
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\nnot this\n", encoding="utf-8")
    home = tmp_path / "home"
    assert run_verb(home, "users") == (0, [])
    assert run_verb(home, "doctor")[1][0]["people"] == 0
    add = ("users", "add", "kanri", "--name", "管理 花子", "--password-file", secret)
    assert run_verb(home, *add, "--role", "accountant")[0] == 2
    assert run_verb(home, *add, "--role", "administrator", "--department", "keiri")[0] == 2  # no such department yet
    code, (added,) = run_verb(home, *add, "--role", "administrator", "--role", "accountant")
    assert (code, added["roles"], added["departments"]) == (0, ["accountant", "administrator"], [])
    assert PASSWORD not in repr(added)
    assert run_verb(home, "users", "disable", "kanri")[0] == 2
    assert run_verb(home, "users", "add", "sato", "--role", "auditor", "--password-file", secret)[0] == 0
    assert run_verb(home, "users", "set-role", "sato", "--role", "scanner")[1][0]["roles"] == ["scanner"]
    assert run_verb(home, "users", "reset-password", "sato", "--password-file", secret)[1][0]["must_change_password"]
    assert run_verb(home, "users", "end-sessions", "sato")[1] == [{"login": "sato", "ended": 0}]
    code, (token,) = run_verb(home, "users", "token", "sato", "--scope", "drop", "--label", "複合機")
    assert token["token"].startswith("shoko_")
    assert "token" not in run_verb(home, "users", "tokens", "sato")[1][0]
    assert run_verb(home, "users", "revoke-token", token["token_id"])[1][0]["revoked_at"] is not None
    assert run_verb(home, "users", "disable", "sato")[1][0]["disabled"]
    assert not run_verb(home, "users", "enable", "sato")[1][0]["disabled"]
    assert run_verb(home, "users", "reset-totp", "sato")[1][0]["totp"] is False
    assert [user["login"] for user in run_verb(home, "users")[1]] == ["kanri", "sato"]
    assert run_verb(home, "users", "enable", "nobody")[0] == 2
    assert run_verb(home, "users", "add")[0] == 2
    (facts,) = run_verb(home, "doctor")[1]
    assert facts["people"] == 2
    assert not any("1人モード" in note for note in facts["notes"])


def test_beyond_loopback_accounts_do_instead_of_a_shared_token(monkeypatch):
    from app.web.wired import web_settings

    monkeypatch.setenv("SHOKO_WEB_HOST", "0.0.0.0")
    with pytest.raises(ConfigError):
        web_settings(port=0)
    assert web_settings(port=0, accounts=True).token is None
