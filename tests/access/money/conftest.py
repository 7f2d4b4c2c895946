"""A university that sells, a group of it with a budget, a firm that pays invoices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liqi.access.models import Charge, Order, PriceTable
from liqi.access.money import books, charges, pricing, tables
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, make_person


def cny(text: str | int) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


@pytest.fixture
def group(member: Person) -> Organisation:
    return Organisation.objects.get(name="Lin group")


@pytest.fixture
def firm(guest: Person) -> Organisation:
    return Organisation.objects.get(name="Small firm")


@pytest.fixture
def operator(db: None) -> Person:
    return make_person("Op", is_operator=True)


@pytest.fixture
def prices(institution: Institution, instrument: Instrument, steward: Person) -> PriceTable:
    """100 an hour inside, 200 for academics, 400 for firms and 300 for them at night; 6 % tax."""
    rows: list[dict[str, Any]] = [
        {"unit": "hour", "user_class": "internal", "price": cny(100)},
        {"unit": "hour", "user_class": "academic", "price": cny(200)},
        {"unit": "hour", "user_class": "industry", "price": cny(400)},
        {"unit": "hour", "user_class": "industry", "when": "night", "price": cny(300)},
    ]
    values = {
        "title": "Mass spectrometers", "instrument": instrument, "valid_from": date(2026, 1, 1),
        "tax_percent": Decimal(6), "late_percent": Decimal(50), "late_hours": 24, "absent_percent": Decimal(100),
    }  # fmt: skip
    table = tables.save(seller=institution, person=steward, now=NOW, values=values, rows=rows)
    return tables.publish(table, person=steward, now=NOW)


def propose(
    seller: Institution, net: str, *, organisation: Organisation | None, person: Person, tax: int = 6,
    order: Order | None = None, cause: str = "", **facts: Any,
) -> Charge:  # fmt: skip
    """A proposed charge of one line."""
    line = pricing.Line("item", Decimal(1), cny(net), cny(net), text="Analysis")
    found = pricing.total([line], Decimal(tax))
    return charges.keep(
        cause or f"test:{Charge.objects.count() + 1}", found, now=NOW, kind=facts.pop("kind", Charge.Kind.SERVICE),
        title="Analysis", seller=seller, organisation=organisation, person=person, order=order,
        used_on=books.day_of(NOW), **facts,
    )  # fmt: skip


def lead(person: Person, organisation: Organisation) -> None:
    Membership.objects.filter(person=person, organisation=organisation).update(role="lead")
