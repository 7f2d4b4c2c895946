"""The plots of an answer as rows of numbers, for the CSV under each of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import translation

from liqi.web import lists

Json = Any
SMALL = 4000
"""Up to so many numbers a plot comes with its page; a larger one is fetched by its figure."""


def is_small(plot: Mapping[str, Json]) -> bool:
    """Whether the plot's numbers come with the page."""
    data = plot["data"]
    if plot["kind"] == "volume":
        return False
    lists_of_numbers = [data.get("x", ()), *(one.get("x", ()) for one in data.get("series", ()))]
    return sum(map(len, lists_of_numbers)) <= SMALL


def rows_of(plot: Mapping[str, Json]) -> list[Sequence[Json]]:
    """The plot's numbers with the names of their columns first; none for a kind that nobody draws."""
    makers = {"mirror": _mirror, "line": _line, "points": _points, "bars": _bars, "map": _map}
    made = makers.get(plot["kind"])
    return list(made(plot)) if made else []


def said(words: Json) -> str:
    """Words by language in that of the page; plain words as they are."""
    if not isinstance(words, Mapping):
        return "" if words is None else str(words)
    by_tag = {tag.lower(): text for tag, text in words.items()}
    return str(by_tag.get((translation.get_language() or "en").lower(), by_tag.get("en", "")))


def in_chinese() -> bool:
    """Whether the page is read in Chinese; tables in English keep the names of columns that programs read."""
    return (translation.get_language() or "en").lower().startswith("zh")


def cell(row: Mapping[str, Json], name: str) -> Json:
    """A cell of a table: its words in the language of the page where it has some, else its value."""
    value = row.get("words", {}).get(name, row.get(name))
    return said(value) if isinstance(value, Mapping) and "en" in value else value


def _mirror(plot: Mapping[str, Json]) -> Iterator[Sequence[Json]]:
    parts = {i: (name, ppm) for i, name, ppm in plot["data"].get("fragments", ())}
    yield "side", "mz", "relative_intensity_percent", "matched_mz", "fragment", "fragment_error_ppm"
    places = iter(range(len(plot["data"]["upper"]["mz"])))
    for row in lists.peaks_of(plot):
        yield *row, *(parts.get(next(places), ("", "")) if row[0] == "measured" else ("", ""))


def _line(plot: Mapping[str, Json]) -> Iterator[Sequence[Json]]:
    yield "series", _named(plot, "x"), _named(plot, "y")
    for one in plot["data"]["series"]:
        yield from ((said(one["label"]), x, y) for x, y in zip(one["x"], one["y"], strict=True))


def _points(plot: Mapping[str, Json]) -> Iterator[Sequence[Json]]:
    yield "series", "name", _named(plot, "x"), _named(plot, "y"), "low", "high"
    for one in [*plot["data"].get("series", ()), *plot["data"].get("lines", ())]:
        for i, (x, y) in enumerate(zip(one["x"], one["y"], strict=True)):
            yield said(one["label"]), said(_at(one, "names", i)), x, y, _at(one, "low", i), _at(one, "high", i)


def _bars(plot: Mapping[str, Json]) -> Iterator[Sequence[Json]]:
    data = plot["data"]
    yield "name", _named(plot, "y"), "low", "high"
    for i, (name, value) in enumerate(zip(data["names"], data["values"], strict=True)):
        yield said(name), value, _at(data, "low", i), _at(data, "high", i)


def _map(plot: Mapping[str, Json]) -> Iterator[Sequence[Json]]:
    data = plot["data"]
    yield _named(plot, "x"), _named(plot, "y"), "value", "name"
    for i, point in enumerate(zip(data["x"], data["y"], data["value"], strict=True)):
        yield *point, said(_at(data, "names", i))


def _named(plot: Mapping[str, Json], axis: str) -> str:
    return said(plot[f"{axis}_title"]) or axis


def _at(data: Mapping[str, Json], name: str, i: int) -> Json:
    values = data.get(name) or ()
    return values[i] if i < len(values) else None
