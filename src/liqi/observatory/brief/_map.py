"""The map of a brief: an outline of land without borders, a circle for each institution, as SVG."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from liqi.observatory.question import Point

WIDE, HIGH = 480.0, 190.0
CELL = 14.0
"""Institutions in the same square of this side are one circle: two would touch."""
LEAST_DEGREES = 6.0
"""The north-south extent below which a map shows no coast to know the place by."""
ROOM = 1.25
"""The points fill this part of the frame, turned over."""
_LAND, _INK, _SEA = "#dfdfd8", "#1f4fbf", "#f7f7f4"
Ring = list[tuple[float, float]]


def drawn(points: Sequence[Point], land: Path) -> str:
    """The points on the outline that this TopoJSON file has."""
    frame = _Frame(points)
    circles = sorted(_gathered(points, frame), reverse=True)
    most = max(25, *(count for count, *_rest in circles))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:g} {HIGH:g}">',
            f'<rect width="{WIDE:g}" height="{HIGH:g}" fill="{_SEA}"/>',
            f'<path fill="{_LAND}" fill-rule="evenodd" d="{_outline(land, frame)}"/>',
            *(_circle(*one, 3 + 9 * math.sqrt(one[0] / most)) for one in circles),
            "</svg>",
        ]
    )


class _Frame:
    """Where a point of the earth is drawn: degrees of longitude are as wide as they are in the middle of the map."""

    def __init__(self, points: Sequence[Point]) -> None:
        longitudes, latitudes = [one.longitude for one in points], [one.latitude for one in points]
        self.longitude, self.latitude = _middle(longitudes), _middle(latitudes)
        self.squeeze = max(math.cos(math.radians(self.latitude)), 0.1)
        high = max(_extent(latitudes), LEAST_DEGREES, _extent(longitudes) * self.squeeze * HIGH / WIDE)
        self.scale = HIGH / high / ROOM

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Right and down from the corner."""
        east = (longitude - self.longitude) * self.squeeze * self.scale
        return WIDE / 2 + east, HIGH / 2 - (latitude - self.latitude) * self.scale


def _middle(numbers: Sequence[float]) -> float:
    return (min(numbers) + max(numbers)) / 2


def _extent(numbers: Sequence[float]) -> float:
    return max(numbers) - min(numbers)


def _gathered(points: Iterable[Point], frame: _Frame) -> Iterator[tuple[int, int, float, float]]:
    """Instruments, institutions and the place of each circle."""
    cells: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
    for one in points:
        x, y = frame.at(one.longitude, one.latitude)
        cells.setdefault((int(x // CELL), int(y // CELL)), []).append((one.instruments, x, y))
    for members in cells.values():
        count = sum(n for n, _x, _y in members)
        yield (count, len(members), sum(n * x for n, x, _y in members) / count,
               sum(n * y for n, _x, y in members) / count)  # fmt: skip


def _circle(count: int, members: int, x: float, y: float, radius: float) -> str:
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_INK}" fill-opacity="0.85" stroke="{_SEA}"/>'
    if members == 1:
        return drawn
    return drawn + (f'<text x="{x + radius + 2:.1f}" y="{y + 3:.1f}" font-size="8" font-family="Noto Sans CJK TC" '
                    f'fill="{_INK}">{count}</text>')  # fmt: skip


def _outline(land: Path, frame: _Frame) -> str:
    """The rings that come into the frame, as one path."""
    parts = []
    for ring in _rings(land):
        placed = [frame.at(*point) for point in ring]
        xs, ys = [x for x, _y in placed], [y for _x, y in placed]
        if max(xs) >= 0 and min(xs) <= WIDE and max(ys) >= 0 and min(ys) <= HIGH:
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed) + "Z")
    return "".join(parts)


@lru_cache(maxsize=1)
def _rings(land: Path) -> list[Ring]:
    """The rings of the outline in degrees; one that is cut at 180 degrees goes on beyond it."""
    told = json.loads(land.read_bytes())
    (kx, ky), (dx, dy) = told["transform"]["scale"], told["transform"]["translate"]
    arcs: list[Ring] = []
    for arc in told["arcs"]:
        x = y = 0
        arcs.append([((x := x + step[0]) * kx + dx, (y := y + step[1]) * ky + dy) for step in arc])
    shapes = [shape for one in told["objects"]["land"]["geometries"] for shape in one["arcs"]]
    rings = [[point for at in ring for point in (arcs[at] if at >= 0 else arcs[~at][::-1])]
             for shape in shapes for ring in shape]  # fmt: skip
    return [_unbroken(ring) for ring in rings]


def _unbroken(ring: Ring) -> Ring:
    across = any(abs(x - before) > 180 for (x, _y), (before, _z) in zip(ring[1:], ring, strict=False))
    return [(x + 360 if x < -90 else x, y) for x, y in ring] if across else ring
