"""What a mouse does, the keyboard does too: the timeline, the booking form, the sheet of samples."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect

from liqi.access import booking, orders
from liqi.access.models import Booking
from tests.browser.lab import at, day, service_of
from tests.browser.visiting import Visit
from tests.web.access import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def reach(page: Page, wanted: Locator, most: int = 60) -> None:
    """Tab until the wanted thing has the focus; it fails where the keyboard never gets there."""
    for _step in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{most} tabs do not reach {wanted}")


@pytest.fixture
def timeline(visit: Visit, lab: Place) -> Page:
    """The day after tomorrow on both instruments; the member has a booking from ten to twelve."""
    booking.book(
        instrument=lab.orbitrap, person=lab.member, starts_at=at(2, 10), ends_at=at(2, 12), now=datetime.now(UTC)
    )
    page = visit(f"/calendar/?facility=ms-platform&view=day&date={day(2)}", person=lab.member)
    page.wait_for_selector("[data-island=calendar][data-ready] .ec-event.is-mine")
    return page


def test_a_booking_on_the_timeline_moves_by_arrows(timeline: Page, lab: Place) -> None:
    timeline.locator(".is-mine button").focus()
    timeline.keyboard.press("ArrowRight")
    timeline.keyboard.press("ArrowRight")
    timeline.keyboard.press("Enter")
    expect(timeline.locator(".toast-line")).to_contain_text("Moved to")
    made = Booking.objects.live().get()
    assert made.instrument == lab.orbitrap
    assert made.starts_at > at(2, 10)
    assert made.ends_at - made.starts_at == timedelta(hours=2)


def test_the_cursor_of_the_timeline_walks_lines_and_books_the_one_it_is_on(timeline: Page, lab: Place) -> None:
    timeline.locator("[data-part=grid]").focus()
    said = timeline.locator("[data-part=say]")
    expect(said).not_to_be_empty()
    seen = timeline.locator(".is-cursor")
    expect(said).to_contain_text("Triple")
    timeline.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Orbitrap")
    timeline.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Triple")
    head = timeline.locator(".ec-row-head", has_text="Triple").bounding_box()
    box = seen.bounding_box()
    assert head
    assert box
    assert box["x"] >= head["x"] + head["width"] - 1, "the cursor is not hidden behind the names"
    timeline.keyboard.press("Enter")
    panel = timeline.locator("dialog.panel[open]")
    panel.get_by_role("button", name="Book this time").press("Enter")
    expect(timeline.locator(".toast-line")).to_contain_text("Booked")
    assert Booking.objects.live().filter(instrument=lab.triple).get().person == lab.member


def test_the_booking_form_is_filled_and_sent_without_a_mouse(visit: Visit, lab: Place) -> None:
    facts = f"date={day(3)}&start=10:00&minutes=60&zone=Asia/Shanghai"
    page = visit(f"/instruments/orbitrap/book/?{facts}", person=lab.member)
    expect(page.get_by_role("button", name="Book this time")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#need")).to_be_focused()
    page.keyboard.type("Tea")
    reach(page, page.get_by_role("button", name="Book this time"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/**")
    made = Booking.objects.live().get()
    assert (made.starts_at, made.order.title) == (at(3, 10), "Tea")


def test_a_sheet_of_samples_is_looked_at_and_registered_without_a_mouse(
    visit: Visit, lab: Place, tmp_path: Path
) -> None:
    made = orders.open(
        person=lab.member, title="Tea", need="Pesticides?", service=service_of(lab), now=datetime.now(UTC)
    )
    sheet = tmp_path / "samples.csv"
    sheet.write_text("name,kind\n" + "".join(f"T-{n},tea\n" for n in range(1, 25)), "utf-8")
    page = visit(f"/orders/{made.key}/samples/", person=lab.member)
    reach(page, page.locator("#file"))
    page.set_input_files("#file", sheet)
    reach(page, page.get_by_role("button", name="Look at it"))
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Register 24 samples")
    expect(button).to_be_visible()
    reach(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_text("T-24").first).to_be_visible()
    assert made.samples.count() == 24
