"""Figures of an answer: zoom by drag and keys, words that never meet, a point that opens its row, every width."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from liqi.accounts.models import Person
from liqi.answers.models import Run
from tests.browser.visiting import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
METHOD = "ms.identify"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.LIQI_DATA = tmp_path


def boxes(page: Page, what: str) -> list[list[float]]:
    found: list[list[float]] = page.locator(what).evaluate_all(
        "texts => texts.map((text) => text.getBBox()).map(({x, y, width, height}) => [x, y, x + width, y + height])"
    )
    return found


def ticks(page: Page, kind: str) -> list[str]:
    return page.locator(f"[data-kind={kind}] text.tick").all_text_contents()


@pytest.mark.parametrize("kind", ["line", "map"])
def test_a_figure_zooms_by_drag_and_keys_and_its_words_never_meet(
    visit: Visit, person: Person, answered: Run, kind: str
) -> None:
    page = visit(f"/runs/{answered.key}/", person=person)
    plot = page.locator(f"[data-kind={kind}] .spectrum-plot")
    plot.scroll_into_view_if_needed()
    whole = ticks(page, kind)
    assert len(whole) > 4
    labels = boxes(page, f"[data-kind={kind}] text.peak")
    assert labels
    for i, a in enumerate(labels):
        for b in labels[i + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 130, steps=4)
    page.mouse.up()
    assert ticks(page, kind) != whole
    page.mouse.dblclick(box["x"] + 160, box["y"] + 100)
    assert ticks(page, kind) == whole
    plot.focus()
    page.keyboard.press("+")
    assert ticks(page, kind) != whole
    page.keyboard.press("0")
    assert ticks(page, kind) == whole
    page.keyboard.press(".")
    expect(page.locator(f"[data-kind={kind}] .figure-tip")).to_be_visible()
    page.locator(f"[data-kind={kind}] summary").click()
    expect(page.locator(f"[data-kind={kind}] [data-peak-table] td").first).to_be_visible()


def test_a_point_of_the_map_opens_its_row(visit: Visit, person: Person, answered: Run) -> None:
    page = visit(f"/runs/{answered.key}/", person=person)
    plot = page.locator("[data-kind=map] .spectrum-plot")
    plot.focus()
    page.keyboard.press(".")
    page.keyboard.press(".")
    name = page.locator("[data-kind=map] [data-readout]").inner_text().split(" · ")[0]
    page.keyboard.press("Enter")
    expect(page.locator(".panel-head h2")).to_have_text(name)
    expect(page.locator("[data-row][aria-current]")).to_contain_text(name)


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_the_answer_fits_every_width(visit: Visit, person: Person, answered: Run, width: int) -> None:
    page = visit(f"/runs/{answered.key}/?row=2", person=person, width=width)
    expect(page.locator("[data-kind=map] canvas")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_identification_is_renamed_on_the_page_and_undone(visit: Visit, person: Person, answered: Run) -> None:
    page = visit(f"/runs/{answered.key}/?row=1", person=person)
    page.get_by_text("Confirm, reject or rename").click()
    expect(page.get_by_label("Name of the compound")).to_be_hidden()
    page.get_by_label("It is another compound").check()
    page.get_by_label("Name of the compound").fill("Theobromine")
    page.get_by_label("Why").fill("standard agrees")
    page.get_by_role("button", name="Save the edit").click()
    expect(page.locator(".edit")).to_contain_text("Theobromine")
    expect(page.locator("[data-row][aria-current]")).to_contain_text("renamed: Theobromine")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".edit")).to_have_count(0)
