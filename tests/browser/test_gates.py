"""Gates drawn and moved by mouse, touch and keys; counted at once; saved as a run that says what was changed."""

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
METHOD = "flow.gate"


def opened(visit: Visit, person: Person, answered: Run, **more: Any) -> Page:
    page = visit(f"/runs/{answered.key}/gates/", person=person, **more)
    expect(page.locator(".gate-body").first).to_be_attached()
    return page


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place on the plot, by its share of the field across and down."""
    box = page.evaluate("document.querySelector('.gate-field').getBoundingClientRect().toJSON()")
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def names(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "document.querySelector('[data-gates]').history.gates.map((gate) => gate.id).slice(49)"
    )
    return found


def gate(page: Page, name: str) -> Any:
    return page.evaluate("name => document.querySelector('[data-gates]').history.named(name)", name)


def test_gates_are_drawn_moved_undone_and_saved_as_a_run(visit: Visit, person: Person, answered: Run) -> None:
    page = opened(visit, person, answered)
    page.get_by_role("button", name="Rectangle", exact=True).click()
    drag(page, place(page, 0.05, 0.3), place(page, 0.5, 0.8))
    page.get_by_role("button", name="Ellipse", exact=True).click()
    drag(page, place(page, 0.5, 0.5), place(page, 0.8, 0.9))
    page.get_by_role("button", name="Polygon", exact=True).click()
    for x, y in ((0.1, 0.1), (0.4, 0.1), (0.3, 0.4), (0.1, 0.1)):
        page.mouse.click(*place(page, x, y))
    assert names(page) == ["Rectangle6", "Ellipse2", "Polygon3"]
    page.mouse.move(*place(page, 0.3, 0.15))
    before = gate(page, "Polygon3")["vertices"]
    drag(page, place(page, 0.3, 0.15), place(page, 0.35, 0.2))
    assert gate(page, "Polygon3")["vertices"] != before
    drag(page, place(page, 0.45, 0.15), place(page, 0.5, 0.12))  # a corner
    page.get_by_role("button", name="Quadrant", exact=True).click()
    page.mouse.click(*place(page, 0.5, 0.5))
    assert names(page)[3:] == ["Quadrant3-1", "Quadrant3-2", "Quadrant3-3", "Quadrant3-4"]
    page.get_by_role("button", name="Undo").click()
    assert len(names(page)) == 3
    page.get_by_role("button", name="Redo").click()
    assert len(names(page)) == 7
    page.locator("[data-row='Rectangle6']").click()
    name = page.get_by_label("Name")
    name.fill("Lymphocytes")
    name.press("Enter")
    page.get_by_label("Within").select_option("Range1")
    expect(page.locator("[data-gates][aria-busy]")).to_have_count(0)
    told = page.locator(".gate-row", has_text="Lymphocytes").locator(".gate-figure").first.inner_text()
    page.get_by_role("button", name="Save as a new run").click()
    page.wait_for_url(lambda address: answered.key not in address)
    made = Run.objects.get(edited_from=answered)
    assert (made.person, made.edited_from) == (person, answered)
    assert {"what": "added", "gate": "Lymphocytes", "kind": "rectangle"} in made.changes
    execution.perform(key=made.key, clock=lambda: datetime.now(UTC))
    made.refresh_from_db()
    found = {one["name"]: one for one in answer.read(made)["findings"]}
    assert found["Lymphocytes"]["value"] == int(told.replace("\u202f", ""))
    assert found["Lymphocytes"]["parent"] == "Range1"
    old = {one["name"]: one["value"] for one in answer.read(answered)["findings"]}
    assert {name: found[name]["value"] for name in old} == old
    page.goto(page.url)
    expect(page.get_by_text("gate Lymphocytes was drawn")).to_be_visible()
    assert answered.key in page.get_by_role("note").inner_text()


def test_a_double_click_closes_a_polygon_and_opens_a_gate_and_its_removal_shows_all_events(
    visit: Visit, person: Person, answered: Run
) -> None:
    page = opened(visit, person, answered)
    page.get_by_role("button", name="Polygon", exact=True).click()
    for x, y in ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5)):
        page.mouse.click(*place(page, x, y))
    page.mouse.dblclick(*place(page, 0.1, 0.5))
    assert len(gate(page, "Polygon3")["vertices"]) == 4
    expect(page.locator("[data-row=Polygon3] ~ .gate-open")).to_have_attribute("aria-pressed", "false")
    with page.expect_request(lambda one: '"parent":"Polygon3"' in (one.post_data or "").split('"view"')[-1]):
        page.mouse.dblclick(*place(page, 0.3, 0.3))
    expect(page.locator("[data-gates][aria-busy]")).to_have_count(0)
    page.locator("[data-row=Polygon3]").click()
    with page.expect_request(lambda one: '"parent":null' in (one.post_data or "").split('"view"')[-1]):
        page.locator("[data-remove]").click()
    assert names(page) == []


def test_keys_alone_draw_move_reshape_and_remove_a_gate(visit: Visit, person: Person, answered: Run) -> None:
    page = opened(visit, person, answered)
    page.get_by_role("button", name="Polygon", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert names(page) == ["Polygon3"]
    first = gate(page, "Polygon3")["vertices"]
    page.keyboard.press("Shift+ArrowRight")
    second = gate(page, "Polygon3")["vertices"]
    assert all(b[0] > a[0] for a, b in zip(first, second, strict=True))
    page.locator("[data-handle='Polygon3/0']").focus()
    page.keyboard.press("ArrowUp")
    assert gate(page, "Polygon3")["vertices"][1:] == second[1:]
    page.keyboard.press("Insert")
    assert len(gate(page, "Polygon3")["vertices"]) == 5
    page.locator("[data-handle='Polygon3/1']").focus()
    page.keyboard.press("Delete")
    assert len(gate(page, "Polygon3")["vertices"]) == 4
    page.keyboard.press("Control+z")
    assert len(gate(page, "Polygon3")["vertices"]) == 5
    page.locator("[data-plot]").focus()
    page.keyboard.press("Delete")
    assert names(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_fits_a_phone_is_drawn_by_touch_and_everybody_can_use_it(
    visit: Visit, person: Person, answered: Run, language: str
) -> None:
    page = opened(visit, person, answered, width=360, touch=True, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("[data-tool=quadrant]").tap()
    page.touchscreen.tap(*place(page, 0.5, 0.5))
    assert len(names(page)) == 4
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


def test_a_blunt_finger_closes_a_polygon_and_a_second_one_disturbs_nothing(
    visit: Visit, person: Person, answered: Run
) -> None:
    page = opened(visit, person, answered, width=360, touch=True)
    page.locator("[data-tool=polygon]").tap()
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8)):
        page.touchscreen.tap(*place(page, x, y))
    x, y = place(page, 0.2, 0.2)
    page.touchscreen.tap(x + 12, y + 14)
    (name,) = names(page)
    drawn = gate(page, name)
    assert len(drawn["vertices"]) == 3
    one, other = place(page, 0.6, 0.35), place(page, 0.1, 0.9)
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", one)
    touch("touchStart", one, other)
    touch("touchMove", one, (other[0] + 90, other[1] - 90))
    expect(page.locator(".brush")).to_have_count(0)
    touch("touchEnd")
    assert gate(page, name) == drawn
    expect(page.locator(".gate-body.is-chosen")).to_have_count(1)


def test_gates_are_combined_by_and_or_not_shown_and_saved(visit: Visit, person: Person, answered: Run) -> None:
    page = opened(visit, person, answered)
    page.get_by_role("button", name="Rectangle", exact=True).click()
    drag(page, place(page, 0.02, 0.02), place(page, 0.6, 0.9))
    page.get_by_role("button", name="Ellipse", exact=True).click()
    drag(page, place(page, 0.1, 0.5), place(page, 0.7, 0.98))
    page.locator("[data-row='Rectangle6']").click()
    page.get_by_role("button", name="Combine", exact=True).click()
    expect(page.locator(".gate-formula", has_text="Rectangle6 AND Ellipse2")).to_be_visible()
    expect(page.locator(".gate-body.is-part")).to_have_count(0)  # both are among the gates shown anyway
    page.get_by_label("Inside or not").nth(1).select_option("not")
    expect(page.locator("[data-gates][aria-busy]")).to_have_count(0)
    expect(page.locator(".gate-formula", has_text="Rectangle6 AND NOT Ellipse2")).to_be_visible()
    assert gate(page, "Combination1")["operands"] == [["Rectangle6", False], ["Ellipse2", True]]
    counts = {
        name: int(page.locator(f"[data-row='{name}'] + .gate-figure").inner_text().replace("\u202f", ""))
        for name in ("Rectangle6", "Combination1")
    }
    assert 0 < counts["Combination1"] < counts["Rectangle6"]
    page.get_by_label("Within").select_option("Range1")
    expect(page.locator(".gate-body.is-part")).to_have_count(2)
    expect(page.locator("[data-gates][aria-busy]")).to_have_count(0)
    page.get_by_role("button", name="Leave out: Ellipse2").click()
    assert gate(page, "Combination1")["how"] == "not"
    expect(page.locator("[data-row='Combination1'] .gate-formula")).to_have_text("Rectangle6")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Save as a new run").click()
    page.wait_for_url(lambda address: answered.key not in address)
    made = Run.objects.get(edited_from=answered)
    execution.perform(key=made.key, clock=lambda: datetime.now(UTC))
    made.refresh_from_db()
    facts = answer.read(made)
    found = {one["name"]: one["value"] for one in facts["findings"]}
    assert found["Combination1"] == counts["Combination1"]
    rows = {row["population"].strip(): row for row in facts["tables"][0]["rows"] if isinstance(row["population"], str)}
    assert rows["Combination1"]["formula"] == "Rectangle6 AND NOT Ellipse2"
