"""Counting of cells."""

from domain.geometry import Box
from domain.page import Cell, Table
from pipeline.benchmark.reading.cells import CellCount, count_cells

BOX = Box(left=0, top=0, right=1, bottom=1)
SPOKEN = "請求書\n品名\t数量\t金額\n名刺 印刷\t3\t5,700\n \t\t\n小計\t5,700\n以上"


def table(*rows):
    cells = tuple(Cell(row=r, column=c, text=text, box=BOX) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Table(row_count=len(rows), column_count=max(map(len, rows)), cells=cells, box=BOX, ruled=True)


def test_every_cell_in_its_row():
    tables = [table(["品名", "数量", "金額"], ["名刺印刷", "3", "5,700"]), table(["小計", "５，７００"])]
    assert count_cells(SPOKEN, tables) == CellCount(printed=8, placed=8, exact=8)


def test_a_misread_cell_is_placed_but_not_exact():
    tables = [table(["品名", "数量", "金額"], ["名剌印刷", "3", "5,700"])]
    assert count_cells(SPOKEN, tables) == CellCount(printed=8, placed=7, exact=6)


def test_cells_run_together_are_lost():
    assert count_cells(SPOKEN, [table(["品名数量金額"])]) == CellCount(printed=8, placed=0, exact=0)


def test_a_found_cell_answers_for_one_only():
    assert count_cells("a\ta", [table(["a"])]) == CellCount(printed=2, placed=1, exact=1)


def test_nothing_found_and_sums():
    none = count_cells(SPOKEN, [])
    assert none == CellCount(printed=8, placed=0, exact=0)
    assert none + count_cells("a\tb", [table(["a", "b"])]) == CellCount(printed=10, placed=2, exact=2)
