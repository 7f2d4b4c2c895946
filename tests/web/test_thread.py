"""Thread, project, bench and desk: what each person may read, and what is next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from liqi.access import booking, orders, session, waiting
from liqi.access.models import Booking, Commission, Order, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import Service
from tests.web.access import Place, place
from tests.web.test_booking import browser_of, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Place:
    return place()


def now() -> datetime:
    return datetime.now(UTC)


def order_of(lab: Place, **more: Any) -> Order:
    return orders.open(person=lab.member, title="Tea", need="What is in the tea?", now=now(), **more)


def soon(lab: Place) -> Booking:
    """A booking that starts in a moment, so that its session may start."""
    start = now() + timedelta(minutes=5)
    return booking.book(
        instrument=lab.orbitrap, person=lab.member, starts_at=start, ends_at=start + timedelta(hours=1), now=now(),
        project=lab.project,
    )  # fmt: skip


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_an_order_without_a_time_asks_for_one(lab: Place) -> None:
    order = order_of(lab, instrument=lab.orbitrap)
    text = page(browser_of(lab.member), f"/orders/{order.key}/")
    assert "Your turn" in text
    assert f'href="/instruments/orbitrap/calendar/?order={order.key}"' in text


def test_a_session_is_started_ended_and_its_hours_are_counted(lab: Place) -> None:
    made = soon(lab)
    client = browser_of(lab.member)
    thread = f"/orders/{made.order.key}/"
    assert f'action="/bookings/{made.pk}/start/"' in page(client, thread)
    client.post(f"/bookings/{made.pk}/start/")
    running = Session.objects.get()
    Session.objects.update(started_at=now() - timedelta(minutes=90))
    assert f'action="/sessions/{running.pk}/end/"' in page(client, thread)
    client.post(f"/sessions/{running.pk}/end/")
    text = page(client, thread)
    assert "1.50 h" in text
    assert "This order counts 1.50 effective hours, 1.50 of them outside hours, for Host University" in text
    assert f'href="/answers/new/?order={made.order.key}"' in text


def test_a_session_too_early_is_refused_with_words(lab: Place) -> None:
    start = moment(3, 9)
    made = booking.book(
        instrument=lab.orbitrap, person=lab.member, starts_at=start, ends_at=start + timedelta(hours=1), now=now()
    )
    answer = browser_of(lab.member).post(f"/bookings/{made.pk}/start/")
    assert answer.status_code == 422
    assert "15 minutes before" in answer.content.decode()


def test_others_cannot_read_an_order_start_its_session_or_finish_it(lab: Place) -> None:
    made = soon(lab)
    other = browser_of(lab.other)
    assert other.get(f"/orders/{made.order.key}/").status_code == 403
    assert other.post(f"/bookings/{made.pk}/start/").status_code == 403
    assert other.post(f"/orders/{made.order.key}/finish/").status_code == 403
    assert other.get("/orders/nosuchkey/").status_code == 404
    assert Session.objects.count() == 0


def test_a_steward_reads_the_order_but_only_its_user_starts_the_session(lab: Place) -> None:
    made = soon(lab)
    steward = browser_of(lab.manager)
    assert "Member's turn" in page(steward, f"/orders/{made.order.key}/").replace("&#x27;", "'")
    assert steward.post(f"/bookings/{made.pk}/start/").status_code == 403


def test_a_visitor_is_sent_to_sign_in(lab: Place) -> None:
    key = order_of(lab).key
    for address in (
        f"/orders/{key}/",
        "/bench/",
        "/desk/",
        "/orders/new/",
        f"/projects/{lab.project.pk}/",
        "/calendar/feed/",
    ):
        answer = Client().get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/login/")


def test_a_new_order_carries_the_need_from_the_search(lab: Place) -> None:
    client = browser_of(lab.member)
    assert "drug residues in water" in page(client, "/orders/new/?instrument=orbitrap&need=drug+residues+in+water")
    values = {"instrument": "orbitrap", "need": "drug residues in water", "project": str(lab.project.pk)}
    answer = client.post("/orders/new/", values)
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.key}/"
    assert (order.title, order.instrument, order.project) == ("drug residues in water", lab.orbitrap, lab.project)
    assert client.post("/orders/new/", {"instrument": "orbitrap"}).status_code == 422


def test_a_project_lists_its_threads_and_hours_for_its_members_alone(lab: Place) -> None:
    order = order_of(lab, project=lab.project)
    text = page(browser_of(lab.member), f"/projects/{lab.project.pk}/")
    assert f'href="/orders/{order.key}/"' in text
    assert browser_of(lab.other).get(f"/projects/{lab.project.pk}/").status_code == 403


def test_the_bench_is_full_of_hints_when_empty_and_lists_what_waits(lab: Place) -> None:
    client = browser_of(lab.member)
    assert "No time is booked for today" in page(client, "/bench/")
    order = order_of(lab)
    made = soon(lab)
    text = page(client, "/bench/")
    assert f'href="/orders/{order.key}/"' in text
    assert f'action="/bookings/{made.pk}/start/"' in text


def test_the_bench_lists_what_the_person_can_do_and_not_what_others_or_the_line_have_to(lab: Place) -> None:
    service = Service.objects.create(
        key="s", name="Residues", institution=lab.facility.institution, facility=lab.facility, source="test",
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    sent = order_of(lab, service=service)
    client, listed = browser_of(lab.member), f'href="/orders/{sent.key}/"'
    assert listed in page(client, "/bench/"), "a draft is for the person to send"
    Commission.objects.filter(order=sent).update(state="submitted")
    assert listed not in page(client, "/bench/"), "the facility answers it"
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    wish = waiting.join(
        person=lab.member, instruments=[lab.triple], earliest_at=start, latest_at=start + timedelta(hours=2),
        minutes=60, now=now(),
    )  # fmt: skip
    assert f'href="/orders/{wish.order.key}/"' not in page(client, "/bench/"), "the line brings it on"


def test_the_bench_costs_the_same_queries_with_more_rows(lab: Place, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        order_of(lab, instrument=lab.triple)
    client = browser_of(lab.member)
    client.get("/bench/")
    with django_assert_max_num_queries(18):
        client.get("/bench/")


def test_the_desk_shows_a_steward_what_runs_and_who_comes(lab: Place) -> None:
    made = soon(lab)
    session.start(booking=made, person=lab.member, now=now())
    began, ended = now() - timedelta(hours=4), now() - timedelta(hours=2)
    Booking.objects.update(starts_at=began, held_from=began, ends_at=ended, held_until=ended)
    text = page(browser_of(lab.manager), "/desk/").replace("&#x27;", "'")
    assert "Member's session still runs" in text
    assert "2 instruments in your care" in text


def test_the_desk_teaches_whoever_looks_after_nothing(lab: Place) -> None:
    assert "No instrument is in your care yet" in page(browser_of(lab.other), "/desk/")


def test_an_operator_sees_every_instrument_on_the_desk(lab: Place) -> None:
    operator = Person.objects.create_user("op@example.org", name="Op", is_operator=True, language="en")
    assert "2 instruments in your care" in page(browser_of(operator), "/desk/")
