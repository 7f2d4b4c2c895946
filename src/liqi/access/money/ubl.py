"""Invoices and credit notes as UBL 2.1 XML that keeps the rules of EN 16931-1 (BT and BR numbers beside them)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from liqi.access.models import Invoice
from liqi.access.money import parties
from liqi.access.money.invoices import taxes
from liqi.accounts.naming import called

__all__ = ["CUSTOMIZATION", "document", "lacking"]

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
CUSTOMIZATION = "urn:cen.eu:en16931:2017"
UNITS = {"hour": "HUR", "staff hour": "HUR", "sample": "C62", "run": "C62", "item": "C62", "use": "C62"}
"""UN/ECE Recommendation 20: HUR is the hour, C62 is one."""
NO_TAX = "Not subject to VAT"


def document(invoice: Invoice) -> bytes:
    """The XML of the invoice: amounts in CNY, a tax subtotal a rate, the voucher as an amount paid before (BT-113).

    Where tax is taken and the seller has no tax number, ``lacking`` says so: readers that check will not take it.
    """
    seller = _numbered(invoice)
    taxed = bool(seller.get("tax_number")) or _takes_tax(invoice)
    credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    kind = "CreditNote" if credit else "Invoice"
    namespaces = {None: ROOT.format(kind), "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{ROOT.format(kind)}}}{kind}", nsmap=namespaces)  # type: ignore[arg-type]
    _say(root, "CustomizationID", CUSTOMIZATION)  # BT-24
    _say(root, "ID", invoice.number)  # BT-1
    _say(root, "IssueDate", invoice.issued_on)  # BT-2
    if not credit:
        _say(root, "DueDate", invoice.due_on)  # BT-9
    _say(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode", "381" if credit else "380")  # BT-3
    if invoice.reason:
        _say(root, "Note", invoice.reason)  # BT-22
    _say(root, "DocumentCurrencyCode", "CNY")  # BT-5
    if invoice.corrects is not None:
        reference = _in(_in(root, "BillingReference"), "InvoiceDocumentReference")
        _say(reference, "ID", invoice.corrects.number)  # BT-25
        _say(reference, "IssueDate", invoice.corrects.issued_on)  # BT-26
    _party(_in(root, "AccountingSupplierParty"), seller, taxed=taxed, key=invoice.seller.key)  # BG-4
    _party(_in(root, "AccountingCustomerParty"), invoice.parties.get("buyer", {}), taxed=taxed)  # BG-7
    sign = -1 if credit else 1
    if account := seller.get("account"):
        means = _in(root, "PaymentMeans")
        _say(means, "PaymentMeansCode", "30")  # BT-81: credit transfer
        _say(_in(means, "PayeeFinancialAccount"), "ID", account)  # BT-84
    _totals(root, invoice, sign, taxed=taxed)
    for number, line in enumerate(invoice.lines, start=1):
        _line(root, number, line, sign, credit=credit, taxed=taxed)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def lacking(invoice: Invoice) -> str:
    """What a system that checks EN 16931 will miss in the XML, and what to do; blank for nothing."""
    if _numbered(invoice)["tax_number"] or not _takes_tax(invoice):
        return ""
    return _(
        "%(seller)s takes tax and has no tax number: systems that check EN 16931 refuse this XML (BR-S-02) until the "
        "number is in its billing details."
    ) % {"seller": called(invoice.seller)}


def _takes_tax(invoice: Invoice) -> bool:
    return any(Decimal(str(line.get("tax_percent", "0"))) for line in invoice.lines)


def _numbered(invoice: Invoice) -> dict[str, str]:
    """The seller as the invoice has it, with the tax number of today where it had none then: a number is no promise."""
    said: dict[str, str] = invoice.parties.get("seller", {})
    return said if said.get("tax_number") else said | {"tax_number": parties.seller(invoice.seller)["tax_number"]}


def _totals(root: etree._Element, invoice: Invoice, sign: int, *, taxed: bool) -> None:
    tax = _in(root, "TaxTotal")
    _money(tax, "TaxAmount", sign * invoice.tax)  # BT-110
    for percent, net, amount in _subtotals(invoice):
        part = _in(tax, "TaxSubtotal")  # BG-23
        _money(part, "TaxableAmount", sign * net)  # BT-116
        _money(part, "TaxAmount", sign * amount)  # BT-117
        _category(_in(part, "TaxCategory"), percent, taxed=taxed, reason=True)
    sums = _in(root, "LegalMonetaryTotal")
    _money(sums, "LineExtensionAmount", sign * invoice.net)  # BT-106
    _money(sums, "TaxExclusiveAmount", sign * invoice.net)  # BT-109
    _money(sums, "TaxInclusiveAmount", sign * invoice.gross)  # BT-112
    if invoice.voucher:
        _money(sums, "PrepaidAmount", sign * invoice.voucher)  # BT-113
    _money(sums, "PayableAmount", sign * invoice.payable)  # BT-115


def _subtotals(invoice: Invoice) -> list[tuple[Decimal, Decimal, Decimal]]:
    """The tax of each rate; the fen that credit notes of one invoice round otherwise stands with the highest."""
    parts = taxes(invoice.lines)
    percent, net, amount = parts[-1]
    rest = invoice.tax - sum((tax for _percent, _net, tax in parts), Decimal(0))
    return [*parts[:-1], (percent, net, amount + rest)]


def _line(root: etree._Element, number: int, line: dict[str, Any], sign: int, *, credit: bool, taxed: bool) -> None:
    """BG-25. A quantity may be below zero (a credit on an invoice), a price never (BR-27)."""
    price, quantity = Decimal(str(line["price"])), sign * Decimal(str(line["quantity"]))
    if price < 0:
        price, quantity = -price, -quantity
    made = _in(root, "CreditNoteLine" if credit else "InvoiceLine")
    _say(made, "ID", number)  # BT-126
    counted = _say(made, "CreditedQuantity" if credit else "InvoicedQuantity", f"{quantity.normalize():f}")  # BT-129
    counted.set("unitCode", UNITS.get(str(line.get("unit", "")), "C62"))  # BT-130
    _money(made, "LineExtensionAmount", sign * Decimal(str(line["amount"])))  # BT-131
    item = _in(made, "Item")
    words = line.get("text") or line.get("item") or line.get("unit", "")
    _say(item, "Description", f"{words} {line.get('on', '')}".strip())  # BT-154
    _say(item, "Name", str(line.get("title") or words)[:100])  # BT-153
    _category(_in(item, "ClassifiedTaxCategory"), Decimal(str(line.get("tax_percent", "0"))), taxed=taxed)  # BG-30
    _money(_in(made, "Price"), "PriceAmount", price)  # BT-146


def _party(outer: etree._Element, said: dict[str, str], *, taxed: bool, key: str = "") -> None:
    """One side; its tax number only where tax is in play (BR-O-02), and our key of a seller (BR-CO-26)."""
    party = _in(outer, "Party")
    if key:
        _say(_in(party, "PartyIdentification"), "ID", key)  # BT-29
    address = _in(party, "PostalAddress")
    if said.get("address"):
        _say(address, "StreetName", said["address"])  # BT-35, BT-50
    country, number = said.get("country") or "CN", said.get("tax_number", "")
    _say(_in(address, "Country"), "IdentificationCode", country)  # BT-40, BT-55
    if number and taxed:
        scheme = _in(party, "PartyTaxScheme")
        _say(scheme, "CompanyID", number if number[:2].isalpha() else country + number)  # BT-31, BT-48; BR-CO-09
        _say(_in(scheme, "TaxScheme"), "ID", "VAT")
    legal = _in(party, "PartyLegalEntity")
    _say(legal, "RegistrationName", said.get("name") or "-")  # BT-27, BT-44
    if number and country == "CN":  # there the number under which a body is registered is that of its taxes
        _say(legal, "CompanyID", number)  # BT-30, BT-47
    if said.get("email"):
        _say(_in(party, "Contact"), "ElectronicMail", said["email"])  # BT-43, BT-58


def _category(outer: etree._Element, percent: Decimal, *, taxed: bool, reason: bool = False) -> None:
    """Standard, zero, or of a seller without a number outside the tax: no rate, and why (BR-O-05, -10)."""
    _say(outer, "ID", ("S" if percent else "Z") if taxed else "O")  # BT-118, BT-151
    if taxed:
        _say(outer, "Percent", f"{percent.normalize():f}")  # BT-119, BT-152
    elif reason:
        _say(outer, "TaxExemptionReason", NO_TAX)  # BT-120
    _say(_in(outer, "TaxScheme"), "ID", "VAT")


def _in(outer: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(outer, f"{{{CAC}}}{name}")


def _say(outer: etree._Element, name: str, value: object) -> etree._Element:
    made = etree.SubElement(outer, f"{{{CBC}}}{name}")
    made.text = "".join(sign for sign in str(value) if sign.isprintable())
    return made


def _money(outer: etree._Element, name: str, amount: Decimal) -> None:
    _say(outer, name, f"{amount:.2f}").set("currencyID", "CNY")
