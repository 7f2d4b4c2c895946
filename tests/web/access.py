"""A small world for the pages of access: a facility with two instruments, a member, another user, a steward."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from liqi.access.models import Steward
from liqi.accounts.models import Membership, Organisation, Person, Project
from liqi.catalogue.models import Facility, Institution, Instrument
from liqi.taxonomy import FACILITY_KINDS

PASSWORD = "gong-yu-shan-qi-shi"


@dataclass(frozen=True)
class Place:
    """Who and what there is."""

    orbitrap: Instrument
    triple: Instrument
    facility: Facility
    member: Person
    other: Person
    manager: Person
    project: Project


def place() -> Place:
    """The world is in the database."""
    now = datetime.now(UTC)
    record: dict[str, Any] = {"source": "test", "created_at": now, "updated_at": now}
    university = Organisation.objects.create(name="Host University", kind=Organisation.Kind.INSTITUTION)
    group = Organisation.objects.create(name="Guest group")
    host = Institution.objects.create(key="host", name="Host University", organisation=university, **record)
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    facility = Facility.objects.create(
        key="ms-platform", name="质谱平台", name_en="MS platform", institution=host, kind=kind.code,
        facility_class=kind.facility_class, **record,
    )  # fmt: skip
    shared: dict[str, Any] = {
        "institution": host, "facility": facility, "shared": True, "bookable": True, "status": "working",
        "time_zone": "Asia/Shanghai", "min_minutes": 30, "max_minutes": 480, "price_cny_per_hour": 120, **record,
    }  # fmt: skip
    orbitrap = Instrument.objects.create(key="orbitrap", name="轨道阱液质联用仪", name_en="Orbitrap LC-MS", **shared)
    triple = Instrument.objects.create(key="triple", name="三重四极杆质谱仪", name_en="Triple quadrupole MS", **shared)
    people = [
        Person.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), language="en")
        for name in ("member", "other", "manager")
    ]
    Membership.objects.create(person=people[0], organisation=group)
    Membership.objects.create(person=people[1], organisation=university)
    Steward.objects.create(person=people[2], facility=facility)
    project = Project.objects.create(organisation=group, code="P-1", title="Tea and pesticides")
    return Place(orbitrap, triple, facility, *people, project)
