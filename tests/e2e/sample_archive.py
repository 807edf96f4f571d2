"""A real archive in a folder with the committed sample documents in it: values from their truth, boxes from reading."""

from __future__ import annotations

import json
import time
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from app.web.live import Calls, LiveServices
from compliance.settings import CompanySettings
from compliance.status import compliance_status
from domain.calendar import tokyo_day
from domain.evidence import Check, Outcome
from domain.fields import (
    FIELDS,
    BankAccount,
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
    Flag,
    LineItem,
    LineItems,
    Money,
    Parties,
    Party,
    Source,
    TaxBreakdown,
    TaxRow,
    Text,
    fields_for,
    missing,
)
from domain.geometry import union
from domain.ids import ORIGIN_BY_FOLDER, Origin, document_id_for, drop_id_for, origin_from_key, unit_id_for
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
)
from extractors import media
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from storage.archive import Archive
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import newest_head, publish_head
from storage.evidence.signer import LogSigner
from storage.evidence.verify import Roots, verify_document, verify_period
from storage.objects import FolderStore
from storage.search import search

SET = Path(__file__).parents[2] / "samples" / "set"
BORN_DIGITAL = ("invoice/modern-pdf", "quotation/letterhead-pdf", "contract/articles-multipage", "receipt/web-pdf")
FOLDERS = {origin: folder for folder, origin in ORIGIN_BY_FOLDER.items()}
TRUTH = EngineId(name="truth", version="1")


def now():
    return datetime.now(UTC)


def no_text():
    from extractors.ocr.null import create

    return create()


@dataclass
class SampleArchive:
    root: Path

    def __post_init__(self):
        self.store = FolderStore(self.root / "store", clock=now)
        for bucket in ("inbox", "vault", "derived"):
            self.store.ensure_bucket(bucket, versioned=True, object_lock=bucket == "vault")
        self.archive = Archive.open(f"sqlite:///{self.root / 'archive.sqlite'}", self.store, clock=now)
        self.authority = LocalAuthority.create_or_open(self.root / "keys", clock=now)
        self.signer = LogSigner.create_or_open(self.root / "log-key", clock=now)
        self.reading = ExtractorSettings()

    def services(self):
        calls = Calls(
            search=lambda query: search(self.archive, query),
            verify_document=lambda document_id: verify_document(self.archive, self.store, document_id, roots=Roots()),
            verify_period=lambda first, last: verify_period(
                self.archive, self.store, start=first, end=last, roots=Roots()
            ),
            log_head=lambda: newest_head(self.store, self.archive.client_id),
            deposit=self.deposit,
            compliance=lambda record, tokens: compliance_status(
                record, tokens, settings=CompanySettings(), today=tokyo_day(now())
            ),
        )
        return LiveServices(
            self.archive, self.store, calls=calls, authority=self.authority.authority, reading=self.reading
        )

    def deposit(self, content: bytes, name: str, origin: Origin, received_on: date) -> str:
        key = f"{FOLDERS[origin]}/{received_on}/{name}"
        self.store.put_named("inbox", key, content, media_type="application/octet-stream")
        return key

    def file_inbox(self, engine=None):
        """What intake and reading do, with the truth of the sample of the same bytes instead of an engine's values."""
        filed = 0
        for version in list(self.store.list_latest("inbox")):
            content = self.store.get("inbox", version.key, version_id=version.version_id)
            self._file(content, version.key, version.version_id, engine or no_text())
            self.store.delete_version("inbox", version.key, version_id=version.version_id)
            filed += 1
        publish_head(self.archive, self.store, self.signer, authority=self.authority)
        return filed

    def _file(self, content, key, version_id, engine):
        sample = next(p.parent for p in SET.glob("*/*/source.*") if p.read_bytes() == content)
        origin, name = origin_from_key(key), key.rpartition("/")[2]
        media_type = media.sniff(content, name)
        blob = self.store.put_blob("vault", content, prefix="default/blobs/", media_type=media_type)
        unit_id = unit_id_for(client_id="default", origin=origin, digest=blob.digest)
        drop = Drop(
            client_id="default",
            drop_id=drop_id_for(client_id="default", store="inbox", key=key, version_id=version_id),
            unit_id=unit_id,
            blob=blob,
            origin=origin,
            received_on=date.fromisoformat(key.split("/")[1]),
            received_on_assumed=False,
            preserved_at=now(),
            deposit=Deposit(original_name=name, inbox_key=key, deposited_by=None),
        )
        self.archive.record_drop(drop)
        reading = read_text(content, file_name=name, settings=self.reading, engine=engine)
        record = self.archive.file_document(draft_of(reading, sample, drop=drop, engine=engine))
        self.archive.record_outcome(
            DropOutcome(
                drop_id=drop.drop_id, state=DropState.READ, document_ids=(record.document_id,), recorded_at=now()
            )
        )
        self.archive.record_timestamp(unit_id, self.authority.stamp(blob.digest))

    def document_ids(self):
        return tuple(d for status in self.archive.drops(limit=1000) for d in status.documents)


