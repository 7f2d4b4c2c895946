"""A table of one's own: paste it or choose a file, and the observatory's indicators count it; nothing is kept."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi import insight
from liqi.insight import concentration, examples, workbook
from liqi.insight.table import from_bytes
from liqi.web import indicator_titles, tables
from liqi.web.indicator_titles import TITLES
from liqi.web.library_words import told

MOST_BYTES, MOST_ROWS, SHOWN = 2_000_000, 50_000, 500
"""What the page takes and shows; the command line takes more."""
SETTINGS = (
    frozenset(("top", "base", "use", "dependent", "few", "fixed_assets", "research_funds", "radius_km", "weak_links"))
    | {
        "unclear_orientation",
        "loose_cluster",
        "wanted",
        "of",
        "k",
        "candidates",
        "budget",
        "conflicts",
        "order",
        "below",
    }
    | {"product_lines", "world_rank", "age_years", "staff", "revenue_m_eur", "mentions"}
    | frozenset(
        (
            "industry",
            "edges_km",
            "within_km",
            "nearest",
            "decay",
            "latitude",
            "longitude",
            "least_facilities",
            "least_quotient",
            "least_firms",
        )
    )
)
"""What may be set here: numbers and names, never a file of the server."""
EXAMPLE_SETTINGS = {
    "link_gain": {"candidates": "x,y"},
    "portfolio": {"budget": "60", "conflicts": "a:b"},
    "peer_distance": {"of": "Hefei"},
    "talent_within": {"latitude": "31.3", "longitude": "120.6", "radius_km": "45"},
}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponseBase:
    """The form; `example=yes` counts the example, POST counts what is pasted, `format=csv` gives the figures."""
    asked = request.POST if request.method == "POST" else request.GET
    language = translation.get_language()
    name = asked.get("indicator", next(iter(TITLES)))
    if name not in TITLES:
        raise Http404
    example = request.method != "POST" and bool(asked.get("example"))
    known = EXAMPLE_SETTINGS.get(name, {}) if example else {}
    settings = {one: said for one in _settable(name) if (said := asked.get(one, known.get(one, "")).strip())}
    text = examples.text(name) if example else asked.get("table", "")
    facts: dict[str, Any] = {
        "name": name,
        "title": TITLES[name],
        "groups": indicator_titles.grouped(),
        "formula": told(insight.INDICATORS[name].formula, language, "formula"),
        "settings": [
            (one, told(said, language, "word"), settings.get(one, "")) for one, said in _settable(name).items()
        ],
        "text": text,
        "by": asked.get("by", ""),
        "example": example,
        "crumbs": [(_("Observatory"), reverse("observatory")), (_("A table of mine"), "")],
    }
    if not example and request.method != "POST":
        return render(request, "observatory/own_table.html", facts)
    try:
        found = _count(name, _frame(request, text), facts["by"], settings)
    except (insight.UnusableTable, concentration.UnusableSizes, workbook.UnusableWorkbook) as problem:
        return render(
            request, "observatory/own_table.html", {**facts, "mistake": told(str(problem), language)}, status=422
        )
    header, lines = _table(found["values"])
    if asked.get("format") == "csv":
        return tables.as_csv(name, header, lines)
    facts |= {
        "found": found,
        "unit": told(found["unit"], language, "word"),
        "header": [(told(column, language, "head"), column) for column in header],
        "lines": [
            [told(cell, language, "word") if isinstance(cell, str) else cell for cell in line] for line in lines[:SHOWN]
        ],
        "more": max(0, len(lines) - SHOWN),
        "tree": _tree(found["values"]) if name == "technology_tree" else [],
    }
    return render(request, "observatory/own_table.html", facts)


def _settable(name: str) -> dict[str, str]:
    return {one: said for one, said in insight.INDICATORS[name].settings.items() if one in SETTINGS}


def _frame(request: HttpRequest, text: str) -> pl.DataFrame:
    """The rows of the file, else of what was pasted: text, with commas, semicolons or tabs between the cells."""
    file = request.FILES.get("file")
    content = file.read(MOST_BYTES + 1) if file else text.encode()
    if workbook.is_workbook(content) and len(content) <= MOST_BYTES:
        return _sheet(content)
    if len(content) > MOST_BYTES:
        raise insight.UnusableTable(
            _("Found more than %(mb)d MB; expected a smaller table; count it with liqi indicator.")
            % {"mb": MOST_BYTES // 1_000_000}
        )
    if not content.strip():
        raise insight.UnusableTable(_("Found no table; expected a header and rows; paste one or try the example."))
    first = content.split(b"\n", 1)[0]
    between = max((b"\t", b";", b","), key=first.count).decode()
    try:
        frame = from_bytes(content, between)
    except insight.UnusableTable:
        raise
    except (pl.exceptions.PolarsError, ValueError):
        raise insight.UnusableTable(
            _("Found something that is no table; expected a header and rows as long as it; save it as CSV in UTF-8.")
        ) from None
    return _bounded(frame)


def _sheet(content: bytes) -> pl.DataFrame:
    """The first sheet of a workbook that has rows; its first row names the columns, as long as none is called twice."""
    rows = next((rows for _name, rows in workbook.sheets(content)), [])
    header = [cell.strip() for cell in rows[0]] if rows else []
    named = [n for n, title in enumerate(header) if title]
    titles = [header[n] for n in named]
    if not named or len(set(titles)) < len(titles):
        raise insight.UnusableTable(
            _("Found a sheet whose first row names no column, or two alike; expected a header; mend the first row.")
        )
    columns = {header[n]: [row[n] if n < len(row) and row[n] else None for row in rows[1:]] for n in named}
    return _bounded(pl.DataFrame(columns, schema=dict.fromkeys(titles, pl.String)))


def _bounded(frame: pl.DataFrame) -> pl.DataFrame:
    if frame.height > MOST_ROWS:
        raise insight.UnusableTable(
            _("Found %(n)d rows; expected at most %(most)d; count them with liqi indicator.")
            % {"n": frame.height, "most": MOST_ROWS}
        )
    return frame


def _count(name: str, frame: pl.DataFrame, by: str, settings: dict[str, str]) -> dict[str, Any]:
    columns = tuple(column.strip() for column in by.split(",") if column.strip())
    of = "group" if name == "log_rank" and "group" in frame.columns else None
    question = insight.Question(by=columns, of=of, as_of=timezone.localdate(), settings=settings)
    return insight.answer(name, frame, question)


def _table(values: list[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """One line a figure: what it is of, value, rows, missing, what it was fed with, note."""
    fixed = ("value", "rows", "missing", "counts", "note")
    groups = list(dict.fromkeys(key for one in values for key in one if key not in fixed))
    counts = list(dict.fromkeys(key for one in values for key in one.get("counts", {})))
    header = [*groups, "value", *counts, "rows", "missing", "note"]
    return header, [
        [
            *(one.get(key) for key in groups),
            _short(one["value"]),
            *(_short(one.get("counts", {}).get(key)) for key in counts),
            one["rows"],
            _short(one["missing"]),
            one.get("note", ""),
        ]
        for one in values
    ]


def _tree(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line a part, in the order of the tree: how deep it lies, both bounds of all leaves and of those at risk."""
    lines: dict[str, dict[str, Any]] = {}
    for one in values:
        if "part" not in one:
            continue
        counts = one["counts"]
        told = {
            "part": one["part"],
            "steps": range(int(counts["depth"])),
            "critical": one.get("note", "").startswith("single"),
            "risk": counts["at_risk_independent"],
            "risk_weakest": counts["at_risk_weakest"],
        }
        lines.setdefault(one["part"], told)[one["bound"]] = one["value"]
    return list(lines.values())


def _short(value: float | None) -> float | int | None:
    """Six figures; a whole number without a point."""
    if value is None:
        return None
    short = float(f"{value:.6g}")
    return int(short) if short.is_integer() else short
