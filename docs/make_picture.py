"""The picture of the README, made from the running product: `python docs/make_picture.py [ADDRESS]`.

Start the product with its example cluster first (`./run serve`). The script signs in as the example's member, asks a
question, opens the calendar of a hit, runs the example of the mass spectrometry method, and puts three pages beside
each other into docs/picture.png.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PICTURE = Path(__file__).with_name("picture.png")
MOST_BYTES = 250_000
MEMBER, PASSWORD = "member@example.org", "gong-yu-shan-qi-shi"
SHEET = """<style>
body { margin: 0; background: #ecebe6; }
main { display: grid; grid-template-columns: 690px 470px; gap: 18px; padding: 20px; width: 1178px; }
img { display: block; width: 100%%; border: 1px solid #d4d3cc; border-radius: 8px; }
div { display: grid; gap: 20px; align-content: space-between; }
</style><main><img src="%s"><div><img src="%s"><img src="%s"></div></main>"""


def shot(page: Page) -> str:
    """What the page shows now, as an address of data."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    return "data:image/png;base64," + base64.b64encode(page.screenshot()).decode()


def signed_in(browser: Browser, address: str) -> BrowserContext:
    """A browser in which the example's member is signed in and reads English."""
    context = browser.new_context(viewport={"width": 1180, "height": 1092}, color_scheme="light")
    context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", MEMBER)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return context


def home(context: BrowserContext, address: str) -> str:
    """The home page."""
    page = context.new_page()
    page.goto(f"{address}/")
    return shot(page)


def calendar(context: BrowserContext, address: str) -> str:
    """The week of the first mass spectrometer that can be booked."""
    page = context.new_page()
    page.set_viewport_size({"width": 1180, "height": 780})
    page.goto(f"{address}/search/?q=mass+spectrometer&bookable=1&kind=instrument")
    found = page.locator(".hit a").first.get_attribute("href")
    page.goto(f"{address}{(found or '').partition('?')[0]}calendar/")
    page.wait_for_selector(".timetable .ec-event")
    return shot(page)


def answer(context: BrowserContext, address: str) -> str:
    """The answer of the example of the first method, after its run is done: what was found, and the mirror plot."""
    page = context.new_page()
    page.set_viewport_size({"width": 1180, "height": 780})
    page.goto(f"{address}/answers/")
    page.get_by_role("button", name="Try the example").first.click()
    page.wait_for_selector("table tbody tr", timeout=120_000)
    page.locator(".found-head").first.evaluate("found => scrollTo(0, found.getBoundingClientRect().top + scrollY - 64)")
    return shot(page)


def main(address: str) -> int:
    """The picture is made; 1 when it is heavier than it may be."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = signed_in(browser, address)
        pages = home(context, address), calendar(context, address), answer(context, address)
        sheet = browser.new_page(viewport={"width": 1218, "height": 690})
        sheet.set_content(SHEET % pages)
        sheet.screenshot(path=PICTURE, full_page=True)
        browser.close()
    size = PICTURE.stat().st_size
    print(f"{PICTURE}: {size:,} bytes")
    if size > MOST_BYTES:
        print(f"found {size:,} bytes, expected at most {MOST_BYTES:,}; show less in SHEET.", file=sys.stderr)
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main((sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/")))
