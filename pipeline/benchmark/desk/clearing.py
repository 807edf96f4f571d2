"""What it took to clear a review queue, and how much of an hour is left to the person who does."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from pipeline.benchmark.reading.speed import Machine

HOUR_SECONDS = 3600
DOCUMENTS = 200
"""That an accountant clears in an hour."""
TAKES = 2
"""Interactions that a document with one doubtful field may take."""
_LATE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """One document that was settled."""

    document_id: str
    kind: str
    """A key of ``doubts.SHARES``."""
    interactions: int
    """Keys and presses; words that an input method puts in are none."""
    waited_ms: float
    """From the last key to the next document, drawn with its scan."""
    loaded_ms: float
    """From when it stood there until the one behind it was loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """A whole queue."""

    machine: Machine
    load: float
    """Load average of the machine at the end: what else ran on it."""
    documents: tuple[Cleared, ...]
    waiting: int
    """Documents that were to be cleared."""
    right: int
    """Those that were filed with everything right."""
    answer_ms: tuple[float, ...]
    """The server's time of each answer."""
    next_ms: tuple[float, ...]
    """The server's time of each document fetched ahead."""

    @property
    def seconds(self) -> float:
        """That the person waited for the machine, in all."""
        return sum(one.waited_ms for one in self.documents) / 1000

    @property
    def left_seconds(self) -> float:
        """Left to the person for each of ``DOCUMENTS`` documents of an hour."""
        waited = self.seconds / len(self.documents) if self.documents else 0.0
        return HOUR_SECONDS / DOCUMENTS - waited


def clearing_tables(report: Clearing) -> list[Table]:
    """The queue by kinds of doubt, and as a whole."""
    here = f"{report.machine.processor}、{report.machine.cores} コア、負荷 {report.load}"
    kinds = Table(title=f"確認待ちの片付け: {report.waiting:,} 件（{here}）")
    for name in ("疑い", "件数", "操作 中央値", "最大", "次が出るまで ms 中央値", "95 %"):
        kinds.add_column(name, justify="left" if name == "疑い" else "right")
    for kind in dict.fromkeys(one.kind for one in report.documents):
        kinds.add_row(kind, *_row([one for one in report.documents if one.kind == kind]))
    kinds.add_row("すべて", *_row(report.documents))
    whole = Table(title="1時間に 200 件")
    for name in ("", "値"):
        whole.add_column(name, justify="left" if not name else "right")
    rows = (
        ("正しく確定した書類", f"{report.right:,} / {report.waiting:,}"),
        ("機械を待った時間の合計（秒）", f"{report.seconds:.2f}"),
        ("1件に人が使える時間（秒）", f"{report.left_seconds:.2f}"),
        ("次の書類が読み込まれるまで 95 %（ms）", _late([one.loaded_ms for one in report.documents])),
        ("サーバー: 回答 95 %（ms）", _late(report.answer_ms)),
        ("サーバー: 次の書類 95 %（ms）", _late(report.next_ms)),
    )
    for row in rows:
        whole.add_row(*row)
    return [kinds, whole]


def _row(some: Sequence[Cleared]) -> tuple[str, ...]:
    taken = [one.interactions for one in some]
    waited = [one.waited_ms for one in some]
    middle = f"{statistics.median(waited):.0f}" if waited else "—"
    return (
        f"{len(some):,}",
        f"{statistics.median(taken):g}" if taken else "—",
        f"{max(taken, default=0)}",
        middle,
        _late(waited),
    )


def _late(some: Sequence[float]) -> str:
    return f"{sorted(some)[min(int(len(some) * _LATE), len(some) - 1)]:.0f}" if some else "—"
