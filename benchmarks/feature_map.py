"""A feature map of a million points in a browser: time from the data to the picture, and of a frame at every zoom.

    ./run bench feature-map [--points N]

Needs Chromium and playwright; the islands must be built. Times are wall clock of headless Chromium without a graphics
card, from the call that draws to the end of the next frame, the median of thirty draws each.
"""

import argparse
import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ISLANDS = Path(__file__).parents[1] / "src/liqi/web/static/islands"
PAGE = """<!doctype html><html lang="en"><link rel="stylesheet" href="face.css">
<link rel="stylesheet" href="answers.css">
<figure class="spectrum figure" data-kind="map" data-name="map" data-x="time" data-y="m/z" data-source="map.json">
<div class="spectrum-plot" data-plot></div><figcaption><span data-readout></span><span class="spectrum-links"></span>
</figcaption><details data-peaks><summary>table</summary><div data-peak-table></div></details></figure>
<script type="module" src="figure.js"></script></html>"""
MEASURE = """async ({ share, rounds }) => {
  const frame = document.querySelector("figure").frame
  const { x, y } = frame.kind.whole
  const times = []
  for (let n = 0; n < rounds; n++) {
    const at = n / rounds * (1 - share)
    const part = ([low, high]) => [low + (high - low) * at, low + (high - low) * (at + share)]
    await new Promise(requestAnimationFrame)
    const begun = performance.now()
    frame.show({ x: part(x), y: part(y) })
    const drawn = performance.now()
    await new Promise(requestAnimationFrame)
    times.push([drawn - begun, performance.now() - begun])
  }
  const median = (i) => times.map((one) => one[i]).sort((a, b) => a - b)[rounds >> 1]
  return { draw_ms: median(0), frame_ms: median(1), worst_draw_ms: Math.max(...times.map((one) => one[0])) }
}"""


def main() -> None:
    """Print one JSON document with the times."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--points", type=int, default=1_000_000)
    points = words.parse_args().points
    random = np.random.default_rng(7)
    x, y = random.uniform(0, 3600, points).round(1), random.gamma(6, 90, points).round(3)
    data = {"x": x.tolist(), "y": y.tolist(), "value": np.exp(random.normal(10, 2, points)).round().tolist()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, data))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"points": points, **_measured(f"http://127.0.0.1:{server.server_port}/")}, indent=1))
    server.shutdown()


def _measured(address: str) -> dict[str, object]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_function("document.querySelector('figure').frame?.svg", timeout=120_000)
        ready_ms = page.evaluate("performance.now()")
        found = {share: page.evaluate(MEASURE, {"share": share, "rounds": 30}) for share in (1.0, 0.3, 0.1, 0.01)}
        pointing = page.evaluate(
            """() => { const frame = document.querySelector("figure").frame; frame.show(frame.kind.whole)
            const begun = performance.now(); for (let n = 0; n < 100; n++) frame.kind.near(frame, 100 + 8 * n, 200, 24)
            return (performance.now() - begun) / 100 }"""
        )
        browser.close()
    return {"loaded_and_drawn_ms": ready_ms, "shown_share": found, "point_ms": pointing}


class _Handler(http.server.SimpleHTTPRequestHandler):
    """The islands as they were built, a page with one figure, and its numbers."""

    def __init__(self, data: dict[str, list[float]], *more: object) -> None:
        self.data = data
        super().__init__(*more, directory=str(ISLANDS))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer page and numbers from memory, the rest from the folder."""
        if self.path == "/":
            self._send(PAGE.encode(), "text/html")
        elif self.path == "/map.json":
            self._send(json.dumps({"data": self.data}).encode(), "application/json")
        else:
            super().do_GET()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
