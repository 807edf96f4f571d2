"""Verifying against ``sha256sum`` runs on a small archive, from memory and from the disk."""

import pytest

from pipeline.benchmark.evidence import verifying
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings


@pytest.fixture
def setting(tmp_path):
    settings = EvidenceBenchSettings(units=6, unit_bytes=300, repeats=1, processes=1)
    return Setting(settings=settings, folder=tmp_path, progress=lambda *_: None)


def test_from_memory(setting):
    rows = {row.name: row for row in verifying.measure_verify(setting)}
    assert list(rows) == ["verify_archive", "verify_archive_files"]
    assert all(row.ratio for row in rows.values())


def test_from_the_disk_only_where_the_system_may_be_told_to_forget(setting, tmp_path, monkeypatch):
    asked = tmp_path / "drop_caches"
    asked.touch()
    monkeypatch.setattr(verifying, "_DROP_CACHES", asked)
    (row,) = verifying.measure_cold(setting)
    assert row.name == "verify_cold"
    assert row.ratio
    assert asked.read_text(encoding="ascii") == "3\n"
    monkeypatch.setattr(verifying, "_DROP_CACHES", tmp_path / "nowhere" / "drop_caches")
    assert verifying.measure_cold(setting) == ()
