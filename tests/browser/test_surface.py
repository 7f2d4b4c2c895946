"""The surface of a map is turned by mouse and keys and has a level; without WebGL its two pictures stand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liqi.accounts.models import Person
from liqi.answers.models import Run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
SEEN = """() => {
  const canvas = document.querySelector('.volume canvas')
  const gl = canvas.getContext('webgl2')
  const bytes = new Uint8Array(canvas.width * canvas.height * 4)
  const picture = document.querySelector('.volume').surface
  picture.paint(...picture.asked, 1)
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes)
  let [drawn, hash] = [0, 0]
  for (let i = 0; i < bytes.length; i += 4) if (bytes[i + 3]) { drawn += 1; hash = (hash * 31 + i + bytes[i]) | 0 }
  return [drawn, hash]
}"""
METHOD = "cryo.fsc"


def test_a_surface_turns_and_follows_its_level_or_leaves_its_pictures(
    visit: Visit, person: Person, answered: Run
) -> None:
    page = visit(f"/runs/{answered.key}/", person=person)
    pictures = page.locator("figure[data-name^='surface_']")
    expect(pictures).to_have_count(2)
    expect(page.locator(".volume [data-readout]")).not_to_be_empty()
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        expect(page.locator(".volume [data-readout]")).to_contain_text("cannot turn")
        expect(pictures.first).to_be_visible()
        return
    expect(pictures.first).to_be_hidden()
    expect(page.locator(".volume [data-readout]")).to_contain_text("kDa")
    seen = [page.evaluate(SEEN)]
    assert seen[0][0] > 500
    stage = page.locator("[data-stage]")
    stage.focus()
    page.keyboard.press("ArrowRight")
    seen.append(page.evaluate(SEEN))
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 190, steps=3)
    page.mouse.up()
    seen.append(page.evaluate(SEEN))
    page.get_by_role("button", name="Turn up").click()
    seen.append(page.evaluate(SEEN))
    assert len({hashed for _, hashed in seen}) == 4
    page.locator("[data-level]").fill("200")
    assert page.evaluate(SEEN)[0] < 0.7 * seen[-1][0]  # a higher level holds less


def test_without_webgl_the_pictures_of_two_sides_stand(visit: Visit, person: Person, answered: Run) -> None:
    page = visit("/", person=person)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = ((own) => function (kind, ...more) {"
                         "return kind === 'webgl2' ? null : own.call(this, kind, ...more) })"
                         "(HTMLCanvasElement.prototype.getContext)")  # fmt: skip
    page.goto(page.url.rstrip("/") + f"/runs/{answered.key}/")
    expect(page.locator(".volume [data-readout]")).to_contain_text("cannot turn")
    expect(page.locator("figure[data-name^='surface_']").first).to_be_visible()
    expect(page.locator("[data-stage]")).to_be_hidden()
