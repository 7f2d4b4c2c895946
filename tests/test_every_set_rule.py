"""What every rule that a manager sets owes: a schema, words, an objection for each code, a line in the docs."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from django.utils import translation

from liqi.access import rules
from liqi.access.models import Booking, Course, NoShow, Order, Qualification, RuleSetting
from liqi.access.rules import SET_RULES, Objection, Request
from liqi.access.training import documents
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import make_instrument, make_person
from tests.test_every_rule import DOCS

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
HOUR = timedelta(hours=1)
WORKDAYS = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]


class World:
    """An instrument, a member of its institution, somebody from elsewhere, and ways to put things on record."""

    def __init__(self) -> None:
        self.home = Organisation.objects.create(name="Home", kind=Organisation.Kind.INSTITUTION)
        place = Institution.objects.create(
            key="home", name="Home", source="test", organisation=self.home, created_at=NOW, updated_at=NOW
        )
        self.instrument: Instrument = make_instrument(place, name="MS")
        self.group = Organisation.objects.create(name="Lin group", parent=self.home)
        self.firm = Organisation.objects.create(name="Small firm", kind=Organisation.Kind.FIRM)
        self.person: Person = make_person("Lin", self.group)
        self.guest: Person = make_person("Gast", self.firm)
        self.operator: Person = make_person("Op", is_operator=True)
        self.facts: dict[str, Any] = {}

    def set(self, rule: str, parameters: dict[str, Any]) -> RuleSetting:
        return RuleSetting.objects.create(instrument=self.instrument, rule=rule, parameters=parameters, updated_at=NOW)

    def booked(self, start: timedelta, end: timedelta, person: Person | None = None) -> Booking:
        whose = person or self.person
        order = Order.objects.create(title="x", person=whose, created_at=NOW)
        return Booking.objects.create(
            order=order, instrument=self.instrument, person=whose, organisation=self.group,
            starts_at=NOW + start, ends_at=NOW + end, created_at=NOW - timedelta(days=1),
        )  # fmt: skip

    def course(self, **fields: Any) -> Course:
        return Course.objects.create(
            **({"title": "MS course", "instrument": self.instrument, "created_at": NOW} | fields)
        )

    def qualified(self, course: Course, **fields: Any) -> Qualification:
        given = {"level": course.level, "source": "steward", "granted_on": NOW.date(), "created_at": NOW}
        return Qualification.objects.create(person=self.person, course=course, **(given | fields))

    def ask(self, start: timedelta, end: timedelta, **facts: Any) -> list[Objection]:
        given = {"person": self.person, "organisation": self.group} | self.facts | facts
        return rules.objections(
            Request(instrument=self.instrument, starts_at=NOW + start, ends_at=NOW + end, now=NOW, **given)
        )


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return World()


Prepare = Callable[[World], dict[str, Any]]
"""Makes what the case needs and gives the rule's parameters."""


def limits(whose: str, most: float, what: str, per: str) -> dict[str, Any]:
    return {"limits": [{"whose": whose, "most": most, "what": what, "per": per}]}


def guest_asks(world: World, parameters: dict[str, Any]) -> dict[str, Any]:
    world.facts = {"person": world.guest, "organisation": world.firm}
    return parameters


def a_booking_beside(world: World, parameters: dict[str, Any]) -> dict[str, Any]:
    world.booked(3 * HOUR, 4 * HOUR)
    return parameters


def expired(world: World) -> dict[str, Any]:
    course = world.course()
    world.qualified(course, granted_on=NOW.date() - timedelta(days=30), expires_on=NOW.date())
    return {}


def assisted(world: World) -> dict[str, Any]:
    world.qualified(world.course(level="assisted"))
    return {"level": "self"}


def another_course(world: World) -> dict[str, Any]:
    world.qualified(world.course())
    laser = world.course(title="Laser safety")
    return {"courses": [laser.pk]}


def document(world: World, *, accepted: bool, then: str = "") -> dict[str, Any]:
    made = documents.begin(
        of=world.instrument, title="Cryogens", text="Gloves.", by=world.operator, now=NOW - 400 * DAY
    )
    if accepted:
        documents.accept(version=made.versions.get(), person=world.person, now=NOW - 399 * DAY)
    if then == "newer":
        documents.publish(document=made, text="Gloves and goggles.", by=world.operator, now=NOW - DAY)
    return {"documents": [made.pk]}


def closed_project(world: World) -> dict[str, Any]:
    world.facts = {"project": Project.objects.create(organisation=world.group, code="P1", closed_on=NOW.date())}
    return {}


def being_moved(world: World) -> dict[str, Any]:
    world.facts = {"but": world.booked(3 * HOUR, 4 * HOUR)}
    return {"hours": 24}


