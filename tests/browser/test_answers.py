"""From a dropped file to a compound and its report, as a person does it."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from liqi.accounts.models import Person
from liqi.answers import execution, run, storage, worker
from liqi.answers.models import Run, StoredFile, Upload
from liqi.methods import find_method

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
METHOD = "ms.identify"
EXAMPLE = find_method(METHOD).example[0]
Visit = Callable[..., Page]
MIRROR = "#panel [data-spectrum]:not([data-low])"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


def drop(page: Page, name: str, text: str, times: int = 1) -> None:
    """Drop a file that holds this text so many times on the zone, as a mouse does."""
    page.evaluate(
        """([name, text, times]) => {
            const carried = new DataTransfer()
            carried.items.add(new File([text.repeat(times)], name))
            const zone = document.querySelector("[data-drop]")
            for (const kind of ["dragover", "drop"])
              zone.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }))
        }""",
        [name, text, times],
    )


def test_a_dropped_file_becomes_compounds_and_a_report(visit: Visit, person: Person) -> None:
    page = visit("/answers/", person=person)
    drop(page, "tea.mzML", EXAMPLE.read_text())
    page.wait_for_url("**/answers/new/?file=*")
    file = StoredFile.objects.get()
    assert storage.path_of(file.sha256).read_bytes() == EXAMPLE.read_bytes()
    expect(page.get_by_text(file.sha256[:12])).to_be_visible()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    worker._batch().run()
    expect(page.locator("h1.verdict")).to_contain_text("identified", timeout=15_000)
    expect(page.locator("[data-rows] [data-row]").first).to_be_visible()
    expect(page.locator(".spectrum svg .stick.matched").first).to_be_attached()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Report (PDF)").click()
    words = PdfReader(io.BytesIO(taken.value.path().read_bytes())).pages[0].extract_text()
    assert "identified" in words


def test_arrow_keys_walk_the_rows_and_the_address_holds_the_row(visit: Visit, person: Person, answered: Run) -> None:
    page = visit(f"/runs/{answered.key}/", person=person)
    links = page.locator("[data-rows] [data-panel]")
    links.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = links.nth(2).inner_text()
    expect(page.locator(".panel-head h2")).to_have_text(third)
    assert "row=2" in page.url
    page.keyboard.press("ArrowUp")
    expect(page.locator(".panel-head h2")).to_have_text(links.nth(1).inner_text())
    page.locator("[data-row]").nth(4).locator("td").last.click()
    expect(page.locator(".panel-head h2")).to_have_text(links.nth(4).inner_text())
    page.reload()
    expect(page.locator("[data-row][aria-current]")).to_contain_text(links.nth(4).inner_text())


def test_the_plot_zooms_by_drag_and_keys_and_its_labels_never_meet(visit: Visit, person: Person, answered: Run) -> None:
    page = visit(f"/runs/{answered.key}/", person=person)
    for row in range(8):
        page.locator("[data-rows] [data-panel]").nth(row).click()
        page.wait_for_function(
            "row => location.search.includes(`row=${row}`) && !document.querySelector('#panel[aria-busy]')", arg=row
        )
        boxes = page.locator(f"{MIRROR} text.peak").evaluate_all(
            "texts => texts.map((text) => text.getBBox()).map(({x, y, width, height}) => [x, y, x + width, y + height])"
        )
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
    axis = page.locator(f"{MIRROR} text.tick")
    whole = axis.all_text_contents()
    box = page.locator(f"{MIRROR} .spectrum-plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 150, steps=4)
    page.mouse.up()
    assert axis.all_text_contents() != whole
    page.mouse.dblclick(box["x"] + 200, box["y"] + 150)
    assert axis.all_text_contents() == whole
    page.locator(f"{MIRROR} .spectrum-plot").focus()
    page.keyboard.press("+")
    assert axis.all_text_contents() != whole
    page.keyboard.press("0")
    assert axis.all_text_contents() == whole
    page.get_by_text("Peaks as a table").click()
    expect(page.locator("[data-peak-table] tr.matched").first).to_be_visible()


def test_an_upload_cut_by_a_reload_goes_on_where_it_was(visit: Visit, person: Person) -> None:
    text, times = "BEGIN IONS\nPEPMASS=195.0877\n138.066 100\nEND IONS\n", 190_000  # 9 MB: two pieces
    page = visit("/answers/new/", person=person)
    pieces = []

    def second_piece_fails(route: Any) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.fulfill(status=423)
        else:
            route.continue_()

    page.route("**/uploads/**", second_piece_fails)
    drop(page, "long.mgf", text, times)
    expect(page.get_by_text("The line was cut; trying again")).to_be_visible(timeout=30_000)
    assert Upload.objects.get().offset == 8 << 20
    page.reload()  # before the line is mended, or a retry would bring the second piece
    page.unroute("**/uploads/**")
    expect(page.get_by_text("Uploads that stopped on their way")).to_be_visible()
    page.on("request", lambda asked: asked.method == "PATCH" and pieces.append(asked.headers["upload-offset"]))
    drop(page, "long.mgf", text, times)
    page.wait_for_url("**/answers/new/?file=*", timeout=30_000)
    assert pieces[0] == str(8 << 20)
    assert StoredFile.objects.get().size == len(text) * times


def test_a_run_is_watched_and_cancelled(visit: Visit, person: Person) -> None:
    file = storage.keep(io.BytesIO(EXAMPLE.read_bytes()), name="tea.mzML", person=person, now=datetime.now(UTC))

    one = run.start(method="ms.identify", files=[file], person=person, now=datetime.now(UTC))
    execution.claim(key=one.key, now=datetime.now(UTC))
    Run.objects.update(done=30, total=120, step="searching")
    page = visit(f"/runs/{one.key}/", person=person)
    bar = page.locator("#progress progress")
    expect(bar).to_have_attribute("value", "30")
    Run.objects.update(done=90)
    expect(bar).to_have_attribute("value", "90")
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    one.refresh_from_db()
    assert one.state == "cancelled"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_fit_and_everybody_can_use_them(
    visit: Visit, person: Person, answered: Run, width: int, language: str
) -> None:
    person.language = language
    person.save()
    for address in ("/answers/", "/answers/new/", f"/runs/{answered.key}/", f"/runs/{answered.key}/?list=unknown"):
        page = visit(address, person=person, width=width, language=language)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert not found, json.dumps([(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found])
