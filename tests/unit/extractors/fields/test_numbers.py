"""Document numbers by their labels, and what only looks like one."""

import pytest

from domain.fields import DocumentType
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
        (T.RECEIPT, "第0123号", "0123"),
        (T.RECEIPT, "No. 第 0123 号", "0123"),
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
