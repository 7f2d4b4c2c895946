"""Lines, points with bands and bars with intervals, drawn as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from liqi.answers.report._drawing import ACCENT, DASHES, HUES, INK, QUIET, WIDTH, Axes, legend, said, span_of, svg, text

_LETTER = 4.6
_MOST_BARS = 40
_ROW = 20


def line_svg(plot: Mapping[str, Any], language: str) -> str:
    """Return chromatograms or profiles: shaded areas below, then the lines, then marks whose words do not meet."""
    data, titles = plot["data"], _titles(plot, language)
    series = [_from(one, *data["begin"]) for one in data["series"]] if data.get("begin") else data["series"]
    axes = Axes(span_of(*(one["x"] for one in series)), span_of(*(one["y"] for one in series), zero=True, room=0.12))
    parts = [*axes.drawn(*titles[1:], x_ticks=data.get("x_ticks", ()))]
    for area in data.get("areas", ()) if series else ():
        parts.append(_shaded(axes, series[0], area["from"], area["to"]))
    for n, one in enumerate(series):
        parts.append(_stroke(axes.path(one["x"], one["y"]), n))
    parts += _marked(axes, data.get("marks", ()), series, language)
    parts += _legend([said(one["label"], language) for one in series])
    return svg(titles[0], parts)


def _from(one: Mapping[str, Any], start: float, end: float) -> Mapping[str, Any]:
    """A line as far as a page shows it first: what is crowded as a whole is read there."""
    inside = [(x, y) for x, y in zip(one["x"], one["y"], strict=True) if start <= x <= end]
    return {**one, "x": [x for x, _ in inside], "y": [y for _, y in inside]}


def points_svg(plot: Mapping[str, Any], language: str) -> str:
    """Return points with error bars over lines with bands."""
    data, titles = plot["data"], _titles(plot, language)
    series, lines = data.get("series", ()), data.get("lines", ())
    every = [*series, *lines]
    heights = [one[name] for one in every for name in ("y", "low", "high") if one.get(name)]
    axes = Axes(span_of(*(one["x"] for one in every), room=0.04), span_of(*heights, room=0.04))
    parts = [*axes.drawn(*titles[1:])]
    for n, one in enumerate(lines):
        if one.get("low") and one.get("high"):
            back = axes.path(list(reversed(one["x"])), list(reversed(one["low"]))).replace("M", "L")
            band = axes.path(one["x"], one["high"]) + back + "z"
            parts.append(f'<path d="{band}" fill="{HUES[n % 7]}" fill-opacity="0.14"/>')
        parts.append(_stroke(axes.path(one["x"], one["y"]), n))
    for n, one in enumerate(series):
        parts += _dots(axes, one, n)
    names = [said(one["label"], language) for one in every]
    return svg(titles[0], [*parts, *_legend(names, dots=len(series))])


def bars_svg(plot: Mapping[str, Any], language: str) -> str:
    """Return bars from zero with their names at the left and their intervals as whiskers."""
    data, titles = plot["data"], _titles(plot, language)
    names = [said(name, language) for name in data["names"][:_MOST_BARS]]
    values = data["values"][:_MOST_BARS]
    low, high = data.get("low") or [], data.get("high") or []
    longest = max((_wide(name) for name in names), default=0.0)
    left = min(170.0, longest + 14)
    bottom = 24.0 + _ROW * max(1, len(names))
    span = span_of(values, low[:_MOST_BARS], high[:_MOST_BARS], zero=True, room=0.1)
    axes = Axes(span, (0, 1), left=left, right=WIDTH - 30, bottom=bottom)
    parts = [*axes.drawn(titles[2], titles[1], with_y=False)]
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y = 24 + _ROW * (i + 0.5)
        parts.append(text(left - 6, y + 3, escape(_cut(name, left - 12)), "end", INK, 9))
        if value is None:
            continue
        start, end = sorted((axes.x(0), axes.x(value)))
        parts.append(f'<rect x="{start:.1f}" y="{y - 6:.1f}" width="{end - start:.1f}" height="12" fill="{ACCENT}"/>')
        after = end
        if i < len(low) and i < len(high) and low[i] is not None and high[i] is not None:
            one, other = axes.x(low[i]), axes.x(high[i])
            path = f"M{one:.1f} {y - 3:.1f}v6M{other:.1f} {y - 3:.1f}v6M{one:.1f} {y:.1f}H{other:.1f}"
            parts.append(f'<path d="{path}" stroke="{INK}" fill="none"/>')
            after = max(end, other)
        parts.append(text(after + 4, y + 3, f"{value:.3g}", "start", QUIET, 8.5))
    return svg(titles[0], parts, bottom + 36)


def _titles(plot: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    return said(plot["title"], language), said(plot["x_title"], language), said(plot["y_title"], language)


def _stroke(path: str, n: int) -> str:
    dash = f' stroke-dasharray="{DASHES[n % 7]}"' if DASHES[n % 7] else ""
    return f'<path d="{path}" fill="none" stroke="{HUES[n % 7]}" stroke-width="1.2"{dash}/>'


def _shaded(axes: Axes, one: Mapping[str, Any], start: float, end: float) -> str:
    inside = [(x, y) for x, y in zip(one["x"], one["y"], strict=True) if start <= x <= end and y is not None]
    if len(inside) < 2:
        return ""
    ground = axes.y(0)
    line = "".join(f"L{axes.x(x):.1f} {axes.y(y):.1f}" for x, y in inside)
    path = f"M{axes.x(inside[0][0]):.1f} {ground:.1f}{line}L{axes.x(inside[-1][0]):.1f} {ground:.1f}z"
    return f'<path d="{path}" fill="{HUES[0]}" fill-opacity="0.2"/>'


def _marked(
    axes: Axes, marks: Sequence[Mapping[str, Any]], series: Sequence[Mapping[str, Any]], language: str
) -> Iterator[str]:
    """Yield the marks; words stand above every line under them, and those that would meet others are left out."""
    taken: list[tuple[float, float, float]] = []
    for one in marks:
        if not axes.x_range[0] <= one["x"] <= axes.x_range[1]:
            continue
        words, x = said(one["label"], language), axes.x(one["x"])
        half = _wide(words) / 2 + 2
        under = [
            y
            for line in series
            for place, y in zip(line["x"], line["y"], strict=True)
            if y is not None and abs(axes.x(place) - x) <= half
        ]
        top = axes.y(max([one.get("y") or 0.0, *under]))
        yield f'<path d="M{x:.1f} {axes.bottom}V{top:.1f}" stroke="{QUIET}" stroke-dasharray="2 2"/>'
        place = min(max(x, axes.left + half), axes.right - half)
        if all(abs(place - other) > half + wide or abs(top - height) > 10 for other, height, wide in taken):
            taken.append((place, top, half))
            yield text(place, top - 3, escape(words), "middle", INK, 8.5)


def _dots(axes: Axes, one: Mapping[str, Any], n: int) -> Iterator[str]:
    for i, (x, y) in enumerate(zip(one["x"], one["y"], strict=True)):
        if y is None:
            continue
        if one.get("low") and one.get("high") and one["low"][i] is not None and one["high"][i] is not None:
            place, low, high = axes.x(x), axes.y(one["low"][i]), axes.y(one["high"][i])
            path = f"M{place - 2:.1f} {low:.1f}h4M{place - 2:.1f} {high:.1f}h4M{place:.1f} {low:.1f}V{high:.1f}"
            yield f'<path d="{path}" stroke="{HUES[n % 7]}" fill="none"/>'
        yield _sign(n, axes.x(x), axes.y(y))


def _sign(n: int, x: float, y: float) -> str:
    paths = (
        f"M{x - 2.5:.1f} {y:.1f}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z",
        f"M{x - 2.3:.1f} {y - 2.3:.1f}h4.6v4.6h-4.6z",
        f"M{x:.1f} {y - 3:.1f}l3 5.2h-6z",
        f"M{x:.1f} {y - 3.4:.1f}l3.4 3.4l-3.4 3.4l-3.4 -3.4z",
    )
    return f'<path d="{paths[n % 4]}" fill="{HUES[n % 7]}"/>'


def _legend(names: Sequence[str], dots: int = 0) -> Iterator[str]:
    if len(names) < 2:
        return iter(())

    def sign(n: int, x: float, y: float) -> str:
        return _sign(n, x + 9, y) if n < dots else _stroke(f"M{x:.1f} {y:.1f}h14", n - dots)

    return legend(names, sign)


def _wide(words: str) -> float:
    return sum(9.0 if letter > "\u2e80" else _LETTER for letter in words)


def _cut(words: str, room: float) -> str:
    while words and _wide(words) > room:
        words = words[:-2] + "…"
    return words
