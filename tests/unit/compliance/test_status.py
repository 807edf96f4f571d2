"""The compliance status of a document: a function of facts, company, rules and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.facts import RESOLUTION, Defect, LedgerRelation, SamenessCheck, UnitStamps
from compliance.packfile import parse_pack
from compliance.rulepack import load_rulepack, merged
from compliance.settings import CompanySettings
from domain.evidence import Check, Outcome
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState, ImportanceClass
from tests.support.compliance_facts import (
    DEADLINE,
    GOOD,
    LACKING,
    MET,
    OPEN,
    RECEIVED,
    RECORD,
    TODAY,
    judge,
    judge_record,
    make_token,
)


def test_everything_there():
    status, lines = judge(GOOD)
    assert status.verdict is MET, status
    assert set(lines) == {
        "regime-split",
        "regime-basis-date",
        "scan-doc-class",
        "scan-timestamp",
        "scan-input-early",
        "scan-book-link",
        RESOLUTION,
        "scan-viewing",
        "lt-token-life",
        "search-fields",
        "ret-corp-loss",
    }
    assert status.next_due is None
    assert {line.row for line in status.lines if line.row} == {
        "scan.timestamp.mic",
        "scan.input.early",
        "scan.link_books.important",
        "scan.search.three_items",
        "scan.viewing",
        "ret.corp.loss",
    }
    assert status.report().outcome is Outcome.PASSED


CHANGES = [
    ({"record": replace(RECORD, origin=Origin.UNKNOWN)}, OPEN),
    ({"record": replace(RECORD, received_on_assumed=True)}, OPEN),
    ({"record": replace(RECORD, received_on_assumed=True), "confirmed_received_on": RECEIVED}, MET),
    ({"confirmed_received_on": date(2026, 10, 28)}, LACKING),
    ({"record": replace(RECORD, checks=())}, OPEN),
    ({"record": replace(RECORD, checks=(Check(name=RESOLUTION, outcome=Outcome.FAILED, detail="150dpi"),))}, LACKING),
    ({"record": replace(RECORD, state=DocumentState.NEEDS_REVIEW)}, OPEN),
    ({"record": replace(RECORD, retain_until=date(2030, 1, 1))}, OPEN),
    ({"record": replace(RECORD, retain_until=date(2030, 1, 1)), "extended_until": date(2037, 5, 31)}, MET),
    ({"record": replace(RECORD, text="貸借対照表\n2026年3月31日")}, LACKING),
    ({"units": ()}, OPEN),
    ({"units": (UnitStamps(unit_id="unit-1", tokens=(make_token(accredited=False),)),)}, LACKING),
    ({"ledger": LedgerRelation.OPEN}, OPEN),
    ({"ledger": LedgerRelation.NONE}, MET),
    ({"sameness": SamenessCheck(checked_on=TODAY, same=False)}, LACKING),
    ({"sameness": SamenessCheck(checked_on=TODAY, same=True)}, MET),
    ({"defect": Defect(found_on=TODAY)}, OPEN),
    ({"defect": Defect(found_on=date(2026, 11, 10))}, LACKING),
    ({"defect": Defect(found_on=date(2026, 11, 10), rescan_stamped_on=date(2026, 11, 19))}, MET),
    ({"printed_from_data": True}, LACKING),
    ({"contract_end": date(2040, 1, 1)}, MET),
    (
        {
            "record": replace(
                RECORD,
                classification=replace(RECORD.classification, label=DocumentType.CONTRACT),
            ),
            "contract_end": date(2040, 1, 1),
        },
        OPEN,
    ),
]


@pytest.mark.parametrize(("changes", "verdict"), CHANGES)
def test_each_fact_changes_the_verdict(changes, verdict):
    today = DEADLINE if changes.get("units") == () else TODAY
    assert judge(replace(GOOD, **changes), today=today)[0].verdict is verdict


def test_the_day_changes_the_verdict():
    waiting = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=()),))
    before, _ = judge(waiting, today=DEADLINE)
    after, lines = judge(waiting, today=date(2026, 11, 19))
    assert (before.verdict, after.verdict) == (OPEN, LACKING)
    assert before.next_due == DEADLINE
    assert after.next_due is None
    assert lines["scan-late"] is LACKING
    assert judge(GOOD, today=date(2037, 6, 2))[1]["lt-token-life"] is OPEN, "the token's certificate has ended"


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"extra_closed": (date(2026, 11, 18),)}, MET),
        ({}, LACKING),
        ({"deadline_method": "cycle", "cycle_rules_from": date(2026, 4, 1)}, MET),
    ],
)
def test_facts_of_the_company_change_the_verdict(settings, verdict):
    a_day_late = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=(make_token(date(2026, 11, 19)),)),))
    assert judge(a_day_late, settings=CompanySettings(**settings))[0].verdict is verdict


def _with(text):
    names = load_rulepack()
    head = '[pack]\nid = "2027-01-01-test"\ncompiled_on = 2027-01-01\nsources = []\n'
    from importlib.resources import files

    real = [
        parse_pack(files("compliance").joinpath("rules", f"{pack.id}.toml").read_text(encoding="utf-8"))
        for pack in names.packs
    ]
    return merged([*real, parse_pack(head + text)])


@pytest.mark.parametrize(("status", "verdict"), [("confirmed", LACKING), ("verify", LACKING)])
def test_rules_change_the_verdict(status, verdict):
    """A made-up law of three business days from 2026-11-01 on makes the same stamp late."""
    pack = _with(
        '[[end]]\nid = "scan.input.early"\nvalid_from = 2022-01-01\nvalid_to = 2026-10-31\nsource = "x"\n'
        '[[rule]]\nid = "scan.input.early"\nlaw = "scan-input-early"\nbasis = "stored_at"\nvalid_from = 2026-11-01\n'
        f'source = "x"\nstatus = "{status}"\nparameters = {{ business_days = 3 }}\n'
    )
    in_seven = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=(make_token(date(2026, 11, 17)),)),))
    assert judge(in_seven)[0].verdict is MET
    assert judge(in_seven, pack=pack)[0].verdict is verdict


def test_what_an_unconfirmed_rule_calls_met_stays_open():
    pack = _with(
        '[[end]]\nid = "scan.input.early"\nvalid_from = 2022-01-01\nvalid_to = 2026-10-31\nsource = "x"\n'
        '[[rule]]\nid = "scan.input.early"\nlaw = "scan-input-early"\nbasis = "stored_at"\nvalid_from = 2026-11-01\n'
        'source = "x"\nstatus = "verify"\nparameters = { business_days = 7 }\n'
    )
    status, lines = judge(GOOD, pack=pack)
    assert (status.verdict, lines["scan-input-early"]) == (OPEN, OPEN)
    assert "条文が未確認" in next(line.todo[0] for line in status.lines if line.rule == "scan-input-early")


def test_a_line_names_the_source_of_what_nobody_has_read_yet():
    """Kept ten years after a contract's end is practice, known from memory: it decides and says so (law: ret-other)."""
    label = replace(RECORD.classification, label=DocumentType.CONTRACT)
    contract = replace(RECORD, classification=label, retain_until=date(2050, 1, 1))
    status, _ = judge(replace(GOOD, record=contract, contract_end=date(2040, 1, 1)))
    (kept,) = [line for line in status.lines if line.row == "ret.contract"]
    assert (kept.verdict, kept.in_doubt) == (MET, "実務慣行(時効)")
    assert [line.rule for line in status.lines if line.in_doubt] == ["ret-other"]
    assert not [line for line in judge(GOOD)[0].lines if line.in_doubt]


