"""What stands where: labels, heads, rows, seals, stamps and torn names, each on the smallest paper that shows it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType, FieldStatus, value_to_plain
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from domain.record import Classification
from extractors.fields import extract_fields
from extractors.fields.checks import run_checks
from extractors.fields.layout import build_layout
from extractors.fields.review import review_reasons
from extractors.fields.roles import AmountRole, amount_role

T = DocumentType
CONTEXT = FieldContext(today=date(2026, 11, 21))
COMPANY = ([(1000, "株式会社青空商事", 36)], [(1000, "TEL 03-1234-5678")])


def read(page, kind=T.INVOICE, **context):
    fields = extract_fields(kind, (page,), context=FieldContext(today=date(2026, 11, 21), **context))
    return {f.name: value_to_plain(f.value) for f in fields.fields}, fields


def test_a_total_under_its_head(paper):
    page = paper(
        [(600, "請求書", 60)],
        *COMPANY,
        [(1000, "小計"), (1200, "消費税"), (1400, "ご請求金額")],
        [(100, "お支払条件は別紙のとおりとします"), (1000, "28,820"), (1200, "2,544"), (1400, "31,364")],
    )
    got, _ = read(page)
    assert (got["subtotal"], got["tax_total"], got["total_amount"]) == (28820, 2544, 31364)


def test_a_balance_brought_forward_is_not_the_total(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "前回ご請求額"), (400, "ご入金額"), (700, "当月お買上額"), (1000, "消費税"), (1300, "今回御請求額")],
        [(100, "83,600円"), (400, "41,800円"), (700, "627,884円"), (1000, "62,788円"), (1300, "732,472円")],
    )
    assert read(page)[0]["total_amount"] == 732472


def test_a_deduction_is_taken_off(paper):
    page = paper(
        [(600, "支払通知書", 60)],
        [(100, "小計"), (500, "¥100,000")],
        [(100, "消費税(10%)"), (500, "¥10,000")],
        [(100, "立替金相殺"), (500, "▲¥2,000")],
        [(100, "差引合計"), (500, "¥108,000")],
    )
    got, fields = read(page, T.PAYMENT_STATEMENT)
    assert got["total_amount"] == 108000
    assert fields.get("total_amount").confidence > 0.95


def test_the_amount_after_cash_rounding(paper):
    page = paper(
        [(300, "OGN GROUP SDN BHD", 40)],
        [(100, "Total (Inclusive of GST)"), (700, "6.83")],
        [(100, "Rounding"), (700, "0.02")],
        [(100, "TOTAL"), (700, "6.85")],
        [(100, "CASH"), (700, "20.00")],
        [(100, "CHANGE"), (700, "13.15")],
    )
    _, fields = read(page, T.RECEIPT)
    assert fields.money("total_amount").amount == Decimal("6.85")
    assert fields.money("total_amount").currency == "MYR"


def test_an_amount_without_currency_is_unsure(paper):
    _, fields = read(paper([(300, "SOME SHOP", 40)], [(100, "TOTAL"), (700, "6.85")]), T.RECEIPT)
    assert fields.money("total_amount").currency == "XXX"
    assert fields.get("total_amount").confidence <= 0.7
    assert fields.value("currency") is None


@pytest.mark.parametrize("read_as", ["V4,321", "Y4,321", "¥4.321", "\\4,321"])
def test_a_yen_sign_or_comma_that_was_misread(paper, read_as):
    page = paper([(300, "領収証", 40)], "2026/11/01", [(100, "合計"), (500, read_as)])
    assert read(page, T.RECEIPT)[0]["total_amount"] == 4321


def test_two_totals_that_contradict_each_other_are_ambiguous(paper):
    page = paper(
        [(600, "Rechnung", 60)],
        [(100, "Bruttosumme"), (500, "220,00 €")],
        [(100, "Zahlbetrag"), (500, "440,00 €")],
    )
    assert read(page)[1].get("total_amount").status is FieldStatus.AMBIGUOUS


def test_a_stamped_day_is_no_rival_of_the_labelled_one(paper):
    page = paper([(600, "発注書", 60)], [(1000, "26.01.14")], [(1000, "発行日 2026年01月10日")])
    _, fields = read(page, T.PURCHASE_ORDER)
    assert fields.day("transaction_date") == date(2026, 1, 10)
    assert fields.get("transaction_date").status is FieldStatus.FOUND


def test_two_unlabelled_days_are_ambiguous(paper):
    page = paper([(600, "請求書", 60)], [(1000, "2026年1月10日")], [(1000, "2026年1月12日")])
    assert read(page)[1].get("transaction_date").status is FieldStatus.AMBIGUOUS


def test_due_validity_and_delivery_are_not_the_date(paper):
    page = paper(
        [(600, "御見積書", 60)],
        "有効期限 2026年12月31日",
        "納期 2026年12月10日",
        "見積日 2026年11月1日",
    )
    assert read(page, T.QUOTATION)[0]["transaction_date"] == "2026-11-01"


def test_day_and_month_that_nothing_decides(paper):
    page = paper([(300, "Some Shop Ltd", 40)], "Date: 04/03/2018", "Total 5.00 USD")
    assert read(page, T.RECEIPT)[1].get("transaction_date").status is FieldStatus.AMBIGUOUS


def test_a_house_number_is_no_date(paper):
    page = paper([(300, "みどりストア", 60)], "大阪府大阪市北区架空町10-11-12", "2026-06-09 20:17:36", "領収証")
    _, fields = read(page, T.RECEIPT)
    assert fields.day("transaction_date") == date(2026, 6, 9)
    assert fields.get("transaction_date").status is FieldStatus.FOUND


def test_a_bracket_that_was_not_read(paper):
    page = paper([(600, "見積書", 60)], [(1000, "株)山田工業", 36)], [(1000, "TEL 03-1234-5678")])
    assert read(page, T.QUOTATION)[0]["issuer"] == "(株)山田工業"
    lost = paper([(600, "見積書", 60)], [(1000, "株山田工業", 60)], [(1000, "TEL 03-1234-5678")])
    got, fields = read(lost, T.QUOTATION)
    assert got["issuer"] == "(株)山田工業"
    assert fields.get("counterparty").confidence < 0.85


def test_the_sender_line_of_a_window_envelope(paper):
    page = paper(
        "QualityHosting AG - Uferweg 40 - D-63571 Gelnhausen", "iViveLabs Ltd.", "Hong Kong", [(600, "Rechnung", 60)]
    )
    got, _ = read(page)
    assert (got["issuer"], got["recipient"]) == ("QualityHosting AG", "iViveLabs Ltd")


def test_a_registration_number_broken_over_two_lines(paper):
    page = paper([(600, "請求書", 60)], [(1000, "登録番号 T7010705")], [(1000, "000725")])
    assert read(page)[0]["registration_number"] == "T7010705000725"


def test_radicals_that_pdf_printers_write(paper):
    page = paper([(600, "請求書", 60)], [(1000, "株式会社⻘空商事", 36)], [(1000, "TEL 03-1234-5678")])
    assert read(page)[0]["issuer"] == "株式会社青空商事"


def test_what_the_engine_read_as_one_line_is_one_row():
    """On a skewed page the amount of a row stands beside the label of the next."""

    def line(label, amount, top):
        words = (
            Word(text=label, box=Box(left=50, top=top + 20, right=150, bottom=top + 50), confidence=0.99),
            Word(text=amount, box=Box(left=400, top=top - 15, right=500, bottom=top + 15), confidence=0.99),
        )
        return Line(words=words, box=Box(left=50, top=top - 15, right=500, bottom=top + 50))

    page = PageText(
        page_index=0,
        lines=tuple(line(*row) for row in (("小計", "¥370", 100), ("お預り", "¥1,000", 135), ("お釣り", "¥630", 170))),
        engine=EngineId(name="t", version="1"),
    )
    rows = [[s.text for s in row] for row in build_layout((page,)).rows]
    assert rows == [["小計", "¥370"], ["お預り", "¥1,000"], ["お釣り", "¥630"]]


def test_checks_name_what_is_wrong(paper):
    page = paper(
        [(600, "請求書", 60)],
        "請求日 2026年11月1日",
        "支払期限 2026年10月1日",
        [(100, "小計"), (500, "¥1,000")],
        [(100, "10%対象"), (500, "¥1,000")],
        [(100, "消費税(10%)"), (500, "¥180")],
        [(100, "合計"), (500, "¥1,180")],
    )
    _, fields = read(page)
    outcomes = {c.name: c.outcome.value for c in run_checks(T.INVOICE, fields, context=CONTEXT)}
    assert outcomes["totals_add_up"] == "passed"
    assert outcomes["tax_per_rate"] == "failed"
    assert outcomes["due_after_issue"] == "failed"
    assert outcomes["date_not_future"] == "passed"


def test_an_amount_that_stands_alone_on_a_form_is_the_total_where_its_tax_says_so(paper):
    form = ([(600, "領収書", 60)], "見本商事株式会社 様", "20,790円", "上記正に領収いたしました。")
    taxes = ([(100, "10%対象 税込金額"), (700, "¥20,790")], [(100, "消費税額10%"), (700, "¥1,890")])
    assert read(paper(*form, *taxes), T.RECEIPT)[0]["total_amount"] == 20790
    assert read(paper(*form), T.RECEIPT)[0]["total_amount"] is None


def test_the_tax_of_the_only_rate_is_the_tax_of_the_paper(paper):
    page = paper(
        [(600, "レシート", 60)],
        [(100, "小計"), (700, "5,798")],
        [(100, "お会計"), (700, "6,377")],
        [(100, "(10%対象 5,798"), (700, "外税額 579")],
    )
    assert read(page, T.RECEIPT)[0]["tax_total"] == 579


def test_a_date_beside_another_is_no_label(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "発行日"), (500, "お支払期日")],
        [(100, "2024年10月12日"), (500, "2024年11月30日")],
    )
    got, _ = read(page)
    assert (got["transaction_date"], got["due_date"]) == ("2024-10-12", "2024-11-30")


def test_goods_with_prices_and_no_total_go_to_a_person(paper):
    page = paper(
        [(600, "納品書", 60)],
        "納品日 2026年5月6日",
        [(1000, "株式会社青空商事", 36)],
        [(1000, "TEL 03-1234-5678")],
        [(100, "品名"), (500, "数量"), (700, "単価"), (900, "金額")],
        [(100, "紙"), (500, "4"), (700, "100"), (900, "400")],
    )
    kind = Classification(label=T.DELIVERY_NOTE, confidence=1.0, reasons=(), engine=EngineId(name="x", version="1"))
    _, fields = read(page, T.DELIVERY_NOTE)
    reasons = review_reasons(kind, fields, (), context=CONTEXT)
    assert [(r.code, r.field) for r in reasons] == [("field_missing", "total_amount")]


def test_the_stamp_of_the_day_of_receipt_is_not_surely_the_day_of_the_paper(paper):
    page = paper([(100, "24.11.21"), (600, "請求書", 60)], *COMPANY, "締日 2024年11月19日")
    _, fields = read(page)
    assert fields.get("transaction_date").status is FieldStatus.AMBIGUOUS


def test_a_due_date_that_was_read_as_one_with_its_neighbours_stands_under_its_head(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "発行日"), (400, "件名"), (660, "お支払予定日")],
        [(100, "2025年4月20日"), (400, "展示会出展資材 2025年5月31日")],
    )
    assert read(page)[0]["due_date"] == "2025-05-31"


def test_a_tax_table_whose_base_is_called_a_total(paper):
    page = paper(
        [(600, "見積書", 60)],
        [(100, "税率"), (400, "税込金額"), (700, "消費税額")],
        [(100, "10%"), (400, "70,750円"), (700, "6,431円")],
        [(100, "8%対象"), (400, "1,664円"), (700, "123円")],
        [(400, "総合計"), (700, "72,414円")],
    )
    rows = read(page, T.QUOTATION)[0]["tax_breakdown"]
    assert [(r["rate"], r["taxable"], r["tax"]) for r in rows] == [(10, 70750, 6431), (8, 1664, 123)]


def test_large_figures_that_nothing_names_are_a_total_for_a_person(paper):
    page = paper([(600, "領収書", 60)], "見本商事株式会社 様", [(100, "¥20,790-", 60)], "上記正に領収いたしました。")
    got, fields = read(page, T.RECEIPT)
    assert got["total_amount"] == 20790
    form = ([(600, "領収書", 60)], "見本商事株式会社 様", [(100, "20,790円", 40)])
    got, fields = read(paper(*form, "但し品代として", "控"), T.RECEIPT)
    assert got["total_amount"] == 20790
    assert fields.get("total_amount").status is FieldStatus.AMBIGUOUS


@pytest.mark.parametrize(
    ("above", "status"),
    [
        ([(100, "20,790円", 40)], FieldStatus.FOUND),
        ([(100, "20,790円", 40), (500, "18,900円", 40)], FieldStatus.AMBIGUOUS),
        ([(100, "20,790", 40)], FieldStatus.AMBIGUOUS),
    ],
)
def test_the_largest_figures_above_what_acknowledges_them_are_the_total(paper, above, status):
    page = paper(
        [(600, "領収書", 60)], "見本商事株式会社 様", above, "上記正に領収いたしました。", "控", "但し品代として"
    )
    got, fields = read(page, T.RECEIPT)
    assert got["total_amount"] == 20790
    assert fields.get("total_amount").status is status


def test_a_party_beside_a_date_is_no_label_of_it(paper):
    """印刷 in a name does not say that the day is that of printing."""
    for name in ("日向印刷株式会社御中", "株式会社日向印刷"):
        page = paper([(600, "注文書", 60)], [(100, name), (900, "令和6年11月18日")], *COMPANY)
        got, fields = read(page, T.PURCHASE_ORDER)
        assert got["transaction_date"] == "2024-11-18"
        assert fields.get("transaction_date").status is FieldStatus.FOUND


@pytest.mark.parametrize(
    ("below", "status"), [("北店", FieldStatus.FOUND), ("緑書店", FieldStatus.AMBIGUOUS)], ids=["branch", "other shop"]
)
def test_a_branch_under_its_shop_is_no_other_shop(paper, below, status):
    page = paper(
        [(200, "スーパーみかづき", 43)],
        [(250, below, 40)],
        "北海道札幌市中央区見本条西6-9-8",
        "電話 011-000-8884",
        "2026/03/03(火) 20:13",
        [(100, "牛乳"), (500, "¥235")],
        [(100, "合計"), (500, "¥235")],
    )
    _, fields = read(page, T.RECEIPT)
    assert fields.text("counterparty") == "スーパーみかづき"
    assert fields.get("counterparty").status is status


def test_a_remark_beside_a_stamp_is_no_label_of_its_date(paper):
    page = paper(
        [(600, "請求書", 60)],
        "請求日 2026年06月25日",
        [(100, "お支払いは期日までにお願いいたします。"), (1100, "26.07.01")],
    )
    got, _ = read(page)
    assert got["transaction_date"] == "2026-06-25"
    assert got["due_date"] is None


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("お買い上げ金額", AmountRole.TOTAL),
        ("ご購入金額", AmountRole.TOTAL),
        ("お勘定", AmountRole.TOTAL),
        ("今回お買い上げ額", AmountRole.SUBTOTAL),
        ("今回お買上額", AmountRole.SUBTOTAL),
        ("ご入金額", AmountRole.BALANCE),
    ],
)
def test_what_sums_are_called(label, role):
    assert amount_role(label)[0] is role


def test_a_sum_by_rate_beside_a_remark_ends_the_goods(paper):
    page = paper(
        [(600, "注文書", 60)],
        [(100, "品名"), (800, "単価"), (1000, "数量"), (1200, "金額(税抜)")],
        [(100, "ネットワーク工事"), (850, "226,000円"), (1050, "2式"), (1300, "452,000円")],
        [(100, "LANケーブル"), (900, "668円"), (1050, "2本"), (1330, "1,336円")],
        [(100, "注文請書をご返送ください。"), (830, "10%対象計453,336円(消費税額45,333円)")],
    )
    goods = read(page, T.PURCHASE_ORDER)[0]["line_items"]
    assert [(row["description"], row["quantity"], row["amount"]) for row in goods] == [
        ("ネットワーク工事", 2, 452_000),
        ("LANケーブル", 2, 1_336),
    ]


def test_the_frame_of_a_revenue_stamp_beside_the_amount_is_no_goods(paper):
    page = paper(
        [(600, "領収書", 60)],
        "うみねこ精工株式会社 様",
        [(100, "収入印紙"), (500, "¥59,290-", 60)],
        "但 樹脂切削加工代として",
        "内訳 税込額 ¥59,290 消費税(10%) ¥5,390",
    )
    got, _ = read(page, T.RECEIPT)
    assert got["total_amount"] == 59290
    assert got["line_items"] is None


def test_the_tax_that_all_rates_make_is_the_tax_wherever_it_is_printed(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "前回御請求額"), (500, "79,200")],
        [(100, "御入金額"), (500, "39,600")],
        [(100, "繰越金額"), (500, "39,600")],
        [(100, "今回御買上額"), (500, "24,480")],
        [(100, "消費税額"), (500, "2,247")],
        [(100, "今回ご請求額"), (500, "66,327")],
        [(100, "消費税額合計"), (500, "2,247")],
        "10%対象(税抜) 14,430 (消費税1,443)",
        "8%対象(税抜) 10,050 (消費税804)",
    )
    assert read(page)[0]["tax_total"] == 2247


def test_labels_whose_lines_stand_above_and_below_their_day(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(900, "ご請求年月日")],
        [(1250, "令和7年1月23日")],
        [(900, "お支払い期")],
        [(1250, "令和7年2月20日")],
        [(900, "限日")],
        pitch=0.75,
    )
    got, fields = read(page)
    assert (got["transaction_date"], got["due_date"]) == ("2025-01-23", "2025-02-20")
    assert fields.get("transaction_date").status is FieldStatus.FOUND


def test_a_day_right_behind_a_number_is_read(paper):
    got, _ = read(paper([(600, "領収証書", 60)], "上様", "No.28832025年9月1日", [(100, "¥98,230-", 60)]), T.RECEIPT)
    assert (got["transaction_date"], got["document_number"]) == ("2025-09-01", "2883")


def test_the_year_of_a_day_behind_a_word_is_no_number(paper):
    got, _ = read(paper([(300, "領収証")], "出庫精算2025.03.19 15:30", "料金1,200円"), T.RECEIPT)
    assert got["document_number"] is None


def test_an_amount_that_the_paper_acknowledges_needs_no_label_where_it_was_surely_read(paper):
    rows = ([(600, "領収書", 60)], "上様", [(300, "¥39,160", 44)], "但 野菜代として", "上記の金額正に領収いたしました")
    typed = read(paper(*rows, confidence=1.0), T.RECEIPT)[1].get("total_amount")
    seen = read(paper(*rows, confidence=0.9), T.RECEIPT)[1].get("total_amount")
    two = read(paper(*rows[:3], [(300, "¥1,160", 44)], *rows[3:], confidence=1.0), T.RECEIPT)[1].get("total_amount")
    assert (typed.value.amount, typed.status) == (39160, FieldStatus.FOUND)
    assert (seen.value.amount, seen.status) == (39160, FieldStatus.AMBIGUOUS)
    assert two.status is not FieldStatus.FOUND


def test_paper_for_receipts_is_goods(paper):
    goods = read(
        paper(
            "双葉堂",
            "領収証",
            [(100, "便箋"), (500, "459")],
            [(100, "領収書用紙"), (500, "225")],
            [(100, "合計"), (500, "684")],
        ),
        T.RECEIPT,
    )[0]["line_items"]
    assert [row["description"] for row in goods] == ["便箋", "領収書用紙"]


GOODS = (
    [(100, "品名"), (500, "数量"), (600, "単位"), (700, "単価"), (900, "金額")],
    [(100, "ボルト"), (500, "4"), (600, "本"), (700, "100"), (900, "400")],
    [(700, "小計"), (900, "400")],
)


def with_word(page, word, /, **other):
    """The page with one of its words read otherwise."""
    lines = [
        replace(line, words=(replace(line.words[0], **other),)) if line.words[0].text == word else line
        for line in page.lines
    ]
    return replace(page, lines=tuple(lines))


def test_figures_of_goods_that_add_up_are_as_sure_as_the_words(paper):
    page = paper([(600, "請求書", 60)], *GOODS, confidence=0.95)
    whole, figure, word = (
        read(one)[1].get("line_items").confidence
        for one in (page, with_word(page, "100", confidence=0.5), with_word(page, "ボルト", confidence=0.5))
    )
    assert word < figure == whole


def test_a_unit_that_others_are_read_as_makes_goods_unsure(paper):
    page = with_word(paper([(600, "請求書", 60)], *GOODS, confidence=0.99), "本", text="体")
    typed = with_word(paper([(600, "請求書", 60)], *GOODS, confidence=1.0), "本", text="体")
    seen, said = (extract_fields(T.INVOICE, (one,), context=CONTEXT, calibrated=False) for one in (page, typed))
    assert seen.get("line_items").confidence < 0.6 < said.get("line_items").confidence


def test_a_breakdown_of_tax_that_lacks_a_figure_is_unsure(paper):
    rows = (
        [(100, "小計"), (700, "206,914")],
        [(100, "消費税(10%)"), (700, "20,691")],
        [(100, "合計"), (700, "227,605")],
    )
    whole, part = (
        extract_fields(
            T.INVOICE, (paper([(600, "請求書", 60)], *taken, confidence=0.99),), context=CONTEXT, calibrated=False
        ).get("tax_breakdown")
        for taken in (rows, (*rows[1:2], [(100, "立替金相殺"), (700, "-1,130")], [(100, "差引合計"), (700, "226,475")]))
    )
    assert part.value.rows[0].taxable is None
    assert part.confidence < 0.5 < whole.confidence


def test_the_stamp_of_who_received_a_paper_is_no_part_of_the_name_beside_it(paper):
    page = paper([(600, "請求書", 60)], [(1000, "株式会社かもめ本店受付", 36)], [(1000, "TEL 03-1234-5678")])
    assert read(page)[0]["counterparty"] == "株式会社かもめ本店"


def test_an_amount_of_goods_that_add_up_is_no_subtotal(paper):
    page = paper(
        [(600, "請求書", 60)],
        [(100, "商品名"), (500, "員数"), (640, "呼称 単価(円)"), (900, "金額(税別)")],
        [(100, "表面処理"), (500, "5"), (640, "個"), (760, "496"), (900, "2,480")],
        [(100, "アルミ板"), (500, "1"), (640, "枚"), (760, "5,720"), (900, "5,720")],
        [(700, "合計(税込)"), (900, "8,200")],
    )
    assert read(page)[0]["subtotal"] is None


def test_a_name_whose_characters_stand_otherwise_in_the_next_line_goes_to_a_person(paper):
    """A seal over it mixed its lines."""
    below = ([(1000, "株式会社灯台 御中")], [(1000, "業う株式会社", 36)], [(1000, "TEL 03-1234-5678")])
    for above, status in (("ゆうひ紙業", FieldStatus.AMBIGUOUS), ("次世代へ", FieldStatus.FOUND)):
        page = paper([(600, "請求書", 60)], below[0], [(1000, above, 36)], *below[1:])
        _, fields = read(page)
        assert fields.get("issuer").status is status
