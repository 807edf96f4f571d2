"""Every rule of the facts sheet is met by named functions and shown by named tests, or says why not."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
VERDICTS = tomllib.loads((PROJECT / "tests/unit/compliance/law_map.toml").read_text(encoding="utf-8"))
SYSTEM = tomllib.loads((PROJECT / "tests/unit/law_rules.toml").read_text(encoding="utf-8"))
SHEET = [
    "regime-split",
    "regime-basis-date",
    "scan-out-of-scope",
    "et-authenticity-choice",
    "et-option3-needs-exchange-inside",
    "et-option3-system",
    "et-rules-template",
    "et-visibility",
    "et-acceptable-edits",
    "et-search",
    "et-search-exempt",
    "et-grace",
    "et-consumption-tax-difference",
    "scan-doc-class",
    "scan-input-early",
    "scan-input-cycle",
    "scan-input-complete-means",
    "scan-late",
    "scan-rescan-defect",
    "scan-general-anytime",
    "scan-resolution-tone",
    "scan-meta-abolished-2024",
    "scan-fidelity",
    "scan-input-unit",
    "scan-timestamp",
    "scan-timestamp-bundle",
    "scan-timestamp-substitute",
    "scan-version-control",
    "scan-book-link",
    "scan-viewing",
    "scan-docs",
    "scan-paper-disposal",
    "scan-consequence",
    "migrate-evidence",
    "reform-log",
    "search-fields",
    "search-monthly",
    "search-scope",
    "search-alternatives",
    "download-request",
    "storage-place-backup",
    "ret-corp",
    "ret-corp-loss",
    "ret-ctax",
    "ret-individual",
    "ret-other",
    "pen-10",
    "seamless-2027",
    "seamless-formats",
    "seamless-incentive",
    "inv-items",
    "inv-simplified",
    "inv-regnum",
    "inv-checkdigit",
    "inv-rounding",
    "inv-fx",
    "ctax-rates",
    "ctax-food-2027",
    "inv-transition",
    "inv-small",
    "inv-return",
    "inv-2wari",
    "inv-registry-api",
    "inv-registry-download",
    "pint-rules",
    "jiima-what",
    "contract-fields",
    "stamp-duty",
    "lt-token-life",
    "lt-ers",
    "lt-pades",
    "lt-tsa-facts",
]
"""Every rule of the facts sheet, in its order."""


def test_no_rule_of_the_sheet_is_left_out():
    assert sorted(VERDICTS.keys() | SYSTEM.keys()) == sorted(SHEET)
    assert not VERDICTS.keys() & SYSTEM.keys()


@cache
def _defined(path):
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("rule", sorted(SYSTEM))
def test_what_meets_a_rule_exists(rule):
    entry = SYSTEM[rule]
    if "nothing" in entry:
        assert set(entry) == {"nothing"}
        assert len(entry["nothing"]) > 20
        return
    assert entry["functions"]
    assert entry["tests"]
    for named in (*entry["functions"], *entry["tests"]):
        path, _, name = named.partition("::")
        assert name in _defined(path), named
    assert all(test.startswith("tests/") for test in entry["tests"])


def test_rules_cited_in_code_are_rules_of_the_sheet():
    """``law: some-rule`` anywhere in the code names a rule that there is."""
    known, wrong = set(SHEET), set()
    for folder in ("app", "compliance", "domain", "extractors", "pipeline", "storage"):
        for path in (PROJECT / folder).rglob("*.py"):
            for cited in _cited(path.read_text(encoding="utf-8")):
                if cited not in known:
                    wrong.add((path.name, cited))
    assert not wrong


def _cited(text):
    for part in text.split("(law: ")[1:]:
        for one in part.partition(")")[0].replace("\n", " ").split(","):
            name = one.strip().strip("`").partition(" ")[0].rstrip("….;:")
            if not name.endswith("-") and name.replace("-", "").isalnum() and name.islower() and "-" in name:
                yield name
