"""Every function and every test that COMPLIANCE.md names exists, and every item says where it stands."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from compliance.rulepack import load_rulepack
from domain.labels import LAW_RULES

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "COMPLIANCE.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)))
ITEMS = re.findall(r"^### (\d-\d+) [^\n]*\n(.*?)(?=^##|\Z)", TEXT, re.DOTALL | re.MULTILINE)


@cache
def defined(file):
    tree = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize(("file", "name"), NAMES)
def test_what_is_named_exists(file, name):
    assert name in defined(file)


def test_items_stand_in_the_order_of_the_certification_with_functions_and_tests():
    numbers = [number for number, _ in ITEMS]
    assert numbers == sorted(numbers, key=lambda n: tuple(map(int, n.split("-"))))
    assert [n for n in numbers if n.startswith("1-")][:13] == [f"1-{n}" for n in range(1, 14)]
    for number, body in ITEMS:
        assert "- 状態: " in body, number
        if "と同じ。" in body and "機能" not in body:
            continue
        assert re.search(r"- 機能: .*::", body), number
        assert re.search(r"- 試験: .*`tests/", body), number


CERTIFICATION = [
    *("入力経路", "200 dpi", "認定タイムスタンプ", "一括検証", "入力期限", "代替", "訂正・削除", "第1版", "相互関連性"),
    *("表示と印刷", "検索", "ダウンロード", "備付け書類"),
]
"""The thirteen items of scanner storage, in the order in which the certification asks for them."""


def test_the_items_of_scanner_storage_are_those_of_the_certification():
    headings = re.findall(r"^### 1-(\d+) (.*)$", TEXT, re.MULTILINE)
    for number, words in enumerate(CERTIFICATION, start=1):
        assert headings[number - 1][0] == str(number)
        assert words in headings[number - 1][1]
    electronic = " ".join(re.findall(r"^### 2-\d+ (.*)$", TEXT, re.MULTILINE))
    places = [
        electronic.index(words)
        for words in ("改ざん防止", "事務処理規程", "検索", "表示", "ダウンロード", "システム概要書")
    ]
    assert places == sorted(places)


def test_every_state_is_one_of_three():
    states = re.findall(r"- 状態: \*\*(.*?)\*\*", TEXT)
    assert set(states) == {"満たす", "条件つき", "満たさない"}


def test_rules_are_those_of_the_law():
    known = set(LAW_RULES) | {row.law for row in load_rulepack().rule} | ELSEWHERE
    cited = {
        rule
        for heading in re.findall(r"^### .*（([a-z0-9, -]+)）$", TEXT, re.MULTILINE)
        for rule in heading.split(", ")
    }
    assert len(cited) > 20
    assert cited - known == set()


ELSEWHERE = {
    "scan-input-complete-means",
    "et-search",
    "et-option3-needs-exchange-inside",
    "scan-input-unit",
    "scan-meta-abolished-2024",
    "scan-docs",
    "scan-viewing",
    "scan-version-control",
    "scan-consequence",
    "search-scope",
    "search-monthly",
    "download-request",
    "et-visibility",
    "et-acceptable-edits",
    "migrate-evidence",
}
"""Rules of the facts sheet that decide no verdict on a document: they are about the system."""
