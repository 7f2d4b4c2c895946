"""Populations and rows on pages: where the records stand, and the rows of a frame as records."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import polars as pl
from django.http import HttpRequest
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.observatory.population import EVERYWHERE, Population

PAGE = 50
"""Rows a page."""


def scope(population: Population) -> dict[str, Any]:
    """What the form needs that says where the records stand."""
    language = translation.get_language() or ""
    everywhere = (EVERYWHERE, _("everywhere"), sum(n for _code, n in population.countries))
    return {
        "population": population,
        "countries": [*((c, taxonomy.place_label(c, language), n) for c, n in population.countries), everywhere],
        "provinces": [(c, taxonomy.place_label(c, language), n) for c, n in population.provinces],
    }


def kept(request: HttpRequest, *names: str) -> list[tuple[str, str]]:
    """What a form carries on beside its own fields."""
    return [(name, request.GET.get(name, "")) for name in names]


def label(code: str) -> str:
    """The name of the country, or "everywhere"."""
    return _("everywhere") if code == EVERYWHERE else taxonomy.place_label(code, translation.get_language() or "")


def encode(query: dict[str, str]) -> str:
    """The query of an address, blanks left out."""
    return urlencode({name: value for name, value in query.items() if value})


def asked(request: HttpRequest, *names: str) -> str:
    """The same query again, of these names alone."""
    return encode({name: request.GET.get(name, "") for name in names})


class Rows(Sequence[Any]):
    """The rows of a frame, read as records with attributes only where a page shows them."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        self.frame = frame.lazy()
        facts = self.frame.select(n=pl.len(), synthetic=pl.col("synthetic").any()).collect()
        self.height, self.synthetic = int(facts["n"][0]), bool(facts["synthetic"][0])

    def __len__(self) -> int:
        return self.height

    def __getitem__(self, at: Any) -> Any:
        if not isinstance(at, slice):
            return self[at : at + 1][0]
        start, stop, _step = at.indices(self.height)
        page = self.frame.slice(start, max(stop - start, 0)).collect()
        return [_record(row) for row in page.iter_rows(named=True)]


def _record(row: dict[str, Any]) -> SimpleNamespace:
    """The row with attributes; its institution is `host`, with a name in both languages, where it has one."""
    host = SimpleNamespace(name=row["institution_name"], name_en=row["institution_name_en"])
    return SimpleNamespace(**row, host=host if row["institution"] else None)
