"""kill -9 at every step boundary in turn, then a rerun: the same end state, nothing lost, nothing twice."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from domain.evidence import Outcome
from domain.query import Query
from pipeline.steps.maintenance import reconcile_archive
from storage.search import search
from tests.support.documents import encrypted_pdf, ubl_invoice
from tests.support.homes import open_resident, quick_settings

PROJECT = Path(__file__).parents[2]
CHILD = """
import json, os, signal, sys
from pathlib import Path
from pipeline.batch import open_batch, run_plain
from pipeline.steps.verify import publish, stamp_all_pending
from tests.support.homes import open_resident, quick_settings

def work(home, wanted, count, names):
    seen = 0
    def at(name):
        nonlocal seen
        if wanted == "list":
            print(name, file=names, flush=True)
        elif name == wanted:
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    resident = open_resident(quick_settings(Path(home)), at=at)
    run_plain(open_batch(resident))
    at("stamp.begin")
    stamp_all_pending(resident.shoko)
    at("stamp.done")
    publish(resident.shoko)
    at("publish.done")

def begin(home, wanted, count):
    child = os.fork()
    if child == 0:
        with open(f"{home}.names", "a") as names:
            work(home, wanted, count, names)
        os._exit(0)
    return child

for line in sys.stdin:
    children = [begin(*job) for job in json.loads(line)]
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]), flush=True)
"""
"""Runs each line's jobs at once, each in a process of its own, forked so that the program is imported once."""


def fill_inbox(home: Path) -> None:
    inbox = home / "store" / "inbox"
    files = {
        "electronic/2026-11-01/a.xml": ubl_invoice("A-1"),
        "electronic/2026-11-01/again/a.xml": ubl_invoice("A-1"),
        "paper/2026-11-02/locked.pdf": encrypted_pdf_bytes(),
        "paper/2026-11-02/empty.pdf": b"",
    }
    for name, content in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


_encrypted: list[bytes] = []


def encrypted_pdf_bytes() -> bytes:
    if not _encrypted:
        _encrypted.append(encrypted_pdf())
    return _encrypted[0]


@pytest.fixture(scope="module")
def run():
    """Run a home in a process that dies at the wanted boundary, or in several at once; gives their exit statuses."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as runner:  # fmt: skip

        def ask(home: Path, wanted: str, count: int = 1, *, processes: int = 1) -> list[int]:
            print(json.dumps([[str(home), wanted, count]] * processes), file=runner.stdin, flush=True)
            return json.loads(runner.stdout.readline())

        yield ask


def end_state(home: Path) -> dict[str, object]:
    """What the archive says, without times."""
    resident = open_resident(quick_settings(home))
    try:
        return state_of(resident)
    finally:
        resident.shoko.close()


def state_of(resident) -> dict[str, object]:
    archive = resident.shoko.archive
    hits = search(archive, Query(limit=100, include_deleted=True)).hits
    leaves = archive.leaves(0, archive.log_size())
    assert [leaf.sequence for leaf in leaves] == list(range(len(leaves)))
    report = reconcile_archive(resident.shoko)
    assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    inbox = [i.key for i in resident.shoko.store.list_latest("inbox") if not i.key.startswith("status/")]
    statuses = sorted(
        (s.drop.deposit.inbox_key.split("/", 2)[-1], s.outcome.state.value, len(s.outcome.document_ids))
        for s in archive.drops(limit=100)
    )
    return {
        "inbox": inbox,
        "drops": statuses,
        "documents": sorted((h.document_id, h.revision, h.state.value, str(h.total_amount)) for h in hits),
        "stamps": sorted(str(h.unit_state) for h in hits),
        "leaves": dict(Counter(leaf.kind for leaf in leaves)),
        "pending": len(archive.pending_stamps(limit=100)),
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory, run):
    home = tmp_path_factory.mktemp("reference")
    fill_inbox(home)
    assert run(home, "list") == [0]
    return Counter(Path(f"{home}.names").read_text().split()), end_state(home)


def test_the_undisturbed_run_files_everything(reference):
    boundaries, state = reference
    assert state["inbox"] == []
    assert state["pending"] == 0
    assert len(state["documents"]) == 3, "the same bytes of the same origin are one document"
    assert [d[:2] for d in state["drops"]] == [
        ("a.xml", "read"), ("again/a.xml", "read"), ("empty.pdf", "unreadable"), ("locked.pdf", "unreadable"),
    ]  # fmt: skip
    assert {"take.preserved", "take.recorded", "take.released", "read.stored", "file.filed"} <= set(boundaries)


@pytest.mark.slow
def test_killed_at_every_boundary_the_rerun_ends_the_same(reference, run, tmp_path):
    boundaries, expected = reference
    for number, name in enumerate(boundaries):
        home = tmp_path / str(number)
        fill_inbox(home)
        assert run(home, name, count=1 + number % boundaries[name]) == [-signal.SIGKILL], name
        assert run(home, "none") == [0], name
        state = end_state(home)
        # A file's identity includes when it was dropped, so unit and document ids agree while drop ids need not.
        assert json.dumps(state, sort_keys=True) == json.dumps(expected, sort_keys=True), name


def test_eight_processes_filing_at_once_keep_order_and_counts(run, tmp_path):
    inbox = tmp_path / "store" / "inbox" / "electronic" / date(2026, 11, 1).isoformat()
    inbox.mkdir(parents=True)
    for n in range(16):
        (inbox / f"{n}.xml").write_bytes(ubl_invoice(f"N-{n}", net=1000 * (n + 1)))
    assert run(tmp_path, "none", processes=8) == [0] * 8
    state = end_state(tmp_path)
    assert state["inbox"] == []
    assert len(state["documents"]) == 16
    assert {d[1] for d in state["documents"]} == {1}, "every document has exactly its first revision"
    assert state["leaves"]["dropped"] == 16
    assert state["leaves"]["filed"] == 16
    assert 1 <= state["leaves"]["batch_stamped"] <= 16
    assert state["stamps"] == ["stamped"] * 16, "each is in exactly one batch"
