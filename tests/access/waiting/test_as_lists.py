"""Whatever people do in whatever order, what is on record is what plain lists say."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from liqi.access import booking, no_shows, outages, series, swap, waiting
from liqi.access.booking import Wanted
from liqi.access.models import Wish
from tests.access.waiting.lists import Want
from tests.access.waiting.machine import Machine, at
from tests.access.waiting.places import CAPACITY, DAY

people, starts, lengths = st.integers(0, 2), st.integers(2, 10), st.integers(2, 6)
scopes = st.sampled_from(series.SCOPES)
LAST = 24
"""Time goes on until then."""


def has(state: str) -> Callable[[Machine], bool]:
    """Whether there is a booking in this state."""
    return lambda self: any(each.state == state for each in self.lists.held)


def in_series(self: Machine) -> bool:
    """Whether there is a confirmed booking of a series."""
    return any(each.state == "confirmed" and each.series for each in self.lists.held)


class Bookings(Machine):
    """Bookings of single times, and outages that strike them."""

    @rule(person=people, start=starts, length=lengths)
    def begin_booking(self, person: int, start: int, length: int) -> None:
        self.book(person, start, length)

    def book(self, person: int, start: int, length: int) -> None:
        """Booked on both sides."""
        self.require_same(
            self.lists.book, (person, start, start + length),
            booking.book, instrument=self.instrument, person=self.people[person], starts_at=at(start),
            ends_at=at(start + length),
        )  # fmt: skip

    @precondition(has("confirmed"))
    @rule(data=st.data())
    def book_the_same(self, data: Any) -> None:
        held = self.pick(data, "confirmed")
        self.book(held.person, held.start, held.end - held.start)

    @precondition(has("confirmed"))
    @rule(data=st.data(), start=starts, length=lengths, day=st.integers(0, 1))
    def move(self, data: Any, start: int, length: int, day: int) -> None:
        held = self.pick(data, "confirmed")
        row, start = self.row(held), start + day * DAY
        self.require_same(
            self.lists.move, (held, start, start + length),
            booking.move, booking=row, person=row.person, starts_at=at(start), ends_at=at(start + length),
        )  # fmt: skip

    @precondition(lambda self: sum(each.state == "confirmed" for each in self.lists.held) > 1)
    @rule(data=st.data())
    def swap(self, data: Any) -> None:
        confirmed = [each for each in self.lists.held if each.state == "confirmed"]
        one, other = data.draw(st.sampled_from(list(permutations(confirmed, 2))))
        self.require_same(
            self.lists.swap, (one, other), swap.swap, one=self.row(one), other=self.row(other), person=self.steward
        )

    @rule(start=starts, length=lengths, place=st.sampled_from([None, *range(CAPACITY)]))
    def declare_outage(self, start: int, length: int, place: int | None) -> None:
        self.require_same(
            self.lists.declare, (start, start + length, place),
            outages.declare, instrument=self.instrument, person=self.steward, starts_at=at(start),
            ends_at=at(start + length), words="leak", position=place,
        )  # fmt: skip

    @precondition(lambda self: any(out.stands for out in self.lists.outs))
    @rule(data=st.data())
    def end_outage(self, data: Any) -> None:
        out, outage = self.outage(data)
        self.require_same(self.lists.end_outage, (out,), outages.end, outage=outage, person=self.steward)

    @precondition(lambda self: any(out.stands for out in self.lists.outs))
    @rule(data=st.data())
    def cancel_struck(self, data: Any) -> None:
        out, outage = self.outage(data)
        self.require_same(self.lists.cancel_struck, (out,), outages.cancel_all, outage=outage, person=self.steward)

    @precondition(has("confirmed"))
    @rule(data=st.data(), scope=scopes)
    def cancel(self, data: Any, scope: str) -> None:
        held = self.pick(data, "confirmed")
        row = self.row(held)
        self.require_same(
            self.lists.cancel_scope, (held, scope), series.cancel, booking=row, scope=scope, person=row.person
        )

    @precondition(has("cancelled"))
    @rule(data=st.data(), scope=scopes)
    def restore(self, data: Any, scope: str) -> None:
        held = self.pick(data, "cancelled")
        row = self.row(held)
        self.require_same(
            self.lists.restore_scope, (held, scope), series.restore, booking=row, scope=scope, person=row.person
        )


class Recurring(Bookings):
    """Series, and their three scopes."""

    @rule(person=people, start=starts, length=lengths, count=st.integers(1, 3), skip=st.booleans())
    def begin_series(self, person: int, start: int, length: int, count: int, skip: bool) -> None:
        self.require_same(
            lambda: self.lists.begin_series(person, start, length, count, skip=skip), (),
            series.book, wanted=[Wanted(self.instrument, at(start), at(start + length))], person=self.people[person],
            rule=f"FREQ=DAILY;COUNT={count}", time_zone="UTC", clash="skip" if skip else "refuse",
        )  # fmt: skip

    @precondition(in_series)
    @rule(data=st.data(), scope=scopes, by=st.integers(-6, 6), longer=st.integers(-1, 2), skip=st.booleans())
    def move_series(self, data: Any, scope: str, by: int, longer: int, skip: bool) -> None:
        held = self.pick(data, "confirmed", of_series=True)
        row, start = self.row(held), held.start + by
        end = max(held.end + by + longer, start + 2)
        self.require_same(
            lambda: self.lists.move_scope(held, scope, start, end, skip=skip), (),
            series.move, booking=row, scope=scope, person=row.person, starts_at=at(start), ends_at=at(end),
            clash="skip" if skip else "refuse",
        )  # fmt: skip


class Waiting(Bookings):
    """Those who wait, what is offered to them, and the clock; two wait already for what two others have."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        for person in (0, 1):
            self.book(person, 6, 4)
        for person in (2, 1):
            self.join(person, 6, 4, 4, standby=False, automatic=False)

    @rule(
        person=people, start=starts, room=st.integers(2, 16), length=lengths, standby=st.booleans(),
        automatic=st.booleans(),
    )  # fmt: skip
    def begin_waiting(self, person: int, start: int, room: int, length: int, standby: bool, automatic: bool) -> None:
        self.join(person, start, room, length, standby, automatic)

    @rule(one=people, other=people, start=starts, length=lengths)
    def become_rivals(self, one: int, other: int, start: int, length: int) -> None:
        for person in (one, other):
            self.join(person, start, length, length, standby=False, automatic=False)

    def join(self, person: int, start: int, room: int, length: int, standby: bool, automatic: bool) -> None:
        """Waits on both sides."""
        latest, before = start + max(room, length), Wish.objects.count()
        wanted = Want(person, start, latest, length, standby, automatic, len(self.lists.wants))
        self.require_same(
            self.lists.join, (wanted,),
            waiting.join, person=self.people[person], instruments=[self.instrument], minutes=length * 15,
            earliest_at=at(start), latest_at=at(latest), standby=standby, automatic=automatic,
        )  # fmt: skip
        if Wish.objects.count() > before:  # else the same wish waits already
            self.lists.wants.append(wanted)

    @precondition(lambda self: bool(self.lists.wants))
    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        number = data.draw(st.integers(0, len(self.lists.wants) - 1))
        wish = Wish.objects.select_related("order", "person").order_by("pk")[number]
        wanted = self.lists.wants[number]
        self.require_same(self.lists.withdraw, (wanted,), waiting.withdraw, wish=wish, person=wish.person)

    @precondition(lambda self: any(want.offers for want in self.lists.wants))
    @rule(data=st.data())
    def accept(self, data: Any) -> None:
        want, given, offer = self.given(data)
        self.require_same(
            self.lists.accept, (want, given), waiting.accept, offer=offer, person=offer.wish.person
        )  # fmt: skip

    @precondition(lambda self: any(want.offers for want in self.lists.wants))
    @rule(data=st.data())
    def refuse(self, data: Any) -> None:
        _want, given, offer = self.given(data)
        self.require_same(self.lists.refuse, (given,), waiting.refuse, offer=offer, person=offer.wish.person)

    @precondition(lambda self: self.lists.now < LAST)
    @rule(quarters=st.integers(1, 3))
    def pass_time(self, quarters: int) -> None:
        self.lists.now += quarters

    @rule(quarters=st.integers(0, 3))
    def sweep(self, quarters: int) -> None:
        self.lists.now = min(self.lists.now + quarters, LAST)
        self.require_same(self.lists.sweep, (), waiting.due)
        assert waiting.due(now=self.now) == 0

    @rule(quarters=st.integers(0, 3))
    def release(self, quarters: int) -> None:
        self.lists.now = min(self.lists.now + quarters, LAST)
        self.require_same(self.lists.release, (), no_shows.due)


class Everything(Recurring, Waiting):
    """All of it in one life: series, swaps and outages while people wait for what they free."""


EXAMPLES = {Bookings: 20, Recurring: 25, Waiting: 25, Everything: 10}
"""How many lives of each machine are lived in one run; `test_power.py` holds that enough of them find a fault."""


def run(machine: type[Machine], **more: Any) -> None:
    """Live the machine's lives; raises where the database and the lists differ."""
    usual: dict[str, Any] = {"max_examples": EXAMPLES[machine], "stateful_step_count": 30, "deadline": None}
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine, settings=settings(**(usual | more), suppress_health_check=list(HealthCheck))
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "machine",
    [
        *(pytest.param(machine, marks=pytest.mark.any_database) for machine in (Bookings, Recurring, Waiting)),
        Everything,  # does all that the others do, and is the one that is lived on PostgreSQL too
    ],
)
def test_bookings_series_outages_and_the_waiting_list_do_what_plain_lists_do(machine: type[Machine]) -> None:
    run(machine)
