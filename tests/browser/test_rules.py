"""A steward composes a rule, tries it on a past month, switches it on, and sees it bite a booking."""

from datetime import datetime, timedelta

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from liqi.access import booking
from liqi.access.models import Booking, RuleSetting
from tests.browser.lab import HERE, at, day, fits, press
from tests.browser.visiting import Visit
from tests.web.access import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def compose(page: Page) -> None:
    """At most two hours a day for each person, in the first row."""
    first = page.locator(".rule-row").first
    first.get_by_label("At most").fill("2")
    first.get_by_label("Of what").select_option("hours")
    first.get_by_label("In", exact=True).select_option("day")


def past(lab: Place, hours: int) -> datetime:
    """A booking of so many hours in the month before this, as it was asked then; its start."""
    first = datetime.now(HERE).replace(day=1, hour=9, minute=0, second=0, microsecond=0) - timedelta(days=20)
    start = first.astimezone(at(0, 9).tzinfo)
    booking.book(
        instrument=lab.orbitrap, person=lab.other, starts_at=start, ends_at=start + timedelta(hours=hours),
        now=start - timedelta(days=3),
    )  # fmt: skip
    return start


def asked(visit: Visit, lab: Place, start: str, minutes: int) -> Page:
    """The member looks at that time of the day after tomorrow."""
    facts = f"date={day(2)}&start={start}&zone=Asia/Shanghai&minutes={minutes}"
    return visit(f"/instruments/orbitrap/book/?{facts}", person=lab.member)


def test_a_rule_is_composed_tried_on_a_past_month_set_and_bites(visit: Visit, lab: Place) -> None:
    month = past(lab, hours=4).astimezone(HERE).strftime("%Y-%m")
    page = visit("/instruments/orbitrap/", person=lab.manager)
    page.get_by_text("For stewards").click()
    page.get_by_role("link", name="Booking rules").click()
    page.get_by_role("link", name="Quotas").click()
    compose(page)
    page.get_by_role("button", name="Read it in words").click()
    expect(page.locator("#words")).to_contain_text("2 h")
    page.select_option("#month", month)
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#trial")).to_contain_text("1 of 1 booking")
    expect(page.locator("#trial")).to_contain_text("Other")
    assert not RuleSetting.objects.exists()
    page.get_by_role("button", name="Set the rule").click()
    expect(page.get_by_text("set here").first).to_be_visible()

    refused = asked(visit, lab, "09:00", 180)
    expect(refused.locator("[data-panel]")).to_contain_text("2 h")
    expect(refused.get_by_role("button", name="Book this time")).to_have_count(0)
    allowed = asked(visit, lab, "09:00", 120)
    press(allowed, "Book this time")
    assert Booking.objects.live().of(lab.member).get().starts_at == at(2, 9)
    again = asked(visit, lab, "14:00", 60)
    expect(again.get_by_role("button", name="Book this time")).to_have_count(0)

    page.get_by_role("link", name="Quotas").click()
    press(page, "Switch off")
    press(asked(visit, lab, "14:00", 60), "Book this time")
    assert Booking.objects.live().of(lab.member).count() == 2


def test_a_rule_is_composed_by_keyboard_alone(visit: Visit, lab: Place) -> None:
    page = visit("/instruments/orbitrap/rules/quota/", person=lab.manager)
    page.locator(".rule-row select").first.focus()
    keys = page.keyboard
    keys.press("Tab")
    keys.type("3")
    keys.press("Tab")
    keys.type("hours")
    keys.press("Tab")
    keys.type("day")
    button = page.get_by_role("button", name="Set the rule")
    for _step in range(40):
        if button.evaluate("one => one === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("set here").first).to_be_visible()
    limits = RuleSetting.objects.get().parameters["limits"]
    assert [(one["most"], one["what"], one["per"]) for one in limits] == [(3, "hours", "day")]


def test_the_composer_fits_a_phone(visit: Visit, lab: Place) -> None:
    page = visit("/instruments/orbitrap/rules/quota/", person=lab.manager, width=360, height=740, touch=True)
    assert fits(page)
    first = page.locator(".rule-row").first.get_by_label("At most").bounding_box()
    label = page.locator(".rule-row").first.get_by_text("At most").bounding_box()
    assert first
    assert label
    assert label["y"] + label["height"] <= first["y"] + 1
