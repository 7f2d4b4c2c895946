"""The whole chain as a person walks it, against the product as it is served: from a typed need to counted hours."""

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import tables
from tests.web.access import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

ROOT = Path(__file__).resolve().parents[2]
HERE = ZoneInfo("Asia/Shanghai")
HOUR_PX = 44
WORLD = """
import django; django.setup()
from tests.web.access import place
from liqi.catalogue.models import Instrument
place()
for key, code in (("orbitrap", "010201"), ("triple", "100303")):
    Instrument.objects.filter(key=key).update(class_code=code, class_scheme="GB/T 32847", class_edition="2016")
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`liqi serve` with web, worker and indexer on a data folder of its own; the address."""
    folder = tables.ready(tmp_path_factory.mktemp("served"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    env = os.environ | {"LIQI_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "liqi.server.settings", "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", WORLD], env=env, cwd=ROOT, check=True)
    command = [sys.executable, "-m", "liqi.server", "serve", "--empty", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        assert process.poll() is None, "liqi serve ended by itself"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("liqi serve did not answer within a minute")


def point(page: Page, moment: datetime) -> tuple[float, float]:
    """Where that moment stands in the week that begins today."""
    days = (moment.date() - datetime.now(HERE).date()).days
    hour = moment.hour + moment.minute / 60
    page.evaluate("document.querySelector('.ec-main').scrollIntoView({block: 'center', behavior: 'instant'})")
    page.evaluate("top => { document.querySelector('.ec-main').scrollTop = top }", hour * HOUR_PX - 160)
    box = page.locator(".ec-body .ec-day").nth(days).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + hour * HOUR_PX + 3


def next_quarter() -> datetime:
    """The next quarter hour that is still a minute away when the booking is sent."""
    soon = datetime.now(HERE) + timedelta(seconds=45)
    return soon.replace(minute=soon.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


def drop(page: Page, path: Path) -> None:
    """Drop the file on the zone, as from the desktop."""
    page.wait_for_selector("form[data-upload][data-ready]")  # before, nothing listens for the drop
    content = base64.b64encode(path.read_bytes()).decode()
    transfer = page.evaluate_handle(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
            const transfer = new DataTransfer()
            transfer.items.add(new File([bytes], name))
            return transfer
        }""",
        [path.name, content],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def start_session(page: Page) -> None:
    """Press the button as soon as the booking is near enough to start."""
    for _ in range(70):
        button = page.get_by_role("button", name="Start the session")
        if button.count():
            return button.first.click()
        time.sleep(1)
        page.reload()
    pytest.fail("the session could not be started")


def test_from_a_typed_need_to_counted_hours(served: str, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Shanghai", locale="en-GB")
    context.add_cookies([{"name": "django_language", "value": "en", "url": served}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))

    page.goto(f"{served}/accounts/login/")
    page.fill("input[name=login]", "member@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page.get_by_role("heading", name="My bench")).to_be_visible()

    page.goto(served)
    search = page.locator("main input[name=q], .bar-search input[name=q]").last
    search.fill("質譜")
    search.press("Enter")
    found = page.locator(".hits")
    for _ in range(40):  # the indexer takes the catalogue in while we look
        if found.get_by_role("link", name="Orbitrap LC-MS").count():
            break
        time.sleep(0.5)
        page.reload()
    page.locator(".facets a", has_text=re.compile("analytical", re.I)).first.click()
    expect(page).to_have_url(re.compile("class="))
    found.get_by_role("link", name="Orbitrap LC-MS").click()
    page.get_by_role("link", name="Book", exact=True).first.click()

    page.wait_for_selector("[data-island=calendar][data-ready] .ec-day")
    page.wait_for_load_state("networkidle")
    begin = next_quarter()
    x, y = point(page, begin)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1, y + 10)
    page.mouse.move(x, y + HOUR_PX / 4 + 6, steps=4)
    page.mouse.up()
    dialog = page.locator("dialog.panel[open]")
    expect(dialog).to_contain_text(f"{begin:%H:%M}")
    dialog.locator("#need").fill("Which drugs are in this mixture?")
    dialog.get_by_role("button", name="Book this time").click()
    page.get_by_role("link", name="Open the thread").click()

    expect(page.get_by_role("heading", name="Which drugs are in this mixture?")).to_be_visible()
    thread = page.url
    start_session(page)
    expect(page.get_by_role("button", name="End the session").first).to_be_visible()

    page.get_by_text("More about this thread").click()
    page.get_by_role("link", name="Add a data file").click()
    drop(page, Path(str(files("liqi.methods.mass_spectrometry") / "data" / "example_mixture.mzML")))
    page.get_by_role("button", name="Start the run").click()
    expect(page.locator("progress, h1.verdict").first).to_be_visible()
    expect(page.locator("h1.verdict")).to_be_visible(timeout=180_000)
    expect(page.locator("table[data-rows] tbody tr").first).to_be_visible()
    assert "identified" in page.content()

    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Report (PDF)").click()
    report = tmp_path / "report.pdf"
    download.value.save_as(report)
    assert report.read_bytes().startswith(b"%PDF")

    page.goto(thread)
    page.get_by_role("button", name="End the session").first.click()
    expect(page.locator(".thread-count")).to_contain_text("This order counts")
    expect(page.locator(".thread-count")).to_contain_text("for Host University")
    kinds = [
        "Need",
        "Instrument",
        "Booking",
        "Session",
        "Data file",
        "Run",
        "Answer",
        "Report",
        "What the evaluation counts",
    ]
    assert page.locator(".thread h2").all_inner_texts() == kinds
    assert not wrong, wrong
    context.close()