def not_come(world: World) -> dict[str, Any]:
    missed = world.booked(-25 * HOUR, -24 * HOUR)
    NoShow.objects.create(booking=missed, person=world.person, instrument=world.instrument, at=NOW - 25 * HOUR)
    return {"strikes": 1}


DAY = timedelta(days=1)
CASES: list[tuple[str, str, bool, Prepare]] = [
    # rule, code, waivable, what is there; the wish is from 10:00 to 11:00 on a Monday
    ("no_shows", "no_shows", True, not_come),
    ("grid", "off_grid", True, lambda world: {"minutes": 120}),
    ("outside", "outside_never", True, lambda world: guest_asks(world, {"allowed": "never"})),
    ("outside", "outside_hours", True, lambda world: guest_asks(
        world, {"allowed": "in hours", "windows": [{"days": ["mon"], "from": "18:00", "to": "20:00"}]})),
    ("outside", "outside_notice", True, lambda world: guest_asks(world, {"notice_hours": 48})),
    ("embargo", "embargo", True, lambda world: {"organisations": [world.firm.pk]}),
    ("priority", "priority", True, lambda world: {
        "classes": [{"name": "A", "organisations": [world.firm.pk], "days_ahead": 30}], "others_days_ahead": 0}),
    ("qualification", "not_qualified", True, lambda world: {}),
    ("qualification", "qualification_expired", True, expired),
    ("qualification", "level_too_low", True, assisted),
    ("qualification", "course_missing", True, another_course),
    ("safety_documents", "document_missing", False, lambda world: document(world, accepted=False)),
    ("safety_documents", "document_outdated", False, lambda world: document(world, accepted=True, then="newer")),
    ("safety_documents", "document_expired", False, lambda world: document(world, accepted=True)),
    ("project", "project_required", True, lambda world: {}),
    ("project", "project_closed", True, closed_project),
    ("quota", "quota_person", True, lambda world: a_booking_beside(world, limits("person", 1.5, "hours", "day"))),
    ("quota", "quota_group", True, lambda world: a_booking_beside(world, limits("group", 1, "bookings", "week"))),
    ("peak", "peak_share", True, lambda world: a_booking_beside(world, {"windows": WORKDAYS, "share_percent": 4})),
    ("peak", "peak_long", True, lambda world: {"windows": WORKDAYS, "longest_minutes": 30}),
    ("gap", "gap", True, lambda world: a_booking_beside(world, {"minutes": 90})),
    ("cancellation", "late_change", True, being_moved),
]  # fmt: skip
ELSEWHERE = {"budget", "unpaid"}
"""Rules whose cases are in the tests of their own rooms."""


@pytest.mark.parametrize(("rule", "code", "waivable", "prepare"), CASES, ids=[case[1] for case in CASES])
def test_objects_where_it_is_set_and_only_there(
    world: World, rule: str, code: str, waivable: bool, prepare: Prepare
) -> None:
    parameters = prepare(world)
    assert world.ask(HOUR, 2 * HOUR) == []
    world.set(rule, parameters)
    (objection,) = world.ask(HOUR, 2 * HOUR)
    assert (objection.code, objection.waivable) == (code, waivable)
    assert objection.words.endswith(".")
    assert "%(" not in objection.words


@pytest.mark.parametrize(("rule", "code", "waivable", "prepare"), CASES, ids=[case[1] for case in CASES])
def test_a_case_fits_the_schema_and_is_said_in_words(
    world: World, rule: str, code: str, waivable: bool, prepare: Prepare
) -> None:
    parameters = rules.filled(rule, prepare(world))
    jsonschema.validate(parameters, rules.schema(rule))
    said = SET_RULES[rule].words(world.instrument, parameters)
    assert said.endswith(".") or rule == "outside"
    assert "%(" not in said


def test_every_code_has_its_case_and_its_line_in_the_docs() -> None:
    codes = {code for name, rule in SET_RULES.items() if name not in ELSEWHERE for code in rule.CODES}
    assert codes == {code for _rule, code, *_rest in CASES} | {"late_cancellation"}
    told = DOCS.read_text(encoding="utf-8")
    for _rule, code, waivable, _prepare in CASES:
        assert f"| `{code}` | {'yes' if waivable else 'no'} |" in told


@pytest.mark.parametrize("name", SET_RULES)
def test_every_parameter_has_a_title_a_type_and_a_default(name: str) -> None:
    assert str(SET_RULES[name].TITLE)
    for key, schema in SET_RULES[name].PARAMETERS.items():
        assert str(schema["title"]), key
        assert {"type", "default"} <= set(schema), key
    jsonschema.Draft202012Validator.check_schema(rules.schema(name))
