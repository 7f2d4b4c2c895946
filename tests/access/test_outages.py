"""Outages keep an instrument from being booked, and what they strike is told, moved or cancelled."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from liqi.access import booking, free, outages, terms
from liqi.access.models import Booking, MaintenanceWindow, Outage, Session, Steward, StruckBooking
from liqi.access.outages import NotAllowed, Refused
from liqi.accounts.models import JournalEntry, Notice, Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, make_instrument, make_person


@pytest.fixture
def keeper(instrument: Instrument) -> Person:
    person = make_person("Keeper")
    Steward.objects.create(person=person, instrument=instrument)
    return person


def declare(instrument: Instrument, keeper: Person, start: Any, end: Any, **more: Any) -> Outage:
    asked = {"words": "The pump leaks", "now": NOW, "starts_at": start, "ends_at": end}
    return outages.declare(instrument=instrument, person=keeper, **(asked | more))


def book(instrument: Instrument, person: Person, start: Any, end: Any, **more: Any) -> Booking:
    return booking.book(instrument=instrument, person=person, starts_at=start, ends_at=end, **({"now": NOW} | more))


def test_nothing_is_booked_inside_an_outage_and_everything_beside_it(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    declare(instrument, keeper, at(2), at(4))
    with pytest.raises(booking.Refused, match="The pump leaks") as refused:
        book(instrument, member, at(3), at(5))
    assert [one.code for one in refused.value.objections] == ["outage"]
    book(instrument, member, at(1), at(2))
    book(instrument, member, at(4), at(5))


def test_a_steward_cannot_waive_an_outage(instrument: Instrument, keeper: Person) -> None:
    declare(instrument, keeper, at(2), at(4))
    with pytest.raises(booking.Refused, match="Out of use"):
        book(instrument, keeper, at(2), at(3), waive=["outage"], reason="I know better")


def test_an_outage_without_an_end_blocks_until_it_is_ended(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    outage = declare(instrument, keeper, NOW, None)
    with pytest.raises(booking.Refused, match="until further notice"):
        book(instrument, member, at(3, day=25), at(5, day=25))
    outages.end(outage=outage, person=keeper, now=at(0, day=22))
    instrument.refresh_from_db()
    book(instrument, member, at(3, day=25), at(5, day=25), now=at(0, day=22))


def test_free_time_leaves_outages_out(instrument: Instrument, keeper: Person) -> None:
    declare(instrument, keeper, at(2), at(4))
    assert free.periods_of(instrument, at(0), at(8)) == [(at(0), at(2)), (at(4), at(8))]


def test_a_breakdown_puts_the_instrument_out_of_order_and_its_end_puts_it_back(
    instrument: Instrument, keeper: Person
) -> None:
    Instrument.objects.filter(pk=instrument.pk).update(status="restricted")
    instrument.refresh_from_db()
    outage = declare(instrument, keeper, NOW, None)
    second = declare(instrument, keeper, NOW, None, words="The fuse too")
    assert Instrument.objects.get(pk=instrument.pk).status == "down"
    outages.end(outage=outage, person=keeper, now=NOW + timedelta(hours=1))
    assert Instrument.objects.get(pk=instrument.pk).status == "down", "the fuse is still broken"
    second.refresh_from_db()
    outages.end(outage=second, person=keeper, now=NOW + timedelta(hours=2))
    assert Instrument.objects.get(pk=instrument.pk).status == "restricted"


def test_a_breakdown_with_an_end_leaves_later_time_to_be_booked(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    outage = declare(instrument, keeper, NOW, None)
    assert Instrument.objects.get(pk=instrument.pk).status == "down"
    outages.reschedule(outage=outage, person=keeper, starts_at=NOW, ends_at=at(1), now=NOW)
    instrument.refresh_from_db()
    assert instrument.status != "down"
    book(instrument, member, at(2), at(3))


def test_planned_maintenance_leaves_the_state_alone(instrument: Instrument, keeper: Person) -> None:
    declare(instrument, keeper, NOW, at(9), kind="maintenance")
    assert Instrument.objects.get(pk=instrument.pk).status == instrument.status != "down"


def test_the_people_whose_bookings_are_struck_are_told_once(
    instrument: Instrument, member: Person, guest: Person, keeper: Person
) -> None:
    met = book(instrument, member, at(2), at(3))
    book(instrument, guest, at(6), at(7))
    outage = declare(instrument, keeper, at(1), at(4))
    assert [(one.booking, one.outcome) for one in StruckBooking.objects.all()] == [(met, "told")]
    assert [(one.person, one.kind) for one in Notice.objects.all()] == [(member, "booking.outage")]
    assert outages.due(now=NOW) == 0
    assert Notice.objects.count() == 1
    outages.withdraw(outage=outage, person=keeper, now=NOW)
    assert StruckBooking.objects.get().outcome == "spared"
    assert [one.kind for one in Notice.objects.filter(person=member).order_by("pk")] == [
        "booking.outage", "booking.outage_over",
    ]  # fmt: skip


def test_a_longer_outage_strikes_more_and_a_shorter_one_spares(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    early, late = book(instrument, member, at(2), at(3)), book(instrument, member, at(5), at(6))
    outage = declare(instrument, keeper, at(1), at(4))
    outages.reschedule(outage=outage, person=keeper, starts_at=at(4), ends_at=at(8), now=NOW)
    assert {one.booking: one.outcome for one in StruckBooking.objects.all()} == {early: "spared", late: "told"}
    outages.reschedule(outage=outage, person=keeper, starts_at=at(1), ends_at=at(8), now=NOW)
    assert {one.booking: one.outcome for one in StruckBooking.objects.all()} == {early: "told", late: "told"}


def test_struck_bookings_are_moved_to_the_nearest_free_time_after(
    instrument: Instrument, member: Person, guest: Person, keeper: Person
) -> None:
    one, other = book(instrument, member, at(2), at(3)), book(instrument, guest, at(3), at(4))
    outage = declare(instrument, keeper, at(1), at(5))
    assert outages.clear(outage=outage, person=keeper, now=NOW) == []
    for each in (one, other):
        each.refresh_from_db()
    assert sorted([(one.starts_at, one.ends_at), (other.starts_at, other.ends_at)]) == [(at(5), at(6)), (at(6), at(7))]
    assert set(StruckBooking.objects.values_list("outcome", flat=True)) == {"moved"}


def test_a_booking_that_finds_no_time_is_given_back_and_left(institution: Any, member: Person, keeper: Person) -> None:
    narrow = make_instrument(institution, horizon_days=3)
    Steward.objects.create(person=keeper, instrument=narrow)
    met = book(narrow, member, at(2), at(3))
    outage = declare(narrow, keeper, NOW, None)
    left = outages.clear(outage=outage, person=keeper, now=NOW)
    assert [one.booking for one in left] == [met]
    assert outages.cancel_all(outage=outage, person=keeper, now=NOW) == 1
    met.refresh_from_db()
    assert met.state == "cancelled"
    assert StruckBooking.objects.get().outcome == "cancelled"


def test_what_people_do_themselves_is_kept_as_the_outcome(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    moved, gone = book(instrument, member, at(2), at(3)), book(instrument, member, at(3), at(4))
    declare(instrument, keeper, at(1), at(5))
    booking.move(booking=moved, person=member, starts_at=at(6), ends_at=at(7), now=NOW)
    booking.cancel(booking=gone, person=member, now=NOW)
    outages.due(now=NOW)
    found = {one.booking_id: one.outcome for one in StruckBooking.objects.all()}
    assert found == {moved.pk: "moved", gone.pk: "cancelled"}


def test_a_booking_in_use_is_not_struck(instrument: Instrument, member: Person, keeper: Person) -> None:
    used = book(instrument, member, at(2), at(3))
    Session.objects.create(instrument=instrument, person=member, booking=used, started_at=at(2))
    declare(instrument, keeper, at(2), at(4), now=at(2, 30))
    assert not StruckBooking.objects.exists()


def test_one_place_out_leaves_the_others(instrument: Instrument, member: Person, guest: Person, keeper: Person) -> None:
    terms.change(instrument, person=keeper, now=NOW, positions=2)
    declare(instrument, keeper, at(2), at(4), position=0)
    made = book(instrument, member, at(2), at(3))
    assert made.position == 1
    with pytest.raises((booking.SlotTaken, booking.Refused)):
        book(instrument, guest, at(2), at(3))


def test_only_stewards_declare(instrument: Instrument, member: Person) -> None:
    with pytest.raises(NotAllowed, match="Only a steward"):
        declare(instrument, member, at(2), at(4))
    assert not Outage.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "words", "code"),
    [(at(4), at(2), "x", "end"), (at(0, day=20), at(1, day=20), "x", "over"), (at(2), at(3), "  ", "words")],
)
def test_an_outage_that_makes_no_sense_is_refused(
    instrument: Instrument, keeper: Person, start: Any, end: Any, words: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        declare(instrument, keeper, start, end, words=words)
    assert [one.code for one in refused.value.objections] == [code]
    assert not Outage.objects.exists()


def test_the_database_refuses_an_outage_that_ends_before_it_starts(instrument: Instrument, keeper: Person) -> None:
    with pytest.raises(IntegrityError, match="outage_ends_after_start"):
        Outage.objects.create(instrument=instrument, words="x", starts_at=at(4), ends_at=at(2), created_at=NOW)


def begin(instrument: Instrument, keeper: Person, rule: str = "FREQ=WEEKLY;BYDAY=MO", **more: Any) -> MaintenanceWindow:
    asked = {"starts_at": at(0), "minutes": 120, "words": "Source cleaning", "now": NOW}
    return outages.begin(instrument=instrument, person=keeper, rule=rule, **(asked | more))


def test_a_window_makes_its_outages_ahead_of_every_booking(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    begin(instrument, keeper)
    starts = list(Outage.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts[:3] == [at(0), at(0, day=30), at(0, day=23) + timedelta(days=14)]
    assert starts[-1] > NOW + timedelta(days=instrument.horizon_days)
    with pytest.raises(booking.Refused, match="Source cleaning"):
        book(instrument, member, at(1, day=30), at(3, day=30))
    before = Outage.objects.count()
    assert outages.make_ahead(now=NOW) == 0
    later = NOW + timedelta(days=14)
    assert outages.make_ahead(now=later) == 2
    assert Outage.objects.count() == before + 2


def test_a_window_keeps_the_hour_of_the_wall_clock_when_the_clocks_change(institution: Any, keeper: Person) -> None:
    berlin = make_instrument(institution, time_zone="Europe/Berlin", horizon_days=200)
    Steward.objects.create(person=keeper, instrument=berlin)
    window = begin(berlin, keeper, "FREQ=MONTHLY;BYMONTHDAY=25", starts_at=at(7, day=25))
    hours = {start.month: start.hour for start in outages.next_starts(window, NOW, 6)}
    assert (hours[3], hours[4]) == (7, 6), "08:00 in Berlin is 07:00 UTC in winter and 06:00 in summer"


def test_an_ended_window_takes_back_what_has_not_begun(instrument: Instrument, keeper: Person) -> None:
    window = begin(instrument, keeper)
    outages.finish(window=window, person=keeper, now=at(1))
    assert [one.starts_at for one in Outage.objects.standing()] == [at(0)]
    assert outages.make_ahead(now=at(1) + timedelta(days=60)) == 0


@pytest.mark.parametrize("rule", ["NONSENSE", "FREQ=HOURLY", "FREQ=WEEKLY;UNTIL=20200101T000000"])
def test_a_rule_that_cannot_be_is_refused(instrument: Instrument, keeper: Person, rule: str) -> None:
    with pytest.raises(Refused):
        begin(instrument, keeper, rule)
    assert not MaintenanceWindow.objects.exists()


def test_every_step_is_in_the_journal(instrument: Instrument, keeper: Person) -> None:
    outage = declare(instrument, keeper, NOW, None)
    outages.reschedule(outage=outage, person=keeper, starts_at=NOW, ends_at=at(9), now=NOW)
    outages.end(outage=outage, person=keeper, now=at(1))
    lines = JournalEntry.objects.filter(thing="access.outage", thing_id=str(outage.pk)).order_by("pk")
    assert [line.verb for line in lines] == ["declared", "rescheduled", "ended"]


def test_who_moved_out_of_an_outage_is_not_cancelled_with_the_others(
    instrument: Instrument, member: Person, guest: Person, keeper: Person
) -> None:
    terms.change(instrument, person=keeper, now=NOW, positions=2)
    gone, still = book(instrument, member, at(2), at(3)), book(instrument, guest, at(2), at(3))
    outage = declare(instrument, keeper, at(1), at(4))
    booking.move(booking=gone, person=member, starts_at=at(6), ends_at=at(7), now=NOW)
    assert outages.cancel_all(outage=outage, person=keeper, now=NOW) == 1
    gone.refresh_from_db()
    still.refresh_from_db()
    assert (gone.state, still.state) == ("confirmed", "cancelled")
    outcomes = dict(StruckBooking.objects.values_list("booking", "outcome"))
    assert outcomes == {gone.pk: "moved", still.pk: "cancelled"}


def test_who_moved_to_another_place_is_not_struck_by_the_outage_of_the_first(
    instrument: Instrument, member: Person, keeper: Person
) -> None:
    terms.change(instrument, person=keeper, now=NOW, positions=2)
    mine = book(instrument, member, at(2), at(3))
    outage = declare(instrument, keeper, at(1), at(4), position=mine.position)
    booking.move(booking=mine, person=member, starts_at=at(2), ends_at=at(4), now=NOW)
    assert outages.cancel_all(outage=outage, person=keeper, now=NOW) == 0
    assert StruckBooking.objects.get().outcome == "moved"
