"""On paper: light whatever the theme, charts no wider than the sheet, tables as tables, nothing that floats."""

import pytest
from playwright.sync_api import Page

from tests.browser.visiting import Visit
from tests.web.world import World, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAPER = {"width": 673, "height": 980}
"""What lies between the margins of A4, in px."""


@pytest.fixture
def known(transactional_db: None) -> World:
    return world()


def put_on_paper(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]


def colour_in_the_middle_of_the_first_bar(page: Page) -> str:
    found: str = page.evaluate(
        """() => {
          const canvas = document.querySelector(".island-chart canvas")
          const ratio = canvas.width / canvas.clientWidth
          return canvas.getContext("2d").getImageData(0.3 * canvas.width, 22 * ratio, 1, 1).data.join()
        }"""
    )
    return found


def test_a_chart_is_drawn_light_and_no_wider_than_paper_and_goes_back_afterwards(visit: Visit) -> None:
    page = visit("/observatory/sites/")
    page.wait_for_selector(".island-chart canvas")
    light = colour_in_the_middle_of_the_first_bar(page)
    page.evaluate(
        "document.documentElement.dataset.bsTheme = 'dark'; document.dispatchEvent(new CustomEvent('liqi:theme'))"
    )
    dark = colour_in_the_middle_of_the_first_bar(page)
    assert dark != light
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    assert colour_in_the_middle_of_the_first_bar(page) == light
    assert page.evaluate("parseFloat(document.querySelector('.island-chart canvas').style.width)") <= 660
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_table_stays_a_table_on_paper_and_is_cards_on_a_phone(visit: Visit) -> None:
    page = visit("/observatory/sites/")
    row = "getComputedStyle(document.querySelector('.table-cards tbody tr')).display"
    put_on_paper(page)
    assert page.evaluate(row) == "table-row"
    assert not page.locator(".bar").is_visible()
    assert not page.get_by_role("button", name="Rank the sites").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(row) == "flex"
    first = page.locator(".table-cards tbody tr").first
    name, rank = (
        first.locator(kind).first.evaluate("cell => cell.getBoundingClientRect().top") for kind in ("th", "td")
    )
    assert name < rank, "the name of a site stands above its rank"


def test_folds_are_open_on_paper_and_menus_stay_shut(visit: Visit, known: World) -> None:
    page = visit(known.addresses()["instrument"])
    put_on_paper(page)
    assert page.locator(".menu-list").count() > 0
    assert not any(one.is_visible() for one in page.locator(".menu-list").all())
    assert page.locator(".cite details:not([open]) p").first.is_visible()


def test_the_four_doors_of_the_first_page_fill_its_width(visit: Visit) -> None:
    page = visit("/")
    doors, whole = page.evaluate(
        "['.doors > :last-child', '.doors'].map((one) => document.querySelector(one).getBoundingClientRect().right)"
    )
    assert abs(doors - whole) < 1
