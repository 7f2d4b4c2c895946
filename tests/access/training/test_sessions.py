"""Seats of a session: never more than there are, and the first in line has the next."""

from datetime import timedelta

import pytest

from liqi.access.models import Course, Enrolment, Qualification, TrainingSession
from liqi.access.training import sessions
from liqi.access.training.sessions import NotPossible
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice, Person
from tests.access.conftest import NOW, at, make_person

HOUR = timedelta(hours=1)


@pytest.fixture
def session(course: Course, steward: Person) -> TrainingSession:
    return sessions.plan(
        course=course, starts_at=at(2), ends_at=at(4), time_zone="Asia/Shanghai", places=1, by=steward, now=NOW
    )


def test_a_seat_is_had_once_and_the_next_waits(session: TrainingSession, member: Person, guest: Person) -> None:
    first = sessions.enrol(session=session, person=member, now=NOW)
    assert (first.state, first.seat) == ("enrolled", 0)
    assert sessions.enrol(session=session, person=member, now=NOW).pk == first.pk
    second = sessions.enrol(session=session, person=guest, now=NOW)
    assert (second.state, second.seat) == ("waiting", None)


def test_a_seat_given_back_goes_to_the_first_in_line_who_is_told(
    session: TrainingSession, member: Person, guest: Person
) -> None:
    mine = sessions.enrol(session=session, person=member, now=NOW)
    sessions.enrol(session=session, person=guest, now=NOW)
    later = make_person("Later")
    sessions.enrol(session=session, person=later, now=NOW + HOUR)
    sessions.leave(enrolment=mine, by=member, now=NOW + HOUR)
    states = dict(Enrolment.objects.values_list("person__name", "state"))
    assert states == {"Lin": "left", "Gast": "enrolled", "Later": "waiting"}
    assert [told.kind for told in Notice.objects.filter(person=guest)] == ["training.seat"]


def test_who_left_can_come_back_at_the_end_of_the_line(session: TrainingSession, member: Person, guest: Person) -> None:
    mine = sessions.enrol(session=session, person=member, now=NOW)
    sessions.enrol(session=session, person=guest, now=NOW)
    sessions.leave(enrolment=mine, by=member, now=NOW)
    assert sessions.enrol(session=session, person=member, now=NOW).state == "waiting"


def test_nobody_enrols_in_what_has_begun_or_is_cancelled(
    session: TrainingSession, member: Person, steward: Person
) -> None:
    with pytest.raises(NotPossible, match="has begun"):
        sessions.enrol(session=session, person=member, now=at(2))
    sessions.enrol(session=session, person=member, now=at(1))
    sessions.cancel(session=session, by=steward, now=at(1), why="ill")
    assert [told.kind for told in Notice.objects.filter(person=member)] == ["training.cancelled"]
    with pytest.raises(NotPossible, match="cancelled"):
        sessions.enrol(session=session, person=make_person("Late"), now=at(1))


def test_attendance_qualifies_those_who_came_and_only_those(
    course: Course, member: Person, guest: Person, steward: Person
) -> None:
    session = sessions.plan(
        course=course, starts_at=at(2), ends_at=at(4), time_zone="Asia/Shanghai", places=5, by=steward, now=NOW
    )
    for person in (member, guest):
        sessions.enrol(session=session, person=person, now=NOW)
    with pytest.raises(NotPossible, match="not begun"):
        sessions.attendance(session=session, present={member.pk}, by=steward, now=at(1))
    sessions.attendance(session=session, present={member.pk}, by=steward, now=at(5))
    made = Qualification.objects.get()
    assert (made.person, made.level, made.source, str(made.granted_on), str(made.expires_on)) == (
        member, "self", "training", "2026-11-23", "2028-11-23",
    )  # fmt: skip
    assert Enrolment.objects.get(person=guest).state == "absent"
    sessions.attendance(session=session, present={member.pk}, by=steward, now=at(6))
    assert Qualification.objects.count() == 1
    with pytest.raises(NotPossible, match="revoke"):
        sessions.attendance(session=session, present=set(), by=steward, now=at(6))


def test_only_stewards_plan_cancel_and_keep_attendance(
    course: Course, session: TrainingSession, member: Person
) -> None:
    with pytest.raises(NotAllowed):
        sessions.plan(
            course=course, starts_at=at(2), ends_at=at(4), time_zone="UTC", places=1, by=member, now=NOW
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        sessions.cancel(session=session, by=member, now=NOW)
    with pytest.raises(NotAllowed):
        sessions.attendance(session=session, present=(), by=member, now=at(5))


@pytest.mark.parametrize(
    ("start", "end", "zone", "places", "said"),
    [(4, 4, "UTC", 1, "before it begins"), (2, 4, "UTC", 0, "1 to 500"), (2, 4, "Mars/Base", 1, "Asia/Shanghai")],
)
def test_a_session_that_cannot_be_is_refused_in_words(
    course: Course, steward: Person, start: int, end: int, zone: str, places: int, said: str
) -> None:
    with pytest.raises(NotPossible, match=said):
        sessions.plan(
            course=course, starts_at=at(start), ends_at=at(end), time_zone=zone, places=places, by=steward, now=NOW
        )
