"""Goods on tills' slips: which row is one, how many at what price, and where the sums begin."""

from decimal import Decimal

import pytest

from domain.fields import DocumentType
from extractors.fields import extract_fields
from extractors.fields.slips import DETAIL

PRICE = 700


def goods(paper, context, *rows):
    fields = extract_fields(DocumentType.RECEIPT, (paper(*rows),), context=context)
    items = fields.value("line_items")
    return (
        [] if items is None else [(i.description, i.quantity, i.unit_price, i.amount, i.tax_rate) for i in items.rows]
    )


HEAD = ("スーパー見本", "TEL 03-0000-1234", "2026年10月3日 12:30", "レジ0002  No.93608")


@pytest.mark.parametrize(
    ("detail", "with_amount"),
    [
        ("3点 × 単4", True),
        ("3点×単¥4", True),
        ("(3個 x 4)", True),
        ("@4 × 3", False),
        ("@\\4×3", False),
        ("3コ×4", True),
        ("4x3", True),
    ],
)
def test_how_many_at_what_price(paper, context, detail, with_amount):
    name = "レジ袋" if with_amount else [(100, "レジ袋"), (PRICE, "¥12")]
    second = [(120, detail), (PRICE, "¥12")] if with_amount else [(120, detail)]
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "ボールペン"), (PRICE, "¥145")],
        name,
        second,
        [(100, "小計"), (PRICE, "¥157")],
        [(100, "合計"), (PRICE, "¥157")],
    )
    assert found == [
        ("ボールペン", None, None, Decimal(145), None),
        ("レジ袋", Decimal(3), Decimal(4), Decimal(12), None),
    ]


def test_amounts_without_sign_or_separator(paper, context):
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "緑茶※"), (PRICE, "141")],
        [(100, "クーポン値引※"), (PRICE, "△20")],
        [(100, "小計"), (PRICE, "121")],
        [(100, "お買上合計"), (PRICE, "121")],
    )
    assert found == [
        ("緑茶", None, None, Decimal(141), Decimal(8)),
        ("クーポン値引", None, None, Decimal(-20), Decimal(8)),
    ]


def test_a_form_without_goods_has_none(paper, context):
    found = goods(
        paper,
        context,
        "領 収 証 書",
        [(100, "No."), (PRICE, "6751")],
        [(100, "領収日 2024年12月4日"), (PRICE, "¥91,080-")],
        "見本商事株式会社 御中",
        [(100, "領収金額"), (PRICE, "¥91,080-")],
        "但し 配送料として",
    )
    assert found == []


def test_numbers_above_the_goods_are_none_of_them(paper, context):
    found = goods(
        paper,
        context,
        "文具のちどり",
        "2026/10/3 9:15",
        [(100, "サービス券番号"), (300, "1,234")],
        [(100, "封筒"), (PRICE, "¥626")],
        [(100, "合計"), (PRICE, "¥626")],
    )
    assert [g[0] for g in found] == ["封筒"]


def test_numbers_behind_their_labels_are_no_goods(paper, context):
    rows = ("スーパー見本", [(100, "会計No.91666"), (PRICE, "担当No. 3526")], [(100, "席番"), (PRICE, "12")])
    found = goods(paper, context, *rows, [(100, "紅茶"), (PRICE, "¥500")], [(100, "合計"), (PRICE, "¥500")])
    assert [(name, amount) for name, _, _, amount, _ in found] == [("紅茶", 500)]


def test_a_name_with_figures_is_no_detail():
    assert DETAIL.match("単3電池 4本") is None
    assert DETAIL.match("緑茶 2L") is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ([(100, "茶"), (PRICE, "¥297")], [(140, "単価 99 数量 3")], [(100, "飴"), (PRICE, "¥305")]),
            [("茶", 3, 99, 297, None), ("飴", None, None, 305, None)],
        ),
        (
            ([(100, "茶"), (PRICE, "¥99")], [(140, "3個"), (PRICE, "¥297")], [(100, "飴"), (PRICE, "¥305")]),
            [("茶", 3, 99, 297, None), ("飴", None, None, 305, None)],
        ),
        (
            ([(100, "茶(軽)"), (PRICE, "¥297")], [(100, "飴"), (PRICE, "¥305軽")]),
            [("茶", None, None, 297, 8), ("飴", None, None, 305, 8)],
        ),
        (
            ([(100, "茶"), (PRICE, "¥297 8%")], [(100, "飴"), (400, "5"), (500, "61"), (PRICE, "¥305 10%")]),
            [("茶", None, None, 297, 8), ("飴", 5, 61, 305, None)],
        ),
        (
            ([(100, "軽油")], [(140, "3.5 L"), (PRICE, "¥297")], [(100, "飴"), (PRICE, "¥305")]),
            [("飴", None, None, 305, None)],
        ),
    ],
)
def test_tills_of_many_makes(paper, context, rows, expected):
    found = goods(paper, context, *HEAD, *rows, [(100, "合計"), (PRICE, "¥602")])
    assert found[-len(expected) :] == [
        tuple(v if v is None or isinstance(v, str) else Decimal(v) for v in row) for row in expected
    ]


