"""Facts about the company as entries of a form: which stand together, how each is asked for, and what was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from pydantic import ValidationError

from app.web.company_meanings import MEANINGS
from app.web.company_words import CHOICES, COMPANY_FACTS, WEEKDAYS
from app.web.format import day_text
from compliance.settings import CompanySettings
from domain.dates import parse_date
from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.labels import DOCUMENT_TYPES, Label

GROUPS: dict[str, tuple[Label, tuple[str, ...]]] = {
    "identity": (("会社", "The company"), ("names", "registration_number", "entity", "founded_on")),
    "years": (
        ("事業年度と売上高", "Fiscal years and sales"),
        ("fiscal_year_end_month", "fiscal_year_end_day", "former_year_ends", "sales_by_year"),
    ),
    "returns": (("申告", "Returns"), ("return_extension_months", "consumption_tax_extension")),
    "retention": (
        ("保存期間", "Retention"),
        (
            *("loss_years", "assume_loss_year", "individual_all_seven_years", "companies_act_types"),
            *("holds", "longest_contract_years"),
        ),
    ),
    "deadlines": (
        ("入力期限", "Deadlines for storing"),
        ("deadline_method", "cycle_months", "cycle_days", "cycle_rules_from"),
    ),
    "electronic": (
        ("電子取引", "Electronic data"),
        ("electronic_rules_from", "download_ready", "sorted_prints", "reasonable_cause"),
    ),
    "scans": (
        ("スキャナ保存", "Scanner storage"),
        ("scan_storage_from", "past_important_notices", "chart_test_months"),
    ),
    "closed": (
        ("休業日", "Closed days"),
        ("closed_weekdays", "closed_on_holidays", "year_end_from", "year_end_to", "extra_closed", "extra_open"),
    ),
}
_BOOLS = frozenset(name for name, field in CompanySettings.model_fields.items() if field.annotation is bool)
_NUMBERS = {
    "fiscal_year_end_month": (1, 12),
    "fiscal_year_end_day": (1, 31),
    "return_extension_months": (0, 4),
    "longest_contract_years": (1, 99),
    "cycle_months": (1, 2),
    "cycle_days": (1, 59),
    "chart_test_months": (1, 120),
}
"""Least and most, as the settings have them."""
_DATES = frozenset({"founded_on", "cycle_rules_from", "electronic_rules_from", "scan_storage_from"})
_PICKED = {"entity": ("corporation", "blue_individual", "white_individual"), "deadline_method": ("early", "cycle")}
_DAYS_OF_YEAR = frozenset({"year_end_from", "year_end_to"})
LINES = {
    "names": "株式会社青空商事",
    "former_year_ends": "2026-03-31, 3, 31",
    "sales_by_year": "2025: 12000000",
    "loss_years": "2025",
    "holds": "2024-04-01, 2025-03-31",
    "past_important_notices": "契約書: 2026-10-01",
    "extra_closed": "2026-08-13",
    "extra_open": "2026-11-23",
}
"""Facts with one entry to a line, each with an example."""
_SPLIT = re.compile(r"\s*[,、:：\t]\s*|\s+")  # as people type
_TYPED_SO = {"registration_number": "T1234567890123", "year_end_from": "12-29", "year_end_to": "01-03"}
MOST_TYPED = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact in a form."""

    name: str
    label: Label
    kind: str
    """``yes_no``, ``pick``, ``many``, ``number``, ``day``, ``lines`` or ``text``."""
    value: str
    """As it is typed."""
    chosen: tuple[str, ...] = ()
    options: tuple[tuple[str, Label], ...] = ()
    example: str = ""
    low: int = 0
    high: int = 0
    means: Label = ("", "")


def group_of(name: str) -> str:
    """With which others a fact is changed."""
    return next(key for key, (_, names) in GROUPS.items() if name in names)


def entries(group: str, company: CompanySettings) -> tuple[Entry, ...]:
    """The form of a group, filled."""
    plain = company.model_dump(mode="json")
    return tuple(_entry(name, plain[name]) for name in GROUPS[group][1])


def refilled(fields: Sequence[Entry], typed: Mapping[str, Sequence[str]]) -> tuple[Entry, ...]:
    """A form with what was typed into it, whether it can be understood or not."""
    return tuple(
        one
        if one.name not in typed
        else replace(one, chosen=tuple(typed[one.name]))
        if one.kind == "many"
        else replace(one, value=typed[one.name][0])
        for one in fields
    )


def with_facts(values: Mapping[str, Any], company: CompanySettings) -> CompanySettings:
    """The company with some facts changed, as plain JSON values.

    Raises:
        CorrectionInvalid: a value is none of its fact; the message names the fact.
    """
    try:
        return CompanySettings.model_validate({**company.model_dump(mode="json"), **values})
    except ValidationError as error:
        first = error.errors()[0]
        raise _not_understood(str(first["loc"][0]), first["msg"]) from error


