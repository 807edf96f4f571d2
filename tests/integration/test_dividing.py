"""A person divides and joins documents: links, leaves, units, and no engine undoes it."""

from collections import Counter
from dataclasses import replace

import pytest

from domain.errors import AppendOnlyViolation, CorrectionInvalid, RevisionConflict
from domain.evidence import Outcome
from domain.fields import FieldStatus, Text
from domain.query import Query
from domain.record import DocumentState
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.divide import Decision, merge_documents, split_document
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.verify import publish, stamp_all_pending
from pipeline.wiring import open_shoko
from storage.archive import rebuild
from storage.evidence.certificates import to_pem
from storage.evidence.verifier import Anchors
from storage.evidence.verify import verify_all, verify_exported
from storage.export import export_bundle
from storage.search import search
from tests.support.approving import approved
from tests.support.homes import quick_settings
from tests.support.memory_store import MemoryStore
from tests.support.records import PERSON, field, make_draft, make_drop, open_archive
from tests.support.stacks import CONTRACT, INVOICE, QUOTATION, sample, stacked

BY = Decision(recorded_by="sato", reason="分け方の訂正")


def filed(folder, *contents, suffix=b""):
    settings = quick_settings(folder)
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    inbox = settings.data_folder / "store" / "inbox" / "electronic"
    inbox.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (inbox / f"{number}.pdf").write_bytes(content + suffix)
    run_plain(open_batch(home))
    return home


def found(home):
    hits = search(home.shoko.archive, Query(limit=50)).hits
    records = [home.shoko.archive.get_document(hit.document_id) for hit in hits]
    return sorted(records, key=lambda record: (record.classification.label.value, record.document_id))


def check(home):
    stamp_all_pending(home.shoko)
    publish(home.shoko)
    anchors = Anchors(
        roots_pem=(to_pem(home.shoko.authority.roots).encode(),), log_key_sha256=home.shoko.signer.fingerprint
    )
    for report in (verify_all(home.shoko.archive, home.shoko.store, roots=anchors), reconcile_archive(home.shoko)):
        assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]


def test_a_joined_document_stands_for_both_and_stays(tmp_path):
    home = filed(tmp_path / "home", stacked(sample(INVOICE), sample(QUOTATION)))
    archive = home.shoko.archive
    invoice, quotation = found(home)
    joined = merge_documents(home, [invoice.document_id, quotation.document_id], decision=BY)
    assert [record.document_id for record in found(home)] == [joined.document_id]
    assert (joined.recorded_by, joined.revision, len(joined.pages)) == ("sato", 1, 2)
    for old in (invoice, quotation):
        newest = archive.get_document(old.document_id)
        assert newest.state is DocumentState.TOMBSTONED
        assert archive.successors(old.document_id) == (joined.document_id,)
    assert set(archive.predecessors(joined.document_id)) == {invoice.document_id, quotation.document_id}
    (status,) = archive.drops(limit=5)
    assert status.documents == (joined.document_id,)
    (unit,) = archive.unit_of_document(joined.document_id)
    assert unit.extract.pages == (0, 1)
    assert [leaf.kind for leaf in archive.leaves_of(invoice.document_id)][:1] == ["filed"]
    assert Counter(leaf.kind for leaf in archive.leaves(0, archive.log_size()))["regrouped"] == 1
    assert set(reprocess_documents(home)) <= {"unchanged", "revised"}
    (record,) = found(home)
    assert (record.document_id, record.pages) == (joined.document_id, joined.pages)
    check(home)
    home.shoko.close()
    made = rebuild(f"sqlite:///{tmp_path}/again.sqlite", home.shoko.store, clock=home.shoko.clock)
    assert made.counts.documents == 3
    copy = open_archive(tmp_path / "copy", url=f"sqlite:///{tmp_path}/again.sqlite", vault=home.shoko.store)
    assert copy.successors(invoice.document_id) == (joined.document_id,)
    copy.close()


