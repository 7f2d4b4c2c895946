"""Booking as a person does it: by drag, by keyboard, by form; moving, cancelling and taking back; on a phone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect

from liqi.access import booking
from liqi.access.models import Booking
from liqi.catalogue.models import Instrument
from tests.browser.visiting import Visit
from tests.web.access import Place, place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def lab(transactional_db: None) -> Place:
    """A facility with two instruments, a member and a steward."""
    return place()


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """That hour so many days from today, on the instrument's clock."""
    day = datetime.now(HERE) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


@pytest.fixture
def calendar(visit: Visit, lab: Place) -> Page:
    """The week of the first instrument, as the member sees it."""
    page = visit("/instruments/orbitrap/calendar/", person=lab.member)
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-day")
    page.wait_for_load_state("networkidle")
    return page


def point(page: Page, days: int, hour: float) -> tuple[float, float]:
    """Where that time stands in the week grid."""
    page.evaluate("hour => { const main = document.querySelector('.ec-main'); main.scrollTop = hour * 44 - 120 }", hour)
    page.evaluate("document.querySelector('.ec-main').scrollIntoView({block: 'center', behavior: 'instant'})")
    box = page.locator(".ec-body .ec-day").nth(days).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + hour * 44 + 3


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move in steps, release."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 1, start[1] + 12)
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def panel(page: Page) -> Locator:
    return page.locator("dialog.panel[open]")


def test_dragging_over_free_time_books_it(calendar: Page, lab: Place) -> None:
    x, y = point(calendar, 2, 9)
    drag(calendar, (x, y), (x, y + 84))
    expect(panel(calendar).get_by_role("heading")).to_contain_text("Orbitrap")
    panel(calendar).get_by_role("button", name="Book this time").click()
    expect(calendar.locator(".ec-event.is-mine")).to_have_count(1)
    made = Booking.objects.live().get()
    assert (made.starts_at, made.ends_at) == (at(2, 9), at(2, 11))
    assert made.person == lab.member


def test_the_keyboard_walks_free_slots_and_books(calendar: Page, lab: Place) -> None:
    grid = calendar.locator("[data-part=grid]")
    grid.focus()
    expect(calendar.locator(".is-cursor").first).to_be_visible()
    calendar.keyboard.press("ArrowRight")
    calendar.keyboard.press("ArrowRight")
    calendar.keyboard.press("Shift+ArrowDown")
    expect(calendar.locator("[data-part=say]")).to_contain_text("Enter books")
    calendar.keyboard.press("Enter")
    panel(calendar).get_by_role("button", name="Book this time").press("Enter")
    expect(calendar.locator(".ec-event.is-mine").first).to_be_visible()  # late in the evening it is drawn on two days
    made = Booking.objects.live().get()
    assert made.ends_at - made.starts_at == timedelta(minutes=90)


def test_the_keyboard_steps_over_taken_time(visit: Visit, lab: Place) -> None:
    start, now = at(1, 1), datetime.now(UTC)
    booking.book(
        instrument=lab.orbitrap, person=lab.other, starts_at=start, ends_at=start + timedelta(hours=8), now=now
    )
    page = visit(
        "/instruments/orbitrap/calendar/?date=" + at(1, 12).astimezone(HERE).strftime("%Y-%m-%d"), person=lab.member
    )
    page.locator("[data-part=grid]").focus()
    said = page.locator("[data-part=say]")
    expect(said).to_contain_text("00:00–01:00")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("09:00–10:00")
    page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("00:00–01:00")
    page.keyboard.press("Escape")
    expect(page.locator(".is-cursor")).to_have_count(0)


def test_taken_and_past_time_cannot_be_dragged_over(visit: Visit, lab: Place) -> None:
    start, now = at(2, 10), datetime.now(UTC)
    booking.book(
        instrument=lab.orbitrap, person=lab.other, starts_at=start, ends_at=start + timedelta(hours=1), now=now
    )
    page = visit("/instruments/orbitrap/calendar/", person=lab.member)
    page.wait_for_selector(".ec-event.is-taken")
    x, y = point(page, 2, 9)
    drag(page, (x, y), (x, y + 110))
    expect(panel(page)).to_have_count(0)


def booked(lab: Place, days: int, hour: int, hours: int = 2) -> Booking:
    return booking.book(
        instrument=lab.orbitrap,
        person=lab.member,
        starts_at=at(days, hour),
        ends_at=at(days, hour + hours),
        now=datetime.now(UTC),
    )


def opened(visit: Visit, lab: Place) -> Page:
    page = visit("/instruments/orbitrap/calendar/", person=lab.member)
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-event.is-mine")
    return page


def test_dragging_a_booking_moves_it_and_undo_puts_it_back(visit: Visit, lab: Place) -> None:
    made = booked(lab, 2, 9)
    page = opened(visit, lab)
    x, y = point(page, 2, 9.5)
    drag(page, (x, y), (x, y + 132))
    expect(page.locator(".toast-line")).to_contain_text("Moved to")
    made.refresh_from_db()
    assert made.starts_at == at(2, 12)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-line")).to_contain_text("09:00")
    made.refresh_from_db()
    assert made.starts_at == at(2, 9)


def test_pulling_the_end_of_a_booking_makes_it_longer(visit: Visit, lab: Place) -> None:
    made = booked(lab, 2, 9)
    page = opened(visit, lab)
    x, y = point(page, 2, 11)
    drag(page, (x, y - 6), (x, y + 38))
    expect(page.locator(".toast-line")).to_contain_text("Moved to")
    made.refresh_from_db()
    assert (made.starts_at, made.ends_at) == (at(2, 9), at(2, 12))


