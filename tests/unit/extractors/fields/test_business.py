"""Whole documents of the commercial classes, set by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from classifiers.rules import create
from domain.engines import FieldContext
from domain.fields import DocumentType, FieldStatus, fields_for, value_to_plain
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.fields import extract_fields
from extractors.fields.checks import run_checks
from extractors.fields.review import review_reasons


@pytest.fixture
def invoice(paper):
    return paper(
        [(600, "御請求書", 60)],
        [(100, "海山物産株式会社 御中", 36), (1000, "請求番号: INV-2024-0123")],
        [(1000, "請求日: 令和6年10月31日")],
        [(1000, "株式会社青空商事", 36)],
        [(1000, "〒100-0001 東京都千代田区千代田1-1")],
        [(1000, "TEL 03-1234-5678")],
        [(1000, "登録番号 T7010705000725")],
        "下記の通りご請求申し上げます。",
        [(100, "ご請求金額", 40), (500, "¥128,960-", 44)],
        [(100, "お支払期限"), (500, "2024年11月30日")],
        [(100, "品名"), (700, "数量"), (900, "単位"), (1000, "単価"), (1250, "金額")],
        [(100, "コピー用紙 A4"), (700, "20"), (900, "箱"), (1000, "4,000"), (1250, "80,000")],
        [(100, "緑茶 ※"), (700, "100"), (900, "本"), (1000, "120"), (1250, "12,000")],
        [(100, "配送料"), (700, "1"), (900, "式"), (1000, "25,455"), (1250, "25,455")],
        [(1000, "小計"), (1250, "117,455")],
        [(1000, "10%対象"), (1250, "105,455")],
        [(1000, "消費税(10%)"), (1250, "10,545")],
        [(1000, "8%対象"), (1250, "12,000")],
        [(1000, "消費税(8%)"), (1250, "960")],
        [(1000, "合計"), (1250, "¥128,960")],
        "振込先: みどり銀行 本店営業部 普通 1234567 カ)アオゾラショウジ",
    )


def read(texts, context, *, kind=None):
    classification = create().classify(texts)
    fields = extract_fields(kind or classification.label, texts, context=context)
    checks = run_checks(classification.label, fields, context=context)
    return classification, fields, review_reasons(classification, fields, checks, context=context)


def plain(fields):
    return {f.name: value_to_plain(f.value) for f in fields.fields}


def test_an_invoice_goes_straight_through(invoice, context):
    classification, fields, reasons = read((invoice,), context)
    assert classification.label is DocumentType.INVOICE
    got = plain(fields)
    assert got["transaction_date"] == "2024-10-31"
    assert got["due_date"] == "2024-11-30"
    assert got["total_amount"] == 128960
    assert got["subtotal"] == 117455
    assert got["issuer"] == got["counterparty"] == "株式会社青空商事"
    assert got["recipient"] == "海山物産株式会社"
    assert got["registration_number"] == "T7010705000725"
    assert got["document_number"] == "INV-2024-0123"
    assert got["currency"] == "JPY"
    assert got["tax_breakdown"] == [
        {"rate": 10, "taxable": 105455, "tax": 10545},
        {"rate": 8, "taxable": 12000, "tax": 960},
    ]
    assert got["bank_account"]["number"] == "1234567"
    assert got["bank_account"]["bank"] == "みどり銀行"
    assert [r["amount"] for r in got["line_items"]] == [80000, 12000, 25455]
    assert reasons == ()


def test_every_value_says_where_it_stands(invoice, context):
    _, fields, _ = read((invoice,), context)
    total = fields.get("total_amount")
    assert total.raw_text.startswith("¥128,960")
    assert total.sources[0].boxes
    assert total.engine.name == "null.v1"
    assert all(f.sources for f in fields.fields if f.value is not None)
    assert tuple(f.name for f in fields.fields) == fields_for(DocumentType.INVOICE)


def test_what_we_issued_has_the_recipient_as_counterparty(invoice):
    ours = FieldContext(today=date(2026, 11, 21), our_companies=("㈱青空商事",))
    assert read((invoice,), ours)[1].text("counterparty") == "海山物産株式会社"
    sent = FieldContext(today=date(2026, 11, 21), issued_by_us=True)
    assert read((invoice,), sent)[1].text("counterparty") == "海山物産株式会社"
    bought = FieldContext(today=date(2026, 11, 21), our_companies=("海山物産",))
    assert read((invoice,), bought)[1].text("counterparty") == "株式会社青空商事"


def test_a_receipt(paper, context):
    page = paper(
        [(150, "みどりストア", 60)],
        [(150, "駅前店")],
        [(100, "東京都千代田区千代田1-1")],
        [(100, "TEL 03-1234-5678")],
        [(100, "登録番号 T7010705000725")],
        [(100, "2026年11月18日(水) 14:05")],
        [(100, "領収書", 40)],
        [(100, "おにぎり※"), (500, "¥150")],
        [(100, "ボールペン"), (500, "¥220")],
        [(100, "小計"), (500, "¥370")],
        [(100, "8%対象"), (500, "¥150")],
        [(100, "(内消費税等8%"), (500, "¥11)")],
        [(100, "10%対象"), (500, "¥220")],
        [(100, "(内消費税等10%"), (500, "¥20)")],
        [(100, "合計", 44), (450, "¥370", 44)],
        [(100, "お預り"), (500, "¥1,000")],
        [(100, "お釣り"), (500, "¥630")],
        height=30,
    )
    classification, fields, reasons = read((page,), context)
    got = plain(fields)
    assert classification.label is DocumentType.RECEIPT
    assert (got["transaction_date"], got["time"]) == ("2026-11-18", "14:05")
    assert got["total_amount"] == 370
    assert got["counterparty"] == "みどりストア"
    assert got["issuer_branch"] == "駅前店"
    assert (got["cash_received"], got["change"]) == (1000, 630)
    assert got["payment_method"] == "cash"
    assert {r["rate"]: (r["taxable"], r["tax"]) for r in got["tax_breakdown"]} == {8: (150, 11), 10: (220, 20)}
    assert [(r["description"], r["amount"], r["tax_rate"]) for r in got["line_items"]] == [
        ("おにぎり", 150, 8),
        ("ボールペン", 220, 10),
    ]
    assert reasons == ()


def test_an_unproven_total_that_was_read_badly_goes_to_review(paper, context):
    page = paper(
        [(150, "みどりストア株式会社", 60)],
        [(100, "2026年11月18日 14:05")],
        [(100, "領収書", 40)],
        [(100, "合計", 44), (450, "¥370", 44)],
        confidence=0.6,
    )
    _, _, reasons = read((page,), context)
    assert ("field_unsure", "total_amount") in {(r.code, r.field) for r in reasons}


def test_nothing_is_invented(paper, context):
    page = paper([(600, "御請求書", 60)], "請求日:", "ご請求金額 円", "御中", "支払期限 年 月 日", "登録番号 T")
    classification, fields, reasons = read((page,), context)
    assert classification.label is DocumentType.INVOICE
    assert all(f.value is None and f.status is FieldStatus.MISSING for f in fields.fields)
    assert {r.field for r in reasons} >= {"transaction_date", "total_amount", "counterparty"}


def test_no_text_at_all(context):
    fields = extract_fields(DocumentType.OTHER, (), context=context)
    assert all(f.value is None for f in fields.fields)


def test_a_wrong_check_digit_is_kept_and_flagged(paper, context):
    page = paper([(600, "領収書", 60)], "登録番号 T1234567890123", "2026/11/01", "合計 ¥100")
    _, fields, reasons = read((page,), context)
    assert fields.text("registration_number") == "T1234567890123"
    assert "check_digit_failed" in {r.code for r in reasons}


def test_a_future_date_is_flagged(paper, context):
    page = paper([(600, "領収書", 60)], "発行日 2027/11/01", "株式会社青空商事", "TEL 03-1234-5678", "合計 ¥100")
    _, _, reasons = read((page,), context)
    assert "future_date" in {r.code for r in reasons}


def test_foreign_decimals(paper, context):
    page = paper(
        [(200, "Muster Markt GmbH", 50)],
        [(200, "Musterstr. 12")],
        [(200, "33100 Musterstadt")],
        [(100, "Brot"), (600, "1,78 A")],
        [(100, "Käse"), (600, "15,28 A")],
        [(100, "Summe"), (600, "EUR 17,06")],
        [(100, "Kreditkarte"), (600, "17,06")],
        [(100, "21.04.20 09:59")],
    )
    _, fields, _ = read((page,), context, kind=DocumentType.RECEIPT)
    assert fields.money("total_amount").amount == Decimal("17.06")
    assert fields.money("total_amount").currency == "EUR"
    assert fields.day("transaction_date") == date(2020, 4, 21)


def test_a_spread_head_is_one_label_and_the_sum_before_tax_no_total(paper, context):
    """小 計 over its column, beside 消費税等 and ご請求金額: the 計 of it is not a total."""
    page = paper(
        [(400, "請求書", 60)],
        "8%対象(税抜) 2,232 消費税 178",
        [(500, "小"), (545, "計"), (800, "消費税等(8%)"), (1200, "ご請求金額")],
        [(500, "2,232"), (850, "178"), (1210, "¥2,410-")],
    )
    fields = extract_fields(DocumentType.INVOICE, (page,), context=context)
    assert (fields.money("total_amount").amount, fields.money("subtotal").amount) == (2410, 2232)


def test_what_the_only_rate_is_taken_of_is_the_subtotal(paper, context):
    page = paper("領収書", "領収金額 ¥38,060", "10%対象 ¥34,600", "消費税(10%) ¥3,460")
    fields = extract_fields(DocumentType.RECEIPT, (page,), context=context)
    assert fields.money("subtotal").amount == 34600


def test_the_day_of_a_stamp_is_never_certain(paper, context):
    """Without a day of its own, an invoice is left with the stamp of its receipt: for a person."""
    page = paper([(400, "請求書", 60)], [(700, "25.07.21")], "ご請求金額 ¥1,100")
    field = extract_fields(DocumentType.INVOICE, (page,), context=context).get("transaction_date")
    assert field is None or field.confidence <= 0.7


def test_a_tax_of_nothing_closes_no_sum(paper, context):
    """小計 and 合計 alike, one of two taxes zero: the tax of the whole is not printed."""
    page = paper("請求書", "小計 264", "10%対象 3 (内消費税 0)", "8%対象 261 (内消費税 19)", "合計 ¥264")
    assert extract_fields(DocumentType.INVOICE, (page,), context=context).money("tax_total") is None


def test_a_vertical_letter_is_signed_at_its_foot(context):
    """The sender below, the addressee after it: columns from right to left."""
    columns = [
        (1300, 150, "担当者変更のご挨拶"),
        (900, 150, "2026.2.20"),
        (790, 1700, "㈱伊吹企画"),
        (720, 150, "株式会社灯台製作所 御中"),
    ]
    lines = []
    for left, top, text in columns:
        box = Box(left=left, top=top, right=left + 30, bottom=top + 34 * len(text))
        lines.append(Line(words=(Word(text=text, box=box, confidence=1.0),), box=box, vertical=True))
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="null.v1", version="1"))
    fields = extract_fields(DocumentType.OTHER, (page,), context=context)
    assert fields.text("issuer") == "(株)伊吹企画"


def test_an_amount_without_its_last_figures_is_never_certain(paper, context):
    page = paper("請求書", "ご請求金額 ¥1,372,58", "以上")
    field = extract_fields(DocumentType.INVOICE, (page,), context=context).get("total_amount")
    assert field is None or field.value is None or field.confidence <= 0.7


def test_a_day_that_runs_into_its_time_is_never_certain(paper, context):
    """2024/9/1 at 9:12, or the 19th."""
    page = paper("領収書", "2024/9/19:12", "合計 ¥1,622")
    field = extract_fields(DocumentType.RECEIPT, (page,), context=context).get("transaction_date")
    assert field.confidence <= 0.7


def test_cash_to_the_yen_says_how_it_was_paid_and_not_with_which_note(paper, context):
    rows = ("領収証", "みどり商店", "2026年4月1日", [(100, "合計"), (900, "¥1,200")], [(100, "現金"), (900, "¥1,200")])
    fields = extract_fields(DocumentType.RECEIPT, (paper(*rows),), context=context)
    assert fields.value("cash_received") is None
    more = (*rows[:-1], [(100, "お預り"), (900, "¥1,200")])
    assert extract_fields(DocumentType.RECEIPT, (paper(*more),), context=context).money("cash_received").amount == 1200


@pytest.mark.parametrize("name", ["ページ 1/1", "北斗薬株"])
def test_words_without_a_legal_form_are_never_surely_the_issuer(paper, context, name):
    rows = (
        "請求書",
        [(900, name)],
        [(900, "神奈川県横浜市見本町1-2-3")],
        [(900, "TEL 045-000-0001")],
        "ご請求金額 ¥1,200",
    )
    field = extract_fields(DocumentType.INVOICE, (paper(*rows),), context=context).get("counterparty")
    assert field.value is None or field.status is FieldStatus.AMBIGUOUS


def test_the_time_stands_beside_its_label(paper, context):
    rows = ("領収証", "みどり商店", "2026年4月1日", [(100, "会計時刻"), (900, "8時57分")], "合計 ¥1,200")
    assert extract_fields(DocumentType.RECEIPT, (paper(*rows),), context=context).text("time") == "08:57"


@pytest.mark.parametrize(
    "through", [("Ordered Through :", "kauflink"), ("Booked via kauflink.com",), ("ご注文サイト：見本マーケット",)]
)
def test_a_purchase_through_a_market_place_is_filed_under_whom_a_person_says(paper, context, through):
    page = paper(
        [(100, "Tax Invoice", 50)],
        "Sold By : Example Retail Services Pvt. Ltd",
        "Invoice No : EX-2015-77",
        "Invoice Date: 20-10-2015",
        [(100, "Grand Total"), (700, "Rs 319.00")],
        *through,
    )
    _, fields, _ = read((page,), context, kind=DocumentType.INVOICE)
    assert fields.text("counterparty") == "Example Retail Services Pvt. Ltd"
    assert fields.get("counterparty").status is FieldStatus.AMBIGUOUS


def test_a_shop_that_sells_through_its_own_pages_is_sure(paper, context):
    page = paper(
        [(100, "Tax Invoice", 50)],
        "Sold By : Kauflink Retail Pvt. Ltd",
        "Invoice Date: 20-10-2015",
        [(100, "Grand Total"), (700, "Rs 319.00")],
        "Ordered through: kauflink",
    )
    _, fields, _ = read((page,), context, kind=DocumentType.INVOICE)
    assert fields.get("counterparty").status is FieldStatus.FOUND


@pytest.mark.parametrize("label", ["Uw BTW nummer", "USt-IdNr.", "KvK nummer"])
def test_a_tax_number_is_no_number_of_the_paper(paper, context, label):
    page = paper(
        [(100, "Invoice", 50)], "Example Handel B.V.", f"{label}: NL00333599698", [(100, "Total"), (700, "EUR 9.99")]
    )
    _, fields, _ = read((page,), context, kind=DocumentType.INVOICE)
    assert fields.value("document_number") is None


def test_a_name_that_ends_within_its_form_goes_to_a_person(paper, context):
    page = paper([(600, "請求書", 60)], [(900, "発行元:西陣ソリューションズ株式会")], [(1000, "TEL 03-1234-5678")])
    _, fields, _ = read((page,), context, kind=DocumentType.INVOICE)
    assert fields.get("counterparty").status is FieldStatus.AMBIGUOUS


def test_a_date_behind_a_number_is_no_label_of_the_date_beside_it(paper, context):
    page = paper(
        [(600, "請求書", 60)],
        "株式会社青空商事",
        "TEL 03-1234-5678",
        [(700, "No."), (850, "締日"), (1200, "支払期日")],
        [(700, "26-8077 2026年5月7日"), (1150, "2026年6月30日")],
        [(100, "ご請求合計金額"), (600, "¥119,314-")],
    )
    _, fields, _ = read((page,), context, kind=DocumentType.INVOICE)
    assert (fields.day("transaction_date"), fields.day("due_date")) == (date(2026, 5, 7), date(2026, 6, 30))


def test_an_honorific_further_in_than_the_name_is_long_belongs_to_it(paper, context):
    page = paper(
        [(100, "〒742-9265"), (1100, "注文書", 60)],
        "静岡県静岡市葵区例屋町3-17-14",
        "(株)萩原青果",
        [(460, "御中")],
        [(1100, "うみねこ精工株式会社")],
        [(1100, "静岡県静岡市葵区例屋町5-8-8")],
        pitch=1.3,
    )
    fields = extract_fields(DocumentType.PURCHASE_ORDER, (page,), context=context)
    assert fields.text("recipient") == "(株)萩原青果"
    assert fields.get("recipient").status is FieldStatus.FOUND


def test_a_way_to_pay_beside_the_sum_before_tax_hands_nothing_over(paper, context):
    page = paper("領収書", "¥12,760-", "上記正に領収いたしました", "内訳 現金 税抜額 ¥11,600 消費税(10%) ¥1,160")
    fields = extract_fields(DocumentType.RECEIPT, (page,), context=context)
    assert fields.value("cash_received") is None
    assert (fields.money("subtotal").amount, fields.text("payment_method")) == (11600, "cash")


def statement(paper, *, bought, tax, total):
    heads = ("前回ご請求額", "ご入金額", "繰越金額", "今回御買上額", *(("消費税等",) if tax else ()), "今回御請求額")
    amounts = ("36,300", "18,150", "18,150", bought, *((tax,) if tax else ()), total)
    return paper(
        [(600, "請求書", 60)],
        [(100 + 220 * at, head) for at, head in enumerate(heads)],
        [(100 + 220 * at, amount) for at, amount in enumerate(amounts)],
        "" if tax else "(内消費税 6,614)",
    )


def test_what_was_bought_with_its_tax_inside_is_no_sum_before_tax(paper, context):
    inside, outside = (
        extract_fields(DocumentType.INVOICE, (page,), context=context)
        for page in (
            statement(paper, bought="72,762", tax=None, total="90,912"),
            statement(paper, bought="66,148", tax="6,614", total="90,912"),
        )
    )
    assert (inside.money("total_amount").amount, inside.value("subtotal")) == (90912, None)
    assert (outside.money("subtotal").amount, outside.money("tax_total").amount) == (66148, 6614)


TILL = (
    "コンビニ八雲",
    "2025-10-28 21:37",
    [(100, "アイスカフェラテ※"), (600, "¥208")],
    [(100, "袋大"), (600, "¥5")],
    [(100, "から揚げ棒※"), (600, "¥197")],
)


def test_where_goods_are_listed_what_a_rate_is_taken_of_is_no_subtotal(paper, context):
    page = paper(
        *TILL[:2],
        [(100, "万年筆インク"), (600, "¥3,379")],
        [(100, "お買上合計"), (600, "¥3,716")],
        [(100, "10%対象"), (600, "¥3,379")],
        [(100, "消費税額"), (600, "¥337")],
    )
    fields = extract_fields(DocumentType.RECEIPT, (page,), context=context)
    assert fields.value("line_items") is not None
    assert (fields.money("total_amount").amount, fields.value("subtotal")) == (3716, None)


def test_the_tax_of_one_rate_is_not_that_of_all_where_the_other_comes_to_nothing(paper, context):
    rates = ("10%税抜対象額 ¥5 消費税額 ¥0", "8%税抜対象額 ¥405 消費税額 ¥32")
    sums = ([(100, "小計"), (600, "¥410")], [(100, "合計"), (600, "¥442")])
    alone, twice = (
        extract_fields(DocumentType.RECEIPT, (paper(*TILL, *rows, *rates),), context=context)
        for rows in (sums, (sums[0], [(100, "消費税"), (600, "¥32")], sums[1]))
    )
    assert alone.value("tax_total") is None
    assert twice.money("tax_total").amount == 32


def test_a_label_whose_lines_stand_around_its_value_is_nearer_than_the_address_on_the_left(paper, context):
    page = paper([(450, "御中"), (1300, "2024年11月30日")], [(100, "x")])
    label = [((950, "お支払期"), 78), ((1030, "限"), 122)]
    lines = tuple(
        Line(words=(Word(text=text, box=box, confidence=0.99),), box=box)
        for (left, text), top in label
        for box in (Box(left=left, top=top, right=1058, bottom=top + 30),)
    )
    fields = extract_fields(DocumentType.INVOICE, (replace(page, lines=(*page.lines, *lines)),), context=context)
    assert fields.day("due_date") == date(2024, 11, 30)


def test_a_form_that_says_what_for_lists_no_goods(paper, context):
    """Beside the form its stub repeats the amount: 書 of 領収書 stands in that row, and is nothing that was bought."""
    rows = (
        [(500, "領収証", 50), (1000, "控")],
        [(500, "書", 50), (1000, "¥57,200")],
        [(100, "金額 ¥57,200", 50)],
        "ただし 操作説明会代として",
        "上記正に領収いたしました。",
    )
    read, without = (
        extract_fields(DocumentType.RECEIPT, (paper(*page),), context=context) for page in (rows, rows[:3])
    )
    assert (read.value("line_items"), read.money("total_amount").amount) == (None, 57200)
    assert without.value("line_items") is not None


def test_a_price_under_heads_that_were_read_as_one_is_no_sum_before_tax(paper, context):
    page = paper(
        [(600, "納品書", 60)],
        [(100, "内訳")],
        [(100, "コーヒー豆 1kg ※"), (880, "3袋"), (1020, "2,420円"), (1230, "7,260円")],
        [(100, "無塩バター 450g ※"), (880, "5個"), (1020, "1,350円"), (1230, "6,750円")],
        [(900, "(内消費税額)"), (1200, "合計(税込)")],
        [(900, "1,037円"), (1200, "14,010円")],
    )
    top = page.lines[1].box.top
    words = tuple(
        Word(text=text, box=Box(left=left, top=top, right=right, bottom=top + 30), confidence=0.99)
        for left, right, text in ((870, 960, "数量"), (980, 1170, "単価(税別)"), (1190, 1400, "金額(税抜)"))
    )
    heads = Line(words=words, box=Box(left=870, top=top, right=1400, bottom=top + 30))
    page = replace(page, lines=(*page.lines[:2], heads, *page.lines[2:]))
    fields = extract_fields(DocumentType.DELIVERY_NOTE, (page,), context=context)
    assert (fields.money("total_amount").amount, fields.value("subtotal")) == (14010, None)
