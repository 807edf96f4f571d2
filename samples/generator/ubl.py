"""A JP PINT e-invoice (UBL 2.1) from the facts of an invoice."""

from __future__ import annotations

from typing import Any

from lxml import etree

from samples.generator.facts import Facts

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOT = _UBL + "Invoice-2"
_CAC = _UBL + "CommonAggregateComponents-2"
_CBC = _UBL + "CommonBasicComponents-2"
_NAMES: Any = {None: _ROOT, "cac": _CAC, "cbc": _CBC}  # the stubs do not know the default name space


def _add(parent: etree._Element, name: str, text: object = None, **attributes: str) -> etree._Element:
    prefix, _, local = name.partition(":")
    space = {"cac": _CAC, "cbc": _CBC}[prefix]
    child = etree.SubElement(parent, f"{{{space}}}{local}", attrib=attributes)
    if text is not None:
        child.text = str(text)
    return child


def _party(parent: etree._Element, role: str, name: str, number: str | None) -> None:
    party = _add(_add(parent, f"cac:{role}"), "cac:Party")
    _add(party, "cbc:EndpointID", (number or "T0000000000000")[1:], schemeID="0188")
    address = _add(party, "cac:PostalAddress")
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", "JP")
    if number:
        scheme = _add(party, "cac:PartyTaxScheme")
        _add(scheme, "cbc:CompanyID", number)
        _add(_add(scheme, "cac:TaxScheme"), "cbc:ID", "VAT")
    _add(_add(party, "cac:PartyLegalEntity"), "cbc:RegistrationName", name)


def _category(parent: etree._Element, name: str, rate: object) -> None:
    category = _add(parent, name)
    _add(category, "cbc:ID", "AA" if rate == 8 else "S")
    _add(category, "cbc:Percent", rate)
    _add(_add(category, "cac:TaxScheme"), "cbc:ID", "VAT")


def to_ubl(facts: Facts) -> bytes:
    """The invoice as data; the facts' truth is brought in line (tax is outside, everything is stated).

    Raises:
        ValueError: the facts are not those of an invoice.
    """
    truth = facts.fields
    items = truth["line_items"]
    if facts.document_type.value != "invoice" or not isinstance(items, list):
        msg = "only invoices have an XML form"
        raise ValueError(msg)
    rates: dict[int, int] = {}
    for item in items:
        item["tax_rate"] = item["tax_rate"] or 10  # data always states it
        rates[item["tax_rate"]] = rates.get(item["tax_rate"], 0) + item["amount"]
    breakdown = [
        {"rate": rate, "taxable": net, "tax": net * rate // 100} for rate, net in sorted(rates.items(), reverse=True)
    ]
    net, tax = sum(rates.values()), sum(net * rate // 100 for rate, net in rates.items())
    number = truth["document_number"] or "1"
    truth |= {
        "subtotal": net,
        "tax_total": tax,
        "total_amount": net + tax,
        "tax_breakdown": breakdown,
        "document_number": number,
    }
    root = etree.Element(f"{{{_ROOT}}}Invoice", nsmap=_NAMES)
    _add(root, "cbc:CustomizationID", "urn:peppol:pint:billing-1@jp-1")
    _add(root, "cbc:ProfileID", "urn:peppol:bis:billing")
    _add(root, "cbc:ID", number)
    _add(root, "cbc:IssueDate", truth["transaction_date"])
    if truth["due_date"]:
        _add(root, "cbc:DueDate", truth["due_date"])
    _add(root, "cbc:InvoiceTypeCode", 380)
    _add(root, "cbc:DocumentCurrencyCode", "JPY")
    start, end = truth["supply_from"] or truth["transaction_date"], truth["supply_to"] or truth["transaction_date"]
    truth |= {"supply_from": start, "supply_to": end}
    period = _add(root, "cac:InvoicePeriod")
    _add(period, "cbc:StartDate", start)
    _add(period, "cbc:EndDate", end)
    _party(root, "AccountingSupplierParty", str(truth["issuer"]), _text(truth["registration_number"]))
    _party(root, "AccountingCustomerParty", str(truth["recipient"]), None)
    _payment(root, truth)
    total = _add(root, "cac:TaxTotal")
    _add(total, "cbc:TaxAmount", tax, currencyID="JPY")
    for row in breakdown:
        part = _add(total, "cac:TaxSubtotal")
        _add(part, "cbc:TaxableAmount", row["taxable"], currencyID="JPY")
        _add(part, "cbc:TaxAmount", row["tax"], currencyID="JPY")
        _category(part, "cac:TaxCategory", row["rate"])
    sums = _add(root, "cac:LegalMonetaryTotal")
    for name, amount in (
        ("LineExtension", net),
        ("TaxExclusive", net),
        ("TaxInclusive", net + tax),
        ("Payable", net + tax),
    ):
        _add(sums, f"cbc:{name}Amount", amount, currencyID="JPY")
    for index, item in enumerate(items, start=1):
        line = _add(root, "cac:InvoiceLine")
        _add(line, "cbc:ID", index)
        _add(line, "cbc:InvoicedQuantity", item["quantity"], unitCode="H87")
        _add(line, "cbc:LineExtensionAmount", item["amount"], currencyID="JPY")
        goods = _add(line, "cac:Item")
        _add(goods, "cbc:Name", item["description"])
        _category(goods, "cac:ClassifiedTaxCategory", item["tax_rate"])
        _add(_add(line, "cac:Price"), "cbc:PriceAmount", item["unit_price"], currencyID="JPY")
        item["unit"] = None
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _payment(root: etree._Element, truth: dict[str, object]) -> None:
    bank = truth["bank_account"]
    if not isinstance(bank, dict):
        return
    means = _add(root, "cac:PaymentMeans")
    _add(means, "cbc:PaymentMeansCode", 30)
    account = _add(means, "cac:PayeeFinancialAccount")
    _add(account, "cbc:ID", bank["number"])
    _add(account, "cbc:Name", bank["holder"])
    truth["bank_account"] = {
        "bank": None,
        "branch": None,
        "type": None,
        "number": bank["number"],
        "holder": bank["holder"],
    }
