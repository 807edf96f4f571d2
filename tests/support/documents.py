"""Small documents made on the spot, with known content, that need no OCR."""

from __future__ import annotations

import io
from datetime import date

import pikepdf

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:peppol:pint:billing-1@jp-1</cbc:CustomizationID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:Note>{note}</cbc:Note><cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyTaxScheme><cbc:CompanyID>T7010705000725</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>株式会社みどり商事</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="JPY">{tax}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="JPY">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID="JPY">{tax}</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>10</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
</cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="JPY">{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="JPY">{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="JPY">{gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="JPY">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="H87">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="JPY">{net}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>保守料</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>10</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="JPY">{net}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"""


def ubl_invoice(
    number: str, *, seller: str = "青空商事株式会社", net: int = 100_000, day: date = date(2026, 10, 31), note: str = ""
) -> bytes:
    """A JP PINT invoice with 10 % tax."""
    tax = net // 10
    return UBL.format(number=number, day=day, seller=seller, net=net, tax=tax, gross=net + tax, note=note).encode()


def text_pdf(*lines: str) -> bytes:
    """A born-digital PDF of one A4 page with ASCII lines."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    drawn = (
        b"BT /F1 14 Tf 60 780 Td 24 TL "
        + b" ".join(
            b"(" + line.encode("ascii").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj T*"
            for line in lines
        )
        + b" ET"
    )
    page = pikepdf.Page(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 595, 842],
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
            Contents=pdf.make_stream(drawn),
        )
    )
    pdf.pages.append(page)
    return _saved(pdf)


def encrypted_pdf(password: str = "secret") -> bytes:
    """A PDF that nobody opens without the password."""
    with pikepdf.open(io.BytesIO(text_pdf("INVOICE"))) as pdf:
        return _saved(pdf, encryption=pikepdf.Encryption(user=password, owner=password))


def _saved(pdf: pikepdf.Pdf, **options) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id="encryption" not in options, **options)
    return out.getvalue()
