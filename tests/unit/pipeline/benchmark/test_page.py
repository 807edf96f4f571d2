"""The tables of a terminal as a Markdown page."""

from rich.table import Table
from rich.text import Text

from pipeline.benchmark.page import page


def made() -> Table:
    table = Table(title="文字誤り率 / errors\nsecond line")
    table.add_column("条件")
    table.add_column("率", justify="right")
    table.add_row("明瞭 | 300 dpi", Text("0.61% ○", style="green"))
    table.add_row("写真\nphoto", "0.80%")
    table.caption = "期待較正誤差 0.01"
    return table


def test_titles_rows_and_captions_come_through():
    assert page([made()], about="2026-11-22").splitlines() == [
        "# 測定結果 / Measurements",
        "",
        "2026-11-22",
        "",
        "## 文字誤り率 / errors — second line",
        "",
        "| 条件 | 率 |",
        "| --- | --: |",
        "| 明瞭 \\| 300 dpi | 0.61% ○ |",
        "| 写真 photo | 0.80% |",
        "",
        "期待較正誤差 0.01",
    ]


def test_a_table_without_title_or_rows_is_still_a_table():
    table = Table()
    table.add_column("a")
    assert page([table], about="x").splitlines()[-2:] == ["| a |", "| --- |"]


def test_pictures_come_last_with_what_they_show():
    shown = page([made()], about="x", pictures=[("写真: 読み違い 3", "READING-worst/01.webp")]).splitlines()
    assert shown[-3:] == ["写真: 読み違い 3", "", "![1](READING-worst/01.webp)"]
