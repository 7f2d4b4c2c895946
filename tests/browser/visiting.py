"""Opening pages in headless Chromium as a person who is signed in; a console error fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in the thread of the tests

Visit = Callable[..., Page]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""By their commands, the cheapest first: the shell draws the same pages, without windows, and takes half the time."""
PATIENCE_MS = 45_000
"""How long a page may take on a slow machine before a test gives up; nothing waits longer than it must."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; without one they are skipped, in CI they fail."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must run the browser tests, but no Chromium is installed")
        pytest.skip("no Chromium on this machine")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """visit(address, person=…, width=…, touch=…) gives the opened page."""
    contexts, wrong = [], []

    def heard(message: ConsoleMessage) -> None:
        expected = "status of 4" in message.text  # a refusal, shown as such
        if message.type == "error" and not expected:
            wrong.append(message.text)

    def open_page(
        address: str,
        *,
        person: Any = None,
        language: str = "en",
        width: int = 1280,
        height: int = 900,
        touch: bool = False,
    ) -> Page:
        context = browser_context(chromium, width, height, touch)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if person is not None:
            client = Client()
            client.force_login(get_user_model().objects.get(pk=person.pk), backend=settings.AUTHENTICATION_BACKENDS[0])
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", heard)
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


def browser_context(chromium: Browser, width: int, height: int, touch: bool) -> Any:
    """A fresh profile of that size, on the clock of Shanghai, where colours change at once instead of fading."""
    return chromium.new_context(
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        timezone_id="Asia/Shanghai",
        locale="en-GB",
        reduced_motion="reduce",
    )
