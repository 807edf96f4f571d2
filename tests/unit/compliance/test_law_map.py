"""The map from rules of the law to functions and tests names what exists, and leaves no rule out."""

from __future__ import annotations

import ast
import importlib
import tomllib
from functools import cache
from pathlib import Path

import pytest

from compliance.rulepack import load_rulepack
from domain.labels import LAW_RULES

HERE = Path(__file__).parent
MAP = tomllib.loads((HERE / "law_map.toml").read_text(encoding="utf-8"))


@cache
def _tests(name):
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("rule", sorted(MAP))
def test_functions_and_tests_of_a_rule_exist(rule):
    assert MAP[rule]["functions"]
    assert MAP[rule]["tests"]
    for function in MAP[rule]["functions"]:
        module, _, name = function.partition(".")
        assert hasattr(importlib.import_module(f"compliance.{module}"), name), function
    for test in MAP[rule]["tests"]:
        name, _, function = test.partition("::")
        assert function in _tests(name), test


def test_no_rule_that_is_shown_or_dated_is_left_out():
    dated = {row.law for row in (*load_rulepack().rule, *load_rulepack().document_class)}
    assert dated | set(LAW_RULES) <= set(MAP)