def sample_file(slug):
    return next((SET / slug).glob("source.*"))


def draft_of(reading, sample, *, drop, engine):
    truth = json.loads((sample / "expected" / "fields.json").read_text())
    kind = DocumentType(truth["document_type"])
    reader = TRUTH if engine.engine_id.name == "null.v1" else engine.engine_id
    currency = truth["fields"].get("currency") or "JPY"
    fields = []
    for name in fields_for(kind):
        value = value_of(name, truth["fields"].get(name), currency)
        if value is None:
            fields.append(missing(name, engine=reader))
            continue
        fields.append(
            Field(
                name=name,
                value=value,
                status=FieldStatus.FOUND,
                sources=tuple(found(reading.texts, name, value)),
                confidence=0.98,
                engine=reader,
            )
        )
    placed = {f.name for f in fields if f.sources}
    read = any(text.lines for text in reading.texts)
    reasons = tuple(
        ReviewReason(code="field_unsure", field=name)
        for name in ("transaction_date", "total_amount", "counterparty")
        if read and name not in placed and any(f.name == name and f.value for f in fields)
    )
    doubted = {reason.field for reason in reasons}
    fields = [replace(f, confidence=0.62) if f.name in doubted else f for f in fields]
    pages = tuple(
        PageRef(
            unit_id=drop.unit_id,
            page_index=page.page_index,
            width_px=page.width_px,
            height_px=page.height_px,
            rotation_degrees=page.rotation_degrees,
        )
        for page in reading.pages
    )
    document = DocumentReading(
        pages=pages or (PageRef(unit_id=drop.unit_id, page_index=0),),
        classification=Classification(label=kind, confidence=0.99, reasons=("heading",), engine=reader),
        fields=FieldSet(fields=tuple(fields)),
        checks=(Check(name="totals_add_up", outcome=Outcome.PASSED),),
        review_reasons=reasons,
        text="\n".join(text.text for text in reading.texts),
    )
    return DocumentDraft(
        document_id=document_id_for(unit_id=drop.unit_id, ordinal=0),
        state=DocumentState.NEEDS_REVIEW if reasons else DocumentState.FILED,
        reading=document,
        importance=ImportanceClass.IMPORTANT,
        origin=drop.origin,
        received_on=drop.received_on,
        received_on_assumed=drop.received_on_assumed,
        retain_until=date(drop.received_on.year + 8, 5, 31),
    )


