"""Document numbers by their labels, and what only looks like one."""

from dataclasses import replace

import pytest

from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import Line, Word
from extractors.fields import extract_fields

T = DocumentType


def number(paper, context, kind, *rows, **more):
    return extract_fields(kind, (paper(*rows, **more),), context=context).text("document_number")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (T.INSPECTION, "検収通知番号 ME-02723", "ME-02723"),
        (T.INSPECTION, "検査完了日2024年11月4日検収番号:20241104-067", "20241104-067"),
        (T.DELIVERY_NOTE, "件名10月分ご利用料管理番号: 24-2569", "24-2569"),
        (T.INVOICE, "貴社注文番号 139519", None),
        (T.INVOICE, "ゆうちょ銀行 記号 18005 番号 54745251", None),
        (T.RECEIPT, "Ne1803", "1803"),
        (T.RECEIPT, "レジ0002 伝票12345", "12345"),
        (T.RECEIPT, "レジ0002 #12345", "12345"),
        (T.RECEIPT, "レジNo 0002", None),
        (T.RECEIPT, "取引INo 45321", "45321"),
        (T.RECEIPT, "出庫精算2025.01.13 21:45", None),
        (T.RECEIPT, "第0123号", "0123"),
        (T.RECEIPT, "No. 第 0123 号", "0123"),
        (T.INVOICE, "照会番号 15484", "15484"),
        (T.INVOICE, "通し番号: 営-2026-012", "営-2026-012"),
        (T.INVOICE, "検 収 通 知 書 No.202506-9317", None),
        (T.INSPECTION, "検 収 通 知 書 No.202506-9317", "202506-9317"),
        (T.DELIVERY_NOTE, "納入番号 25A-3642", "25A-3642"),
        (T.INVOICE, "部門コード 60892", None),
        (T.INVOICE, "納品番号 60892", None),
        (T.INVOICE, "種別:普通預金 番号:1626514", None),
        (T.RECEIPT, "車室番号 87", None),
        (T.RECEIPT, "事業者番号 T3-9999-4822-7286", None),
    ],
)
def test_by_its_label(paper, context, kind, text, value):
    assert number(paper, context, kind, text) == value


def test_heads_that_stand_close_together_have_a_value_each(paper, context):
    found = number(
        paper,
        context,
        T.INVOICE,
        [(500, "日付"), (900, "伝票番号"), (1030, "貴社注文番号")],
        [(500, "2026年5月25日"), (900, "003624"), (1030, "555182")],
    )
    assert found == "003624"


def test_a_column_of_goods_is_no_number_of_the_paper(paper, context):
    found = number(
        paper,
        context,
        T.QUOTATION,
        [(100, "伝票番号"), (400, "明細"), (700, "数量"), (900, "単価"), (1100, "金額")],
        [(100, "A639-76"), (400, "金型修理"), (700, "5式"), (900, "293,000"), (1100, "1,465,000")],
    )
    assert found is None


def test_a_number_that_goes_on_below(paper, context):
    found = number(
        paper,
        context,
        T.INVOICE,
        [(100, "請求書番号:202609- 注文日2026年9月1日")],
        [(265, "3499")],
        pitch=1.3,
    )
    assert found == "202609-3499"


def test_a_number_without_a_label_in_the_head_of_a_form(paper, context):
    rows = ("R8-0015", "ご請求書", "株式会社あおぞら 御中", "神奈川県横浜市見本町1-2-3", "TEL 045-000-0001")
    assert number(paper, context, T.INVOICE, *rows) == "R8-0015"
    field = extract_fields(T.INVOICE, (paper(*rows),), context=context).get("document_number")
    labelled = extract_fields(T.INVOICE, (paper("請求書番号 R8-0015"),), context=context).get("document_number")
    assert field.confidence < labelled.confidence


@pytest.mark.parametrize(
    "rows",
    [
        ("R8-0015", "AB-00012", "請求書", "下記のとおりご請求申し上げます", "今後ともよろしくお願いいたします", "以上"),
        ([(100, "案件"), (300, "契約番号"), (600, "担当")], [(100, "7"), (300, "R8-0015"), (600, "森下")], "請求書"),
        ("045-000-0001", "226-0001", "T1234567890123", "請求書"),
        (
            "株式会社あおぞら",
            "〒131-8959 埼玉県さいたま市大宮区見本通",
            "1-15-18",
            "請求書",
            "明細",
            "金額",
            "記",
            "以上",
        ),
    ],
    ids=[
        "two of them",
        "under a label of something else",
        "telephone, postcode, registration",
        "the end of an address",
    ],
)
def test_a_number_that_something_else_claims_is_none(paper, context, rows):
    assert number(paper, context, T.INVOICE, *rows) is None


