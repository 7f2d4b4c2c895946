"""Tables that go with runs: CSV with a head, comma, semicolon or tab between the cells, in UTF-8."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._streams import open_bytes

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
Row = Mapping[str, str]


def read_table(path: Path, needed: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the rows by small-letter column name; raises UnreadableFile for what is no table or lacks a column."""
    expected = f"a CSV table with the columns {', '.join(needed)}" if needed else "a CSV table"
    try:
        with open_bytes(path) as stream:
            content = stream.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as problem:
        raise UnreadableFile(path, str(problem) or "no text", expected, "save it again as UTF-8") from None
    if len(content) > MOST_BYTES:
        raise UnreadableFile(path, "more than 64 MiB", expected, "split it")
    try:
        rows = _rows(text)
    except csv.Error as problem:
        raise UnreadableFile(path, f"no table ({problem})", expected, "save it again as CSV") from None
    if not rows:
        raise UnreadableFile(path, "no row", expected, "save it again as CSV")
    missing = [name for name in needed if name not in rows[0]]
    if missing:
        raise UnreadableFile(path, f"no column {' or '.join(missing)}", expected, "add the column")
    return rows


def _rows(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    mark = max(",;\t", key=lines[0].count) if lines else ","
    reader = csv.reader(lines, delimiter=mark)
    heads = [head.strip().lower() for head in next(reader, [])]
    rows: list[dict[str, str]] = []
    for cells in reader:
        if len(rows) >= MOST_ROWS:
            raise csv.Error(f"more than {MOST_ROWS} rows")
        if len(cells) != len(heads):
            raise csv.Error(f"row {len(rows) + 1} has {len(cells)} cells, the head {len(heads)}")
        rows.append({head: cell.strip() for head, cell in zip(heads, cells, strict=True)})
    return rows


def number_in(path: Path, row: Row, name: str, least: float | None = None) -> float | None:
    """Return the number in a cell, None where it is empty; raises UnreadableFile for anything else."""
    cell = row.get(name, "")
    if not cell:
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (least is not None and number < least):
        word = "a number" if least is None else f"a number of at least {least:g}"
        raise UnreadableFile(path, f"{cell!r} under {name}", word, "mend the cell")
    return number
