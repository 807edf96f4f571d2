"""What the desk benchmark found, against what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from pipeline.benchmark.desk.run import DeskReport

SEARCH_MS, PAGE_MS, PAINT_MS, PAGE_BYTES = 100, 200, 1000, 300_000
"""Most that an answer to a search, the server's time of a page, its first paint and its weight should be: nobody waits
for what comes within a tenth of a second, nor loses the thread within one (Nielsen 1993)."""


def desk_tables(report: DeskReport) -> list[Table]:
    """Searches, and pages where they were asked for; each number with its share of what it should be at most."""
    here = f"{report.machine.processor}、{report.machine.cores} コア、負荷 {report.load}"
    about = f"{report.documents:,} 件、{report.people} 人（{here}）"
    searches = Table(title=f"検索: {about}", caption=f"上限: 休みを置いて 95 % が {SEARCH_MS} ms")
    for name in ("質問", "休みなし 中央値", "95 %", "休みを置いて 中央値", "95 %", "上限に対して"):
        searches.add_column(name, justify="left" if name == "質問" else "right")
    paused = {one.name: one for one in report.unhurried}
    for one in report.timings:
        calm = paused.get(one.name)
        shown = (f"{calm.median_ms:g}", f"{calm.p95_ms:g}", _share(calm.p95_ms, SEARCH_MS)) if calm else ("", "", "")
        searches.add_row(one.name, f"{one.median_ms:g}", f"{one.p95_ms:g}", *shown)
    if not report.pages:
        return [searches]
    limits = f"上限: 95 % が {PAGE_MS} ms、{PAGE_BYTES // 1000} kB（画像を除く）、最初の表示 {PAINT_MS} ms"
    pages = Table(title=f"画面: {about}", caption=limits)
    for name in (
        "画面",
        "ひとり",
        "中央値",
        "95 %",
        "上限に対して",
        "大きさ kB",
        "上限に対して",
        "最初の表示 ms",
        "上限に対して",
    ):
        pages.add_column(name, justify="left" if name == "画面" else "right")
    for page in report.pages:
        size = page.size_bytes if page.sent_bytes is None else max(page.size_bytes, page.sent_bytes)
        painted = ("", "") if page.paint_ms is None else (f"{page.paint_ms:g}", _share(page.paint_ms, PAINT_MS))
        pages.add_row(
            page.name,
            *(f"{taken:g}" for taken in (page.alone_ms, page.median_ms, page.p95_ms)),
            _share(page.p95_ms, PAGE_MS),
            f"{size / 1000:.0f}",
            _share(size, PAGE_BYTES),
            *painted,
        )
    return [searches, pages]


def _share(measured: float, most: float) -> str:
    return f"{measured / most:.2f}"
