"""A session begins and ends beside the instrument: with one's own phone, and at the tablet that hangs there."""

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from liqi.access import booking
from liqi.access.metering import kiosk
from liqi.access.models import Session
from tests.browser.lab import fits
from tests.browser.visiting import Visit
from tests.web.access import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_a_steward_begins_without_a_booking_and_ends_on_a_phone(visit: Visit, lab: Place) -> None:
    page = visit("/kiosk/orbitrap/", person=lab.manager, width=360, height=740, touch=True)
    page.get_by_role("button", name="Start without a booking").tap()
    expect(page.get_by_role("button", name="End the session")).to_be_visible()
    made = Session.objects.get()
    assert (made.person, made.ended_at) == (lab.manager, None)
    assert fits(page)
    page.get_by_role("button", name="End the session").tap()
    expect(page.get_by_role("heading", name="Nobody is on it now")).to_be_visible()
    made.refresh_from_db()
    assert made.ended_at is not None


def test_who_has_booked_begins_and_ends_with_one_tap_each_on_a_phone(visit: Visit, lab: Place) -> None:
    now = datetime.now(UTC)
    start = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    booked = booking.book(
        instrument=lab.orbitrap, person=lab.member, starts_at=start, ends_at=start + timedelta(hours=1),
        now=start - timedelta(hours=2),
    )  # fmt: skip
    page = visit("/kiosk/orbitrap/", person=lab.member, width=360, height=740, touch=True)
    page.get_by_role("button", name="Start", exact=True).tap()
    expect(page.get_by_role("button", name="End the session")).to_be_visible()
    made = Session.objects.get()
    assert (made.person, made.booking, made.ended_at) == (lab.member, booked, None)
    page.get_by_role("button", name="End the session").tap()
    expect(page.get_by_role("button", name="End the session")).to_have_count(0)
    made.refresh_from_db()
    assert made.ended_at is not None


def test_at_the_tablet_a_person_is_known_by_a_pin(visit: Visit, lab: Place) -> None:
    now = datetime.now(UTC)
    _tablet, secret = kiosk.register(instrument=lab.orbitrap, name="Door", person=lab.manager, now=now)
    kiosk.set_pass(person=lab.manager, pin="2468", now=now)
    page = visit(f"/kiosk/{secret}/", width=820, height=1180, touch=True)
    assert fits(page)
    page.get_by_role("link", name="Start without a booking").tap()
    page.get_by_label("E-mail address").fill(lab.manager.email)
    page.get_by_label("PIN").fill("1357")
    page.get_by_role("button", name="Start", exact=True).tap()
    expect(page.locator(".notice-bad")).to_be_visible()
    assert not Session.objects.exists()
    page.get_by_label("E-mail address").fill(lab.manager.email)
    page.get_by_label("PIN").fill("2468")
    page.get_by_role("button", name="Start", exact=True).tap()
    expect(page.get_by_role("link", name="End the session")).to_be_visible()
    assert Session.objects.get().person == lab.manager
