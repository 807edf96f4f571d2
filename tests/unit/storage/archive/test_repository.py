"""The archive's methods on SQLite and a folder: what is recorded, what is refused, what happens the second time."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from domain import codec
from domain.errors import (
    AppendOnlyViolation,
    ConfigError,
    DigestMismatch,
    ObjectMissing,
    RevisionConflict,
    StorageError,
)
from domain.fields import CalendarDate, DocumentType, FieldStatus, Money, Text
from domain.ids import Digest, Origin
from domain.page import Fault
from domain.record import DocumentState, DropState, UnitState
from storage.archive import Archive
from tests.support.approving import approved as approve
from tests.support.records import (
    NOW,
    PERSON,
    Ticking,
    field,
    make_draft,
    make_drop,
    make_outcome,
    make_token,
    open_archive,
    with_fields,
)


@pytest.fixture
def archive(tmp_path):
    archive = open_archive(tmp_path)
    yield archive
    archive.close()


@pytest.fixture
def filed(archive):
    drop = archive.record_drop(make_drop(archive.vault))
    return archive.file_document(make_draft(drop.unit_id))


def vault_keys(archive):
    return {listed.key for listed in archive.vault.list_latest("vault")}


def test_a_drop_makes_a_unit_a_stamp_request_and_a_leaf(archive):
    drop = make_drop(archive.vault)
    assert archive.record_drop(drop) == drop
    assert archive.get_drop(drop.drop_id) == drop
    unit = archive.get_unit(drop.unit_id)
    assert (unit.first_drop_id, unit.blob, unit.same_bytes_as) == (drop.drop_id, drop.blob, ())
    (request,) = archive.pending_stamps(limit=10)
    assert (request.unit_id, request.imprint, request.attempts) == (drop.unit_id, drop.blob.digest, 0)
    (leaf,) = archive.leaves(0, 1)
    assert (leaf.kind, leaf.subject_id, leaf.sequence) == ("dropped", drop.drop_id, 0)
    status = archive.drop_status(drop.drop_id)
    assert (status.state, status.unit_state, status.documents) == (
        DropState.PRESERVED,
        UnitState.TIMESTAMP_PENDING,
        (),
    )
    assert vault_keys(archive) == {
        drop.blob.key,
        f"default/drops/{drop.drop_id}.json",
        f"default/drops/{drop.drop_id}.payload.json",
        f"default/units/{drop.unit_id}.json",
        "default/log/leaves/000000000000.json",
    }


def test_the_same_call_again_changes_nothing(archive):
    drop = archive.record_drop(make_drop(archive.vault))
    record = archive.file_document(make_draft(drop.unit_id))
    outcome = archive.record_outcome(make_outcome(drop, record.document_id))
    token = make_token(drop.blob.digest)
    archive.record_timestamp(drop.unit_id, token)
    act = archive.append_act(kind="exported", subject_id="bundle-1", manifest={"documents": 1})
    before, size = vault_keys(archive), archive.log_size()
    assert archive.record_drop(replace(drop, preserved_at=NOW + timedelta(hours=1))) == drop
    assert archive.file_document(make_draft(drop.unit_id, amount="1")) == record
    assert archive.record_outcome(replace(outcome, recorded_at=NOW + timedelta(hours=1))) == outcome
    archive.record_timestamp(drop.unit_id, token)
    assert archive.append_act(kind="exported", subject_id="bundle-1", manifest={"documents": 1}) == act
    assert (vault_keys(archive), archive.log_size()) == (before, size)


def test_the_same_bytes_again_are_acknowledged_and_not_doubled(archive):
    first = archive.record_drop(make_drop(archive.vault))
    again = archive.record_drop(make_drop(archive.vault, name="copy.pdf"))
    third = archive.record_drop(make_drop(archive.vault, name="third.pdf"))
    assert (first.repeats_drop_id, again.repeats_drop_id, third.repeats_drop_id) == (
        None,
        first.drop_id,
        first.drop_id,
    )
    assert again.unit_id == first.unit_id
    assert len(archive.pending_stamps(limit=10)) == 1
    assert archive.counts().units == 1


def test_the_same_bytes_under_another_origin_are_another_unit_named_on_both_sides(archive):
    paper = archive.record_drop(make_drop(archive.vault))
    other = archive.record_drop(make_drop(archive.vault, name="b.pdf", origin=Origin.ELECTRONIC_RECEIVED))
    assert other.repeats_drop_id is None
    assert archive.get_unit(paper.unit_id).same_bytes_as == (other.unit_id,)
    assert archive.get_unit(other.unit_id).same_bytes_as == (paper.unit_id,)


def test_a_refused_drop_makes_no_unit(archive):
    drop = make_drop(archive.vault)
    refused = replace(drop, blob=replace(drop.blob, bucket="inbox", key="refused/田中の領収書.pdf"))
    archive.record_drop(refused)
    archive.record_outcome(make_outcome(refused, state=DropState.REFUSED))
    status = archive.drop_status(refused.drop_id)
    assert (status.state, status.unit_state, archive.pending_stamps(limit=1)) == (DropState.REFUSED, None, ())
    assert archive.get_drop(refused.drop_id) == refused


def test_manifests_and_leaves_hold_nothing_personal(archive):
    marker = "田中太郎"
    drop = make_drop(archive.vault, name=f"{marker}.pdf")
    refused = make_drop(archive.vault, b"big", name=f"{marker}2.pdf")
    refused = replace(refused, blob=replace(refused.blob, bucket="inbox", key=f"refused/{marker}.pdf"))
    archive.record_drop(drop)
    archive.record_drop(refused)
    fault = Fault(code="damaged", message=f"{marker}.pdf", message_ja=f"{marker}.pdf が壊れています", page_index=2)
    outcome = archive.record_outcome(make_outcome(drop, state=DropState.UNREADABLE, faults=[fault]))
    assert outcome.faults == (fault,)
    assert archive.drop_status(drop.drop_id).outcome == outcome
    record = archive.file_document(make_draft(drop.unit_id, counterparty=marker, text=marker))
    archive.revise_document(
        record.document_id,
        base_revision=1,
        draft=make_draft(drop.unit_id, counterparty=f"{marker}商店"),
        recorded_by=marker,
        reason=f"{marker}の指示",
    )
    for key in vault_keys(archive):
        content = archive.vault.get("vault", key)
        if not key.endswith(".payload.json"):
            assert marker not in key
            assert marker.encode() not in content
            assert b"\\u7530" not in content
    # Equal payloads have different digests: nobody learns a value by trying values.
    salts = {json.loads(archive.vault.get("vault", key))["salt"] for key in vault_keys(archive) if "payload" in key}
    assert len(salts) == sum("payload" in key for key in vault_keys(archive))


def test_outcomes_are_appended_and_what_was_read_stays_read(archive):
    drop = archive.record_drop(make_drop(archive.vault))
    archive.record_outcome(make_outcome(drop, state=DropState.UNREADABLE))
    read = archive.record_outcome(make_outcome(drop, "doc-1"))
    assert archive.drop_status(drop.drop_id).documents == ("doc-1",)
    assert archive.record_outcome(make_outcome(drop, state=DropState.UNREADABLE)) == read
    assert [leaf.kind for leaf in archive.leaves_of(drop.drop_id)] == ["dropped", "unreadable", "read"]
    with pytest.raises(ObjectMissing):
        archive.record_outcome(replace(read, drop_id="drop-0"))


def test_drops_are_listed_newest_first_page_by_page(archive):
    made = [archive.record_drop(make_drop(archive.vault, bytes([n]), name=f"{n}.pdf")) for n in range(5)]
    first = archive.drops(limit=2)
    second = archive.drops(limit=10, before=first[-1].drop.drop_id)
    assert [s.drop for s in (*first, *second)] == made[::-1]
    archive.record_outcome(make_outcome(made[0], "doc-1"))
    assert archive.drops_without_outcome() == tuple(d.drop_id for d in made[1:])


def test_a_document_is_filed_with_its_leaf_and_found_by_its_unit(archive, filed):
    assert archive.get_document(filed.document_id) == filed
    assert (filed.revision, filed.supersedes, filed.recorded_by, filed.client_id) == (1, None, "engine", "default")
    assert [unit.unit_id for unit in archive.unit_of_document(filed.document_id)] == [filed.pages[0].unit_id]
    assert archive.documents_of_unit(filed.pages[0].unit_id) == (filed.document_id,)
    leaf = archive.leaves_of(filed.document_id)[0]
    manifest = archive.vault.get("vault", f"default/documents/{filed.document_id}/r000001.json")
    assert (leaf.kind, leaf.manifest_digest) == ("filed", Digest.of(manifest))
    assert archive.leaf_hashes(leaf.sequence, leaf.sequence + 1) == (
        Digest.of(b"\x00" + archive.vault.get("vault", f"default/log/leaves/{leaf.sequence:012d}.json")).raw,
    )
    assert codec.canonical(leaf) == archive.vault.get("vault", f"default/log/leaves/{leaf.sequence:012d}.json")


def test_a_document_of_an_unknown_unit_or_without_pages_is_refused_and_leaves_no_trace(archive, filed):
    before = vault_keys(archive)
    with pytest.raises(ObjectMissing):
        archive.file_document(make_draft("unit-0"))
    draft = make_draft(filed.pages[0].unit_id, ordinal=5)
    with pytest.raises(ValueError, match="page"):
        archive.file_document(replace(draft, reading=replace(draft.reading, pages=())))
    with pytest.raises(ValueError, match="destroyed"):
        archive.file_document(replace(draft, state=DocumentState.DESTROYED))
    assert vault_keys(archive) == before


def test_a_correction_is_a_new_revision_on_the_newest(archive, filed):
    draft = make_draft(filed.pages[0].unit_id, amount="128961")
    again = {"base_revision": 1, "draft": draft, "recorded_by": "sato", "reason": "読み違い"}
    second = archive.revise_document(filed.document_id, **again)
    assert (second.revision, second.supersedes, second.recorded_by, second.reason) == (2, 1, "sato", "読み違い")
    assert second.fields.money("total_amount") == Money(amount=Decimal(128961))
    assert archive.revise_document(filed.document_id, **again) == second
    assert archive.history(filed.document_id) == (filed, second)
    assert archive.get_document(filed.document_id, revision=1) == filed
    with pytest.raises(RevisionConflict) as caught:
        archive.revise_document(filed.document_id, **{**again, "recorded_by": "suzuki"})
    assert "第2版" in caught.value.message_ja
    with pytest.raises(ObjectMissing):
        archive.revise_document("doc-0", **again)
    chained = json.loads(archive.vault.get("vault", f"default/documents/{filed.document_id}/r000002.json"))
    first = archive.vault.get("vault", f"default/documents/{filed.document_id}/r000001.json")
    assert chained["previous"] == str(Digest.of(first))


def test_an_engine_does_not_override_a_person(archive, filed):
    unit_id = filed.pages[0].unit_id
    corrected = field("counterparty", Text(text="青空商事㈱"), status=FieldStatus.CORRECTED, engine=PERSON)
    archive.revise_document(
        filed.document_id,
        base_revision=1,
        draft=with_fields(make_draft(unit_id), corrected),
        recorded_by="sato",
        reason="名称",
    )
    better = make_draft(unit_id, day=date(2026, 10, 30), counterparty="株式会社青室商事")
    third = archive.revise_document(
        filed.document_id, base_revision=2, draft=better, recorded_by="engine", reason="reprocess"
    )
    assert third.fields.get("counterparty") == corrected
    assert third.fields.value("transaction_date") == CalendarDate(day=date(2026, 10, 30))
    same = archive.revise_document(
        filed.document_id, base_revision=3, draft=better, recorded_by="engine", reason="reprocess"
    )
    assert same == third
    forged = replace(with_fields(better, corrected), state=DocumentState.APPROVED)
    with pytest.raises(ValueError, match="cannot be approved"):  # only a round makes it so
        archive.revise_document(filed.document_id, base_revision=3, draft=forged, recorded_by="bucho", reason="承認")
    approved = approve(archive, filed.document_id)
    assert approved.state is DocumentState.APPROVED
    assert archive.leaves_of(filed.document_id)[-1].kind == "approved"
    assert (
        archive.revise_document(
            filed.document_id, base_revision=4, draft=make_draft(unit_id), recorded_by="engine", reason="reprocess"
        )
        == approved
    )
    with pytest.raises(AppendOnlyViolation):
        archive.revise_document(
            filed.document_id, base_revision=4, draft=make_draft(unit_id), recorded_by="sato", reason="x"
        )
    with pytest.raises(AppendOnlyViolation):
        archive.tombstone(filed.document_id, base_revision=4, recorded_by="sato", reason="x")


def test_deleting_is_a_tombstone(archive, filed):
    gone = archive.tombstone(filed.document_id, base_revision=1, recorded_by="sato", reason="二重登録")
    assert (gone.state, gone.revision, gone.fields) == (DocumentState.TOMBSTONED, 2, filed.fields)
    assert archive.tombstone(filed.document_id, base_revision=1, recorded_by="sato", reason="二重登録") == gone
    assert archive.file_document(make_draft(filed.pages[0].unit_id)) == gone
    with pytest.raises(RevisionConflict):
        archive.tombstone(filed.document_id, base_revision=2, recorded_by="sato", reason="二重登録")
    with pytest.raises(AppendOnlyViolation):
        archive.revise_document(
            filed.document_id, base_revision=2, draft=make_draft("x"), recorded_by="sato", reason="x"
        )
    assert archive.leaves_of(filed.document_id)[-1].kind == "tombstoned"


def test_stamp_requests_are_queued_put_off_and_done(tmp_path):
    clock = Ticking()
    archive = open_archive(tmp_path, clock=clock)
    drop = archive.record_drop(make_drop(archive.vault))
    archive.record_stamp_failure(drop.unit_id, error_code="timestamp_unavailable")
    assert archive.pending_stamps(limit=10) == ()
    clock.at += timedelta(seconds=40)
    (request,) = archive.pending_stamps(limit=10)
    assert (request.attempts, request.last_error) == (1, "timestamp_unavailable")
    archive.record_stamp_failure(drop.unit_id, error_code="timestamp_refused")
    clock.at += timedelta(seconds=40)
    assert archive.pending_stamps(limit=10) == ()
    clock.at += timedelta(seconds=40)
    assert archive.pending_stamps(limit=10)[0].attempts == 2
    with pytest.raises(DigestMismatch):
        archive.record_timestamp(drop.unit_id, make_token(Digest.of(b"other")))
    with pytest.raises(ObjectMissing):
        archive.record_timestamp("unit-0", make_token(drop.blob.digest))
    with pytest.raises(ObjectMissing):
        archive.record_stamp_failure("unit-0", error_code="x")
    token = make_token(drop.blob.digest)
    archive.record_timestamp(drop.unit_id, token)
    assert archive.pending_stamps(limit=10) == ()
    assert archive.timestamps(drop.unit_id) == (token,)
    assert archive.unit_state(drop.unit_id) is UnitState.STAMPED
    archive.record_timestamp(drop.unit_id, make_token(drop.blob.digest, number=2))
    assert archive.unit_state(drop.unit_id) is UnitState.RENEWED
    archive.close()


def test_acts_are_logged(archive):
    first = archive.append_act(kind="looked_at", subject_id="doc-1")
    second = archive.append_act(kind="looked_at", subject_id="doc-1")
    assert (first.sequence, second.sequence, first.manifest_digest) == (0, 1, None)
    with pytest.raises(StorageError):
        archive.append_act(kind="filed", subject_id="doc-1")


def test_counts(archive, filed):
    drop = archive.drops(limit=1)[0].drop
    other = archive.record_drop(make_drop(archive.vault, b"other", name="b.pdf"))
    archive.file_document(
        make_draft(other.unit_id, document_type=DocumentType.RECEIPT, state=DocumentState.NEEDS_REVIEW)
    )
    archive.record_outcome(make_outcome(drop, filed.document_id))
    archive.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    counts = archive.counts()
    assert (counts.drops, counts.units, counts.documents, counts.revisions, counts.pending_stamps) == (2, 2, 2, 2, 1)
    assert counts.drops_by_state == {DropState.READ: 1, DropState.PRESERVED: 1}
    assert counts.documents_by_state == {DocumentState.FILED: 1, DocumentState.NEEDS_REVIEW: 1}
    assert counts.documents_by_type == {DocumentType.INVOICE: 1, DocumentType.RECEIPT: 1}
    assert counts.log_size == archive.log_size() == 6


def test_clients_do_not_see_each_other(tmp_path):
    first = open_archive(tmp_path)
    second = open_archive(tmp_path, client_id="other")
    drop = first.record_drop(make_drop(first.vault))
    same = second.record_drop(make_drop(second.vault, client_id="other"))
    assert second.get_drop(drop.drop_id) is None
    assert second.get_unit(drop.unit_id) is None
    assert (first.log_size(), second.log_size()) == (1, 1)
    assert second.get_unit(same.unit_id).same_bytes_as == ()
    with pytest.raises(ValueError, match="archive of other"):
        second.record_drop(drop)
    first.close()
    second.close()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x\x00y", "𠮷野家", "", "\n" * 10])
def test_any_text_is_filed(archive, filed, text):
    draft = make_draft(filed.pages[0].unit_id, ordinal=3, text=text, counterparty=f"a{text}")
    record = archive.file_document(draft)
    assert archive.get_document(record.document_id) == record


def test_what_is_not_there_is_none(archive):
    assert archive.get_document("doc-0") is None
    assert archive.history("doc-0") == ()
    assert archive.get_drop("drop-0") is None
    assert archive.drop_status("drop-0") is None
    assert archive.get_unit("unit-0") is None
    assert archive.unit_of_document("doc-0") == ()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_other_databases_are_a_configuration_error(tmp_path, url):
    with pytest.raises(ConfigError):
        Archive.open(url, None, clock=lambda: datetime.now(UTC))


def test_queues_are_right_however_often_and_by_whomever_they_are_asked(tmp_path):
    first, second = open_archive(tmp_path), open_archive(tmp_path)
    drops = []
    for number in range(6):
        for archive in (first, second):
            assert archive.drops_without_outcome() == tuple(d.drop_id for d in drops if d not in drops[1::2])
            assert [r.unit_id for r in archive.pending_stamps(limit=99)] == [d.unit_id for d in drops[::2]]
            assert archive.drops_without_outcome(limit=1) == tuple(d.drop_id for d in drops[:1])
            assert len(archive.pending_stamps(limit=1)) == bool(drops)
        drop = second.record_drop(make_drop(first.vault, bytes([number]), name=f"{number}.pdf"))
        drops.append(drop)
        if number % 2:
            second.record_outcome(make_outcome(drop, "doc-1"))
            second.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    for drop in drops[::2]:
        first.record_outcome(make_outcome(drop, "doc-1"))
        first.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    for archive in (first, second):
        assert (archive.drops_without_outcome(), archive.pending_stamps(limit=9)) == ((), ())
    late = first.record_drop(make_drop(first.vault, b"late", name="late.pdf"))
    for archive in (second, first):
        assert archive.drops_without_outcome() == (late.drop_id,)
        assert archive.pending_stamps(limit=9)[0].unit_id == late.unit_id
        archive.close()
