"""What every figure of a report is drawn with: colours that stay apart, axes, words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10
from typing import Any

Ticks = Sequence[Mapping[str, Any]]
WIDTH, HEIGHT = 460, 250
INK, QUIET, ACCENT, LINE = "#1c1f26", "#6b7280", "#1f4fbf", "#d1d5db"
HUES = ("#1d4bb5", "#c8591a", "#1b7f5c", "#a8488b", "#7a6a00", "#3a8fc4", "#5b6270")
"""Seven hues that stay apart for colour-blind eyes (after Okabe and Ito)."""
DASHES = ("", "6 3", "2 2", "8 3 2 3", "10 3", "4 2", "1 3")
_FONT = "Noto Sans CJK TC, Noto Sans, sans-serif"
_LARGE, _FINE = 1e5, 1e-4


def said(words: Any, language: str) -> str:
    """Return words by language in this one; plain words as they are."""
    if isinstance(words, Mapping):
        return str(words.get(language, words.get("en", "")))
    return "" if words is None else str(words)


def svg(title: str, parts: Iterable[str], height: float = HEIGHT) -> str:
    """Return the whole drawing under its title."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'font-family="{_FONT}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, anchor: str, colour: str, size: float) -> str:
    """Return words at a place; they are escaped already."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{words}</text>'


def step_of(span: float, about: int) -> float:
    """Return a round step of which about so many fit into the span.

    >>> step_of(100, 7)
    20.0
    """
    rough = span / about
    power = 10 ** floor(log10(rough))
    return float(next(power * n for n in (1, 2, 5, 10) if power * n >= rough * (1 - 1e-9)))


def mark(value: float, step: float) -> str:
    """Return a number of an axis, with the decimals that its step needs."""
    size = abs(value)
    if size and (size >= _LARGE or step < _FINE):
        return f"{value:.1e}".replace("e+0", "e").replace("e-0", "e−").replace(".0e", "e")
    return f"{value:.{max(0, -floor(log10(step) + 1e-9))}f}".replace("-", "−")


def span_of(*lists: Iterable[Any], zero: bool = False, room: float = 0.0) -> tuple[float, float]:
    """Return the lowest and highest number of some lists, holes passed over, with a share of room on either side."""
    values = [float(one) for some in lists for one in some if isinstance(one, int | float) and isfinite(one)]
    values += [0.0] if zero or not values else []
    low, high = min(values), max(values)
    wide = (high - low) or abs(high) or 1.0
    return (low if zero and low == 0 else low - room * wide), high + room * wide if high > low or room else high + wide


@dataclass(frozen=True, slots=True)
class Axes:
    """The area of a drawing and what its sides stand for."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float = 52
    right: float = WIDTH - 12
    top: float = 24
    bottom: float = HEIGHT - 36

    def x(self, value: float) -> float:
        """Return where a value stands across."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return how high a value stands."""
        low, high = self.y_range
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def drawn(
        self, x_title: str, y_title: str, *, with_y: bool = True, x_ticks: Ticks = (), y_ticks: Ticks = ()
    ) -> Iterator[str]:
        """Yield grid, numbers and titles; ticks tell the numbers of an axis whose scale is not even."""
        for place, words in _told(x_ticks, self.x_range) or _marks(self.x_range, 6):
            x = self.x(place)
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{self.top}" y2="{self.bottom}" stroke="{LINE}"/>'
            yield text(x, self.bottom + 12, words, "middle", QUIET, 9)
        for place, words in (_told(y_ticks, self.y_range) or _marks(self.y_range, 4)) if with_y else ():
            y = self.y(place)
            yield f'<line x1="{self.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
            yield text(self.left - 5, y + 3, words, "end", QUIET, 9)
        yield f'<line x1="{self.left}" x2="{self.right}" y1="{self.bottom}" y2="{self.bottom}" stroke="{QUIET}"/>'
        yield text(self.right, self.bottom + 26, escape(x_title), "end", QUIET, 10)
        yield text(4, self.top - 10, escape(y_title), "start", QUIET, 10)

    def path(self, x: Sequence[float], y: Sequence[float | None]) -> str:
        """Return the line through points as a path, broken where a value is missing."""
        parts, pen = [], False
        for one, other in zip(x, y, strict=True):
            if other is not None:
                parts.append(f"{'L' if pen else 'M'}{self.x(one):.1f} {self.y(other):.1f}")
            pen = other is not None
        return "".join(parts)


def _told(ticks: Ticks, span: tuple[float, float]) -> list[tuple[float, str]]:
    inside = [one for one in ticks if span[0] <= one["at"] <= span[1]]
    return [(one["at"], escape(one["label"]).replace("-", "−")) for one in inside]


def _marks(span: tuple[float, float], about: int) -> list[tuple[float, str]]:
    step = step_of(span[1] - span[0], about)
    return [(i * step, mark(i * step, step)) for i in range(ceil(span[0] / step), floor(span[1] / step) + 1)]


def legend(names: Sequence[str], draw: Callable[[int, float, float], str]) -> Iterator[str]:
    """Yield a line of names with the sign of each, along the top at the right."""
    x = WIDTH - 12.0
    for n in reversed(range(len(names))):
        words = names[n] if len(names[n]) <= 28 else names[n][:27] + "…"
        x -= sum(9.5 if letter > "\u2e80" else 5.2 for letter in words)
        yield text(x, 13, escape(words), "start", INK, 9)
        yield draw(n, x - 18, 10)
        x -= 30
        if x < 120:
            return
