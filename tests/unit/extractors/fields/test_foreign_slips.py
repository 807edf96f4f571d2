"""Till slips in English: companies' numbers, sums that prove a total, cents without their point, letters of tax."""

from datetime import date
from decimal import Decimal

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType, FieldStatus, value_to_plain
from domain.page import Line, PageText
from extractors.fields import extract_fields

CONTEXT = FieldContext(today=date(2026, 11, 21))
SHOP = "BUKIT HIJAU TRADING SDN BHD"
ADDRESS = ("NO. 12-3, JALAN CONTOH 4/5,", "43000 KAJANG, SELANGOR", "TEL: 03-1234 5678")
DAY = "Date : 14/03/2018 12:31:05"


def read(page):
    return extract_fields(DocumentType.RECEIPT, (page,), context=CONTEXT)


def doubted(page, *places):
    """The page with less certain words where any of these stands."""

    def weighed(line):
        if not any(text in line.text for text in places):
            return line
        return Line(words=tuple(_sure(word, 0.3) for word in line.words), box=line.box)

    return PageText(page_index=0, lines=tuple(map(weighed, page.lines)), engine=page.engine)


def _sure(word, confidence):
    return type(word)(text=word.text, box=word.box, confidence=confidence)


@pytest.mark.parametrize(
    "rows",
    [
        (f"{SHOP} (123456-K)",),
        (f"{SHOP}(Co. No:123456-K)",),
        (f"{SHOP} (201801012345) (123456-K)",),
        (SHOP, "(123456-K)"),
    ],
)
def test_the_number_of_a_company_is_no_part_of_its_name(paper, rows):
    fields = read(paper(*rows, *ADDRESS, DAY, [(100, "TOTAL"), (700, "RM 5.00")]))
    assert fields.text("counterparty") == SHOP
    assert fields.get("counterparty").confidence > 0.9
    assert fields.get("document_number").value is None


def test_a_doubt_about_a_companys_number_is_none_about_its_name(paper):
    page = paper([(100, SHOP), (700, "(123456-K)")], *ADDRESS, DAY, [(100, "TOTAL"), (700, "RM 5.00")])
    together = [line for line in page.lines if line.box.top == 100]
    joined = Line(
        words=(together[0].words[0], _sure(together[1].words[0], 0.2)),
        box=together[0].box,
    )
    whole = PageText(page_index=0, lines=(joined, *page.lines[2:]), engine=page.engine)
    assert read(whole).get("counterparty").confidence > 0.9


def test_a_shop_with_a_companys_number_needs_no_legal_form(paper):
    page = paper("FARMASI CONTOH", "(001234567-W)", *ADDRESS, DAY, [(100, "TOTAL"), (700, "RM 5.00")])
    assert (read(page).text("counterparty"), read(page).get("counterparty").confidence > 0.9) == (
        "FARMASI CONTOH",
        True,
    )


def test_a_name_that_begins_on_the_line_above(paper):
    page = paper("KEDAI RUNCIT CONTOH", "(SEMENYIH) SDN BHD", *ADDRESS, DAY, [(100, "TOTAL"), (700, "RM 5.00")])
    assert read(page).text("counterparty") == "KEDAI RUNCIT CONTOH (SEMENYIH) SDN BHD"


@pytest.mark.parametrize(
    "proof",
    [
        ([(100, "CASH"), (700, "20.00")], [(100, "ROUNDING ADJ"), (700, "0.02")], [(100, "CHANGE"), (700, "6.20")]),
        ([(100, "Cash"), (700, "-20.00")], [(100, "CHANGE"), (700, "6.22")]),
        ([(100, "GST SUMMARY"), (500, "AMT"), (700, "TAX")], [(100, "SR @ 6%"), (500, "13.00"), (700, "0.78")]),
    ],
)
def test_sums_prove_a_total_that_was_read_with_doubt(paper, proof):
    page = paper(SHOP, *ADDRESS, DAY, [(100, "TOTAL"), (700, "13.78")], *proof)
    assert read(doubted(page, "13.78")).get("total_amount").confidence > 0.9
    bare = paper(SHOP, *ADDRESS, DAY, [(100, "TOTAL"), (700, "13.78")])
    assert read(doubted(bare, "13.78")).get("total_amount").confidence < 0.5


