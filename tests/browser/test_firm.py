"""A firm sends 24 samples with a voucher; it accepts the quote, reads the released report, gets the invoice."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.test import Client

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from liqi.access.commissions import custody
from liqi.access.models import BillingProfile, Invoice, Order, Steward, Voucher, VoucherProgramme
from liqi.access.money import books, vouchers
from liqi.accounts.models import Membership, Organisation, Person
from tests.browser.lab import fits, press, service_of
from tests.browser.visiting import Visit
from tests.web.access import PASSWORD, Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]

SHEET = "name,kind,matrix,amount,unit\n" + "".join(f"T-{n},tea,leaf,20,g\n" for n in range(1, 25))
GROSS = Decimal("15264.00")
"""24 samples at 600, with 6 % tax."""


def voucher_of(firm: Organisation, lead: Person) -> Voucher:
    """An issued voucher of the firm that pays half, up to 5,000."""
    now = datetime.now(UTC)
    programme = VoucherProgramme.objects.create(
        key="p", title="创新券", authority="科技厅", rate=Decimal("0.5"), cap_year=Decimal(5000),
        valid_from=books.day_of(now),
    )  # fmt: skip
    made = vouchers.apply(programme, organisation=firm, asked=Decimal(5000), subject={}, person=lead, now=now)
    operator = Person.objects.create_user("op@example.org", PASSWORD, name="Op", is_operator=True)
    return vouchers.issue(made, person=operator, now=now)


@pytest.fixture
def voucher(lab: Place) -> Voucher:
    """The member leads a firm now, and the firm holds a voucher."""
    service_of(lab)
    firm = Organisation.objects.create(name="Tea firm", kind=Organisation.Kind.FIRM)
    BillingProfile.objects.create(organisation=firm, legal_name="Tea firm Ltd", place="340000")
    Membership.objects.filter(person=lab.member).delete()
    Membership.objects.create(person=lab.member, organisation=firm, role=Membership.Role.LEAD)
    return voucher_of(firm, lab.member)


def ordered(page: Page, sheet: Path, voucher: Voucher) -> Order:
    """The order as the firm sends it: need, voucher, 24 samples from a sheet."""
    page.fill("#need", "Is the tea within the limits?")
    page.select_option("#voucher", voucher.number)
    press(page, "Next: the samples")
    page.set_input_files("#file", sheet)
    press(page, "Look at it")
    press(page, "Register 24 samples")
    press(page, "Send the order")
    order = Order.objects.get()
    assert (order.samples.count(), order.commission.state) == (24, "submitted")
    return order


def quoted(page: Page) -> None:
    """The steward opens the order from the desk and sends the quote for 24 samples."""
    page.locator(".queues").get_by_role("link", name="Orders of my services").click()
    page.locator(".board-card").click()
    page.get_by_label("Quantity", exact=True).first.fill("24")
    page.get_by_label("Price ¥").first.fill("600")
    page.fill("#tax_percent", "6")
    press(page, "Send the quote")


def measured(page: Page, order: Order, lab: Place) -> None:
    """The samples are received, a result is written down, and the review waits for somebody else."""
    for sample in order.samples.all():
        custody.hand_over(sample=sample, verb="receive", person=lab.manager, now=datetime.now(UTC))
    page.reload()
    press(page, "Begin the work")
    page.get_by_text("Write results down").click()
    row = page.locator("form[action$='/results/'] tbody tr").first
    for label, value in (("Quantity", "imidacloprid"), ("Result", "0.024"), ("U", "0.004"), ("Unit", "mg/kg")):
        row.get_by_label(label, exact=True).fill(value)
    page.fill("#conclusion", "All within the limits.")
    press(page, "Write down")
    press(page, "All is measured")
    press(page, "Begin the review")


def billed(page: Page) -> Invoice:
    """The steward confirms the charge and writes the invoice."""
    address = "/".join(page.url.split("/")[:3])
    page.goto(f"{address}/desk/money/")
    press(page, "Confirm")
    page.goto(f"{address}/desk/invoices/")
    press(page, "Write the invoice")
    return Invoice.objects.get()


def paper(person: Person, address: str) -> str:
    """The words of a PDF, as that person gets it."""
    reader = Client()
    reader.force_login(person)
    answer = reader.get(address)
    assert answer["Content-Type"] == "application/pdf"
    words = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.content)).pages)
    return re.sub(r"\s", " ", words)


def test_a_firm_orders_with_a_voucher_reads_the_released_report_and_gets_the_split_invoice(
    visit: Visit, lab: Place, voucher: Voucher, tmp_path: Path
) -> None:
    sheet = tmp_path / "samples.csv"
    sheet.write_text(SHEET, "utf-8")
    customer = visit("/services/residues/order/", person=lab.member)
    order = ordered(customer, sheet, voucher)
    keeper = visit("/desk/", person=lab.manager)
    quoted(keeper)
    customer.goto(keeper.url)
    expect(customer.locator(".split")).to_contain_text("5 000.00")
    press(customer, "Accept the quote")
    expect(customer.locator(".split")).to_contain_text("held for this order")

    measured(keeper, order, lab)
    other = Person.objects.create_user("review@example.org", PASSWORD, name="Review", language="en")
    Steward.objects.create(person=other, facility=lab.facility)
    keeper.reload()
    expect(keeper.get_by_text("Somebody else's turn")).to_be_visible()
    expect(keeper.get_by_role("button", name="Release the results")).to_have_count(0)
    customer.reload()
    assert "0.024" not in customer.content()
    press(visit(f"/orders/{order.key}/", person=other), "Release the results")
    customer.reload()
    expect(customer.get_by_text("0.024 ± 0.004 mg/kg").first).to_be_visible()
    link = customer.get_by_role("link", name=re.compile("Report")).first.get_attribute("href")
    assert "All within the limits." in paper(lab.member, link or "")

    invoice = billed(keeper)
    assert (invoice.gross, invoice.voucher, invoice.payable) == (GROSS, Decimal(5000), GROSS - 5000)
    customer.goto("/".join(customer.url.split("/")[:3]) + f"/invoices/{invoice.number}/")
    expect(customer.get_by_text("10 264.00").first).to_be_visible()
    assert "Left to pay ¥ 10 264.00" in paper(lab.member, f"/invoices/{invoice.number}.pdf")


def test_on_a_phone_the_order_is_read_and_its_samples_are_cards(
    visit: Visit, lab: Place, voucher: Voucher, tmp_path: Path
) -> None:
    sheet = tmp_path / "samples.csv"
    sheet.write_text(SHEET, "utf-8")
    page = visit("/services/residues/order/", person=lab.member, width=360, height=740, touch=True)
    assert fits(page)
    order = ordered(page, sheet, voucher)
    assert fits(page)
    page.goto("/".join(page.url.split("/")[:3]) + f"/orders/{order.key}/samples/")
    assert fits(page)
