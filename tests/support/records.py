"""Drops and documents for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text
from domain.geometry import Box
from domain.ids import Digest, Origin, document_id_for, drop_id_for, extract_id_for, unit_id_for
from domain.page import EngineId, PageRef
from domain.record import (
    Classification,
    Deposit,
    DocumentDraft,
    DocumentReading,
    DocumentState,
    Drop,
    DropOutcome,
    DropState,
    ImportanceClass,
    ReviewReason,
    Unit,
    UnitExtract,
)
from storage.archive import Archive, ArchiveSettings
from storage.objects import FolderStore
from tests.support.empty_database import lay_empty_database

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ENGINE = EngineId(name="test.v1", version="1")
PERSON = EngineId(name="person", version="")


class Ticking:
    """A clock that moves one second with each look."""

    def __init__(self, start=NOW):
        self.at = start

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


def folder_vault(root, clock=lambda: NOW):
    store = FolderStore(root, clock=clock)
    for bucket in ("inbox", "vault", "derived"):
        store.ensure_bucket(bucket, versioned=bucket != "derived", object_lock=bucket == "vault")
    return store


def open_archive(folder, *, url=None, vault=None, client_id="default", clock=lambda: NOW, salt=None):
    options = {"random_bytes": salt} if salt else {}
    chosen = url or f"sqlite:///{folder}/archive.sqlite"
    lay_empty_database(chosen)
    return Archive.open(
        chosen,
        vault or folder_vault(folder / "vault"),
        client_id=client_id,
        clock=clock,
        settings=ArchiveSettings(busy_timeout_seconds=120),
        **options,
    )


def no_salt(size):
    return b"\x07" * size


def make_drop(
    vault,
    content=b"scan",
    *,
    origin=Origin.PAPER_RECEIVED,
    name="scan0001.pdf",
    client_id="default",
    media_type="application/pdf",
    **rest,
):
    blob = vault.put_blob("vault", content, prefix=f"{client_id}/blobs/", media_type=media_type)
    key = f"paper/{name}"
    drop = Drop(
        client_id=client_id,
        drop_id=drop_id_for(client_id=client_id, store="test", key=key, version_id=rest.pop("version", "1")),
        unit_id=unit_id_for(client_id=client_id, origin=origin, digest=blob.digest),
        blob=blob,
        origin=origin,
        received_on=date(2026, 11, 20),
        received_on_assumed=False,
        preserved_at=NOW,
        deposit=Deposit(original_name=name, inbox_key=key, deposited_by="tanaka"),
    )
    return replace(drop, **rest)


def make_extract(vault, drop, content=b"cut", *, region=(10, 20, 300, 400), page_index=0):
    blob = vault.put_blob("vault", content, prefix=f"{drop.client_id}/blobs/", media_type="image/png")
    return Unit(
        client_id=drop.client_id,
        unit_id=extract_id_for(client_id=drop.client_id, of_unit_id=drop.unit_id, page_index=page_index, region=region),
        origin=drop.origin,
        blob=blob,
        first_drop_id=drop.drop_id,
        extract=UnitExtract(
            of_unit_id=drop.unit_id,
            page_index=page_index,
            region=Box(left=region[0], top=region[1], right=region[2], bottom=region[3]),
            method="pixels",
        ),
    )


def field(name, value, *, status=None, engine=ENGINE):
    found = status or (FieldStatus.FOUND if value is not None else FieldStatus.MISSING)
    return Field(name=name, value=value, status=found, confidence=0.9, engine=engine)


def make_draft(
    unit_id,
    *,
    ordinal=0,
    day=date(2026, 10, 31),
    amount="128960",
    currency="JPY",
    counterparty="株式会社青空商事",
    text="請求書\n株式会社青空商事\nご請求金額 ¥128,960-",
    document_type=DocumentType.INVOICE,
    state=DocumentState.FILED,
    reasons=(),
    **rest,
):
    fields = FieldSet(
        fields=(
            field("transaction_date", CalendarDate(day=day) if day else None),
            field("total_amount", Money(amount=Decimal(amount), currency=currency) if amount is not None else None),
            field("counterparty", Text(text=counterparty) if counterparty else None),
            field("document_number", Text(text="INV-0012")),
        )
    )
    reading = DocumentReading(
        pages=(PageRef(unit_id=unit_id, page_index=0),),
        classification=Classification(label=document_type, confidence=0.9, reasons=("heading",), engine=ENGINE),
        fields=fields,
        checks=(Check(name="totals_add_up", outcome=Outcome.PASSED),),
        review_reasons=tuple(ReviewReason(code=code) for code in reasons),
        text=text,
    )
    draft = DocumentDraft(
        document_id=document_id_for(unit_id=unit_id, ordinal=ordinal),
        state=state,
        reading=reading,
        importance=ImportanceClass.IMPORTANT,
        origin=Origin.PAPER_RECEIVED,
        received_on=date(2026, 11, 20),
        received_on_assumed=False,
        retain_until=date(2034, 2, 28),
    )
    return replace(draft, **rest)


def with_fields(draft, *fields):
    return replace(draft, reading=replace(draft.reading, fields=draft.reading.fields.replaced(*fields)))


def make_outcome(drop, *documents, state=DropState.READ, faults=()):
    return DropOutcome(
        drop_id=drop.drop_id, state=state, document_ids=tuple(documents), faults=tuple(faults), recorded_at=NOW
    )


def make_token(digest, *, number=1):
    return TimestampToken(
        imprint=digest,
        token_der=b"\x30\x82" + digest.raw + bytes([number]),
        authority="local",
        accredited=False,
        gen_time=NOW,
        policy_oid="1.2.3",
        serial_number=str(number),
        certificate_not_after=datetime(2036, 1, 1, tzinfo=UTC),
        chain_pem="-----BEGIN CERTIFICATE-----\n",
    )


def digest_of(number):
    return Digest.of(str(number).encode())
