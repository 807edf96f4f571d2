"""E-invoices read as data: UBL (JP PINT, Peppol; law: JP PINT table) and CII (Factur-X, ZUGFeRD 1 and 2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from domain.companies import same_company
from domain.engines import FieldContext
from domain.errors import DamagedDocument, UnsupportedMedia
from domain.fields import (
    BankAccount,
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
    LineItem,
    LineItems,
    Money,
    Source,
    TaxBreakdown,
    TaxRow,
    Text,
    Value,
    fields_for,
    missing,
)
from domain.page import EngineId
from domain.record import Classification
from extractors.pages.einvoice_xml import safe_parser

ENGINE = EngineId(name="einvoice.v1", version="1")
_MAX_TEXT = 200_000
_MAX_LINES = 5_000
_BINARY = frozenset({"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "BinaryObject"})
_TYPE_CODES = {"381": DocumentType.CREDIT_NOTE, "389": DocumentType.PAYMENT_STATEMENT}
"""UNTDID 1001: credit note, self-billed invoice (仕入明細書); everything else is an invoice, a negative one too."""
_ACCOUNT_TYPES = {"1": "普通", "2": "当座", "4": "貯蓄"}


@dataclass(frozen=True, slots=True)
class _Invoice:
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


def read_einvoice(xml: bytes, *, context: FieldContext | None = None) -> tuple[Classification, FieldSet, str]:
    """Class, fields and searchable text of an e-invoice.

    Values are taken as the sender's system wrote them; nothing is computed. Sources carry no boxes: there is no page.

    Raises:
        DamagedDocument: not well-formed, or it declares a DTD.
        UnsupportedMedia: well-formed, but neither UBL nor CII.
    """
    root = _parse(xml)
    name = etree.QName(root).localname
    if name in {"Invoice", "CreditNote"}:
        invoice = _read_ubl(root, credit=name == "CreditNote")
    elif name in {"CrossIndustryInvoice", "CrossIndustryDocument"}:
        invoice = _read_cii(root)
    else:
        raise UnsupportedMedia(
            f"XML root {name[:40]} is not an invoice",
            message_ja="電子インボイス（UBL・CII）ではないXMLです。原本のまま保存し、確認待ちにします",
        )
    label = _TYPE_CODES.get(invoice.type_code, DocumentType.INVOICE)
    classification = Classification(
        label=label, confidence=1.0, reasons=(f"type_code:{invoice.type_code or name}",), engine=ENGINE
    )
    return classification, _fields(invoice, label, context), _text(root)


def _parse(xml: bytes) -> etree._Element:
    try:
        root = etree.fromstring(xml, safe_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedDocument(
            "the XML is not well-formed",
            message_ja="XMLの形式が正しくないため読み取れません。原本のまま保存しました",
        ) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise DamagedDocument(
            "the XML declares a document type",
            message_ja="使用できない宣言（DTD）を含むXMLです。原本のまま保存しました",
        )
    return root


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


def _read_ubl(root: etree._Element, *, credit: bool) -> _Invoice:
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
    return _Invoice(
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
            holder=_nfkc(holder),
        )  # fmt: skip
    return BankAccount(number=number, bank=_get(account, "FinancialInstitutionBranch/ID"), holder=_nfkc(holder))


def _ubl_line(line: etree._Element) -> LineItem:
    quantity = _find(line, "InvoicedQuantity")
    if quantity is None:
        quantity = _find(line, "CreditedQuantity")
    shown = next(
        (_get(p, "Value") for p in _all(line, "Item/AdditionalItemProperty") if _get(p, "Name") == "表示単位名称"), None
    )
    unit = shown or (quantity.get("unitCode") if quantity is not None else None)
    return LineItem(
        description=_nfkc(_get(line, "Item/Name") or _get(line, "Item/Description")) or "",
        quantity=_number(quantity.text if quantity is not None else None),
        unit=str(unit) if unit else None,
        unit_price=_number(_get(line, "Price/PriceAmount")),
        amount=_number(_get(line, "LineExtensionAmount")),
        tax_rate=_number(_get(line, "Item/ClassifiedTaxCategory/Percent")),
    )


def _read_cii(root: etree._Element) -> _Invoice:
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
    return _Invoice(
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
        description=_nfkc(_get(line, "SpecifiedTradeProduct/Name")) or "",
        quantity=_number(quantity.text if quantity is not None else None),
        unit=str(quantity.get("unitCode")) if quantity is not None and quantity.get("unitCode") else None,
        unit_price=_number(_get(agreement, "NetPriceProductTradePrice/ChargeAmount")),
        amount=_number(_get(summation, "LineTotalAmount")),
        tax_rate=_number(_get(tax, "RateApplicablePercent") or _get(tax, "ApplicablePercent")),
    )


def _fields(invoice: _Invoice, label: DocumentType, context: FieldContext | None) -> FieldSet:
    currency = invoice.currency or "JPY"
    # A self-billed invoice is made by the buyer.
    issuer, recipient = invoice.seller, invoice.buyer
    if label is DocumentType.PAYMENT_STATEMENT:
        issuer, recipient = recipient, issuer
    days = sorted(d for s in invoice.supply if (d := _day(s)) is not None)
    number = invoice.seller_tax_id
    values: dict[str, tuple[Value | None, str | None]] = {
        "transaction_date": _typed(_date_value, invoice.issue_date),
        "supply_from": (CalendarDate(day=days[0]), days[0].isoformat()) if days else (None, None),
        "supply_to": (CalendarDate(day=days[-1]), days[-1].isoformat()) if days else (None, None),
        "total_amount": _money(invoice.total, currency),
        "subtotal": _money(invoice.subtotal, currency),
        "tax_total": _money(invoice.tax_total, currency),
        "currency": _typed(_text_value, invoice.currency),
        "issuer": _typed(_text_value, issuer),
        "recipient": _typed(_text_value, recipient),
        "counterparty": _typed(_text_value, _counterparty(issuer, recipient, context)),
        "registration_number": _typed(_text_value, number if re.fullmatch(r"T\d{13}", number or "") else None),
        "document_number": _typed(_text_value, invoice.number),
        "due_date": _typed(_date_value, invoice.due_date),
        "tax_breakdown": (_tax_breakdown(invoice), None),
        "bank_account": (invoice.account, None),
        "line_items": (LineItems(rows=invoice.lines) if invoice.lines else None, None),
    }
    return FieldSet(fields=tuple(_field(name, *values.get(name, (None, None))) for name in fields_for(label)))


def _field(name: str, value: Value | None, raw: str | None) -> Field:
    if value is None:
        return missing(name, engine=ENGINE)
    return Field(
        name=name,
        value=value,
        raw_text=raw,
        status=FieldStatus.FOUND,
        sources=(Source(page_index=0, boxes=()),),
        confidence=1.0,
        engine=ENGINE,
    )


def _counterparty(issuer: str | None, recipient: str | None, context: FieldContext | None) -> str | None:
    if context is None:
        return issuer
    ours = context.our_companies
    issuer_is_us = issuer is not None and any(same_company(issuer, our) for our in ours)
    return recipient if issuer_is_us or context.issued_by_us else issuer


def _tax_breakdown(invoice: _Invoice) -> TaxBreakdown | None:
    rows = tuple(
        TaxRow(rate=_number(rate) or Decimal(0), taxable=_number(taxable), tax=_number(tax))
        for rate, taxable, tax in invoice.tax_rows
        if taxable is not None or tax is not None
    )
    return TaxBreakdown(rows=rows) if rows else None


def _typed(make: Callable[[str], Value | None], raw: str | None) -> tuple[Value | None, str | None]:
    return (make(raw), raw) if raw else (None, None)


def _text_value(raw: str) -> Value | None:
    plain = _nfkc(raw)
    return Text(text=plain) if plain else None


def _date_value(raw: str) -> Value | None:
    day = _day(raw)
    return CalendarDate(day=day) if day is not None else None


def _money(raw: str | None, currency: str) -> tuple[Value | None, str | None]:
    number = _number(raw)
    return (Money(amount=number, currency=currency), raw) if number is not None else (None, None)


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None


def _number(raw: str | None) -> Decimal | None:
    if raw is None or not re.fullmatch(r"\s*[-+]?\d{1,18}(?:\.\d{1,10})?\s*", raw):
        return None
    try:
        return Decimal(raw.strip())
    except InvalidOperation:
        return None


def _nfkc(text: str | None) -> str | None:
    return " ".join(unicodedata.normalize("NFKC", text).split()) if text else None


def _text(root: etree._Element) -> str:
    """Every text node on a line of its own, attachments left out: what search and people read."""
    out: list[str] = []
    size = 0
    for element in root.iter():
        if not isinstance(element.tag, str) or etree.QName(element).localname in _BINARY:
            continue
        text = " ".join((element.text or "").split())
        if text:
            out.append(text)
            size += len(text) + 1
            if size > _MAX_TEXT:
                break
    return "\n".join(out)[:_MAX_TEXT]
