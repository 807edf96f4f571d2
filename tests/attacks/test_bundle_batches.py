"""A bundle whose units share one timestamp: each is shown to lie under it, and what does not is found."""

import shutil
import subprocess
from pathlib import Path

import pytest

from domain.evidence import Outcome
from storage.evidence.batching import stamp_in_batches
from storage.evidence.settings import BatchSettings
from storage.evidence.verifier import verify_evidence_record
from storage.evidence.verifier.findings import Policy, Verdict, overall
from storage.evidence.verify import verify_exported
from storage.export import export_bundle
from tests.support.bundles import original_of, repair, shell
from tests.support.evidence import make_world
from tests.support.records import NOW

LIST = "data/records/tokens.txt"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    world = make_world(folder, stamped=False, names=tuple(f"{n}.pdf" for n in range(5)))
    stamp_in_batches(world.archive, world.authority, settings=BatchSettings(), now=NOW, close=True)
    world.publish()
    result = export_bundle(
        world.archive, world.vault, world.documents, folder / "out", signer=world.signer, clock=lambda: NOW
    )
    (folder / "roots.pem").write_bytes(world.roots.roots_pem[0])
    return world, result, folder / "roots.pem"


@pytest.fixture
def bag(made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "bag")
    return tmp_path / "bag"


def both(made, bag: Path, *more: str) -> tuple[Outcome, int, str]:
    world, _, roots = made
    code, output = shell(bag, "--roots", str(roots), "--log-key-sha256", world.signer.fingerprint, *more)
    return verify_exported(bag, roots=world.roots).outcome, code, output


def test_every_unit_lies_under_the_one_token(made, bag):
    assert (made[1].tokens, made[1].pending_stamps) == (5, 0)
    assert len(list((bag / "data/tokens").rglob("*.der"))) == 1
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.PASSED, 0), output
    assert "5 件の原本のタイムスタンプ" in output
    for document in made[0].documents:
        code, output = both(made, bag, "--document", document)[1:]
        assert code == 0, output


def test_evidence_records_verify_alone(made, bag):
    world = made[0]
    for unit in world.units:
        record = (bag / f"data/evidence-records/{unit[-2:]}/{unit}.ers").read_bytes()
        content = original_of(bag, unit).read_bytes()
        import hashlib

        findings = verify_evidence_record(
            record,
            digest_of=lambda name, content=content: hashlib.new(name, content).digest(),
            anchors=world.roots,
            policy=Policy(),
            subject=unit,
        )
        assert overall(findings) is Verdict.PASSED


def lines(bag: Path) -> list[list[str]]:
    return [line.split(" ") for line in (bag / LIST).read_text().splitlines()]


def write(bag: Path, rows: list[list[str]]) -> None:
    (bag / LIST).write_text("".join(" ".join(row) + "\n" for row in rows))
    repair(bag)


def path_of_another(rows):
    rows[0][4] = rows[1][4]


def shorter_path(rows):
    rows[0][4] = rows[0][4].rpartition(",")[0] or "-"


def altered_hash(rows):
    last = "0" if rows[0][4][-1] != "0" else "1"
    rows[0][4] = rows[0][4][:-1] + last


def no_path(rows):
    rows[0][4] = "-"


def command_in_the_path(rows):
    rows[0][4] = "$(touch${IFS}hacked)"


def path_out_of_the_bundle(rows):
    rows[0][2] = "data/tokens/../../../etc/hostname.der"


def another_hash(rows):
    rows[0][3] = "sha512"


def line_gone(rows):
    del rows[0]


@pytest.mark.parametrize(
    "change",
    [
        path_of_another,
        shorter_path,
        altered_hash,
        no_path,
        command_in_the_path,
        path_out_of_the_bundle,
        another_hash,
        line_gone,
    ],
)
def test_a_wrong_way_to_the_token(made, bag, change):
    rows = lines(bag)
    unit = rows[0][0]
    change(rows)
    write(bag, rows)
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.FAILED, 1), output
    assert not list(bag.rglob("hacked"))
    document = next(d for d, u in zip(made[0].documents, made[0].units, strict=True) if u == unit)
    code, output = both(made, bag, "--document", document)[1:]
    assert code == (3 if change is line_gone else 1), output


STANDARD = (
    "awk", "cat", "cmp", "cp", "cut", "dirname", "find", "getconf", "grep", "head", "mkdir", "mv", "od", "rm", "sed",
    "sort", "tail", "tr", "wc", "xargs",
)  # fmt: skip
"""Of POSIX.1-2017, XCU §4."""
BESIDES = ("mktemp", "openssl", "sha256sum")


@pytest.mark.parametrize(("language", "passed"), [("ja", "合格"), ("en", "passed")])
def test_nothing_is_needed_but_a_shell_openssl_sha256sum_and_standard_tools(made, bag, tmp_path, language, passed):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in (*STANDARD, *BESIDES):
        (tools / name).symlink_to(shutil.which(name))
    roots = ("--roots", str(made[2]), "--log-key-sha256", made[0].signer.fingerprint, "--lang", language)
    for document in ((), ("--document", made[0].documents[0])):
        code, output = shell(bag, *roots, *document, program=shutil.which("dash"), path=str(tools))
        assert code == 0, output
        assert passed in output


def test_a_full_disk_is_not_taken_for_tampering(made, bag, tmp_path):
    script = tmp_path / "limited.sh"
    script.write_text('ulimit -f 4; exec dash "$@"')  # blocks of 512 bytes in any file
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    trusted = ("--roots", made[2], "--log-key-sha256", made[0].signer.fingerprint)
    command = ["dash", script, bag / "verify.sh", *trusted]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 2
    assert "TMPDIR で指定してください" in done.stderr
    assert "結果" not in done.stdout
