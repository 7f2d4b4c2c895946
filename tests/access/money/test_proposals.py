"""What the clock proposes and gives back: nobody waits behind what costs nothing, no budget keeps money for ever."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from liqi.access import booking
from liqi.access.models import Booking, Charge, Hold, PriceRow, PriceTable, Session
from liqi.access.money import books, budgets, charges, proposals
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, at
from tests.access.money.conftest import cny

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(proposals, "AT_ONCE", 2)


def used(instrument: Instrument, person: Person, organisation: Organisation, hour: int) -> Session:
    return Session.objects.create(
        instrument=instrument, person=person, organisation=organisation, started_at=at(hour), ended_at=at(hour + 1),
        effective_hours=1,
    )  # fmt: skip


def test_sessions_of_those_who_pay_nothing_hold_up_nobody_behind_them(
    by_twos: None, prices: PriceTable, instrument: Instrument, group: Organisation, member: Person,
    firm: Organisation, guest: Person,
) -> None:  # fmt: skip
    PriceRow.objects.filter(table=prices, user_class="internal").delete()
    for hour in range(5):
        used(instrument, member, group, hour)
    paid = used(instrument, guest, firm, 6)
    assert sum(proposals.due(now=at(9)) for _turn in range(4)) == 1
    assert Charge.objects.get().session == paid
    late = used(instrument, guest, firm, 7)
    assert sum(proposals.due(now=at(9)) for _turn in range(4)) == 1, "it begins again from the first"
    assert Charge.objects.filter(session=late).exists()


def test_bookings_that_cost_nothing_hold_up_nobody_behind_them(
    by_twos: None, prices: PriceTable, instrument: Instrument, group: Organisation, member: Person,
    firm: Organisation, guest: Person,
) -> None:  # fmt: skip
    PriceRow.objects.filter(table=prices, user_class="internal").update(price=0)
    for hour, person in enumerate([member] * 5 + [guest], start=1):
        made = booking.book(instrument=instrument, person=person, starts_at=at(hour), ends_at=at(hour + 1), now=NOW)
        Booking.objects.filter(pk=made.pk).update(state=Booking.State.RELEASED)
    assert sum(proposals.due(now=at(9)) for _turn in range(4)) == 1
    assert Charge.objects.get().organisation == firm


def test_what_was_set_aside_for_a_time_that_nobody_charges_any_more_comes_free(
    prices: PriceTable, institution: Institution, instrument: Instrument, group: Organisation, member: Person,
    steward: Person,
) -> None:  # fmt: skip
    budget = budgets.begin(
        seller=institution, organisation=group, title="2026", person=steward, now=NOW, amount=cny(1000)
    )

    def left() -> Decimal:
        return Decimal(type(budget).objects.select_related("available").get(pk=budget.pk).left)

    waits, unused = (
        booking.book(instrument=instrument, person=member, starts_at=at(hour), ends_at=at(hour + 1), now=NOW)
        for hour in (1, 3)
    )
    Session.objects.create(
        booking=waits, instrument=instrument, person=member, organisation=group, started_at=at(1), ended_at=at(2),
        effective_hours=1,
    )  # fmt: skip
    proposals.due(now=at(9))
    assert budgets.sweep(now=at(4) + books.BACK) == 0
    assert left() == cny(788)
    over = at(4) + books.BACK + timedelta(minutes=1)
    assert (budgets.sweep(now=over), budgets.sweep(now=over)) == (1, 0)
    assert Hold.objects.get(booking=unused).state == "released"
    assert left() == cny(894), "what waits for a steward stays set aside"
    charges.confirm([Charge.objects.get()], person=steward, now=over)
    assert left() == cny(894)
