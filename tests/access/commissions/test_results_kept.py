"""No customer hears of results before their release: not by a journal, and not by a webhook."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from liqi.access import journals, webhooks
from liqi.access.commissions import results
from liqi.access.commissions.results import Reading
from liqi.access.models import Commission, Delivery, Order
from liqi.accounts.models import Person
from liqi.catalogue.federation import posting
from tests.access.commissions.conftest import take
from tests.access.conftest import NOW

Bring = Callable[[Order, str], Commission]


@pytest.fixture
def measured(order: Order, wei: Person, bring: Bring) -> Order:
    bring(order, "in review")
    results.write(order=order, readings=[Reading("A", "lead", "1.50", "0.06", "mg/kg")], person=wei, now=NOW)
    results.conclude(order=order, text="Not fit to eat", person=wei, now=NOW)
    return Order.objects.get(pk=order.pk)


def told(order: Order, person: Person) -> set[str]:
    """The verbs that the person reads in the order's journal, wherever it stands."""
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    program = client.get(f"/api/journal/order/{order.key}?limit=100")
    page, file = (client.get(f"/journal/order/{order.key}/{more}") for more in ("", "?format=csv"))
    rows = (b"".join(file.streaming_content) if file.streaming else file.content).decode()
    seen = {"1.50" in program.content.decode(), "1.50" in page.content.decode(), "1.50" in rows}
    assert len(seen) == 1, "one place tells what another does not"
    verbs = set(journals.of(Order.objects.get(pk=order.pk), person=person).values_list("verb", flat=True))
    assert {one["verb"] for one in program.json()["items"]} == verbs
    return verbs


def test_a_customer_reads_results_in_the_journal_from_their_release_until_it_is_recalled(
    measured: Order, guest: Person, wei: Person, han: Person
) -> None:
    assert set(results.VERBS) <= told(measured, wei)
    before = told(measured, guest)
    assert ("submit" in before, before & set(results.VERBS)) == (True, set())
    take(measured, "release", han)
    assert set(results.VERBS) <= told(measured, guest)
    take(measured, "recall", han, reason="wrong unit")
    assert told(measured, guest) & set(results.VERBS) == set()


def test_a_webhook_of_the_customers_organisation_hears_of_the_release_and_of_no_result(
    order: Order, guest: Person, lead: Person, wei: Person, han: Person, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "judged", lambda *_given, **_named: None)
    monkeypatch.setattr(posting, "post", lambda *_given, **_named: (204, ""))
    firm = guest.organisations.get()
    webhooks.make(place=firm, url="https://firm.example.org/", things=["sample", "order"], person=lead, now=NOW)
    bring(order, "in review")
    results.write(order=order, readings=[Reading("A", "lead", "1.50", "0.06", "mg/kg")], person=wei, now=NOW)
    take(order, "release", han)
    webhooks.due(now=NOW)
    bodies = [json.loads(body) for body in Delivery.objects.values_list("body", flat=True)]
    assert "order.release" in {body["type"] for body in bodies}
    assert [body["type"] for body in bodies if "value" in body["data"]["facts"]] == []
