"""Rows of the catalogue as the index reads them: many at once, with as little work for each as can be."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import FloatField, TextField
from django.db.models.functions import Cast

from liqi.catalogue.search._names import Row
from liqi.taxonomy import STAGES

_nothing: Row = {}


class Owners:
    """Institutions, facilities and makers by id: all read at once, or those that are asked for."""

    def __init__(self, model: Any, columns: tuple[str, ...], *, every: bool) -> None:
        self._query = model.everything.values("id", "key", "name", "name_en", *columns)
        self._rows: dict[int | None, Row] = {}
        if every:
            self._take(self._query)

    def __getitem__(self, number: int | None) -> Row:
        """The row of that id, or an empty one."""
        return self._rows.get(number, _nothing)

    def need(self, numbers: Iterable[int | None]) -> None:
        """The rows of these ids are there from now on."""
        missing = {number for number in numbers if number is not None and number not in self._rows}
        if missing:
            self._take(self._query.filter(id__in=missing))

    def _take(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows[row["id"]] = row | {"stages": [stage for stage in STAGES if row.get(stage)]}


_LISTS = ("techniques", "capabilities", "keywords", "measured_variables", "aliases", "sample_types")
_FLAGS = ("synthetic", "shared", "bookable")
_DATES = ("created_at", "confirmed_on", "acquired_on")
_YES = ("1", "true")


def of(model: Any, fields: tuple[str, ...]) -> Any:
    """The columns of all records; what Python would build anew for each row comes as the database's own text."""
    texts = [name for name in fields if name in (*_LISTS, *_FLAGS, *_DATES)]
    plain = [name for name in fields if name not in texts and name != "value_cny"]
    found = {f"{name}_text": Cast(name, TextField()) for name in texts}
    if "value_cny" in fields:
        found["value"] = Cast("value_cny", FloatField())
    return model.objects.order_by("id").values(*plain, **found)


def read(row: Row) -> Row:
    """The row with its lists as lists and its flags as flags; days stay as text, YYYY-MM-DD."""
    for name in _LISTS:
        if (text := row.get(f"{name}_text")) is not None:
            row[name] = [] if text == "[]" else _list(text)
    for name in _FLAGS:
        row[name] = row.get(f"{name}_text") in _YES
    return row


@lru_cache(maxsize=65_536)
def second(text: str) -> int:
    """The second since 1970 of a time as either database writes it; without a zone it is UTC."""
    read = datetime.fromisoformat(text)
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


@lru_cache(maxsize=65_536)
def shown(values: tuple[str, ...]) -> str:
    """A list as JSON."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=65_536)
def _list(text: str) -> list[Any]:
    found: list[Any] = json.loads(text)
    return found
