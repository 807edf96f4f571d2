"""The reading benchmark on pages that it draws itself, with the engine as production builds it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.benchmark.reading.run import run_reading
from pipeline.benchmark.reading.settings import ReadingBenchSettings
from pipeline.benchmark.reading.tables import reading_tables

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.slow]


def test_pages_are_drawn_read_and_judged(tmp_path: Path):
    heard: list[str] = []
    report = run_reading(
        ReadingBenchSettings(
            held_back=False,
            conditions=("clean300",),
            pages=2,
            peer_pages=0,
            speed_pages=0,
            orientation_pages=4,
            platen_pages=0,
            born_digital_pages=1,
            memory_pages=2,
            workers=1,
        ),
        folder=tmp_path / "pages",
        today=date(2026, 11, 20),
        data_folder=None,
        worst=tmp_path / "worst",
        progress=lambda what, _done, _total: heard.append(what),
    )
    (clean,) = report.conditions
    assert (clean.name, clean.score.pages) == ("clean300", 2)
    assert clean.score.unordered.mean < 0.1
    assert report.own_calls is not None
    assert report.own_calls.ratio > 1
    assert report.orientation is not None
    assert report.orientation.right.of == 4
    assert report.born_digital is not None
    assert report.born_digital.pages == 1
    assert report.memory is not None
    assert report.memory.peak_bytes > 100 * 1024**2
    assert {curve.of for curve in report.reliability} == {"character", "word", "line"}
    assert [Path(page.picture).name for page in report.worst] == ["01.png", "02.png"]
    assert (tmp_path / "worst" / "index.html").is_file()
    assert {"draw", "read", "orientation", "memory"} <= set(heard)
    console = Console(record=True, width=200)
    for table in reading_tables(report):
        console.print(table)
    shown = console.export_text()
    assert "clean 300 dpi" in shown
    assert "期待較正誤差" in shown
    assert "02.png" in shown
