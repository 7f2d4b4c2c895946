"""The map of many points drawn as SVG: gathered into cells of a grid, eight steps of one hue, named points on top."""

from collections.abc import Mapping
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
    axes = Axes(span_of(data["x"], room=0.02), span_of(data["y"], room=0.02), bottom=HEIGHT - 36)
    cells: dict[tuple[int, int], float] = {}
    for x, y, value in zip(data["x"], data["y"], data["value"], strict=True):
        cell = int(axes.x(x) / _CELL), int(axes.y(y) / _CELL)
        cells[cell] = max(cells.get(cell, value), value)
    parts = [*axes.drawn(said(plot["x_title"], language), said(plot["y_title"], language)), *_painted(cells)]
    parts += _named(axes, data, language)
    return svg(said(plot["title"], language), parts)


def _painted(cells: Mapping[tuple[int, int], float]) -> list[str]:
    if not cells:
        return []
    low, high = min(cells.values()), max(cells.values())
    by_step: dict[int, list[str]] = {}
    for (column, row), value in sorted(cells.items()):
        step = min(len(_STEPS) - 1, int(_share(value, low, high) * len(_STEPS)))
        by_step.setdefault(step, []).append(f"M{column * _CELL:g} {row * _CELL:g}h{_CELL:g}v{_CELL:g}h-{_CELL:g}z")
    return [f'<path d="{"".join(paths)}" fill="{_STEPS[step]}"/>' for step, paths in sorted(by_step.items())]


def _share(value: float, low: float, high: float) -> float:
    """From 0 to 1, by logarithm where the values span more than three powers of ten."""
    if low > 0 and high / low > _SPAN:
        bottom = log(max(low, high * _FLOOR))
        return max(0.0, (log(value) - bottom) / (log(high) - bottom))
    return (value - low) / (high - low) if high > low else 1.0


def _named(axes: Axes, data: Mapping[str, Any], language: str) -> list[str]:
    names = data.get("names") or ()
    named = sorted((i for i in range(len(names)) if names[i]), key=lambda i: -data["value"][i])
    parts, taken = [], []
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
