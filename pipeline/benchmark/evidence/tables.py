"""The rows as a table for people."""

from __future__ import annotations

from rich.table import Table

from pipeline.benchmark.evidence.rows import Bound, EvidenceReport, Row, Target

_BOUNDS = {Bound.AT_MOST: "≤", Bound.AT_LEAST: "≥"}
_REACHED = {True: "達成", False: "未達", None: ""}


def evidence_table(report: EvidenceReport) -> Table:
    """All rows in their order."""
    here = f"{report.machine.processor}、{report.machine.cores} コア"
    table = Table(title=f"証拠（{here}）")
    for heading in ("測定", "結果", "比較対象", "比", "目標", "判定"):
        table.add_column(heading, justify="left" if heading in {"測定", "比較対象", "判定"} else "right")
    for row in report.rows:
        table.add_row(
            f"{row.what}（{row.name}）" + (f" {row.note}" if row.note else ""),
            _number(row.measured, row.unit),
            f"{row.peer_name} {_number(row.peer, row.unit)}" if row.peer is not None else "",
            f"{row.ratio:.2f}" if row.ratio is not None else "",
            _target(row, row.target),
            _REACHED[row.reached],
        )
    return table


def _target(row: Row, target: Target | None) -> str:
    if target is None:
        return ""
    shown = f"{target.value:g} 倍" if target.of_ratio else _number(target.value, row.unit)
    return f"{_BOUNDS[target.bound]} {shown}"


def _number(value: float, unit: str) -> str:
    shown = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"  # digits that say something
    return f"{shown} {unit}".strip()
