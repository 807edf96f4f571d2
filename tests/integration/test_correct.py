"""A person puts documents right: a revision, a lesson, in vault and database; engines never take it back."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.corrections import Correction
from domain.errors import CorrectionInvalid, ObjectMissing, RevisionConflict
from domain.evidence import Outcome
from domain.fields import CalendarDate, DocumentType, FieldStatus, Text
from domain.precedence import PERSON_ENGINE
from domain.record import DocumentState, ImportanceClass
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.correct import correct_document
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.verify import anchors_from, publish, verify_bundle_folder, verify_documents
from pipeline.wiring import open_shoko
from storage.archive import Archive, rebuild
from storage.export.bundle import export_bundle
from storage.reconcile import reconcile
from tests.integration.test_command_line import shoko as run_shoko
from tests.support.bundles import leaves_of
from tests.support.documents import text_pdf
from tests.support.homes import quick_settings

SET = Path(__file__).parents[2] / "samples" / "set"
OTHER_DAY = CalendarDate(day=date(2026, 10, 30))


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "store" / "inbox" / "paper" / "2026-11-02"
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes((SET / "invoice" / "modern-pdf" / "source.pdf").read_bytes())
    settings = quick_settings(tmp_path)
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    run_plain(open_batch(home))
    yield home
    home.shoko.close()


@pytest.fixture
def record(home):
    (status,) = home.shoko.archive.drops(limit=1)
    return home.shoko.archive.get_document(status.documents[0])


def said(record, values=(), **more):
    known = {"base_revision": record.revision, "recorded_by": "sato", "reason": "読み違い"}
    return Correction(values=dict(values), **(known | more))


def correct(home, record, values=(), **more):
    return correct_document(home.shoko, record.document_id, said(record, values, **more))


def test_a_correction_is_a_revision_and_a_lesson_that_says_where_the_value_stands(home, record):
    printed = record.fields.text("counterparty")
    after = correct(home, record, {"transaction_date": OTHER_DAY, "counterparty": Text(text=printed)})
    assert (after.revision, after.recorded_by, after.reason) == (2, "sato", "読み違い")
    assert after.fields.day("transaction_date") == OTHER_DAY.day
    assert after.fields.get("transaction_date").status is FieldStatus.CORRECTED
    (lesson,) = home.shoko.archive.lessons()
    assert (lesson.document_id, lesson.revision, lesson.number) == (record.document_id, 2, 1)
    by_name = {field.name: field for field in lesson.fields}
    assert set(by_name) == {"transaction_date", "counterparty"}
    assert by_name["transaction_date"].read == record.fields.value("transaction_date")
    assert by_name["transaction_date"].put == OTHER_DAY
    assert by_name["transaction_date"].engine == record.fields.get("transaction_date").engine
    assert by_name["transaction_date"].read_at.label
    assert by_name["counterparty"].put_at is not None
    assert len(lesson.layout) > 5
    assert lesson.features
    assert [leaf.kind for leaf in home.shoko.archive.leaves_of(record.document_id)] == ["filed", "revised", "lesson"]


def test_the_same_correction_again_changes_nothing_and_a_stale_one_is_refused(home, record):
    first = correct(home, record, {"transaction_date": OTHER_DAY})
    assert correct(home, record, {"transaction_date": OTHER_DAY}) == first
    assert len(home.shoko.archive.lessons()) == 1
    with pytest.raises(RevisionConflict):
        correct(home, record, {"transaction_date": None})


def test_another_class_reads_its_fields_anew_and_has_the_laws_own_weight(home, record):
    assert record.importance is ImportanceClass.IMPORTANT
    after = correct(home, record, document_type=DocumentType.QUOTATION)
    assert after.classification.label is DocumentType.QUOTATION
    assert after.classification.engine.name == PERSON_ENGINE
    assert after.importance is ImportanceClass.GENERAL, "law: scan-doc-class"
    assert after.fields.get("bank_account") is None
    assert after.fields.money("total_amount") == record.fields.money("total_amount")
    contract = correct(home, after, document_type=DocumentType.CONTRACT)
    assert contract.fields.get("parties") is not None
    assert contract.importance is ImportanceClass.IMPORTANT


def test_what_was_dealt_with_needs_no_review_any_more(home, record):
    late = CalendarDate(day=date(2199, 1, 1))
    doubtful = correct(home, record, {"transaction_date": late})
    assert doubtful.state is DocumentState.NEEDS_REVIEW
    assert "future_date" in {reason.code for reason in doubtful.review_reasons}
    right = correct(home, doubtful, {"transaction_date": record.fields.value("transaction_date")})
    assert "future_date" not in {reason.code for reason in right.review_reasons}
    done = correct(home, right, reviewed=True)
    assert (done.state, done.review_reasons) == (DocumentState.FILED, ())


def test_confirming_makes_a_value_the_persons_own(home, record):
    after = correct(home, record, confirmed=frozenset({"total_amount"}))
    found = after.fields.get("total_amount")
    assert (found.value, found.status, found.confidence) == (
        record.fields.value("total_amount"),
        FieldStatus.CORRECTED,
        1.0,
    )
    assert found.sources == record.fields.get("total_amount").sources


def test_reading_again_never_takes_a_persons_value_back(home, record):
    correct(home, record, {"transaction_date": OTHER_DAY, "due_date": None})
    reprocess_documents(home, document_ids=(record.document_id,))
    newest = home.shoko.archive.get_document(record.document_id)
    assert newest.fields.day("transaction_date") == OTHER_DAY.day
    assert newest.fields.value("due_date") is None


def test_vault_and_database_hold_the_same_lessons_and_names_stand_in_the_payload_alone(home, record, tmp_path):
    correct(home, record, {"counterparty": Text(text="青空検収堂")})
    archive, store = home.shoko.archive, home.shoko.store
    report = reconcile(archive, store, check_digests=True)
    assert [c for c in report.checks if c.outcome.value == "failed"] == []
    keys = [v.key for v in store.list_latest("vault", prefix="default/lessons/")]
    assert keys == ["default/lessons/l000001.json", "default/lessons/l000001.payload.json"]
    assert "青空検収堂".encode() not in store.get("vault", keys[0])
    url = f"sqlite:///{tmp_path}/copy.sqlite"
    rebuild(url, store, clock=home.shoko.clock)
    again = Archive.open(url, store, clock=home.shoko.clock)
    assert again.lessons() == archive.lessons()
    assert again.history(record.document_id) == archive.history(record.document_id)
    again.close()


@pytest.mark.parametrize("values", [{}, {"parties": None}, {"nothing": None}])
def test_what_cannot_be_corrected_is_refused_and_nothing_changes(home, record, values):
    with pytest.raises(CorrectionInvalid):
        correct(home, record, values)
    with pytest.raises(ObjectMissing):
        correct_document(home.shoko, "doc-none", said(record, {"due_date": None}))
    with pytest.raises(RevisionConflict):
        correct(home, record, {"due_date": None}, base_revision=7)
    assert home.shoko.archive.get_document(record.document_id).revision == 1


def test_the_command_line_corrects_and_says_what_is_left(home, record, tmp_path):
    done = run_shoko(
        "correct", record.document_id, "--set", "total_amount=128,961", "--clear", "due_date", "--by", "sato",
        "--home", tmp_path, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    plain = json.loads(done.stdout)
    assert plain["values"]["total_amount"] == 128961
    assert plain["values"]["due_date"] is None
    assert plain["history"][-1]["by"] == "sato"
    assert home.shoko.archive.get_document(record.document_id).fields.money("total_amount").amount == Decimal(128961)
    refused = run_shoko("correct", record.document_id, "--set", "total_amount", "--home", tmp_path)
    assert refused.returncode == 2
    assert "項目=値" in refused.stderr
    told = run_shoko("correct", record.document_id, "--type", "quotation", "--home", tmp_path)
    assert told.returncode == 0, told.stderr
    assert "第3版" in told.stdout


def odd_invoice(day, total, printed):
    lines = ("INVOICE", "Blue Sky Ltd.", "Ref A-77", f"Settled {day}", f"Drawn up {printed}", f"Reckoning USD {total}")
    return text_pdf(*lines, "Limit USD 9,000.00")


def drop_in(home, folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    run_plain(open_batch(home))
    (status,) = home.shoko.archive.drops(limit=1)
    return home.shoko.archive.get_document(status.documents[0])


def test_what_was_put_right_once_is_read_right_on_the_next_paper_of_the_layout(tmp_path):
    settings = quick_settings(tmp_path)
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    inbox = tmp_path / "store" / "inbox" / "electronic" / "2026-11-02"
    first = drop_in(home, inbox, "a.pdf", odd_invoice("2026-10-30", "120.00", "2026-01-05"))
    drawn_up = CalendarDate(day=date(2026, 1, 5))
    assert first.fields.value("transaction_date") != drawn_up, "the rules do not know these words"
    correct(home, first, {"transaction_date": drawn_up})
    second = drop_in(home, inbox, "b.pdf", odd_invoice("2026-09-14", "77.00", "2026-02-06"))
    found = second.fields.get("transaction_date")
    assert found.value == CalendarDate(day=date(2026, 2, 6))
    assert found.engine.name == "habits.v1"
    assert found.sources[0].boxes
    reprocess_documents(home, document_ids=(first.document_id,))
    assert home.shoko.archive.get_document(first.document_id).fields.value("transaction_date") == drawn_up
    home.shoko.close()


def test_the_command_line_lists_what_waits_by_urgency(home, record, tmp_path):
    correct(home, record, {"transaction_date": CalendarDate(day=date(2199, 1, 1))})
    (row,) = [
        json.loads(line) for line in run_shoko("search", "--review", "--home", tmp_path, "--json").stdout.splitlines()
    ]
    assert row["document_id"] == record.document_id
    assert row["deadline_of"] in {"input", "payment"}
    assert "future_date" in {reason["code"] for reason in row["reasons"]}
    shown = run_shoko("search", "--review", "--home", tmp_path, COLUMNS="200")
    assert "確認待ち 1 件" in shown.stdout
    assert "日付が未来です" in shown.stdout


def test_a_corrected_document_is_exported_with_what_it_taught_and_verified_offline(home, record, tmp_path):
    correct(home, record, {"due_date": None})
    publish(home.shoko)
    out = tmp_path / "bundle"
    shoko = home.shoko
    export_bundle(shoko.archive, shoko.store, [record.document_id], out, signer=shoko.signer, clock=shoko.clock)
    assert "lesson" in [leaf.kind for leaf in leaves_of(out)]
    report = verify_bundle_folder(out, anchors_from(None, None))
    assert [finding for finding in report.checks if finding.outcome is Outcome.FAILED] == []
    assert verify_documents(shoko, (record.document_id,), anchors_from(None, None)).outcome is not Outcome.FAILED