def test_delete_cancels_and_undo_takes_it_back(visit: Visit, lab: Place) -> None:
    made = booked(lab, 1, 14)
    page = opened(visit, lab)
    page.locator(".is-mine button").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".toast-line")).to_contain_text("cancelled")
    made.refresh_from_db()
    assert not made.is_live
    expect(page.locator(".ec-event.is-mine")).to_have_count(0)  # else it is the one that comes back below
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".ec-event.is-mine")).to_have_count(1)
    made.refresh_from_db()
    assert made.is_live


def test_arrows_move_a_booking_by_keyboard(visit: Visit, lab: Place) -> None:
    made = booked(lab, 1, 14)
    page = opened(visit, lab)
    page.locator(".is-mine button").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-line")).to_contain_text("Moved to")
    made.refresh_from_db()
    assert made.starts_at == at(1, 15)


def test_a_period_taken_meanwhile_is_refused_with_the_nearest_free_ones(calendar: Page, lab: Place) -> None:
    x, y = point(calendar, 3, 9)
    drag(calendar, (x, y), (x, y + 40))
    button = panel(calendar).get_by_role("button", name="Book this time")
    expect(button).to_be_visible()
    booking.book(
        instrument=lab.orbitrap, person=lab.other, starts_at=at(3, 9), ends_at=at(3, 10), now=datetime.now(UTC)
    )
    button.click()
    expect(panel(calendar)).to_contain_text("taken")
    panel(calendar).locator("a[data-period]").last.click()
    panel(calendar).get_by_role("button", name="Book this time").click()
    expect(calendar.locator(".ec-event.is-mine")).to_have_count(1)
    assert Booking.objects.live().of(lab.member).get().starts_at == at(3, 10)


def test_the_form_books_too(calendar: Page, lab: Place) -> None:
    day = (datetime.now(HERE) + timedelta(days=4)).strftime("%Y-%m-%d")
    calendar.fill("#form-date", day)
    calendar.fill("#form-start", "10:00")
    calendar.select_option("#form-minutes", "120")
    calendar.fill("#form-need", "Pesticides in tea")
    calendar.get_by_role("button", name="Look at price and rules").click()
    expect(calendar.locator("[data-panel]")).to_contain_text("240")
    calendar.get_by_role("button", name="Book this time").click()
    expect(calendar).to_have_url(re.compile(r"/orders/\w+/"))
    made = Booking.objects.live().get()
    assert (made.starts_at, made.order.title) == (at(4, 10), "Pesticides in tea")


def test_others_bookings_show_no_names(visit: Visit, lab: Place) -> None:
    booking.book(
        instrument=lab.orbitrap,
        person=lab.other,
        starts_at=at(1, 9),
        ends_at=at(1, 11),
        now=datetime.now(UTC),
        title="Secret",
    )
    page = visit("/instruments/orbitrap/calendar/", person=lab.member)
    expect(page.locator(".ec-event.is-taken")).to_have_count(1)
    assert "Secret" not in page.content()
    assert lab.other.name not in page.content()


def test_a_visitor_signs_in_and_finds_what_was_typed(visit: Visit, lab: Place) -> None:
    page = visit("/instruments/orbitrap/calendar/")
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-day")
    day = (datetime.now(HERE) + timedelta(days=4)).strftime("%Y-%m-%d")
    page.fill("#form-date", day)
    page.fill("#form-start", "10:00")
    page.get_by_role("button", name="Look at price and rules").click()
    page.fill("#need", "Antibiotics in broth")
    page.get_by_role("button", name="Sign in and book").click()
    page.fill("input[name=login]", lab.member.email)
    page.fill("input[name=password]", "gong-yu-shan-qi-shi")
    page.press("input[name=password]", "Enter")
    expect(page.locator("#need")).to_have_value("Antibiotics in broth")
    expect(page.locator("[data-panel]")).to_contain_text("10:00")


def test_on_a_phone_a_day_is_shown_and_a_tap_books(visit: Visit, lab: Place) -> None:
    page = visit("/instruments/orbitrap/calendar/", person=lab.member, width=360, height=740, touch=True)
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-day")
    expect(page.locator(".ec-body .ec-day")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Later").click()
    page.wait_for_load_state("networkidle")
    x, y = point(page, 0, 10)
    page.touchscreen.tap(x, y + 6)
    expect(panel(page)).to_contain_text("10:00")
    panel(page).get_by_role("button", name="Book this time").click()
    expect(page.locator(".ec-event.is-mine")).to_have_count(1)


def test_the_timeline_books_the_line_that_was_dragged_over(visit: Visit, lab: Place) -> None:
    page = visit("/calendar/?facility=ms-platform&view=day", person=lab.member)
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-day")
    page.get_by_role("button", name="Later").click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('.ec-main').scrollLeft = 9 * 48")
    label = page.locator(".ec-row-head", has_text="Triple").bounding_box()
    body = page.locator(".ec-main").bounding_box()
    sidebar = page.locator(".ec-body .ec-sidebar").bounding_box()
    assert label
    assert body
    assert sidebar
    x, y = sidebar["x"] + sidebar["width"] + 2 * 48 + 3, label["y"] + label["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y)
    page.mouse.move(x + 88, y, steps=5)
    page.mouse.up()
    expect(panel(page)).to_contain_text("Triple")
    panel(page).get_by_role("button", name="Book this time").click()
    expect(page.locator(".toast-line")).to_contain_text("Booked")
    assert Booking.objects.live().get().instrument == Instrument.objects.get(key="triple")
