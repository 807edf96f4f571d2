"""One file of rules: rows with their spans, ends of earlier rows, and the table of document classes."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.labels import Label
from domain.record import ImportanceClass


class Basis(StrEnum):
    """Which day decides whether a rule applies (law: regime-basis-date)."""

    STORED_AT = "stored_at"
    """Input is complete, timestamp included (S of the facts sheet)."""
    TRANSACTION_DATE = "transaction_date"
    """The electronic transaction took place (X)."""
    SUPPLY_DATE = "supply_date"
    """Goods or services were supplied (X)."""
    TAX_PERIOD_START = "tax_period_start"
    """First day of the consumption tax period (X)."""
    FILING_DUE = "filing_due"
    """The return was due (F)."""
    DOCUMENT_DATE = "document_date"
    """The document was made or received (D)."""
    FISCAL_YEAR_START = "fiscal_year_start"
    """First day of its fiscal year (D)."""


class Certainty(StrEnum):
    """How sure the text of a rule is."""

    CONFIRMED = "confirmed"
    START = "start"
    """Read, but for the source of its first day: sure for what is stored now, not for what was then."""
    MEMORY = "memory"
    """Known, but its source was not read."""
    VERIFY = "verify"
    """Not enacted or not read: never decided upon without a person."""


CERTAINTIES: dict[Certainty, Label] = {
    Certainty.CONFIRMED: ("確認済み", "confirmed"),
    Certainty.START: ("開始日は要確認", "first day to be verified"),
    Certainty.MEMORY: ("出典は要確認", "source to be verified"),
    Certainty.VERIFY: ("要確認", "to be verified"),
}


_SHOWN = 3
_TAKE_OUT = "直るまでは、そのファイルを compliance/rules から外すと、これまでの規則で判定します"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Model):
    """Something that holds from one day to another."""

    law: str = Field(description="Id of the rule in the facts sheet, as named on screen and in reports.")
    valid_from: date | None = Field(default=None, description="First day, included; None: always.")
    valid_to: date | None = Field(default=None, description="Last day, included; None: no end.")
    source: str = Field(description="Law, ordinance, circular or question that says so.")
    status: Certainty = Field(default=Certainty.CONFIRMED, description="How sure the text is.")

    @model_validator(mode="after")
    def _forwards(self) -> Span:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            msg = f"a row of {self.law} ends before it begins"
            raise ValueError(msg)
        return self

    @property
    def span(self) -> str:
        """From - to, for people."""
        return f"{self.valid_from or ''}–{self.valid_to or ''}"

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its span."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Rule(Span):
    """One rule in one span of time."""

    id: str = Field(description="Id of the row, e.g. scan.input.early.")
    basis: Basis = Field(description="Which day decides.")
    parameters: dict[str, bool | int | date | str | tuple[str, ...]] = Field(
        default_factory=dict, description="Numbers, days and words by name, units in the name."
    )

    @property
    def decides(self) -> bool:
        """False where a person must look before anything is decided by it."""
        return self.status is not Certainty.VERIFY

    @property
    def certain(self) -> bool:
        """Text, source and first day were read: what is not is never shown as if it were."""
        return self.status is Certainty.CONFIRMED

    @property
    def in_doubt(self) -> str | None:
        """Where its text stands, for people who must read it first; None where the text was read (START included)."""
        return self.source if self.status in {Certainty.MEMORY, Certainty.VERIFY} else None

    def number(self, name: str) -> int:
        """A number among the parameters.

        Raises:
            ConfigError: the rule pack lacks it.
        """
        found = self.parameters.get(name)
        if not isinstance(found, int):
            raise self._lacks(name)
        return int(found)

    def flag(self, name: str) -> bool:
        """A yes or no among the parameters.

        Raises:
            ConfigError: the rule pack lacks it.
        """
        found = self.parameters.get(name)
        if not isinstance(found, bool):
            raise self._lacks(name)
        return found

    def day(self, name: str) -> date:
        """A day among the parameters.

        Raises:
            ConfigError: the rule pack lacks it.
        """
        found = self.parameters.get(name)
        if not isinstance(found, date):
            raise self._lacks(name)
        return found

    def text(self, name: str) -> str:
        """A word among the parameters.

        Raises:
            ConfigError: the rule pack lacks it.
        """
        found = self.parameters.get(name)
        if not isinstance(found, str):
            raise self._lacks(name)
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """Words among the parameters.

        Raises:
            ConfigError: the rule pack lacks them.
        """
        found = self.parameters.get(name)
        if not isinstance(found, tuple):
            raise self._lacks(name)
        return found

    def _lacks(self, name: str) -> ConfigError:
        msg = f"rule {self.id} has no parameter {name} of that kind"
        return ConfigError(msg, message_ja=f"規則データ {self.id} に {name} がありません")


class ClassRow(Span):
    """One row of the table of document classes (law: scan-doc-class)."""

    type: DocumentType = Field(description="Class of the document.")
    received: ImportanceClass = Field(description="Where we received it.")
    issued: ImportanceClass = Field(description="Where it is our copy of what we issued.")

    @property
    def id(self) -> str:
        """What later files end it by: ``scan.class.`` and the class."""
        return f"scan.class.{self.type}"


Row: TypeAlias = Rule | ClassRow


class End(_Model):
    """A row of an earlier file ends."""

    id: str = Field(description="Id of the row.")
    valid_from: date | None = Field(default=None, description="First day of the row that is meant; absent as in it.")
    valid_to: date = Field(description="Its last day from now on.")
    source: str = Field(description="Law that ends it.")


class PackHead(_Model):
    """Name and origin of a file."""

    id: str
    compiled_on: date
    sources: tuple[str, ...]


class PackFile(_Model):
    """A file as written."""

    pack: PackHead
    rule: tuple[Rule, ...] = ()
    document_class: tuple[ClassRow, ...] = ()
    end: tuple[End, ...] = ()
    format: Literal[1] = 1


def parse_pack(text: str, *, name: str = "") -> PackFile:
    """Read one file; ``name`` is what it is called where it does not hold.

    Raises:
        ConfigError: not TOML, or not a valid pack; the message names the places.
    """
    what = f"規則データ {name} " if name else "規則データ"
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"not a valid rule pack {name}: {error}",
            message_ja=f"{what}は TOML として読めません（{error}）。{_TAKE_OUT}",
            file=name or None,
        ) from error
    try:
        return PackFile.model_validate(plain)
    except ValidationError as error:
        found = error.errors(include_url=False)
        places = "、".join(_place(plain, one["loc"]) for one in found[:_SHOWN])
        more = f" ほか {len(found) - _SHOWN} か所" if len(found) > _SHOWN else ""
        raise ConfigError(
            f"not a valid rule pack {name}: {error}",
            message_ja=f"{what}の書き方が正しくありません（{places}{more}）。ほかのファイルの同じ項目を手本に直してください。"
            f"{_TAKE_OUT}",
            file=name or None,
        ) from error


def _place(plain: dict[str, Any], path: tuple[int | str, ...]) -> str:
    """「ctax.rate.standard の basis」: the row by its id, and the field."""
    here: Any = plain
    row = ""
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(here, dict) and isinstance(here.get("id"), str):
            row = here["id"]
    field = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    return f"{row} の {field}" if row and field else row or field or "全体"
