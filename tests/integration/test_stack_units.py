"""A stack in one PDF: each document is a unit of its own, with blob, leaf, timestamp and lineage."""

import io
from collections import Counter
from datetime import date

import pikepdf
import pytest

from app.cli.read import lines_for
from domain.corrections import Correction
from domain.evidence import Outcome
from domain.query import Query
from extractors.separators import separator_sheets
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.correct import correct_document
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.searchable import searchable_document
from pipeline.steps.verify import publish, stamp_all_pending
from pipeline.wiring import open_shoko
from storage.archive import rebuild
from storage.evidence.certificates import to_pem
from storage.evidence.verifier import Anchors
from storage.evidence.verify import verify_all, verify_document, verify_exported
from storage.export import export_bundle
from storage.search import search
from tests.support.homes import quick_settings
from tests.support.stacks import CONTRACT, INVOICE, QUOTATION, RECEIPT, sample, stacked


class Stopped(Exception):
    pass


@pytest.fixture(scope="module")
def stack():
    return stacked(sample(INVOICE), None, sample(CONTRACT), sample(RECEIPT))


def opened(folder, **overrides):
    settings = quick_settings(folder)
    return Resident(shoko=open_shoko(settings, **overrides), pool=ReadingWorker.start(settings))


def dropped(home, content, name="stack.pdf"):
    path = home.shoko.settings.data_folder / "store" / "inbox" / "electronic" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def state(home):
    archive = home.shoko.archive
    (status,) = archive.drops(limit=10)
    taken = archive.extracts_of(status.drop.unit_id)
    return {
        "documents": sorted(h.document_id for h in search(archive, Query(limit=50)).hits),
        "outcome": sorted(status.outcome.document_ids),
        "units": [(u.unit_id, u.blob.digest.value, u.extract) for u in taken],
        "leaves": Counter(leaf.kind for leaf in archive.leaves(0, archive.log_size())),
    }


def pages_of(content):
    with pikepdf.open(io.BytesIO(content)) as document:
        return [page.Contents.read_raw_bytes() for page in document.pages if "/Contents" in page.obj]


def test_each_document_becomes_a_unit_with_everything_that_proves_it(tmp_path, stack):
    home = opened(tmp_path / "home")
    dropped(home, stack)
    run_plain(open_batch(home))
    archive, store = home.shoko.archive, home.shoko.store
    found = state(home)
    assert found["documents"] == found["outcome"]
    assert found["leaves"] == {"dropped": 1, "extracted": 3, "filed": 3, "read": 1}
    assert [unit[2].pages for unit in found["units"]] == [(0, 1), (2, 3), (4,)]
    assert {unit[2].method for unit in found["units"]} == {"pdf-pages"}
    assert len(archive.pending_stamps(limit=10)) == 4
    records = [archive.get_document(document_id) for document_id in found["outcome"]]
    assert sorted(record.classification.label.value for record in records) == ["contract", "invoice", "receipt"]
    originals = pages_of(stack)
    for record in records:
        (unit,) = archive.unit_of_document(record.document_id)
        content = store.get("vault", unit.blob.key, expect=unit.blob.digest)
        assert set(pages_of(content)) <= set(originals), "content as it was stored"
        assert [page.page_index for page in record.pages] == list(range(len(record.pages)))
        assert len(searchable_document(home.shoko, record)) > 1000
    stamp_all_pending(home.shoko)
    publish(home.shoko)
    anchors = Anchors(
        roots_pem=(to_pem(home.shoko.authority.roots).encode(),), log_key_sha256=home.shoko.signer.fingerprint
    )
    for report in (
        verify_document(archive, store, found["documents"][0], roots=anchors),
        verify_all(archive, store, roots=anchors),
        reconcile_archive(home.shoko),
    ):
        assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    bag = export_bundle(
        archive, store, found["documents"][:2], tmp_path / "bag", signer=home.shoko.signer, clock=home.shoko.clock
    ).folder
    report = verify_exported(bag, roots=anchors)
    assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    before = [(u.unit_id, u.extract) for u in archive.extracts_of(archive.drops(limit=1)[0].drop.unit_id)]
    home.shoko.close()
    made = rebuild(f"sqlite:///{tmp_path}/again.sqlite", store, clock=home.shoko.clock)
    assert (made.counts.units, made.counts.documents) == (4, 3)
    again = open_shoko(quick_settings(tmp_path / "home"))
    assert [
        (u.unit_id, u.extract) for u in again.archive.extracts_of(again.archive.drops(limit=1)[0].drop.unit_id)
    ] == before
    again.close()


