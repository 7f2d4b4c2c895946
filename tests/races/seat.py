"""One race for the last places of training sessions, and for the one open try of a quiz, run as a program.

``python -m tests.races.seat --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. In every round eight people want the two places of a session, then those who
have one give it back at once, and one person begins the same quiz eight times.
"""

import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
RACERS, PLACES = 8, 2


def prepare(rounds: int) -> None:
    """A migrated database with a course, a session for each round and eight people."""
    ready()
    from liqi.access.training import course, quiz, sessions
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    make_tables()
    steward = Person.objects.create(email="steward@example.org", name="Steward", password="!", is_operator=True)
    for number in range(RACERS):
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", password="!")
    thing = Instrument.objects.create(key="raced", name="Raced", source="race", created_at=NOW, updated_at=NOW)
    choices = [{"text": "yes", "right": True}, {"text": "no", "right": False}]
    for number in range(rounds):
        made = course.write(of=thing, by=steward, now=NOW, fields={"title": f"{number:04}", "needs_quiz": True})
        quiz.ask(course=made, text="?", choices=choices, by=steward, now=NOW)
        sessions.plan(
            course=made, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2), time_zone="UTC",
            places=PLACES, by=steward, now=NOW,
        )  # fmt: skip


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer does its part in every round; the first one counts afterwards."""
    ready()
    from liqi.access.models import Course, Enrolment, QuizAttempt, TrainingSession
    from liqi.access.training import quiz, sessions
    from liqi.accounts.models import Person

    people = list(Person.objects.filter(is_operator=False).order_by("pk"))
    seen: Counter[str] = Counter()
    for number in range(rounds):
        course = Course.objects.get(title=f"{number:04}")
        session = TrainingSession.objects.select_related("course").get(course=course)
        mine = None
        gate.wait(120)
        try:
            mine = sessions.enrol(session=session, person=people[racer], now=NOW)
            seen[str(mine.state)] += 1
        except Exception as problem:  # every fault of a racer is a result of the race
            seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:200]] += 1
        gate.wait(120)
        if racer == 0:
            seen[f"then: {_seats(Enrolment, session)}"] += 1
        gate.wait(120)
        try:
            if mine is not None and mine.seat is not None:
                sessions.leave(enrolment=mine, by=people[racer], now=NOW)
            quiz.begin(course=course, person=people[0], now=NOW, random=random.Random(racer))
        except Exception as problem:
            seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:200]] += 1
        gate.wait(120)
        if racer == 0:
            tries = QuizAttempt.objects.filter(course=course).count()
            seen[f"left: {_seats(Enrolment, session)}, tries {tries}"] += 1
        gate.wait(120)
    told.put(seen)


def _seats(enrolment: Any, session: Any) -> str:
    rows = enrolment.objects.filter(session=session)
    seats = sorted(rows.filter(seat__isnull=False).values_list("seat", flat=True))
    return f"seats {seats}, waiting {rows.filter(state='waiting').count()}"


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, counted over all rounds."""
    alone(prepare, rounds)
    return {"rounds": rounds, "processes": RACERS, "outcomes": abreast(RACERS, run, rounds)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
