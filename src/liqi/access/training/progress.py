"""How far somebody is with a course; whoever passed every step is qualified."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from liqi.access.models import Course, Enrolment, PracticalCheck, Qualification, QuizAttempt
from liqi.access.training import qualification
from liqi.accounts.models import Person

__all__ = ["Progress", "of", "settle"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The evidence of each step that no qualification has used yet; None where the step is not passed."""

    course: Course
    attended: Enrolment | None
    quiz: QuizAttempt | None
    practical: PracticalCheck | None

    @property
    def open_steps(self) -> tuple[str, ...]:
        """The steps asked for and not passed: session, quiz, practical."""
        asked = (
            ("session", self.course.needs_session, self.attended),
            ("quiz", self.course.needs_quiz, self.quiz),
            ("practical", self.course.needs_practical, self.practical),
        )
        return tuple(name for name, needed, evidence in asked if needed and evidence is None)


def of(course: Course, person: Person) -> Progress:
    """How far the person is; at most three queries."""
    attended = quiz = practical = None
    if course.needs_session:
        came = Enrolment.objects.filter(
            session__course=course, person=person, state=Enrolment.State.ATTENDED, qualification=None
        )
        attended = came.select_related("session").order_by("-session__starts_at").first()
    if course.needs_quiz:
        passed = QuizAttempt.objects.filter(course=course, person=person, passed=True, qualification=None)
        quiz = passed.order_by("-number").first()
    if course.needs_practical:
        # the last check counts: one that is failed after one that is passed opens the step again
        last = PracticalCheck.objects.filter(course=course, person=person, qualification=None)
        practical = last.order_by("-checked_at", "-pk").first()
        practical = practical if practical is not None and practical.passed else None
    return Progress(course, attended, quiz, practical)


def settle(*, course: Course, person: Person, now: datetime) -> Qualification | None:
    """The person is qualified if every step is passed; each piece of evidence counts for one qualification."""
    with transaction.atomic():
        found = of(course, person)
        if found.open_steps:
            return None
        made = qualification.grant(
            course=course, person=person, by=None, now=now, granted_on=_today(person, now),
            source=Qualification.Source.TRAINING,
        )  # fmt: skip
        for evidence in (found.attended, found.quiz, found.practical):
            if evidence is not None:
                evidence.qualification = made
                evidence.save(update_fields=["qualification"])
    return made


def _today(person: Person, now: datetime) -> date:
    """The day of now where the person is or by the clock of UTC, whichever is earlier: it holds at once everywhere."""
    return min(now.date(), now.astimezone(ZoneInfo(person.time_zone or "UTC")).date())
