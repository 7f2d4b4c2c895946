"""The calendar feed and the iCal feed."""

from datetime import timedelta
from typing import Any

from icalendar import Calendar

from liqi.access import booking, calendar, ical, session
from liqi.access.models import Booking, Order
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, at, make_instrument
from tests.access.test_booking import book


def test_a_week_holds_the_live_bookings_that_touch_it(instrument: Any, member: Person, guest: Person) -> None:
    first = book(instrument, member, at(23, day=22), at(1))
    book(instrument, guest, at(5), at(6))
    gone = book(instrument, guest, at(8), at(9))
    booking.cancel(booking=gone, person=guest, now=NOW)
    book(instrument, guest, at(0, day=30), at(1, day=30))
    found = calendar.week([instrument], at(0), person=member)
    assert [(each["start"], each["end"], each["mine"]) for each in found] == [
        ("2026-11-22T23:00:00Z", "2026-11-23T01:00:00Z", True),
        ("2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z", False),
    ]
    assert (found[0]["id"], found[0]["order"], found[1]["order"]) == (first.pk, first.order.key, "")


def test_a_steward_sees_what_for_and_a_visitor_sees_only_when(instrument: Any, guest: Person, steward: Person) -> None:
    book(instrument, guest, title="Leaves")
    (cared,), (visited,) = (calendar.week([instrument], at(0), person=person) for person in (steward, None))
    assert (cared["title"], cared["person"], cared["changeable"]) == ("Leaves", "Gast", True)
    assert (visited["title"], visited["person"], visited["changeable"]) == ("", "", False)


def test_nine_thousand_events_cost_three_queries(
    institution: Institution, member: Person, django_assert_max_num_queries: Any
) -> None:
    instruments = [make_instrument(institution) for _each in range(20)]
    order = Order.objects.create(title="x", person=member, created_at=NOW)
    Booking.objects.bulk_create(
        [
            Booking(
                order=order, instrument=instrument, person=member, created_at=NOW,
                starts_at=at(0) + timedelta(minutes=15 * n), ends_at=at(0) + timedelta(minutes=15 * n + 15),
            )
            for instrument in instruments
            for n in range(460)
        ],
        batch_size=500,
    )  # fmt: skip
    with django_assert_max_num_queries(3):
        assert len(calendar.week(Instrument.objects.all(), at(0), person=member)) == 9200


def test_closed_time_says_why(instrument: Any) -> None:
    instrument.opening_hours = {"mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]]}
    instrument.notice_minutes, instrument.horizon_days = 60, 1
    found = calendar.closed(instrument, at(0), at(6, day=24), now=at(2))
    assert [(each["why"], each["start"][8:16], each["end"][8:16]) for each in found] == [
        ("past", "23T00:00", "23T02:00"),
        ("notice", "23T02:00", "23T03:00"),
        ("horizon", "24T02:00", "24T06:00"),
        ("closed", "23T00:00", "23T01:00"),
        ("closed", "23T04:00", "24T01:00"),
        ("closed", "24T04:00", "24T06:00"),
    ]


def test_tells_what_runs_now(instrument: Any, member: Person) -> None:
    session.start(booking=book(instrument, member), person=member, now=at(1))
    assert calendar.running([instrument]) == {instrument.key: at(1)}


def test_the_feed_of_a_person_is_a_calendar_with_cancellations(instrument: Any, member: Person, guest: Person) -> None:
    made = book(instrument, member, title="Leaves; and \n roots")
    gone = book(instrument, member, at(5), at(6))
    booking.cancel(booking=gone, person=member, now=NOW)
    book(instrument, guest, at(8), at(9))
    read = Calendar.from_ical(ical.feed(person=member, now=NOW, site="https://liqi.example.org"))
    events = {str(event["UID"]): event for event in read.walk("VEVENT")}
    assert sorted(events) == sorted(f"booking-{each.pk}@liqi" for each in (made, gone))
    kept = events[f"booking-{made.pk}@liqi"]
    assert (kept.decoded("dtstart"), kept.decoded("dtend")) == (at(1), at(3))
    assert str(kept["URL"]) == f"https://liqi.example.org/orders/{made.order.key}/"
    assert [str(event["STATUS"]) for event in events.values()] == ["CONFIRMED", "CANCELLED"]


def test_the_address_of_a_feed_is_secret_and_can_be_renewed(member: Person) -> None:
    old = member.feed_token
    assert ical.person_of(old) == member
    assert ical.person_of("") is None
    new = ical.renew(person=member, now=NOW)
    assert (ical.person_of(old), ical.person_of(new)) == (None, member)
    assert new not in str(list(JournalEntry.objects.values()))
