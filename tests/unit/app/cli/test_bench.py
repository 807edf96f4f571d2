from __future__ import annotations

import json

from typer.testing import CliRunner

from app.cli.main import command_line

NOTHING = ["--pages", "0", "--speed-pages", "0", "--orientation-pages", "0", "--platen-pages", "0"]


def test_reading_alone_can_be_asked_for_with_nothing_to_measure(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_SAMPLE_DATA", str(tmp_path / "none"))
    done = CliRunner().invoke(command_line("bench"), ["bench", "--reading", "--json", *NOTHING])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert set(report) == {"reading"}
    assert report["reading"]["conditions"] == []
    assert report["reading"]["machine"]["processor"]
    assert report["reading"]["left_out"] == []


def test_evidence_alone_is_measured_with_ratio_and_target():
    asked = ["--measure", "verify", "--units", "3", "--unit-bytes", "1000", "--repeats", "1"]
    done = CliRunner().invoke(command_line("bench"), ["bench", "--evidence", "--json", *asked])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert set(report) == {"evidence"}
    (row, *_) = report["evidence"]["rows"]
    assert row["name"] == "verify_archive"
    assert row["ratio"] == row["measured"] / row["peer"]
    assert row["reached"] is (row["ratio"] <= row["target"]["value"])


def test_an_unknown_measurement_is_named():
    done = CliRunner().invoke(command_line("bench"), ["bench", "--evidence", "--measure", "nothing"])
    assert done.exit_code != 0
    assert "nothing" in done.exception.message_ja
