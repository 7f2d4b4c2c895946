"""The package's tables, read once."""

import csv
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """All rows of a table of this package, each a mapping from column to text."""
    text = files("liqi.taxonomy").joinpath("data", name).read_text(encoding="utf-8")
    delimiter = "\t" if name.endswith(".tsv") else ","
    return tuple(csv.DictReader(text.splitlines(), delimiter=delimiter))


def parts(text: str) -> tuple[str, ...]:
    """The non-empty items of a cell that holds several."""
    return tuple(item.strip() for item in text.replace("|", ";").split(";") if item.strip())
