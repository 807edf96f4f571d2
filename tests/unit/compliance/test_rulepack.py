from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from compliance.document_class import importance, raised
from compliance.rulepack import Certainty, load_rulepack, pack_names, parse_rulepack
from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import ImportanceClass

IMPORTANT, GENERAL = ImportanceClass.IMPORTANT, ImportanceClass.GENERAL


def test_the_newest_pack_is_taken_and_older_ones_stay():
    assert load_rulepack().pack.id == load_rulepack(pack_names()[-1]).pack.id
    with pytest.raises(ConfigError) as caught:
        load_rulepack("1999-01-01")
    assert pack_names()[-1] in caught.value.message


@pytest.mark.parametrize(
    ("rule_id", "day", "number"),
    [
        ("ctax.rate.standard", date(1997, 3, 31), 3),
        ("ctax.rate.standard", date(1997, 4, 1), 5),
        ("ctax.rate.standard", date(2019, 9, 30), 8),
        ("ctax.rate.standard", date(2019, 10, 1), 10),
        ("ctax.rate.standard", date(1989, 3, 31), None),
        ("inv.transition_pct", date(2026, 9, 30), 80),
        ("inv.transition_pct", date(2026, 10, 1), 70),
        ("inv.transition_pct", date(2031, 10, 1), 0),
        ("ctax.rate.food_temp", date(2027, 4, 1), 1),
        ("ctax.rate.food_temp", date(2027, 3, 31), None),
    ],
)
def test_rules_by_their_day(rule_id, day, number):
    rule = load_rulepack().find(rule_id, on=day)
    assert (rule.number("percent") if rule else None) == number
    if rule is None:
        with pytest.raises(ConfigError):
            load_rulepack().get(rule_id, on=day)


def test_a_plan_is_not_sold_as_law():
    assert load_rulepack().get("ctax.rate.food_temp", on=date(2027, 4, 1)).status is Certainty.VERIFY


def test_a_parameter_that_is_not_there_is_said():
    with pytest.raises(ConfigError):
        load_rulepack().get("inv.qualified", on=date(2026, 1, 1)).number("percent")


HEAD = '[pack]\nid = "x"\ncompiled_on = 2026-01-01\nsources = []\n'
RULE = '[[rule]]\nid = "a"\nlaw = "a"\nbasis = "stored_at"\nsource = "s"\n'
CLASS = '[[document_class]]\nlaw = "a"\ntype = "{}"\nreceived = "general"\nissued = "general"\nsource = "s"\n'


@pytest.mark.parametrize(
    "text",
    [
        "not TOML =",
        HEAD,
        HEAD + "rule = 1\ndocument_class = []\n",
        HEAD + RULE + RULE + CLASS.format("other"),
        HEAD + RULE + "valid_from = 2026-01-01\nvalid_to = 2025-01-01\n" + CLASS.format("other"),
        HEAD + RULE + CLASS.format("other") + CLASS.format("other"),
        HEAD + RULE + CLASS.format("novel"),
        HEAD + RULE + "surprise = 1\n" + CLASS.format("other"),
    ],
)
def test_a_wrong_pack_is_refused(text):
    with pytest.raises(ConfigError):
        parse_rulepack(text)


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
    assert importance(kind, origin) is LISTED.get((kind.value, DIRECTION[origin]), IMPORTANT)


def test_a_class_may_be_raised_and_never_lowered():
    assert raised(GENERAL, IMPORTANT) is IMPORTANT
    assert raised(IMPORTANT, GENERAL) is IMPORTANT
    assert raised(GENERAL, GENERAL) is GENERAL
