"""The index tables: formulas defused, CP932 with its gaps marked, values of their own kind."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export import index
from storage.export.folder import BundleFolder
from storage.export.index import HEADINGS, IndexWriter, Row, cells, defused, to_cp932
from storage.export.page import PageWriter


def make_row(**changes) -> Row:
    values = {
        "document_id": "doc-1",
        "revision": 1,
        "document_type": "請求書",
        "state": "保管済み",
        "transaction_date": date(2026, 10, 31),
        "total_amount": Decimal(128960),
        "currency": "JPY",
        "counterparty": "株式会社青空商事",
        "registration_number": "T1234567890123",
        "document_number": "0012",
        "received_on": date(2026, 11, 20),
        "received_on_assumed": True,
        "origin": "紙で受領",
        "originals": ("data/originals/2026-10/a.pdf",),
        "original_names": ("a.pdf",),
        "renditions": (),
        "retain_until": date(2034, 2, 28),
        "sha256": ("ab" * 32,),
        "stamped_at": (datetime(2026, 11, 20, 3, 0, tzinfo=UTC),),
        "authorities": ("local",),
        "accredited": False,
        "text": "請求書",
    }
    return Row(**(values | changes))


def written(folder, *rows):
    """The tables of these rows: lines of the CSV, the workbook."""
    bag = BundleFolder(folder / "bag")
    with IndexWriter(bag) as writer:
        for row in rows:
            writer.add(row)
    bag.close()
    place = folder / "bag/data/index"
    table = list(csv.reader(io.StringIO((place / "index.csv").read_bytes().decode("utf-8-sig"), newline="")))
    return table, openpyxl.load_workbook(place / "index.xlsx")


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_are_defused_everywhere(text, tmp_path):
    table, book = written(tmp_path, make_row(counterparty=text, document_number=text))
    assert table[1][7].startswith("'")
    sheet = book["索引"]
    assert sheet["H2"].data_type == "s"
    assert str(sheet["H2"].value).startswith("'")


@given(st.text())
def test_no_text_is_ever_a_formula(text):
    shown = defused(text)
    assert not shown.startswith(("=", "+", "@", "\t", "\r"))
    assert not shown.startswith("-") or Decimal(shown) <= 0


def test_values_keep_their_kind(tmp_path):
    row = make_row(total_amount=Decimal("-1234.5"), registration_number="T𠮷")
    assert len(cells(row)) == len(HEADINGS)
    table, sheet = written(tmp_path, row)
    assert table[0] == list(HEADINGS)
    assert table[1][4:7] == ["2026-10-31", "-1234.5", "JPY"]
    assert table[1][9] == "0012"
    assert table[1][11] == "仮（未確認）"
    assert table[1][13:17] == ["2034-02-28", "data/originals/2026-10/a.pdf", "a.pdf", ""]
    assert table[1][18:] == ["2026-11-20 12:00:00 JST", "local", "なし"]
    assert sheet["索引"]["F2"].value == -1234.5
    assert sheet["索引"]["E2"].value.date() == date(2026, 10, 31)
    assert sheet["索引"]["J2"].value == "0012"
    assert sheet["注記"]["A3"].value == "U+20BB7 𠮷 × 1 (doc-1)"
    noted = (tmp_path / "bag/data/index/replaced-characters.txt").read_text()
    assert "U+20BB7 𠮷 × 1 (doc-1)" in noted


def test_blanks(tmp_path):
    row = make_row(
        transaction_date=None,
        total_amount=None,
        counterparty=None,
        stamped_at=(),
        authorities=(),
        received_on_assumed=False,
    )
    table, book = written(tmp_path, row)
    assert table[1][4:6] == ["", ""]
    assert table[1][11] == "確認済み"
    assert table[1][18:] == ["付与待ち", "", ""]
    assert book["索引"]["E2"].value is None


def test_cp932_marks_what_it_lacks():
    content, lost = to_cp932("𠮷野家 髙﨑 ①㈱ 〜−¥ 한 𠮷")
    assert content.decode("cp932") == "〓野家 髙﨑 ①㈱ ～－￥ 〓 〓"
    assert lost == ("𠮷", "한")


def test_controls_and_lines_do_not_break_the_table(tmp_path):
    table, book = written(tmp_path, make_row(counterparty="a\x00b\nc\x0bd\ufffe"))
    assert table[1][7] == "ab cd"
    assert book["索引"]["H2"].value == "ab cd"


def test_no_rows_is_a_table_of_headings(tmp_path):
    table, book = written(tmp_path)
    assert table == [list(HEADINGS)]
    assert book["索引"]["A1"].value == "書類ID"


def test_more_rows_than_a_sheet_holds_go_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "_MAX_ROWS", 3)
    table, book = written(tmp_path, *(make_row(document_id=f"doc-{n}") for n in range(5)))
    assert len(table) == 6
    found = [book[name].cell(row=at, column=1).value for name in ("索引", "索引2", "索引3") for at in (2, 3)]
    assert found == ["doc-0", "doc-1", "doc-2", "doc-3", "doc-4", None]


def test_page_takes_values_as_data_only(tmp_path):
    bag = BundleFolder(tmp_path / "bag")
    writer = PageWriter(bag)
    writer.add(make_row(counterparty="</script><script>alert(1)</script>", text="@@TITLE@@ \u2028 &amp;"))
    writer.finish(title="<b>題", facts=[("条件", "Conditions", "<i>@@SCRIPTS@@")])
    bag.close()
    html = (bag.root / "index.html").read_text()
    data = "".join(path.read_text() for path in (bag.root / "page").glob("*-0001.js"))
    assert "alert(1)" not in html
    assert "<" not in data
    assert "\u2028" not in data
    assert "&lt;b&gt;題" in html
    assert "&lt;i&gt;" in html
    assert "<script>" not in html  # nothing inline
    assert "http:" not in html + data
    assert "https:" not in html + data
