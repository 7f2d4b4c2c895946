"""Tables: a file of rows read so that nothing in it is guessed."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from liqi.insight.origin import UnusableTable

KINDS = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson")
_TWICE = re.compile(r"_duplicated_\d+$")
"""How a column is called by the reader when another one before it has its name."""
DATE_COLUMNS = ("as_of", "confirmed_on", "acquired_on", "date")


def read(path: Path) -> pl.DataFrame:
    """The rows of a CSV, TSV, Parquet, JSON (a list of records) or JSON-lines file; text stays text."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UnusableTable(f"{path}: found the ending {kind!r}; expected one of {', '.join(KINDS)}; save it as CSV.")
    if not path.is_file():
        raise UnusableTable(f"{path}: found no such file; expected a table; check the path.")
    try:
        if kind == ".parquet":
            return pl.read_parquet(path)
        if kind == ".json":
            return pl.read_json(path, infer_schema_length=None)
        if kind in (".jsonl", ".ndjson"):
            return pl.read_ndjson(path, infer_schema_length=None)
        between = "\t" if kind == ".tsv" else ","
        try:
            return named_once(pl.read_csv(path, infer_schema=False, separator=between))
        except pl.exceptions.ComputeError:
            return from_bytes(path.read_bytes(), between)
    except (pl.exceptions.PolarsError, OSError) as problem:
        cause = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise UnusableTable(
            f"{path}: found something that is not a {kind[1:]} table ({cause}); expected a header and rows; "
            "save it again as UTF-8 CSV."
        ) from None


def from_bytes(content: bytes, between: str) -> pl.DataFrame:
    """The rows of a CSV file's bytes, all text: UTF-8, UTF-16 with its mark, or GB 18030 as Excel saves it in China."""
    codes = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for code in codes:
        try:
            plain = content.decode(code).encode()
        except UnicodeError:
            continue
        return named_once(pl.read_csv(io.BytesIO(plain), infer_schema=False, separator=between))
    raise pl.exceptions.ComputeError("bytes that are no text in UTF-8, UTF-16 or GB 18030")


def named_once(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with its columns as they are called, without blanks around; the error names one that stands twice.

    A CSV file may call two columns alike, and one of them would be counted without a word.
    """
    names = [name.strip("\ufeff \t") for name in frame.columns]
    plain = [_TWICE.sub("", name) if _TWICE.sub("", name) in names else name for name in names]
    if twice := [name for n, name in enumerate(plain) if name in plain[:n]]:
        raise UnusableTable(f"found the column {twice[0]} twice; expected every name once; rename one of them.")
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def as_of(frame: pl.DataFrame, path: Path) -> date:
    """The latest day that a row names, else the day on which the file was last written."""
    for column in DATE_COLUMNS:
        if column in frame.columns:
            days = frame[column].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            latest = days.drop_nulls().max()
            if isinstance(latest, date):
                return latest
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
