"""Positions, buffers and set-up families keep bookings apart as the terms say."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import availability, booking, free, terms
from liqi.access.booking import NotAllowed, Refused, SlotTaken
from liqi.access.models import Booking, BookingTerms
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Facility
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW, at, make_instrument, make_person


def book(instrument: Any, person: Person, start: int, end: int, **more: Any) -> Booking:
    return booking.book(
        instrument=instrument, person=person, starts_at=at(start), ends_at=at(end), now=NOW, **more
    )  # fmt: skip


def test_the_lowest_free_position_is_taken_until_all_are(instrument: Any, member: Person, steward: Person) -> None:
    terms.change(instrument, person=steward, now=NOW, positions=2)
    people = [member, make_person("A"), make_person("B"), make_person("C")]
    first, second = (book(instrument, person, 1, 3) for person in people[:2])
    assert (first.position, second.position) == (0, 1)
    with pytest.raises(SlotTaken) as taken:
        book(instrument, people[2], 2, 4)
    assert taken.value.nearest[-1] == (at(3), at(5))
    booking.cancel(booking=first, person=member, now=NOW)
    assert book(instrument, people[2], 2, 4).position == 0
    assert book(instrument, people[3], 3, 5).position == 1


def test_what_has_places_left_is_not_called_booked(instrument: Any, member: Person, steward: Person) -> None:
    terms.change(instrument, person=steward, now=NOW, positions=2)
    book(instrument, member, 1, 3)
    assert (availability.read(instrument, now=at(2)).state, availability.read(instrument, now=at(2)).until) == (
        "free", None,
    )  # fmt: skip
    book(instrument, make_person("A"), 1, 4)
    known = availability.read(instrument, now=at(2))
    assert (known.state, known.until) == ("booked", at(3))
    terms.change(instrument, person=steward, now=NOW, positions=3)
    assert availability.read(instrument, now=at(2)).state == "free"


def test_a_booking_that_is_made_longer_stays_on_its_position(instrument: Any, member: Person, steward: Person) -> None:
    terms.change(instrument, person=steward, now=NOW, positions=2)
    first, second = book(instrument, member, 1, 3), book(instrument, make_person("A"), 1, 3)
    booking.cancel(booking=first, person=member, now=NOW)
    longer = booking.resize(booking=second, person=second.person, ends_at=at(4), now=NOW)
    assert (longer.position, longer.held_until) == (1, at(4))


def test_buffers_of_both_lie_between_two_bookings(instrument: Any, member: Person, steward: Person) -> None:
    terms.change(instrument, person=steward, now=NOW, before_minutes=30, after_minutes=15)
    first = book(instrument, member, 1, 2)
    assert (first.held_from, first.held_until) == (at(0, 30), at(2, 15))
    guest = make_person("A")
    with pytest.raises(SlotTaken) as taken:
        booking.book(instrument=instrument, person=guest, starts_at=at(2, 30), ends_at=at(3), now=NOW)
    assert taken.value.nearest[-1] == (at(2, 45), at(3, 15))
    booking.book(instrument=instrument, person=guest, starts_at=at(2, 45), ends_at=at(3, 15), now=NOW)
    assert free.periods_of(instrument, at(1), at(3)) == []


def test_set_up_between_families_is_kept_on_both_sides(instrument: Any, member: Person, steward: Person) -> None:
    setup = {"water": {"oil": 60}, "oil": {"water": 120}}
    terms.change(instrument, person=steward, now=NOW, families=["water", "oil"], setup_minutes=setup)
    people = [make_person(name) for name in "ABCD"]
    book(instrument, member, 4, 5, family="oil")
    for start, end in ((2, 4), (5, 6), (6, 7)):
        with pytest.raises(SlotTaken):
            book(instrument, people[0], start, end, family="water")
    book(instrument, people[0], 5, 6, family="oil")
    book(instrument, people[1], 2, 3, family="water")
    book(instrument, people[2], 8, 9, family="water")
    with pytest.raises(SlotTaken):
        book(instrument, people[3], 9, 10)
    book(instrument, people[3], 10, 11)
    with pytest.raises(Refused, match="expected one of: water, oil"):
        book(instrument, people[3], 20, 21, family="air")


def test_the_facilitys_terms_hold_where_the_instrument_has_none(institution: Any, member: Person) -> None:
    kind = next(iter(FACILITY_KINDS.values()))
    facility = Facility.objects.create(
        key="f", name="F", source="test", institution=institution, kind=kind.code, facility_class=kind.facility_class,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    one, other = make_instrument(institution, facility=facility), make_instrument(institution, facility=facility)
    operator = make_person("Op", is_operator=True)
    terms.change(facility, person=operator, now=NOW, positions=3)
    terms.change(one, person=operator, now=NOW, positions=2)
    assert (terms.of(one).positions, terms.of(other).positions) == (2, 3)
    assert {pk: each.positions for pk, each in terms.of_many([one, other]).items()} == {one.pk: 2, other.pk: 3}
    assert JournalEntry.objects.filter(verb="set booking terms").count() == 2


@pytest.mark.parametrize(
    "fields",
    [{"positions": 0}, {"positions": 201}, {"before_minutes": -1}, {"after_minutes": 1441}, {"families": ["a", "a"]},
     {"families": [""]}, {"families": "ab"}, {"setup_minutes": {"a": {"b": 1}}}, {"setup_minutes": []},
     {"families": ["a"], "setup_minutes": {"a": {"a": 1.5}}}, {"approval": "maybe"}, {"approval_hours": 0}],
)  # fmt: skip
def test_bad_terms_change_nothing(instrument: Any, steward: Person, fields: dict[str, Any]) -> None:
    with pytest.raises(terms.BadTerms) as bad:
        terms.change(instrument, person=steward, now=NOW, **fields)
    assert bad.value.wrong
    assert not BookingTerms.objects.exists()


def test_only_stewards_set_terms(instrument: Any, member: Person) -> None:
    with pytest.raises(NotAllowed, match="steward"):
        terms.change(instrument, person=member, now=NOW, positions=2)


def test_the_database_keeps_positions_and_buffers_apart_by_itself(instrument: Any, member: Person) -> None:
    first = book(instrument, member, 1, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=first.pk).update(held_from=at(2))
    other = book(instrument, make_person("A"), 4, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=other.pk).update(held_from=at(4) - timedelta(hours=2))
    Booking.objects.filter(pk=other.pk).update(position=1, held_from=at(2))