def test_a_head_that_wraps_before_its_last_character(paper, context):
    rows = (
        [(100, "得意先コー"), (500, "お見積書番")],
        [(150, "ド"), (560, "号")],
        [(100, "77120"), (500, "202609-8334")],
    )
    assert number(paper, context, T.QUOTATION, *rows, pitch=1.2) == "202609-8334"


def test_two_heads_read_as_one_stand_over_a_day_and_a_number(paper, context):
    page = paper([(100, "x")])
    words = (
        (100, 290, 100, "ご請求年月日"),
        (310, 430, 100, "管理番号"),
        (100, 285, 148, "令和6年3月9日"),
        (310, 400, 148, "005547"),
    )
    lines = [
        Line(
            words=tuple(
                Word(text=text, box=Box(left=left, top=y, right=right, bottom=y + 30), confidence=0.99)
                for left, right, y, text in words
                if y == at
            ),
            box=Box(left=100, top=at, right=430, bottom=at + 30),
        )
        for at in (100, 148)
    ]
    fields = extract_fields(T.INVOICE, (replace(page, lines=tuple(lines)),), context=context)
    assert fields.text("document_number") == "005547"


def test_a_line_that_ends_in_its_own_value_claims_nothing_below(paper, context):
    rows = ("請求書", "FAX:045-000-1638", "INV-2026-3773", "見本町1-2-3", "株式会社あおぞら 御中", "記", "以上")
    assert number(paper, context, T.INVOICE, *rows) == "INV-2026-3773"


@pytest.mark.parametrize(
    ("kind", "title", "value"),
    [
        (T.INVOICE, "請 求 書NINV-2026-0087", "INV-2026-0087"),
        (T.DELIVERY_NOTE, "納品書兼受領書11832", "11832"),
        (T.INVOICE, "納品書11832", None),
        (T.INVOICE, "請求書2026", None),
    ],
)
def test_a_number_right_behind_the_title(paper, context, kind, title, value):
    """№ between them was read as N, or not at all."""
    assert number(paper, context, kind, title, "株式会社あおぞら 御中", "東京都見本町1-2-3", "記", "以上") == value


@pytest.mark.parametrize("head", ["T399", "T3", "T39999784"])
def test_a_registration_number_that_breaks_anywhere_is_read_whole(paper, context, head):
    whole = "T3999978414192"
    page = paper([(100, f"登録番号 {head}")], [(100, whole[len(head) :])], pitch=1.3)
    assert extract_fields(T.INVOICE, (page,), context=context).text("registration_number") == whole


def test_what_breaks_off_at_a_hyphen_is_no_number(paper, context):
    page = paper([(600, "請求書", 60)], [(100, "コード"), (500, "名称")], [(100, "K122-"), (500, "紙")], "2026年1月5日")
    fields = extract_fields(T.INVOICE, (page,), context=context)
    assert fields.value("document_number") is None


def test_a_number_goes_on_under_the_hyphen_at_which_it_breaks_off(paper, context):
    page = paper([(600, "請求書", 60)], [(100, "請求番号:INV-")], [(190, "2024-5555")], pitch=1.1)
    fields = extract_fields(T.INVOICE, (page,), context=context)
    assert fields.text("document_number") == "INV-2024-5555"


def test_of_two_heads_read_as_one_each_has_its_own_number(paper, context):
    page = paper([(600, "請求書", 60)], [(100, "ご注文No. 請求No")], [(100, "35191"), (300, "10305")])
    first, second = page.lines[1].words[0], page.lines[1].words[0]
    words = (
        replace(first, text="ご注文No.", box=replace(first.box, right=260)),
        replace(second, text="請求No", box=replace(second.box, left=280)),
    )
    page = replace(page, lines=(page.lines[0], replace(page.lines[1], words=words), *page.lines[2:]))
    assert extract_fields(T.INVOICE, (page,), context=context).text("document_number") == "10305"


def test_a_day_read_as_one_with_a_number_is_no_part_of_it(paper, context):
    title = [(600, "請求書", 60)]
    dated, sure, unsure = (
        extract_fields(T.INVOICE, (paper(title, f"請求番号:{text}"),), context=context).get("document_number")
        for text in ("202605-4283R8.5.6", "FC-05499", "FC-054998.10.10")
    )
    assert dated.value.text == "202605-4283"
    assert unsure.confidence < sure.confidence - 0.05
