"""Tables: a file of rows read so that nothing in it is guessed."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from liqi.insight.origin import UnusableTable

KINDS = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson")
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
        frame = pl.read_csv(path, infer_schema=False, separator="\t" if kind == ".tsv" else ",")
        return frame.rename({name: name.strip() for name in frame.columns})
    except (pl.exceptions.PolarsError, OSError) as problem:
        cause = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise UnusableTable(
            f"{path}: found something that is not a {kind[1:]} table ({cause}); expected a header and rows; "
            "save it again as UTF-8 CSV."
        ) from None


def as_of(frame: pl.DataFrame, path: Path) -> date:
    """The latest day that a row names, else the day on which the file was last written."""
    for column in DATE_COLUMNS:
        if column in frame.columns:
            days = frame[column].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            latest = days.drop_nulls().max()
            if isinstance(latest, date):
                return latest
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
