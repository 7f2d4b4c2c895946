"""The stateful test of bookings finds faults: each is planted, and the machine fails before it has lived LIVES."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import Phase

from liqi.access import booking, swap
from liqi.access.booking import _make
from liqi.access.models import Booking, Outage
from liqi.access.outages import _struck
from liqi.access.series import _scope
from liqi.access.terms import Terms
from liqi.access.waiting import _offers
from tests.access.waiting.machine import Machine
from tests.access.waiting.test_as_lists import Bookings, Recurring, Waiting, run

Plant = Callable[[pytest.MonkeyPatch], None]


def buffers_are_not_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Terms, "held", lambda _self, starts_at, ends_at: (starts_at, ends_at))


def the_same_request_books_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_make, "same", lambda *_asked: None)


def a_swap_forgets_one_side(patch: pytest.MonkeyPatch) -> None:
    put, turn = swap.put, count()

    def forget(row: Booking, *given: Any, **named: Any) -> Booking:
        if next(turn) % 2:
            Booking.objects.filter(pk=row.pk).update(state="confirmed")
            return row
        return put(row, *given, **named)

    patch.setattr(swap, "put", forget)


def an_outage_of_one_place_strikes_the_others(patch: pytest.MonkeyPatch) -> None:
    met = _struck._met

    def everywhere(outage: Outage, now: Any) -> Any:
        place, outage.position = outage.position, None
        try:
            return met(outage, now)
        finally:
            outage.position = place

    patch.setattr(_struck, "_met", everywhere)


def those_that_follow_are_all(patch: pytest.MonkeyPatch) -> None:
    of = _scope.of
    patch.setattr(_scope, "of", lambda row, scope="all", *, now: of(row, scope.replace("following", "all"), now=now))


def those_that_follow_leave_out_the_last(patch: pytest.MonkeyPatch) -> None:
    of = _scope.of

    def without(row: Booking, scope: str = "all", *, now: Any) -> list[Booking]:
        found = of(row, scope, now=now)
        return found[:-1] if scope == "following" and len(found) > 1 else found

    patch.setattr(_scope, "of", without)


def an_offer_passes_the_line(patch: pytest.MonkeyPatch) -> None:
    in_line = _offers.in_line
    patch.setattr(_offers, "in_line", lambda wishes, *, now: in_line(wishes, now=now)[::-1])


def an_offer_that_is_over_keeps_its_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(booking, "lapse", lambda **_asked: False)


def what_was_declined_is_offered_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_offers, "_declined", lambda _wishes: {})


def a_no_show_keeps_the_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(booking, "release", lambda **_asked: False)


LIVES = 1000
"""Twelve random starts found each fault after 2 to 193 lives; which lives come first depends
on what is imported, so that the budget of one usual run proves nothing."""
FAULTS: list[tuple[type[Machine], Plant]] = [
    (Bookings, buffers_are_not_held),
    (Bookings, the_same_request_books_again),
    (Bookings, a_swap_forgets_one_side),
    (Bookings, an_outage_of_one_place_strikes_the_others),
    (Recurring, those_that_follow_are_all),
    (Recurring, those_that_follow_leave_out_the_last),
    (Waiting, an_offer_passes_the_line),
    (Waiting, an_offer_that_is_over_keeps_its_time),
    (Waiting, what_was_declined_is_offered_again),
    (Waiting, a_no_show_keeps_the_time),
]


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize(("machine", "plant"), FAULTS, ids=lambda given: given.__name__)
def test_a_planted_fault_is_found(machine: type[Machine], plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        run(machine, max_examples=LIVES, phases=[Phase.generate], database=None, report_multiple_bugs=False)
