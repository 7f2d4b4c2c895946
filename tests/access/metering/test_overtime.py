"""Who runs over is told, who comes next is told in time, and what was forgotten ends where the evidence ends."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from liqi.access import session
from liqi.access.metering import meters, overtime, terms, walk_up
from liqi.access.metering.meters import Read
from liqi.access.models import Booking, LogOn, Session
from liqi.access.rules import Refused
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice, Person
from tests.access.conftest import NOW, at
from tests.access.test_booking import book, codes


@pytest.fixture
def running(instrument: Any, member: Person) -> Session:
    """Lin, booked 01:00 to 03:00, began at 01:00 and went on."""
    return session.start(booking=book(instrument, member, at(1), at(3)), person=member, now=at(1))


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_nobody_is_told_while_the_booking_lasts(running: Session, member: Person) -> None:
    assert overtime.due(now=at(2, 59)) == 0
    assert told(member) == []


def test_who_runs_over_is_told_once_and_who_comes_next_when_their_time_is_near(
    running: Session, member: Person, guest: Person
) -> None:
    book(running.instrument, guest, at(3, 30), at(5))
    assert overtime.due(now=at(3, 5)) == 1
    assert overtime.due(now=at(3, 10)) == 0
    assert (told(member), told(guest)) == (["session.over"], [])
    assert overtime.due(now=at(3, 16)) == 1
    assert overtime.due(now=at(3, 20)) == 0
    assert told(guest) == ["session.in_the_way"]
    assert told(member) == ["session.over", "session.over"]


def test_a_forgotten_session_ends_where_its_booking_did_and_its_person_is_told(
    running: Session, member: Person
) -> None:
    overtime.due(now=at(3, 30))
    assert overtime.due(now=at(4, 1)) == 1
    running.refresh_from_db()
    assert (running.ended_at, running.ended_by, running.effective_hours) == (at(3), "rule", Decimal(2))
    assert told(member)[-1] == "session.ended_by_rule"
    assert overtime.due(now=at(5)) == 0


def power(running: Session, steward: Person, until: Any, quiet_until: Any) -> None:
    meters.keep(instrument=running.instrument, person=steward, now=NOW, name="power")
    moment, readings = running.started_at, []
    while moment <= quiet_until:
        readings.append(Read("power", moment, 300.0 if moment < until else 50.0))
        moment += timedelta(minutes=5)
    meters.take(instrument=running.instrument, readings=readings, now=quiet_until)


def test_with_a_meter_it_ends_soon_after_the_machine_stopped(running: Session, steward: Person) -> None:
    power(running, steward, until=at(2, 50), quiet_until=at(3, 10))
    assert overtime.due(now=at(3, 10)) == 1
    running.refresh_from_db()
    assert (running.ended_at, running.ended_by) == (at(3), "rule")


def test_work_beyond_the_booking_counts_until_it_stopped(running: Session, steward: Person) -> None:
    power(running, steward, until=at(3, 40), quiet_until=at(4, 0))
    overtime.due(now=at(4, 0))
    running.refresh_from_db()
    assert running.ended_at == at(3, 40)


def test_a_machine_that_still_works_is_not_cut_off(running: Session, steward: Person) -> None:
    power(running, steward, until=at(9), quiet_until=at(4, 30))
    overtime.due(now=at(4, 31))
    running.refresh_from_db()
    assert running.is_running


def test_somebody_at_the_pc_keeps_it_from_ending_early(running: Session, steward: Person) -> None:
    power(running, steward, until=at(2, 50), quiet_until=at(3, 10))
    LogOn.objects.create(instrument=running.instrument, name="pc", account="lab", started_at=at(1))
    overtime.due(now=at(3, 10))
    running.refresh_from_db()
    assert running.is_running


def test_how_long_is_forgotten_is_for_the_stewards_to_say(running: Session, steward: Person) -> None:
    minutes = {"startup": 30, "post": 30, "idle_after": 15, "forgotten_after": 10}
    terms.change(instrument=running.instrument, person=steward, now=NOW, walk_up=True, minutes=minutes)
    overtime.due(now=at(3, 11))
    running.refresh_from_db()
    assert not running.is_running


def test_who_comes_next_takes_over_from_who_runs_over(running: Session, guest: Person) -> None:
    later = book(running.instrument, guest, at(3), at(5))
    with pytest.raises(Refused, match="take over") as refused:
        session.start(booking=later, person=guest, now=at(3, 5))
    assert codes(refused) == ["in_use"]
    made = session.start(booking=later, person=guest, now=at(3, 5), take_over=True)
    running.refresh_from_db()
    assert (made.is_running, running.ended_at, running.ended_by) == (True, at(3), "rule")


def test_nobody_is_thrown_out_within_their_booking(running: Session, guest: Person) -> None:
    later = book(running.instrument, guest, at(3), at(5))
    with pytest.raises(Refused):
        session.start(booking=later, person=guest, now=at(2, 50), take_over=True)
    running.refresh_from_db()
    assert running.is_running


def test_a_steward_starts_with_somebody_and_nobody_else_does(
    instrument: Any, member: Person, guest: Person, steward: Person
) -> None:
    booked = book(instrument, member, at(1), at(3))
    with pytest.raises(NotAllowed, match="does not look after"):
        session.start(booking=booked, person=member, now=at(1), staff=guest)
    made = session.start(
        booking=booked, person=member, now=at(1), staff=steward, others=[guest], purpose=Session.Purpose.TEACHING
    )
    assert (made.person, made.staff, list(made.others.all()), made.purpose) == (member, steward, [guest], "teaching")


def test_a_walk_up_holds_the_instrument_until_the_next_booking(instrument: Any, member: Person, guest: Person) -> None:
    book(instrument, guest, at(2), at(4))
    made = walk_up.start(instrument=instrument, person=member, now=at(1))
    assert made.booking is not None
    assert (made.booking.starts_at, made.booking.ends_at) == (at(1), at(2))
    assert walk_up.start(instrument=instrument, person=member, now=at(1, 5)) == made


def test_a_walk_up_that_cannot_start_leaves_no_booking(running: Session, guest: Person) -> None:
    with pytest.raises(Refused):
        walk_up.start(instrument=running.instrument, person=guest, now=at(3, 5))
    assert not Booking.objects.live().filter(person=guest).exists()


def test_walk_up_is_for_the_stewards_to_allow(instrument: Any, member: Person, steward: Person) -> None:
    minutes = {"startup": 30, "post": 30, "idle_after": 15, "forgotten_after": 60}
    terms.change(instrument=instrument, person=steward, now=NOW, walk_up=False, minutes=minutes)
    with pytest.raises(Refused) as refused:
        walk_up.start(instrument=instrument, person=member, now=at(1))
    assert codes(refused) == ["walk_up"]
    assert walk_up.start(instrument=instrument, person=steward, now=at(1)).is_running


def test_a_booking_that_waits_for_approval_starts_nothing(instrument: Any, member: Person) -> None:
    booked = book(instrument, member, at(1), at(3))
    Booking.objects.filter(pk=booked.pk).update(state=Booking.State.REQUESTED)
    booked.refresh_from_db()
    with pytest.raises(Refused) as refused:
        session.start(booking=booked, person=member, now=at(1))
    assert codes(refused) == ["not_confirmed"]
