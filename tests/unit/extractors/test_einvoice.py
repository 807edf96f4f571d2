from datetime import date

import pytest

from domain.engines import FieldContext
from domain.errors import DamagedDocument, UnsupportedMedia
from domain.fields import DocumentType, value_to_plain
from extractors.einvoice import read_einvoice

UBL = """<?xml version="1.0"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>156</cbc:ID><cbc:IssueDate>2026-10-24</cbc:IssueDate><cbc:DueDate>2026-11-20</cbc:DueDate>
 <cbc:InvoiceTypeCode>{code}</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
 <cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-18</cbc:EndDate></cac:InvoicePeriod>
 <cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>
 <cbc:CompanyID>T7010705000725</cbc:CompanyID></cac:PartyTaxScheme>
 <cac:PartyLegalEntity>
 <cbc:RegistrationName>株式会社　青空商事</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
 </cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>海山物産㈱</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:PaymentMeans><cac:PayeeFinancialAccount>
 <cbc:ID>1234:567:1:3242394</cbc:ID>
 <cbc:Name>ｶ)ｱｵｿﾞﾗ</cbc:Name></cac:PayeeFinancialAccount></cac:PaymentMeans>
 <cac:TaxTotal>
 <cbc:TaxAmount currencyID="JPY">1000</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount>10000</cbc:TaxableAmount>
 <cbc:TaxAmount>1000</cbc:TaxAmount><cac:TaxCategory><cbc:Percent>10</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>10000</cbc:TaxExclusiveAmount>
 <cbc:TaxInclusiveAmount>11000</cbc:TaxInclusiveAmount>
 <cbc:PayableAmount>11000</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:InvoicedQuantity unitCode="H87">5</cbc:InvoicedQuantity>
 <cbc:LineExtensionAmount>10000</cbc:LineExtensionAmount>
 <cac:Item><cbc:Name>椅子</cbc:Name><cac:ClassifiedTaxCategory><cbc:Percent>10</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
 <cac:Price><cbc:PriceAmount>2000</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</{root}>"""


def ubl(root="Invoice", code="380"):
    return UBL.format(root=root, code=code).encode()


def plain(fields):
    return {f.name: value_to_plain(f.value) for f in fields.fields}


def test_ubl():
    classification, fields, text = read_einvoice(ubl())
    got = plain(fields)
    assert (classification.label, classification.confidence) == (DocumentType.INVOICE, 1.0)
    assert (got["transaction_date"], got["due_date"]) == ("2026-10-24", "2026-11-20")
    assert (got["supply_from"], got["supply_to"]) == ("2026-10-01", "2026-10-18")
    assert (got["total_amount"], got["subtotal"], got["tax_total"]) == (11000, 10000, 1000)
    assert (got["issuer"], got["recipient"]) == ("株式会社 青空商事", "海山物産(株)")
    assert got["counterparty"] == "株式会社 青空商事"
    assert got["registration_number"] == "T7010705000725"
    assert got["tax_breakdown"] == [{"rate": 10, "taxable": 10000, "tax": 1000}]
    assert got["bank_account"] == {
        "bank": "1234",
        "branch": "567",
        "type": "普通",
        "number": "3242394",
        "holder": "カ)アオゾラ",
    }
    assert got["line_items"][0] == {
        "description": "椅子", "quantity": 5, "unit": "H87", "unit_price": 2000, "amount": 10000, "tax_rate": 10,
    }  # fmt: skip
    assert "青空商事" in text
    assert fields.get("total_amount").sources[0].boxes == ()


def test_type_codes():
    assert read_einvoice(ubl("CreditNote"))[0].label is DocumentType.CREDIT_NOTE
    assert read_einvoice(ubl(code="381"))[0].label is DocumentType.CREDIT_NOTE
    classification, fields, _ = read_einvoice(ubl(code="389"))
    assert classification.label is DocumentType.PAYMENT_STATEMENT
    assert fields.text("issuer") == "海山物産(株)"


def test_what_we_sent_has_the_buyer_as_counterparty():
    context = FieldContext(today=date(2026, 11, 21), our_companies=("青空商事",))
    assert read_einvoice(ubl(), context=context)[1].text("counterparty") == "海山物産(株)"


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<Invoice>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Invoice>&a;</Invoice>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Invoice/>',
    ],
)
def test_broken_or_hostile(xml):
    with pytest.raises(DamagedDocument) as caught:
        read_einvoice(xml)
    assert "保存しました" in caught.value.message_ja


def test_other_xml():
    with pytest.raises(UnsupportedMedia):
        read_einvoice(b"<html/>")


def test_an_empty_invoice_has_no_values():
    _, fields, text = read_einvoice(b"<Invoice/>")
    assert all(f.value is None for f in fields.fields)
    assert text == ""


def test_values_that_are_none():
    bad = ubl().replace(b"2026-10-24", b"2026-99-24").replace(b">11000<", b">1e5<")
    _, fields, _ = read_einvoice(bad)
    assert fields.value("transaction_date") is None
    assert fields.value("total_amount") is None
