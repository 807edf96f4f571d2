"""A made archive serves several measurements, and later runs where it is kept."""

import json

import pytest

from domain.errors import ConfigError
from domain.evidence import Outcome
from pipeline.benchmark.evidence import worlds
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.run import run_evidence
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings
from pipeline.benchmark.evidence.worlds import world

SETTINGS = EvidenceBenchSettings(units=5, unit_bytes=300, repeats=1, processes=1)


def setting(folder):
    return Setting(settings=SETTINGS, folder=folder, progress=lambda *_: None, archives=folder)


def test_it_is_made_once_and_tokens_are_added_to_it(tmp_path):
    with world(setting(tmp_path)) as made:
        assert made.verify(1).outcome is Outcome.PASSED
        leaves = made.archive.log_size()
    written = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / made.folder / "store").rglob("*"))
    with world(setting(tmp_path)) as again:
        assert (again.folder, again.archive.log_size()) == (made.folder, leaves)
        assert sorted((path, path.stat().st_mtime_ns) for path in (again.folder / "store").rglob("*")) == written
    for _ in range(2):
        with world(setting(tmp_path), own_tokens=True) as stamped:
            report = stamped.verify(1)
            assert report.outcome is Outcome.PASSED
            assert stamped.archive.log_size() == leaves + 5
            assert {more.name: more.count for more in report.more}["token_signature"] == 5 + 1
    with pytest.raises(ConfigError, match="token for each unit"), world(setting(tmp_path)):
        pass


@pytest.mark.parametrize("said", ["", json.dumps({"own_tokens": None})])
def test_one_whose_making_was_interrupted_is_made_anew(tmp_path, said):
    with world(setting(tmp_path)) as made:
        folder = made.folder
    (folder / "made.json").unlink()
    if said:
        (folder / "made.json").write_text(said)
    (folder / "store/vault/stray").write_text("left by the interrupted run")
    with world(setting(tmp_path)) as made:
        assert made.verify(1).outcome is Outcome.PASSED


def test_no_archive_is_begun_for_which_the_disk_has_no_room(tmp_path, monkeypatch):
    monkeypatch.setattr(worlds.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(ConfigError, match="1000"), world(setting(tmp_path)):
        pass


def test_a_run_keeps_its_archives_where_it_was_asked_to(tmp_path):
    given = SETTINGS.model_copy(update={"measures": ("verify", "tokens")})
    report = run_evidence(given, folder=tmp_path / "own", progress=lambda *_: None, keep=tmp_path / "kept")
    assert [row.name for row in report.rows] == [
        "verify_archive",
        "verify_archive_files",
        "verify_tokens",
        "verify_tokens_files",
    ]
    (kept,) = (tmp_path / "kept").iterdir()
    assert json.loads((kept / "made.json").read_text()) == {"own_tokens": True}
