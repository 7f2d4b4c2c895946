"""A voucher is named on the order form and by the interface; quote, order, invoice and papers show the split."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree

from liqi.access.commissions import forms, quoting
from liqi.access.models import Charge, Commission, Invoice, Order, StoragePlace, Voucher, VoucherProgramme, VoucherUse
from liqi.access.money import charges, invoices, vouchers
from liqi.accounts import membership
from liqi.accounts.models import Membership, Organisation, Person, Project
from liqi.answers.models import StoredFile
from liqi.catalogue.models import Service
from tests.web.access import PASSWORD
from tests.web.test_commissions import browser, reviewer
from tests.web.world import World, world

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def here(settings: Any, tmp_path: Any) -> World:
    settings.LIQI_DATA = tmp_path
    return world()


@pytest.fixture
def voucher(here: World) -> Voucher:
    """One that pays half; the member's home is its firm."""
    firm = membership.home_of(here.place.member)
    assert firm is not None
    programme = VoucherProgramme.objects.create(
        key="half", title="Half of it", authority="Province", rate=Decimal("0.5"), cap_year=Decimal(5000),
        valid_from=date(2020, 1, 1), step=Decimal("0.01"),
    )  # fmt: skip
    made = vouchers.apply(
        programme, organisation=firm, asked=Decimal(5000), subject={}, person=here.place.member, now=NOW
    )
    operator = Person.objects.create_user("op2@example.org", PASSWORD, name="Op", is_operator=True)
    return vouchers.issue(made, person=operator, now=NOW)


def order_with(client: Client, voucher: Voucher | str, need: str = "What is in it?") -> Any:
    organisation = voucher.organisation_id if isinstance(voucher, Voucher) else ""
    number = voucher.number if isinstance(voucher, Voucher) else voucher
    facts = {"need": need, "a-solvent": "water", "voucher": number, "organisation": organisation}
    return client.post("/services/unknowns/order/", facts)


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_the_form_offers_the_vouchers_and_says_at_once_why_one_cannot_pay(here: World, voucher: Voucher) -> None:
    client = browser(here.place.member)
    page = client.get("/services/unknowns/order/").content.decode()
    assert f'<option value="{voucher.number}"' in page
    VoucherProgramme.objects.filter(pk=voucher.programme_id).update(provider_places=["310000"])
    page = client.get("/services/unknowns/order/").content.decode()
    assert f'<option value="{voucher.number}"' not in page
    assert "pays providers in 310000" in page
    refused = order_with(client, voucher, "refused")
    assert (refused.status_code, "pays providers in 310000" in refused.content.decode()) == (422, True)
    assert not Order.objects.filter(need="refused").exists()
    assert order_with(client, "V-9", "unknown").status_code == 422


def test_a_draft_with_a_file_changes_as_a_whole_or_not_at_all(here: World, voucher: Voucher) -> None:
    """The page that changes a draft named the voucher first and wrote the rest afterwards."""
    keeper, member = here.place.manager, here.place.member
    service = Service.objects.get(key="unknowns")
    plan = forms.Field("plan", "file", "方案", "Plan", required=True)
    forms.define(service=service, fields=[plan], sample_fields=[], person=keeper, now=NOW)
    client, text = browser(member), b"measure it twice"

    def send(address: str, number: str, need: str) -> Any:
        facts = {"need": need, "voucher": number, "organisation": voucher.organisation_id}
        return client.post(address, facts | {"a-plan": SimpleUploadedFile("plan.txt", text)})

    assert send("/services/unknowns/order/", "V-9", "first").status_code == 422
    assert not Order.objects.filter(need="first").exists()
    assert not StoredFile.objects.filter(name="plan.txt").exists()
    made = send("/services/unknowns/order/", voucher.number, "first")
    order = Order.objects.get(need="first")
    kept = StoredFile.objects.get(name="plan.txt")
    assert (made.status_code, order.commission.answers, kept.order) == (302, {"plan": kept.key}, order)
    text = b"measure it three times"
    refused = send(f"/orders/{order.key}/answers/", "V-9", "second")
    assert (refused.status_code, StoredFile.objects.filter(name="plan.txt").count()) == (422, 1)
    assert send(f"/orders/{order.key}/answers/", "", "second").status_code == 302
    order.refresh_from_db()
    commission = Commission.objects.get(order=order)
    assert (order.need, commission.voucher) == ("second", None)
    assert commission.answers == {"plan": StoredFile.objects.exclude(pk=kept.pk).get(name="plan.txt").key}


