"""The example's people and a few weeks of their bookings and sessions: made up, and marked so."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from django.db import transaction
from django.db.models import Q

from liqi.access import belonging, opening
from liqi.access.models import Booking, Order, Session, Steward
from liqi.access.models.order import ALPHABET
from liqi.access.opening import Period, utc, zone
from liqi.accounts import journal
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue.models import Institution, Instrument

__all__ = ["DEMO", "DEMO_PASSWORD", "MANAGER", "MEMBER", "OPERATOR", "Made", "load"]

MEMBER, MANAGER, OPERATOR = "member@example.org", "manager@example.org", "operator@example.org"
DEMO = {
    MEMBER: "books, sends files, reads answers / 预约、送数据、看结果",
    MANAGER: "looks after the instruments of one facility / 机组管理员",
    OPERATOR: "runs the platform / 平台运营",
}
"""The accounts that anybody may try, and what each can do."""
DEMO_PASSWORD = "gong-yu-shan-qi-shi"
NAMES = {MEMBER: "林小满 (示例)", MANAGER: "韦工 (示例)", OPERATOR: "运营员 (示例)"}

BACK, AHEAD = timedelta(days=21), timedelta(days=14)
INSTRUMENTS = 200
OF_MEMBER = 8
"""So many instruments are those that the demo member uses too."""
FAMILY = "陈李王张刘杨黄赵周吴"
NEEDS = (
    "茶叶中农药残留筛查",
    "血清代谢物比较",
    "电池隔膜成分",
    "发酵液中抗生素含量",
    "合金断口分析",
    "环境水样中的药物",
    "聚合物分子量分布",
    "中药材真伪鉴别",
    "薄膜厚度与应力",
    "蛋白质纯度检查",
)


@dataclass(frozen=True)
class Made:
    """What was put in."""

    people: int
    bookings: int
    sessions: int


def load(*, now: datetime) -> Made:
    """The demo accounts and synthetic bookings around ``now`` are there; a second time adds nothing."""
    now = utc(now)
    if Person.objects.filter(email__in=DEMO).exists():
        return Made(0, 0, 0)
    instruments = _instruments()
    with transaction.atomic():
        homes = _homes(instruments)
        people = _people(homes)
        operator = _demo_people(instruments, homes, people)
        bookings, sessions = _use(instruments, people, now)
        made = Made(len(people), bookings, sessions)
        journal.write(
            person=None, verb="loaded example", thing=operator, at=now,
            people=made.people, bookings=made.bookings, sessions=made.sessions,
        )  # fmt: skip
    return made


def _instruments() -> list[Instrument]:
    """Shared, bookable instruments, mass spectrometers first, synthetic ones before real ones."""
    shared = Instrument.objects.filter(shared=True, bookable=True).exclude(institution=None)
    shared = shared.select_related("institution", "facility").defer("source_row").order_by("-synthetic", "key")
    weighing = Q(name__contains="质谱") | Q(name_en__icontains="mass spec")
    first = list(shared.filter(weighing)[:INSTRUMENTS])
    return (first + list(shared.exclude(weighing)[: INSTRUMENTS - len(first)]))[:INSTRUMENTS]


def _homes(instruments: list[Instrument]) -> list[Organisation]:
    """The organisation of each institution, so that its people count as inside; made where there is none."""
    homes = {}
    for instrument in instruments:
        institution = instrument.institution
        assert institution is not None
        if institution.pk not in homes:
            homes[institution.pk] = _home(institution)
        institution.organisation = homes[institution.pk]
    return list(homes.values())


def _home(institution: Institution) -> Organisation:
    if institution.organisation is not None:
        return institution.organisation
    home, _ = Organisation.objects.get_or_create(
        name=institution.name[:200],
        parent=None,
        defaults={
            "name_en": institution.name_en[:200],
            "kind": Organisation.Kind.INSTITUTION,
            "synthetic": True,
        },
    )
    Institution.objects.filter(pk=institution.pk).update(organisation=home)
    return home


def _people(homes: list[Organisation]) -> list[tuple[Person, Organisation]]:
    """Forty people, by turns in groups of the first institutions and in four made-up firms."""
    firms = [
        Organisation.objects.create(name=f"示例企业 {number}", kind=Organisation.Kind.FIRM, synthetic=True)
        for number in range(1, 5)
    ]
    groups = []
    for number, home in enumerate(homes[:12], start=1):
        groups.append(Organisation.objects.create(name=f"示例课题组 {number}", parent=home, synthetic=True))
    made = []
    for number, place in zip(range(1, 41), cycle([*groups, *firms]), strict=False):
        name = f"{FAMILY[number % 10]}某 {number}"
        person = Person(email=f"user{number}@example.org", name=name, synthetic=True)
        person.set_unusable_password()
        made.append((person, place))
    people = Person.objects.bulk_create([person for person, _place in made])
    pairs = [(person, place) for person, (_same, place) in zip(people, made, strict=True)]
    Membership.objects.bulk_create([Membership(person=person, organisation=place) for person, place in pairs])
    return pairs


def _demo_people(
    instruments: list[Instrument], homes: list[Organisation], people: list[tuple[Person, Organisation]]
) -> Person:
    """The three accounts: the manager has instruments to look after, the member comes last in ``people``."""
    demo = {
        email: Person.objects.create_user(email, DEMO_PASSWORD, name=NAMES[email], synthetic=True) for email in DEMO
    }
    operator = demo[OPERATOR]
    operator.is_operator = operator.is_staff = True
    operator.save(update_fields=["is_operator", "is_staff"])
    if not homes:
        return operator
    group = Organisation.objects.create(name="示例课题组 (成员)", parent=homes[0], synthetic=True)
    Membership.objects.create(person=demo[MEMBER], organisation=group)
    Membership.objects.create(person=demo[MANAGER], organisation=homes[0], role=Membership.Role.LEAD)
    _give_care(demo[MANAGER], instruments)
    people.append((demo[MEMBER], group))
    return operator


def _give_care(manager: Person, instruments: list[Instrument]) -> None:
    """The manager looks after the facility with most of the instruments, else after the first ones themselves."""
    facilities = Counter(instrument.facility_id for instrument in instruments if instrument.facility_id)
    if facilities:
        Steward.objects.create(person=manager, facility_id=facilities.most_common(1)[0][0])
        return
    Steward.objects.bulk_create(
        Steward(person=manager, instrument=instrument) for instrument in instruments[:OF_MEMBER]
    )


def _use(instruments: list[Instrument], people: list[tuple[Person, Organisation]], now: datetime) -> tuple[int, int]:
    """Keep the bookings and the sessions of those that have begun."""
    orders, bookings, sessions = [], [], []
    outside: dict[tuple[int, int], bool] = {}
    *others, _member = people
    for number, instrument in enumerate(instruments):
        users = people if number < OF_MEMBER else others
        chance = random.Random(f"liqi example {instrument.key}")
        for starts_at, ends_at in _periods(instrument, now, chance):
            person, organisation = chance.choice(users)
            created_at = min(starts_at, now) - timedelta(hours=chance.randint(2, 72))
            common = {"person": person, "organisation": organisation, "instrument": instrument, "synthetic": True}
            key = "".join(chance.choice(ALPHABET) for _ in range(9))
            state = Order.State.DONE if ends_at <= now else Order.State.OPEN
            order = Order(key=key, title=chance.choice(NEEDS), state=state, created_at=created_at, **common)
            booking = Booking(order=order, starts_at=starts_at, ends_at=ends_at, created_at=created_at, **common)
            orders.append(order)
            bookings.append(booking)
            if starts_at <= now and chance.random() < 0.85:
                pair = (organisation.pk, instrument.institution_id or 0)
                if pair not in outside:
                    outside[pair] = belonging.is_outside(organisation, instrument.institution)
                sessions.append(_session(booking, now, chance, outside[pair], common))
    Order.objects.bulk_create(orders, batch_size=500)
    Booking.objects.bulk_create(bookings, batch_size=500)
    Session.objects.bulk_create(sessions, batch_size=500)
    return len(bookings), len(sessions)


def _periods(instrument: Instrument, now: datetime, chance: random.Random) -> Iterator[Period]:
    """Plausible periods on the quarter hour inside opening hours, by day, that do not meet."""
    here = zone(instrument)
    first = (now - BACK).astimezone(here).replace(hour=0, minute=0, second=0, microsecond=0)
    busy = chance.uniform(0.35, 0.9)
    for day in range((BACK + AHEAD).days):
        morning = first + timedelta(days=day)  # wall-clock arithmetic: the next midnight, whatever the clocks do
        opens, closes = utc(morning.replace(hour=8)), utc(morning.replace(hour=21))
        if morning.isoweekday() > 5 and chance.random() < 0.7:
            continue
        for start, end in opening.periods(instrument, opens, closes):
            at = start
            while at < end:
                longest = min(240, instrument.max_minutes)
                minutes = max(instrument.min_minutes, chance.choice([60, 90, 120, 180, 240]))
                length = timedelta(minutes=min(minutes, max(longest, instrument.min_minutes)))
                if at + length > end:
                    break
                # a wish made further ahead is rarer, so the days to come stay bookable
                wish = busy * (0.5 if at > now + timedelta(days=5) else 1)
                if chance.random() < wish:
                    yield at, at + length
                    at += length
                at += timedelta(minutes=chance.choice([0, 15, 30, 60]))


def _session(
    booking: Booking, now: datetime, chance: random.Random, outside: bool, common: dict[str, object]
) -> Session:
    """The metered use of a booking: it still runs when the booking does."""
    started_at = min(booking.starts_at + timedelta(minutes=chance.randint(0, 8)), now)
    session = Session(booking=booking, started_at=started_at, outside=outside, **common)
    if booking.ends_at <= now:
        session.ended_at = booking.ends_at - timedelta(minutes=chance.randint(0, 12))
        session.idle = timedelta(minutes=chance.choice([0, 0, 0, 5, 10]))
        session.effective_hours = session.hours_until(session.ended_at)
    return session
