"""``shoko doctor``: what is wrong is said, put in order, and said again from the log."""

import json
import shutil
from datetime import datetime

import pytest

from app.cli.doctor import last_looks
from domain.calendar import tokyo_time
from domain.finding_labels import RECONCILIATION, STORE_TEST, finding_todo
from pipeline.batch import open_batch, run_plain
from pipeline.steps.deposit import deposit
from pipeline.wiring import open_shoko
from storage.objects.folder_notes import note_path
from tests.support.commands import run_verb, shown_verb
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings


@pytest.fixture
def shoko(tmp_path):
    inbox = tmp_path / "store" / "inbox" / "electronic" / "2026-11-02"
    inbox.mkdir(parents=True)
    (inbox / "a.xml").write_bytes(ubl_invoice("N-1"))
    home = open_resident(quick_settings(tmp_path))
    run_plain(open_batch(home))
    yield home.shoko
    home.shoko.close()


def wrong(said):
    return {check["name"] for check in said["checks"] if check["outcome"] != "passed"}


def test_what_is_lost_is_named_repaired_and_gone_from_the_alarms(shoko, tmp_path):
    (status,) = shoko.archive.drops(limit=1)
    key = f"default/drops/{status.drop.drop_id}.payload.json"
    path = next((tmp_path / "store" / "vault" / "default" / "drops").glob("*.payload.json~"))
    for file in path.iterdir():
        file.unlink()
    code, (said,) = run_verb(tmp_path, "doctor", "--reconcile")
    assert (code, wrong(said)) == (1, {"records_have_objects"})
    code, (said,) = run_verb(tmp_path, "doctor")
    assert [look["failed"] for look in said["last_looks"]] == [["records_have_objects"]]
    code, (said,) = run_verb(tmp_path, "doctor", "--repair")
    assert (code, wrong(said)) == (0, set())
    assert said["repaired"] == [{"name": "records_have_objects", "subject": key}]
    code, (said,) = run_verb(tmp_path, "doctor", "--deep")
    assert (code, wrong(said), said["repaired"]) == (0, set(), [])
    assert run_verb(tmp_path, "doctor", "--new")[0] == 0


@pytest.mark.parametrize("name", [*RECONCILIATION, "authority", *STORE_TEST])
def test_every_finding_says_what_to_do(name):
    todo = finding_todo(name)
    assert todo is not None
    assert all(todo)


def test_the_screen_says_what_to_do_and_when_in_the_offices_time(shoko, tmp_path, monkeypatch):
    for file in next((tmp_path / "store" / "vault" / "default" / "drops").glob("*.payload.json~")).iterdir():
        file.unlink()
    told = shown_verb(tmp_path, "doctor", "--reconcile")
    assert "台帳にあるものが保管庫にありません: shoko doctor --repair" in told
    told = shown_verb(tmp_path, "doctor")
    (look,) = last_looks(shoko)
    assert f"不合格（{tokyo_time(datetime.fromisoformat(look['recorded_at']))[:16]}）" in told


def test_an_original_that_comes_back_is_opened_after_the_steps_that_are_named(shoko, tmp_path):
    """The advice for a lost original: drop the same file again, rebuild, repair."""
    (document,) = shoko.archive.drops(limit=1)[0].documents
    (unit,) = shoko.archive.unit_of_document(document)
    shutil.rmtree(shoko.store.path_of(unit.blob).parent)
    assert wrong(run_verb(tmp_path, "doctor", "--repair")[1][0]) == {"records_have_objects"}
    deposit(shoko, ubl_invoice("N-1"), name="again.xml", origin=unit.origin, received_on=None)
    assert run_plain(open_batch(open_resident(shoko.settings))) == {"repeated": 1}
    told = shown_verb(tmp_path, "doctor", "--deep")
    assert "不足 0 件、相違 1 件、余分 0 件" in told
    assert run_verb(tmp_path, "doctor", "--rebuild")[0] == 0
    run_verb(tmp_path, "doctor", "--repair")
    code, (said,) = run_verb(tmp_path, "doctor", "--deep")
    assert (code, wrong(said)) == (0, set())
    found = open_shoko(shoko.settings).archive.get_unit(unit.unit_id).blob
    assert shoko.store.get(found.bucket, found.key, version_id=found.version_id) == ubl_invoice("N-1")


def test_a_lock_that_was_shortened_is_found_and_set_again(shoko, tmp_path):
    (unit,) = shoko.archive.unit_of_document(shoko.archive.drops(limit=1)[0].documents[0])
    note = note_path(shoko.store.path_of(unit.blob))
    plain = json.loads(note.read_bytes())
    note.chmod(0o600)
    note.write_text(json.dumps(plain | {"retain_until": "2026-12-01T00:00:00+00:00"}))
    code, (said,) = run_verb(tmp_path, "doctor", "--deep")
    assert (code, wrong(said)) == (1, {"locks_hold"})
    code, (said,) = run_verb(tmp_path, "doctor", "--repair", "--deep")
    assert (code, wrong(said)) == (0, set())
    assert said["repaired"] == [{"name": "locks_hold", "subject": unit.blob.key}]
