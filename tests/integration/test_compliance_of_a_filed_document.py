"""What the law says of a document is computed when it is filed, and said wherever it is shown."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.cli.show import document_plain
from domain.query import Query
from domain.record import DocumentState
from pipeline.batch import open_batch, run_plain
from storage.search import search
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings


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
    return {check["name"]: check["outcome"] for check in plain["compliance"]["checks"]}


@pytest.mark.parametrize(
    ("content", "outcome", "reviewed"),
    [(_scan(1654, 2339, 200), "passed", False), (_scan(1240, 1754, 150), "failed", True)],
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
    assert outcomes["et-authenticity-choice"] in {"failed", "indeterminate"}
    assert outcomes["regime-basis-date"] == "passed", "the folder's name says the day"
    assert outcomes["ret-corp"] == "passed"
