"""A table of a report, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as text: titles with units, rows of words, which columns are numbers, what was left out."""

    title: str
    head: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    more: str
