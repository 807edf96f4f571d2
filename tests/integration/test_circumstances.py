"""Causes of delay and channels, stated on the page and on the command line, and what the status makes of them."""

from datetime import date

import pytest

from compliance.settings import CompanySettings
from domain.acts import ActKind
from domain.circumstances import Channel, DelayCause, channels_of, delay_of
from domain.compliance import Verdict
from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.ids import Origin
from domain.people import Role
from pipeline.steps.circumstances import say_channel, say_delay, take_back_delay
from pipeline.steps.compliance import standing_of
from pipeline.steps.suggesting import suggest_for, suggestion_lines, suggestion_plain
from tests.support.accounts import add_people, open_seats
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.records import make_draft, make_drop, open_archive


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), scan=(Role.SCANNER,))
    yield desk
    desk.shoko.close()


def verdict_of(desk, document_id, rule):
    lines = standing_of(desk.shoko, desk.newest(document_id)).status.lines
    return next((line.verdict for line in lines if line.rule == rule), None)


def test_a_delay_is_stated_and_taken_back_on_the_page(desk):
    document = desk.file("INVOICE", "Total 1,000", day=date(2026, 1, 5))
    assert verdict_of(desk, document, "scan-input-early") is Verdict.NOT
    browser, path = open_seats(desk.shoko)("keiri"), f"/documents/{document}/acts"
    form = {"action": "delay", "cause": "disaster", "until": "", "reason": "浸水", "evidence": "罹災証明書 第12号"}
    for wrong in ({"evidence": ""}, {"reason": ""}, {"until": "x"}, {"cause": "x"}, {"until": "2099-01-01"}):
        assert browser.submit(path, **(form | wrong)).status_code == 422, wrong
    assert desk.archive.acts_of_kinds(ActKind.DELAY_SAID) == ()
    assert browser.submit(path, **form).status_code == 303
    assert browser.submit(path, **form).status_code == 303
    (act,) = desk.archive.acts_of_kinds(ActKind.DELAY_SAID)  # the same again says nothing new
    assert (act.recorded_by, dict(act.personal)["evidence"]) == ("keiri", "罹災証明書 第12号")
    assert "罹災" not in str(act.facts)
    assert verdict_of(desk, document, "scan-consequence") is Verdict.NOT_YET
    page = browser.get(f"/documents/{document}").text
    assert "災害その他やむを得ない事情" in page
    assert "罹災証明書 第12号" in page
    assert "税務署" in page
    assert browser.submit(path, action="delay_end", reason="誤り").status_code == 303
    assert verdict_of(desk, document, "scan-input-early") is Verdict.NOT
    take_back_delay(desk.shoko, [document], by="keiri", reason="もう一度")  # nothing stands any more
    assert len(desk.archive.acts_of_kinds(ActKind.DELAY_SAID)) == 2
    assert open_seats(desk.shoko)("scan").submit(path, **form).status_code == 403


def test_a_channel_is_stated_with_the_name_of_its_service(desk, tmp_path):
    document = desk.file("INVOICE", "Total 2,000", origin=Origin.ELECTRONIC_RECEIVED, day=date(2026, 1, 5))
    paper = desk.file("INVOICE", "Total 3,000", day=date(2026, 1, 6))
    assert verdict_of(desk, document, "et-authenticity-choice") is Verdict.NOT
    browser, path = open_seats(desk.shoko)("keiri"), f"/documents/{document}/acts"
    form = {"action": "channel", "channel": "exchanged_inside", "service": "青空EDI"}
    assert browser.submit(path, **(form | {"service": " "})).status_code == 422
    assert browser.submit(path, **form).status_code == 303
    assert verdict_of(desk, document, "et-authenticity-choice") is Verdict.COMPLIANT
    page = browser.get(f"/documents/{document}").text
    assert "青空EDI" in page
    assert "担当者の記録による" in page
    assert browser.submit(path, **(form | {"action": "channel_end"})).status_code == 303
    assert verdict_of(desk, document, "et-authenticity-choice") is Verdict.NOT
    for ids in ([paper], [document, paper]):
        with pytest.raises(CorrectionInvalid):
            say_channel(desk.shoko, ids, Channel.RECEIVED_STAMPED, service="青空", by="keiri")
    assert channels_of(desk.archive.acts(document)) == frozenset()
    (tmp_path / "sound").mkdir()
    desk.is_sound(tmp_path / "sound")


def test_on_the_command_line(desk):
    home = desk.shoko.settings.data_folder
    document = desk.file("INVOICE", "Total 4,000", origin=Origin.ELECTRONIC_RECEIVED, day=date(2026, 1, 5))
    say = ("say", "delay", document, "--cause", "special", "--until", "2026-02-01", "--reason", "障害")
    assert run_verb(home, *say)[0] != 0  # no evidence
    assert run_verb(home, *say, "--evidence", "障害報告書")[0] == 0
    found = delay_of(desk.archive.acts(document))
    assert (found.cause, found.until) == (DelayCause.SPECIAL, date(2026, 2, 1))
    assert run_verb(home, "say", "delay", document, "--end")[0] == 0
    assert delay_of(desk.archive.acts(document)) is None
    code, (row,) = run_verb(home, "say", "received-stamped", document, "--service", "青空クラウド")
    assert (code, row["document_id"]) == (0, document)
    assert "et-authenticity-choice" in {line["rule"] for line in row["lines"] if line["verdict"] == "compliant"}
    assert run_verb(home, "say", "received-stamped", document, "--end")[0] == 0
    with pytest.raises(CorrectionInvalid):
        say_delay(desk.shoko, [document], DelayCause.SPECIAL, until=None, by="x", reason="x", evidence=" ")


def test_what_was_bought_from_a_supplier_without_a_number_is_held_against_the_cap(tmp_path):
    """Law: inv-transition, 100,000,000 yen for tax periods that begin on 2026-10-01 or later."""
    archive = open_archive(tmp_path)
    company = CompanySettings(fiscal_year_end_month=12, fiscal_year_end_day=31)

    def bought(number, amount, *, kind=DocumentType.INVOICE, on=date(2027, 3, 31), **more):
        drop = archive.record_drop(make_drop(archive.vault, b"%d" % number, version=str(number)))
        draft = make_draft(drop.unit_id, amount=amount, day=on, document_type=kind, **more)
        return archive.file_document(draft)

    first = bought(1, "60000000")
    bought(2, "50000000", on=date(2026, 12, 31))  # another tax period
    bought(3, "50000000", counterparty="黒田商店")
    bought(4, "50000000", origin=Origin.PAPER_ISSUED_COPY)

    def year():
        return suggest_for(first, None, company=company, archive=archive).year

    assert (year().least_yen, year().most_yen, year().beyond) == (60_000_000, 60_000_000, False)
    assert (year().first, year().cap_yen, year().certain) == (date(2027, 1, 1), 100_000_000, False)
    bought(5, "60000000", kind=DocumentType.RECEIPT)
    assert (year().least_yen, year().most_yen, year().beyond) == (60_000_000, 120_000_000, None)
    bought(6, "40000000")
    assert year().beyond is None  # exactly at the cap by invoices alone
    bought(7, "1")
    assert year().beyond is True
    found = suggest_for(first, None, company=company, archive=archive)
    words = dict(suggestion_lines(found))["免税事業者等からの仕入れ"]
    assert "100,000,001〜160,000,001 円" in words
    assert "上限を超えた分は控除できません" in words
    assert suggestion_plain(found)["year"]["beyond"] is True
    assert suggest_for(first, None, company=company).year is None
    archive.close()
