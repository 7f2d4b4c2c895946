"""A researcher books every week around a clash, gives one date back, and moves this and those that follow."""

import re
from datetime import UTC, datetime

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from liqi.access import booking
from liqi.access.models import Booking
from tests.browser.lab import at, day, fits, press
from tests.browser.visiting import Visit
from tests.web.access import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def live(lab: Place) -> list[Booking]:
    """What the member has booked, by time."""
    return list(Booking.objects.live().of(lab.member).order_by("starts_at"))


def starts(lab: Place) -> list[datetime]:
    return [one.starts_at for one in live(lab)]


@pytest.fixture
def asked(visit: Visit, lab: Place) -> Page:
    """Four weeks from the third day on at nine; the second date is somebody else's."""
    booking.book(
        instrument=lab.orbitrap, person=lab.other, starts_at=at(10, 9), ends_at=at(10, 11), now=datetime.now(UTC)
    )
    page = visit("/instruments/orbitrap/book/plan/", person=lab.member)
    page.fill("#plan-date", day(3))
    page.fill("#plan-start", "09:00")
    page.select_option("#plan-minutes", "60")
    page.select_option("#repeat", "weekly")
    page.fill("#times", "4")
    press(page, "Look at each date")
    expect(page.locator(".plan-taken")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("Book .* date"))).to_have_count(0)
    return page


def opened(page: Page, made: Booking) -> Page:
    """The page of the booking."""
    page.goto("/".join(page.url.split("/")[:3]) + f"/bookings/{made.pk}/")
    page.wait_for_load_state("networkidle")
    return page


def test_the_date_that_clashes_is_left_out(asked: Page, lab: Place) -> None:
    asked.select_option("#clash", "skip")
    press(asked, "Look at each date")
    expect(asked.locator(".plan-skipped")).to_have_count(1)
    press(asked, "Book 3 dates")
    assert starts(lab) == [at(3, 9), at(17, 9), at(24, 9)]


def test_the_date_that_clashes_moves_and_one_date_is_given_back_and_taken_again(asked: Page, lab: Place) -> None:
    asked.select_option("#clash", "shift")
    press(asked, "Look at each date")
    expect(asked.locator(".plan-shifted")).to_have_count(1)
    press(asked, "Book 4 dates")
    made = live(lab)
    assert [one.starts_at for one in made if one != made[1]] == [at(3, 9), at(17, 9), at(24, 9)]
    assert made[1].starts_at in (at(10, 8), at(10, 11))
    page = opened(asked, made[2])
    expect(page.get_by_text("every week")).to_be_visible()
    press(page, "Cancel the booking")
    expect(page.locator(".toast-line")).to_contain_text("1 booking is cancelled")
    assert live(lab) == [made[0], made[1], made[3]]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-line")).to_contain_text("is back")
    assert live(lab) == made


def test_this_date_and_those_that_follow_move_and_come_back(asked: Page, lab: Place) -> None:
    asked.select_option("#clash", "skip")
    press(asked, "Look at each date")
    press(asked, "Book 3 dates")
    page = opened(asked, live(lab)[1])
    page.get_by_text("Move it to another time").click()
    page.fill("#move-start", "13:00")
    page.select_option("#move-scope", label="this and those that follow (2)")
    press(page, "Move the booking")
    expect(page.locator(".toast-line")).to_contain_text("2 bookings are moved")
    assert starts(lab) == [at(3, 9), at(17, 13), at(24, 13)]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-line")).to_contain_text("2 bookings are moved")
    expect(page.get_by_text("09:00").first).to_be_visible()
    assert starts(lab) == [at(3, 9), at(17, 9), at(24, 9)]


def test_on_a_phone_the_dates_stand_under_the_question(visit: Visit, lab: Place) -> None:
    facts = f"date={day(3)}&start=09:00&minutes=60&zone=Asia/Shanghai&repeat=weekly&times=3"
    page = visit(f"/instruments/orbitrap/book/plan/?{facts}", person=lab.member, width=360, height=740, touch=True)
    assert fits(page)
    page.get_by_role("button", name="Book 3 dates").tap()
    page.wait_for_url(re.compile("/(orders|bookings)/"))
    assert starts(lab) == [at(3, 9), at(10, 9), at(17, 9)]
