"""Rules as dated data: files that are read together, and what they may not say."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest

from compliance.document_class import importance, raised
from compliance.packfile import CERTAINTIES, Basis, Certainty, parse_pack
from compliance.rulepack import load_rulepack, merged, pack_names
from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import ImportanceClass

IMPORTANT, GENERAL = ImportanceClass.IMPORTANT, ImportanceClass.GENERAL


def _head(name, day="2026-01-01"):
    return f'[pack]\nid = "{name}"\ncompiled_on = {day}\nsources = []\n'


def _rule(row_id="a", basis="stored_at", **more):
    lines = [f'id = "{row_id}"', 'law = "law-a"', f'basis = "{basis}"', 'source = "s"']
    lines += [f"{key} = {value}" for key, value in more.items()]
    return "[[rule]]\n" + "\n".join(lines) + "\n"


def _end(valid_to, row_id="a", **more):
    lines = [f'id = "{row_id}"', f"valid_to = {valid_to}", 'source = "new law"']
    lines += [f"{key} = {value}" for key, value in more.items()]
    return "[[end]]\n" + "\n".join(lines) + "\n"


def _merged(*texts):
    return merged(map(parse_pack, texts))


CLASS = '[[document_class]]\nlaw = "a"\ntype = "{}"\nreceived = "general"\nissued = "general"\nsource = "s"\n'


def test_every_file_that_comes_with_the_program_is_read_and_named_by_its_day():
    pack = load_rulepack()
    assert [head.id for head in pack.packs] == sorted(pack_names())
    assert all(head.id.startswith(head.compiled_on.isoformat()) for head in pack.packs)
    assert pack.id == pack.packs[-1].id


def test_the_law_as_it_was_known_on_a_day():
    assert load_rulepack(date(2026, 11, 21)).rule == load_rulepack().rule
    with pytest.raises(ConfigError):
        load_rulepack(date(2026, 11, 20))


def test_a_new_law_is_a_new_file():
    """The real rules and one more file: a cut of the input deadline from 2028 on, and copies of delivery notes."""
    new = (
        _head("2027-12-01-reform", "2027-12-01")
        + _end("2027-12-31", "scan.input.early", valid_from="2022-01-01")
        + _rule("scan.input.early", valid_from="2028-01-01", parameters="{ business_days = 3 }", status='"verify"')
        + _end("2027-12-31", "scan.class.delivery_note")
        + CLASS.format("delivery_note").replace('source = "s"', 'source = "s"\nvalid_from = 2028-01-01')
    )
    names = pack_names()
    real = [parse_pack(_text(name)) for name in names]
    pack = merged([parse_pack(new), *real])
    assert pack.id == "2027-12-01-reform"
    before = pack.get("scan.input.early", stored_at=date(2027, 12, 31))
    after = pack.get("scan.input.early", stored_at=date(2028, 1, 1))
    assert (before.number("business_days"), after.number("business_days")) == (7, 3)
    assert (before.certain, after.certain) == (True, False)
    kind, copy = DocumentType.DELIVERY_NOTE, Origin.PAPER_RECEIVED
    assert importance(kind, copy, stored_at=date(2027, 12, 31), pack=pack) is IMPORTANT
    assert importance(kind, copy, stored_at=date(2028, 1, 1), pack=pack) is GENERAL
    assert len(pack.rule) == len(load_rulepack().rule) + 1


def _text(name):
    from importlib.resources import files

    return files("compliance").joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([], "no rule pack"),
        ([_head("x"), _head("x")], "read before"),
        ([_head("x") + _rule() + _rule()], "overlaps"),
        ([_head("x") + _rule(), _head("y", "2027-01-01") + _rule(valid_from="2027-01-01")], "end that one first"),
        ([_head("x") + _rule(), _head("y", "2027-01-01") + _end("2027-01-01", "b")], "no earlier pack has"),
        (
            [_head("x") + _rule(valid_from="2026-01-01"), _head("y", "2027-01-01") + _end("2027-01-01")],
            "no earlier pack has",
        ),
        (
            [_head("x") + _rule(valid_to="2026-12-31"), _head("y", "2027-01-01") + _end("2026-12-31")],
            "ended on 2026-12-31 already",
        ),
        (
            [
                _head("x") + _rule(valid_from="2027-01-01"),
                _head("y", "2027-01-01") + _end("2026-12-31", valid_from="2027-01-01"),
            ],
            "before its first day",
        ),
        (
            [
                _head("x") + _rule(valid_to="2026-12-31"),
                _head("y", "2027-01-01") + _rule(basis="filing_due", valid_from="2027-01-01"),
            ],
            "goes by filing_due",
        ),
        ([_head("x") + CLASS.format("other") + CLASS.format("other")], "overlaps"),
    ],
)
def test_files_that_contradict_each_other_are_refused_by_name(texts, why):
    with pytest.raises(ConfigError) as caught:
        _merged(*texts)
    assert why in caught.value.message
    assert not re.search("[a-z]{2,} [a-z]{2,}", caught.value.message_ja), "people read Japanese"


@pytest.mark.parametrize(
    "text",
    [
        "not TOML =",
        "",
        _head("x") + "rule = 1\n",
        _head("x") + _rule(valid_from="2026-01-01", valid_to="2025-01-01"),
        _head("x") + _rule(surprise="1"),
        _head("x") + _rule(basis="day_of_the_moon"),
        _head("x") + CLASS.format("novel"),
    ],
)
def test_a_wrong_file_is_refused(text):
    with pytest.raises(ConfigError):
        parse_pack(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not TOML =", "TOML として読めません"),
        (_head("x") + _rule("scan.new", basis="day_of_the_moon"), "scan.new の basis"),
        (_head("x") + _rule("scan.new", surprise="1"), "scan.new の surprise"),
        (_head("x") + "rule = 1\n", "rule"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(text, said):
    with pytest.raises(ConfigError) as caught:
        parse_pack(text, name="2027-12-01-reform.toml")
    told = caught.value.message_ja
    assert "2027-12-01-reform.toml" in told
    assert said in told
    assert "外すと" in told


def test_a_rule_goes_by_its_own_day_and_refuses_another():
    """Law: regime-basis-date."""
    pack, day = load_rulepack(), date(2026, 1, 1)
    for rule in pack.rule:
        for basis in Basis:
            if basis is not rule.basis:
                with pytest.raises(ConfigError):
                    pack.find(rule.id, **{basis.value: day})
    with pytest.raises(ConfigError):
        pack.find("scan.imput.early", stored_at=day)
    with pytest.raises(ConfigError):
        pack.get("ctax.rate.standard", supply_date=date(1989, 3, 31))


def test_a_parameter_that_is_not_there_is_said():
    rule = load_rulepack().get("inv.qualified", supply_date=date(2026, 1, 1))
    for read in (rule.number, rule.flag, rule.day, rule.words, rule.text):
        with pytest.raises(ConfigError):
            read("percent")


def test_a_plan_is_not_sold_as_law():
    for rule in load_rulepack().rule:
        if rule.valid_from is not None and rule.valid_from > date(2026, 11, 21):
            assert rule.status is Certainty.VERIFY, rule.id


LISTED = {
    ("contract", "received"): IMPORTANT,
    ("contract", "issued"): IMPORTANT,
    ("receipt", "received"): IMPORTANT,
    ("receipt", "issued"): IMPORTANT,
    ("invoice", "received"): IMPORTANT,
    ("invoice", "issued"): IMPORTANT,
    ("delivery_note", "received"): IMPORTANT,
    ("delivery_note", "issued"): GENERAL,
    ("quotation", "received"): GENERAL,
    ("quotation", "issued"): GENERAL,
    ("purchase_order", "received"): GENERAL,
    ("purchase_order", "issued"): GENERAL,
    ("inspection", "received"): GENERAL,
    ("inspection", "issued"): GENERAL,
}
DIRECTION = {
    Origin.PAPER_RECEIVED: "received",
    Origin.ELECTRONIC_RECEIVED: "received",
    Origin.PAPER_ISSUED_COPY: "issued",
    Origin.ELECTRONIC_SENT: "issued",
    Origin.SELF_GENERATED: "unknown",
    Origin.UNKNOWN: "unknown",
}


@pytest.mark.parametrize(("kind", "origin"), list(product(DocumentType, Origin)))
def test_every_type_in_every_direction(kind, origin):
    found = importance(kind, origin, stored_at=date(2026, 11, 21))
    assert found is LISTED.get((kind.value, DIRECTION[origin]), IMPORTANT)


def test_a_class_may_be_raised_and_never_lowered():
    assert raised(GENERAL, IMPORTANT) is IMPORTANT
    assert raised(IMPORTANT, GENERAL) is IMPORTANT
    assert raised(GENERAL, GENERAL) is GENERAL


UNREAD = {
    "scan.input.general_anytime": Certainty.START,
    "scan.resolution": Certainty.START,
    "scan.tone.important": Certainty.START,
    "penalty.plus10": Certainty.START,
    "ret.contract": Certainty.MEMORY,
    "et.seamless_relief": Certainty.VERIFY,
    "ctax.rate.food_temp": Certainty.VERIFY,
}
"""Rows that the facts sheet marks as known from memory, or not enacted or read."""


def test_what_the_facts_sheet_could_not_read_is_nowhere_confirmed():
    pack = load_rulepack()
    for row_id, status in UNREAD.items():
        for row in pack.rows(row_id):
            assert (row.status, row.certain, row.decides) == (status, False, status is not Certainty.VERIFY)
            assert row.in_doubt == (None if status is Certainty.START else row.source)
    for row_id in ("inv.transition_pct", "inv.transition_cap"):  # the reform of Reiwa 8 was not read
        for row in pack.rows(row_id):
            assert row.certain is (row.valid_from < date(2026, 10, 1)), row.span
    named = set(UNREAD) | {"inv.transition_pct", "inv.transition_cap"}
    assert all(row.certain for row in pack.rule if row.id not in named)
    assert set(CERTAINTIES) == set(Certainty)
    assert all("要確認" in words for kind, (words, _) in CERTAINTIES.items() if kind is not Certainty.CONFIRMED)


def test_what_holds_on_a_day_and_what_is_known_to_change_after_it():
    pack = load_rulepack()
    held = {row.id for row in pack.in_force(date(2023, 7, 29))}
    assert {"scan.timestamp.jadac", "scan.timestamp.mic", "scan.link_books.all"} <= held
    assert not {"scan.link_books.important", "inv.qualified"} & held
    changes = pack.changes(after=date(2026, 11, 21))
    assert [day for day, _, _ in changes] == sorted(day for day, _, _ in changes)
    known = {(day.isoformat(), rule.id, begins) for day, rule, begins in changes}
    assert {
        ("2027-04-01", "ctax.rate.food_temp", True),
        ("2029-04-01", "ctax.rate.food_temp", False),
        ("2028-10-01", "inv.transition_pct", True),
        ("2029-10-01", "inv.small_amount", False),
    } <= known
    assert all(not rule.certain for _, rule, begins in changes if begins), "what is to come is not confirmed"
