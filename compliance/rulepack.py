"""The law as dated data: which rule holds on which day, with its source and how sure that is (law.md §13).

Which day counts is each rule's ``basis`` (law: regime-basis-date): a scan of an old receipt follows the rules of the
day on which it is stored, an electronic transaction those of its own day.
"""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.record import ImportanceClass


class Basis(StrEnum):
    """Which day decides whether a rule applies."""

    STORED_AT = "stored_at"
    TRANSACTION_DATE = "transaction_date"
    FILING_DUE = "filing_due"
    DOCUMENT_DATE = "document_date"


class Certainty(StrEnum):
    """How sure the text of a rule is."""

    CONFIRMED = "confirmed"
    MEMORY = "memory"
    """Known, but its source was not read."""
    VERIFY = "verify"
    """Not enacted or not read: never decided upon without a person."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Model):
    """One rule in one span of time."""

    id: str = Field(description="Id of the row, e.g. scan.input.early.")
    law: str = Field(description="Id of the rule in the facts sheet, as named on screen and in reports.")
    basis: Basis = Field(description="Which day decides.")
    valid_from: date | None = Field(default=None, description="First day, included; None: always.")
    valid_to: date | None = Field(default=None, description="Last day, included; None: no end.")
    source: str = Field(description="Law, ordinance, circular or question that says so.")
    status: Certainty = Field(default=Certainty.CONFIRMED, description="How sure the text is.")
    parameters: dict[str, bool | int] = Field(default_factory=dict, description="Numbers by name, units in the name.")

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its span."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def number(self, name: str) -> int:
        """A parameter.

        Raises:
            ConfigError: the rule pack lacks it.
        """
        if name not in self.parameters:
            msg = f"rule {self.id} has no parameter {name}"
            raise ConfigError(msg, message_ja=f"規則データ {self.id} に {name} がありません")
        return int(self.parameters[name])


class ClassRow(_Model):
    """One row of the table of document classes (law: scan-doc-class)."""

    law: str = Field(description="Id of the rule in the facts sheet.")
    type: DocumentType = Field(description="Class of the document.")
    received: ImportanceClass = Field(description="Where we received it.")
    issued: ImportanceClass = Field(description="Where it is our copy of what we issued.")
    source: str = Field(description="Notice or question that says so.")


class _Head(_Model):
    id: str
    compiled_on: date
    sources: tuple[str, ...]


class RulePack(_Model):
    """Everything that held when the pack was compiled."""

    pack: _Head
    rule: tuple[Rule, ...]
    document_class: tuple[ClassRow, ...]
    format: Literal[1] = 1

    @model_validator(mode="after")
    def _consistent(self) -> RulePack:
        """Spans of one id do not overlap, and no class stands twice."""
        by_id: dict[str, list[Rule]] = {}
        for rule in self.rule:
            if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
                msg = f"rule {rule.id} ends before it begins"
                raise ValueError(msg)
            by_id.setdefault(rule.id, []).append(rule)
        for rule_id, spans in by_id.items():
            ordered = sorted(spans, key=lambda r: r.valid_from or date.min)
            for before, after in pairwise(ordered):
                if (before.valid_to or date.max) >= (after.valid_from or date.min):
                    msg = f"spans of rule {rule_id} overlap"
                    raise ValueError(msg)
        types = [row.type for row in self.document_class]
        if len(set(types)) != len(types):
            msg = "a document class stands twice"
            raise ValueError(msg)
        return self

    def find(self, rule_id: str, *, on: date) -> Rule | None:
        """The rule as it holds on that day (of its own basis), or None."""
        return next((r for r in self.rule if r.id == rule_id and r.holds_on(on)), None)

    def get(self, rule_id: str, *, on: date) -> Rule:
        """The rule as it holds on that day.

        Raises:
            ConfigError: no such rule on that day.
        """
        found = self.find(rule_id, on=on)
        if found is None:
            msg = f"rule pack {self.pack.id} has no rule {rule_id} on {on}"
            raise ConfigError(msg, message_ja=f"{on} の規則 {rule_id} が規則データ {self.pack.id} にありません")
        return found


def pack_names() -> tuple[str, ...]:
    """Packs that come with the program, oldest first: a pack is named by the day on which it was compiled."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _folder().iterdir() if p.name.endswith(".toml")))


@lru_cache(maxsize=8)
def load_rulepack(name: str | None = None) -> RulePack:
    """A pack by name; the newest where none is named.

    Raises:
        ConfigError: unknown name, or not a valid pack.
    """
    names = pack_names()
    chosen = names[-1] if name is None else name
    if chosen not in names:
        msg = f"unknown rule pack {chosen!r}; known: {', '.join(names)}"
        raise ConfigError(msg, message_ja=f"規則データ {chosen} はありません。あるもの: {', '.join(names)}")
    return parse_rulepack(_folder().joinpath(f"{chosen}.toml").read_text(encoding="utf-8"))


def parse_rulepack(text: str) -> RulePack:
    """Read a pack.

    Raises:
        ConfigError: not TOML, or not a valid pack.
    """
    try:
        return RulePack.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"not a valid rule pack: {error}"
        raise ConfigError(msg, message_ja="規則データの形式が正しくありません") from error


def _folder() -> Traversable:
    return files("compliance").joinpath("rules")