def test_a_divided_document_is_several_and_stays_so(tmp_path):
    home = filed(tmp_path, sample(CONTRACT))
    (contract,) = found(home)
    first, second = split_document(home, contract.document_id, after=[1], decision=BY)
    assert [len(record.pages) for record in (first, second)] == [1, 1]
    assert home.shoko.archive.successors(contract.document_id) == (first.document_id, second.document_id)
    units = [home.shoko.archive.unit_of_document(record.document_id)[0] for record in (first, second)]
    assert [unit.extract.pages for unit in units] == [(0,), (1,)]
    assert first.text
    assert first.text + "\n\n" + second.text == contract.text
    reprocess_documents(home)
    assert {record.document_id for record in found(home)} == {first.document_id, second.document_id}
    check(home)
    anchors = Anchors(
        roots_pem=(to_pem(home.shoko.authority.roots).encode(),), log_key_sha256=home.shoko.signer.fingerprint
    )
    archive, store = home.shoko.archive, home.shoko.store
    ids = [contract.document_id, first.document_id]
    bag = export_bundle(archive, store, ids, tmp_path / "bag", signer=home.shoko.signer, clock=home.shoko.clock)
    report = verify_exported(bag.folder, roots=anchors)
    assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    back = merge_documents(home, [first.document_id, second.document_id], decision=BY)
    assert back.text == contract.text
    assert back.document_id != contract.document_id
    check(home)
    home.shoko.close()


def test_documents_of_two_files_are_joined_page_by_page(tmp_path):
    home = filed(tmp_path, sample(INVOICE), sample(QUOTATION))
    invoice, quotation = found(home)
    joined = merge_documents(home, [invoice.document_id, quotation.document_id], decision=BY)
    assert [page.unit_id for page in joined.pages] == [invoice.pages[0].unit_id, quotation.pages[0].unit_id]
    assert joined.text == invoice.text + "\n\n" + quotation.text
    named = {source.unit_id for f in joined.fields.fields for source in f.sources}
    assert named <= {page.unit_id for page in joined.pages}
    assert reprocess_documents(home) == {"unchanged": 1}
    check(home)
    home.shoko.close()


def test_a_signed_file_stays_whole_and_its_documents_name_its_pages(tmp_path):
    home = filed(tmp_path, stacked(sample(INVOICE), sample(QUOTATION)), suffix=b"\n% /ByteRange\n")
    (whole,) = found(home)
    parts = split_document(home, whole.document_id, after=[1], decision=BY)
    (status,) = home.shoko.archive.drops(limit=5)
    assert {page.unit_id for record in parts for page in record.pages} == {status.drop.unit_id}
    assert [page.page_index for record in parts for page in record.pages] == [0, 1]
    assert sorted(record.classification.label.value for record in parts) == ["invoice", "quotation"]
    assert set(reprocess_documents(home)) <= {"unchanged", "revised"}
    assert len(found(home)) == 2
    home.shoko.close()


def test_a_persons_values_are_kept(tmp_path):
    home = filed(tmp_path, stacked(sample(INVOICE), sample(QUOTATION)))
    invoice, quotation = found(home)
    put = field("counterparty", Text(text="株式会社手入力"), status=FieldStatus.CORRECTED, engine=PERSON)
    draft = make_draft(invoice.pages[0].unit_id)
    reading = replace(
        draft.reading,
        pages=invoice.pages,
        fields=invoice.fields.replaced(put),
        classification=invoice.classification,
        text=invoice.text,
    )
    home.shoko.archive.revise_document(
        invoice.document_id,
        base_revision=1,
        draft=replace(draft, reading=reading, origin=invoice.origin),
        recorded_by="sato",
        reason="名称",
    )
    joined = merge_documents(home, [invoice.document_id, quotation.document_id], decision=BY)
    assert joined.fields.text("counterparty") == "株式会社手入力"
    home.shoko.close()


def test_what_cannot_be_divided(tmp_path):
    home = filed(tmp_path, sample(INVOICE), sample(CONTRACT))
    contract, invoice = found(home)
    size = home.shoko.archive.log_size()
    for after in ([], [0], [2], [1, 5]):
        with pytest.raises(CorrectionInvalid):
            split_document(home, contract.document_id, after=after, decision=BY)
    for ids in ([invoice.document_id], [invoice.document_id] * 2):
        with pytest.raises(CorrectionInvalid):
            merge_documents(home, ids, decision=BY)
    assert home.shoko.archive.log_size() == size
    split_document(home, contract.document_id, after=[1], decision=BY)
    with pytest.raises(AppendOnlyViolation):
        split_document(home, contract.document_id, after=[1], decision=BY)
    home.shoko.close()


def test_an_approved_document_and_an_old_view_are_refused(tmp_path):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    one = archive.file_document(make_draft(drop.unit_id))
    halves = (make_draft(drop.unit_id, ordinal=1), make_draft(drop.unit_id, ordinal=2))
    with pytest.raises(RevisionConflict):
        archive.regroup({one.document_id: 7}, halves, recorded_by="sato", reason="x")
    approved(archive, one.document_id)
    with pytest.raises(AppendOnlyViolation):
        archive.regroup({one.document_id: 2}, halves, recorded_by="sato", reason="x")
    assert archive.get_document(halves[0].document_id) is None
    archive.close()
