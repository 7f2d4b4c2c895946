"""The quote of an order: who may answer it, and that the order goes along with the answer."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from liqi.access.commissions import quoting
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, GroupTerms, Order
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice, Person
from tests.access.commissions.conftest import register, take
from tests.access.conftest import NOW

Bring = Callable[[Order, str], Commission]


def test_only_a_lead_accepts_where_the_organisation_asks_for_it(
    order: Order, guest: Person, lead: Person, wei: Person
) -> None:
    GroupTerms.objects.create(organisation=guest.organisations.get(), lead_accepts=True)
    register(order, guest, "A")
    take(order, "submit", guest)
    with pytest.raises(NotPossible, match="no quote yet"):
        take(order, "quote", wei)
    rows = [{"text": "LC-MS/MS", "quantity": "1", "price": "800.00"}]
    quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW, tax_percent="6")
    with pytest.raises(NotAllowed, match="ask Boss"):
        take(order, "accept", guest)
    assert take(order, "accept", lead).accepted_by == lead
    quote = quoting.standing(order)
    assert quote is not None
    assert (quote.state, quote.decided_by, quote.gross) == ("accepted", lead, Decimal("848.00"))


def test_a_second_quote_takes_the_place_of_the_first_and_a_refusal_drops_it(
    order: Order, guest: Person, wei: Person
) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    for price in ("800", "700"):
        rows = [{"text": "LC-MS/MS", "quantity": "1", "price": price}]
        quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW)
    assert [(quote.net, quote.state) for quote in order.quotes.order_by("pk")] == [(800, "withdrawn"), (700, "offered")]
    assert order.commission.steps.filter(verb="quote").count() == 2
    for rows in ([{"text": "x", "quantity": "many", "price": "1"}], [{"text": "x"}]):
        with pytest.raises(NotPossible, match="no price"):
            quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW)
    take(order, "refuse", wei, reason="busy")
    assert quoting.standing(order) is None


def test_the_release_proposes_the_charge_of_the_accepted_price(order: Order, bring: Bring) -> None:
    bring(order, "released")
    charge = order.charges.get()
    assert (charge.net + charge.tax, charge.state) == (Decimal(1600), "proposed")
    (line,) = charge.lines
    assert (line["unit"], Decimal(line["quantity"])) == ("sample", 2)


def test_a_quote_of_an_order_is_answered_by_the_rules_of_the_order_wherever_it_is_answered(
    order: Order, guest: Person, lead: Person, wei: Person
) -> None:
    GroupTerms.objects.create(organisation=guest.organisations.get(), lead_accepts=True)
    register(order, guest, "A")
    take(order, "submit", guest)
    rows = [{"text": "LC-MS/MS", "quantity": "1", "price": "800.00"}]
    quote = quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW)
    with pytest.raises(NotAllowed, match="ask Boss"):
        quoting.answer(quote=quote, verb="accept", person=guest, now=NOW)
    with pytest.raises(NotPossible, match="on the page of the order"):
        quoting.answer(quote=quote, verb="withdraw", person=wei, now=NOW)
    assert quoting.answer(quote=quote, verb="decline", person=guest, now=NOW).state == "declined"
    assert Commission.objects.get(order=order).state == "submitted"
    assert Notice.objects.filter(person=wei, kind="order.decline").exists()
    with pytest.raises(NotPossible, match="does not stand"):
        quoting.answer(quote=quote, verb="accept", person=lead, now=NOW)
    again = quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW)
    for _time in range(2):
        assert quoting.answer(quote=again, verb="accept", person=lead, now=NOW).state == "accepted"
    assert Commission.objects.get(order=order).state == "accepted"


def test_a_quote_that_was_replaced_while_somebody_looked_at_it_is_not_accepted_for_the_other(
    order: Order, guest: Person, wei: Person
) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    seen, _other = (
        quoting.offer(
            commission=order.commission, rows=[{"text": "Work", "quantity": "1", "price": price}], person=wei, now=NOW
        )
        for price in ("800", "900")
    )
    assert seen.state == "offered", "as it stood when the page was made"
    with pytest.raises(NotPossible, match="does not stand"):
        quoting.answer(quote=seen, verb="accept", person=guest, now=NOW)
    assert Commission.objects.get(order=order).state == "quoted"
    assert sorted(order.quotes.values_list("state", flat=True)) == ["offered", "withdrawn"]
