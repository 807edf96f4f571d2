"""The two syntaxes of e-invoices: UBL (JP PINT, Peppol) and CII (Factur-X, ZUGFeRD 1 and 2), as plain strings.

Sources: JP PINT (law: JP PINT table), EN 16931 for CII.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from domain.fields import BankAccount, LineItem

_MAX_LINES = 5_000
_ACCOUNT_TYPES = {"1": "普通", "2": "当座", "4": "貯蓄"}


@dataclass(frozen=True, slots=True)
class Invoice:
    """What both syntaxes say, as plain strings."""

    type_code: str
    number: str | None
    issue_date: str | None
    due_date: str | None
    supply: tuple[str, ...]
    currency: str | None
    total: str | None
    subtotal: str | None
    tax_total: str | None
    seller: str | None
    seller_tax_id: str | None
    buyer: str | None
    tax_rows: tuple[tuple[str | None, str | None, str | None], ...]
    account: BankAccount | None
    lines: tuple[LineItem, ...]


def _find(element: etree._Element | None, path: str) -> etree._Element | None:
    """First element at a path of local names, namespaces aside (three versions of CII have three)."""
    if element is None:
        return None
    current: etree._Element = element
    for step in path.split("/"):
        child = next((c for c in current if isinstance(c.tag, str) and etree.QName(c).localname == step), None)
        if child is None:
            return None
        current = child
    return current


def _all(element: etree._Element | None, path: str) -> Iterator[etree._Element]:
    head, _, last = path.rpartition("/")
    parent = _find(element, head) if head else element
    if parent is None:
        return
    yield from (c for c in parent if isinstance(c.tag, str) and etree.QName(c).localname == last)


def _get(element: etree._Element | None, path: str) -> str | None:
    found = _find(element, path)
    text = " ".join((found.text or "").split()) if found is not None else ""
    return text or None


def read_ubl(root: etree._Element, *, credit: bool) -> Invoice:
    """An Invoice or CreditNote of UBL 2.1, all three profiles of JP PINT included."""
    seller, buyer = _find(root, "AccountingSupplierParty/Party"), _find(root, "AccountingCustomerParty/Party")
    totals = _find(root, "LegalMonetaryTotal")
    currency = _get(root, "DocumentCurrencyCode")
    tax = _ubl_tax(root, currency)
    period = [_get(root, "InvoicePeriod/StartDate"), _get(root, "InvoicePeriod/EndDate")]
    if not any(period):
        period = [_get(root, "Delivery/ActualDeliveryDate")]
    line_name = "CreditNoteLine" if credit else "InvoiceLine"
    lines = tuple(e for _, e in zip(range(_MAX_LINES), _all(root, line_name), strict=False))
    if not any(period):
        period = [d for e in lines for d in (_get(e, "InvoicePeriod/StartDate"), _get(e, "InvoicePeriod/EndDate"))]
    return Invoice(
        type_code=("381" if credit else _get(root, "InvoiceTypeCode")) or "",
        number=_get(root, "ID"),
        issue_date=_get(root, "IssueDate"),
        due_date=_get(root, "DueDate") or _get(root, "PaymentMeans/PaymentDueDate"),
        supply=tuple(d for d in period if d),
        currency=currency,
        total=_get(totals, "TaxInclusiveAmount") or _get(totals, "PayableAmount"),
        subtotal=_get(totals, "TaxExclusiveAmount") or _get(totals, "LineExtensionAmount"),
        tax_total=_get(tax, "TaxAmount"),
        seller=_ubl_name(seller),
        seller_tax_id=_get(seller, "PartyTaxScheme/CompanyID"),
        buyer=_ubl_name(buyer),
        tax_rows=tuple(
            (_get(s, "TaxCategory/Percent"), _get(s, "TaxableAmount"), _get(s, "TaxAmount"))
            for s in _all(tax, "TaxSubtotal")
        ),
        account=_ubl_account(root),
        lines=tuple(_ubl_line(e) for e in lines),
    )


def _ubl_name(party: etree._Element | None) -> str | None:
    return _get(party, "PartyLegalEntity/RegistrationName") or _get(party, "PartyName/Name")


def _ubl_tax(root: etree._Element, currency: str | None) -> etree._Element | None:
    """The tax total in the document's currency (a second one may repeat it in yen: law inv-fx)."""
    totals = list(_all(root, "TaxTotal"))
    for total in totals:
        amount = _find(total, "TaxAmount")
        if amount is not None and amount.get("currencyID") == currency:
            return total
    return totals[0] if totals else None


def _ubl_account(root: etree._Element) -> BankAccount | None:
    account = _find(root, "PaymentMeans/PayeeFinancialAccount")
    number = _get(account, "ID")
    if number is None:
        return None
    holder = _get(account, "Name")
    parts = number.split(":")
    if len(parts) == 4:  # JP PINT: bank code, branch code, account type, number
        return BankAccount(
            bank=parts[0], branch=parts[1], type=_ACCOUNT_TYPES.get(parts[2], parts[2]), number=parts[3],
            holder=nfkc(holder),
        )  # fmt: skip
    return BankAccount(number=number, bank=_get(account, "FinancialInstitutionBranch/ID"), holder=nfkc(holder))


