"""The map of many points drawn as SVG: gathered into cells of a grid, eight steps of one hue, named points on top."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log
from typing import Any

from liqi.answers.report._drawing import HEIGHT, INK, WIDTH, Axes, said, span_of, svg, text

_STEPS = ("#d6e0f5", "#b4c8ec", "#92b2e8", "#6e98dc", "#4a7ed1", "#3364c3", "#1d4bb5", "#102054")
_CELL = 3.0
_SPAN = 1000.0
_FLOOR = 1e-5
_LABELS = 14


def map_svg(plot: Mapping[str, Any], language: str) -> str:
    """Return the strongest point of every cell, darker where stronger, and rings with names."""
    data = plot["data"]
    axes = Axes(*_ends(data), bottom=HEIGHT - 36)
    titles = said(plot["x_title"], language), said(plot["y_title"], language)
    ticks = {f"{side}_ticks": data.get(f"{side}_ticks", ()) for side in "xy"}
    cells = _counted(axes, data) if data.get("cell") else _gathered(axes, data)
    parts = [*axes.drawn(*titles, **ticks), *_painted(cells), *_gates(axes, data.get("lines", ()), language)]
    parts += _named(axes, data, language)
    parts += _shades(data["value"]) if data.get("scale") else []
    return svg(said(plot["title"], language), parts)


def _ends(data: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ends of both axes; where they are `even`, across reaches further, so that circles are round."""
    x, y = span_of(data["x"], room=0.02), span_of(data["y"], room=0.02)
    if data.get("even"):
        plain = Axes(x, y, bottom=HEIGHT - 36)
        wide = (y[1] - y[0]) * (plain.right - plain.left) / (plain.bottom - plain.top)
        more = max(0.0, wide - (x[1] - x[0])) / 2
        x = x[0] - more, x[1] + more
    return x, y


def _shades(values: Sequence[float]) -> list[str]:
    """Which shade is which value: a bar above the drawing."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    wide, start = 14.0, WIDTH - 12 - 14.0 * len(_STEPS) - 34
    parts = [
        f'<rect x="{start + n * wide:.1f}" y="4" width="{wide}" height="6" fill="{one}"/>'
        for n, one in enumerate(_STEPS)
    ]
    ends = (start - 3, f"{low:.3g}", "end"), (start + wide * len(_STEPS) + 3, f"{high:.3g}", "start")
    return [*parts, *(text(at, 10, words, anchor, INK, 7.5) for at, words, anchor in ends)]


def _gathered(axes: Axes, data: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The strongest point of every cell of the drawing, as a path with its value."""
    cells: dict[tuple[int, int], float] = {}
    for x, y, value in zip(data["x"], data["y"], data["value"], strict=True):
        cell = int(axes.x(x) / _CELL), int(axes.y(y) / _CELL)
        cells[cell] = max(cells.get(cell, value), value)
    square = f"h{_CELL:g}v{_CELL:g}h-{_CELL:g}z"
    return [(f"M{column * _CELL:g} {row * _CELL:g}{square}", value) for (column, row), value in sorted(cells.items())]


def _counted(axes: Axes, data: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Cells that were counted already, each as large as the data says."""
    wide, high = (size / 2 for size in data["cell"])
    found = []
    for x, y, value in zip(data["x"], data["y"], data["value"], strict=True):
        left, right, top, bottom = axes.x(x - wide), axes.x(x + wide), axes.y(y + high), axes.y(y - high)
        found.append((f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}z", value))
    return found


def _painted(cells: Sequence[tuple[str, float]]) -> list[str]:
    if not cells:
        return []
    values = [value for _, value in cells]
    low, high = min(values), max(values)
    by_step: dict[int, list[str]] = {}
    for path, value in cells:
        step = min(len(_STEPS) - 1, int(_share(value, low, high) * len(_STEPS)))
        by_step.setdefault(step, []).append(path)
    return [f'<path d="{"".join(paths)}" fill="{_STEPS[step]}"/>' for step, paths in sorted(by_step.items())]


def _gates(axes: Axes, lines: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    """Outlines with their names at the highest point."""
    parts = []
    for one in lines:
        parts.append(f'<path d="{axes.path(one["x"], one["y"])}" fill="none" stroke="{INK}" stroke-dasharray="5 3"/>')
        top = max(range(len(one["y"])), key=lambda i: one["y"][i])
        x, words = axes.x(one["x"][top]), escape(said(one["label"], language))
        anchor = "end" if x > (axes.left + axes.right) / 2 else "start"
        place = min(max(x, axes.left + 3), axes.right - 3)
        parts.append(text(place, max(axes.top + 8, axes.y(one["y"][top]) - 3), words, anchor, INK, 8.5))
    return parts


def _share(value: float, low: float, high: float) -> float:
    """From 0 to 1, by logarithm where the values span more than three powers of ten."""
    if low > 0 and high / low > _SPAN:
        bottom = log(max(low, high * _FLOOR))
        return max(0.0, (log(value) - bottom) / (log(high) - bottom))
    return (value - low) / (high - low) if high > low else 1.0


def _named(axes: Axes, data: Mapping[str, Any], language: str) -> list[str]:
    names = data.get("names") or ()
    named = sorted((i for i in range(len(names)) if names[i]), key=lambda i: -data["value"][i])
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for i in named:
        x, y = axes.x(data["x"][i]), axes.y(data["y"][i])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="none" stroke="{INK}"/>')
        words = said(names[i], language)
        words = words if len(words) <= 24 else words[:23] + "…"
        half = len(words) * 2.4 + 2
        place = min(max(x, axes.left + half), WIDTH - 12 - half)
        free = all(abs(place - other) > half + wide or abs(y - height) > 9 for other, height, wide in taken)
        if free and len(taken) < _LABELS and y - 12 > axes.top - 8:
            taken.append((place, y, half))
            parts.append(text(place, y - 5, escape(words), "middle", INK, 7.5))
    return parts
