"""Qualifications: what they cover, until when they hold, how they end and are renewed."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError

from liqi.access.models import Course, Qualification
from liqi.access.training import course as courses
from liqi.access.training import incoming, practical, progress, qualification, quiz, reminders
from liqi.access.training.qualification import NotPossible
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Notice, Organisation, Person
from liqi.catalogue.models import Facility, Institution, Instrument
from tests.access.conftest import NOW, make_instrument, make_person
from tests.access.training.conftest import make_course

DAY = timedelta(days=1)


def grant(course: Course, person: Person, by: Person, **fields: object) -> Qualification:
    return qualification.grant(course=course, person=person, by=by, now=NOW, **fields)  # type: ignore[arg-type]


def test_a_grant_holds_from_its_day_until_the_day_of_expiry(course: Course, member: Person, steward: Person) -> None:
    made = grant(course, member, steward, granted_on=date(2026, 1, 31))
    (held,) = qualification.held(member, course.instrument)  # type: ignore[arg-type]
    assert made.expires_on == date(2028, 1, 31)
    assert held.holds(date(2026, 1, 31), date(2028, 1, 30))
    assert not held.holds(date(2026, 1, 30), date(2026, 1, 31))
    assert not held.holds(date(2028, 1, 30), date(2028, 1, 31))


@pytest.mark.parametrize(
    ("months", "expires_on"),
    [(1, date(2026, 2, 28)), (13, date(2027, 2, 28)), (25, date(2028, 2, 29)), (11, date(2026, 12, 31)), (0, None)],
)
def test_a_month_that_is_too_short_ends_on_its_last_day(
    course: Course, member: Person, steward: Person, months: int, expires_on: date | None
) -> None:
    course.valid_months = months
    assert grant(course, member, steward, granted_on=date(2026, 1, 31)).expires_on == expires_on


def test_the_same_grant_again_gives_the_first(course: Course, member: Person, steward: Person) -> None:
    assert grant(course, member, steward).pk == grant(course, member, steward).pk


def test_nobody_qualifies_themselves_and_no_stranger_anybody(course: Course, member: Person, steward: Person) -> None:
    with pytest.raises(NotAllowed, match="Nobody qualifies themselves"):
        grant(course, steward, steward)
    with pytest.raises(NotAllowed, match="stewards"):
        grant(course, member, member)


def test_revoking_asks_a_reason_tells_it_and_ends_the_qualification(
    course: Course, member: Person, steward: Person
) -> None:
    made = grant(course, member, steward)
    with pytest.raises(NotPossible, match="No reason"):
        qualification.revoke(qualification=made, by=steward, why=" ", now=NOW)
    qualification.revoke(qualification=made, by=steward, why="Broke the source.", now=NOW)
    assert qualification.held(member, course.instrument) == []  # type: ignore[arg-type]
    told = Notice.objects.filter(person=member, kind="qualification.revoked").get()
    assert told.facts["why"] == "Broke the source."
    assert JournalEntry.objects.filter(verb="revoked").count() == 1
    with pytest.raises(NotPossible, match="revoked"):
        qualification.renew(qualification=made, by=steward, now=NOW)


def test_renewing_begins_a_new_one_today(course: Course, member: Person, steward: Person) -> None:
    old = grant(course, member, steward, granted_on=date(2024, 12, 1))
    new = qualification.renew(qualification=old, by=steward, now=NOW)
    assert (new.granted_on, new.expires_on) == (NOW.date(), date(2028, 11, 21))
    assert qualification.newest([old, new]) == [new]


def test_a_course_covers_its_instrument_its_facility_its_classes_and_those_it_names(
    institution: Institution, steward: Person, member: Person
) -> None:
    operator = make_person("Op", is_operator=True)
    place = Facility.objects.create(
        key="f1", name="Core", source="test", institution=institution, facility_class="support",
        kind="service_platform", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    inside = make_instrument(
        institution, facility=place, class_code="030303", class_scheme="cn-instr", class_edition="current"
    )
    same_class = make_instrument(institution, class_code="030303", class_scheme="cn-instr", class_edition="current")
    named, other = make_instrument(institution), make_instrument(institution)
    elsewhere = make_instrument(None, class_code="030303", class_scheme="cn-instr", class_edition="current")
    made = courses.write(
        of=place, by=operator, now=NOW, instruments=[named],
        fields={"title": "Safety", "whole_facility": True, "class_codes": ["030303"]},
    )  # fmt: skip
    grant(made, member, operator)
    covered = [bool(qualification.held(member, each)) for each in (inside, same_class, named, other, elsewhere)]
    assert covered == [True, True, True, False, False]
    assert [bool(courses.covering(each)) for each in (inside, same_class, named, other, elsewhere)] == covered


def test_a_course_names_no_instrument_of_another_institution(instrument: Instrument, steward: Person) -> None:
    with pytest.raises(ValidationError, match="another institution"):
        courses.write(
            of=instrument, by=steward, now=NOW, instruments=[make_instrument(None)], fields={"title": "Safety"}
        )


def test_all_steps_are_needed_and_each_counts_once(instrument: Instrument, steward: Person, member: Person) -> None:
    both = make_course(instrument, steward, needs_session=False, needs_quiz=True, needs_practical=True)
    choices = [{"text": "yes", "right": True}, {"text": "no", "right": False}]
    quiz.ask(course=both, text="Sure?", choices=choices, by=steward, now=NOW)
    attempt = quiz.begin(course=both, person=member, now=NOW, random=Random(1))
    quiz.answer(attempt=attempt, person=member, answers=[attempt.asked[0]["right"]], now=NOW)
    assert progress.of(both, member).open_steps == ("practical",)
    with pytest.raises(practical.NotPossible, match="no note"):
        practical.sign(course=both, person=member, by=steward, passed=False, now=NOW)
    practical.sign(course=both, person=member, by=steward, passed=False, notes="Vent slowly.", now=NOW)
    assert not Qualification.objects.exists()
    practical.sign(course=both, person=member, by=steward, passed=True, now=NOW + DAY)
    assert Qualification.objects.get().person == member
    assert progress.of(both, member).open_steps == ("quiz", "practical")


def test_a_check_failed_after_one_passed_opens_the_step_again(
    instrument: Instrument, steward: Person, member: Person
) -> None:
    made = make_course(instrument, steward, needs_quiz=True, needs_practical=True, needs_session=False)
    practical.sign(course=made, person=member, by=steward, passed=True, now=NOW)
    practical.sign(course=made, person=member, by=steward, passed=False, notes="Forgot.", now=NOW + DAY)
    assert "practical" in progress.of(made, member).open_steps


def test_nobody_checks_themselves(instrument: Instrument, steward: Person) -> None:
    made = make_course(instrument, steward, needs_practical=True)
    with pytest.raises(NotAllowed, match="themselves"):
        practical.sign(course=made, person=steward, by=steward, passed=True, now=NOW)


def kinds(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person, kind="qualification.expires").values_list("facts__day", flat=True))


def test_reminders_come_30_7_and_1_days_before_and_once_each(course: Course, member: Person, steward: Person) -> None:
    grant(course, member, steward, granted_on=date(2025, 1, 1), expires_on=date(2027, 1, 31))
    sent = []
    for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 24), date(2027, 1, 30),
                date(2027, 1, 31), date(2027, 2, 1)):  # fmt: skip
        now = datetime(day.year, day.month, day.day, 12, tzinfo=NOW.tzinfo)
        sent.append(reminders.due(now=now))
        assert reminders.due(now=now) == 0
    assert sent == [0, 1, 0, 1, 1, 0, 0]
    assert kinds(member) == ["2027-01-31"] * 3


def test_who_renewed_already_is_not_reminded(course: Course, member: Person, steward: Person) -> None:
    old = grant(course, member, steward, granted_on=date(2025, 1, 1), expires_on=date(2026, 12, 1))
    qualification.renew(qualification=old, by=steward, now=NOW)
    assert reminders.due(now=NOW) == 0


FILE = "person,course,level,granted_on,expires_on,note\n"


def test_a_file_is_brought_in_whole_and_again_changes_nothing(course: Course, member: Person, steward: Person) -> None:
    text = (
        f"{FILE}lin@example.org,{course.key},,2026-01-01,,paper 12\n"
        "LIN@example.org,mass SPECTROMETER 1,out of hours,2026-02-01,2026-12-24,\n"
    )
    found = incoming.bring_in(text, by=steward, now=NOW)
    assert (len(found.rows), found.known, found.problems) == (2, 0, ())
    kept = Qualification.objects.order_by("granted_on").values_list("level", "expires_on", "source", "note")
    assert list(kept) == [
        ("self", date(2028, 1, 1), "import", "paper 12"),
        ("out of hours", date(2026, 12, 24), "import", ""),
    ]
    again = incoming.bring_in(text, by=steward, now=NOW)
    assert (len(again.rows), again.known, Qualification.objects.count()) == (0, 2, 2)


def test_a_file_with_any_problem_brings_in_nothing_and_says_each(
    course: Course, member: Person, steward: Person
) -> None:
    text = (
        f"{FILE}lin@example.org,{course.key},,2026-01-01,,\n"
        f"nobody@example.org,No such,guru,yesterday,,\nlin@example.org,{course.key},,2026-01-01,2025-01-01,\n"
    )
    found = incoming.bring_in(text, by=steward, now=NOW)
    assert [(one.row, one.field) for one in found.problems] == [
        (3, "person"), (3, "course"), (3, "level"), (3, "granted_on"), (4, "expires_on"),
    ]  # fmt: skip
    assert not Qualification.objects.exists()
    (problem,) = incoming.read("name,course\n", by=steward).problems
    assert "granted_on" in problem.message


def test_a_file_knows_only_courses_that_one_looks_after(course: Course, home: Organisation, member: Person) -> None:
    stranger = make_person("Stranger")
    found = incoming.read(f"{FILE}lin@example.org,{course.key},,2026-01-01,,\n", by=stranger)
    assert [one.field for one in found.problems] == ["course"]
