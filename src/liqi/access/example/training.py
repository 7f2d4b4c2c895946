"""The example's courses, sessions, qualifications, safety documents and rules: made up, and marked so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from liqi.access import rulebook
from liqi.access.models import Booking, Course, SafetyDocument, TrainingSession
from liqi.access.opening import utc
from liqi.access.training import course, documents, qualification, quiz, sessions
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument

__all__ = ["Trained", "load"]

QUALIFIED = 8
"""So many people who booked are qualified."""
QUESTIONS = (
    (
        "开机前首先检查什么",
        ("冷却水与真空度", True),
        ("打印机", False),
        ("显示器亮度", False),
        "冷却水不足时不得升高压。",
    ),
    ("离开仪器前须做什么", ("登记使用并关闭样品阀", True), ("直接离开", False), ("关闭电脑显示器", False), ""),
    ("哪些样品须事先报备", ("有毒或易挥发样品", True), ("超纯水", False), ("空白溶剂", False), ""),
)
TEXT = (
    "一、进入实验室须穿实验服并戴护目镜。\n二、处理液氮时戴防冻手套并保持通风。\n"
    "三、废液分类倒入标识桶。\n四、发现异常立即停机并通知机组。"
)


@dataclass(frozen=True)
class Trained:
    """What was put in."""

    courses: int
    qualifications: int
    rules: int


def load(*, now: datetime) -> Trained:
    """Courses of the demo manager's instruments, with people qualified by them; a second time adds nothing."""
    now = utc(now).replace(minute=0, second=0, microsecond=0)
    steward = Person.objects.filter(email="manager@example.org").first()
    if steward is None or Course.objects.filter(synthetic=True).exists():
        return Trained(0, 0, 0)
    operator = Person.objects.filter(is_operator=True).order_by("pk").first() or steward
    with transaction.atomic():
        qualified = sum(_course(one, operator, now) for one in _instruments(steward)[:3])
        return Trained(Course.objects.filter(synthetic=True).count(), qualified, _rules(steward, operator, now))


def _instruments(steward: Person) -> list[Instrument]:
    cared = Instrument.objects.filter(bookable=True, facility__stewards__person=steward) | Instrument.objects.filter(
        bookable=True, stewards__person=steward
    )
    return list(cared.select_related("facility", "institution").distinct().order_by("-synthetic", "key")[:6])


def _course(instrument: Instrument, by: Person, now: datetime) -> int:
    made = course.write(
        of=instrument, by=by, now=now,
        fields={
            "title": f"{instrument.name[:150]} 上机培训",
            "title_en": f"{(instrument.name_en or instrument.name)[:150]}: use",
            "summary": "开机、进样、关机与安全。示例课程。", "needs_quiz": True, "level": "self",
        },
    )  # fmt: skip
    Course.objects.filter(pk=made.pk).update(synthetic=True)
    made.synthetic = True
    for text, *choices, explanation in QUESTIONS:
        said = [{"text": words, "right": right} for words, right in choices]
        quiz.ask(course=made, text=text, choices=said, explanation=str(explanation), by=by, now=now)
    for days in (5, 19):
        starts_at = (now + timedelta(days=days)).replace(hour=1)
        sessions.plan(
            course=made, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), time_zone="Asia/Shanghai",
            places=8, place="A 座 204", by=by, now=now,
        )  # fmt: skip
    return _people(made, instrument, by, now)


def _people(made: Course, instrument: Instrument, by: Person, now: datetime) -> int:
    """Some of those who booked the instrument are qualified for it, at different times; two wait for a session."""
    chance = Random(f"liqi training {instrument.key}")
    booked = Booking.objects.filter(instrument=instrument).values("person")
    others = Person.objects.filter(synthetic=True, is_operator=False).exclude(pk=by.pk)
    people = list(others.filter(pk__in=booked).order_by("pk")[: QUALIFIED + 2])
    if len(people) < QUALIFIED:
        people = chance.sample(list(others.order_by("pk")[:40]), k=min(QUALIFIED + 2, others.count(), 40))
    for person in people[:QUALIFIED]:
        granted_on = (now - timedelta(days=chance.randrange(10, 760))).date()
        qualification.grant(course=made, person=person, by=by, now=now, granted_on=granted_on, note="示例")
    first = TrainingSession.objects.filter(course=made).order_by("starts_at").first()
    for person in people[QUALIFIED:]:
        if first is not None:
            sessions.enrol(session=first, person=person, now=now)
    TrainingSession.objects.filter(course=made).update(synthetic=True)
    return len(people[:QUALIFIED])


def _rules(steward: Person, by: Person, now: datetime) -> int:
    """A safety document of the first facility, and rules that bite nobody at once."""
    facility = Facility.objects.filter(stewards__person=steward).order_by("key").first()
    if facility is None:
        return 0
    made = documents.begin(of=facility, title="实验室安全须知", text=TEXT, by=by, now=now)
    SafetyDocument.objects.filter(pk=made.pk).update(synthetic=True)
    limits = [
        {"whose": "person", "most": 40, "what": "hours", "per": "week"},
        {"whose": "person", "most": 12, "what": "bookings", "per": "ahead"},
    ]
    rulebook.put(place=facility, rule="quota", parameters={"limits": limits}, by=by, now=now)
    rulebook.put(place=facility, rule="cancellation", parameters={"hours": 12}, by=by, now=now)
    return 2
