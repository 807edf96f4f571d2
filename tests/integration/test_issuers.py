"""The register of qualified issuers: the copy, the web interface on a loopback socket, and filing with both."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.errors import ConfigError, InputError, StorageError, StoreUnavailable
from domain.fields import CalendarDate, DocumentType, Text
from domain.issuers import IssuerRegister, IssuerStanding
from pipeline.steps.filing import draft_for
from pipeline.steps.issuers import import_issuers, look_up_issuer, party_of, with_standing
from pipeline.wiring import open_shoko
from storage.issuers.files import change_of
from storage.issuers.mirror import IssuerMirror
from storage.issuers.register import LocalRegister, open_register
from storage.issuers.settings import IssuerSettings
from storage.issuers.web_api import IssuerWebApi
from tests.services.issuers import APPLICATION_ID, entry, serve_register
from tests.support.homes import quick_settings
from tests.support.records import field, make_draft, make_drop, with_fields
from tests.unit.storage.issuers.test_files import as_csv

SORA, MIDORI, NOBODYS = "T7010705000725", "T4011001098993", "T8040001079502"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def settings(register, **more):
    return IssuerSettings(online=True, url=register.address, application_id=APPLICATION_ID, **more)


def records(*entries):
    return [change_of(one, "test") for one in entries]


def online(tmp_path, register, clock, **more):
    return open_register(settings(register, **more), data_folder=tmp_path, clock=clock)


def test_numbers_are_asked_ten_at_a_time_and_differences_part_by_part():
    entries = [entry(SORA, "青空"), entry(MIDORI, "みどり"), entry("T1000020012131", "市", process="99")]
    with serve_register(*entries) as register, IssuerWebApi(settings(register)) as api:
        assert {n: r.name for n, r in api.find([SORA, MIDORI, NOBODYS]).items()} == {SORA: "青空", MIDORI: "みどり"}
        assert api.find_on(SORA, date(2026, 10, 1)).name == "青空"
        assert api.find_on(NOBODYS, date(2026, 10, 1)) is None
        got = list(api.changes(date(2023, 9, 1), date(2023, 10, 1)))
        assert [c if isinstance(c, str) else c.name for c in got] == ["青空", "みどり", "T1000020012131"]
        assert len([a for a in register.asked if a.startswith("/1/diff")]) == 2
        with pytest.raises(ValueError, match="10 numbers"):
            api.find([SORA] * 11)
        with pytest.raises(ValueError, match="50 days"):
            list(api.changes(date(2026, 1, 1), date(2026, 3, 1)))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, None, StoreUnavailable),
        (429, None, StoreUnavailable),
        (403, None, StorageError),
        (404, None, StorageError),
        (302, None, StorageError),
        (200, b"<html>", StorageError),
        (200, b"[]", StorageError),
        (200, b'{"announcement": [{"registratedNumber": "x"}]}', StorageError),
    ],
)
def test_bad_answers_are_errors_and_never_name_the_application_id(caplog, status, body, error):
    caplog.set_level(logging.DEBUG)
    with serve_register(entry(SORA)) as register, IssuerWebApi(settings(register)) as api:
        register.status, register.body = status, body
        with pytest.raises(error) as caught:
            api.find([SORA])
        assert APPLICATION_ID not in f"{caught.value.message}{caught.value.message_ja}{caplog.text}"


def test_no_one_listens():
    with serve_register() as register:
        gone = settings(register)
    with IssuerWebApi(gone) as api, pytest.raises(StoreUnavailable) as caught:
        api.find([SORA])
    assert APPLICATION_ID not in str(caught.value)


def test_online_needs_an_application_id(tmp_path, clock):
    with pytest.raises(ConfigError):
        open_register(IssuerSettings(online=True), data_folder=tmp_path, clock=clock)


def test_the_copy_answers_alone_where_the_network_is_off(tmp_path, clock):
    register = open_register(IssuerSettings(), data_folder=tmp_path, clock=clock)
    assert isinstance(register, IssuerRegister)
    assert register.find(SORA).standing(date(2026, 1, 1)) is IssuerStanding.UNKNOWN
    register.mirror.take(records(entry(SORA, "青空")), whole=False)
    assert register.find(SORA).record.name == "青空"
    assert register.find(NOBODYS).standing(date(2026, 1, 1)) is IssuerStanding.UNKNOWN
    register.mirror.take(records(entry(SORA, "青空")), whole=True, updated_to=date(2026, 11, 19))
    assert register.find(NOBODYS).standing(date(2026, 1, 1)) is IssuerStanding.ABSENT
    with pytest.raises(StorageError, match="switched off"):
        register.update(date(2026, 11, 20))


def test_older_states_do_not_replace_newer_ones_and_taken_back_entries_go(tmp_path, clock):
    mirror = IssuerMirror(tmp_path / "m.sqlite", clock=clock)
    mirror.take(records(entry(SORA, "新", updated="2026-05-01"), entry(MIDORI, "みどり")), whole=True)
    mirror.take(records(entry(SORA, "旧", updated="2024-05-01"), entry(MIDORI, process="99")), whole=False)
    assert mirror.find(SORA).record.name == "新"
    assert mirror.find(MIDORI).record is None
    assert mirror.state().entries == 1


def test_an_answer_is_kept_for_a_day_and_a_silent_register_is_left_alone_for_a_while(tmp_path, clock):
    with serve_register(entry(SORA, "青空")) as served:
        register = online(tmp_path, served, clock, pause_seconds=60)
        assert register.find(SORA).source == "web_api"
        assert register.find(NOBODYS).standing(date(2026, 1, 1)) is IssuerStanding.ABSENT
        assert register.find(NOBODYS).standing(date(2026, 1, 1)) is IssuerStanding.ABSENT
        assert len(served.asked) == 2
        clock.now += timedelta(days=2)
        served.status = 503
        assert register.find(NOBODYS).source == ""
        assert register.find(NOBODYS).source == ""
        assert len(served.asked) == 3
        assert register.find(SORA).record.name == "青空"
        clock.now += timedelta(seconds=61)
        served.status = 200
        assert register.find(NOBODYS).source == "web_api"
        register.close()


def test_the_copy_is_brought_up_to_date_by_differences(tmp_path, clock):
    with serve_register(entry(SORA, "新", updated="2026-11-10"), entry(MIDORI, "前", updated="2026-10-01")) as served:
        register = online(tmp_path, served, clock)
        with pytest.raises(StorageError, match="too old"):
            register.update(date(2026, 11, 20))
        register.mirror.take(records(entry(SORA, "旧")), whole=True, updated_to=date(2026, 11, 1))
        assert register.update(date(2026, 11, 20)) == 1
        assert register.find(SORA).record.name == "新"
        assert register.mirror.state().updated_to == date(2026, 11, 19)
        assert register.update(date(2026, 11, 20)) == 0
        register.close()


def document(number=SORA, name="株式会社青空商事", *, day=date(2026, 10, 31), kind=DocumentType.INVOICE):
    draft = make_draft("unit-1", document_type=kind, counterparty=name)
    fields = [field("registration_number", Text(text=number)), field("issuer", Text(text=name))]
    return with_fields(draft, *fields, field("transaction_date", CalendarDate(day=day) if day else None)).reading


def judged(made, *entries, tmp_path, clock, whole=True):
    register = LocalRegister(IssuerMirror(tmp_path / "m.sqlite", clock=clock), IssuerSettings(), clock=clock, api=None)
    register.mirror.take(records(*entries), whole=whole)
    out = with_standing(made, look_up_issuer(made, register))
    said = {c.name: c.outcome.value for c in out.checks if c.name.startswith("issuer_")}
    return said, [(r.code, r.detail) for r in out.review_reasons]


def test_a_number_is_judged_on_the_transaction_date(tmp_path, clock):
    ended = entry(SORA, "株式会社青空商事", disposed="2026-10-31")
    good = {"issuer_registered": "passed", "issuer_name_agrees": "passed"}
    where = {"tmp_path": tmp_path, "clock": clock}
    assert judged(document(day=date(2026, 10, 30)), ended, **where) == (good, [])
    said, reasons = judged(document(), ended, **where)
    assert (said["issuer_registered"], reasons) == ("failed", [("issuer_not_registered", "ended")])
    assert judged(document(day=date(2023, 9, 1)), ended, **where)[1] == [("issuer_not_registered", "not_yet")]
    assert judged(document(NOBODYS), ended, **where)[1] == [("issuer_not_registered", "absent")]
    assert judged(document(NOBODYS, day=None), ended, **where)[1] == [("issuer_not_registered", "absent")]
    assert judged(document(day=None), ended, **where)[0]["issuer_registered"] == "indeterminate"


def test_a_part_of_the_register_proves_nothing_by_absence(tmp_path, clock):
    assert judged(document(NOBODYS), entry(SORA), tmp_path=tmp_path, clock=clock, whole=False) == ({}, [])


def test_another_name_than_the_registered_one_is_said(tmp_path, clock):
    said, reasons = judged(
        document(name="合同会社みどり"), entry(SORA, "株式会社青空商事"), tmp_path=tmp_path, clock=clock
    )
    assert (said["issuer_name_agrees"], reasons) == ("indeterminate", [])
    said, _ = judged(
        document(name="青空エソタ"), entry(SORA, "", tradeName="青空エンタ"), tmp_path=tmp_path, clock=clock
    )
    assert said["issuer_name_agrees"] == "passed"
    assert judged(document(), entry(SORA, "", kind="1"), tmp_path=tmp_path, clock=clock)[0] == {
        "issuer_registered": "passed"
    }


def test_what_is_no_number_is_not_asked(tmp_path, clock):
    register = open_register(IssuerSettings(), data_folder=tmp_path, clock=clock)
    assert look_up_issuer(document("DE123456789"), register) is None
    assert party_of(None) is None


def test_filing_names_the_registered_owner_of_a_misread_name(tmp_path):
    home = open_shoko(quick_settings(tmp_path), clock=lambda: NOW)
    file = tmp_path / "20261119.csv"
    file.write_bytes(as_csv([entry(SORA, "株式会社青空エンタープライズ")]))
    assert import_issuers(home, (file,), whole=True, updated_to=date(2026, 11, 19)) == 1
    drop = home.archive.record_drop(make_drop(home.store))
    read = document(name="株式会社青空エソターブ")
    made = draft_for(drop, read, document_id="doc-1", shoko=home)
    assert made.reading.fields.text("counterparty") == "株式会社青空エンタープライズ"
    names = {c.name: (c.outcome.value, c.detail) for c in made.reading.checks}
    assert names["counterparty_known"] == ("passed", "issuer_register")
    assert names["issuer_registered"][0] == "passed"
    broken = tmp_path / "bad.csv"
    broken.write_bytes(as_csv([entry(SORA, "上書き", updated="2026-11-18")]) + b"1,2,3\r\n")
    with pytest.raises(InputError):
        import_issuers(home, (broken,), whole=True, updated_to=None)
    assert home.issuers.find(SORA).record.name == "株式会社青空エンタープライズ", "a broken file takes nothing"
    ours = replace(drop, origin=drop.origin.PAPER_ISSUED_COPY)
    issued = draft_for(ours, read, document_id="doc-1", shoko=home)
    assert not [c for c in issued.reading.checks if c.name.startswith("issuer_")]
    home.close()
