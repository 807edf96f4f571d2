"""An in-memory ``WebServices`` with a few believable documents: for tests of the page and for working on its looks."""

from __future__ import annotations

import io
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

from PIL import Image, ImageDraw

from app.web.services import (
    Evidence,
    Original,
    PageImage,
    Searchable,
    Standing,
    UnitEvidence,
    Uploaded,
)
from domain.compliance import ComplianceStatus, Line, PaperAnswer, PaperState, Verdict
from domain.errors import ObjectMissing, RevisionConflict
from domain.evidence import Check, LogLeaf, Outcome, Report, TimestampToken
from domain.fields import (
    CalendarDate,
    DocumentType,
    Field,
    FieldStatus,
)
from domain.ids import BlobRef, Digest
from domain.page import EngineId, Fault
from domain.query import Hit, Hits
from domain.record import (
    ArchiveRecord,
    Deposit,
    DocumentState,
    Drop,
    DropOutcome,
    DropState,
    DropStatus,
    ReviewReason,
    Unit,
    UnitState,
)
from pipeline.steps.arrivals import DropLine, FiledDocument, Intake, WaitingDrop
from pipeline.steps.compliance import Standing as LawStanding
from pipeline.steps.suggesting import suggest_for
from tests.unit.app.web.memory_records import AUTHORITY, HEIGHT_PX, NOW, WIDTH_PX, field, record


