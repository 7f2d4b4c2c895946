"""What a racer does for one slot, one function a path, through the verbs."""

from datetime import datetime
from typing import Any

from tests.races.race import HOUR, NOW, period

LOST = {"changed", "date_taken", "row_taken", "not_requested", "closed_proposal", "request_key"}
"""What a refusal says when a rival was faster."""


class Racing:
    """The instruments and people of one group."""

    def __init__(self, group: int) -> None:
        from liqi.accounts.models import Person
        from liqi.catalogue.models import Instrument

        self.instrument = Instrument.objects.select_related("institution").get(key=f"race-{group}")
        self.second = Instrument.objects.select_related("institution").get(key=f"race-{group}-b")
        self.people = list(Person.objects.order_by("pk"))

    def own(self, racer: int, slot: int) -> Any:
        """The booking that this racer has for the slot."""
        from liqi.access.models import Booking

        rows = Booking.objects.filter(instrument=self.instrument, person=self.people[racer])
        return rows.select_related("order", "person", "instrument").order_by("pk")[slot]

    def asked(self, racer: int, slot: int, shift: int = 0) -> dict[str, Any]:
        """Who wants what."""
        starts_at, ends_at = period(slot, shift)
        return {"person": self.people[racer], "starts_at": starts_at, "ends_at": ends_at, "now": NOW}


def create(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight people want three overlapping periods."""
    from liqi.access import booking

    booking.book(instrument=racing.instrument, **racing.asked(racer, slot, racer % 3))
    return None


def repeat(racing: Racing, racer: int, slot: int) -> str | None:
    """One person sends the same request eight times."""
    from liqi.access import booking

    booking.book(instrument=racing.instrument, **racing.asked(0, slot))
    return None


def keyed(racing: Racing, racer: int, slot: int) -> str | None:
    """One person sends one request key eight times, with two different requests."""
    from liqi.access import booking

    asked = racing.asked(0, slot, 4 * (racer % 2))
    booking.book(instrument=racing.instrument, request_key=f"{racing.instrument.key} {slot}", **asked)
    return None


def move(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight bookings move onto one period."""
    from liqi.access import booking

    booking.move(booking=racing.own(racer, slot), **racing.asked(racer, slot))
    return None


def resize(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight bookings in a row grow by three quarters of an hour, over their neighbour behind."""
    from liqi.access import booking

    mine = racing.own(racer, slot)
    booking.resize(booking=mine, person=racing.people[racer], ends_at=mine.ends_at + 3 * HOUR / 4, now=NOW)
    return None


def change(racing: Racing, racer: int, slot: int) -> str | None:
    """One booking, read by all, is moved to eight places: one change stands, none is lost unseen."""
    from liqi.access import booking

    shown = racing.own(0, slot)
    start, end = period(slot)
    shown.starts_at, shown.ends_at = start, end  # what everybody saw before the race
    booking.move(
        booking=shown,
        person=racing.people[0],
        starts_at=start + (racer + 1) * HOUR / 8,
        ends_at=end + HOUR / 2,
        now=NOW,
    )
    return None


def revive(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight cancelled bookings of one period are taken back."""
    from liqi.access import booking

    booking.restore(booking=racing.own(racer, slot), person=racing.people[racer], now=NOW)
    return None


def series(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight people want three dates, of which the first is the slot."""
    from liqi.access import series as recurring
    from liqi.access.booking import Wanted

    start, end = period(slot * 2 + racer % 2, racer % 3)
    recurring.book(
        [Wanted(racing.instrument, start, end)], person=racing.people[racer], now=NOW, time_zone="UTC",
        rule=f"FREQ=YEARLY;COUNT={2 + racer % 2}",
    )  # fmt: skip
    return None


def together(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight people want two instruments at once, half of them in the other order."""
    from liqi.access import together as all_or_none
    from liqi.access.booking import Wanted

    start, end = period(slot, racer % 3)
    both = [Wanted(racing.instrument, start, end), Wanted(racing.second, start, end)]
    all_or_none.book(both[:: 1 if racer % 2 else -1], person=racing.people[racer], now=NOW)
    return None


def approve(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight stewards answer one request, half with yes and half with no."""
    from liqi.access import approval

    asked = racing.own(0, slot)
    answer = approval.approve if racer % 2 else approval.refuse
    done = answer(booking=asked, person=racing.people[racer], now=NOW)
    return "won" if done.decided_by_id == racing.people[racer].pk else "same"


def swap(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight stewards swap the same two bookings, and each other's order."""
    from liqi.access import swap as swapping

    one, other = racing.own(0, slot), racing.own(1, slot)
    for each, person in ((one, racing.people[0]), (other, racing.people[1])):
        each.starts_at, each.ends_at = _first_place(racing, person, slot)
    pair = (one, other) if racer % 2 else (other, one)
    swapping.swap(one=pair[0], other=pair[1], person=racing.people[racer], now=NOW)
    return None


def _first_place(racing: Racing, person: Any, slot: int) -> tuple[datetime, datetime]:
    from liqi.access.models import Booking

    slots = Booking.objects.filter(instrument=racing.instrument, person=person).count()
    return period(slots * (person.pk % len(racing.people) + 1) + slot)


def import_(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight files of two rows, of which the first is the slot."""
    from liqi.access import booking_import

    (start, end), (late, later) = period(slot * 2, racer % 3), period(slot * 2 + 1)
    key = racing.instrument.key
    rows = [f"{key},{first.isoformat()},{last.isoformat()}" for first, last in ((start, end), (late, later))]
    text = "\n".join(["instrument,start,end", *rows])
    booking_import.take(booking_import.read(text.encode()), person=racing.people[racer], now=NOW)
    return None


def override(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight stewards book over a rule."""
    from liqi.access import booking

    booking.book(
        instrument=racing.instrument, **racing.asked(racer, slot, racer % 3), waive={"too_short"}, reason="a race"
    )
    return None


def positions(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight people want three positions."""
    from liqi.access import booking

    booking.book(instrument=racing.instrument, **racing.asked(racer, slot, racer % 3))
    return None


def family(racing: Racing, racer: int, slot: int) -> str | None:
    """Eight people want two families so near each other that only one family fits."""
    from liqi.access import booking

    start, _end = period(slot)
    start += (racer % 4) * HOUR / 4
    booking.book(
        instrument=racing.instrument, person=racing.people[racer], starts_at=start, ends_at=start + HOUR / 4, now=NOW,
        family="ab"[racer // 4],
    )  # fmt: skip
    return None
