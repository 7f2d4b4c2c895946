"""Every main page in three languages, on a phone and a desk, light and dark: nothing sticks out, nothing is missing."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.visiting import PATIENCE_MS, Visit, browser_context
from tests.web.world import World, signed_in, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAIN = (
    *("home", "search", "instruments", "instrument", "facility", "institution", "maker", "about", "profile"),
    *("instrument_calendar", "calendar", "book", "order", "bench", "desk", "answers", "run", "organisations"),
    *("observatory", "observatory_dependence", "observatory_chain", "rules"),
    *("classes", "class", "compare", "record_history"),
)
"""The pages that a person sees, by their names in urls.py."""
ALSO = (
    *("book_plan", "first_slot", "waiting", "waiting_join", "desk_waiting", "approvals", "booking", "kiosk"),
    *("notices", "notice_wishes", "my_tokens", "journal", "my_data", "webhooks"),
    *("instrument_outages", "desk_outages", "problem", "incident", "task", "instrument_maintenance", "stock"),
    *("evaluation", "evaluation_instruments", "evaluation_rows", "evaluation_tables", "evaluation_table"),
    *("invoices", "invoice", "quote", "budget", "vouchers", "charges", "desk_invoices", "price_table"),
    *("service", "service_order", "order_samples", "sample", "desk_orders", "hours_queue", "rulebooks"),
)
"""Pages behind the main ones, as their steward sees them; every second one dark on a phone, the rest light and wide."""
WIDTHS = (360, 1280)
SEEN_AS = (("zh-hans", "light"), ("zh-hant", "dark"), ("en", "light"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
"""The rules of axe that are in WCAG 2.2 AA; what keeps them is not told one by one, which took a third of the time."""
ASKED_OF_AXE = ("zh-hant", "en")
"""Names, roles, sizes and colours are those of the page and its theme: each theme and width is asked in one language.

Whether a page sticks out, breaks or asks elsewhere is looked at in all three.
"""


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known(transactional_db: None) -> World:
    return world()


def opened(
    browser: Browser, server: str, known: World, language: str, width: int, theme: str, person: Any = None
) -> BrowserContext:
    """A browser of the member, or of that person, who reads that language in that theme."""
    cookies = {name: cookie.value for name, cookie in signed_in(known.place, language, person).cookies.items()}
    context: BrowserContext = browser_context(browser, width, 800, touch=width < 500)
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
    context.add_cookies([{"name": "theme", "value": theme, "url": server}])
    return context


class Tab:
    """One tab that goes from page to page, and what is wrong with the one that it shows."""

    def __init__(self, context: BrowserContext, server: str, *, by_axe: bool) -> None:
        self.server, self.by_axe = server, by_axe
        self.page: Page = context.new_page()
        self.waiting: set[Any] = set()
        self.found: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda problem: self.found.append(f"error: {problem}"))
        self.page.on("request", self.asked)
        self.page.on("requestfinished", lambda request: self.waiting.discard(request))
        self.page.on("requestfailed", lambda request: self.waiting.discard(request))

    def heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console: {message.text}")

    def asked(self, request: Any) -> None:
        self.waiting.add(request)
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.found.append(f"asked elsewhere: {request.url}")

    def faults(self, address: str) -> list[str]:
        """What is wrong with the page at that address: too wide, an error, a request to elsewhere, hard to reach."""
        self.found = []
        self.page.goto(self.server + address)
        self.settle()
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if too_wide > 0:
            self.found.append(f"sticks out by {too_wide} px")
        for violation in Axe().run(self.page, options=RULES).response["violations"] if self.by_axe else ():
            where = [", ".join(node["target"]) for node in violation["nodes"][:3]]
            self.found.append(f"{violation['id']}: {violation['help']} at {where}")
        return self.found

    def settle(self) -> None:
        """Nothing is on its way, three times in a row: half a second of silence at each page would be minutes."""
        quiet, until = 0, time.monotonic() + PATIENCE_MS / 1000
        while quiet < 3:
            assert time.monotonic() < until, f"still on their way: {[one.url for one in self.waiting]}"
            self.page.wait_for_timeout(40)
            quiet = 0 if self.waiting else quiet + 1


def check(context: BrowserContext, server: str, known: World, names: Sequence[str], *, by_axe: bool = True) -> None:
    """Nothing is wrong with the pages of those names."""
    addresses, tab = known.addresses(), Tab(context, server, by_axe=by_axe)
    wrong = {name: found for name in names if (found := tab.faults(addresses[name]))}
    context.close()
    assert not wrong, "\n".join(f"{page}: {found}" for page, found in wrong.items())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "theme"), SEEN_AS)
def test_every_main_page_is_whole(
    chromium: Browser, live_server: Any, known: World, language: str, theme: str, width: int
) -> None:
    context = opened(chromium, live_server.url, known, language, width, theme)
    check(context, live_server.url, known, MAIN, by_axe=language in ASKED_OF_AXE)


@pytest.mark.parametrize(
    ("first", "language", "theme", "width"), [(0, "zh-hant", "dark", 360), (1, "en", "light", 768)]
)
def test_every_page_behind_is_whole(
    chromium: Browser, live_server: Any, known: World, first: int, language: str, theme: str, width: int
) -> None:
    steward = opened(chromium, live_server.url, known, language, width, theme, known.place.manager)
    check(steward, live_server.url, known, ALSO[first::2])


def test_the_slash_key_searches_and_control_k_goes_anywhere(visit: Visit, known: World) -> None:
    page = visit("/about/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    page.keyboard.type("observ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/observatory/**")


def test_a_facet_narrows_without_leaving_and_the_address_holds_it(visit: Visit, known: World) -> None:
    page = visit("/search/")
    page.locator(".facet", has_text="Kind of record").get_by_text("Facilities").click()
    expect(page.locator(".chips-above")).to_contain_text("Facilities")
    assert "kind=facility" in page.url
    page.locator(".chips-above .chip", has_text="Facilities").click()
    expect(page.locator(".chips-above")).to_have_count(0)


def test_the_theme_is_kept(visit: Visit, known: World) -> None:
    page = visit("/about/")
    page.get_by_label("Theme").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_language_is_changed_in_the_bar(visit: Visit, known: World) -> None:
    page = visit("/about/")
    page.get_by_label("Language").first.click()
    page.get_by_role("button", name="繁體中文").first.click()
    expect(page.locator("h1")).to_have_text("關於與幫助")
