"""An answer as a page shows it: its lists, one page of rows, and the row that is looked at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

ROWS_A_PAGE = 50
VERDICTS = ("identified", "isomers", "unknown")
FEATURE_COLUMNS = (
    "compound",
    "confidence",
    "precursor_mz",
    "retention_time_s",
    "adduct",
    "precursor_error_ppm",
    "matched_peaks",
    "level",
)
"""The columns of features that a list shows; the others stand beside the row that is looked at."""
UNKNOWN_COLUMNS = (
    "compound",
    "precursor_mz",
    "retention_time_s",
    "entropy_similarity",
    "matched_peaks",
    "precursor_error_ppm",
)
"""What is known of the unknown: itself, and how near the nearest reference is."""
Json = Any


@dataclass(frozen=True)
class Row:
    """A row of a table with what stands beside it."""

    number: int
    """Its place in the table as the method gave it: the address of the row."""
    cells: Mapping[str, Json]
    verdict: str


@dataclass(frozen=True)
class Selected:
    """The row that is looked at: its finding, the candidates, the plots."""

    row: Row
    finding: Mapping[str, Json] | None
    candidates: Sequence[Mapping[str, Json]]
    candidate: Mapping[str, Json] | None
    """The candidate whose evidence is shown."""
    plots: Sequence[Mapping[str, Json]]
    """The mirror plots, of which one is looked at."""
    plot: Mapping[str, Json] | None
    beside: Sequence[Mapping[str, Json]]
    """The row's other plots: its chromatogram, its isotopes."""
    group: int
    """How many of the candidates belong to the verdict: one where identified, none where unknown."""


@dataclass(frozen=True)
class View:
    """What one address of an answer shows."""

    table: Mapping[str, Json] | None
    columns: Sequence[Mapping[str, Json]]
    others: Sequence[Mapping[str, Json]]
    lists: Sequence[tuple[str, int]]
    """Verdict and count, where the answer tells identified from isomers and unknown; else nothing."""
    current: str
    sort: str
    find: str
    page: Page[Row]
    selected: Selected | None
    plots: Sequence[Mapping[str, Json]]
    """The plots that belong to no row."""
    numbers: Mapping[str, int]
    """The row of each feature, for a click on a plot."""
    licences: Sequence[tuple[str, int]]
    """The licences of the reference spectra shown, and how many spectra have each."""


def view_of(facts: Mapping[str, Json], asked: Mapping[str, str]) -> View:
    """The answer as the address asks for it: list, sort, find, page, row, plot."""
    tables = facts["tables"]
    table = next((one for one in tables if one["name"] == "features"), tables[0] if tables else None)
    rows = _rows(facts, table)
    counts = Counter(row.verdict for row in rows if row.verdict)
    lists = [(verdict, counts[verdict]) for verdict in VERDICTS] if counts else []
    current = _current(asked, lists, rows)
    find, sort = asked.get("find", "").strip(), asked.get("sort", "")
    shown = _sorted([row for row in rows if row.verdict in (current, "") and _says(row, find)], sort)
    page: Page[Row] = Paginator(shown, ROWS_A_PAGE).get_page(_page_of(asked, shown))
    row = _row_asked(asked, rows) or (page.object_list[0] if page.object_list else None)
    mine, loose = _plots(facts)
    return View(
        table=table,
        columns=_columns(table, current),
        others=[one for one in tables if one is not table],
        lists=lists,
        current=current,
        sort=sort,
        find=find,
        page=page,
        selected=_selected(facts, row, mine, asked) if row else None,
        plots=loose,
        numbers={str(row.cells["index"]): row.number for row in rows if "index" in row.cells},
        licences=_licences(facts),
    )


def table_named(facts: Mapping[str, Json], name: str) -> Mapping[str, Json] | None:
    """The table of the answer with this name."""
    return next((table for table in facts["tables"] if table["name"] == name), None)


def plot_named(facts: Mapping[str, Json], name: str) -> Mapping[str, Json] | None:
    """The plot of the answer with this name."""
    return next((plot for plot in facts["plots"] if plot["name"] == name), None)


def peaks_of(plot: Mapping[str, Json]) -> list[tuple[Json, ...]]:
    """The peaks of a mirror plot: side, m/z, relative intensity, m/z of the match; measured first."""
    upper, lower = plot["data"]["upper"], plot["data"]["lower"]
    match = {i: lower["mz"][j] for i, j in plot["data"]["pairs"]}
    back = {j: upper["mz"][i] for i, j in plot["data"]["pairs"]}
    rows = [("measured", mz, upper["intensity"][i], match.get(i)) for i, mz in enumerate(upper["mz"])]
    return rows + [("reference", mz, lower["intensity"][j], back.get(j)) for j, mz in enumerate(lower["mz"])]


