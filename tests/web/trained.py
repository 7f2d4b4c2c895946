"""A course, a session, a question, a qualification, a safety document and a rule, for the pages that show them."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from liqi.access import rulebook
from liqi.access.models import Course, Qualification, SafetyDocument
from liqi.access.training import course, documents, qualification, quiz, sessions
from tests.web.access import Place


def make(home: Place, now: datetime) -> None:
    """The place has one of each."""
    steward = home.manager
    made = course.write(
        of=home.orbitrap, by=steward, now=now,
        fields={"title": "轨道阱上机培训", "needs_quiz": True, "needs_practical": True, "level": "self"},
    )  # fmt: skip
    choices = [{"text": "缓慢放气", "right": True}, {"text": "立即打开", "right": False}]
    quiz.ask(course=made, text="如何放气?", choices=choices, by=steward, now=now)
    quiz.begin(course=made, person=home.member, now=now, random=Random(1))
    starts_at = now + timedelta(days=5)
    sessions.plan(
        course=made, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), time_zone="Asia/Shanghai",
        places=4, by=steward, now=now,
    )  # fmt: skip
    qualification.grant(course=made, person=home.member, by=steward, now=now)
    documents.begin(of=home.facility, title="低温液体", text="戴手套。", by=steward, now=now)
    limit = {"whose": "person", "most": 40, "what": "hours", "per": "week"}
    rulebook.put(place=home.facility, rule="quota", parameters={"limits": [limit]}, by=steward, now=now)


def addresses() -> dict[str, list[Any]]:
    """The named addresses of what was made that a member may read, with what each takes."""
    taken = Course.objects.get().key
    return {
        **{name: [] for name in ("training", "desk_training", "qualified", "qualified_import", "rulebooks")},
        **{name: [taken] for name in ("course", "quiz")},
        "document": [SafetyDocument.objects.get().key],
        "certificate": [Qualification.objects.get().pk],
    }
