"""The index tables: formulas defused, CP932 with its gaps marked, values of their own kind."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export import index, page
from storage.export.index import HEADINGS, Row, cells, defused, to_cp932, to_csv, to_xlsx


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
        "originals": ("data/originals/unit-1/a.pdf",),
        "sha256": ("ab" * 32,),
        "stamped_at": (datetime(2026, 11, 20, 3, 0, tzinfo=UTC),),
        "authorities": ("local",),
        "accredited": False,
        "text": "請求書",
    }
    return Row(**(values | changes))


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_are_defused_everywhere(text):
    row = make_row(counterparty=text, document_number=text)
    table = list(csv.reader(io.StringIO(to_csv([row]))))
    assert table[1][7].startswith("'")
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([row])))["索引"]
    assert sheet["H2"].data_type == "s"
    assert str(sheet["H2"].value).startswith("'")


@given(st.text())
def test_no_text_is_ever_a_formula(text):
    shown = defused(text)
    assert not shown.startswith(("=", "+", "@", "\t", "\r"))
    assert not shown.startswith("-") or Decimal(shown) <= 0


def test_values_keep_their_kind():
    row = make_row(total_amount=Decimal("-1234.5"))
    assert len(cells(row)) == len(HEADINGS)
    table = list(csv.reader(io.StringIO(to_csv([row]))))
    assert table[0] == list(HEADINGS)
    assert table[1][4:7] == ["2026-10-31", "-1234.5", "JPY"]
    assert table[1][9] == "0012"
    assert table[1][11] == "仮（未確認）"
    assert table[1][15:] == ["2026-11-20 12:00:00 JST", "local", "なし"]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([row], notes=["=x"])))
    assert sheet["索引"]["F2"].value == -1234.5
    assert sheet["索引"]["E2"].value.date() == date(2026, 10, 31)
    assert sheet["索引"]["J2"].value == "0012"
    assert sheet["注記"]["A1"].value == "'=x"


def test_blanks():
    row = make_row(
        transaction_date=None,
        total_amount=None,
        counterparty=None,
        stamped_at=(),
        authorities=(),
        received_on_assumed=False,
    )
    table = list(csv.reader(io.StringIO(to_csv([row]))))
    assert table[1][4:6] == ["", ""]
    assert table[1][11] == "確認済み"
    assert table[1][15:] == ["付与待ち", "", ""]
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx([row])))["索引"]["E2"].value is None


def test_cp932_marks_what_it_lacks():
    content, lost = to_cp932("𠮷野家 髙﨑 ①㈱ 〜−¥ 한 𠮷")
    assert content.decode("cp932") == "〓野家 髙﨑 ①㈱ ～－￥ 〓 〓"
    assert lost == ("𠮷", "한")


def test_controls_and_lines_do_not_break_the_table():
    row = make_row(counterparty="a\x00b\nc\x0bd\ufffe")
    assert list(csv.reader(io.StringIO(to_csv([row]))))[1][7] == "ab cd"
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx([row])))["索引"]["H2"].value == "ab cd"


def test_page_takes_values_as_data_only():
    row = make_row(counterparty="</script><script>alert(1)</script>", text="@@TITLE@@ \u2028 &amp;")
    html = page.render([row], title="<b>題", facts=[("条件", "<i>")])
    assert "</script><script>" not in html
    assert "&lt;b&gt;題" in html
    assert "&lt;i&gt;" in html
    assert html.count("<script") == 2
    assert "http:" not in html
    assert "https:" not in html
    assert index.GETA not in html