def _rows(facts: Mapping[str, Json], table: Mapping[str, Json] | None) -> list[Row]:
    if table is None:
        return []
    verdicts = {one["index"]: one["verdict"] for one in facts["detail"].get("features", [])}
    return [Row(number, cells, verdicts.get(cells.get("index"), "")) for number, cells in enumerate(table["rows"])]


def _current(asked: Mapping[str, str], lists: Sequence[tuple[str, int]], rows: Sequence[Row]) -> str:
    """The list asked for, else that of the row asked for, else the first with anything in it."""
    known = [verdict for verdict, _ in lists]
    if asked.get("list") in known:
        return asked["list"]
    row = _row_asked(asked, rows)
    if row is not None and row.verdict:
        return row.verdict
    return next((verdict for verdict, count in lists if count), known[0] if known else "")


def _row_asked(asked: Mapping[str, str], rows: Sequence[Row]) -> Row | None:
    number = asked.get("row", "")
    return rows[int(number)] if number.isdecimal() and int(number) < len(rows) else None


def _page_of(asked: Mapping[str, str], shown: Sequence[Row]) -> str:
    """The page asked for, else the one with the row asked for."""
    if "page" in asked:
        return asked["page"]
    place = next((place for place, row in enumerate(shown) if str(row.number) == asked.get("row")), 0)
    return str(place // ROWS_A_PAGE + 1)


def _says(row: Row, find: str) -> bool:
    if not find:
        return True
    words = (str(value) for value in row.cells.values() if isinstance(value, (str, int, float)))
    return any(find.casefold() in word.casefold() for word in words)


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """By a column, downwards with a minus before its name; blanks last either way."""
    name = sort.removeprefix("-")
    if not name or not any(name in row.cells for row in rows):
        return rows
    full = [row for row in rows if row.cells.get(name) not in (None, "")]
    blank = [row for row in rows if row.cells.get(name) in (None, "")]
    numeric = all(isinstance(row.cells[name], (int, float)) for row in full)
    full.sort(
        key=lambda row: row.cells[name] if numeric else str(row.cells[name]).casefold(),
        reverse=sort.startswith("-"),
    )
    return full + blank


def _columns(table: Mapping[str, Json] | None, current: str) -> list[Mapping[str, Json]]:
    if table is None:
        return []
    if not current:
        return list(table["columns"])
    by_name = {column["name"]: column for column in table["columns"]}
    names = UNKNOWN_COLUMNS if current == "unknown" else FEATURE_COLUMNS
    return [by_name[name] for name in names if name in by_name]


def _plots(facts: Mapping[str, Json]) -> tuple[dict[Json, list[Json]], list[Json]]:
    """The plots by the feature they show, and those of no feature."""
    mine: dict[Json, list[Json]] = {}
    loose = []
    for plot in facts["plots"]:
        feature = plot["data"].get("feature")
        if feature is None:
            loose.append(plot)
        else:
            mine.setdefault(feature, []).append(plot)
    return mine, loose


def _selected(
    facts: Mapping[str, Json], row: Row, mine: Mapping[Json, list[Json]], asked: Mapping[str, str]
) -> Selected:
    index = row.cells.get("index")
    feature: Mapping[str, Json] = next(
        (one for one in facts["detail"].get("features", []) if one["index"] == index), {}
    )
    finding = next((one for one in facts["findings"] if one.get("feature", -1) == index), None)
    plots = [plot for plot in mine.get(index, []) if plot["kind"] == "mirror" and not plot["data"].get("beside")]
    beside = [plot for plot in mine.get(index, []) if plot not in plots]
    asked_plot = next((plot for plot in plots if plot["name"] == asked.get("plot")), None)
    group = {"identified": 1, "isomers": 1 + len((finding or {}).get("isomers", []))}.get(row.verdict, 0)
    candidates = feature.get("candidates", [])
    shown = asked_plot or (plots[0] if plots else None)
    number = asked.get("candidate", "")
    place = int(number) if number.isdecimal() and int(number) < len(candidates) else 0
    candidate = candidates[place] if candidates else None
    return Selected(row, finding, candidates, candidate, plots, shown, beside, group)


def _licences(facts: Mapping[str, Json]) -> list[tuple[str, int]]:
    references = [plot["data"].get("reference") for plot in facts["plots"]]
    found = {one["accession"]: one.get("licence") or "" for one in references if one and one.get("accession")}
    return Counter(found.values()).most_common()
