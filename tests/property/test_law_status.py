"""Whatever the facts are: the status names rules and what to do, agrees with the answer on paper, and never recovers
a deadline that was missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.facts import RESOLUTION, Defect, DocumentFacts, LedgerRelation, SamenessCheck, StampDuty, UnitStamps
from compliance.legibility import ChartTest
from compliance.paper import paper_answer
from compliance.settings import CompanySettings
from compliance.status import compliance_status
from domain.compliance import PaperState, Verdict
from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import DocumentType, FieldSet
from domain.ids import Digest, Origin
from domain.labels import LAW_RULES
from domain.page import Capture, EngineId, PageRef
from domain.record import ArchiveRecord, Classification, DocumentState, ImportanceClass

ENGINE = EngineId(name="rules.v1", version="1")
DAY = date(2026, 11, 9)
DAYS = st.integers(0, 120).map(lambda n: DAY + timedelta(days=n))
OF_THE_SCAN = frozenset(
    {
        "regime-split",
        "scan-out-of-scope",
        "regime-basis-date",
        "scan-timestamp",
        "scan-input-early",
        "scan-input-cycle",
        "scan-late",
        RESOLUTION,
        "scan-rescan-defect",
        "scan-fidelity",
        "scan-viewing",
    }
)


def _token(day, accredited):
    return TimestampToken(
        imprint=Digest.of(b"x"),
        token_der=b"",
        authority="tsa",
        accredited=accredited,
        gen_time=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
        policy_oid="1.2",
        serial_number="1",
        certificate_not_after=datetime(2040, 1, 1, tzinfo=UTC),
        chain_pem="",
    )


TOKENS = st.builds(_token, DAYS, st.booleans())
UNITS = st.lists(
    st.builds(UnitStamps, unit_id=st.just("unit-1"), tokens=st.lists(TOKENS, max_size=2).map(tuple)), max_size=2
)
CHECKS = st.lists(st.builds(Check, name=st.just(RESOLUTION), outcome=st.sampled_from(Outcome)), max_size=2)
DEVICES = st.sampled_from(["", "A", "B"])
CAPTURES = st.lists(
    st.builds(Capture, device=DEVICES, profile=st.just("300dpi-color-jpeg"), lossless=st.booleans(), made_on=DAYS),
    max_size=2,
)
CHARTS = st.lists(
    st.builds(
        ChartTest,
        scanner=st.just("a"),
        device=DEVICES,
        profile=st.sampled_from(["300dpi-color-jpeg85", "600dpi-color-jpeg"]),
        tested_on=DAYS,
        passed=st.booleans(),
    ),
    max_size=3,
)
RECORDS = st.builds(
    ArchiveRecord,
    client_id=st.just("default"),
    document_id=st.just("doc-1"),
    revision=st.just(1),
    supersedes=st.none(),
    state=st.sampled_from([DocumentState.FILED, DocumentState.NEEDS_REVIEW]),
    pages=st.just((PageRef(unit_id="unit-1", page_index=0),)),
    classification=st.builds(
        Classification,
        label=st.sampled_from(DocumentType),
        confidence=st.just(1.0),
        reasons=st.just(()),
        engine=st.just(ENGINE),
    ),
    importance=st.sampled_from(ImportanceClass),
    fields=st.just(FieldSet(fields=())),
    checks=CHECKS.map(tuple),
    review_reasons=st.just(()),
    text=st.sampled_from(["", "請求書", "棚卸表\n第10期", "一\n二\n三\n棚卸表"]),
    recorded_at=st.just(datetime(2026, 11, 9, tzinfo=UTC)),
    recorded_by=st.just("engine"),
    received_on=DAYS,
    received_on_assumed=st.booleans(),
    origin=st.sampled_from(Origin),
    retain_until=st.none() | st.just(date(2037, 5, 31)),
    captures=CAPTURES.map(tuple),
)
FACTS = st.builds(
    DocumentFacts,
    record=RECORDS,
    units=UNITS.map(tuple),
    confirmed_received_on=st.none() | DAYS,
    ledger=st.sampled_from(LedgerRelation),
    sameness=st.none() | st.builds(SamenessCheck, checked_on=DAYS, same=st.booleans()),
    defect=st.none() | st.builds(Defect, found_on=DAYS, rescan_stamped_on=st.none() | DAYS),
    stamp_duty=st.none() | st.sampled_from(StampDuty),
    held=st.booleans(),
    printed_from_data=st.booleans(),
    open_applications=st.integers(0, 2),
    accredited_service=st.booleans(),
    chart_tests=CHARTS.map(tuple),
)
COMPANIES = st.builds(
    CompanySettings,
    deadline_method=st.sampled_from(["early", "cycle"]),
    cycle_rules_from=st.none() | DAYS,
    electronic_rules_from=st.none() | DAYS,
    scan_storage_from=st.none() | DAYS,
    download_ready=st.booleans(),
    sorted_prints=st.booleans(),
    reasonable_cause=st.booleans(),
)


@settings(max_examples=50)
@given(FACTS, COMPANIES, DAYS)
def test_every_line_names_its_rule_in_both_languages_and_says_what_to_do(facts, company, today):
    status = compliance_status(facts, settings=company, today=today)
    assert status == compliance_status(facts, settings=company, today=today)
    for line in status.lines:
        assert line.rule in LAW_RULES
        assert all(line.what)
        assert line.todo is None or all(line.todo)
    for verdict in (Verdict.NOT_YET, Verdict.NOT):
        found = status.of(verdict)
        assert not found or any(line.todo for line in found)
    assert status.next_due is None or status.next_due >= today


@st.composite
def nearly_good(draw):
    """Facts under which the paper may go, but for at most two that are anything."""
    anything = draw(FACTS)
    record = replace(
        anything.record,
        origin=Origin.PAPER_RECEIVED,
        received_on=DAY,
        received_on_assumed=False,
        text="",
        checks=(Check(name=RESOLUTION, outcome=Outcome.PASSED),),
        captures=(Capture(device=None, profile="300dpi-color-lossless", lossless=True, made_on=DAY),),
    )
    good = DocumentFacts(
        record=record,
        units=(UnitStamps(unit_id="unit-1", tokens=(_token(DAY, True),)),),
        sameness=SamenessCheck(checked_on=DAY, same=True),
    )
    names = (
        "units",
        "confirmed_received_on",
        "sameness",
        "defect",
        "stamp_duty",
        "held",
        "printed_from_data",
        "chart_tests",
    )
    parts = ("origin", "received_on", "received_on_assumed", "checks", "text", "captures")
    changed = draw(st.lists(st.sampled_from((*names, *parts)), max_size=2))
    record = replace(record, **{name: getattr(anything.record, name) for name in changed if name in parts})
    return replace(good, record=record, **{name: getattr(anything, name) for name in changed if name in names})


@settings(max_examples=100)
@given(nearly_good(), COMPANIES, DAYS)
def test_the_paper_goes_only_where_the_scan_meets_the_law(facts, company, today):
    answer = paper_answer(facts.paper, settings=company, today=today)
    lines = [
        line
        for line in compliance_status(facts, settings=company, today=today).lines
        if line.rule in OF_THE_SCAN or line.rule == "scan-general-anytime"
    ]
    if answer.state is PaperState.MAY_GO:
        assert {line.verdict for line in lines} == {Verdict.COMPLIANT}
        assert facts.sameness is not None
        assert facts.sameness.same
    elif answer.state is PaperState.MUST_STAY:
        person = facts.sameness is None or facts.held or facts.stamp_duty in {StampDuty.REFUND, StampDuty.NOT_AFFIXED}
        assert person or any(line.verdict is not Verdict.COMPLIANT for line in lines), "a reason of the scan is shown"


@settings(max_examples=50)
@given(FACTS, COMPANIES, DAYS, st.integers(1, 200))
def test_a_missed_deadline_stays_missed(facts, company, today, later):
    def late(day):
        lines = compliance_status(facts, settings=company, today=day).lines
        return {line.rule for line in lines if line.verdict is Verdict.NOT} & {"scan-late", "et-authenticity-choice"}

    known = replace(facts, units=tuple(unit for unit in facts.units if not unit.tokens))
    for one in (facts, known):
        facts = one
        assert late(today) <= late(today + timedelta(days=later))