def _ubl_line(line: etree._Element) -> LineItem:
    quantity = _find(line, "InvoicedQuantity")
    if quantity is None:
        quantity = _find(line, "CreditedQuantity")
    shown = next(
        (_get(p, "Value") for p in _all(line, "Item/AdditionalItemProperty") if _get(p, "Name") == "表示単位名称"), None
    )
    unit = shown or (quantity.get("unitCode") if quantity is not None else None)
    return LineItem(
        description=nfkc(_get(line, "Item/Name") or _get(line, "Item/Description")) or "",
        quantity=number_in(quantity.text if quantity is not None else None),
        unit=str(unit) if unit else None,
        unit_price=number_in(_get(line, "Price/PriceAmount")),
        amount=number_in(_get(line, "LineExtensionAmount")),
        tax_rate=number_in(_get(line, "Item/ClassifiedTaxCategory/Percent")),
    )


def read_cii(root: etree._Element) -> Invoice:
    """A cross-industry invoice of any of its three namespaces."""
    trade = _first(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    document = _first(root, "ExchangedDocument", "HeaderExchangedDocument")
    agreement = _first(trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    delivery = _first(trade, "ApplicableHeaderTradeDelivery", "ApplicableSupplyChainTradeDelivery")
    settlement = _first(trade, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    totals = _first(
        settlement,
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )
    seller, buyer = _find(agreement, "SellerTradeParty"), _find(agreement, "BuyerTradeParty")
    period = _find(settlement, "BillingSpecifiedPeriod")
    supply = [_cii_date(period, "StartDateTime"), _cii_date(period, "EndDateTime")]
    if not any(supply):
        supply = [_cii_date(_find(delivery, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime")]
    means = _find(settlement, "SpecifiedTradeSettlementPaymentMeans")
    iban = _get(means, "PayeePartyCreditorFinancialAccount/IBANID")
    lines = tuple(e for _, e in zip(range(_MAX_LINES), _all(trade, "IncludedSupplyChainTradeLineItem"), strict=False))
    return Invoice(
        type_code=_get(document, "TypeCode") or "",
        number=_get(document, "ID"),
        issue_date=_cii_date(document, "IssueDateTime"),
        due_date=_cii_date(_find(settlement, "SpecifiedTradePaymentTerms"), "DueDateDateTime"),
        supply=tuple(d for d in supply if d),
        currency=_get(settlement, "InvoiceCurrencyCode"),
        total=_get(totals, "GrandTotalAmount") or _get(totals, "DuePayableAmount"),
        subtotal=_get(totals, "TaxBasisTotalAmount") or _get(totals, "LineTotalAmount"),
        tax_total=_get(totals, "TaxTotalAmount"),
        seller=_get(seller, "Name"),
        seller_tax_id=next(
            (_get(r, "ID") for r in _all(seller, "SpecifiedTaxRegistration") if _scheme(r) in {"VA", None}), None
        ),
        buyer=_get(buyer, "Name"),
        tax_rows=tuple(
            (
                _get(t, "RateApplicablePercent") or _get(t, "ApplicablePercent"),
                _get(t, "BasisAmount"),
                _get(t, "CalculatedAmount"),
            )
            for t in _all(settlement, "ApplicableTradeTax")
        ),
        account=BankAccount(
            number=iban,
            bank=_get(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID"),
            holder=_get(means, "PayeePartyCreditorFinancialAccount/AccountName"),
        )
        if iban
        else None,
        lines=tuple(_cii_line(e) for e in lines),
    )


def _first(element: etree._Element | None, *names: str) -> etree._Element | None:
    return next((f for n in names if (f := _find(element, n)) is not None), None)


def _scheme(registration: etree._Element) -> str | None:
    number = _find(registration, "ID")
    return str(number.get("schemeID")) if number is not None and number.get("schemeID") else None


def _cii_date(element: etree._Element | None, name: str) -> str | None:
    value = _get(element, f"{name}/DateTimeString")
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2}).*", value) if value else None
    return "-".join(match.groups()) if match else None


def _cii_line(line: etree._Element) -> LineItem:
    agreement = _first(line, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
    delivery = _first(line, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
    settlement = _first(line, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
    summation = _first(
        settlement, "SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"
    )
    tax = _find(settlement, "ApplicableTradeTax")
    quantity = _find(delivery, "BilledQuantity")
    return LineItem(
        description=nfkc(_get(line, "SpecifiedTradeProduct/Name")) or "",
        quantity=number_in(quantity.text if quantity is not None else None),
        unit=str(quantity.get("unitCode")) if quantity is not None and quantity.get("unitCode") else None,
        unit_price=number_in(_get(agreement, "NetPriceProductTradePrice/ChargeAmount")),
        amount=number_in(_get(summation, "LineTotalAmount")),
        tax_rate=number_in(_get(tax, "RateApplicablePercent") or _get(tax, "ApplicablePercent")),
    )


def number_in(raw: str | None) -> Decimal | None:
    """A decimal number as XML writes it; None for anything else."""
    if raw is None or not re.fullmatch(r"\s*[-+]?\d{1,18}(?:\.\d{1,10})?\s*", raw):
        return None
    try:
        return Decimal(raw.strip())
    except InvalidOperation:
        return None


def nfkc(text: str | None) -> str | None:
    """Text as names stand in fields; None where there is none."""
    return " ".join(unicodedata.normalize("NFKC", text).split()) if text else None