class MemoryServices:
    """Everything in dictionaries."""

    def __init__(self, *, filed: bool = True):
        self.records: dict[str, list[ArchiveRecord]] = {}
        self.uploads: list[tuple[str, bytes, str]] = []
        self.waiting: list[WaitingDrop] = []
        self.queries = []
        self.corrections = []
        self.original_name, self.original_media = "請求書 11月.pdf", "application/pdf"
        if filed:
            self._file()

    def _file(self):
        reason = ReviewReason(code="check_digit_failed", field="registration_number")
        assumed = ReviewReason(code="received_on_assumed")
        rows = [
            (DocumentType.INVOICE, "青空商事株式会社", 110000, date(2026, 10, 31), DocumentState.FILED, ()),
            (DocumentType.RECEIPT, "喫茶さくら", 1280, date(2026, 11, 2), DocumentState.FILED, ()),
            (DocumentType.CONTRACT, "㈱髙橋システム", 3600000, date(2026, 4, 1), DocumentState.APPROVED, ()),
            (
                DocumentType.RECEIPT,
                None,
                980,
                date(2026, 11, 5),
                DocumentState.NEEDS_REVIEW,
                (ReviewReason(code="counterparty_unsure", field="counterparty"), assumed),
            ),
            (
                DocumentType.INVOICE,
                "北海道オフィスサプライ有限会社",
                248600,
                date(2026, 11, 10),
                DocumentState.NEEDS_REVIEW,
                (reason,),
            ),
            (DocumentType.DELIVERY_NOTE, "丸の内物産", None, date(2026, 11, 12), DocumentState.FILED, ()),
            (DocumentType.QUOTATION, "東海建設工業株式会社", 1250000, date(2026, 9, 15), DocumentState.TOMBSTONED, ()),
        ]
        for number, (kind, party, amount, day, state, reasons) in enumerate(rows):
            made = record(number, kind, party, amount, day, state=state, reasons=reasons)
            self.records[made.document_id] = [made]
        first = next(iter(self.records.values()))
        corrected = first[0].fields.replaced(
            field("due_date", CalendarDate(day=date(2026, 11, 30)), None, status=FieldStatus.CORRECTED, confidence=1.0)
        )
        first.append(
            replace(
                first[0],
                revision=2,
                supersedes=1,
                fields=corrected,
                recorded_by="経理 佐藤",
                reason="支払期限の読み落とし",
            )
        )

    def seen_by(self, visibility):
        return self

    def at_once(self):
        return nullcontext()

    def standing(self):
        return Standing(authority=AUTHORITY, write_once=False)

    def search(self, query):
        self.queries.append(query)
        newest = [versions[-1] for versions in self.records.values()]
        hits = [self._hit(r) for r in newest if query.include_deleted or r.state is not DocumentState.TOMBSTONED]
        if query.counterparty:
            hits = [h for h in hits if query.counterparty in (h.counterparty or "")]
        if query.amount_min is not None:
            hits = [h for h in hits if h.total_amount is not None and h.total_amount >= query.amount_min]
        if query.document_types:
            hits = [h for h in hits if h.document_type in query.document_types]
        return Hits(total=len(hits), hits=tuple(hits[query.offset : query.offset + query.limit]))

    def every_hit(self, query):
        return iter(self.search(replace(query, offset=0, limit=1000)).hits)

    def _hit(self, r):
        money = r.fields.money("total_amount")
        return Hit(
            document_id=r.document_id,
            revision=r.revision,
            document_type=r.classification.label,
            state=r.state,
            transaction_date=r.fields.day("transaction_date"),
            total_amount=money.amount if money else None,
            currency=money.currency if money else None,
            counterparty=r.fields.text("counterparty"),
            received_on=r.received_on,
            received_on_assumed=r.received_on_assumed,
            origin=r.origin,
            unit_state=UnitState.STAMPED if r.state is not DocumentState.NEEDS_REVIEW else UnitState.TIMESTAMP_PENDING,
            snippet=r.text[:60],
        )

    def document(self, document_id, *, revision=None):
        versions = self.records.get(document_id)
        if not versions:
            return None
        return versions[-1] if revision is None else next((v for v in versions if v.revision == revision), None)

    def subject(self, subject_id):
        return self.document(subject_id)

    def history(self, document_id):
        return tuple(self.records.get(document_id, ()))

    def _unit(self, r):
        blob = BlobRef(
            bucket="vault",
            key="default/blobs/x",
            version_id="1",
            digest=Digest.of(r.document_id.encode()),
            size_bytes=182_331,
            media_type="application/pdf",
        )
        return Unit(client_id="default", unit_id=r.pages[0].unit_id, origin=r.origin, blob=blob, first_drop_id="drop-1")

    def evidence(self, document_id):
        r = self.records[document_id][-1]
        unit = self._unit(r)
        token = TimestampToken(
            imprint=unit.blob.digest,
            token_der=b"der",
            authority="local",
            accredited=False,
            gen_time=NOW,
            policy_oid="1.2.3",
            serial_number="17",
            certificate_not_after=NOW + timedelta(days=3650),
            chain_pem="",
        )
        leaf = LogLeaf(
            client_id="default",
            sequence=41,
            kind="filed",
            subject_id=document_id,
            manifest_digest=None,
            recorded_at=NOW,
        )
        return Evidence(
            units=(UnitEvidence(unit=unit, tokens=(token,), leaves=(replace(leaf, sequence=40, kind="dropped"),)),),
            leaves=(leaf,),
            log_size=1204,
            head=None,
            compliance=LawStanding(
                status=ComplianceStatus(
                    as_of=date(2026, 11, 20),
                    lines=(
                        Line(
                            rule="scan-timestamp",
                            verdict=Verdict.NOT,
                            what=("認定タイムスタンプがありません", "There is no accredited timestamp"),
                            todo=("紙の原本を保存してください", "Keep the paper"),
                            due=date(2026, 12, 1),
                        ),
                        Line(rule="regime-split", verdict=Verdict.COMPLIANT, what=("紙で受領", "Paper received")),
                    ),
                ),
                paper=PaperAnswer(state=PaperState.MUST_STAY),
            ),
        )

    def _drop(self, r):
        unit = self._unit(r)
        return Drop(
            client_id="default",
            drop_id=f"drop-{r.document_id[4:]}",
            unit_id=unit.unit_id,
            blob=unit.blob,
            origin=r.origin,
            received_on=r.received_on,
            received_on_assumed=r.received_on_assumed,
            preserved_at=r.recorded_at,
            deposit=Deposit(
                original_name="請求書 11月.pdf", inbox_key="paper/2026-11-20/請求書 11月.pdf", deposited_by=None
            ),
        )

    def lineage(self, document_id):
        r = self.records[document_id][-1]
        outcome = DropOutcome(
            drop_id="drop-1", state=DropState.READ, document_ids=(document_id,), recorded_at=r.recorded_at
        )
        return (
            DropStatus(drop=self._drop(r), outcome=outcome, unit_state=UnitState.STAMPED, documents=(document_id,)),
        )

    def suggestion(self, record):
        return suggest_for(record, None)

    def page_image(self, document_id, *, page, width_px, revision=None):
        r = self.document(document_id, revision=revision)
        if r is None or not 0 <= page < len(r.pages):
            raise ObjectMissing("no such page")
        image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), "white")
        draw = ImageDraw.Draw(image)
        for f in r.fields.fields:
            for source in f.sources:
                for box in source.boxes:
                    draw.rectangle(tuple(box.as_list()), outline="#888888")
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return PageImage(png=buffer.getvalue(), width_px=WIDTH_PX, height_px=HEIGHT_PX)

    def searchable(self, document_id, *, revision=None):
        if self.document(document_id, revision=revision) is None:
            raise ObjectMissing("no such document", message_ja="書類が見つかりません")
        return Searchable(name=self.original_name, content=b"%PDF-1.7 searchable")

    def original(self, document_id, *, unit_id=None):
        if document_id not in self.records:
            raise ObjectMissing("no such document", message_ja="書類が見つかりません")
        content = b"<script>alert(1)</script>"
        return Original(
            name=self.original_name,
            media_type=self.original_media,
            size_bytes=len(content),
            stream=io.BytesIO(content),
        )

    def correct(self, document_id, correction):
        before = self.records[document_id][-1]
        if correction.base_revision != before.revision:
            raise RevisionConflict("revised", message_ja="先に訂正されています")
        put = tuple(
            Field(
                name=n,
                value=v,
                status=FieldStatus.CORRECTED,
                confidence=1.0,
                engine=EngineId(name="person", version="1"),
            )
            for n, v in correction.values.items()
        )
        after = replace(
            before,
            revision=before.revision + 1,
            supersedes=before.revision,
            fields=before.fields.replaced(*put),
            recorded_by=correction.recorded_by,
            reason=correction.reason,
            state=DocumentState.FILED if correction.reviewed else before.state,
            review_reasons=() if correction.reviewed else before.review_reasons,
        )
        self.records[document_id] = [*self.records[document_id], after]
        self.corrections.append(correction)
        return after

    def upload(self, stream, *, name, origin, received_on, deposited_by):
        content = stream.read()
        key = f"{origin.value}/{received_on}/{name}"
        self.uploads.append((key, content, deposited_by))
        self.waiting.insert(0, WaitingDrop(key=key, name=name, origin=origin, size_bytes=len(content), arrived_at=NOW))
        return Uploaded(name=name, key=key, size_bytes=len(content))

    def intake(self, *, limit, show=None, before=None):
        lines = []
        for versions in list(self.records.values())[:limit]:
            r = versions[-1]
            status = self.lineage(r.document_id)[0]
            filed = FiledDocument(
                document_id=r.document_id,
                document_type=r.classification.label,
                state=r.state,
                counterparty=r.fields.text("counterparty"),
            )
            lines.append(DropLine(status=status, documents=(filed,)))
        if lines:
            broken = lines[0].status
            fault = Fault(
                code="damaged",
                message="truncated",
                message_ja="ファイルが壊れているか途中で切れています。原本を保存しました。もう一度スキャンしてください",
            )
            outcome = DropOutcome(drop_id="drop-x", state=DropState.UNREADABLE, faults=(fault,), recorded_at=NOW)
            lines.insert(1, DropLine(status=replace(broken, outcome=outcome, documents=()), documents=()))
            lines.insert(2, DropLine(status=replace(broken, outcome=None, documents=()), documents=()))
        return Intake(waiting=tuple(self.waiting), drops=tuple(lines))

    def arrived_today(self):
        return self.intake(limit=1).today

    def verify_document(self, document_id):
        if document_id not in self.records:
            raise ObjectMissing("no such document", message_ja="書類が見つかりません")
        return Report(
            checks=(
                Check(name="blob_digest", outcome=Outcome.PASSED, subject=document_id),
                Check(
                    name="trust_anchor",
                    outcome=Outcome.INDETERMINATE,
                    detail="trust anchor not supplied",
                    subject=document_id,
                ),
            )
        )
