"""Every number of the law's rules is said in words, in both languages."""

from datetime import date

import pytest

from app.web.rule_words import PARAMETERS, rule_numbers
from compliance.rulepack import load_rulepack

RULES = load_rulepack().rule


def test_every_parameter_of_the_packs_has_words():
    assert {name for rule in RULES for name in rule.parameters} == set(PARAMETERS)


@pytest.mark.parametrize(
    ("parameters", "japanese", "english"),
    [
        ({"percent": 10}, "10 %", "10 %"),
        ({"below_yen": 10_000, "business_days": 7}, "10,000 円未満、7 営業日", "below 10,000 yen; 7 business days"),
        ({"own_system": False}, "自社のシステム: いいえ", "own system: no"),
        ({"titles": ("仕訳帳", "総勘定元帳")}, "仕訳帳・総勘定元帳", "仕訳帳・総勘定元帳"),
        ({"year_ended_from": date(2008, 4, 1)}, "2008/04/01 以後に終了した年度", "years that ended from 2008/04/01"),
        ({"of_tomorrow": 1}, "of_tomorrow 1", "of_tomorrow 1"),
        ({}, "", ""),
    ],
)
def test_numbers_are_said(parameters, japanese, english):
    assert rule_numbers(parameters, language="ja") == japanese
    assert rule_numbers(parameters, language="en") == english
