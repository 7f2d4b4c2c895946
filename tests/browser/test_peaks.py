"""Peaks moved by mouse and keys; areas at once; kept as rules of a new run that says who changed what."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from liqi.accounts.models import Person
from liqi.answers import answer, execution
from liqi.answers.models import Run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
METHOD = "chrom.area"


def opened(visit: Visit, person: Person, answered: Run, **more: Any) -> Page:
    page = visit(f"/runs/{answered.key}/peaks/", person=person, **more)
    expect(page.locator(".peak-area").first).to_be_attached()
    return page


def peaks(page: Page) -> list[dict[str, Any]]:
    expect(page.locator("[data-peak-editor][aria-busy]")).to_have_count(0)
    found: list[dict[str, Any]] = page.evaluate("document.querySelector('[data-peak-editor]').peaks.peaks")
    return found


def edits(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("document.querySelector('[data-peak-editor]').history.gates")
    return found


def drag(page: Page, handle: str, dx: float, dy: float) -> None:
    box = page.evaluate(
        "name => document.querySelector(`[data-handle=${name}]`).getBoundingClientRect().toJSON()", handle
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


def test_limits_baselines_splits_and_merges_are_drawn_and_saved_as_rules(
    visit: Visit, person: Person, answered: Run
) -> None:
    page = opened(visit, person, answered)
    before = peaks(page)
    most = max(before, key=lambda one: one["area"])
    page.locator(f"[data-row='{most['number']}']").click()
    drag(page, "end", 30, 0)
    after = peaks(page)
    assert after[most["number"] - 1]["end"] > most["end"]
    assert "end" in edits(page)[0]
    drag(page, "base_start", 0, 40)
    lower = peaks(page)
    assert lower[most["number"] - 1]["area"] > after[most["number"] - 1]["area"]
    page.get_by_role("button", name="Undo").click()
    assert peaks(page)[most["number"] - 1]["area"] == after[most["number"] - 1]["area"]
    page.get_by_role("button", name="Redo").click()
    assert peaks(page) == lower
    page.get_by_role("button", name="Split", exact=True).click()
    box = page.evaluate("document.querySelector('.peak-area.is-chosen').getBoundingClientRect().toJSON()")
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    assert len(peaks(page)) == len(before) + 1
    page.get_by_role("button", name="Merge with the one before").click()
    assert len(peaks(page)) == len(before)
    page.get_by_label("Name").fill("caffeine")
    page.get_by_label("Name").press("Enter")
    shown = peaks(page)
    asked = edits(page)
    page.get_by_role("button", name="Save as a new run").click()
    page.wait_for_url(lambda address: answered.key not in address)
    made = Run.objects.get(edited_from=answered)
    assert json.loads(made.parameters["edits"]) == asked == made.changes
    assert made.person == person
    execution.perform(key=made.key, clock=lambda: datetime.now(UTC))
    found = answer.read(Run.objects.get(pk=made.pk))["findings"]
    assert [one["value"] for one in found] == pytest.approx([one["area"] for one in shown], rel=1e-5)
    page.goto(page.url)
    expect(page.get_by_text("called caffeine")).to_be_visible()


def test_a_refused_change_says_why_and_moves_of_one_limit_are_one_change(
    visit: Visit, person: Person, answered: Run
) -> None:
    page = opened(visit, person, answered)
    before = peaks(page)
    page.locator("[data-row='1']").click()
    drag(page, "start", 400, 0)
    expect(page.locator("[data-wrong]")).to_contain_text("a start before an end")
    assert (peaks(page), edits(page)) == (before, [])
    expect(page.locator("[data-wrong]")).to_be_visible()
    page.locator("[data-handle=start]").focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowLeft")
        moved = peaks(page)[0]["start"]
    assert [sorted(one) for one in edits(page)] == [["peak", "start"]]
    assert edits(page)[0]["start"] == pytest.approx(moved, abs=0.02)
    expect(page.locator("[data-wrong]")).to_be_hidden()
    page.locator("[data-plot]").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.querySelector('[data-peak-editor]').peaks.ends")[0] >= 0


def test_keys_alone_choose_a_peak_and_move_its_limit(visit: Visit, person: Person, answered: Run) -> None:
    page = opened(visit, person, answered, language="zh-hans", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    before = peaks(page)
    page.locator("[data-plot]").focus()
    page.keyboard.press(".")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowLeft")
    assert peaks(page)[0]["start"] < before[0]["start"]
    page.keyboard.press("Control+z")
    assert peaks(page) == before
    page.locator("[data-plot]").focus()
    page.keyboard.press("Delete")
    assert len(peaks(page)) == len(before) - 1
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
