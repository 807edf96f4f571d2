"""Entries for the books: amounts as the document states them or none, and files in the columns of each product."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fields import CalendarDate, DocumentType, FieldSet, Money, TaxBreakdown, TaxRow, Text
from domain.ids import Origin
from domain.journal import DOUBTS, LEFT_OUT, Entry, LeftOut, Side
from domain.paperwork import Books, LedgerRef
from domain.record import DocumentState
from domain.suggestion import DeductionClass, TaxKind
from pipeline.journal import PRODUCTS, entry_of, written
from pipeline.journal.settings import JournalSettings
from pipeline.steps.suggesting import suggest_for
from tests.support.compliance_facts import RECORD
from tests.support.records import field

NUMBER = "T7000012050002"
STANDARD, REDUCED = Decimal(10), Decimal(8)


def document(*rows, total, kind=DocumentType.INVOICE, day=date(2026, 11, 2), number=NUMBER, **more):
    """A filed document whose breakdown has these (rate, base, tax)."""

    def decimal(value):
        return None if value is None else Decimal(value)

    breakdown = TaxBreakdown(
        rows=tuple(TaxRow(rate=decimal(r), taxable=decimal(b), tax=decimal(t)) for r, b, t in rows)
    )
    currency, account = more.pop("currency", "JPY"), more.pop("account", "消耗品費")
    texts = {"registration_number": number, "account_title": account} | more.pop(
        "texts", {"counterparty": "株式会社青空商事"}
    )
    fields = [
        field("transaction_date", CalendarDate(day=day) if day else None),
        field("total_amount", Money(amount=Decimal(total), currency=currency) if total is not None else None),
        field("tax_breakdown", breakdown if rows else None),
        *(field(name, Text(text=text) if text else None) for name, text in texts.items()),
    ]
    more = {"state": DocumentState.APPROVED, "origin": Origin.PAPER_RECEIVED} | more
    return replace(
        RECORD, classification=replace(RECORD.classification, label=kind), fields=FieldSet(fields=tuple(fields)), **more
    )


def entry(record, *, books=None, again=False, **settings):
    known = books or Books()
    return entry_of(record, suggest_for(record, None), books=known, settings=JournalSettings(**settings), again=again)


def rows_of(product, *made, first=1, **names):
    done = written(PRODUCTS[product], made, first=first, names=names)
    text = done.content.decode("cp932" if product == "yayoi" else "utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header = PRODUCTS[product].header
    if header:
        assert tuple(rows.pop(0)) == header
        return done, [dict(zip(header, row, strict=True)) for row in rows]
    return done, rows


def test_added_tax_and_tax_inside_make_the_total():
    for rows in ([(10, 10000, 1000), (8, 5000, 400)], [(10, 11000, 1000), (8, 5400, 400)]):
        made = entry(document(*rows, total=16400))
        assert [(line.gross_yen, line.tax_yen) for line in made.lines] == [(11000, 1000), (5400, 400)]
        assert (made.total_yen, made.account, made.counter, made.side) == (16400, "消耗品費", "未払金", Side.PURCHASE)
        assert {line.deduction for line in made.lines} == {DeductionClass.QUALIFIED}


@given(
    amounts=st.lists(
        st.tuples(st.sampled_from([10, 8]), st.integers(-(10**9), 10**9), st.integers(-(10**8), 10**8)),
        min_size=1,
        max_size=3,
    ),
    total=st.integers(-(10**9), 10**9),
)
def test_an_entry_is_its_total_or_there_is_none(amounts, total):
    made = entry(document(*amounts, total=total))
    if isinstance(made, Entry):
        assert made.total_yen == total > 0
        assert all(line.gross_yen > 0 for line in made.lines)
    else:
        assert made.why in LEFT_OUT


WHY = [
    ("sums_differ", {"rows": [(10, 10000, 1000)], "total": 9979}),  # 源泉徴収
    ("tax_unknown", {"rows": [], "total": 11000}),
    ("tax_unknown", {"rows": [(3, 1000, 30)], "total": 1030}),
    ("no_total", {"rows": [(10, 1000, 100)], "total": None}),
    ("no_total", {"rows": [(10, 1000, 100)], "total": -1100}),
    ("no_date", {"rows": [(10, 1000, 100)], "total": 1100, "day": None}),
    ("currency", {"rows": [(10, 1000, 100)], "total": 1100, "currency": "USD"}),
    ("state", {"rows": [(10, 1000, 100)], "total": 1100, "state": DocumentState.NEEDS_REVIEW}),
    ("not_booked", {"rows": [(10, 1000, 100)], "total": 1100, "kind": DocumentType.QUOTATION}),
    ("statement", {"rows": [(10, 1000, 100)], "total": 1100, "kind": DocumentType.PAYMENT_STATEMENT}),
]


@pytest.mark.parametrize(("why", "facts"), WHY, ids=[f"{n}-{why}" for n, (why, _) in enumerate(WHY)])
def test_what_is_not_sure_is_left_out_with_its_reason(why, facts):
    rows = facts.pop("rows") if "rows" in facts else []
    made = entry(document(*rows, **facts))
    facts["rows"] = rows
    assert (type(made), made.why) == (LeftOut, why)


def test_what_is_tied_to_the_books_is_handed_over_once():
    record, tied = document((10, 1000, 100), total=1100), Books(refs=(LedgerRef(book="弥生会計", number="7"),))
    assert entry(record, books=tied).why == "handed_over"
    assert entry(record, books=tied, again=True).total_yen == 1100
    assert entry(record, books=Books(none_said=True)).why == "no_entry_said"


def test_what_stands_against_it_follows_from_the_paper():
    row = (10, 1000, 100)
    cash = entry(document(row, total=1100, kind=DocumentType.RECEIPT))
    assert (cash.counter, cash.paid) == ("現金", True)
    texts = {"counterparty": "青空", "payment_method": "クレジットカード"}
    assert (
        entry(document(row, total=1100, kind=DocumentType.RECEIPT, texts=texts), card="役員借入金").counter
        == "役員借入金"
    )
    assert entry(document(row, total=1100, account="仕入高")).counter == "買掛金"
    sale = entry(document(row, total=1100, account=None, origin=Origin.ELECTRONIC_SENT))
    assert (sale.side, sale.account, sale.counter) == (Side.SALE, "売上高", "売掛金")


def test_without_a_rate_there_is_no_tax_only_where_a_person_said_what_it_is():
    made = entry(document(total=5000, account="租税公課"))
    assert [(line.tax, line.gross_yen, line.tax_yen) for line in made.lines] == [(TaxKind.OUTSIDE, 5000, None)]
    assert rows_of("yayoi", made)[1][0][7] == "対象外"
    assert entry(document(total=5000, account=None, texts={"counterparty": "印紙税・収入印紙"})).why == "tax_unknown"
    assert entry(document(total=5000, account="消耗品費")).why == "tax_unknown"


def test_doubts_are_said():
    made = entry(
        document(
            (10, 1000, 130), total=1130, account=None, state=DocumentState.FILED, texts={"counterparty": "青空文具店"}
        )
    )
    assert set(made.doubts) == {"account_guessed", "deduction_unsure", "tax_differs", "not_approved"}
    assert set(made.doubts) < set(DOUBTS)
    assert "tax_differs" not in entry(document((10, 909, 91), total=1000)).doubts


def test_yayoi_has_25_columns_and_slips_of_several_lines():
    made = entry(document((10, 10000, 1000), (8, 5000, 400), total=16400))
    done, rows = rows_of("yayoi", made, entry(document((10, 1000, 100), total=1100)), first=41)
    assert [len(row) for row in rows] == [25] * 3
    assert [(row[0], row[1]) for row in rows] == [("2110", "41"), ("2101", "41"), ("2111", "42")]
    assert rows[0][3:5] == ["2026/11/02", "消耗品費"]
    assert [row[7] for row in rows] == ["課対仕入込10%適格", "課対仕入込軽減8%適格", "課対仕入込10%適格"]
    assert rows[0][8:11] == ["11000", "1000", "未払金"]
    assert rows[0][13:15] == ["対象外", "11000"]
    assert made.document_id in rows[0][21]
    assert (rows[0][19], rows[0][24]) == ("0", "no")
    assert done.content.endswith(b"\r\n")
    assert [number for number, _ in done.entries] == [41, 42]


@pytest.mark.parametrize(("day", "percent"), [(date(2026, 9, 30), 80), (date(2026, 10, 1), 70)])
def test_purchases_without_a_number_say_their_share(day, percent):
    """Law: inv-transition; the share changes on 2026-10-01."""
    made = entry(document((10, 20000, 2000), (8, 5000, 400), total=27400, number=None, day=day))
    _, yayoi = rows_of("yayoi", made)
    assert [row[7] for row in yayoi] == [f"課対仕入込10%区分{percent}%", f"課対仕入込軽減8%区分{percent}%"]
    _, ours = rows_of("moneyforward", made)
    assert [(row["借方税区分"], row["借方インボイス"]) for row in ours] == [
        ("課税仕入 10%", f"{percent}%控除"), ("課税仕入 (軽)8%", f"{percent}%控除"),
    ]  # fmt: skip
    _, deals = rows_of("freee", made)
    assert deals[0]["税区分"] == f"課対仕入（控{percent}）10%"


def test_money_forward_and_freee_have_their_columns():
    made = entry(document((10, 10000, 1000), (8, 5000, 400), total=16400, kind=DocumentType.RECEIPT))
    _, rows = rows_of("moneyforward", made, first=5)
    names = ("取引No", "取引日", "借方金額(円)", "貸方金額(円)", "貸方勘定科目")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("5", "2026/11/02", "11000", "11000", "現金"), ("5", "2026/11/02", "5400", "5400", "現金"),
    ]  # fmt: skip
    assert rows[0]["借方インボイス"] == "適格"
    assert rows[0]["借方取引先"] == "株式会社青空商事"
    _, deals = rows_of("freee", made)
    assert [(row["収支区分"], row["発生日"], row["金額"], row["決済金額"]) for row in deals] == [
        ("支出", "2026/11/02", "11000", "16400"), ("", "", "5400", ""),
    ]  # fmt: skip


def test_a_credit_note_changes_sides_and_freee_says_it_cannot():
    made = entry(document((10, -1000, -100), total=-1100, kind=DocumentType.CREDIT_NOTE))
    _, rows = rows_of("moneyforward", made)
    assert (rows[0]["借方勘定科目"], rows[0]["貸方勘定科目"], rows[0]["借方金額(円)"]) == ("未払金", "消耗品費", "1100")
    done, rows = rows_of("freee", made)
    assert ([one.why for one in done.left_out], rows) == (["reversal"], [])


def test_a_tax_class_that_no_page_names_is_not_guessed_but_may_be_given():
    old = entry(document((10, 1000, 100), total=1100, day=date(2023, 9, 30)))
    assert old.lines[0].deduction is DeductionClass.BEFORE_INVOICES
    done, _ = rows_of("yayoi", old)
    assert [one.why for one in done.left_out] == ["no_tax_label"]
    name = {"yayoi.purchase.standard-10-before_invoices": "課対仕入込10%"}
    assert rows_of("yayoi", old, **name)[1][0][7] == "課対仕入込10%"
    huge = entry(document((10, 1000000000, 100000000), total=1100000000))
    assert [one.why for one in rows_of("yayoi", huge)[0].left_out] == ["too_large"]


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
@pytest.mark.parametrize("product", PRODUCTS)
def test_no_cell_is_a_formula_and_no_name_breaks_a_line(product, start):
    texts = {"counterparty": f'{start}HYPERLINK(1)\n"a",b', "document_number": "𠮷野-1"}
    done, rows = rows_of(product, entry(document((10, 1000, 100), total=1100, texts=texts)))
    assert len(rows) == 1
    cells = rows[0] if isinstance(rows[0], list) else rows[0].values()
    assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in cells)
    ((_, made),) = done.entries
    assert ("letters_lost" in made.doubts) is (product == "yayoi")
