"""What a method gives back: findings with unit and uncertainty, tables, plots as data, provenance."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from liqi.methods._text import Text
from liqi.methods.phrases import with_words

Json = Any
REPORT = "liqi.answers.report"
"""Who draws an answer; it stands above this package and is found by its name when a notebook asks."""
SYNTHETIC = "synthetic"
"""The tag of an answer whose data were made up."""
_UNTITLED = Text.same("")


def document(facts: Json) -> str:
    """Return facts as one JSON document; a number that JSON cannot say (NaN, infinite) is null.

    >>> document({"cv": float("nan"), "of": [1.5, float("inf")]})
    '{"cv": null, "of": [1.5, null]}'
    """
    try:
        return json.dumps(facts, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_blank_where_no_number(facts), ensure_ascii=False, allow_nan=False)


def _blank_where_no_number(facts: Json) -> Json:
    if isinstance(facts, float):
        return facts if math.isfinite(facts) else None
    if isinstance(facts, Mapping):
        return {key: _blank_where_no_number(one) for key, one in facts.items()}
    return [_blank_where_no_number(one) for one in facts] if isinstance(facts, list | tuple) else facts


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its value with standard uncertainty and unit, and whatever else belongs to it.

    `name` is the same in every language; `title` says it in three, and is looked up in the phrase book where not given.
    """

    name: str
    value: float | str | None
    unit: str
    uncertainty: float | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)
    title: Text | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the finding as JSON, the extra facts beside the four that every finding has."""
        first = {"name": self.name, "value": self.value, "uncertainty": self.uncertainty, "unit": self.unit}
        return first | ({"title": self.title.as_json()} if self.title else {}) | dict(self.extra)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in the rows, its title, its unit (empty for words and counts)."""

    name: str
    title: Text
    unit: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of an answer with the titles and units of their columns.

    A row may hold `smiles`, a text or a list of them: the structures that pages and reports draw beside its name.
    """

    name: str
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Json]]

    def as_json(self) -> dict[str, Json]:
        """Return the table as JSON."""
        columns = [
            {"name": c.name, "title": c.title.as_json(), "unit": c.unit, "decimals": c.decimals} for c in self.columns
        ]
        rows = [dict(row) for row in self.rows]
        return {"name": self.name, "title": self.title.as_json(), "columns": columns, "rows": rows}


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure as data, so that the web, the PDF and the notebook draw the same; `kind` says how to draw it.

    Kind ``mirror``: ``upper`` and ``lower`` hold ``mz`` and ``intensity`` (base peak = 100), ``pairs`` the
    matched peaks as ``[index in upper, index in lower]``, and both have a ``label``; ``fragments`` may say
    ``[index in upper, formula, error in ppm]``; with ``file`` the recorded peaks of the feature's scans can be fetched.
    Kind ``line``: ``series`` of ``label``, ``x``, ``y``; ``marks`` of ``label``, ``x`` and maybe ``y``; ``areas`` of
    ``label``, ``from``, ``to`` are shaded under the first series; ``begin`` is the part of x that a page shows first.
    Kind ``points``: ``series`` of ``label``, ``x``, ``y``, maybe ``low``, ``high``, ``names``; ``lines`` alike.
    Kind ``bars``: ``names``, ``values``, maybe ``low``, ``high``.
    Kind ``map``: ``x``, ``y``, ``value``; ``names`` and ``features`` (numbers of rows) belong to the first points.
    A plot whose data say ``feature`` belongs to that row.
    A map with ``file`` shows the strongest survey peaks of that input; those of a part of it can be fetched.
    A map of counted cells has ``cell``, their width and height; ``lines`` of ``label``, ``x``, ``y`` are gates on it.
    Kind ``volume``: ``bytes`` of a cube of ``size`` points an edge (zlib, base 64; 0 is ``low``, 255 ``high``),
    ``cell`` in angstrom, ``level`` of the surface; the plots that it ``stands_for`` are drawn where it cannot be.
    One that is ``even`` has one length for both axes; one with ``scale`` (linear or root)
    tells which shade is which value.
    ``x_ticks`` and ``y_ticks`` of ``at``, ``label`` are the marks of an axis whose scale is not even (map, line).
    """

    name: str
    kind: str
    title: Text
    x_title: Text
    y_title: Text
    data: Mapping[str, Json]

    def as_json(self) -> dict[str, Json]:
        """Return the figure as JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title.as_json(),
            "x_title": self.x_title.as_json(),
            "y_title": self.y_title.as_json(),
            "data": dict(self.data),
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that goes with an answer, with a short code that programs can look for."""

    code: str
    text: Text

    def as_json(self) -> dict[str, str]:
        """Return the code and the words by language."""
        return {"code": self.code} | self.text.as_json()


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went in, pinned by its SHA-256."""

    path: str
    sha256: str
    size: int

    def as_json(self) -> dict[str, Json]:
        """Return path, hash and size in bytes."""
        return {"path": self.path, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method found in files; `Method.run` fills in the provenance (method to seconds)."""

    verdict: str
    sentence: Text
    findings: Sequence[Finding]
    tables: Sequence[Table] = ()
    plots: Sequence[Plot] = ()
    warnings: Sequence[Notice] = ()
    tags: Sequence[str] = ()
    detail: Mapping[str, Json] = field(default_factory=dict)
    method: str = ""
    version: str = ""
    title: Text = _UNTITLED
    inputs: Sequence[Input] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    seconds: float = 0.0

    def __repr__(self) -> str:
        """Return what it is in one line; all of it is in `as_json()`."""
        return f"<Answer {self.method} {self.version}: {self.verdict}. {self.sentence.en}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the report, with the figures that the web and the PDF draw too."""
        report = import_module(REPORT)
        shown: str = report.notebook(self)
        return shown

    def with_provenance(self, **facts: Any) -> "Answer":
        """Return the same answer with what `Method.run` knows of it filled in, from method to seconds."""
        return replace(self, **facts)

    def as_json(self) -> dict[str, Json]:
        """Return the whole answer as JSON; `verdict` is a code, `sentence` its words in three languages."""
        facts = {
            "method": self.method,
            "version": self.version,
            "title": self.title.as_json(),
            "inputs": [one.as_json() for one in self.inputs],
            "parameters": dict(self.parameters),
            "verdict": self.verdict,
            "sentence": self.sentence.as_json(),
            "findings": [one.as_json() for one in self.findings],
            "tables": [one.as_json() for one in self.tables],
            "plots": [one.as_json() for one in self.plots],
            "warnings": [one.as_json() for one in self.warnings],
            "tags": list(self.tags),
            "detail": dict(self.detail),
            "software": dict(self.software),
            "key": self.key,
            "seconds": self.seconds,
        }
        return with_words(facts)
