from datetime import date
from decimal import Decimal

from compliance.settings import CompanySettings
from domain.counterparties import Counterparty
from domain.evidence import Check, Outcome
from domain.fields import CalendarDate, DocumentType, FieldSet, LineItem, LineItems, Money, TaxBreakdown, TaxRow, Text
from domain.suggestion import DeductionClass, TaxKind
from extractors.parties.matching import PartyIndex
from pipeline.steps.suggesting import confirmed_title, suggest, suggestion_lines, suggestion_plain
from tests.support.records import field

NUMBER = "T7010705000725"
ROWS = TaxBreakdown(
    rows=(
        TaxRow(rate=Decimal(10), taxable=Decimal(1000), tax=Decimal(100)),
        TaxRow(rate=Decimal(8), taxable=Decimal(500), tax=Decimal(40)),
    )
)


def fields(*, day=date(2026, 11, 1), number=None, rates=ROWS, items=("コピー用紙",), **days):
    made = [field("transaction_date", CalendarDate(day=day) if day else None), field("counterparty", Text(text="青空"))]
    made += [field(name, CalendarDate(day=value)) for name, value in days.items()]
    made += [field("registration_number", Text(text=number))] if number else []
    made += [field("tax_breakdown", rates)] if rates else []
    rows = tuple(LineItem(description=item, amount=Decimal(1000)) for item in items)
    return FieldSet(fields=(*made, field("line_items", LineItems(rows=rows))))


def asked(outcome):
    return (Check(name="issuer_registered", outcome=outcome),)


def suggested(values, checks=(), *, kind=DocumentType.INVOICE, **more):
    return suggest(kind, values, checks, text="", **more)


def test_rates_and_share_stand_beside_the_account():
    found = suggested(fields(supply_to=date(2026, 9, 30)))
    assert found.account.title == "事務用品費"
    assert [tax.kind for tax in found.taxes] == [TaxKind.STANDARD, TaxKind.REDUCED]
    assert (found.deduction.percent, found.deduction.basis) == (80, "supply_to")
    assert suggestion_lines(found)[0] != ("勘定科目", "事務用品費（80%、書類の語「コヒー用紙」）")
    assert dict(suggestion_lines(found))["仕入税額控除"].startswith("経過措置 80%（役務提供の終了日 2026/09/30")


def test_the_register_decides_what_a_number_is_worth():
    for outcome, kind in (
        (Outcome.PASSED, DeductionClass.QUALIFIED),
        (Outcome.FAILED, DeductionClass.TRANSITIONAL),
        (Outcome.INDETERMINATE, DeductionClass.QUALIFIED),
    ):
        assert suggested(fields(number=NUMBER), asked(outcome)).deduction.kind is kind
    assert suggested(fields(number="T7010705000726")).deduction.kind is DeductionClass.TRANSITIONAL
    looked, printed = (suggested(fields(number=NUMBER), c).deduction for c in (asked(Outcome.PASSED), ()))
    assert (looked.certain, printed.certain) == (True, False)


def test_what_bears_no_tax_has_nothing_to_deduct():
    found = suggested(fields(rates=None, items=("収入印紙",)))
    assert [tax.kind for tax in found.taxes] == [TaxKind.OUTSIDE]
    assert found.deduction.kind is DeductionClass.NOT_APPLICABLE
    assert suggested(fields(), issued_by_us=True).deduction.kind is DeductionClass.NOT_APPLICABLE


def test_no_day_no_share_and_no_class_no_suggestion():
    found = suggested(fields(day=None))
    assert found.deduction is None
    assert [tax.kind for tax in found.taxes] == [TaxKind.UNKNOWN]
    assert suggested(fields(), kind=DocumentType.CONTRACT) is None
    assert suggestion_plain(None) is None
    assert suggestion_lines(None) == ()


def test_the_master_knows_the_title_that_was_confirmed():
    party = Counterparty(counterparty_id="a", name="青空", account_title="仕入高")
    assert confirmed_title(fields(), PartyIndex((party,))) == "仕入高"
    assert confirmed_title(fields(), None) is None
    plain = suggestion_plain(suggested(fields(), confirmed="仕入高"))
    assert plain["account"] == {"title": "仕入高", "confidence": 0.97, "reason": "confirmed_before", "words": []}
    assert plain["deduction"]["basis_on"] == "2026-11-01"


def test_small_purchases_of_small_businesses_need_no_number():
    """Law: inv-small. Sales of the year to 2025-03-31 are the base period of 2026-11-01."""
    small = CompanySettings(sales_by_year={2025: 100_000_000})
    cheap = FieldSet(fields=(*fields().fields, field("total_amount", Money(amount=Decimal(9_999)))))
    found = suggested(cheap, company=small).deduction
    assert (found.kind, found.percent, found.rule) == (DeductionClass.BOOK_ONLY, 100, "inv.small_amount")
    larger = CompanySettings(sales_by_year={2025: 100_000_001})
    for company in (larger, CompanySettings(), None):
        assert suggested(cheap, company=company).deduction.kind is DeductionClass.TRANSITIONAL
    with_number = FieldSet(fields=(*fields(number=NUMBER).fields, cheap.fields[-1]))
    assert suggested(with_number, asked(Outcome.PASSED), company=small).deduction.kind is DeductionClass.QUALIFIED


def test_items_that_an_invoice_lacks_are_named():
    found = suggested(fields())
    assert set(found.invoice.missing) == {"issuer", "number", "recipient"}
    words = dict(suggestion_lines(found))["記載事項"]
    assert words == "適格請求書（記載なし: 発行者の氏名・名称・登録番号・交付を受ける者の氏名・名称）"
    assert suggestion_plain(found)["invoice"]["form"] == "qualified"
    assert suggested(fields(day=None)).invoice is None
