"""What the law says of a document is computed when it is filed, and said wherever it is shown."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from app.cli.show import document_plain
from domain.compliance import Verdict
from domain.corrections import Correction
from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState, ImportanceClass
from pipeline.batch import open_batch, run_plain
from pipeline.steps.company import CompanyBook
from pipeline.steps.compliance import at_risk, judged, standing_of
from pipeline.steps.correct import correct_document
from pipeline.steps.retention import extend_locks, hold, lift
from storage.search import search
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings

GENERAL = ImportanceClass.GENERAL


@pytest.fixture
def resident(tmp_path):
    home = open_resident(quick_settings(tmp_path))
    yield home
    home.shoko.close()


def _file(resident, name, content):
    path = resident.shoko.settings.data_folder / "store" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    run_plain(open_batch(resident))
    (hit,) = search(resident.shoko.archive, Query()).hits
    return resident.shoko.archive.get_document(hit.document_id)


def _scan(width_px, height_px, dpi):
    out = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "white").save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def _outcomes(resident, record):
    plain = document_plain(resident.shoko, record)
    return {line["rule"]: line["verdict"] for line in plain["compliance"]["lines"]}


@pytest.mark.parametrize(
    ("content", "outcome", "reviewed"),
    [(_scan(1654, 2339, 200), "compliant", False), (_scan(1240, 1754, 150), "not", True)],
)
def test_a_scan_is_judged_on_filing(resident, content, outcome, reviewed):
    record = _file(resident, "paper/2026-11-20/scan.png", content)
    assert _outcomes(resident, record)["scan-resolution-tone"] == outcome
    assert ("capture_quality" in {r.code for r in record.review_reasons}) is reviewed
    assert record.state is DocumentState.NEEDS_REVIEW


def test_the_same_picture_received_as_data_is_no_scan(resident):
    record = _file(resident, "electronic/2026-11-20/photo.png", _scan(1240, 1754, 150))
    assert "scan-resolution-tone" not in _outcomes(resident, record)
    assert "capture_quality" not in {r.code for r in record.review_reasons}


def test_without_an_accredited_authority_nothing_is_called_compliant(resident):
    record = _file(resident, "electronic/2026-11-20/a.xml", ubl_invoice("N-1"))
    assert document_plain(resident.shoko, record)["compliance"]
    outcomes = _outcomes(resident, record)
    assert outcomes["et-authenticity-choice"] in {"not", "not_yet"}
    assert outcomes["regime-basis-date"] == "compliant", "the folder's name says the day"
    assert outcomes["ret-corp-loss"] == "compliant"


def test_documents_are_found_by_their_verdict_and_by_what_is_due(resident):
    """Received on 2026-11-20 and not stamped: due on 12-02, seven business days over 勤労感謝の日."""
    filed = _file(resident, "electronic/2026-11-20/a.xml", ubl_invoice("N-1"))

    def on(day, **company):
        facts = resident.shoko.settings.company.model_copy(update=company)
        book = CompanyBook(archive=resident.shoko.archive, settings=facts)
        return replace(
            resident.shoko, company_book=book, clock=lambda: datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        )

    def found(shoko, verdict):
        return [one.hit.document_id for one in judged(shoko, Query(), verdict=verdict)]

    before, after = on(date(2026, 11, 25)), on(date(2026, 12, 3))
    assert found(before, Verdict.NOT_YET) == found(after, Verdict.NOT) == [filed.document_id]
    assert found(before, Verdict.NOT) == found(before, Verdict.COMPLIANT) == []
    assert [one.hit.document_id for one in at_risk(before, Query(), days=7)] == [filed.document_id]
    assert at_risk(before, Query(), days=6) == ()
    assert at_risk(after, Query(), days=7) == (), "nothing can be done in time any more"

    rules = on(date(2026, 12, 3), electronic_rules_from=date(2022, 1, 1))
    relied = {line.rule: line.verdict for line in standing_of(rules, filed).status.lines}
    assert relied["et-authenticity-choice"] is Verdict.COMPLIANT, "office rules change what is filed already"


def _correct(resident, record, **said):
    correction = Correction(
        base_revision=record.revision, values={}, recorded_by="佐藤", reason="用紙を確かめた", **said
    )
    return correct_document(resident.shoko, record.document_id, correction)


def _plain_scan(width_px, height_px, mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, (width_px, height_px), 255 if mode == "L" else "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("paper", "verdict"), [("A5", "compliant"), ("A4", "not"), ("receipt-80", "compliant")])
def test_a_person_names_the_size_of_a_paper_that_the_file_does_not_tell(resident, paper, verdict):
    """Law: scan-resolution-tone. 1166 × 1654 pixels are 200 dpi on A5."""
    record = _file(resident, "paper/2026-11-20/scan.png", _plain_scan(1166, 1654))
    assert _outcomes(resident, record)["scan-resolution-tone"] == "not_yet"
    named = _correct(resident, record, paper=paper)
    assert _outcomes(resident, named)["scan-resolution-tone"] == verdict
    assert ("capture_quality" in {r.code for r in named.review_reasons}) is (verdict == "not")
    assert _correct(resident, record, paper=paper) == named, "the same again changes nothing"
    later = _correct(resident, named, received_on=date(2026, 11, 19))
    assert _outcomes(resident, later)["scan-resolution-tone"] == verdict, "what was named is not forgotten"


def test_a_grey_scan_that_turns_out_to_be_important_is_not_good_enough(resident):
    record = _file(resident, "paper/2026-11-20/scan.png", _plain_scan(1654, 2338, "L"))
    general = _correct(resident, record, document_type=DocumentType.QUOTATION)
    assert (general.importance, _outcomes(resident, general)["scan-resolution-tone"]) == (GENERAL, "not")
    general = _correct(resident, general, paper="A4")
    assert _outcomes(resident, general)["scan-resolution-tone"] == "compliant"
    invoice = _correct(resident, general, document_type=DocumentType.INVOICE)
    assert _outcomes(resident, invoice)["scan-resolution-tone"] == "not"


@pytest.mark.parametrize("paper", ["A9", ""])
def test_a_size_that_is_none_is_refused(resident, paper):
    record = _file(resident, "paper/2026-11-20/scan.png", _plain_scan(1166, 1654))
    with pytest.raises(CorrectionInvalid):
        _correct(resident, record, paper=paper)


def test_a_hold_and_an_extension_are_facts_of_the_law(resident):
    """Law: ret-other, ret-corp."""
    record = _file(resident, "paper/2026-11-20/scan.png", _scan(1654, 2339, 200))
    assert "ret-other" not in _outcomes(resident, record)
    hold(resident.shoko, [record.document_id], by="佐藤", reason="訴訟")
    assert _outcomes(resident, record)["ret-other"] == "compliant"
    assert "ret-other" in {line.rule for line in standing_of(resident.shoko, record).paper.reasons}
    lift(resident.shoko, [record.document_id], by="佐藤", reason="和解")
    assert "ret-other" not in _outcomes(resident, record)

    record = _correct(resident, record, reviewed=True)  # what waits for review keeps its provisional lock
    longer = resident.shoko.settings.company.model_copy(update={"return_extension_months": 4})
    shoko = replace(resident.shoko, company_book=CompanyBook(archive=resident.shoko.archive, settings=longer))
    short = {line.rule: line for line in standing_of(shoko, record).status.lines}["ret-corp-loss"]
    assert (short.verdict, short.due) == (Verdict.NOT_YET, record.retain_until)
    extend_locks(shoko, full=True)
    kept = {line.rule: line for line in standing_of(shoko, record).status.lines}["ret-corp-loss"]
    assert kept.verdict is Verdict.COMPLIANT
