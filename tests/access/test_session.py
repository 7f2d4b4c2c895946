"""Sessions are metered by the user of the booking."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import booking, session
from liqi.access.models import Booking, Session
from liqi.access.session import NotAllowed, Refused
from liqi.accounts.models import JournalEntry, Person
from tests.access.conftest import NOW, at
from tests.access.test_booking import book, codes


@pytest.fixture
def booked(instrument: Any, member: Person) -> Booking:
    return book(instrument, member, at(1), at(3))


def test_meters_the_hours_between_start_and_end_without_idle_time(booked: Booking, member: Person) -> None:
    run = session.start(booking=booked, person=member, now=at(1, 5))
    assert run.is_running
    done = session.end(session=run, person=member, now=at(2, 35), idle=timedelta(minutes=15))
    assert (done.effective_hours, done.outside) == (Decimal("1.2500"), False)
    assert [line.verb for line in JournalEntry.objects.filter(thing="access.session").order_by("pk")] == [
        "started",
        "ended",
    ]


def test_hours_of_a_user_from_elsewhere_are_outside_hours(instrument: Any, guest: Person) -> None:
    run = session.start(booking=book(instrument, guest), person=guest, now=at(1))
    assert session.end(session=run, person=guest, now=at(2)).outside


def test_starting_and_ending_twice_change_nothing(booked: Booking, member: Person) -> None:
    run = session.start(booking=booked, person=member, now=at(1))
    assert session.start(booking=booked, person=member, now=at(1, 1)) == run
    done = session.end(session=run, person=member, now=at(2))
    assert session.end(session=run, person=member, now=at(3)).ended_at == done.ended_at == at(2)


def test_nobody_starts_the_session_of_another_not_even_a_steward(
    booked: Booking, guest: Person, steward: Person
) -> None:
    for person in (guest, steward):
        with pytest.raises(NotAllowed, match="Lin's"):
            session.start(booking=booked, person=person, now=at(1))


def test_a_forgotten_session_is_ended_by_a_steward_and_no_stranger(
    booked: Booking, member: Person, guest: Person, steward: Person
) -> None:
    run = session.start(booking=booked, person=member, now=at(1))
    with pytest.raises(NotAllowed):
        session.end(session=run, person=guest, now=at(2))
    assert not session.end(session=run, person=steward, now=at(2)).is_running


@pytest.mark.parametrize(("hour", "minute", "code"), [(0, 44, "early"), (3, 0, "over")], ids=["too early", "too late"])
def test_starts_only_in_its_time(booked: Booking, member: Person, hour: int, minute: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        session.start(booking=booked, person=member, now=at(hour, minute))
    assert codes(refused) == [code]
    assert session.start(booking=booked, person=member, now=at(0, 45)).is_running


def test_a_cancelled_booking_starts_nothing(booked: Booking, member: Person) -> None:
    booking.cancel(booking=booked, person=member, now=NOW)
    with pytest.raises(Refused) as refused:
        session.start(booking=booked, person=member, now=at(1))
    assert codes(refused) == ["cancelled"]


def test_one_instrument_runs_one_session(booked: Booking, member: Person, guest: Person) -> None:
    run = session.start(booking=booked, person=member, now=at(1))
    later = book(booked.instrument, guest, at(3), at(4))
    with pytest.raises(Refused, match="Lin's session") as refused:
        session.start(booking=later, person=guest, now=at(3))
    assert codes(refused) == ["in_use"]
    session.end(session=run, person=member, now=at(3))
    assert session.start(booking=later, person=guest, now=at(3)).is_running


def test_ends_after_its_start_with_no_more_idle_time_than_there_was(booked: Booking, member: Person) -> None:
    run = session.start(booking=booked, person=member, now=at(1))
    for now, idle in ((at(1), 0), (at(2), 61), (at(2), -1)):
        with pytest.raises(Refused) as refused:
            session.end(session=run, person=member, now=now, idle=timedelta(minutes=idle))
        assert codes(refused) == ["no_time"]


def test_the_database_keeps_end_after_start_and_hours_with_the_end(booked: Booking, member: Person) -> None:
    given = {"booking": booked, "instrument": booked.instrument, "person": member, "started_at": at(1)}
    for wrong in ({"ended_at": at(1), "effective_hours": 0}, {"ended_at": at(2)}, {"effective_hours": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.create(**given, **wrong)
