"""What was set as a goal, beside what was measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from domain.fields import FIELDS
from pipeline.benchmark.calibration import Calibration
from pipeline.benchmark.rates import Rate
from pipeline.benchmark.report import ConditionResult, SetResult
from pipeline.benchmark.tables import CONDITION_LABELS, percent

_CLASS = {"born_digital": 0.995, "damaged200": 0.99, "photo": 0.98}
_CORE = {"born_digital": 0.995, "clean300": 0.99, "damaged200": 0.98, "photo": 0.96}
_CORE_FIELDS = ("transaction_date", "total_amount", "counterparty", "registration_number")
_DAMAGED = {
    "tax_breakdown": 0.97,
    "due_date": 0.97,
    "document_number": 0.97,
    "bank_account": 0.97,
    "line_items": 0.95,
    "parties": 0.97,
    "concluded_on": 0.97,
    "effective_from": 0.97,
    "effective_to": 0.97,
    "auto_renewal": 0.97,
}
_STRAIGHT = 0.85
_SILENT = 0.003
_ECE = 0.02
_EVERYWHERE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the goals."""

    what: str
    condition: str
    measured: str
    target: str
    reached: bool


def lines(found: SetResult) -> Iterator[Line]:
    """Every goal that a set says something about."""
    for one in found.by_condition:
        condition = CONDITION_LABELS[one.name]
        if one.name in _CLASS:
            yield _least("種別", condition, one.type_right, _CLASS[one.name])
        wanted = dict.fromkeys(_CORE_FIELDS, _CORE[one.name]) if one.name in _CORE else {}
        wanted |= _DAMAGED if one.name == "damaged200" else {}
        yield from (
            _least(FIELDS[name].label_ja, condition, right, least)
            for name, least in wanted.items()
            if (right := _of(one, name)) is not None
        )
        if one.name in {"damaged200", _EVERYWHERE}:
            yield _least("確認なしで通過", condition, one.straight, _STRAIGHT)
        if one.name == _EVERYWHERE:
            shown = f"{one.silent_errors.hits}/{one.silent_errors.of} {percent(one.silent_errors)}"
            reached = (one.silent_errors.share or 0.0) <= _SILENT
            yield Line(
                what="黙った誤り", condition=condition, measured=shown, target=f"≤ {_SILENT:.1%}", reached=reached
            )
    yield from (_error(curve) for curve in found.calibration if curve.field in FIELDS)


def _of(one: ConditionResult, name: str) -> Rate | None:
    return next((field.right for field in one.fields if field.field == name), None)


def _least(what: str, condition: str, measured: Rate, target: float) -> Line:
    return Line(
        what=what,
        condition=condition,
        measured=f"{measured.hits}/{measured.of} {percent(measured)}",
        target=f"≥ {target:.1%}",
        reached=(measured.share or 0.0) >= target,
    )


def _error(curve: Calibration) -> Line:
    return Line(
        what=f"確信度の較正誤差: {FIELDS[curve.field].label_ja}",
        condition=CONDITION_LABELS[_EVERYWHERE],
        measured=f"{curve.expected_error:.3f} ({curve.count}、偶然だけで {curve.by_chance.mean:.3f})",
        target=f"≤ {_ECE}",
        reached=curve.expected_error <= _ECE,
    )


def targets_table(found: SetResult) -> Table:
    """Goals and measurements for a terminal, in Japanese."""
    table = Table(title=f"{found.name}: 目標との比較(95%信頼区間)")
    for heading in ("項目", "状態", "測った値", "目標", "達成"):
        table.add_column(heading, justify="left" if heading in {"項目", "状態"} else "right")
    for line in lines(found):
        table.add_row(line.what, line.condition, line.measured, line.target, "○" if line.reached else "×")
    return table
