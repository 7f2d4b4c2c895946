"""An operator opens a figure of the national evaluation down to one session, and goes back to the booking of it."""

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.lab import fits
from tests.browser.visiting import Visit
from tests.web.test_evaluation_pages import HERE, World, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
__all__ = ["world"]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_figure_of_the_national_evaluation_opens_down_to_one_session(
    visit: Visit, transactional_db: None, world: World, width: int
) -> None:
    page = visit("/evaluation/" + HERE, person=world.operator, width=width, touch=width < 500)
    page.get_by_role("link", name="Host University").first.click()
    page.wait_for_url("**/evaluation/units/host/**")
    expect(page.get_by_role("heading", name="Nine indicators")).to_be_visible()
    assert fits(page)
    page.locator(".figures-row").first.get_by_role("link", name="rows").first.click()
    page.wait_for_url("**/evaluation/rows/sessions/**")
    expect(page.get_by_role("status").first).to_contain_text("2 rows · 8")
    assert fits(page)
    page.locator("tbody tr", has_text="Member").get_by_role("link").first.click()
    page.wait_for_url(re.compile(f"/evaluation/sessions/{world.session.pk}/"))
    facts = page.locator(".facts")
    expect(facts.first).to_contain_text("6.0000 h")
    expect(facts.nth(1)).to_contain_text("Member")
    assert fits(page)
    page.get_by_role("navigation", name="You are here").get_by_role("link", name="Orbitrap LC-MS").click()
    expect(page.get_by_role("heading", name="Orbitrap LC-MS")).to_be_visible()
