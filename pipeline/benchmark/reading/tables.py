"""The reading benchmark's tables for a terminal, in Japanese with English beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from pipeline.benchmark.rates import Rate
from pipeline.benchmark.reading.ablation import Without
from pipeline.benchmark.reading.born_digital import BornDigital
from pipeline.benchmark.reading.counting import FIRST
from pipeline.benchmark.reading.memory import Memory
from pipeline.benchmark.reading.orientation import Orientation
from pipeline.benchmark.reading.platens import Platens
from pipeline.benchmark.reading.reliability import Curve
from pipeline.benchmark.reading.report import PeerScore, ReadingReport, SetScore
from pipeline.benchmark.reading.score import Interval, OwnCalls
from pipeline.benchmark.reading.speed import Speed
from pipeline.benchmark.reading.switches import SWITCH_BY_NAME
from pipeline.benchmark.reading.worst import WorstPage

ORDERED_TARGET = 0.015
"""With reading order, clean pages."""
_MIB = 1024**2
_MUCH_TIME = 0.02
"""Share of processor time below which two runs are alike."""
_LONGEST = 80
"""Characters of a cell that quotes pages."""


def reading_tables(report: ReadingReport) -> Iterator[Table]:
    """Everything that was measured."""
    if report.conditions:
        yield _scores("文字誤り率(作った頁、95%区間) / character errors, generated pages", report.conditions)
    if report.public:
        yield _scores("文字誤り率(公開データ) / character errors, public pages", report.public)
    if any(s.peers for s in (*report.conditions, *report.public)):
        yield _peers((*report.conditions, *report.public))
    if report.speed:
        yield _speed(report.speed)
    if report.own_calls and report.own_calls.pages:
        yield _own_calls(report.own_calls)
    if report.orientation:
        yield _orientation(report.orientation)
    yield from _platens(report)
    if report.born_digital:
        yield _born_digital(report.born_digital)
    if report.memory:
        yield _memory(report.memory)
    if report.ablation:
        yield _ablation(report.ablation)
    for curve in report.reliability:
        yield _curve(curve)
    if report.worst:
        yield _worst(report.worst)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    return table


def shown(value: Interval) -> str:
    """A rate with its interval, e.g. ``0.61% (0.42–0.80)``."""
    return f"{value.mean:.2%} ({value.low * 100:.2f}–{value.high * 100:.2f})"


def _mark(good: bool) -> str:  # noqa: FBT001 - the only thing it says
    return "○" if good else "×"


def _scores(title: str, sets: Sequence[SetScore]) -> Table:
    table = _table(
        title,
        "条件",
        "頁",
        "順不同 / order-free",
        "目標",
        "順序込み / with order",
        "並ぶ欄は順不問 / either order",
        "順不同(全文字)",
        "秒/頁",
    )
    for found in sets:
        score = found.score
        target = "-"
        if found.target is not None:
            target = f"≤{found.target:.1%} {_mark(score.unordered.mean <= found.target)}"
        table.add_row(
            f"{found.label_ja} / {found.label_en}",
            str(score.pages),
            shown(score.unordered),
            target,
            shown(score.ordered),
            shown(score.either),
            f"{score.unordered_pooled:.2%}",
            f"{score.seconds_per_page:.2f}",
        )
    return table


def _peers(sets: Sequence[SetScore]) -> Table:
    title = "ほかのエンジンと同じ頁で比べる / beside plain engines on the same pages"
    table = _table(
        title, "条件", "相手", "頁", "順不同: Shoko / 相手 = 比(95%)", "順序込み: Shoko / 相手", "相手の秒/頁"
    )
    for found in sets:
        for peer in found.peers:
            table.add_row(*_peer_row(found, peer))
    return table


def _peer_row(found: SetScore, peer: PeerScore) -> tuple[str, ...]:
    ratio = peer.unordered_ratio
    shown_ratio = f"{ratio.mean:.2f} ({ratio.low:.2f}–{ratio.high:.2f})"
    return (
        found.label_ja,
        peer.name,
        str(peer.score.pages),
        f"{peer.ours.unordered.mean:.2%} / {peer.score.unordered.mean:.2%} = {shown_ratio}",
        f"{peer.ours.ordered.mean:.2%} / {peer.score.ordered.mean:.2%}",
        f"{peer.score.seconds_per_page:.2f}",
    )


def _speed(found: Speed) -> Table:
    machine = found.machine
    title = (
        f"A4のスキャン{found.pages}頁、{machine.cores}プロセス / scanned A4 pages on {machine.cores} processes\n"
        f"{machine.processor} ({', '.join(machine.flags) or '-'})"
    )
    table = _table(title, "", "秒", "秒/頁", "頁/秒", "起動(秒)", "ocrmypdfの何倍", "CPU秒/頁", "CPUで何倍")
    for run in found.runs:
        table.add_row(
            run.name,
            f"{run.seconds:.1f}",
            f"{run.seconds / found.pages:.2f}",
            f"{found.pages / run.seconds:.2f}",
            f"{run.start_seconds:.1f}",
            _times(run.ratio),
            f"{run.cpu_seconds / found.pages:.2f}",
            _times(run.cpu_ratio),
        )
    if found.peer:
        table.add_row(
            found.peer,
            f"{found.peer_seconds:.1f}",
            f"{found.peer_seconds / found.pages:.2f}",
            f"{found.pages / found.peer_seconds:.2f}",
            "-",
            "1.0",
            f"{found.peer_cpu_seconds / found.pages:.2f}",
            "1.0",
        )
        table.caption = found.command
    return table


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.1f}"


def _own_calls(found: OwnCalls) -> Table:
    title = "読み取り全体と、そのうちの文字認識網の呼び出し / whole path against its own engine calls"
    table = _table(title, "", "秒/頁", "比", "目標")
    table.add_row(
        "全体 / whole",
        f"{found.seconds / found.pages:.3f}",
        f"{found.ratio:.3f}",
        f"≤1.15 {_mark(found.ratio <= 1.15)}",
    )
    table.add_row("(CPU時間 / processor time)", f"{found.cpu_seconds / found.pages:.3f}", f"{found.cpu_ratio:.3f}", "")
    for reason, seconds in found.reasons.items():
        name = "最初の読み取り / first reading" if reason == FIRST else f"再読 / {reason}"
        table.add_row(name, f"{seconds / found.pages:.3f}", f"{found.share(reason):.1%}", "")
    return table


def _orientation(found: Orientation) -> Table:
    table = _table("向きの判定 / way up", "状態", "頁", "正しい割合(95%)", "誤り")
    for name, right in (("全体 / all", found.right), *found.by_damage):
        table.add_row(name, str(right.of), _rate_shown(right), str(right.of - right.hits))
    table.caption = f"判定 {found.seconds_per_page:.2f} CPU秒/頁"
    return table


def _platens(report: ReadingReport) -> Iterator[Table]:
    if report.platens:
        yield _cut_apart(report.platens, "まとめて載せたレシートの切り分け / receipts on one platen cut apart")
    if report.everyday_platens:
        yield _cut_apart(report.everyday_platens, "ふだんの原稿台の切り分け / platens as people make them")


def _cut_apart(found: Platens, title: str) -> Table:
    table = _table(title, "", "枚", "正しい割合(95%)", "目標")
    share, pages = found.receipts_right.share or 0.0, found.pages_right.share or 0.0
    right = found.receipts_right
    table.add_row("レシート / receipts", str(right.of), _rate_shown(right), f"≥99% {_mark(share >= 0.99)}")
    table.add_row(
        "原稿台 / platens", str(found.pages_right.of), _rate_shown(found.pages_right), f"≥98% {_mark(pages >= 0.98)}"
    )
    table.add_row("黙った誤り / silently wrong", str(found.silent.of), _rate_shown(found.silent), "0")
    table.add_row("誤って切った頁 / cut but whole", str(found.false_cuts.of), _rate_shown(found.false_cuts), "")
    for way, right in found.by_way:
        table.add_row(f"　{way}", str(right.of), _rate_shown(right), "")
    table.caption = (
        f"確認に回した原稿台 {found.asked}、"
        f"{found.seconds_per_platen:.2f} CPU秒/枚、切らない頁 {found.seconds_per_single:.2f} CPU秒/頁"
    )
    return table


def _rate_shown(right: Rate) -> str:
    return "-" if right.share is None else f"{right.share:.2%} ({right.low * 100:.2f}–{right.high * 100:.2f})"


def _born_digital(found: BornDigital) -> Table:
    table = _table("文字情報のある頁 / born-digital pages", "", "秒/頁", "比", "目標")
    table.add_row(
        "Shoko",
        f"{found.shoko_seconds / found.pages:.3f}",
        f"{found.ratio:.2f} (中央値 {found.median_ratio:.2f})",
        f"≤1.2 {_mark(found.ratio <= 1.2)}",
    )
    table.add_row("pdfplumber extract_words", f"{found.pdfplumber_seconds / found.pages:.3f}", "1.00", "")
    if found.needed_ocr:
        table.caption = f"文字認識に回った頁: {found.needed_ocr}"
    return table


def _memory(found: Memory) -> Table:
    table = _table("1プロセスのメモリ / memory of one reading process", "頁", "MiB")
    for pages, size in found.curve:
        table.add_row(str(pages), f"{size / _MIB:.0f}")
    growth = found.growth_bytes_per_1000_pages / _MIB
    table.caption = f"最大 {found.peak_bytes / _MIB:.0f} MiB、1,000頁あたりの増加 {growth:+.0f} MiB"
    return table


def _ablation(rows: Sequence[Without]) -> Table:
    names = [name for name, _ in rows[0].unordered]
    title = "一つずつ外すと / each choice turned off, order-free error (changes in points)"
    table = _table(title, "外したもの", *names, "変化(95%)", "順序込みの変化(95%)", "CPU秒/頁", "時間の変化", "判定")
    for row in rows:
        switch = SWITCH_BY_NAME.get(row.name)
        change = "-" if switch is None else _points(row.change)
        table.add_row(
            f"{switch.label_ja} / {switch.label_en}" if switch else "なし / none",
            *(f"{rate:.2%}" for _, rate in row.unordered),
            change,
            "-" if switch is None else _points(row.ordered_change),
            f"{row.cpu_seconds_per_page:.2f}",
            "-" if switch is None else f"{row.seconds_change:+.0%}",
            "-" if switch is None else _verdict(row),
        )
    table.caption = (
        "+は、外すと誤りまたは時間が増える(役に立っている)こと。差なしは、この頁数では区間が0を含むこと。"
        "第二の意見は確信度だけを変え、印の中の文字は誤りに数えない。"
        " / +: what leaving it out costs. No difference: on these pages the interval holds 0. "
        "A second opinion changes confidence alone; words on stamps are not counted."
    )
    return table


def _verdict(row: Without) -> str:
    """What these pages say about a choice: its gain in errors first, then what it costs or saves."""
    if max(row.change.low, row.ordered_change.low) > 0:
        said = "効く / pays"
    elif min(row.change.high, row.ordered_change.high) < 0:
        said = "害がある / harms"
    else:
        said = "誤りに差なし / no difference"
    if row.seconds_change >= _MUCH_TIME:
        return f"{said}, 速くする / saves time"
    return f"{said}, 時間がかかる / costs time" if row.seconds_change <= -_MUCH_TIME else said


def _points(change: Interval) -> str:
    return f"{change.mean * 100:+.2f} ({change.low * 100:+.2f}–{change.high * 100:+.2f})"


def _curve(found: Curve) -> Table:
    label = {"character": "文字", "word": "語", "line": "行"}[found.of]
    table = _table(f"確信度と正しさ: {label} / reliability per {found.of}", "確信度", "件", "平均", "正しい割合(95%)")
    for step in found.bins:
        share = step.right.share or 0.0
        table.add_row(
            f"{step.low:g}–{step.high:g}",
            str(step.right.of),
            f"{step.confidence:.3f}",
            f"{share:.2%} ({step.right.low * 100:.1f}–{step.right.high * 100:.1f})",
        )
    table.caption = f"期待較正誤差 / expected calibration error {found.expected_error:.4f}"
    return table


def _worst(pages: Sequence[WorstPage]) -> Table:
    title = "最も悪い頁で何を誤ったか / what went wrong on the worst pages"
    table = _table(title, "絵", "頁", "順不同 / 順序込み", "何を誤ったか", "読み落とし", "読み違えた印字", "誤った語")
    for page in pages:
        table.add_row(
            Path(page.picture).name,
            page.title,
            f"{page.unordered_rate:.2%} / {page.ordered_rate:.2%}",
            page.what,
            _clipped(page.missed),
            _clipped(page.misread),
            _clipped(" ".join(page.wrong)),
        )
    table.caption = f"絵と一覧 / pictures: {Path(pages[0].picture).parent.name}/index.html"
    return table


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
