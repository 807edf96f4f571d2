"""A document with everything that the law asks for, and its facts changed one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from compliance.facts import RESOLUTION, DocumentFacts, LedgerRelation, UnitStamps
from compliance.settings import CompanySettings
from compliance.status import compliance_status
from domain.compliance import Verdict
from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text
from domain.ids import Digest, Origin
from domain.labels import LAW_RULES
from domain.page import Capture, EngineId, PageRef
from domain.record import ArchiveRecord, Classification, DocumentState, ImportanceClass

MET, OPEN, LACKING = Verdict.COMPLIANT, Verdict.NOT_YET, Verdict.NOT
ENGINE = EngineId(name="rules.v1", version="1")
SETTINGS = CompanySettings()
RECEIVED, DEADLINE, TODAY = date(2026, 11, 9), date(2026, 11, 18), date(2026, 11, 30)


def make_field(name, value, status=FieldStatus.FOUND):
    return Field(name=name, value=value, status=status, confidence=1, engine=ENGINE)


FIELDS = FieldSet(
    fields=(
        make_field("transaction_date", CalendarDate(day=RECEIVED)),
        make_field("total_amount", Money(amount=Decimal(1000))),
        make_field("counterparty", Text(text="青空商事")),
    )
)
RECORD = ArchiveRecord(
    client_id="default",
    document_id="doc-1",
    revision=1,
    supersedes=None,
    state=DocumentState.FILED,
    pages=(PageRef(unit_id="unit-1", page_index=0),),
    classification=Classification(label=DocumentType.INVOICE, confidence=1, reasons=(), engine=ENGINE),
    importance=ImportanceClass.IMPORTANT,
    fields=FIELDS,
    checks=(Check(name=RESOLUTION, outcome=Outcome.PASSED, detail="1ページ"),),
    review_reasons=(),
    text="",
    recorded_at=datetime(2026, 11, 9, tzinfo=UTC),
    recorded_by="engine",
    received_on=RECEIVED,
    received_on_assumed=False,
    origin=Origin.PAPER_RECEIVED,
    retain_until=date(2037, 5, 31),
    captures=(Capture(device=None, profile="200dpi-color-lossless", lossless=True, made_on=RECEIVED),),
)


def make_token(on=date(2026, 11, 10), *, accredited=True, not_after=date(2037, 6, 1), hour=3):
    return TimestampToken(
        imprint=Digest.of(b"unit"),
        token_der=b"",
        authority="tsa",
        accredited=accredited,
        gen_time=datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        policy_oid="1.2.3",
        serial_number="1",
        certificate_not_after=datetime(not_after.year, not_after.month, not_after.day, tzinfo=UTC),
        chain_pem="",
    )


def make_facts(record=RECORD, tokens=(), **more):
    more.setdefault("ledger", LedgerRelation.LINKED)
    return DocumentFacts(record=record, units=(UnitStamps(unit_id="unit-1", tokens=tuple(tokens)),), **more)


GOOD = make_facts(tokens=[make_token()])


def judge(facts, *, settings=SETTINGS, today=TODAY, pack=None):
    status = compliance_status(facts, settings=settings, today=today, pack=pack)
    assert {line.rule for line in status.lines} <= set(LAW_RULES), "every rule has its words"
    for line in status.lines:
        assert all(line.what)
        assert (
            line.verdict is MET
            or (line.todo and all(line.todo))
            or line.rule
            in {
                "scan-timestamp-substitute",
                "scan-input-early",
                "scan-input-cycle",
            }
        ), f"{line.rule} says what to do"
    return status, {line.rule: line.verdict for line in status.lines}


def judge_record(record=RECORD, tokens=(), *, settings=SETTINGS, today=TODAY, **more):
    return judge(make_facts(record, tokens, **more), settings=settings, today=today)
