"""Notices, tokens, the journal and personal data, as a person meets them in the browser."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liqi.access import booking, booking_reminders
from liqi.access.models import Booking, KeptAnswer, KioskPass, LogOn
from liqi.accounts import notices, personal_data, tokens
from liqi.accounts.models import ApiToken, JournalEntry, Notice, Person
from liqi.catalogue.models import SavedSearch
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def home() -> Place:
    return place()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def book(home: Place, days: int = 3) -> Booking:
    start = NOW + timedelta(days=days)
    return booking.book(
        instrument=home.triple, person=home.member, starts_at=start, ends_at=start + timedelta(hours=2), now=NOW
    )


def test_a_notice_is_new_until_it_is_followed(home: Place) -> None:
    client = signed_in(home.member)
    facts = {"instrument": "T", "start_at": NOW.isoformat()}
    notices.tell([home.member], kind="booking.soon", now=NOW, link="/bench/", **facts)
    one = Notice.objects.get()
    assert client.get(reverse("notices_count")).content == b"1"
    assert "Your booking of T begins" in client.get(reverse("notices")).content.decode()
    assert client.get(reverse("notice", args=[one.pk]))["Location"] == "/bench/"
    assert client.get(reverse("notices_count")).content == b""
    assert signed_in(home.other).get(reverse("notice", args=[one.pk])).status_code == 404
    client.post(reverse("notices_mark"), {"notice": one.pk, "unread": 1})
    assert client.get(reverse("notices_count")).content == b"1"


def test_wishes_are_kept_and_half_of_the_quiet_hours_is_refused(home: Place) -> None:
    client = signed_in(home.member)
    sent = {"rhythm": "daily", "hour": 7, "remind_minutes": 60, "muted": ["swap"], "quiet_from": "22:00"}
    assert client.post(reverse("notice_wishes"), sent).status_code == 422
    assert client.post(reverse("notice_wishes"), sent | {"quiet_until": "07:00"}).status_code == 302
    assert home.member.notice_wishes.muted == ["swap"]


def test_a_token_is_shown_once_and_revoked(home: Place) -> None:
    client = signed_in(home.member)
    answer = client.post(reverse("my_tokens"), {"name": "Script", "scopes": ["read"], "days": 30})
    assert tokens.PREFIX in answer.content.decode()
    assert f"{tokens.PREFIX}" not in client.get(reverse("my_tokens")).content.decode()
    pk = ApiToken.objects.get().pk
    assert signed_in(home.other).post(reverse("token_revoke", args=[pk])).status_code == 404
    client.post(reverse("token_revoke", args=[pk]))
    assert ApiToken.objects.get().revoked_at is not None


def test_the_journal_shows_what_concerns_the_person_alone(home: Place) -> None:
    made = book(home)
    assert f">booking {made.pk}<" in signed_in(home.member).get(reverse("journal")).content.decode()
    for address in (reverse("journal"), reverse("journal") + f"?all=1&thing=access.booking/{made.pk}"):
        assert f"booking {made.pk}<" not in signed_in(home.other).get(address).content.decode()


def test_personal_data_are_whole_and_without_secrets(home: Place) -> None:
    made = book(home)
    answer = signed_in(home.member).get(reverse("my_data_file"))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert [row["id"] for row in json.loads(archive.read("access.booking.json"))] == [made.pk]
    assert {"accounts.person.csv", "accounts.membership.json", "accounts.journalentry.csv"} <= set(archive.namelist())
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert home.member.feed_token not in everything
    assert home.member.password not in everything


def test_who_is_forgotten_leaves_bookings_without_a_name(home: Place) -> None:
    made, client = book(home), signed_in(home.member)
    KeptAnswer.objects.create(person=home.member, key="k", fingerprint="f", body="member@example.org", at=NOW)
    KioskPass.objects.create(person=home.member, badge_hash="b")
    SavedSearch.objects.create(person=home.member, title="t", address="q=x", created_at=NOW, seen_at=NOW)
    for name, person in (("early", None), ("late", home.member)):
        LogOn.objects.create(
            instrument=made.instrument, name=name, account="Member@example.org", person=person, started_at=NOW
        )
    assert client.post(reverse("my_data"), {"email": "other@example.org"}).status_code == 422
    assert client.post(reverse("my_data"), {"email": home.member.email}).status_code == 302
    kept = Booking.objects.get(pk=made.pk).person
    assert (kept.pk, kept.is_active, kept.name) == (home.member.pk, False, f"Former user {home.member.pk}")
    assert "member@example.org" not in str([*Person.objects.values(), *LogOn.objects.values()]).lower()
    assert set(LogOn.objects.values_list("account", flat=True)) == {kept.email}
    assert not kept.memberships.exists()
    for kind in (KeptAnswer, KioskPass, SavedSearch):
        assert not kind._meta.base_manager.filter(person=kept).exists(), kind
    assert JournalEntry.objects.filter(verb="forgot").exists()
    assert not Client().login(email="member@example.org", password="gong-yu-shan-qi-shi")


def test_notices_that_others_have_of_who_is_forgotten_name_them_no_more(home: Place) -> None:
    gone, namesake = home.member, home.other
    namesake.name = gone.name
    namesake.save()
    facts: dict[str, Any] = {"instrument": "T", "start_at": NOW.isoformat()}
    words = f"ask {gone.name} at {gone.email}"
    notices.tell([home.manager], kind="booking.refused", now=NOW, person=gone, words=words, **facts)
    notices.tell([home.manager], kind="booking.moved", now=NOW, person=namesake, **facts)
    Notice.objects.create(person=home.manager, kind="booking.made", facts={"person": gone.name, **facts}, at=NOW)
    name, called = gone.name, f"Former user {gone.pk}"
    personal_data.forget(person=gone, by=gone, now=NOW)
    mine, others, old = Notice.objects.filter(person=home.manager).order_by("pk").values_list("facts", flat=True)
    assert (mine["person"], mine["words"], old["person"]) == (called, f"ask {called} at {called}", called)
    assert (others["person"], others["person_id"]) == (name, namesake.pk)
    page = signed_in(home.manager).get(reverse("notices")).content.decode()
    assert page.count(called) == 4
    assert gone.email not in page


def test_a_booking_is_reminded_of_once_and_again_when_it_moved(home: Place) -> None:
    made = book(home)
    assert booking_reminders.due(now=NOW) == 0
    day_before = made.starts_at - timedelta(hours=23)
    assert (booking_reminders.due(now=day_before), booking_reminders.due(now=day_before)) == (1, 0)
    later = made.starts_at + timedelta(days=2)
    booking.move(booking=made, person=home.member, starts_at=later, ends_at=later + timedelta(hours=2), now=day_before)
    assert booking_reminders.due(now=later - timedelta(hours=1)) == 1


def test_the_calendar_of_an_instrument_names_nobody_to_the_public(home: Place) -> None:
    made = book(home)
    public = Client().get(reverse("instrument_free_busy", args=["triple"])).content.decode()
    assert f"busy-{made.pk}@liqi" in public
    assert "Member" not in public
    secret = reverse("instrument_ics", args=["triple", home.manager.feed_token])
    assert "Member" in Client().get(secret).content.decode()
    assert "Member" not in Client().get(secret.replace(home.manager.feed_token, home.other.feed_token)).content.decode()
    assert Client().get(secret.replace(home.manager.feed_token, "wrong")).status_code == 404