@pytest.mark.parametrize("paid", ["クレジットカード(1234)", "電子マネー支払"])
def test_how_it_was_paid_is_no_goods_where_it_stands_above_the_sum(paper, context, paid):
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "標準洗濯"), (PRICE, "300円")],
        [(100, paid), (PRICE, "300円")],
        [(100, "合計"), (PRICE, "300円")],
    )
    assert [row[0] for row in found] == ["標準洗濯"]


def test_a_card_that_is_bought_is_goods(paper, context):
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "ギフトカード"), (PRICE, "¥500")],
        [(100, "のし袋"), (PRICE, "¥120")],
        [(100, "合計"), (PRICE, "¥620")],
    )
    assert [row[0] for row in found] == ["ギフトカード", "のし袋"]


def test_heads_over_two_lines(paper, context):
    found = goods(
        paper,
        context,
        *HEAD,
        "品名",
        [(150, "数量×単価"), (PRICE, "金額")],
        "おにぎり梅",
        [(130, "2点 × ¥138"), (PRICE, "¥276")],
        "緑茶",
        [(130, "1点 × ¥98"), (PRICE, "¥98")],
        [(100, "合計"), (PRICE, "¥374")],
    )
    assert found == [
        ("おにぎり梅", Decimal(2), Decimal(138), Decimal(276), None),
        ("緑茶", Decimal(1), Decimal(98), Decimal(98), None),
    ]


def test_goods_over_a_total_in_double_width_without_sign(paper, context):
    """Tills print their total in double width, which is read as such (１６３)."""
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "ボールペン 黒"), (PRICE, "149")],
        [(100, "10%税抜対象額"), (PRICE, "149")],
        [(100, "外税額10%"), (PRICE, "14")],
        [(100, "お会計"), (PRICE, "１６３")],
    )
    assert found == [("ボールペン 黒", None, None, Decimal(149), Decimal(10))]


def test_names_over_their_counts_under_a_head_of_two_lines(paper, context):
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "品名")],
        [(130, "数量×単価"), (PRICE, "金額")],
        [(100, "おにぎり")],
        [(130, "2点×¥138"), (PRICE, "¥276")],
        [(100, "冷凍チャーハン")],
        [(130, "3点×¥118"), (PRICE, "1354")],
        [(100, "レジ袋")],
        [(130, "1点×¥5"), (PRICE, "¥5")],
        [(100, "小計"), (PRICE, "¥640")],  # misread: the goods add up to 635
        [(100, "合計"), (PRICE, "¥640")],
    )
    assert [(name, amount) for name, _, _, amount, _ in found] == [
        ("おにぎり", Decimal(276)),
        ("冷凍チャーハン", Decimal(354)),
        ("レジ袋", Decimal(5)),
    ]


@pytest.mark.parametrize(("counts", "amount"), [("3点×¥451", "1353"), ("3点×¥118", "1355"), ("2点×¥100", "¥1200")])
def test_a_sign_is_read_as_a_figure_only_where_the_product_says_so(paper, context, counts, amount):
    found = goods(
        paper,
        context,
        *HEAD,
        [(100, "チャーハン")],
        [(130, counts), (PRICE, amount)],
        [(100, "合計"), (PRICE, "¥1,500")],
    )
    assert [row[3] for row in found] == [Decimal(amount.removeprefix("¥"))]


def test_a_slip_that_only_says_what_it_is_for_is_for_that(paper, context):
    slip = ("2026年7月8日 13:34", [(100, "領収金額"), (PRICE, "¥1,200")], "青空交通", "TEL 03-0000-1234")
    (only,) = goods(paper, context, "領収証", "タクシー運賃として", *slip)
    assert (only[0], only[3]) == ("タクシー運賃", Decimal(1200))
    assert goods(paper, context, "領収証", "但し", "お品代として", *slip) == []


def test_the_number_on_the_stub_is_no_amount(paper, context):
    """It stands under what was paid for (代金) as sums do; money does not begin with a naught."""
    rows = (
        [(40, "控"), (500, "領 収 証 書")],
        [(40, "配達料代金")],
        [(40, "0927"), (900, "No.0927 2024/10/08")],
        [(300, "うみねこ精工株式会社 御中")],
        [(320, "63,250 円")],
        [(300, "但 配達料代金")],
        [(300, "上記金額を領収致しました。")],
        [(600, "望月青果株式会社")],
    )
    fields = extract_fields(DocumentType.RECEIPT, (paper(*rows),), context=context)
    total = fields.value("total_amount")
    assert total is None or total.amount == 63250  # print of one size: nothing is better than the number
