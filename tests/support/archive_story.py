"""A story with every kind of act, told the same way every time, and pictures of an archive to compare."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from domain.acts import ActKind
from domain.counterparties import PartyFacts, PartySource
from domain.errors import RevisionConflict
from domain.evidence import BatchMember
from domain.fields import DocumentType, FieldStatus, Text
from domain.ids import Origin
from domain.lessons import FieldLesson, Lesson, Place
from domain.page import EngineId, Fault
from domain.record import DocumentState, DropState, UnitState
from storage.archive import schema
from tests.support.records import (
    NOW,
    PERSON,
    field,
    make_draft,
    make_drop,
    make_extract,
    make_outcome,
    make_token,
    with_fields,
)

NOT_REBUILT = {"stamp_attempt"}
"""Attempts are no evidence and are not in the vault."""


def a_lesson(document_id, *, revision=2):
    read = FieldLesson(
        name="counterparty",
        read=Text(text="青空商車"),
        put=Text(text="青空商事㈱"),
        engine=EngineId(name="test.v1", version="1"),
        confidence=0.7,
        put_at=Place(label="発行者", side="right", raw="青空商事㈱", x=100, y=200),
    )
    return Lesson(
        client_id="default",
        number=0,
        document_id=document_id,
        revision=revision,
        read_type=DocumentType.INVOICE,
        type_engine=EngineId(name="rules.v1", version="1"),
        put_type=DocumentType.INVOICE,
        type_settled=False,
        issuer="青空商事㈱",
        registration_number=None,
        layout=("請求書@1,0",),
        features=("<請求書>",),
        fields=(read,),
        recorded_at=NOW,
        recorded_by="sato",
    )


def tell(archive):
    """Every kind of act; telling it again adds nothing."""
    vault = archive.vault
    first = archive.record_drop(make_drop(vault))
    draft = make_draft(first.unit_id)
    filed = archive.file_document(draft)
    archive.record_outcome(make_outcome(first, filed.document_id))
    archive.record_drop(make_drop(vault, name="again.pdf"))
    other = archive.record_drop(make_drop(vault, name="mail.pdf", origin=Origin.ELECTRONIC_RECEIVED))
    fault = Fault(code="damaged", message="broken", message_ja="壊れています")
    archive.record_outcome(make_outcome(other, state=DropState.UNREADABLE, faults=[fault]))
    refused = make_drop(vault, b"huge", name="huge.pdf")
    refused = archive.record_drop(replace(refused, blob=replace(refused.blob, bucket="inbox", key="refused/huge.pdf")))
    archive.record_outcome(make_outcome(refused, state=DropState.REFUSED))
    corrected = field("counterparty", Text(text="青空商事㈱"), status=FieldStatus.CORRECTED, engine=PERSON)
    revise(archive, filed.document_id, 1, with_fields(draft, corrected), who="sato", why="名称")
    revise(
        archive, filed.document_id, 2, make_draft(first.unit_id, day=date(2026, 10, 30)), who="engine", why="reprocess"
    )
    late = make_draft(
        other.unit_id, document_type=DocumentType.RECEIPT, state=DocumentState.NEEDS_REVIEW, reasons=("field_unsure",)
    )
    found = archive.file_document(late)
    archive.record_outcome(make_outcome(other, found.document_id))
    archive.record_timestamp(first.unit_id, make_token(first.blob.digest))
    try:
        archive.tombstone(found.document_id, base_revision=1, recorded_by="sato", reason="二重")
    except RevisionConflict:
        assert archive.get_document(found.document_id).state is DocumentState.TOMBSTONED
    archive.record_timestamp(first.unit_id, make_token(first.blob.digest, number=2))
    archive.record_lesson(a_lesson(filed.document_id))
    cut = archive.record_extract(make_extract(vault, first))
    archive.file_document(make_draft(cut.unit_id, day=date(2026, 10, 29)))
    archive.finish_batch(holds=lambda _: True)
    if archive.unit_state(cut.unit_id) is UnitState.TIMESTAMP_PENDING:
        member = BatchMember(name=cut.unit_id, digest=cut.blob.digest.value)
        archive.record_batch([member], make_token(cut.blob.digest, number=3))
    both = archive.file_document(make_draft(cut.unit_id, ordinal=1))
    halves = (make_draft(cut.unit_id, ordinal=2), make_draft(cut.unit_id, ordinal=3))
    archive.regroup({both.document_id: 1}, halves, recorded_by="sato", reason="分割")
    said = PartyFacts(name="株式会社青空商事", registration_numbers=("T7010705000725",), phones=("0312345678",))
    archive.record_counterparties([said], source=PartySource.IMPORTED, recorded_by="sato")
    heard = PartyFacts(name="青空商事㈱", registration_numbers=("T7010705000725",), account_title="消耗品費")
    archive.record_counterparties([heard], source=PartySource.LEARNED, recorded_by="engine")
    archive.record_act(
        ActKind.REQUESTED,
        "request-1",
        recorded_by="sato",
        about=(filed.document_id, both.document_id),
        facts={"kind": "deletion", "count": 2, "days": ("2026-11-20",), "urgent": False, "until": None},
        personal={"reason": "二重に届いた"},
    )
    archive.append_act(kind="exported", subject_id="bundle-1", manifest={"documents": [filed.document_id]})


def revise(archive, document_id, base, draft, *, who, why):
    # A worker that starts again looks at the newest revision first, as the pipeline does.
    if archive.get_document(document_id).revision == base:
        archive.revise_document(document_id, base_revision=base, draft=draft, recorded_by=who, reason=why)


def rows(archive):
    """Every row of every table that a rebuild brings back, by table."""
    return {
        table.name: sorted(
            (tuple(row) for row in archive.rows(sa.select(table).where(table.c.client_id == archive.client_id))),
            key=repr,
        )
        for table in schema.metadata.sorted_tables
        if table.name not in NOT_REBUILT
    }


def objects(vault):
    """Every object of the vault with its bytes."""
    return {listed.key: vault.get("vault", listed.key) for listed in vault.list_latest("vault")}
