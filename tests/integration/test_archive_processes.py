"""Eight processes file at once: log order, revisions and counts hold."""

import multiprocessing

import pytest

from domain import codec
from domain.errors import RevisionConflict
from storage.archive import rebuild
from tests.support.archive_story import rows
from tests.support.records import NOW, folder_vault, make_draft, make_drop, make_outcome, make_token, open_archive

PROCESSES, DROPS = 8, 4


def work(folder, url, number, start):
    archive = open_archive(folder, url=url, vault=folder_vault(folder / "vault"))
    start.wait(120)
    shared = archive.record_drop(make_drop(archive.vault, b"shared", name="shared.pdf"))
    common = archive.file_document(make_draft(shared.unit_id))
    for index in range(DROPS):
        drop = make_drop(archive.vault, f"{number}-{index}".encode(), name=f"{number}-{index}.pdf")
        drop = archive.record_drop(drop)
        record = archive.file_document(make_draft(drop.unit_id))
        archive.record_outcome(make_outcome(drop, record.document_id))
    archive.record_timestamp(shared.unit_id, make_token(shared.blob.digest))
    while True:
        newest = archive.get_document(common.document_id)
        draft = make_draft(shared.unit_id, counterparty=f"{newest.fields.text('counterparty')}{number}")
        try:
            archive.revise_document(
                common.document_id, base_revision=newest.revision, draft=draft, recorded_by=f"p{number}", reason="x"
            )
            break
        except RevisionConflict:
            continue
    archive.close()


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_eight_processes_at_once(tmp_path, request, database):
    url = f"sqlite:///{tmp_path}/archive.sqlite"
    if database == "postgres":
        url = request.getfixturevalue("postgres_url")
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES)
    processes = [context.Process(target=work, args=(tmp_path, url, number, start)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0] * PROCESSES

    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, url=url, vault=vault)
    counts = archive.counts()
    own = PROCESSES * DROPS
    assert (counts.drops, counts.units, counts.documents) == (own + 1, own + 1, own + 1)
    assert counts.revisions == own + 1 + PROCESSES
    assert (counts.stamped_units, counts.pending_stamps) == (1, own)
    # drops, documents and outcomes; the shared drop and document; one timestamp; a revision per process
    assert counts.log_size == 3 * own + 2 + 1 + PROCESSES
    leaves = archive.leaves(0, counts.log_size)
    assert [leaf.sequence for leaf in leaves] == list(range(counts.log_size))
    listed = [found.key for found in vault.list_latest("vault", prefix="default/log/leaves/")]
    assert listed == [f"default/log/leaves/{n:012d}.json" for n in range(counts.log_size)]
    assert all(vault.get("vault", key) == codec.canonical(leaf) for key, leaf in zip(listed, leaves, strict=True))

    common = next(r for r in (archive.history(leaf.subject_id) for leaf in leaves if leaf.kind == "revised"))
    assert [record.revision for record in common] == list(range(1, PROCESSES + 2))
    assert {record.recorded_by for record in common[1:]} == {f"p{n}" for n in range(PROCESSES)}
    # Each revision stands on the one before: nobody's correction was lost.
    name = common[-1].fields.text("counterparty").removeprefix("株式会社青空商事")
    assert sorted(name) == sorted(str(n) for n in range(PROCESSES))

    rebuild(f"sqlite:///{tmp_path}/copy.sqlite", vault, clock=lambda: NOW)
    copy = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/copy.sqlite", vault=vault)
    assert rows(copy) == rows(archive)
    copy.close()
    archive.close()
