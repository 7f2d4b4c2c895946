"""Findings are settled, sessions corrected, hours confirmed, by stewards alone, and all of it can be undone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from liqi.access.metering import confirmation, correction, meters, reconciliation, settlement
from liqi.access.metering.meters import Read
from liqi.access.metering.reconciliation import FileTime
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Booking, Confirmation, Correction, Session, Settlement
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Kind
from tests.access.conftest import NOW, at
from tests.access.test_booking import book

LATER = at(12, day=24)
DAY = at(0), at(0, day=24)


def ran(booking: Booking, start: Any, end: Any) -> Session:
    session = Session(
        booking=booking, instrument=booking.instrument, person=booking.person, organisation=booking.organisation,
        started_at=start, ended_at=end,
    )  # fmt: skip
    session.effective_hours = session.hours_until(end)
    session.save()
    return session


@pytest.fixture
def session(instrument: Any, member: Person) -> Session:
    """Lin, 01:00 to 05:00."""
    return ran(book(instrument, member, at(1), at(5)), at(1), at(5))


def power(instrument: Any, steward: Person, *pieces: tuple[int, int, float]) -> None:
    """A reading every five minutes of 23 November, of the value of the piece (from hour, to hour, value)."""
    meters.keep(instrument=instrument, person=steward, now=NOW, name="power")
    values = {
        at(0) + timedelta(minutes=5 * n): next((v for one, other, v in pieces if one * 12 <= n < other * 12), 0.0)
        for n in range(288)
    }
    readings = [Read("power", moment, value) for moment, value in values.items()]
    meters.take(instrument=instrument, readings=readings, now=LATER)


def look(instrument: Any, **more: Any) -> reconciliation.Seen:
    return reconciliation.read_one(instrument, *DAY, now=LATER, **more)


def test_idle_running_is_found_taken_off_and_put_back(session: Session, steward: Person) -> None:
    power(session.instrument, steward, (1, 3, 300.0), (3, 5, 50.0))
    (finding,) = look(session.instrument).open
    assert (finding.kind, finding.claim) == (Kind.IDLE, session.pk)
    done = settlement.accept(instrument=session.instrument, finding=finding, person=steward, now=LATER)
    session.refresh_from_db()
    assert (session.idle, session.effective_hours) == (timedelta(minutes=90), Decimal("2.5000"))
    assert look(session.instrument).open == ()
    settlement.undo(settlement=done, person=steward, now=LATER)
    session.refresh_from_db()
    assert (session.idle, session.effective_hours) == (timedelta(0), Decimal("4.0000"))
    assert [one.kind for one in look(session.instrument).open] == [Kind.IDLE]
    assert Correction.objects.get().undone_by == steward


def test_ghost_hours_become_a_session_of_the_booking_and_are_withdrawn_again(
    instrument: Any, member: Person, steward: Person
) -> None:
    booked = book(instrument, member, at(1), at(5))
    power(instrument, steward, (1, 4, 300.0))
    (finding,) = look(instrument).open
    assert finding.kind is Kind.GHOST
    done = settlement.accept(instrument=instrument, finding=finding, person=steward, now=LATER)
    made = Session.objects.get()
    assert (made.booking, made.person, made.source) == (booked, member, Session.Source.SENSOR)
    assert (made.effective_hours, made.outside) == (Decimal("3.0000"), False)
    assert look(instrument).open == ()
    settlement.undo(settlement=done, person=steward, now=LATER)
    made.refresh_from_db()
    assert (made.withdrawn, made.effective_hours) == (True, 0)
    assert [one.kind for one in look(instrument).open] == [Kind.GHOST]


def test_a_ghost_that_nobody_booked_needs_a_name(instrument: Any, guest: Person, steward: Person) -> None:
    power(instrument, steward, (1, 4, 300.0))
    (finding,) = look(instrument).open
    with pytest.raises(NotPossible, match="name the person"):
        settlement.accept(instrument=instrument, finding=finding, person=steward, now=LATER)
    settlement.accept(instrument=instrument, finding=finding, person=steward, user=guest, now=LATER)
    assert Session.objects.get().outside


def test_files_are_a_source_when_somebody_knows_them(instrument: Any, member: Person, steward: Person) -> None:
    def files(instruments: Any, _start: Any, _end: Any) -> list[FileTime]:
        return [FileTime(instrument.pk, at(2, minute), f"{minute}.raw") for minute in (0, 10, 20)]

    assert look(instrument).open == ()
    (finding,) = look(instrument, files=files).open
    assert (finding.kind, finding.starts_at, finding.ends_at) == (Kind.GHOST, at(1, 50), at(2, 20))
    settlement.accept(instrument=instrument, finding=finding, person=steward, user=member, now=LATER)
    assert Session.objects.get().source == Session.Source.FILES


def test_what_is_right_as_it_is_needs_a_reason_and_stays_settled(session: Session, steward: Person) -> None:
    power(session.instrument, steward, (1, 3, 300.0), (3, 5, 50.0))
    (finding,) = look(session.instrument).open
    with pytest.raises(NotPossible, match="no reason"):
        settlement.dismiss(instrument=session.instrument, finding=finding, person=steward, reason=" ", now=LATER)
    given = {"instrument": session.instrument, "finding": finding, "person": steward, "now": LATER}
    done = settlement.dismiss(**given, reason="Cold stage, measured below the meter's threshold")
    seen = look(session.instrument)
    assert (seen.open, [one for _finding, one in seen.settled]) == ((), [done])
    with pytest.raises(NotPossible, match="a moment ago"):
        settlement.dismiss(**given, reason="again")
    with pytest.raises(NotPossible, match="not open any more"):
        settlement.find(session.instrument, finding.kind.value, finding.starts_at, finding.ends_at, now=LATER)


def test_a_correction_keeps_what_was_and_asks_for_confirmation_again(session: Session, steward: Person) -> None:
    confirmation.confirm_one(session=session, person=steward, now=LATER)
    change = {"ended_at": at(4), "idle": timedelta(minutes=30), "purpose": Session.Purpose.TEACHING}
    made = correction.correct(session=session, person=steward, reason="left earlier", now=LATER, **change)
    session.refresh_from_db()
    assert (session.effective_hours, session.confirmation, session.purpose) == (Decimal("2.5000"), None, "teaching")
    assert (made.before["effective_hours"], made.after["effective_hours"]) == ("4.0000", "2.5000")
    line = JournalEntry.objects.get(verb="corrected")
    assert set(line.facts["changed"]) == {"ended_at", "idle_seconds", "effective_hours", "purpose"}
    correction.undo(correction=made, person=steward, now=LATER)
    session.refresh_from_db()
    assert (session.effective_hours, session.ended_at, session.purpose) == (Decimal("4.0000"), at(5), "")


def test_the_user_of_a_session_decides_whether_it_is_outside_use(
    session: Session, guest: Person, steward: Person
) -> None:
    made = Session.objects.get()
    made_by = correction.correct(session=made, person=steward, reason="it was the firm", now=LATER, user=guest)
    made.refresh_from_db()
    assert (made.person, made.outside) == (guest, True)
    correction.undo(correction=made_by, person=steward, now=LATER)
    made.refresh_from_db()
    assert (made.person.name, made.outside) == ("Lin", False)


def test_corrections_that_cannot_be_are_refused(
    session: Session, member: Person, guest: Person, steward: Person
) -> None:
    other = ran(book(session.instrument, guest, at(6), at(8)), at(6), at(8))
    say = {"session": session, "person": steward, "now": LATER}
    for change, words in (
        ({"ended_at": at(1)}, "at or before the start"),
        ({"idle": timedelta(hours=5)}, "longer than the session"),
        ({"ended_at": at(7)}, "Gast's session"),
        ({}, "no change"),
    ):
        with pytest.raises(NotPossible, match=words):
            correction.correct(**say, reason="because", **change)
    with pytest.raises(NotPossible, match="no reason"):
        correction.correct(**say, reason="  ", ended_at=at(4))
    with pytest.raises(NotAllowed):
        correction.correct(session=session, person=member, reason="mine", now=LATER, ended_at=at(4))
    assert not Correction.objects.exists()
    assert other.ended_at == at(8)


def test_the_earlier_of_two_corrections_waits_for_the_later_to_be_undone(session: Session, steward: Person) -> None:
    first = correction.correct(session=session, person=steward, reason="one", now=LATER, ended_at=at(4))
    second = correction.correct(session=session, person=steward, reason="two", now=LATER, ended_at=at(3))
    with pytest.raises(NotPossible, match="later correction"):
        correction.undo(correction=first, person=steward, now=LATER)
    correction.undo(correction=second, person=steward, now=LATER)
    correction.undo(correction=first, person=steward, now=LATER)
    correction.undo(correction=first, person=steward, now=LATER)
    session.refresh_from_db()
    assert session.ended_at == at(5)


def test_all_that_nobody_contests_is_confirmed_at_once_and_the_rest_waits(
    session: Session, guest: Person, steward: Person
) -> None:
    power(session.instrument, steward, (1, 3, 300.0), (3, 5, 50.0), (6, 8, 300.0))
    fine = ran(book(session.instrument, guest, at(6), at(8)), at(6), at(8))
    done = confirmation.confirm(person=steward, starts_at=DAY[0], ends_at=DAY[1], now=LATER)
    assert (done.sessions, done.left) == (1, 1)
    assert list(Session.objects.confirmed()) == [fine]
    assert done.confirmation is not None
    again = confirmation.confirm(person=steward, starts_at=DAY[0], ends_at=DAY[1], now=LATER)
    assert (again.confirmation, again.sessions, again.left) == (None, 0, 1)
    assert confirmation.undo(confirmation=done.confirmation, person=steward, now=LATER) == 1
    assert not Session.objects.confirmed().exists()
    assert Confirmation.objects.get().undone_at == LATER


def test_the_queue_counts_what_waits_in_two_queries(
    session: Session, steward: Person, django_assert_num_queries: Any
) -> None:
    confirmation.confirm_one(session=session, person=steward, now=LATER)
    ran(book(session.instrument, session.person, at(6), at(8)), at(6), at(8))
    with django_assert_num_queries(2):
        (line,) = confirmation.queue(steward, *DAY)
    assert (line.sessions, line.waiting, line.effective, line.confirmed) == (2, 1, Decimal(6), Decimal(4))


def test_nobody_but_the_steward_sees_settles_or_confirms(session: Session, member: Person, steward: Person) -> None:
    assert confirmation.queue(member, *DAY) == []
    assert confirmation.confirm(person=member, starts_at=DAY[0], ends_at=DAY[1], now=LATER).sessions == 0
    with pytest.raises(NotAllowed):
        confirmation.confirm(
            instruments=Instrument.objects.all(), person=member, starts_at=DAY[0], ends_at=DAY[1], now=LATER
        )
    with pytest.raises(NotAllowed):
        confirmation.confirm_one(session=session, person=member, now=LATER)
    made = confirmation.confirm_one(session=session, person=steward, now=LATER)
    with pytest.raises(NotAllowed, match="Wei"):
        confirmation.undo(confirmation=made, person=member, now=LATER)


def test_many_instruments_are_read_with_the_queries_of_one(
    session: Session, institution: Any, django_assert_num_queries: Any
) -> None:
    from tests.access.conftest import make_instrument

    more = [make_instrument(institution).pk for _n in range(5)]
    with django_assert_num_queries(6):
        reconciliation.read([session.instrument_id, *more], *DAY, now=LATER)


def test_a_settlement_is_for_one_finding_once(session: Session, steward: Person) -> None:
    power(session.instrument, steward, (1, 3, 300.0), (3, 5, 50.0))
    (finding,) = look(session.instrument).open
    settlement.accept(instrument=session.instrument, finding=finding, person=steward, now=LATER)
    with pytest.raises(NotPossible):
        settlement.accept(instrument=session.instrument, finding=finding, person=steward, now=LATER)
    assert (Settlement.objects.count(), Correction.objects.count()) == (1, 1)
