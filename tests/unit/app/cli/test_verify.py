from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.cli.main import command_line
from domain import codec
from domain.errors import ConfigError
from domain.ids import Digest
from pipeline.settings import ShokoSettings
from pipeline.steps.health import alarms
from pipeline.steps.verify import publish_stamped, push_to_witnesses, write_anchors
from pipeline.wiring import open_shoko
from storage.evidence.settings import EvidenceSettings
from storage.settings import StoreSettings


@pytest.fixture
def home(tmp_path):
    evidence = EvidenceSettings(
        witness_files=(tmp_path / "heads.jsonl",), witness_store=StoreSettings(root=tmp_path / "other")
    )
    shoko = open_shoko(ShokoSettings(data_folder=tmp_path / "home", evidence=evidence))
    for number in range(3):
        shoko.archive.append_act(kind="looked_at", subject_id=f"x-{number}")
    publish_stamped(shoko)
    yield shoko
    shoko.close()


def run(home, *words):
    done = CliRunner().invoke(
        command_line("verify"), ["verify", *words, "--json", "--home", str(home.settings.data_folder)]
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_proofs_are_json(home):
    done, (proof,) = run(home, "--consistency", "1:3")
    assert done.exit_code == 0
    assert proof["holds"] is True
    assert (proof["first_size"], proof["second_size"], len(proof["path"])) == (1, 3, 2)
    done, (proof,) = run(home, "--inclusion", "2")
    assert done.exit_code == 0
    assert (proof["sequence"], proof["tree_size"], len(proof["path"])) == (2, 3, 1)
    assert json.loads(proof["leaf"])["subject_id"] == "x-2"
    for wrong in ("x", "1:2:3", "9", "2:1", ""):
        done, _ = run(home, "--consistency", wrong or ":")
        assert isinstance(done.exception, ConfigError)


def test_a_witness_vouches_for_the_past_and_one_that_disagrees_is_an_alarm(home, tmp_path):
    said = push_to_witnesses(home)
    assert [check.outcome.value for check in said.checks] == ["passed", "passed"]
    assert alarms(home) == ()
    publish_stamped(home)
    kept = tmp_path / "heads.jsonl"
    roots = write_anchors(home, tmp_path / "anchors").roots
    key = ["--log-key", home.signer.fingerprint, "--roots", str(roots)]
    done, lines = run(home, "--witness", str(kept), *key)
    assert done.exit_code == 0, lines
    assert lines[-1] == {"outcome": "passed"}
    assert {"name": "head_consistent", "outcome": "passed", "count": 1, "detail": None} in lines
    forged = home.signer.sign_head(client_id="default", tree_size=3, root=Digest.of(b"another past"))
    kept.write_bytes(codec.dump(forged) + b"\n")
    done, lines = run(home, "--witness", str(kept), *key)
    assert done.exit_code == 1
    assert {line.get("name") for line in lines if line.get("outcome") == "failed"} == {"head_consistent", None}
    push_to_witnesses(home)
    assert [check.name for check in alarms(home)] == ["witness_agrees"]


def test_people_read_what_where_why_and_what_to_do(home):
    leaf = next((home.settings.data_folder / "store/vault/default/log/leaves/000000000001.json~").glob("*-????????"))
    leaf.chmod(0o644)
    leaf.write_bytes(leaf.read_bytes().replace(b"x-1", b"x-7"))
    done = CliRunner().invoke(command_line("verify"), ["verify", "--home", str(home.settings.data_folder)])
    assert done.exit_code == 1
    said = "".join(done.stdout.split())
    assert "不合格:ログ全体のハッシュ木（head_root）—" in said
    assert "理由:証明がハッシュ木の根に達しません（proof_failure）" in said
    assert "対象:head-3" in said
    assert "対処:ログが書き換えられています" in said
    assert "判定不能:" in said
    assert said.index("不合格:") < said.index("判定不能:")
    assert said.endswith("総合判定:不合格")


def test_every_reason_has_words_and_a_way_on():
    from storage.evidence.labels import REASONS, WHAT_TO_DO
    from storage.evidence.verifier import Reason

    assert set(REASONS) == {reason.value for reason in Reason} == set(WHAT_TO_DO)
