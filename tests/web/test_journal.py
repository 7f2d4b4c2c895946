"""The pages of journals, the page for programs, the changed secret of a webhook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liqi.access import booking, journals, webhooks
from liqi.access.models import Webhook
from liqi.accounts import membership
from liqi.accounts.models import JournalEntry, Membership, Person
from liqi.catalogue.federation import posting
from liqi.web import deed_words
from liqi.web.api import api
from liqi.web.pages import programs
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lab() -> Place:
    return place()


@pytest.fixture
def held(lab: Place) -> Any:
    """A booking of the member that the steward cancelled."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    made = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=now + DAY, ends_at=now + DAY + timedelta(hours=1), now=now
    )
    booking.cancel(booking=made, person=lab.manager, now=now + timedelta(minutes=1))
    return made


def page(person: Person, address: str, status: int = 200) -> str:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()


def test_a_booking_shows_its_journal_to_its_person_and_the_stewards(lab: Place, held: Any) -> None:
    address = f"/journal/booking/{held.pk}/"
    assert address in page(lab.member, f"/bookings/{held.pk}/")
    for person in (lab.member, lab.manager):
        shown = page(person, address)
        assert ("2 lines" in shown, "cancelled" in shown, "Manager" in shown) == (True, True, True)
    page(lab.other, address, 403)


def test_an_instrument_and_its_journal_are_linked_for_stewards_alone(lab: Place, held: Any) -> None:
    address = "/journal/instrument/triple/"
    assert address in page(lab.manager, "/instruments/triple/")
    assert address not in page(lab.member, "/instruments/triple/")
    assert "booked" in page(lab.manager, address)
    assert "Nothing in this period" in page(lab.manager, "/journal/instrument/orbitrap/")
    page(lab.member, address, 403)
    page(lab.manager, "/journal/instrument/none/", 404)
    page(lab.manager, "/journal/weather/1/", 404)


def test_an_organisation_has_its_journal_for_its_leads(lab: Place) -> None:
    lead, group = Person.objects.create_user("lead@example.org", name="Lead"), lab.project.organisation
    membership.join(person=lead, organisation=group, by=None, now=timezone.now(), role=Membership.Role.LEAD)
    address = f"/journal/organisation/{group.pk}/"
    assert address in page(lead, f"/organisations/{group.pk}/")
    assert "joined" in page(lead, address)
    page(lab.member, address, 403)


def test_the_thread_of_an_order_leads_to_its_journal(lab: Place, held: Any) -> None:
    address = f"/journal/order/{held.order.key}/"
    assert address in page(lab.member, f"/orders/{held.order.key}/")
    assert "booked" in page(lab.member, address)


def test_the_journal_of_ones_care_is_narrowed_and_saved_as_a_file(lab: Place, held: Any) -> None:
    assert "/desk/journal/" in page(lab.manager, "/desk/")
    assert "booked" in page(lab.manager, "/desk/journal/")
    assert "Nothing in this period" in page(lab.manager, "/desk/journal/?kind=outage")
    one = page(lab.manager, "/desk/journal/?kind=booking&person=manager@example.org")
    assert ("1 line" in one, "cancelled" in one) == (True, True)
    rows = page(lab.manager, "/desk/journal/?kind=booking&format=csv").splitlines()
    assert rows[0].removeprefix("\ufeff") == "at,person,verb,thing,id,facts"
    assert [row.split(",")[2] for row in rows[1:]] == ["cancelled", "booked"]
    tomorrow = (timezone.localdate() + 2 * DAY).isoformat()
    assert "Nothing in this period" in page(lab.manager, f"/desk/journal/?since={tomorrow}")
    assert "expected a day" in page(lab.manager, "/desk/journal/?since=soon", 422)
    assert "Found no account" in page(lab.manager, "/desk/journal/?person=nobody@example.org", 422)
    assert "Nothing in this period" in page(lab.member, "/desk/journal/")


def test_without_a_period_the_last_thirty_days_are_shown_and_all_when_asked(lab: Place, held: Any) -> None:
    JournalEntry.objects.update(at=timezone.now() - 40 * DAY)
    assert "Nothing in this period" in page(lab.manager, "/desk/journal/")
    assert "booked" in page(lab.manager, "/desk/journal/?since=")


def test_every_resource_of_the_interface_stands_on_the_page_for_programs(lab: Place) -> None:
    assert programs.RESOURCES.keys() == {name for name, _words in api.resources()}
    shown = Client(headers={"Accept-Language": "en"}).get("/api/").content.decode()
    assert all(f"/api/docs#/{name.replace(' ', '%20')}" in shown for name in programs.RESOURCES)
    assert Client().get("/api/docs").status_code == 200


def test_a_steward_changes_the_secret_of_a_webhook_and_sees_it_once(
    lab: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "judged", lambda *_given, **_named: None)
    hook = webhooks.make(
        place=lab.triple, url="https://example.org/", things=[], person=lab.manager, now=timezone.now()
    )  # fmt: skip
    old, client = hook.secret, Client()
    client.force_login(lab.manager)
    client.cookies["django_language"] = "en"
    shown = client.post(f"/webhooks/{hook.pk}/act/", {"do": "secret"}).content.decode()
    new = Webhook.objects.get().secret
    assert (new != old, new in shown, old in shown) == (True, True, False)
    again = client.get(f"/webhooks/{hook.pk}/").content.decode()
    assert (new in again, "Signed with the new and the former secret" in again) == (False, True)


def test_every_kind_of_a_journal_has_words() -> None:
    assert {*journals.kinds(), *journals.OF_GROUP} - deed_words.THINGS.keys() == set()