def test_quote_order_invoice_and_papers_show_what_the_voucher_pays(here: World, voucher: Voucher) -> None:
    customer, keeper = browser(here.place.member), browser(here.place.manager)
    order_with(customer, voucher)
    order = Order.objects.get(need="What is in it?")
    assert order.commission.voucher == voucher
    customer.post(f"/orders/{order.key}/samples/", {"name": "S1", "quantity": "5", "unit": "mg"})
    customer.post(f"/orders/{order.key}/step/submit/")
    keeper.post(f"/orders/{order.key}/quote/", {"text": "Work", "quantity": "1", "price": "1000", "tax_percent": "6"})
    quote = quoting.standing(order)
    assert quote is not None
    for address in (f"/orders/{order.key}/", f"/quotes/{quote.number}/"):
        page = customer.get(address).content.decode()
        assert "The voucher would pay" in page
        assert page.count("530.00") >= 2
    assert "The voucher would pay" in text_of(customer.get(f"/quotes/{quote.number}.pdf").content)
    customer.post(f"/orders/{order.key}/step/accept/")
    assert VoucherUse.objects.get(order=order).amount == 530
    assert "held for this order" in customer.get(f"/orders/{order.key}/").content.decode()
    assert f"Paid by voucher {voucher.number}" in text_of(customer.get(f"/quotes/{quote.number}.pdf").content)
    box = StoragePlace.objects.get(kind="box")
    for sample in order.samples.all():
        keeper.post(f"/samples/{sample.key}/receive/", {"place": box.pk, "temperature_c": "21", "condition": "good"})
    for verb in ("begin", "measure", "review"):
        keeper.post(f"/orders/{order.key}/step/{verb}/")
    browser(reviewer(here)).post(f"/orders/{order.key}/step/release/")
    charge = Charge.objects.get(order=order)
    charges.confirm([charge], person=here.place.manager, now=NOW)
    invoices.write([charge], person=here.place.manager, now=NOW)
    invoice = Invoice.objects.get(charges=charge)
    page = customer.get(f"/invoices/{invoice.number}/").content.decode()
    assert ("Paid by voucher" in page, voucher.number in page) == (True, True)
    pdf = text_of(customer.get(f"/invoices/{invoice.number}.pdf").content)
    assert ("Paid by voucher" in pdf, "Left to pay" in pdf) == (True, True)
    root = etree.fromstring(customer.get(f"/invoices/{invoice.number}.xml").content)
    said = {etree.QName(one).localname: one.text for one in root.iter() if one.text}
    assert (said["PrepaidAmount"], said["PayableAmount"]) == ("530.00", "530.00")


def test_the_voucher_of_an_order_is_changed_on_its_page_until_the_work_is_invoiced(
    here: World, voucher: Voucher
) -> None:
    customer = browser(here.place.member)
    order_with(customer, voucher)
    order = Order.objects.get(need="What is in it?")
    customer.post(f"/orders/{order.key}/voucher/", {"voucher": ""})
    order.commission.refresh_from_db()
    assert order.commission.voucher is None
    assert customer.post(f"/orders/{order.key}/voucher/", {"voucher": "V-9"}).status_code == 422
    assert customer.post(f"/orders/{order.key}/voucher/", {"voucher": voucher.number}).status_code == 302
    customer.post(f"/orders/{order.key}/answers/", {"need": "What is in it?", "a-solvent": "water"})
    order.commission.refresh_from_db()
    assert order.commission.voucher == voucher
    assert browser(here.place.manager).post(f"/orders/{order.key}/voucher/", {"voucher": ""}).status_code == 403


def test_the_interface_names_a_voucher_and_says_what_it_pays(here: World, voucher: Voucher) -> None:
    client = Client()
    client.force_login(here.place.member)

    def ask(method: str, path: str, body: Any) -> Any:
        return client.generic(method, path, json.dumps(body), "application/json")

    refused = ask("POST", "/api/orders", {"service": "unknowns", "need": "by program", "voucher": "V-9"})
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert not Order.objects.filter(need="by program").exists()
    made = ask("POST", "/api/orders", {"service": "unknowns", "need": "by program", "voucher": voucher.number})
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    assert made.json()["voucher"] == {
        "number": voucher.number, "pays": None, "rest": None, "held": False, "why_not": "",
    }  # fmt: skip
    assert ask("PUT", f"/api/orders/{key}/voucher", {"voucher": ""}).json()["voucher"] is None
    assert ask("PATCH", f"/api/orders/{key}", {"voucher": voucher.number}).json()["voucher"]["number"] == voucher.number
    assert ask("PATCH", f"/api/orders/{key}", {"need": "x"}).json()["voucher"]["number"] == voucher.number
    assert ask("PUT", f"/api/orders/{key}/voucher", {"voucher": "V-9"}).status_code == 422


def test_by_program_an_order_is_drafted_for_a_firm_that_is_not_the_first_of_a_person(
    here: World, voucher: Voucher
) -> None:
    firm, stranger = voucher.organisation, Organisation.objects.create(name="Else", kind=Organisation.Kind.FIRM)
    Membership.objects.filter(person=here.place.member, organisation=firm).delete()
    first = Organisation.objects.create(name="First", kind=Organisation.Kind.FIRM)
    for each in (first, firm):
        Membership.objects.create(person=here.place.member, organisation=each, role=Membership.Role.MEMBER)
    project = Project.objects.create(organisation=firm, title="Tea", code="T-1")
    client = Client()
    client.force_login(here.place.member)

    def draft(**more: Any) -> Any:
        wish = {"service": "unknowns", "need": "for the firm", "voucher": voucher.number} | more
        return client.post("/api/orders", wish, "application/json")

    assert draft().status_code == 422
    assert draft(organisation=stranger.pk).status_code == 403
    for more in ({"organisation": firm.pk, "purchase_number": "PO-7"}, {"project": project.pk}):
        made = draft(**more)
        assert made.status_code == 201, made.content
        order = Order.objects.get(key=made.json()["key"])
        assert (order.organisation, order.commission.voucher) == (firm, voucher)
        assert (order.project == project) == ("project" in more)
        assert order.commission.purchase_number == more.get("purchase_number", "")
