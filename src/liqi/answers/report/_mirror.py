"""The mirror plot of an answer drawn as SVG, for the HTML report and the PDF."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor
from typing import Any

from liqi.answers.report._drawing import ACCENT, HEIGHT, INK, LINE, QUIET, WIDTH, said, step_of, svg, text

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 20, 36
_LABELS_A_SIDE = 6
_LABEL_WIDTH = 58


def mirror_svg(plot: Mapping[str, Any], language: str) -> str:
    """Return the drawing: measured sticks up, reference sticks down, matched ones in the accent colour."""
    data = plot["data"]
    upper, lower = data["upper"], data["lower"]
    low, high = _range([*upper["mz"], *lower["mz"]])
    middle = (_TOP + HEIGHT - _BOTTOM) / 2
    half = middle - _TOP - 12

    def x(mz: float) -> float:
        return _LEFT + (mz - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    parts_of = {i: f"{_lowered(formula)} {ppm:+.1f}".replace("-", "−") for i, formula, ppm in data.get("fragments", ())}
    parts = [_axes(low, high, x, middle, half, plot, language)]
    for side, which, sign in ((upper, 0, -1), (lower, 1, 1)):
        matched = {pair[which] for pair in data["pairs"]}
        for i in sorted(range(len(side["mz"])), key=lambda i: i in matched):
            stroke = f'{ACCENT}" stroke-width="1.6' if i in matched else f'{INK}" stroke-width="1'
            top = middle + sign * half * side["intensity"][i] / 100
            place = x(side["mz"][i])
            parts.append(f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{middle}" y2="{top:.1f}" stroke="{stroke}"/>')
        parts.append(_labels(side, x, middle, half, sign, parts_of if sign < 0 else {}))
        label = escape(_short(said(side["label"], language)))
        y = _TOP - 7 if sign < 0 else HEIGHT - 6
        parts.append(text(WIDTH - _RIGHT, y, label, "end", INK, 11))
    name = f"{said(plot['title'], language)}: {said(upper['label'], language)} / {said(lower['label'], language)}"
    return svg(name, parts)


def _range(places: Sequence[float]) -> tuple[float, float]:
    if not places:
        return 0.0, 100.0
    margin = max(4.0, 0.04 * (max(places) - min(places)))
    return min(places) - margin, max(places) + margin


def _axes(low: float, high: float, x: Any, middle: float, half: float, plot: Mapping[str, Any], language: str) -> str:
    parts = []
    for share in (-100, -50, 50, 100):
        y = middle - half * share / 100
        parts.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>')
        parts.append(text(_LEFT - 5, y + 3.5, str(abs(share)), "end", QUIET, 9))
    parts.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{middle}" y2="{middle}" stroke="{QUIET}"/>')
    step = step_of(high - low, 7)
    for i in range(ceil(low / step), floor(high / step) + 1):
        parts.append(text(x(i * step), HEIGHT - 20, f"{i * step:g}", "middle", QUIET, 9))
    parts.append(text(_LEFT, HEIGHT - 6, escape(said(plot["x_title"], language)), "start", QUIET, 10))
    parts.append(text(4, _TOP - 7, escape(said(plot["y_title"], language)), "start", QUIET, 10))
    return "".join(parts)


def _labels(side: Mapping[str, Any], x: Any, middle: float, half: float, sign: int, named: Mapping[int, str]) -> str:
    """Label the strongest peaks, none over another."""
    parts: list[str] = []
    taken: list[float] = []
    for i in sorted(range(len(side["mz"])), key=lambda i: -side["intensity"][i]):
        place = x(side["mz"][i])
        if len(taken) == _LABELS_A_SIDE or side["intensity"][i] < 5:
            break
        if all(abs(place - other) >= _LABEL_WIDTH for other in taken):
            taken.append(place)
            y = middle + sign * (half * side["intensity"][i] / 100 + 3) + (7 if sign > 0 else 0)
            label = named.get(i) or f"{side['mz'][i]:.4f}"
            reach = 2.4 * len(label)
            edge = min(max(place, _LEFT + reach), WIDTH - _RIGHT - reach)
            parts.append(text(edge, y, label, "middle", INK, 8.5))
    return "".join(parts)


def _lowered(formula: str) -> str:
    """A formula with its counts set low: C₇H₇."""
    return "".join(chr(0x2080 + int(letter)) if letter.isdigit() else letter for letter in formula)


def _short(words: str) -> str:
    return words if len(words) <= 48 else words[:47] + "…"
