"""The dump as CSV, one file a kind, which `liqi import` takes in again."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from liqi.catalogue.exchange.dump._columns import CARRIES, MODELS, NAMES, REASON, columns, lost

TITLE, SUFFIX, MEDIA_TYPE = "Table (CSV)", ".csv", "text/csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet program; an apostrophe is put before it."""

WITHOUT = ("source_row",)

__all__ = [
    "CARRIES",
    "MEDIA_TYPE",
    "REASON",
    "SUFFIX",
    "TITLE",
    "WITHOUT",
    "content",
    "lines",
    "lost",
    "text_of",
    "write",
]


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A table of each kind of record is in the folder: instruments.csv, facilities.csv and so on."""
    for kind, some in groupby(records, key=lambda one: MODELS[type(one)]):
        path = out / f"{NAMES[kind]}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            file.writelines(lines(kind, some))
        yield path


def content(one: Any, site: str) -> bytes:
    """The table with one record."""
    return "".join(lines(MODELS[type(one)], [one])).encode("utf-8-sig")


def lines(kind: str, records: Iterable[Any]) -> Iterator[str]:
    """The lines of the table of that kind, the header first."""
    writer = csv.writer(_Echo())
    wanted = columns(kind)
    yield writer.writerow([column.title for column in wanted])
    for one in records:
        yield writer.writerow([text_of(column.value(one), column.type) for column in wanted])


def text_of(value: Any, kind: str) -> str:
    """The value as a cell: lists of words with semicolons where no word has one, other lists as JSON.

    >>> text_of(["milk", "blood"], "words"), text_of(["a; b"], "words"), text_of("=1+1", "text"), text_of(True, "truth")
    ('milk; blood', '["a; b"]', "'=1+1", 'yes')
    """
    if value is None or value == "":
        return ""
    if kind == "text":
        return f"'{value}" if value.startswith(FORMULA) else str(value)
    if kind == "truth":
        return "yes" if value else "no"
    if kind in ("words", "json"):
        if not value:
            return ""
        if kind == "words" and not any(re.search(r"[;|；，、\n\[{]", str(word)) for word in value):
            return guarded("; ".join(map(str, value)))
        return json.dumps(value, ensure_ascii=False)
    if kind == "time":
        return str(value.isoformat())
    return str(value)


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet program would run."""
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    def write(self, line: str) -> str:
        return line
