"""Every row of the rule packs, on both sides of each of its border days; and no row that nothing looks at."""

from __future__ import annotations

import importlib
from datetime import date, timedelta

import pytest

from compliance.packfile import Basis
from compliance.rulepack import RulePack, load_rulepack
from domain.labels import LAW_RULES
from domain.record import ImportanceClass
from tests.unit.compliance.law_cases import CALLS, cases, coverage

PACK = load_rulepack()
CASES = cases()
ROWS = (*PACK.rule, *PACK.document_class)
DAY = timedelta(days=1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_law_says(case):
    assert case.answer(PACK) == case.gives


def _borders(row):
    first, last = row.valid_from, row.valid_to
    return {*((first - DAY, first) if first else ()), *((last, last + DAY) if last else ())}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}-{row.span}")
def test_each_border_has_a_case_on_both_sides(row):
    days = {case.day for case in CASES if row.id in case.rules}
    assert days, f"no case for {row.id}"
    assert _borders(row) <= days, f"{row.id} lacks a case on {sorted(_borders(row) - days)}"


def _with(row, other) -> RulePack:
    """The packs with another row, or none, in the place of one."""
    swapped = {name: tuple(other if one is row else one for one in rows) for name, rows in _KINDS}
    return RulePack(packs=PACK.packs, **{name: tuple(filter(None, rows)) for name, rows in swapped.items()})


_KINDS = (("rule", PACK.rule), ("document_class", PACK.document_class))
_ELSEWHERE = {
    ("et.yujo_print_tolerated", date(2022, 1, 1)): "until the day before, printing was allowed outright",
    ("scan.link_books.important", date(2024, 1, 1)): "until the day before, all documents were linked",
    ("scan.search.three_items", date(2022, 1, 1)): "until the day before, the old items were asked for",
    ("scan.resolution", date(2005, 4, 1)): "the day before, the rule of colour depth is missing too",
    ("scan.tone.important", date(2005, 4, 1)): "the day before, the rule of resolution is missing too",
    ("inv.return_exempt", date(2023, 10, 1)): "the day before, there are no return invoices yet",
    ("inv.transition_pct", date(2023, 10, 1)): "until the day before, input tax was deducted in full",
    ("ctax.rate.reduced", date(2019, 10, 1)): "until the day before, 8 % was the standard rate",
}
"""Borders whose other side another rule decides: that they come a day too early makes no difference."""


def _noticed(row, other) -> bool:
    """A case gives another answer, or the row overlaps its neighbour, which no pack may (test_rulepack)."""
    if other is not None:
        for one in ROWS:
            if one is row or one.id != row.id:
                continue
            if (one.valid_to or date.max) >= (other.valid_from or date.min) and (other.valid_to or date.max) >= (
                one.valid_from or date.min
            ):
                return True
    pack = _with(row, other)
    return any(case.answer(pack) != case.gives for case in CASES if row.id in case.rules)


@pytest.mark.parametrize("row", PACK.rule, ids=lambda row: f"{row.id}-{row.span}")
def test_a_rule_that_is_gone_or_shifted_by_a_day_is_noticed(row):
    """The cases look at the rows themselves: none of them passes by accident."""
    assert _noticed(row, None), "nothing depends on it"
    for border in ("valid_from", "valid_to"):
        day = getattr(row, border)
        inwards = DAY if border == "valid_from" else -DAY
        if day is not None:
            assert _noticed(row, row.model_copy(update={border: day + inwards}))
            outwards = _noticed(row, row.model_copy(update={border: day - inwards}))
            assert outwards is ((row.id, day) not in _ELSEWHERE)


@pytest.mark.parametrize("row", PACK.document_class, ids=lambda row: row.id)
@pytest.mark.parametrize("side", ["received", "issued"])
def test_a_class_that_is_turned_over_is_noticed(row, side):
    other = {ImportanceClass.IMPORTANT: ImportanceClass.GENERAL, ImportanceClass.GENERAL: ImportanceClass.IMPORTANT}
    assert _noticed(row, row.model_copy(update={side: other[getattr(row, side)]}))


def test_tables_name_what_exists():
    known = {row.id for row in ROWS}
    for case in CASES:
        assert set(case.rules) <= known, case
        module, _, name = case.call.partition(" ")[0].partition(".")
        assert callable(getattr(importlib.import_module(f"compliance.{module}"), name)), case.call
    assert {case.call for case in CASES} == set(CALLS), "a function without a case"
    assert set(coverage()) == known
    for row in ROWS:
        assert row.law in coverage()[row.id]["law"], f"the cases of {row.id} do not name {row.law}"


