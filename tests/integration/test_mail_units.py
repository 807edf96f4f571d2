"""A mail: its attachments are filed as documents of units of their own; the mail itself stays the drop."""

from collections import Counter
from datetime import date

import pytest

from app.cli.read import lines_for
from domain.evidence import Outcome
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.verify import publish, stamp_all_pending
from pipeline.wiring import open_shoko
from storage.archive import rebuild
from storage.evidence.certificates import to_pem
from storage.evidence.verifier import Anchors
from storage.evidence.verify import verify_all, verify_document, verify_exported
from storage.export import export_bundle
from tests.support.homes import quick_settings
from tests.support.mails import mail, picture
from tests.support.stacks import CONTRACT, INVOICE, QUOTATION, RECEIPT, sample, stacked

PDF = "application/pdf"
ORDER = "ご注文書\n株式会社みどり商事 御中\n注文番号 A-1001\n注文日 2026年11月1日\n合計金額 11,000円(税込)\n"
ORDER += "発注いたします。"


def filed(folder, content):
    settings = quick_settings(folder)
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    path = settings.data_folder / "store" / "inbox" / "electronic" / "mail.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    run_plain(open_batch(home))
    return home


def records_of(home):
    (status,) = home.shoko.archive.drops(limit=10)
    return [home.shoko.archive.get_document(document_id) for document_id in status.outcome.document_ids]


def test_each_attachment_becomes_a_unit_with_everything_that_proves_it(tmp_path):
    two = stacked(sample(INVOICE), sample(CONTRACT))
    message = mail(("見積書.pdf", PDF, sample(QUOTATION)), ("まとめ.pdf", PDF, two), logo=True)
    home = filed(tmp_path / "home", bytes(message))
    archive, store = home.shoko.archive, home.shoko.store
    kinds = [record.classification.label.value for record in records_of(home)]
    assert kinds == ["quotation", "invoice", "contract"]
    (status,) = archive.drops(limit=10)
    taken = archive.extracts_of(status.drop.unit_id)
    assert Counter(unit.extract.method for unit in taken) == {"attachment": 2, "pdf-pages": 2}
    whole = {unit.unit_id: unit for unit in taken if unit.extract.method == "attachment"}
    assert [store.get("vault", unit.blob.key) for unit in whole.values()] == [sample(QUOTATION), two]
    assert {unit.extract.of_unit_id for unit in whole.values()} == {status.drop.unit_id}
    inner = [unit for unit in taken if unit.extract.method == "pdf-pages"]
    assert {unit.extract.of_unit_id for unit in inner} == {list(whole)[1]}
    assert len(archive.pending_stamps(limit=10)) == 5
    stamp_all_pending(home.shoko)
    publish(home.shoko)
    anchors = Anchors(
        roots_pem=(to_pem(home.shoko.authority.roots).encode(),), log_key_sha256=home.shoko.signer.fingerprint
    )
    last = records_of(home)[-1].document_id
    for report in (
        verify_document(archive, store, last, roots=anchors),
        verify_all(archive, store, roots=anchors),
        reconcile_archive(home.shoko),
    ):
        assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    bag = export_bundle(archive, store, [last], tmp_path / "bag", signer=home.shoko.signer, clock=home.shoko.clock)
    report = verify_exported(bag.folder, roots=anchors)
    assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    assert len(list((bag.folder / "data/originals").glob("*/*"))) == 3, "pages, the attachment, and the mail"
    assert reprocess_documents(home) == {"unchanged": 3}
    home.shoko.close()
    made = rebuild(f"sqlite:///{tmp_path}/again.sqlite", store, clock=home.shoko.clock)
    assert (made.counts.units, made.counts.documents) == (5, 3)


def test_a_forwarded_mail_is_opened_and_stays_as_it_was(tmp_path):
    inner = mail(("領収書.pdf", PDF, sample(RECEIPT)), text="From here on\nFrom the shop")
    outer = mail(text="転送します")
    outer.add_attachment(inner)
    home = filed(tmp_path, bytes(outer))
    (record,) = records_of(home)
    assert record.classification.label.value == "receipt"
    (status,) = home.shoko.archive.drops(limit=10)
    forwarded, receipt = home.shoko.archive.extracts_of(status.drop.unit_id)
    assert receipt.extract.of_unit_id == forwarded.unit_id
    assert home.shoko.store.get("vault", forwarded.blob.key) in bytes(outer)
    assert reprocess_documents(home) == {"unchanged": 1}
    home.shoko.close()


def test_what_is_not_opened_is_named(tmp_path):
    zipped = b"PK\x05\x06" + bytes(18)
    message = mail(
        ("見積書.pdf", PDF, sample(QUOTATION)),
        ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(40)),
        ("a.zip", "application/zip", zipped),
    )
    home = filed(tmp_path, bytes(message))
    body, quotation = records_of(home)
    assert {(r.code, r.detail) for r in body.review_reasons} >= {("attachments_unread", "octet-stream×1, zip×1")}
    assert quotation.classification.label.value == "quotation"
    assert "attachments_unread" not in {r.code for r in quotation.review_reasons}
    home.shoko.close()


@pytest.mark.parametrize("logo", [False, True])
def test_a_mail_without_attachments_is_its_text(tmp_path, logo):
    home = filed(tmp_path, bytes(mail(text=ORDER, logo=logo)))
    (record,) = records_of(home)
    assert record.classification.label.value == "purchase_order"
    assert record.fields.money("total_amount").amount == 11000
    assert "発注いたします" in record.text
    assert reprocess_documents(home) == {"unchanged": 1}
    home.shoko.close()


def test_a_broken_attachment_goes_to_review_and_the_others_are_filed(tmp_path):
    message = mail(("壊れ.pdf", PDF, b"%PDF-1.7 nothing"), ("領収書.pdf", PDF, sample(RECEIPT)))
    home = filed(tmp_path, bytes(message))
    broken, receipt = records_of(home)
    assert "unreadable" in {r.code for r in broken.review_reasons}
    assert receipt.classification.label.value == "receipt"
    (status,) = home.shoko.archive.drops(limit=10)
    assert status.outcome.state.value == "read"
    home.shoko.close()


def test_read_names_the_attachment(tmp_path):
    worker = ReadingWorker.start(quick_settings(tmp_path))
    path = tmp_path / "a.eml"
    two = stacked(sample(INVOICE), sample(CONTRACT))
    path.write_bytes(bytes(mail(("まとめ.pdf", PDF, two), ("写真.png", "image/png", picture(1200)))))
    lines = lines_for("a.eml", worker.read_file(path, our_companies=(), today=date(2026, 11, 21)))
    assert [(line["attachment"], line["pages"]) for line in lines] == [
        ("まとめ.pdf", [1]),
        ("まとめ.pdf", [2, 3]),
        ("写真.png", [1]),
    ]
    assert [len(line["pages_read"]) for line in lines] == [1, 2, 1]
