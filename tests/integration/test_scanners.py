"""Chart tests of scanners, held against the documents that were made on them (law: scan-viewing)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from compliance.legibility import Proof
from domain.compliance import PaperState, Verdict
from domain.corrections import Correction
from domain.page import Capture
from pipeline.steps.compliance import standing_of, standings
from pipeline.steps.correct import correct_document
from pipeline.steps.paper import check_sameness
from pipeline.steps.scanners import record_chart_test, scanners, untested
from storage.archive import rebuild
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.pictures import page_picture
from tests.support.records import Ticking, make_token

DAY = date(2026, 11, 9)
DEVICE = ("PFU", "ScanSnap iX1600")


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, clock=Ticking(datetime(2026, 11, 12, 3, tzinfo=UTC)))
    desk.archive._accredits = lambda _: True
    yield desk
    desk.shoko.close()


def scanned(desk, shade=250, kind="JPEG", **more):
    document_id = desk.file(day=DAY, content=page_picture(shade, kind, **more), name=f"{shade}.{kind.lower()}")
    for unit in desk.archive.unit_of_document(document_id):
        token = replace(make_token(unit.blob.digest), gen_time=datetime(2026, 11, 10, 3, tzinfo=UTC), accredited=True)
        desk.archive.record_timestamp(unit.unit_id, token)
    return document_id


def said(desk, document_id):
    status = standing_of(desk.shoko, desk.newest(document_id)).status
    (line,) = [one for one in status.lines if one.rule == "scan-viewing"]
    return line


def chart(desk, name="経理のスキャナ", *, on=date(2026, 11, 2), passed=True, profile="200dpi-color-jpeg", **more):
    return record_chart_test(desk.shoko, name, profile=profile, tested_on=on, passed=passed, by="sato", **more)


def test_what_scanned_a_document_is_kept_with_it_and_its_chart_test_decides(desk, tmp_path):
    document_id = scanned(desk, device=DEVICE, taken="2026:11:08 18:00:00")
    (capture,) = desk.newest(document_id).captures
    assert capture == Capture(
        device="PFU ScanSnap iX1600",
        folder=capture.folder,
        profile="200dpi-color-jpeg",
        lossless=False,
        made_on=date(2026, 11, 8),
    )
    check_sameness(desk.shoko, [document_id], same=True, by="sato")
    before = standing_of(desk.shoko, desk.newest(document_id))
    assert (said(desk, document_id).verdict, before.paper.state) == (Verdict.NOT_YET, PaperState.MUST_STAY)
    assert [one.rule for one in before.paper.reasons] == ["scan-viewing"]
    chart(desk, device="ScanSnap iX1600", profile="300dpi-color-jpeg")
    assert said(desk, document_id).verdict is Verdict.NOT_YET, "other settings"
    chart(desk, device="ScanSnap iX1600")
    line = said(desk, document_id)
    assert (line.verdict, "2026/11/02 に確認済み（装置「経理のスキャナ」" in line.what[0]) == (Verdict.COMPLIANT, True)
    assert standing_of(desk.shoko, desk.newest(document_id)).paper.state is PaperState.MAY_GO
    ((_, many),) = standings(desk.shoko, [document_id])
    assert many == standing_of(desk.shoko, desk.newest(document_id)), "many at once are judged alike"
    desk.is_sound(tmp_path)


@pytest.mark.parametrize(
    ("on", "passed", "verdict"),
    [
        (date(2025, 11, 9), True, Verdict.NOT_YET),  # ran out on 2026-11-08
        (date(2025, 11, 10), True, Verdict.COMPLIANT),
        (date(2026, 11, 9), True, Verdict.COMPLIANT),
        (date(2026, 11, 12), True, Verdict.COMPLIANT),  # a test of a day after, on the same device
        (date(2026, 11, 2), False, Verdict.NOT),
    ],
)
def test_the_test_must_be_valid_on_the_day_of_the_scan(desk, on, passed, verdict):
    document_id = scanned(desk, device=DEVICE, taken="2026:11:09 10:00:00")
    chart(desk, "ScanSnap iX1600", on=on, passed=passed)  # told by its name
    assert said(desk, document_id).verdict is verdict


def test_a_scan_that_lost_nothing_needs_no_chart(desk):
    assert said(desk, scanned(desk, kind="PNG")).verdict is Verdict.COMPLIANT
    assert untested(desk.shoko) == ()


def test_a_scanner_that_names_itself_nowhere_is_told_by_its_folder(desk):
    document_id = scanned(desk)
    (capture,) = desk.newest(document_id).captures
    assert capture.device is None
    assert capture.folder.startswith("paper")
    assert capture.made_on == date(2026, 11, 12), "the day on which it came"
    chart(desk, "2階の複合機", folder="paper-issued")
    assert said(desk, document_id).verdict is Verdict.NOT_YET
    chart(desk, "2階の複合機", folder="paper", on=date(2026, 11, 3))
    assert said(desk, document_id).verdict is Verdict.COMPLIANT


def test_devices_that_want_a_test_are_listed(desk, tmp_path):
    for shade in (250, 251):
        scanned(desk, shade, device=DEVICE, taken=f"2026:11:0{shade - 247} 10:00:00")
    scanned(desk, 252, device=("Apple", "iPhone 15"))
    first, second = untested(desk.shoko)
    assert (first.device, first.documents, first.proof) == ("PFU ScanSnap iX1600", 2, Proof.NONE)
    assert (first.first_on, first.last_on) == (date(2026, 11, 3), date(2026, 11, 4))
    assert second.device == "Apple iPhone 15"
    code, rows = run_verb(tmp_path, "scanner", "needed")
    assert (code, [row["documents"] for row in rows]) == (0, [2, 1])
    words = ("scanner", "test", "経理", "--device", "iX1600", "--profile", "200dpi-color-jpeg")
    _, (made,) = run_verb(tmp_path, *words, "--tested-on", "2026-11-02")
    assert (made["device"], made["counts_until"]) == ("iX1600", "2027-11-01")
    assert [one.device for one in untested(desk.shoko)] == ["Apple iPhone 15"]
    assert [one.name for one in scanners(desk.shoko)] == ["経理"]


def test_corrections_keep_it_and_a_rebuilt_archive_knows_it(desk, tmp_path):
    document_id = scanned(desk, device=DEVICE)
    before = desk.newest(document_id).captures
    correction = Correction(base_revision=1, values={}, paper="A4", recorded_by="sato", reason="A4")
    assert correct_document(desk.shoko, document_id, correction).captures == before
    copy = f"sqlite:///{tmp_path}/copy.sqlite"
    rebuild(copy, desk.shoko.store, clock=desk.shoko.clock)
    other = type(desk.archive).open(copy, desk.shoko.store, clock=desk.shoko.clock)
    assert other.get_document(document_id).captures == before
    other.close()


def test_the_page_of_a_document_says_what_to_do(desk):
    document_id = scanned(desk, device=DEVICE)
    page = TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8840")
    shown = page.get(f"/documents/{document_id}").text
    assert "見読可能性・4ポイント文字" in shown
    assert "装置「PFU ScanSnap iX1600」・設定 200dpi-color-jpeg" in shown