def test_ones_own_system_without_an_accredited_authority_is_not_compliant():
    for today in (DEADLINE, TODAY):
        status, lines = judge_record(tokens=[make_token(accredited=False)], today=today)
        assert status.verdict is LACKING
        assert lines["scan-timestamp"] is LACKING
        assert lines["scan-timestamp-substitute"] is LACKING
    assert any("認定されていない" in line.what[0] for line in status.lines)


@pytest.mark.parametrize(
    ("tokens", "today", "timestamp", "deadline", "late"),
    [
        ([], DEADLINE, OPEN, OPEN, False),
        ([], date(2026, 11, 19), LACKING, LACKING, True),
        ([make_token(DEADLINE)], TODAY, MET, MET, False),
        ([make_token(date(2026, 11, 19))], TODAY, MET, LACKING, True),
        ([make_token(DEADLINE, hour=14)], TODAY, MET, MET, False),  # 23:00 in Tokyo
        ([make_token(DEADLINE, hour=15)], TODAY, MET, LACKING, True),  # midnight has passed in Tokyo
        ([make_token(date(2026, 11, 25)), make_token()], TODAY, MET, MET, False),  # renewed; the first counts
        ([make_token(accredited=False)], DEADLINE, LACKING, OPEN, False),
    ],
)
def test_the_clock_of_an_important_paper(tokens, today, timestamp, deadline, late):
    _, lines = judge_record(tokens=tokens, today=today)
    assert (lines["scan-timestamp"], lines["scan-input-early"]) == (timestamp, deadline)
    assert ("scan-late" in lines) is late