def test_reading_again_keeps_the_division_and_changes_nothing(tmp_path, stack):
    home = opened(tmp_path)
    dropped(home, stack)
    run_plain(open_batch(home))
    before = state(home)
    for listed in list(home.shoko.store.list_latest("derived")):
        home.shoko.store.delete_version("derived", listed.key, version_id=listed.version_id)
    assert reprocess_documents(home) == {"unchanged": 3}
    assert state(home) == before
    home.shoko.close()


@pytest.mark.parametrize(("where", "count"), [("units.preserved", 2), ("units.recorded", 2), ("file.filed", 1)])
def test_stopped_anywhere_the_rerun_ends_the_same(tmp_path, stack, where, count):
    seen = Counter()

    def at(name):
        seen[name] += 1
        if (name, seen[name]) == (where, count):
            raise Stopped

    home = opened(tmp_path, at=at)
    dropped(home, stack)
    with pytest.raises(Stopped):
        run_plain(open_batch(home))
    run_plain(open_batch(home))
    found = state(home)
    assert found["leaves"] == {"dropped": 1, "extracted": 3, "filed": 3, "read": 1}
    assert reconcile_archive(home.shoko).outcome is not Outcome.FAILED
    home.shoko.close()


def test_a_signed_stack_is_never_taken_apart(tmp_path, stack):
    home = opened(tmp_path)
    dropped(home, stack + b"\n% a signature would say /ByteRange [0 10 20 30] here\n")
    run_plain(open_batch(home))
    found = state(home)
    assert found["units"] == []
    (document_id,) = found["documents"]
    record = home.shoko.archive.get_document(document_id)
    assert "signed_whole" in {reason.code for reason in record.review_reasons}
    assert [page.page_index for page in record.pages] == [0, 2, 3, 4]
    reprocess_documents(home)
    again = home.shoko.archive.get_document(document_id)
    assert "signed_whole" in {reason.code for reason in again.review_reasons}, "nobody has looked yet"
    looked = Correction(values={}, base_revision=again.revision, recorded_by="sato", reason="一つの書類", reviewed=True)
    correct_document(home.shoko, document_id, looked)
    reprocess_documents(home)
    assert home.shoko.archive.get_document(document_id).review_reasons == ()
    home.shoko.close()


def test_one_document_needs_no_unit_of_its_own(tmp_path):
    home = opened(tmp_path)
    dropped(home, sample(CONTRACT))
    run_plain(open_batch(home))
    assert state(home)["units"] == []
    assert state(home)["leaves"] == {"dropped": 1, "filed": 1, "read": 1}
    home.shoko.close()


def test_read_names_the_pages_of_the_file(tmp_path):
    worker = ReadingWorker.start(quick_settings(tmp_path))
    path = tmp_path / "stack.pdf"
    path.write_bytes(stacked(sample(QUOTATION), separator_sheets(), sample(QUOTATION), None, sample(CONTRACT)))
    lines = lines_for("stack.pdf", worker.read_file(path, our_companies=(), today=date(2026, 11, 21)))
    assert [line["pages"] for line in lines] == [[1], [3], [5, 6]]
    for line in lines:
        assert [page["page"] for page in line["pages_read"]] == line["pages"]
        assert {f["page"] for f in line["fields"].values() if f.get("boxes")} <= set(line["pages"])
        assert line["region"] is None
