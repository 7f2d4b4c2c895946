"""A service of a facility with two stewards, a firm that orders, and an order on its way."""

from collections.abc import Callable
from typing import Any

import pytest

from liqi.access import orders
from liqi.access.commissions import custody, forms, progress, samples
from liqi.access.commissions.forms import Field
from liqi.access.commissions.samples import Entry
from liqi.access.models import Commission, Custody, Order, Sample, ServiceTerms, Steward
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue.models import Facility, Institution, Service
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW, make_person

RECORD = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture
def facility(institution: Institution) -> Facility:
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    return Facility.objects.create(
        key="ms", name="MS platform", institution=institution, kind=kind.code, facility_class="support", **RECORD
    )


@pytest.fixture
def service(institution: Institution, facility: Facility) -> Service:
    return Service.objects.create(
        key="pesticides", name="Pesticides", institution=institution, facility=facility, price_cny=800,
        turnaround_days=5, **RECORD,
    )  # fmt: skip


@pytest.fixture
def wei(facility: Facility) -> Person:
    person = make_person("Wei2")
    Steward.objects.create(person=person, facility=facility)
    return person


@pytest.fixture
def han(facility: Facility) -> Person:
    person = make_person("Han")
    Steward.objects.create(person=person, facility=facility)
    return person


@pytest.fixture
def order(service: Service, guest: Person, wei: Person, han: Person) -> Order:
    return orders.open(person=guest, title="Leaves", service=service, now=NOW)


@pytest.fixture
def lead(guest: Person) -> Person:
    """A lead of the guest's firm."""
    firm = guest.organisations.get()
    return make_lead("Boss", firm)


def make_lead(name: str, organisation: Organisation) -> Person:
    person = make_person(name)
    Membership.objects.create(person=person, organisation=organisation, role=Membership.Role.LEAD)
    return person


def register(order: Order, person: Person, *names: str, **fields: Any) -> list[Sample]:
    entries = [Entry(name=name, **fields) for name in names]
    return samples.register(order=order, entries=entries, person=person, now=NOW)


def take(order: Order, verb: str, person: Person, reason: str = "", now: Any = NOW) -> Commission:
    return progress.take(commission=order.commission, verb=verb, person=person, now=now, reason=reason)


@pytest.fixture
def bring(service: Service, guest: Person, wei: Person, han: Person) -> Callable[[Order, str], Commission]:
    """Bring an order with two samples into a state, as people would."""

    def go(order: Order, state: str) -> Commission:
        ServiceTerms.objects.get_or_create(service=service, defaults={"quote_needed": False})
        if not order.samples.exists():
            register(order, guest, "A", "B")
        path = ["submit", "take_on", "receive", "begin", "measure", "review", "release"]
        states = ["submitted", "accepted", "received", "in work", "measured", "in review", "released"]
        for verb in path[: states.index(state) + 1]:
            if verb == "receive":
                for sample in order.samples.all():
                    custody.hand_over(sample=sample, verb=Custody.Verb.RECEIVE, person=wei, now=NOW)
            person = guest if verb == "submit" else han if verb in ("review", "release") else wei
            take(order, verb, person)
        return Commission.objects.get(order=order)

    return go


FIELDS = [
    Field("solvent", "choice", "溶剂", "Solvent", options=("methanol", "acetonitrile"), required=True),
    Field("target", "text", "目标物", "Target"),
]
SAMPLE_FIELDS = [Field("mass", "number", "称样量", "Mass", unit="g", required=True)]


@pytest.fixture
def form(service: Service, wei: Person) -> Any:
    return forms.define(service=service, fields=FIELDS, sample_fields=SAMPLE_FIELDS, person=wei, now=NOW)
