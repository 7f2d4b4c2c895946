"""A table of a report, in words."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as text: titles with units, rows of words, which columns are numbers, what was left out.

    `drawn` are the structures of each row as SVG, for the empty cells of column `drawn_at`; empty where none has any.
    """

    title: str
    head: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    more: str
    drawn: list[list[str]] = field(default_factory=list)
    drawn_at: int = -1
