"""The dump as Parquet with typed columns, in parts of 25,000 rows, so that memory stays bounded."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import polars as pl

from liqi.catalogue.exchange.dump._columns import CARRIES, MODELS, NAMES, REASON, Column, columns, lost

TITLE, SUFFIX, MEDIA_TYPE = "Columns (Parquet)", ".parquet", "application/vnd.apache.parquet"
A_PART = 25_000
_TYPES: dict[str, Any] = {
    "text": pl.String,
    "json": pl.String,
    "words": pl.List(pl.String),
    "number": pl.Float64,
    "money": pl.Decimal(18, 2),
    "whole": pl.Int64,
    "truth": pl.Boolean,
    "day": pl.Date,
    "time": pl.Datetime("us", "UTC"),
}

WITHOUT = ("source_row",)

__all__ = ["A_PART", "CARRIES", "MEDIA_TYPE", "REASON", "SUFFIX", "TITLE", "WITHOUT", "lost", "write"]


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A file of each kind is in the folder: instruments.parquet, or instruments-0001.parquet and on for many."""
    for kind, some in groupby(records, key=lambda one: MODELS[type(one)]):
        yield from _parts(kind, some, out)


def _parts(kind: str, records: Iterator[Any], out: Path) -> Iterator[Path]:
    wanted = columns(kind)
    schema = {column.title: _TYPES[column.type] for column in wanted}
    part, number = _rows(wanted, records), 0
    while part[0]:
        number += 1
        frame = pl.DataFrame({column.title: cells for column, cells in zip(wanted, part, strict=True)}, schema=schema)
        part = _rows(wanted, records)
        path = out / f"{NAMES[kind]}-{number:04}.parquet" if part[0] or number > 1 else out / f"{NAMES[kind]}.parquet"
        frame.write_parquet(path)
        yield path


def _rows(wanted: tuple[Column, ...], records: Iterator[Any]) -> list[list[Any]]:
    """The next rows of a part, column by column."""
    found: list[list[Any]] = [[] for _column in wanted]
    for one in islice(records, A_PART):
        for cells, column in zip(found, wanted, strict=True):
            cells.append(_value(column, column.value(one)))
    return found


def _value(column: Column, value: Any) -> Any:
    if column.type == "json":
        return json.dumps(value, ensure_ascii=False) if value else None
    if column.type == "words":
        return [str(word) for word in value]
    return None if value == "" else value