def value_of(name, given, currency):
    if given is None:
        return None

    def number(value):
        return None if value is None else Decimal(str(value))

    match FIELDS[name].kind:
        case "money":
            return Money(amount=Decimal(str(given)), currency=currency)
        case "date":
            return CalendarDate(day=date.fromisoformat(given))
        case "flag":
            return Flag(flag=given)
        case "tax_breakdown":
            rows = [{key: number(value) for key, value in row.items()} for row in given]
            return TaxBreakdown(rows=tuple(TaxRow(**row) for row in rows))
        case "bank_account":
            return BankAccount(**given)
        case "parties":
            return Parties(rows=tuple(Party(**row) for row in given))
        case "line_items":
            numbers = ("quantity", "unit_price", "amount", "tax_rate")
            return LineItems(
                rows=tuple(
                    LineItem(
                        description=row["description"], unit=row["unit"], **{key: number(row[key]) for key in numbers}
                    )
                    for row in given
                )
            )
    return Text(text=str(given))


def found(texts, name, value):
    """Where the value stands on the pages: the words that spell it."""
    for text in texts:
        for line in text.lines:
            letters = [(c, word) for word in line.words for c in plain(word.text)]
            joined = "".join(c for c, _ in letters)
            for spelling in spellings(name, value):
                start = joined.find(spelling)
                if start >= 0:
                    words = [word for _, word in letters[start : start + len(spelling)]]
                    box = union(tuple(word.box for word in words))
                    yield Source(page_index=text.page_index, boxes=(box,))
                    return


def spellings(name, value):
    match value:
        case Money():
            return [f"{int(value.amount):,}", f"{int(value.amount)}"]
        case CalendarDate(day=d):
            return [
                f"{d.year}年{d.month}月{d.day}日",
                f"{d.year}年{d.month:02d}月{d.day:02d}日",
                f"令和{d.year - 2018}年{d.month}月{d.day}日",
                f"R{d.year - 2018}.{d.month}.{d.day}",
                f"{d:%Y-%m-%d}",
                f"{d:%Y/%m/%d}",
                f"{d:%Y.%m.%d}",
                f"{d.year}/{d.month}/{d.day}",
            ]
        case Text(text=t):
            return [plain(t)] if name != "currency" else []
        case LineItems(rows=rows) if rows:
            return [plain(rows[0].description)]
        case BankAccount(number=n) if n:
            return [plain(n)]
    return []


def plain(text):
    return "".join(unicodedata.normalize("NFKC", text).split())


def fill(folder: Path, *, slugs=None, engine=None):
    """An archive with these samples (all by default)."""
    made = SampleArchive(folder)
    for path in sorted(SET.glob("*/*/about.toml")):
        slug = str(path.parent.relative_to(SET))
        if slugs is not None and slug not in slugs:
            continue
        about, source = tomllib.loads(path.read_text()), sample_file(slug)
        name = f"{slug.replace('/', '-')}{source.suffix}"
        made.deposit(
            source.read_bytes(), name, ORIGIN_BY_FOLDER[about["origin"]], date.fromisoformat(about["received_on"])
        )
    wait_still()
    made.file_inbox(engine)
    return made


def wait_still():
    """A folder inbox gives a file out once it has been still for a moment."""
    time.sleep(1.2)


def correct(made, document_id, name, value, *, by, reason):
    """A person's correction of one field."""
    record = made.archive.get_document(document_id)
    person = EngineId(name="person", version="1")
    field = replace(record.fields.get(name), value=value, status=FieldStatus.CORRECTED, confidence=1.0, engine=person)
    document = DocumentReading(
        pages=record.pages,
        classification=record.classification,
        fields=record.fields.replaced(field),
        checks=record.checks,
        review_reasons=(),
        text=record.text,
    )
    draft = DocumentDraft(
        document_id=document_id,
        state=DocumentState.FILED,
        reading=document,
        importance=record.importance,
        origin=record.origin,
        received_on=record.received_on,
        received_on_assumed=record.received_on_assumed,
        retain_until=record.retain_until,
    )
    return made.archive.revise_document(
        document_id, base_revision=record.revision, draft=draft, recorded_by=by, reason=reason
    )
