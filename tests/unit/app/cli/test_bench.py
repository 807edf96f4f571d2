from __future__ import annotations

import json

from typer.testing import CliRunner

from app.cli.main import cli

NOTHING = ["--pages", "0", "--speed-pages", "0", "--orientation-pages", "0", "--platen-pages", "0"]


def test_reading_alone_can_be_asked_for_with_nothing_to_measure(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_SAMPLE_DATA", str(tmp_path / "none"))
    done = CliRunner().invoke(cli, ["bench", "--reading", "--json", *NOTHING])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert set(report) == {"reading"}
    assert report["reading"]["conditions"] == []
    assert report["reading"]["machine"]["processor"]
    assert report["reading"]["left_out"] == []
