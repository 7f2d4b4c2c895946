"""Tables of an elemental or isotope-ratio run: a row a measurement, columns told by their names."""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import sniff

_MOST_BYTES, _MOST_ROWS = 1 << 26, 100_000
_ROLES = {
    "blank": ("blank", "blk", "空白", "bypass"),
    "standard": (
        "standard", "std", "reference", "ref", "rm", "calibration", "anchor", "k factor", "标样", "标准", "標準",
    ),
    "check": ("check", "qc", "control", "质控", "質控", "核查"),
    "sample": ("sample", "unknown", "unk", "样品", "樣品", "试样", "試樣"),
}  # fmt: skip
Row = Mapping[str, str]


def read_table(path: Path, expected: str) -> list[Row]:
    """Return the rows of a CSV or tab-separated file with its names in lower case; a bad one raises."""
    again = "export the run as a table with a head line"
    kind = sniff(path)
    if kind != "table":
        raise UnreadableFile(path, f"a {kind} file", expected, again)
    content = path.read_bytes()[:_MOST_BYTES]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    mark = max(",\t;", key=lambda one: lines[0].count(one))
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=mark))
    except csv.Error as problem:
        raise UnreadableFile(path, f"no table ({problem})", expected, again) from None
    heads = [" ".join(one.lower().split()) for one in rows[0]]
    found: list[Row] = [
        dict(zip(heads, map(str.strip, row), strict=False)) for row in rows[1 : _MOST_ROWS + 1] if any(row)
    ]
    if not found:
        raise UnreadableFile(path, "a head line without rows", expected, again)
    return found


def column(heads: Sequence[str], *patterns: str) -> str | None:
    """Return the first head that one of the patterns fits wholly, tried in order."""
    return next((head for pattern in patterns for head in heads if re.fullmatch(pattern, head)), None)


def number(text: str) -> float | None:
    """Return a number written with a point or a comma; None for anything else."""
    words = text.strip().replace("\u2212", "-").replace("%", "").replace("\u2030", "")
    words = words.replace(",", ".") if words.count(",") == 1 and "." not in words else words
    try:
        value = float(words)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def role_of(text: str) -> str | None:
    """Return blank, standard, check or sample by the word of a table, None for another word.

    >>> role_of("Std"), role_of("QC 1"), role_of("unknown"), role_of("x")
    ('standard', 'check', 'sample', None)
    """
    words = re.sub(r"[\s_\d]+$", "", text.strip().lower())
    return next((role for role, names in _ROLES.items() if words in names), None)
