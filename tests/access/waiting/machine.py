"""The same steps on the database and on plain lists: what every step needs, and what has to hold after each."""

import itertools
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from liqi.access import booking
from liqi.access.models import Booking, BookingTerms, Offer, Outage, RuleSetting, Series, WaitingTerms, Wish
from liqi.access.rules import Refused
from tests.access.conftest import NOW, make_instrument, make_person
from tests.access.waiting.lists import Given, Lists, Want
from tests.access.waiting.places import AFTER, CAPACITY, HOLDING, Held, NotTo, Out

QUARTER = timedelta(minutes=15)


def at(quarter: int) -> Any:
    """The moment so many quarter hours after the beginning."""
    return NOW + quarter * QUARTER


class Machine(RuleBasedStateMachine):
    """One instrument of two places, three people, a steward; nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = transaction.atomic()
        self.kept.__enter__()

    def teardown(self) -> None:
        """The database is as it was before."""
        transaction.set_rollback(True)
        self.kept.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        """Nothing is booked."""
        self.lists = Lists()
        self.instrument = make_instrument()
        self.people = [make_person(name) for name in ("Ada", "Bo", "Cai")]
        self.steward = make_person("Wei", is_operator=True)
        BookingTerms.objects.create(
            instrument=self.instrument, positions=CAPACITY, after_minutes=15 * AFTER, updated_at=NOW
        )
        WaitingTerms.objects.create(instrument=self.instrument, standby_minutes=15, updated_at=NOW)
        RuleSetting.objects.create(
            instrument=self.instrument, rule="no_shows", parameters={"strikes": 0}, updated_at=NOW
        )  # fmt: skip

    @property
    def now(self) -> Any:
        """The time of the lists."""
        return at(self.lists.now)

    def require_same(self, listed: Callable[..., None], given: tuple[Any, ...], verb: Any, **asked: Any) -> None:
        """The step on the lists and the one on the database come to the same, in one word."""
        before = deepcopy((self.lists, given))
        expected = found = "done"
        try:
            listed(*given)
        except NotTo as other:
            expected = str(other)
        try:
            verb(now=self.now, **asked)
        except booking.SlotTaken:
            found = "taken"
        except Refused:
            found = "refused"
        assert found == expected
        if expected != "done":
            self.lists = before[0]

    def row(self, held: Held) -> Booking:
        """The booking on record."""
        rows = Booking.objects.select_related("instrument__institution", "person", "order", "organisation", "series")
        return rows.get(pk=self.keys()[self.lists.held.index(held)])

    def keys(self) -> list[int]:
        """The lists keep the order in which rows are made."""
        return list(Booking.objects.order_by("pk").values_list("pk", flat=True))

    def pick(self, data: Any, state: str, *, of_series: bool = False) -> Held:
        """A booking in this state; there is one."""
        fit = [each for each in self.lists.held if each.state == state and (each.series or not of_series)]
        held: Held = data.draw(st.sampled_from(fit))
        return held

    def given(self, data: Any) -> tuple[Want, Given, Offer]:
        """An offer, whatever became of it; there is one."""
        every = [(want, given) for want in self.lists.wants for given in want.offers]
        if data.draw(st.booleans()):
            every = [(want, given) for want, given in every if given.state == "open"] or every
        want, given = data.draw(st.sampled_from(every))
        related = ("wish__person", "booking__instrument", "booking__person", "booking__order", "booking__organisation")
        key = self.keys()[self.lists.held.index(given.held)]
        return want, given, Offer.objects.select_related(*related).get(booking=key)

    def outage(self, data: Any) -> tuple[Out, Outage]:
        """An outage that stands; there is one."""
        out = data.draw(st.sampled_from([each for each in self.lists.outs if each.stands]))
        return out, Outage.objects.select_related("instrument").order_by("pk")[self.lists.outs.index(out)]

    @invariant()
    def the_database_says_what_the_lists_say(self) -> None:
        """Bookings, series, wishes, offers and outages are as listed."""
        people = {person.pk: index for index, person in enumerate(self.people)}
        series = {pk: index for index, pk in enumerate(Series.objects.order_by("pk").values_list("pk", flat=True))}
        rows = list(Booking.objects.order_by("pk"))
        assert [
            (
                people[row.person_id], _quarters(row.starts_at), _quarters(row.ends_at), row.position, row.state,
                None if row.series_id is None else series[row.series_id],
                None if row.occurrence_at is None else _quarters(row.occurrence_at),
            )
            for row in rows
        ] == [
            (
                each.person, each.start, each.end, each.place, each.state,
                None if each.series is None else self.lists.series.index(each.series), each.occurrence,
            )
            for each in self.lists.held
        ]  # fmt: skip
        assert list(Wish.objects.order_by("pk").values_list("state", flat=True)) == [
            want.state for want in self.lists.wants
        ]
        offers = sorted(Offer.objects.values_list("booking_id", "state"))
        keys = [row.pk for row in rows]
        assert offers == sorted(
            (keys[self.lists.held.index(given.held)], given.state) for want in self.lists.wants for given in want.offers
        )
        for outage, out in zip(Outage.objects.order_by("pk"), self.lists.outs, strict=True):
            assert outage.stands == out.stands
            assert sorted(outage.struck.values_list("booking", "outcome")) == sorted(
                (keys[self.lists.held.index(held)], how) for held, how in out.struck
            )

    @invariant()
    def no_two_hold_one_place_at_the_same_time_and_each_offer_holds_its_own(self) -> None:
        """Whatever the lists say."""
        live = list(Booking.objects.filter(state__in=HOLDING).order_by("position", "starts_at"))
        for before, after in itertools.pairwise(live):
            assert before.position < after.position or before.ends_at + AFTER * QUARTER <= after.starts_at
        assert all((row.held_from, row.held_until) == (row.starts_at, row.ends_at + AFTER * QUARTER) for row in live)
        held = set(Booking.objects.filter(state="offered").values_list("pk", flat=True))
        assert held <= set(Offer.objects.filter(state="open").values_list("booking", flat=True))


def _quarters(moment: Any) -> int:
    return (moment - NOW) // QUARTER
