"""Charges corrected, invoices written, payments matched, months closed by program; rules in use judge the customs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from liqi.access.models import Charge, Invoice, Order, Payment, Session
from liqi.access.money import amounts, customs, tables
from liqi.access.money.refusal import Unable
from liqi.catalogue.models import CustomsRecord
from liqi.observatory.models import PolicyRule
from tests.web.access import Place, place
from tests.web.api.test_money_kept import ask, browser
from tests.web.money import Money, money

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def home() -> Place:
    return place()


@pytest.fixture
def books(home: Place) -> Money:
    return money(home, NOW)


def test_a_charge_is_corrected_confirmed_and_stands_on_an_invoice_that_can_be_taken_back(
    home: Place, books: Money
) -> None:
    lines = {"lines": [{"text": "Pesticides", "quantity": "1", "price": "50"}], "reason": "one sample was broken"}
    one = f"charges/{books.charge.pk}"
    assert ask(home.member, "PUT", f"{one}/lines", lines).status_code == 403
    assert ask(home.manager, "PUT", f"{one}/lines", lines).json()["net"] == "50.00"
    assert ask(home.manager, "PUT", f"{one}/payer", {"budget": None}).status_code == 200
    assert ask(home.manager, "POST", "invoices", {"charges": [books.charge.pk]}).status_code == 422, "not confirmed"
    ask(home.manager, "POST", "charges/confirm", {"charges": [books.charge.pk]})
    sent = {"charges": [books.charge.pk]}
    assert ask(home.member, "POST", "invoices", sent).status_code == 422, "what one does not keep there is not"
    made = ask(home.manager, "POST", "invoices", sent, key="i")
    assert (made.status_code, made.json()["net"]) == (201, "50.00")
    assert ask(home.manager, "POST", "invoices", sent, key="i").json() == made.json()
    assert Invoice.objects.count() == 2
    assert ask(home.manager, "POST", "invoices", sent).status_code == 422, "it stands on one already"
    number = made.json()["number"]
    assert ask(home.manager, "POST", f"invoices/{number}/take-back", {"reason": "wrong payer"}).status_code == 201
    assert Charge.objects.get(pk=books.charge.pk).invoice is None


def test_a_payment_is_recorded_once_matched_and_taken_off_again(home: Place, books: Money) -> None:
    sent = {"seller": "host", "received_on": "2026-01-05", "amount": "60.00", "source": "bank-7"}
    assert ask(home.member, "POST", "payments", sent).status_code == 403
    first, again = ask(home.manager, "POST", "payments", sent), ask(home.manager, "POST", "payments", sent)
    assert (first.json(), Payment.objects.count()) == (again.json(), 1)
    address = f"payments/{first.json()['id']}/matches"
    assert ask(home.manager, "POST", address, {"invoice": books.invoice.number, "amount": "61"}).status_code == 422
    made = ask(home.manager, "POST", address, {"invoice": books.invoice.number}).json()
    assert (made["amount"], made["payment"]["open"]) == ("60.00", "0.00")
    assert ask(home.member, "DELETE", f"matches/{made['id']}").status_code == 403
    assert ask(home.manager, "DELETE", f"matches/{made['id']}").status_code == 204
    assert Payment.objects.get().open == Decimal(60)


def test_a_banks_list_comes_in_whole_and_a_month_is_closed_for_good(home: Place, books: Money) -> None:
    text = "日期,收入金额,对方户名,摘要\n2026-01-05,106.00,Guest group,tea\n"
    file = SimpleUploadedFile("bank.csv", text.encode())
    client = browser(home.manager)
    answer = client.post("/api/money/payments/bank-list", {"seller": "host", "file": file})
    assert (answer.status_code, answer.json()) == (200, {"new": 1, "known": 0})
    assert ask(home.manager, "POST", "closed-months", {"seller": "host", "month": "2026-13"}).status_code == 422
    assert ask(home.member, "POST", "closed-months", {"seller": "host", "month": "2026-01"}).status_code == 403
    made = ask(home.manager, "POST", "closed-months", {"seller": "host", "month": "2026-01"})
    assert (made.status_code, made.json()["month"]) == (201, "2026-01")
    late = {"seller": "host", "received_on": "2026-01-06", "amount": "1"}
    assert ask(home.manager, "POST", "payments", late).status_code == 422
    assert [one["month"] for one in ask(home.manager, "GET", "closed-months").json()["items"]] == ["2026-01"]


def test_a_price_row_of_an_unknown_unit_is_refused_by_the_verb_itself(home: Place, books: Money) -> None:
    values: dict[str, Any] = {"title": "2027", "valid_from": NOW.date()}
    facts: dict[str, Any] = {"seller": home.facility.institution, "person": home.manager, "now": NOW}
    row = {"unit": "parsec", "price": amounts.read("1")}
    with override("en"), pytest.raises(Unable, match="choose from the lists"):
        tables.save(**facts, values=values, rows=[row])
    with pytest.raises(Unable, match="no-such"):
        tables.thing_of(home.facility.institution, type(home.triple), "no-such")
    typed = {
        "seller": str(home.facility.institution_id), "title": " ", "valid_from": "2027-01-01", "row_unit": "hour",
        "row_item": "", "row_user_class": "", "row_when": "", "row_above": "", "row_price": "10",
    }  # fmt: skip
    answer = browser(home.manager).post(reverse("price_table_new"), typed, headers={"Accept-Language": "en"})
    assert (answer.status_code, "title" in answer.content.decode()) == (422, True)


def used_by_others(home: Place) -> CustomsRecord:
    record = CustomsRecord.objects.create(
        instrument=home.orbitrap, declaration_number="3101", source="t", source_ref="1", created_at=NOW, updated_at=NOW
    )
    start = NOW.date() - timedelta(days=30)
    customs.set_terms(record, supervised_from=start, sharing=False, permit="", person=home.manager, now=NOW)
    Session.objects.create(
        instrument=home.orbitrap, person=home.member, started_at=NOW - timedelta(days=3, hours=2),
        ended_at=NOW - timedelta(days=3), effective_hours=Decimal(2), outside=True,
    )  # fmt: skip
    return record


def test_lines_of_the_customs_ledger_are_judged_by_the_rules_in_use_here(home: Place) -> None:
    record = used_by_others(home)
    address = f"customs/{record.pk}/lines"
    assert [one["allowed"] for one in ask(home.manager, "GET", address).json()["items"]] == [False]
    page = browser(home.manager).get(reverse("customs_record", args=[record.pk]), headers={"Accept-Language": "en"})
    assert "not allowed" in page.content.decode()
    PolicyRule.objects.create(rule_id=customs.RULE, on=False, changed_at=NOW)
    assert [one["allowed"] for one in ask(home.manager, "GET", address).json()["items"]] == [None]
    again = browser(home.manager).get(reverse("customs_record", args=[record.pk]), headers={"Accept-Language": "en"})
    text = again.content.decode()
    assert ("not allowed" in text, "cannot tell" in text) == (False, True)


def test_the_page_of_a_programme_whose_rule_is_switched_off_says_so_and_takes_nothing(
    home: Place, books: Money
) -> None:  # fmt: skip
    rule = str(books.programme.rule["policy"])
    PolicyRule.objects.create(rule_id=rule, on=False, changed_at=NOW)
    address = reverse("voucher_apply", args=[books.programme.key])
    shown, sent = browser(home.member).get(address), browser(home.member).post(address, {"apply": "1", "asked": "10"})
    assert (shown.status_code, sent.status_code) == (200, 422)
    assert rule in shown.content.decode()
    assert rule in sent.content.decode()


def test_a_charge_names_its_order_or_session_and_a_state_that_there_is_not_is_refused(
    home: Place, books: Money
) -> None:
    order = Order.objects.create(title="Tea", person=home.member, kind=Order.Kind.COMMISSIONED, created_at=NOW)
    Charge.objects.filter(pk=books.charge.pk).update(order=order)
    (one,) = ask(home.manager, "GET", "charges").json()["items"]
    assert (one["id"], one["order"], one["booking"], one["session"]) == (books.charge.pk, order.key, None, None)
    refused = ask(home.manager, "GET", "charges?state=open")
    assert refused.status_code == 422
    assert "proposed" in refused.json()["detail"]
    assert ask(home.member, "GET", "invoices").json()["items"][0]["voucher"] == "0.00"
