"""Orders are threads, and a thread is read as one value."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import booking, hours, orders, session, thread
from liqi.access.models import Order
from liqi.access.orders import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Institution, Service
from tests.access.conftest import NOW, at, make_instrument, make_person
from tests.access.test_booking import book


@pytest.fixture
def order(instrument: Any, guest: Person) -> Order:
    return orders.open(person=guest, title="Leaves", need="Which pesticide?", instrument=instrument, now=NOW)


def meter(order: Order, person: Person, start: Any, end: Any) -> None:
    made = book(order.instrument, person, start, end, order=order)
    run = session.start(booking=made, person=person, now=start)
    session.end(session=run, person=person, now=end)


def test_opens_a_thread_for_the_person_s_own_organisation(order: Order, guest: Person) -> None:
    assert (order.kind, order.state, order.organisation) == ("own use", "open", guest.memberships.get().organisation)
    assert len(order.key) == 9
    assert not set(order.key) - set("23456789abcdefghjkmnpqrstuvwxyz")


def test_an_order_of_a_service_is_commissioned(institution: Institution, guest: Person) -> None:
    given = {"source": "test", "created_at": NOW, "updated_at": NOW}
    service = Service.objects.create(key="s1", name="Pesticides", institution=institution, **given)
    made = orders.open(person=guest, title="Leaves", service=service, now=NOW)
    assert made.kind == "commissioned"
    assert [step.kind for step in thread.read(made, now=NOW).steps] == ["need", "service"]
    assert thread.read(made, now=NOW).next.verb == "commission"
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=made.pk).update(instrument=make_instrument(institution))


def test_an_order_is_for_an_organisation_of_the_person(instrument: Any, guest: Person, home: Organisation) -> None:
    with pytest.raises(NotAllowed):
        orders.open(person=guest, title="x", organisation=home, now=NOW)
    project = Project.objects.create(organisation=home, code="1", title="x")
    with pytest.raises(NotAllowed):
        orders.open(person=guest, title="x", project=project, now=NOW)


def test_only_its_owner_finishes_or_closes_it(order: Order, guest: Person, member: Person) -> None:
    with pytest.raises(NotAllowed, match="Gast's"):
        orders.finish(order=order, person=member, now=NOW)
    assert orders.finish(order=order, person=guest, now=NOW).state == "done"
    assert thread.read(order, now=NOW).next.verb == "nothing"
    assert orders.close(order=order, person=guest, now=NOW).state == "closed"


def test_is_seen_by_owner_colleagues_stewards_and_nobody_else(
    order: Order, guest: Person, member: Person, steward: Person
) -> None:
    colleague = make_person("Kim", guest.memberships.get().organisation)
    for person in (guest, colleague, steward):
        orders.require_sight(order, person)
    with pytest.raises(NotAllowed):
        orders.require_sight(order, member)


def test_a_thread_shows_the_chain_in_order_and_what_is_next(order: Order, guest: Person) -> None:
    turns = [thread.read(order, now=NOW).next.verb]
    made = book(order.instrument, guest, order=order)
    turns += [thread.read(order, now=now).next.verb for now in (NOW, at(1))]
    run = session.start(booking=made, person=guest, now=at(1))
    turns.append(thread.read(order, now=at(2)).next.verb)
    session.end(session=run, person=guest, now=at(2, 30))
    read = thread.read(order, now=at(3))
    assert [*turns, read.next.verb] == ["book", "wait", "start", "end", "upload"]
    assert [step.kind for step in read.steps] == ["need", "instrument", "booking", "session"]
    added = thread.Step("file", at(2), "leaf.mzML", "stored", guest, None)
    then = thread.Next("run", "Choose a method.", None)
    more = read.with_steps([added], then)
    assert ([step.kind for step in more.steps][-2:], more.next) == (["session", "file"], then)


def test_says_what_the_evaluation_counts(order: Order, guest: Person, institution: Institution) -> None:
    meter(order, guest, at(1), at(2, 30))
    meter(order, guest, at(4), at(5))
    read = thread.read(order, now=at(6))
    (count,) = read.counts
    assert (count.institution, count.year) == (institution, 2026)
    assert (count.effective_hours, count.outside_hours) == (Decimal("2.5"), Decimal("2.5"))
    assert count.words == (
        "This order counts 2.50 effective hours, 2.50 of them outside hours, for Home University in 2026, "
        "by the national definition."
    )
    assert (read.effective_hours, read.outside_hours) == (Decimal("2.5"), Decimal("2.5"))


def test_a_long_thread_costs_as_many_queries_as_a_short_one(
    order: Order, guest: Person, django_assert_num_queries: Any
) -> None:
    for hour in range(1, 9, 2):
        meter(order, guest, at(hour), at(hour + 1))
    fresh = Order.objects.select_related("person", "instrument").get(pk=order.pk)
    with django_assert_num_queries(2):
        thread.read(fresh, now=at(10))


def test_the_report_of_a_year_agrees_with_the_threads(
    order: Order, guest: Person, member: Person, institution: Institution
) -> None:
    meter(order, guest, at(1), at(2, 30))
    own = book(order.instrument, member, at(4), at(6))
    run = session.start(booking=own, person=member, now=at(4))
    session.end(session=run, person=member, now=at(6), idle=timedelta(minutes=30))
    make_instrument(institution)
    report = hours.report(institution=institution, year=2026)
    assert report.total == hours.Use(2, Decimal("3.0"), Decimal("1.5"))
    assert report.total.sharing_percent == Decimal("50.0")
    assert (report.instruments, report.mean_effective_hours, report.mean_outside_hours) == (
        2,
        Decimal("1.5"),
        Decimal("0.8"),
    )
    assert report.utilisation_percent == Decimal("0.1")
    assert report.by_instrument[order.instrument.pk] == report.total
    use = hours.of_instrument(instrument=order.instrument, starts_at=at(0), ends_at=at(3))
    assert use.outside_hours == Decimal("1.5")


def test_a_year_ends_by_the_clock_of_the_instrument(institution: Institution, guest: Person) -> None:
    """17:00 UTC on 31 December is the new year in Shanghai and the old one in London."""
    start = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    for zone in ("Asia/Shanghai", "Europe/London"):
        place = make_instrument(institution, time_zone=zone)
        made = book(place, guest, start, start + timedelta(hours=1))
        run = session.start(booking=made, person=guest, now=start)
        session.end(session=run, person=guest, now=start + timedelta(minutes=30))
    years = {year: hours.report(institution=institution, year=year).total.sessions for year in (2025, 2026, 2027)}
    assert years == {2025: 0, 2026: 1, 2027: 1}


def test_a_report_without_instruments_has_no_mean(institution: Institution) -> None:
    report = hours.report(institution=institution, year=2026)
    assert (report.mean_effective_hours, report.utilisation_percent) == (None, None)
    assert report.total.sharing_percent == 0


def test_a_restored_booking_joins_its_thread_again(order: Order, guest: Person) -> None:
    made = book(order.instrument, guest, order=order)
    booking.cancel(booking=made, person=guest, now=NOW)
    assert thread.read(order, now=NOW).next.verb == "book"
    booking.restore(booking=made, person=guest, now=NOW)
    assert thread.read(order, now=NOW).next.verb == "wait"
