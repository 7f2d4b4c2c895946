"""The pages of money do what they say, in three languages, and refuse in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import etree

from liqi.access.models import (
    BillingProfile,
    Charge,
    CustomsEvent,
    Invoice,
    Payment,
    PriceTable,
    Quote,
    Refund,
    Voucher,
)
from liqi.access.money import payments
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import CustomsRecord
from tests.web.access import Place, place
from tests.web.money import MONEY, Money, money
from tests.web.world import LANGUAGES

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
DAY = (NOW - timedelta(days=1)).date()


@pytest.fixture
def home() -> Place:
    return place()


@pytest.fixture
def kept(home: Place) -> Money:
    return money(home, datetime.now(UTC))


def client(person: Person, language: str = "en") -> Client:
    made = Client()
    made.force_login(person)
    made.cookies["django_language"] = language
    return made


def body(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_money_is_there_for_steward_and_buyer(home: Place, kept: Money, language: str) -> None:
    addresses = [reverse(name) for name in MONEY]
    addresses += [reverse("quote", args=[kept.quote.number]), reverse("invoice", args=[kept.invoice.number])]
    addresses += [reverse("budget", args=[kept.budget.pk]), reverse("voucher_apply", args=["voucher"])]
    addresses += [f"{reverse('charges')}?state=invoiced&find=Tea", f"{reverse('desk_invoices')}?state=overdue"]
    for person in (home.manager, home.member):
        for address in addresses:
            answer = client(person, language).get(address)
            assert answer.status_code == 200, address
            assert f'<html lang="{language}"' in answer.content.decode()
    assert client(home.manager).get(reverse("price_table", args=[kept.table.pk])).status_code == 200
    assert client(home.other).get(reverse("invoice", args=[kept.invoice.number])).status_code == 403
    assert client(home.other).get(reverse("budget", args=[kept.budget.pk])).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_is_made_in_every_language(home: Place, kept: Money, language: str) -> None:
    browser = client(home.member, language)
    number = kept.invoice.number
    for address in (
        reverse("invoice_file", args=[number, "pdf"]), reverse("quote_pdf", args=[kept.quote.number]),
        reverse("budget_file", args=[kept.budget.pk, "pdf"]),
    ):  # fmt: skip
        assert body_bytes(browser, address).startswith(b"%PDF-")


def body_bytes(browser: Client, address: str) -> bytes:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content


def test_the_xml_has_the_core_elements_and_sums_that_agree(home: Place, kept: Money) -> None:
    root = etree.fromstring(body_bytes(client(home.member), reverse("invoice_file", args=[kept.invoice.number, "xml"])))
    names = {"b": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
             "a": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"}  # fmt: skip

    def said(path: str) -> list[str]:
        return [str(each.text) for each in root.findall(path, names)]

    assert said("b:CustomizationID") == ["urn:cen.eu:en16931:2017"]
    assert said("b:ID") == [kept.invoice.number]
    assert said("b:InvoiceTypeCode") == ["380"]
    assert said("a:AccountingSupplierParty/a:Party/a:PartyLegalEntity/b:RegistrationName") == ["Host University"]
    assert said("a:TaxTotal/a:TaxSubtotal/b:TaxableAmount") == ["100.00"]
    assert said("a:TaxTotal/b:TaxAmount") == ["6.00"]
    assert said("a:LegalMonetaryTotal/b:PayableAmount") == ["106.00"]
    assert said("a:InvoiceLine/b:InvoicedQuantity") == ["2"]
    assert said("a:InvoiceLine/a:Price/b:PriceAmount") == ["50.00"]


def test_the_queue_confirms_corrects_and_takes_back(home: Place, kept: Money) -> None:
    browser, address = client(home.manager), reverse("charges")
    page = browser.get(address).content.decode()
    assert "Pesticides" in page
    corrected = {
        "do": "correct",
        "charge": kept.charge.pk,
        "text": "One",
        "quantity": "1",
        "price": "50",
        "reason": "half",
    }
    browser.post(address, corrected)
    kept.charge.refresh_from_db()
    assert (str(kept.charge.net), kept.charge.reason) == ("50.00", "half")
    browser.post(address, {"do": "all"})
    kept.charge.refresh_from_db()
    assert kept.charge.state == "settled"
    browser.post(f"{reverse('charges_undo')}?charge={kept.charge.pk}")
    kept.charge.refresh_from_db()
    assert kept.charge.state == "proposed"
    refused = browser.post(address, corrected | {"price": "1.234"}, follow=True).content.decode()
    assert "expected a number with at most two places" in refused
    assert client(home.member).post(address, {"do": "confirm", "charge": kept.charge.pk}).status_code == 403
    assert "Tea" in body(browser.get(f"{address}?format=csv"))


def test_an_invoice_is_written_paid_from_a_bank_file_and_taken_back(home: Place, kept: Money) -> None:
    browser, address = client(home.manager), reverse("desk_invoices")
    seller = kept.invoice.seller_id
    text = f"Date,Amount,Payer,Reference\n2026-11-20,106.00,Guest group,{kept.invoice.number}\n"
    file = SimpleUploadedFile("bank.csv", text.encode(), "text/csv")
    browser.post(address, {"do": "bank", "seller": seller, "file": file})
    payment = Payment.objects.get()
    assert "its number stands in the reference" in browser.get(address).content.decode()
    browser.post(address, {"payment": payment.pk, "invoice": kept.invoice.number})
    assert Invoice.objects.get().state == "paid"
    show = reverse("invoice", args=[kept.invoice.number])
    match = Invoice.objects.get().matches.get()
    browser.post(show, {"unmatch": match.pk})
    browser.post(show, {"do": "back", "reason": "Wrong"})
    assert set(Invoice.objects.values_list("kind", "state")) == {("invoice", "credited"), ("credit note", "paid")}
    note = Invoice.objects.get(kind="credit note")
    xml = body_bytes(browser, reverse("invoice_file", args=[note.number, "xml"]))
    assert b"<cbc:CreditNoteTypeCode>381" in xml
    assert b"-106" not in xml
    browser.post(
        address, {"do": "write", "charge": list(Charge.objects.filter(state="confirmed").values_list("pk", flat=True))}
    )
    assert Invoice.objects.filter(kind="invoice", state="open").count() == 1
    wrong = browser.post(
        address, {"do": "close", "seller": seller, "month": "2026-09", "again": "2026-10"}, follow=True
    )
    assert "two different months" in wrong.content.decode()


def test_a_price_table_is_written_published_and_copied(home: Place) -> None:
    browser = client(home.manager)
    typed = {
        "seller": home.facility.institution_id, "title": "Prices", "valid_from": "2026-12-01", "tax_percent": "6",
        "row_unit": ["hour", "item", "hour"], "row_item": ["", "Column", ""], "row_user_class": ["industry", "", ""],
        "row_when": ["night", "", ""], "row_above": ["0", "", ""], "row_price": ["300", "12.50", ""],
    }  # fmt: skip
    browser.post(reverse("price_table_new"), typed)
    table = PriceTable.objects.get()
    assert [(row.unit, str(row.price)) for row in table.rows.all()] == [("hour", "300.00"), ("item", "12.50")]
    wrong = browser.post(reverse("price_table", args=[table.pk]), typed | {"row_price": ["3", "x", ""]})
    assert wrong.status_code == 422
    assert "“x”" in wrong.content.decode()
    browser.post(reverse("price_table_act", args=[table.pk]), {"do": "publish"})
    browser.post(reverse("price_table_act", args=[table.pk]), {"do": "copy"})
    assert PriceTable.objects.filter(published=True).count() == 1
    assert PriceTable.objects.count() == 2
    assert client(home.member).post(reverse("price_table_act", args=[table.pk]), {"do": "copy"}).status_code == 403


def test_a_quote_is_accepted_by_its_buyer(home: Place, kept: Money) -> None:
    address = reverse("quote", args=[kept.quote.number])
    assert client(home.manager).post(address, {"do": "accept"}).status_code == 403
    client(home.member).post(address, {"do": "accept"})
    assert Quote.objects.get().state == "accepted"


def test_a_budget_is_begun_and_filled(home: Place, kept: Money) -> None:
    browser = client(home.manager)
    group = Organisation.objects.get(pk=kept.budget.organisation_id)
    typed = {"seller": kept.budget.seller_id, "group": group.name, "title": "Second", "amount": "10.50"}
    made = browser.post(reverse("budgets"), typed)
    browser.post(made["Location"], {"do": "add", "amount": "-10.50"})
    refused = browser.post(made["Location"], {"do": "add", "amount": "-0.01"}, follow=True).content.decode()
    assert "not enough left" in refused
    assert "10.50" in body(browser.get(f"{made['Location']}statement.csv"))


def test_a_firm_applies_for_a_voucher_and_an_operator_issues_it(home: Place, kept: Money) -> None:
    firm = Organisation.objects.get(pk=kept.budget.organisation_id)
    firm.kind = Organisation.Kind.FIRM
    firm.save()
    BillingProfile.objects.create(organisation=firm, legal_name="Firm", place="110000")
    address = reverse("voucher_apply", args=["voucher"])
    answers = {"staff": "10", "sales": "1000", "assets": "1000", "tech_sme": "yes", "dishonest": "no", "firm": firm.pk}
    checked = client(home.member).post(address, answers | {"check": "", "asked": "5000"})
    assert "By these answers: yes" in checked.content.decode()
    refused = client(home.member).post(address, answers | {"apply": "", "asked": "5000", "staff": "501"})
    assert refused.status_code == 422
    client(home.member).post(address, answers | {"apply": "", "asked": "5000"})
    voucher = Voucher.objects.get()
    assert client(home.manager).post(
        reverse("desk_vouchers"), {"do": "issue", "voucher": voucher.number, "amount": "5000"}
    ).status_code == 403  # fmt: skip
    operator = Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)
    client(operator).post(reverse("desk_vouchers"), {"do": "issue", "voucher": voucher.number, "amount": "5000"})
    voucher.refresh_from_db()
    assert (voucher.state, str(voucher.amount)) == ("issued", "5000.00")
    terms = {"do": "programme", "key": "anhui", "title": "A", "authority": "B", "rate": "30", "cap_year": "1000"}
    client(operator).post(
        reverse("desk_vouchers"), terms | {"valid_from": "2026-01-01", "provider_places": "340000 310000"}
    )
    wrong = client(operator).post(reverse("desk_vouchers"), terms | {"valid_from": "x"}, follow=True).content.decode()
    assert "cannot be read" in wrong


def test_the_customs_ledger_keeps_terms_and_lines(home: Place) -> None:
    now = datetime.now(UTC)
    record = CustomsRecord.objects.create(
        instrument=home.orbitrap, declaration_number="310120261234567890"[:18], source="t", source_ref="1",
        created_at=now, updated_at=now,
    )  # fmt: skip
    browser, address = client(home.manager), reverse("customs_record", args=[record.pk])
    browser.post(address, {"do": "terms", "from": "2026-01-15", "permit": "K1"})
    record.refresh_from_db()
    assert str(record.terms.supervised_until) == "2029-01-15"
    assert "customs must agree first" in browser.get(address).content.decode()
    browser.post(address, {"do": "note", "kind": "inspection", "on": "2026-11-20", "text": "Seals whole"})
    assert CustomsEvent.objects.get().text == "Seals whole"
    assert "Seals whole" in body(browser.get(f"{address}?format=csv"))
    assert client(home.member).get(address).status_code == 403
    assert "310120261234567890" in browser.get(reverse("customs")).content.decode()


def test_the_page_of_an_instrument_and_the_booking_say_the_price_for_me(home: Place, kept: Money) -> None:
    from liqi.access.money import tables

    tables.publish(kept.table, person=home.manager, now=datetime.now(UTC))
    assert (
        "¥\xa0100.00"
        in client(home.member).get(f"/instruments/{home.triple.key}/", headers={"Accept": "text/html"}).content.decode()
    )
    asked = {"instrument": home.triple.key, "start": "2026-12-02T01:00:00Z", "end": "2026-12-02T03:00:00Z"}
    found = client(home.member).get("/api/money/price", asked).json()
    assert (found["gross"], found["lines"][0]["quantity"]) == ("212.00", "2.0000")
    page = (
        client(home.member)
        .get(f"/instruments/{home.triple.key}/book/?date=2026-12-02&start=09:00&minutes=120&zone=Asia/Shanghai")
        .content.decode()
    )
    assert "¥\xa0212.00" in page
    assert "2026" in page


def test_a_part_of_a_paid_invoice_is_credited_and_the_money_given_back_on_the_pages(home: Place, kept: Money) -> None:
    browser, desk = client(home.manager), reverse("desk_invoices")
    show, seller = reverse("invoice", args=[kept.invoice.number]), kept.invoice.seller
    paid = payments.record(
        seller=seller, received_on=DAY, amount=Decimal(106), person=home.manager, now=NOW, payer="Guests"
    )
    payments.match(paid, kept.invoice, person=home.manager, now=NOW)
    assert 'name="line1"' in browser.get(show).content.decode()
    assert 'name="line1"' not in client(home.member).get(show).content.decode()
    for typed, words in (("100.01", "at most ¥ 100.00"), ("", "no line"), ("x", "a number")):
        sent = {"do": "credit", "line1": typed, "reason": "Late"}
        assert words in browser.post(show, sent, follow=True).content.decode()
    note = browser.post(show, {"do": "credit", "line1": "50", "reason": "Late"}, follow=True).content.decode()
    assert ("-50.00" in note or "−50.00" in note, kept.invoice.number in note) == (True, True)
    page = client(home.member).get(show).content.decode()
    assert ("¥\xa053.00" in page, Invoice.objects.get(kind="credit note").number in page) == (True, True)
    assert "Give it back" in browser.get(desk).content.decode()
    back = {"do": "refund", "seller": seller.pk, "payment": paid.pk, "on": DAY.isoformat(), "reference": "B 7"}
    assert "at most that" in browser.post(desk, back | {"amount": "53.01"}, follow=True).content.decode()
    assert "went back to Guests" in browser.post(desk, back | {"amount": "53.00"}, follow=True).content.decode()
    page = browser.get(desk).content.decode()
    assert ("B 7" in page, "Give it back" in page) == (True, False)
    browser.post(desk, {"do": "unrefund", "seller": seller.pk, "refund": Refund.objects.get().pk})
    assert "Give it back" in browser.get(desk).content.decode()
    assert client(home.member).post(desk, back | {"amount": "1"}).status_code in (403, 404)
    assert "53.00" in body(browser.get(f"{desk}?format=csv"))
    for kind in ("pdf", "csv", "xml"):
        number = Invoice.objects.get(kind="credit note").number
        assert browser.get(reverse("invoice_file", args=[number, kind])).status_code == 200


def test_the_interface_credits_lines_and_gives_back(home: Place, kept: Money) -> None:
    browser, seller = client(home.manager), kept.invoice.seller
    paid = payments.record(seller=seller, received_on=DAY, amount=Decimal(106), person=home.manager, now=NOW)
    payments.match(paid, kept.invoice, person=home.manager, now=NOW)
    assert browser.get("/api/money/payments?open=true").json()["items"] == []

    def send(person: Person, path: str, wish: Any, key: str = "") -> Any:
        return client(person).post(
            f"/api/money/{path}", wish, content_type="application/json", headers={"Idempotency-Key": key}
        )

    notes, wish = (
        f"invoices/{kept.invoice.number}/credit-notes",
        {"lines": [{"line": 1, "amount": "50"}], "reason": "x"},
    )
    assert send(home.member, notes, wish).status_code == 403
    assert send(home.manager, notes, {"lines": [{"line": 1}, {"line": 1}], "reason": "x"}).status_code == 422
    first, again = (send(home.manager, notes, wish, "k") for _twice in range(2))
    assert (first.status_code, first.json(), again.json()["number"]) == (201, again.json(), first.json()["number"])
    assert (first.json()["kind"], first.json()["gross"]) == ("credit note", "-53.00")
    assert browser.get(f"/api/money/invoices/{kept.invoice.number}").json()["open"] == "0.00"
    (open_one,) = browser.get("/api/money/payments?open=true").json()["items"]
    assert (open_one["id"], open_one["open"]) == (paid.pk, "53.00")
    refunds = f"payments/{paid.pk}/refunds"
    assert send(home.member, refunds, {"paid_on": DAY.isoformat()}).status_code == 403
    made = send(home.manager, refunds, {"paid_on": DAY.isoformat(), "reference": "B 7"}).json()
    assert (made["amount"], made["payment"]["open"], made["payment"]["refunded"]) == ("53.00", "0.00", "53.00")
    assert browser.delete(f"/api/money/refunds/{made['id']}").status_code == 204
    assert browser.get("/api/money/payments?open=true").json()["items"][0]["open"] == "53.00"


def test_the_interface_lists_answers_and_decides(home: Place, kept: Money) -> None:
    browser = client(home.manager)
    for name in ("quotes", "charges", "invoices", "budgets", "vouchers"):
        assert browser.get(f"/api/money/{name}").status_code == 200, name
    sent = {"data": {"charges": [kept.charge.pk]}, "content_type": "application/json"}
    assert browser.post("/api/money/charges/confirm", **sent).json()[0]["state"] == "settled"
    assert browser.post("/api/money/charges/undo", **sent).json()[0]["state"] == "proposed"
    assert browser.post("/api/money/charges/burn", **sent).status_code == 422
    assert client(home.member).post("/api/money/charges/confirm", **sent).status_code == 403
    assert client(home.other).get(f"/api/money/invoices/{kept.invoice.number}").status_code == 403
    accepted = client(home.member).post(f"/api/money/quotes/{kept.quote.number}/accept").json()
    assert accepted["state"] == "accepted"


def test_billing_details_are_a_leads_to_write(home: Place, kept: Money) -> None:
    address = reverse("billing", args=[kept.budget.organisation_id])
    typed = {"legal_name": "Guest Ltd", "country": "CN", "payment_days": "14", "place": "340100"}
    assert client(home.member).post(address, typed).status_code == 403
    page = client(home.member).get(address).content.decode()
    assert ("Only a lead changes these details" in page, ">Keep<" in page) == (True, False)
    home.member.memberships.update(role="lead")
    assert client(home.member).post(address, typed | {"place": "34"}).status_code == 422
    client(home.member).post(address, typed)
    assert BillingProfile.objects.get().legal_name == "Guest Ltd"
    assert client(home.other).get(address).status_code == 403
