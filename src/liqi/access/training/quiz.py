"""The quiz of a course: questions written by its stewards, drawn and shuffled for each try, judged here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Course, Question, QuizAttempt
from liqi.access.training import course as courses
from liqi.access.training import progress
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person

__all__ = ["NotPossible", "answer", "ask", "begin", "forgive", "left", "remove", "restore", "shown"]

CHOICES = range(2, 11)
"""How many choices a question may have."""


class NotPossible(ValueError):
    """The question or the try cannot be so; the message says what can."""


def ask(
    *, course: Course, text: str, choices: Sequence[Mapping[str, Any]], by: Person, now: datetime,
    explanation: str = "", question: Question | None = None,
) -> Question:  # fmt: skip
    """The question is asked in later quizzes, new or in place of how it stood; tries made before keep the old one."""
    courses.require_steward(by, course)
    kept = [{"text": str(one["text"]).strip(), "right": bool(one["right"])} for one in choices]
    kept = [one for one in kept if one["text"]]
    if not text.strip():
        raise NotPossible(_("The question says nothing; write it."))
    if len(kept) not in CHOICES:
        raise NotPossible(_("Found %(found)d choices; a question has 2 to 10.") % {"found": len(kept)})
    if len({one["text"] for one in kept}) != len(kept):
        raise NotPossible(_("Two choices say the same; make each different."))
    if not any(one["right"] for one in kept):
        raise NotPossible(_("No choice is marked as right; mark at least one."))
    with transaction.atomic():
        made = question or Question(course=course, created_at=now)
        made.text, made.choices, made.explanation = text.strip(), kept, explanation.strip()
        made.save()
        journal.write(person=by, verb="changed" if question else "asked", thing=made, at=now, course=course.key)
    return made


def remove(*, question: Question, by: Person, now: datetime) -> Question:
    """The question is asked no more; taking it back is ``restore``."""
    return _removed(question, by, now, now)


def restore(*, question: Question, by: Person, now: datetime) -> Question:
    """The question is asked again."""
    return _removed(question, by, now, None)


def left(course: Course, person: Person) -> int:
    """How many tries the person has left before a steward must open the quiz again."""
    used = QuizAttempt.objects.filter(course=course, person=person, forgiven=False, qualification=None).count()
    return max(course.attempts - used, 0)


def begin(*, course: Course, person: Person, now: datetime, random: Random) -> QuizAttempt:
    """The person has an open try: the one begun before, or a new one with questions and choices in a new order."""
    if course.closed_at is not None:
        raise NotAllowed(_("The course is closed; its stewards may open it again."))
    if not course.needs_quiz:
        raise NotPossible(_("This course has no quiz."))
    with transaction.atomic():
        Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
        mine = QuizAttempt.objects.filter(course=course, person=person)
        if there := mine.filter(finished_at=None).first():
            return there
        if mine.filter(passed=True, qualification=None).exists():
            raise NotPossible(_("You have passed this quiz; the other steps of the course are next."))
        if not left(course, person):
            words = _("All %(count)d tries are used; ask a steward of the course to open the quiz again.")
            raise NotPossible(words % {"count": course.attempts})
        asked = _drawn(course, random)
        if not asked:
            raise NotPossible(_("This quiz has no questions yet; its stewards write them."))
        return QuizAttempt.objects.create(
            course=course, person=person, number=mine.count() + 1, asked=asked, started_at=now
        )


def shown(attempt: QuizAttempt) -> list[dict[str, Any]]:
    """The questions as the person may see them; what is right is among them only when the try is over."""
    over = attempt.finished_at is not None
    found = []
    for number, one in enumerate(attempt.asked):
        question = {"number": number, "text": one["text"], "choices": one["choices"], "several": len(one["right"]) > 1}
        if over:
            taken = attempt.answers[number]
            question |= {
                "right": one["right"], "taken": taken, "correct": sorted(taken) == sorted(one["right"]),
                "explanation": one["explanation"],
            }  # fmt: skip
        found.append(question)
    return found


def answer(*, attempt: QuizAttempt, person: Person, answers: Sequence[Sequence[int]], now: datetime) -> QuizAttempt:
    """The try is over and judged: a question counts when exactly its right choices are taken. Again changes nothing.

    Whoever has passed every step of the course with it is qualified.
    """
    if attempt.person_id != person.pk:
        raise NotAllowed(_("This try is somebody else's; begin your own."))
    if len(answers) != len(attempt.asked):
        words = _("Found answers to %(found)d of %(asked)d questions; answer each one.")
        raise NotPossible(words % {"found": len(answers), "asked": len(attempt.asked)})
    taken = [sorted(set(one)) for one in answers]
    for chosen, one in zip(taken, attempt.asked, strict=True):
        if not chosen or any(number not in range(len(one["choices"])) for number in chosen):
            raise NotPossible(_("A question has no answer; choose one for each question."))
    right = sum(chosen == sorted(one["right"]) for chosen, one in zip(taken, attempt.asked, strict=True))
    score = (Decimal(100 * right) / len(attempt.asked)).quantize(Decimal("0.01"))
    with transaction.atomic():
        open_ = QuizAttempt.objects.filter(pk=attempt.pk, finished_at=None)
        # exact, so that 2 of 3 is not below a pass mark of 66 and not above one of 67
        passed = 100 * right >= attempt.course.pass_percent * len(attempt.asked)
        if open_.update(finished_at=now, answers=taken, score_percent=score, passed=passed):
            journal.write(
                person=person, verb="answered", thing=attempt, at=now, course=attempt.course.key, score=str(score),
                passed=passed,
            )  # fmt: skip
            if passed:
                progress.settle(course=attempt.course, person=person, now=now)
    attempt.refresh_from_db()
    return attempt


def forgive(*, course: Course, person: Person, by: Person, now: datetime) -> int:
    """The tries of the person so far count no longer, so that the quiz is open to them again; how many there were."""
    courses.require_steward(by, course)
    with transaction.atomic():
        failed = QuizAttempt.objects.filter(course=course, person=person, forgiven=False, passed=False)
        count = failed.filter(finished_at__isnull=False).update(forgiven=True)
        if count:
            journal.write(person=by, verb="opened the quiz", thing=course, at=now, of=person.pk, tries=count)
    return count


def _drawn(course: Course, random: Random) -> list[dict[str, Any]]:
    """The questions of a try, each with its choices shuffled and the numbers of the right ones."""
    there = list(course.questions.filter(removed_at=None).order_by("pk"))
    random.shuffle(there)
    drawn = []
    for question in there[: course.questions_asked or None]:
        choices = list(question.choices)
        random.shuffle(choices)
        drawn.append(
            {
                "question": question.pk,
                "text": question.text,
                "choices": [one["text"] for one in choices],
                "right": [number for number, one in enumerate(choices) if one["right"]],
                "explanation": question.explanation,
            }
        )
    return drawn


def _removed(question: Question, by: Person, now: datetime, removed_at: datetime | None) -> Question:
    courses.require_steward(by, question.course)
    with transaction.atomic():
        changed = Question.objects.filter(pk=question.pk, removed_at__isnull=removed_at is not None)
        if changed.update(removed_at=removed_at):
            journal.write(person=by, verb="removed" if removed_at else "restored", thing=question, at=now)
    question.refresh_from_db()
    return question