@pytest.mark.parametrize("origin", [Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED])
def test_waiting_for_an_authority_that_is_not_accredited_is_said_to_be_of_no_use(origin):
    """Law: lt-tsa-facts."""
    record = replace(RECORD, origin=origin)
    rule = "scan-timestamp" if origin is Origin.PAPER_RECEIVED else "et-authenticity-choice"

    def said(**facts):
        status, _ = judge_record(record, today=DEADLINE, **facts)
        return next(line for line in status.lines if line.rule == rule)

    assert said().todo[0].startswith("認定タイムスタンプの付与を待って")
    alone = said(accredited_service=False)
    assert (alone.verdict, alone.due) == (OPEN, DEADLINE)
    assert "認定されていません" in alone.what[0]
    assert "設定してください" in alone.todo[0]


def test_a_late_paper_says_to_keep_the_paper_and_where_it_lies():
    status, _ = judge_record(tokens=[make_token(date(2026, 11, 19))], paper_kept_at="倉庫 3-2")
    late = next(line for line in status.lines if line.rule == "scan-late")
    assert "倉庫 3-2" in late.what[0]
    assert "紙の原本を" in late.todo[0]


def test_every_unit_needs_its_own_token():
    def two(second):
        units = (UnitStamps(unit_id="unit-1", tokens=(make_token(),)), UnitStamps(unit_id="unit-2", tokens=second))
        return judge(replace(GOOD, units=units))[1]

    assert two(())["scan-timestamp"] is LACKING
    assert two((make_token(date(2026, 11, 19)),))["scan-timestamp"] is MET
    assert two((make_token(date(2026, 11, 19)),))["scan-input-early"] is LACKING, "the last unit decides"


def test_nothing_is_called_compliant_on_an_assumed_day():
    assumed = replace(RECORD, received_on_assumed=True)
    status, lines = judge_record(assumed, [make_token()])
    assert status.verdict is OPEN
    assert lines["scan-input-early"] is lines["regime-basis-date"] is OPEN
    assert "scan-late" not in lines
    electronic = replace(assumed, origin=Origin.ELECTRONIC_RECEIVED)
    rules = CompanySettings(electronic_rules_from=date(2022, 1, 1))
    assert judge_record(electronic, [make_token()])[0].verdict is OPEN
    assert judge_record(electronic, settings=rules)[0].verdict is OPEN


def test_a_general_document_has_no_deadline_but_wants_its_timestamp():
    general = replace(RECORD, importance=ImportanceClass.GENERAL)
    lines = judge_record(general, ledger=LedgerRelation.OPEN)[1]
    assert (lines["scan-timestamp"], lines["scan-general-anytime"]) == (OPEN, MET)
    assert "scan-input-early" not in lines
    assert "scan-book-link" not in lines
    status, lines = judge_record(general, [make_token(TODAY)])
    assert status.verdict is MET