S, X, F, D = (
    {Basis.STORED_AT},
    {Basis.TRANSACTION_DATE, Basis.SUPPLY_DATE, Basis.TAX_PERIOD_START},
    {Basis.FILING_DUE},
    {Basis.DOCUMENT_DATE, Basis.FISCAL_YEAR_START},
)
SHEET = [
    ("scan.approval_required", S, "2005-04-01", "2021-12-31"),
    ("scan.proper_process_required", S, "2015-09-30", "2021-12-31"),
    ("scan.receiver_signature_3days", S, "2016-09-30", "2021-12-31"),
    ("scan.input.early", S, "2022-01-01", None),
    ("scan.input.cycle", S, "2022-01-01", None),
    ("scan.input.general_anytime", S, "2005-04-01", None),
    ("scan.resolution", S, "2005-04-01", None),
    ("scan.tone.important", S, "2005-04-01", None),
    ("scan.tone.general", S, "2015-09-30", None),
    ("scan.store_resolution_tone_size", S, None, "2023-12-31"),
    ("scan.store_operator_info", S, "2015-09-30", "2023-12-31"),
    ("scan.timestamp.jadac", S, "2005-04-01", "2023-07-29"),
    ("scan.timestamp.mic", S, "2022-04-01", None),
    ("scan.timestamp.bundle_hash_tree", S, None, None),
    ("scan.timestamp.substitute", S, "2022-01-01", None),
    ("scan.batch_verify", S, None, None),
    ("scan.link_books.all", S, None, "2023-12-31"),
    ("scan.link_books.important", S, "2024-01-01", None),
    ("scan.search.old_items", S, None, "2021-12-31"),
    ("scan.search.three_items", S, "2022-01-01", None),
    ("scan.paper_disposal_immediate", S, "2022-01-01", None),
    ("scan.past_important", S, "2019-09-30", None),
    ("et.print_storage_allowed", X, None, "2021-12-31"),
    ("et.yujo_print_tolerated", X, "2022-01-01", "2023-12-31"),
    ("et.data_mandatory", X, "2022-01-01", None),
    ("et.search_exempt.sales", X, "2022-01-01", "2023-12-31"),
    ("et.search_exempt.sales", X, "2024-01-01", None),
    ("et.search_exempt.sorted_print", X, "2024-01-01", None),
    ("et.grace", X, "2024-01-01", None),
    ("et.operator_info", X, None, "2023-12-31"),
    ("et.seamless_relief", F, "2027-01-01", None),
    ("penalty.plus10", F, "2022-01-01", None),
    ("ret.corp", D, None, None),
    ("ret.corp.loss", D, "2018-04-01", None),
    ("ret.corp.loss", D, None, "2018-03-31"),
    ("ret.ctax", D, None, None),
    ("ret.ind", D, None, None),
    ("ctax.rate.standard", X, "1989-04-01", "1997-03-31"),
    ("ctax.rate.standard", X, "1997-04-01", "2014-03-31"),
    ("ctax.rate.standard", X, "2014-04-01", "2019-09-30"),
    ("ctax.rate.standard", X, "2019-10-01", None),
    ("ctax.rate.reduced", X, "2019-10-01", None),
    ("ctax.rate.food_temp", X, "2027-04-01", "2029-03-31"),
    ("inv.qualified", X, "2023-10-01", None),
    ("inv.kubun_kisai", X, "2019-10-01", "2023-09-30"),
    ("inv.transition_pct", X, "2023-10-01", "2026-09-30"),
    ("inv.transition_pct", X, "2026-10-01", "2028-09-30"),
    ("inv.transition_pct", X, "2028-10-01", "2030-09-30"),
    ("inv.transition_pct", X, "2030-10-01", "2031-09-30"),
    ("inv.transition_pct", X, "2031-10-01", None),
    ("inv.transition_cap", X, "2024-10-01", "2026-09-30"),
    ("inv.transition_cap", X, "2026-10-01", None),
    ("inv.small_amount", X, "2023-10-01", "2029-09-30"),
    ("inv.return_exempt", X, "2023-10-01", None),
    ("pint.version", D, "2025-03-10", "2025-09-24"),
    ("pint.version", D, "2025-09-25", "2026-03-08"),
    ("pint.version", D, "2026-03-09", "2026-05-17"),
    ("pint.version", D, "2026-05-18", None),
    ("tsa.trust_list", S, None, None),
]
"""The table of law.md §13, row by row: id, basis, first day, last day."""


@pytest.mark.parametrize(("rule_id", "bases", "first", "last"), SHEET)
def test_every_row_of_the_sheet_stands_in_the_packs(rule_id, bases, first, last):
    days = tuple(date.fromisoformat(day) if day else None for day in (first, last))
    found = [row for row in PACK.rows(rule_id) if (row.valid_from, row.valid_to) == days]
    assert len(found) == 1
    assert found[0].basis in bases
    assert found[0].source


def test_rules_of_the_law_have_words():
    assert {row.law for row in PACK.rule} <= set(LAW_RULES)
