"""A rule holds on every way to a booking, also on those that only change one: a full quota refuses each."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from liqi.access import booking, booking_import, series, swap, together, waiting, whole_job
from liqi.access.booking import Wanted
from liqi.access.booking_import import ImportRefused
from liqi.access.models import Booking, Offer
from liqi.access.rules import Refused
from tests.test_every_set_rule import HOUR, NOW, World, limits

WEEK = timedelta(days=7)
LATE = NOW + 6 * HOUR


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Full(World):
    """Lin has two hours of this week and of the next, one booking of them alone; the guest has two hours as well."""

    def __init__(self) -> None:
        super().__init__()
        self.mine = self.booked(2 * HOUR, 3 * HOUR)
        self.other = self.booked(4 * HOUR, 5 * HOUR)
        self.booked(WEEK, WEEK + 2 * HOUR)
        self.theirs = self.booked(20 * HOUR, 22 * HOUR, self.guest)
        self.set("quota", limits("person", 2, "hours", "week"))
        self.given: dict[str, Any] = {"person": self.person, "now": NOW}

    def wanted(self) -> Wanted:
        return Wanted(self.instrument, LATE, LATE + HOUR)

    def weekly(self) -> list[Any]:
        """A series of two weeks in which nothing else is, of two hours each."""
        start = LATE + 3 * WEEK
        given: dict[str, Any] = {**self.given, "rule": "FREQ=WEEKLY;COUNT=2", "time_zone": "Asia/Shanghai"}
        series.book([Wanted(self.instrument, start, start + 2 * HOUR)], **given)
        return list(Booking.objects.filter(series__isnull=False).order_by("starts_at"))


def create(full: Full) -> None:
    booking.book(instrument=full.instrument, starts_at=LATE, ends_at=LATE + HOUR, **full.given)


def create_on_behalf(full: Full) -> None:
    booking.book(
        instrument=full.instrument, starts_at=LATE, ends_at=LATE + HOUR, made_by=full.operator, **full.given
    )  # fmt: skip


def move(full: Full) -> None:
    start = NOW + WEEK + 5 * HOUR
    booking.move(booking=full.mine, starts_at=start, ends_at=start + HOUR, **full.given)


def resize(full: Full) -> None:
    booking.resize(booking=full.mine, ends_at=full.mine.ends_at + HOUR / 2, **full.given)


def restore(full: Full) -> None:
    booking.cancel(booking=full.other, **full.given)
    create(full)
    full.other.refresh_from_db()
    booking.restore(booking=full.other, **full.given)


def several_at_once(full: Full) -> None:
    together.book([full.wanted()], **full.given)


def whole_job_of_one_step(full: Full) -> None:
    asked = whole_job.JobStep((full.instrument,), minutes=60)
    step = whole_job.At(asked, full.instrument, (), LATE, LATE + HOUR)
    whole_job.book(way=whole_job.Way((step,)), **full.given)


def series_made(full: Full) -> None:
    series.book([full.wanted()], rule="FREQ=WEEKLY;COUNT=2", time_zone="Asia/Shanghai", **full.given)


def series_moved(full: Full) -> None:
    first = full.weekly()[0]
    series.move(
        booking=first, scope="all", starts_at=first.starts_at, ends_at=first.ends_at + HOUR / 2, **full.given
    )  # fmt: skip


def series_restored(full: Full) -> None:
    first = full.weekly()[0]
    series.cancel(booking=first, scope="all", **full.given)
    full.booked(3 * WEEK + 10 * HOUR, 3 * WEEK + 11 * HOUR)
    first.refresh_from_db()
    series.restore(booking=first, scope="all", **full.given)


def file_of_bookings(full: Full) -> None:
    line = f"{full.instrument.key},{LATE.isoformat()},{(LATE + HOUR).isoformat()}"
    booking_import.take(booking_import.read(f"instrument,start,end\n{line}".encode()), **full.given)


def swapped_by_a_steward(full: Full) -> None:
    swap.swap(one=full.mine, other=full.theirs, person=full.operator, now=NOW)


def swap_proposed(full: Full) -> None:
    made = swap.propose(given=full.mine, wanted=full.theirs, **full.given)
    swap.accept(proposal=made, person=full.guest, now=NOW)


PATHS: tuple[Callable[[Full], None], ...] = (
    create, create_on_behalf, move, resize, restore, several_at_once, whole_job_of_one_step, series_made, series_moved,
    series_restored, file_of_bookings, swapped_by_a_steward, swap_proposed,
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_a_full_quota_is_refused(path: Callable[[Full], None]) -> None:
    full = Full()
    with pytest.raises((Refused, ImportRefused), match="2 h"):
        path(full)
    held = Booking.objects.live().filter(person=full.person, starts_at__lt=NOW + WEEK)
    assert sum((one.ends_at - one.starts_at for one in held), timedelta(0)) == 2 * HOUR, "nothing was half done"


@pytest.mark.django_db
def test_the_waiting_list_offers_nothing_that_a_full_quota_is_against() -> None:
    full = Full()
    waiting.join(
        instruments=[full.instrument], earliest_at=LATE, latest_at=LATE + 2 * HOUR, minutes=60, **full.given
    )  # fmt: skip
    assert waiting.offer_free(now=NOW) == 0
    assert not Offer.objects.exists()
