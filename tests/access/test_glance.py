"""The one look before a booking sees what the ORM would find, one question after the other."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access import booking, positions, terms
from liqi.access.booking import Asking, Wanted
from liqi.access.booking._glance import Glance, look
from liqi.access.models import Account, Booking, BookingTerms, Budget, Order, Outage, RuleSetting
from liqi.accounts import journal, membership, rows
from liqi.accounts.models import JournalEntry, Membership, Organisation, Person
from liqi.catalogue.models import Facility, Institution, Instrument
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW, at, make_instrument

HOUR = timedelta(hours=1)
THINGS = {
    "terms of it": "terms",
    "terms of its facility": "terms",
    "terms of another": "",
    "rule of it": "settings",
    "rule of its facility": "settings",
    "rule of another": "",
    "outage then": "outage",
    "outage before": "",
    "outage without end": "outage",
    "outage withdrawn": "",
    "outage of a place": "outage",
    "outage of another": "",
    "booked then": "held",
    "booked before": "",
    "buffer until then": "held",
    "cancelled then": "",
    "booked on another": "",
    "budget": "budget",
    "closed budget": "",
    "budget elsewhere": "",
    "budget of others": "",
    "second home": "",
    "no home": "",
}
"""What is put on record, and what of it the glance is to see."""


def put(thing: str, instrument: Instrument, person: Person) -> None:
    """The thing is on record."""
    other = make_instrument(instrument.institution)
    places: dict[str, dict[str, Any]] = {
        "it": {"instrument": instrument},
        "its facility": {"facility": instrument.facility},
    }
    home, firm = membership.home_of(person), Organisation.objects.create(name="Firm")
    match thing.split(" ", 1):
        case ["terms", whose]:
            place = places.get(whose[3:], {"instrument": other})
            BookingTerms.objects.create(**place, positions=2, updated_at=NOW)
        case ["rule", whose]:
            place = places.get(whose[3:], {"instrument": other})
            RuleSetting.objects.create(**place, rule="gap", parameters={}, updated_at=NOW)
        case ["outage", how]:
            where = other if how == "of another" else instrument
            early = how == "before"
            Outage.objects.create(
                instrument=where, words="broken", created_at=NOW, starts_at=at(1) if early else at(3),
                ends_at={"before": at(2), "without end": None}.get(how, at(5)),
                withdrawn_at=NOW if how == "withdrawn" else None, position=0 if how == "of a place" else None,
            )  # fmt: skip
        case ["booked" | "buffer" | "cancelled" as what, how]:
            order = Order.objects.create(title="t", person=person, created_at=NOW)
            start = at(1) if what == "buffer" or how == "before" else at(2)
            Booking.objects.create(
                order=order, person=person, instrument=other if how == "on another" else instrument, starts_at=start,
                ends_at=start + HOUR, held_until=start + (3 if what == "buffer" else 1) * HOUR, created_at=NOW,
                state="cancelled" if what == "cancelled" else "confirmed",
            )  # fmt: skip
        case ["second", _home]:
            Membership.objects.create(person=person, organisation=firm)
        case ["no", _home]:
            Membership.objects.all().delete()
        case _:
            seller = instrument.institution
            assert seller is not None
            if thing == "budget elsewhere":
                seller = Institution.objects.create(key="e", name="E", source="t", created_at=NOW, updated_at=NOW)
            payer = firm if thing == "budget of others" else home
            accounts = [
                Account.objects.create(seller=seller, code=code, organisation=payer, key=f"{thing} {code}")
                for code in ("available", "reserved")
            ]
            Budget.objects.create(
                seller=seller, organisation=payer or firm, title="b", available=accounts[0], reserved=accounts[1],
                closed=thing == "closed budget",
            )  # fmt: skip


def asked_one_by_one(wanted: Wanted, person: Person) -> tuple[Glance, Organisation | None]:
    """What the ORM finds."""
    instrument, home = wanted.instrument, membership.home_of(person)
    places: list[dict[str, Any]] = [{"instrument": instrument}, {"facility": instrument.facility}]
    out = Outage.objects.standing().filter(instrument=instrument).meeting(wanted.starts_at, wanted.ends_at)
    usual = {instrument.pk: terms.Terms()}
    budgets = Budget.objects.filter(organisation=home, seller=instrument.institution, closed=False)
    return Glance(
        terms=any(BookingTerms.objects.filter(**place).exists() for place in places),
        settings=any(RuleSetting.objects.filter(**place).exists() for place in places),
        outage=out.exists(),
        held=bool(positions.around([instrument], wanted.starts_at, wanted.ends_at, usual)[instrument.pk]),
        budget=home is not None and budgets.exists(),
    ), home


@pytest.fixture
def housed(institution: Institution) -> Instrument:
    kind = next(iter(FACILITY_KINDS.values()))
    facility = Facility.objects.create(
        key="f", name="F", institution=institution, kind=kind.code, facility_class=kind.facility_class, source="t",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return make_instrument(institution, facility=facility)


@pytest.mark.parametrize("thing", THINGS)
def test_sees_each_thing_that_the_orm_finds_and_nothing_else(thing: str, housed: Instrument, member: Person) -> None:
    put(thing, housed, member)
    wanted, asking = Wanted(housed, at(2), at(4)), Asking(member, NOW)
    seen, home = asked_one_by_one(wanted, member)
    assert look(wanted, asking) == seen
    assert [name for name, there in vars(seen).items() if there] == [THINGS[thing]] * bool(THINGS[thing])
    assert asking.acts_for == home


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 8), hours=st.integers(1, 4))
def test_sees_a_hold_exactly_where_the_orm_finds_one(
    housed: Instrument, member: Person, start: int, hours: int
) -> None:
    if not Booking.objects.exists():
        put("booked then", housed, member)
        put("outage before", housed, member)
    wanted = Wanted(housed, at(start), at(start) + hours * HOUR)
    assert look(wanted, Asking(member, NOW)) == asked_one_by_one(wanted, member)[0]


def test_where_nothing_is_set_a_booking_takes_one_look_and_three_lines(instrument: Instrument, member: Person) -> None:
    with CaptureQueriesContext(connection) as caught:
        booking.book(instrument=instrument, person=member, starts_at=at(1), ends_at=at(2), now=NOW)
    asked = [query["sql"] for query in caught if "pg_advisory" not in query["sql"]]
    said = [sql.split()[0] for sql in asked if sql.split()[0] in {"SELECT", "INSERT", "UPDATE"}]
    assert said == ["SELECT", "INSERT", "INSERT", "INSERT"]


def test_a_row_written_at_once_is_the_row_that_the_orm_writes(instrument: Instrument, member: Person) -> None:
    made = booking.book(instrument=instrument, person=member, starts_at=at(1), ends_at=at(2), now=NOW)
    facts = {"order": "x", "waived": ["past"], "when": "今天"}
    line = journal.write(person=member, verb="booked", thing=made, at=NOW, **facts)
    for row in (made.order, made, line):
        read = type(row).objects.get(pk=row.pk)
        names = [field.attname for field in row._meta.concrete_fields]
        assert [getattr(read, name) for name in names] == [getattr(row, name) for name in names]
        assert not row._state.adding


def test_the_statement_is_that_of_the_orm(member: Person) -> None:
    given: dict[str, Any] = {"person": member, "verb": "v", "thing": "t", "thing_id": "1", "at": NOW, "facts": {"a": 1}}
    with CaptureQueriesContext(connection) as caught:
        rows.insert(JournalEntry(**given))
        JournalEntry.objects.create(**given)
    said = [query["sql"].replace(f'{JournalEntry._meta.db_table}"."id', "id") for query in caught]
    assert said[0] == said[1]