def test_the_same_value_is_as_sure_as_where_it_is_printed_most_clearly(paper):
    page = paper(SHOP, *ADDRESS, DAY, [(100, "SUBTOTAL"), (700, "13.78")], [(100, "GRAND TOTAL"), (700, "13.78")], DAY)
    blurred = [line for line in page.lines if line.text in {"13.78", DAY}]
    lines = [
        Line(words=(_sure(line.words[0], 0.3),), box=line.box) if line in (blurred[0], blurred[2]) else line
        for line in page.lines
    ]
    fields = read(PageText(page_index=0, lines=tuple(lines), engine=page.engine))
    assert fields.get("total_amount").confidence > 0.85
    assert fields.get("transaction_date").confidence > 0.9


@pytest.mark.parametrize("printed", ["30 45", "30-45", "30 - 45"])
def test_cents_whose_point_has_faded_go_to_a_person(paper, printed):
    page = paper(
        SHOP,
        *ADDRESS,
        DAY,
        *([(100, name), (700, amount)] for name, amount in (("TEH", "17.40"), ("KOPI", "10.05"), ("ROTI", "3.00"))),
        [(100, "Total"), (700, printed)],
    )
    total = read(page).get("total_amount")
    assert (total.value.amount, total.status) == (Decimal("30.45"), FieldStatus.AMBIGUOUS)


def test_a_day_whose_marks_have_faded_goes_to_a_person(paper):
    page = paper(SHOP, *ADDRESS, "27 032018  No: CS-1", [(100, "TOTAL"), (700, "RM 5.00")])
    day = read(page).get("transaction_date")
    assert (day.value.day, day.status) == (date(2018, 3, 27), FieldStatus.AMBIGUOUS)


def test_only_what_was_handed_over(paper):
    page = paper(SHOP, *ADDRESS, DAY, "TOTAL AMOUNT", [(100, "CASH"), (700, "RM 6.00")])
    total = read(page).get("total_amount")
    assert (total.value.amount, total.status) == (Decimal("6.00"), FieldStatus.AMBIGUOUS)


@pytest.mark.parametrize("label", ["Amount Incl. GST", "Anount Incl, GST", "Amt inclusive of GST"])
def test_an_amount_with_its_tax_is_the_total(paper, label):
    page = paper(SHOP, *ADDRESS, DAY, [(100, label), (700, "5.00 RM")], [(100, "G.S.T."), (700, "0.28 RM")])
    fields = read(page)
    assert (fields.money("total_amount").amount, fields.money("tax_total").amount) == (Decimal("5.00"), Decimal("0.28"))


@pytest.mark.parametrize("letters", ["", " S", " SR", "SR", " 8"])
def test_goods_are_amounts_with_cents(paper, letters):
    page = paper(
        SHOP,
        *ADDRESS,
        "Invoice No.: CS 10012",
        DAY,
        [(100, "ROTI BAKAR"), (700, f"4.90{letters}")],
        "UNICORN BALL PEN BLUE",
        [(100, "1"), (200, "1.90"), (700, f"1.90{letters}")],
        [(100, "TOTAL"), (700, "6.80")],
        [(100, "CASH"), (700, "6.80")],
    )
    goods = value_to_plain(read(page).value("line_items"))
    assert [str(row["amount"]) for row in goods] == ["4.90", "1.90"]
    assert [row["description"].split()[0] for row in goods] == ["ROTI", "UNICORN"]


def test_an_address_has_no_number_of_the_paper(paper):
    fields = read(paper(SHOP, "No.128G JLN CONTOH 21/35", *ADDRESS, DAY, [(100, "TOTAL"), (700, "RM 5.00")]))
    assert fields.value("document_number") is None


def test_the_company_under_the_address_of_its_shop(paper):
    page = paper(
        "TQ FOR SHOPPING WITH US",
        "OASIS CORNER",
        *ADDRESS,
        "CONTOH RETAIL SB(306295-X) FKA BISON SB",
        DAY,
        *["ITEM"] * 16,
    )
    assert read(page).text("counterparty") == "CONTOH RETAIL SB"
