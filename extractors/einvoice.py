"""E-invoices read as data: UBL (JP PINT, Peppol; law: JP PINT table) and CII (Factur-X, ZUGFeRD 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from lxml import etree

from domain.companies import same_company
from domain.engines import FieldContext
from domain.errors import DamagedDocument, UnsupportedMedia
from domain.fields import (
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
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
from extractors.einvoice_syntax import Invoice, nfkc, number_in, read_cii, read_ubl
from extractors.pages.einvoice_xml import safe_parser

ENGINE = EngineId(name="einvoice.v1", version="1")
_MAX_TEXT = 200_000
_BINARY = frozenset({"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "BinaryObject"})
_TYPE_CODES = {"381": DocumentType.CREDIT_NOTE, "389": DocumentType.PAYMENT_STATEMENT}
"""UNTDID 1001: credit note, self-billed invoice (仕入明細書); everything else is an invoice, a negative one too."""


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
        invoice = read_ubl(root, credit=name == "CreditNote")
    elif name in {"CrossIndustryInvoice", "CrossIndustryDocument"}:
        invoice = read_cii(root)
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


def _fields(invoice: Invoice, label: DocumentType, context: FieldContext | None) -> FieldSet:
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


def _tax_breakdown(invoice: Invoice) -> TaxBreakdown | None:
    rows = tuple(
        TaxRow(rate=number_in(rate) or Decimal(0), taxable=number_in(taxable), tax=number_in(tax))
        for rate, taxable, tax in invoice.tax_rows
        if taxable is not None or tax is not None
    )
    return TaxBreakdown(rows=rows) if rows else None


def _typed(make: Callable[[str], Value | None], raw: str | None) -> tuple[Value | None, str | None]:
    return (make(raw), raw) if raw else (None, None)


def _text_value(raw: str) -> Value | None:
    plain = nfkc(raw)
    return Text(text=plain) if plain else None


def _date_value(raw: str) -> Value | None:
    day = _day(raw)
    return CalendarDate(day=day) if day is not None else None


def _money(raw: str | None, currency: str) -> tuple[Value | None, str | None]:
    number = number_in(raw)
    return (Money(amount=number, currency=currency), raw) if number is not None else (None, None)


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None


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