def parse_facts(group: str, typed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What was typed, as plain JSON values by name; a fact that is not in the form is left out.

    Raises:
        CorrectionInvalid: an entry cannot be understood; the message names it.
    """
    return {name: _parsed(name, typed[name]) for name in GROUPS[group][1] if name in typed}


def _entry(name: str, value: Any) -> Entry:
    entry = partial(
        Entry,
        name=name,
        label=COMPANY_FACTS[name][0],
        means=MEANINGS[name],
    )
    if name in _BOOLS:
        return entry(kind="yes_no", value="1" if value else "0")
    if name in _PICKED:
        return entry(kind="pick", value=value, options=tuple((one, CHOICES[one]) for one in _PICKED[name]))
    if name == "closed_weekdays":
        days = tuple((str(n), day) for n, day in enumerate(WEEKDAYS))
        return entry(kind="many", value="", chosen=tuple(map(str, value)), options=days)
    if name == "companies_act_types":
        kinds = tuple((kind.value, DOCUMENT_TYPES[kind]) for kind in DocumentType)
        return entry(kind="many", value="", chosen=tuple(value), options=kinds)
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        return entry(kind="number", value="" if value is None else str(value), low=low, high=high)
    if name in _DATES:
        return entry(kind="day", value=day_text(date.fromisoformat(value)) if value else "")
    if name in LINES:
        return entry(kind="lines", value="\n".join(_lines(value)), example=LINES[name])
    if name in _DAYS_OF_YEAR:
        text = "" if value is None else f"{value[0]:02d}-{value[1]:02d}"
        return entry(kind="text", value=text, example=_TYPED_SO[name])
    return entry(kind="text", value=value or "", example=_TYPED_SO.get(name, ""))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        labels = {kind.value: DOCUMENT_TYPES[kind][0] for kind in DocumentType}
        return [f"{labels.get(key, key)}: {one}" for key, one in value.items()]
    return [", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value]


def _parsed(name: str, typed: Sequence[str]) -> Any:
    if name in {"closed_weekdays", "companies_act_types"}:
        chosen = [one for one in typed if one]
        return [int(one) for one in chosen if one.isdigit()] if name == "closed_weekdays" else chosen
    text = (typed[0] if name == "names" else unicodedata.normalize("NFKC", typed[0])).strip()
    if len(text) > MOST_TYPED:
        raise _not_understood(name, f"longer than {MOST_TYPED} characters", f"{MOST_TYPED:,} 文字まで")
    try:
        if name in _BOOLS:
            return {"1": True, "0": False}[text]
        if name in LINES:
            return _of_lines(name, [line.strip() for line in text.splitlines() if line.strip()])
        if name in _NUMBERS:
            return int(text) if text else None
        if name in _DATES:
            return _day(text) if text else None
        if name in _DAYS_OF_YEAR:
            return [int(part) for part in re.split(r"[-/]", text)] if text else None
    except (ValueError, KeyError) as error:
        raise _not_understood(name, "cannot be understood") from error
    return text or None


def _not_understood(name: str, why: str, why_ja: str = "") -> CorrectionInvalid:
    label = COMPANY_FACTS[name][0] if name in COMPANY_FACTS else (name, name)
    example = LINES.get(name) or _TYPED_SO.get(name) or ("2026/04/01" if name in _DATES else "")
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        example = f"{low}〜{high}"
    return CorrectionInvalid(
        f"{label[1]}: {why}",
        message_ja=f"「{label[0]}」の入力を確かめてください"
        + (f"（{why_ja}）" if why_ja else f"（例: {example}）" if example else ""),
    )


def _of_lines(name: str, lines: list[str]) -> Any:
    match name:
        case "names":
            return lines
        case "loss_years":
            return [int(one) for line in lines for one in _SPLIT.split(line)]
        case "extra_closed" | "extra_open":
            return [_day(one) for line in lines for one in _SPLIT.split(line)]
        case "holds":
            return [[_day(one) for one in _parts(line, 2)] for line in lines]
        case "former_year_ends":
            return [[_day(until), int(month), int(last)] for until, month, last in (_parts(line, 3) for line in lines)]
        case "sales_by_year":
            years = (line.replace("円", "").split(":", 1) for line in lines)
            return {str(int(year)): int(amount.replace(",", "").strip()) for year, amount in years}
        case _:
            kinds = {DOCUMENT_TYPES[kind][0]: kind.value for kind in DocumentType}
            rows = (_parts(line, 2) for line in lines)
            return {kinds.get(kind, kind): _day(day) for kind, day in rows}


def _parts(line: str, count: int) -> list[str]:
    parts = _SPLIT.split(line)
    if len(parts) != count:
        raise ValueError
    return parts


def _day(text: str) -> str:
    return parse_date(text, certain=True).isoformat()
