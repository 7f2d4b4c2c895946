"""The quiz: shuffled for each try, judged on the server, never shown with its answers."""

import json
from random import Random
from typing import Any

import pytest

from liqi.access.models import Course, Qualification, QuizAttempt
from liqi.access.training import quiz
from liqi.access.training.quiz import NotPossible
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW
from tests.access.training.conftest import make_course

COLOURS = [{"text": "red", "right": True}, {"text": "blue", "right": False}, {"text": "green", "right": False}]


@pytest.fixture
def course(instrument: Instrument, steward: Person) -> Course:
    made = make_course(
        instrument, steward, needs_session=False, needs_quiz=True, pass_percent=67, attempts=2, questions_asked=3
    )
    for number in range(5):
        quiz.ask(course=made, text=f"Question {number}?", choices=COLOURS, by=steward, now=NOW)
    return made


def begin(course: Course, person: Person, seed: int = 1) -> QuizAttempt:
    return quiz.begin(course=course, person=person, now=NOW, random=Random(seed))


def answers(attempt: QuizAttempt, right: int) -> list[list[int]]:
    """Answers of which so many are right."""
    return [one["right"] if number < right else [(one["right"][0] + 1) % 3] for number, one in enumerate(attempt.asked)]


def test_what_is_shown_before_the_end_does_not_tell_what_is_right(course: Course, member: Person) -> None:
    said = json.dumps(quiz.shown(begin(course, member)))
    assert "right" not in said
    assert "correct" not in said


def test_questions_are_drawn_and_shuffled_anew(course: Course, member: Person, guest: Person) -> None:
    first, second = begin(course, member, 1), begin(course, guest, 2)
    assert len(first.asked) == 3
    assert [one["text"] for one in first.asked] != [one["text"] for one in second.asked]
    for one in first.asked:
        assert [one["choices"][number] for number in one["right"]] == ["red"]


def test_beginning_again_gives_the_open_try(course: Course, member: Person) -> None:
    assert begin(course, member, 1).pk == begin(course, member, 2).pk


@pytest.mark.parametrize(("right", "passed", "score"), [(3, True, "100.00"), (2, False, "66.67"), (0, False, "0.00")])
def test_the_pass_mark_is_exact(course: Course, member: Person, right: int, passed: bool, score: str) -> None:
    """Two of three are 66.67 percent: below a pass mark of 67."""
    attempt = begin(course, member)
    done = quiz.answer(attempt=attempt, person=member, answers=answers(attempt, right), now=NOW)
    assert (done.passed, str(done.score_percent)) == (passed, score)
    assert Qualification.objects.exists() is passed
    again = quiz.answer(attempt=attempt, person=member, answers=answers(attempt, 3), now=NOW)
    assert again.passed is passed


def test_a_pass_mark_of_66_is_met_by_two_of_three(course: Course, member: Person) -> None:
    course.pass_percent = 66
    course.save()
    attempt = begin(course, member)
    assert quiz.answer(attempt=attempt, person=member, answers=answers(attempt, 2), now=NOW).passed


def test_tries_run_out_until_a_steward_opens_the_quiz(course: Course, member: Person, steward: Person) -> None:
    for _try in range(2):
        attempt = begin(course, member)
        quiz.answer(attempt=attempt, person=member, answers=answers(attempt, 0), now=NOW)
    with pytest.raises(NotPossible, match="All 2 tries"):
        begin(course, member)
    assert quiz.forgive(course=course, person=member, by=steward, now=NOW) == 2
    assert begin(course, member).number == 3


def test_a_question_of_several_right_choices_counts_only_when_all_are_taken(course: Course, steward: Person,
                                                                          member: Person) -> None:  # fmt: skip
    course.questions.all().delete()
    both: list[dict[str, Any]] = [*COLOURS, {"text": "crimson", "right": True}]
    quiz.ask(course=course, text="Which are red?", choices=both, by=steward, now=NOW)
    attempt = begin(course, member)
    right = attempt.asked[0]["right"]
    assert not quiz.answer(attempt=attempt, person=member, answers=[right[:1]], now=NOW).passed
    second = begin(course, member)
    assert quiz.answer(attempt=second, person=member, answers=[second.asked[0]["right"]], now=NOW).passed


@pytest.mark.parametrize("given", [[], [[0]], [[0], [0], []], [[0], [0], [7]]])
def test_answers_that_cannot_be_are_refused_and_the_try_stays_open(
    course: Course, member: Person, given: list[list[int]]
) -> None:
    attempt = begin(course, member)
    with pytest.raises(NotPossible):
        quiz.answer(attempt=attempt, person=member, answers=given, now=NOW)
    attempt.refresh_from_db()
    assert attempt.finished_at is None


def test_somebody_elses_try_cannot_be_answered(course: Course, member: Person, guest: Person) -> None:
    attempt = begin(course, member)
    with pytest.raises(NotAllowed):
        quiz.answer(attempt=attempt, person=guest, answers=answers(attempt, 3), now=NOW)


@pytest.mark.parametrize(
    ("text", "choices", "said"),
    [
        ("", COLOURS, "says nothing"),
        ("?", COLOURS[:1], "1 choices"),
        ("?", [COLOURS[0], COLOURS[0]], "say the same"),
        ("?", COLOURS[1:], "as right"),
    ],
)
def test_a_question_that_cannot_be_is_refused_in_words(
    course: Course, steward: Person, text: str, choices: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(NotPossible, match=said):
        quiz.ask(course=course, text=text, choices=choices, by=steward, now=NOW)


def test_only_stewards_write_questions(course: Course, member: Person) -> None:
    with pytest.raises(NotAllowed):
        quiz.ask(course=course, text="?", choices=COLOURS, by=member, now=NOW)
