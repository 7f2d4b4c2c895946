"""A budget sets the price of an order aside with the accepted quote, pays it, and gets it back where the order ends."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from liqi.access.commissions import subsidy
from liqi.access.models import Budget, Charge, Commission, Hold, LedgerLine, Order, Voucher
from liqi.access.money import budgets, charges
from liqi.access.money.refusal import Overdrawn
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution
from tests.access.commissions.conftest import take
from tests.access.commissions.test_subsidy import accepted, firm, held, name, programme, voucher
from tests.access.conftest import NOW, make_person

pytestmark = pytest.mark.django_db
__all__ = ["firm", "programme", "voucher"]


@pytest.fixture
def budget(institution: Institution, firm: Organisation) -> Budget:
    keeper = make_person("Keeper", is_operator=True)
    return budgets.begin(
        seller=institution, organisation=firm, title="Analyses", person=keeper, now=NOW, amount=Decimal(2000)
    )


def stands(budget: Budget) -> tuple[Decimal, Decimal]:
    """What is left and what is set aside, as its statement says at the end."""
    last = budgets.statement(budget)[-1]
    return last.left, last.held


def test_the_accepted_price_is_set_aside_once_and_settled_with_the_charge(
    order: Order, budget: Budget, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    bring(order, "released")
    charge = Charge.objects.get(order=order)
    assert charge.budget == budget
    assert stands(budget) == (400, 1600)
    charges.confirm([charge], person=han, now=NOW)
    assert stands(budget) == (400, 0)
    assert Hold.objects.get(order=order).state == "settled"
    assert sum(line.amount for line in LedgerLine.objects.all()) == 0


def test_what_a_budget_has_too_little_for_is_decided_when_the_charge_is_confirmed(
    order: Order, budget: Budget, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    budgets.add(budget, Decimal(-500), person=Person.objects.get(name="Keeper"), now=NOW)
    bring(order, "released")  # 1,600 where 1,500 are left
    assert stands(budget) == (1500, 0)
    assert not Hold.objects.filter(order=order).exists()
    charge = Charge.objects.get(order=order)
    with pytest.raises(Overdrawn, match="add money or invoice it"):
        charges.confirm([charge], person=han, now=NOW)
    charges.pay_by(charge, None, person=han, now=NOW)
    assert charges.confirm([charge], person=han, now=NOW)[0].state == "confirmed"


def test_an_order_that_is_withdrawn_gives_back_what_was_set_aside(
    order: Order, budget: Budget, guest: Person, wei: Person
) -> None:
    accepted(order, guest, wei)
    assert stands(budget) == (940, 1060)
    take(order, "withdraw", guest, "no need")
    assert stands(budget) == (2000, 0)


def test_what_a_voucher_pays_a_part_of_is_invoiced_and_not_set_aside(
    order: Order, budget: Budget, voucher: Voucher, guest: Person, wei: Person
) -> None:
    accepted(order, guest, wei)
    name(order, voucher.number, guest)
    assert (held(), stands(budget)) == (530, (2000, 0))
    name(order, "", guest)
    assert (held(), stands(budget)) == (0, (940, 1060))
    use = subsidy.use(order=order, number=voucher.number, person=guest, now=NOW)
    assert stands(budget) == (2000, 0)
    subsidy.give_back(use=use, person=guest, now=NOW)
    assert stands(budget) == (940, 1060)
