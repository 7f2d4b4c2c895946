"""Whatever people do in whatever order, what is on record is what plain lists say."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from liqi.access import booking, no_shows, waiting
from liqi.access.models import Booking, Offer, RuleSetting, WaitingTerms, Wish
from liqi.access.rules import Refused
from tests.access.conftest import NOW, make_instrument, make_person
from tests.access.waiting.lists import HOLDING, Given, Held, Lists, Want

QUARTER = timedelta(minutes=15)
people, starts, lengths = st.integers(0, 2), st.integers(4, 14), st.integers(2, 6)


def at(quarter: int) -> Any:
    return NOW + quarter * QUARTER


class Machine(RuleBasedStateMachine):
    """Every step is done on the database and on the lists; both have to say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = transaction.atomic()
        self.kept.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.kept.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.lists = Lists()
        self.instrument = make_instrument()
        self.people = [make_person(name) for name in ("Ada", "Bo", "Cai")]
        WaitingTerms.objects.create(instrument=self.instrument, standby_minutes=15, updated_at=NOW)
        RuleSetting.objects.create(
            instrument=self.instrument, rule="no_shows", parameters={"strikes": 0}, updated_at=NOW
        )  # fmt: skip

    @property
    def now(self) -> Any:
        return at(self.lists.now)

    def come(self, verb: Any, **given: Any) -> str:
        """What comes of it, in one word."""
        try:
            verb(now=self.now, **given)
        except booking.SlotTaken:
            return "taken"
        except Refused:
            return "refused"
        return "done"

    def row(self, held: Held) -> Booking:
        return Booking.objects.select_related("instrument", "person", "order").get(
            person=self.people[held.person], starts_at=at(held.start), ends_at=at(held.end), state=held.state,
            pk__in=self.same(held),
        )  # fmt: skip

    def same(self, held: Held) -> list[int]:
        """Of equal rows the one made at the same turn; the lists keep the order in which rows are made."""
        rows = list(Booking.objects.order_by("pk").values_list("pk", flat=True))
        return [rows[next(number for number, each in enumerate(self.lists.held) if each is held)]]

    def pick(self, data: Any, *states: str) -> Held | None:
        fit = [each for each in self.lists.held if each.state in states]
        return data.draw(st.sampled_from(fit)) if fit else None

    def given(self, data: Any) -> tuple[Want, Given, Offer] | None:
        every = [(want, given) for want in self.lists.wants for given in want.offers]
        if not every:
            return None
        want, given = data.draw(st.sampled_from(every))
        offer = Offer.objects.select_related(
            "wish__person", "booking__instrument", "booking__person", "booking__order"
        ).get(booking=self.same(given.held)[0])
        return want, given, offer

    @rule(person=people, start=starts, length=lengths)
    def book(self, person: int, start: int, length: int) -> None:
        expected = self.lists.book(person, start, start + length)
        assert expected == self.come(
            booking.book, instrument=self.instrument, person=self.people[person], starts_at=at(start),
            ends_at=at(start + length),
        )  # fmt: skip

    @rule(data=st.data(), start=starts, length=lengths)
    def move(self, data: Any, start: int, length: int) -> None:
        if held := self.pick(data, "confirmed"):
            row = self.row(held)
            expected = self.lists.move(held, start, start + length)
            assert expected == self.come(
                booking.move, booking=row, person=row.person, starts_at=at(start), ends_at=at(start + length)
            )

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        if held := self.pick(data, "confirmed"):
            row = self.row(held)
            assert self.lists.cancel(held) == self.come(booking.cancel, booking=row, person=row.person)

    @rule(data=st.data())
    def restore(self, data: Any) -> None:
        if held := self.pick(data, "cancelled"):
            row = self.row(held)
            assert self.lists.restore(held) == self.come(booking.restore, booking=row, person=row.person)

    @rule(
        person=people,
        start=starts,
        room=st.integers(2, 16),
        length=lengths,
        standby=st.booleans(),
        automatic=st.booleans(),
    )
    def join(self, person: int, start: int, room: int, length: int, standby: bool, automatic: bool) -> None:
        latest = start + max(room, length)
        before = Wish.objects.count()
        asked = {"person": self.people[person], "instruments": [self.instrument], "minutes": length * 15}
        came = self.come(
            waiting.join, earliest_at=at(start), latest_at=at(latest), standby=standby, automatic=automatic, **asked
        )
        if latest - max(start, self.lists.now) < length:
            assert came == "refused"
        elif Wish.objects.count() > before:  # else the same wish waits already
            self.lists.wants.append(Want(person, start, latest, length, standby, automatic, len(self.lists.wants)))

    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        if self.lists.wants:
            number = data.draw(st.integers(0, len(self.lists.wants) - 1))
            wish = Wish.objects.select_related("order", "person").order_by("pk")[number]
            self.lists.withdraw(self.lists.wants[number])
            waiting.withdraw(wish=wish, person=wish.person, now=self.now)

    @rule(data=st.data())
    def accept(self, data: Any) -> None:
        if found := self.given(data):
            want, given, offer = found
            expected = self.lists.accept(want, given)
            assert expected == self.come(waiting.accept, offer=offer, person=offer.wish.person)

    @rule(data=st.data())
    def refuse(self, data: Any) -> None:
        if found := self.given(data):
            _want, given, offer = found
            self.lists.refuse(given)
            waiting.refuse(offer=offer, person=offer.wish.person, now=self.now)

    @precondition(lambda self: self.lists.now < 24)
    @rule(quarters=st.integers(1, 4))
    def pass_time(self, quarters: int) -> None:
        self.lists.now += quarters

    @rule()
    def sweep(self) -> None:
        self.lists.sweep()
        waiting.due(now=self.now)
        assert waiting.due(now=self.now) == 0

    @rule()
    def release(self) -> None:
        self.lists.release()
        no_shows.due(now=self.now)

    @invariant()
    def the_database_says_what_the_lists_say(self) -> None:
        number = {person.pk: index for index, person in enumerate(self.people)}
        rows = Booking.objects.order_by("pk").values_list("person_id", "starts_at", "ends_at", "state")
        found = [
            (number[who], (start - NOW) // QUARTER, (end - NOW) // QUARTER, state) for who, start, end, state in rows
        ]
        assert found == [(each.person, each.start, each.end, each.state) for each in self.lists.held]
        assert list(Wish.objects.order_by("pk").values_list("state", flat=True)) == [
            want.state for want in self.lists.wants
        ]
        offers = sorted(Offer.objects.values_list("booking_id", "state"))
        assert [state for _booking, state in offers] == [
            given.state
            for held in self.lists.held
            for want in self.lists.wants
            for given in want.offers
            if given.held is held
        ]

    @invariant()
    def no_two_hold_the_same_time_and_each_offer_holds_its_own(self) -> None:
        live = sorted(Booking.objects.filter(state__in=HOLDING).values_list("starts_at", "ends_at"))
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(live))
        held = set(Booking.objects.filter(state="offered").values_list("pk", flat=True))
        assert held == set(Offer.objects.filter(state="open").values_list("booking", flat=True))


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_bookings_and_the_waiting_list_do_what_plain_lists_do() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
