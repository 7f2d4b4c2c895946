"""The answer told in the language of the day: sections of figures and tables, the same on the page and in the brief."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from liqi import insight


@dataclass(frozen=True, slots=True)
class Link:
    """Where a number leads: the name of a page and its query; the web makes an address of it."""

    to: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `number` cells stand right."""

    text: str
    link: Link | None = None
    number: bool = False
    value: float | None = None
    """The number itself, where the column is drawn or taken away as a file."""
    missing: float | None = None
    """The share of the rows that do not say it, where some may not."""


@dataclass(frozen=True, slots=True)
class Said:
    """A figure with its name in words, its value as it is read, and the way to its rows."""

    label: str
    shown: str
    figure: insight.Figure
    link: Link | None = None
    formula: str = ""
    """The formula in the language of the reader."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How the numbers of a column came about: the unit for programs, the formula in the language of the reader."""

    unit: str
    formula: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a figure: what each column is called, which are numbers, the rows."""

    key: str
    title: str
    head: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    counted: tuple[Counted | None, ...] = ()
    """How each column was counted, None for a column of names; empty where the table says it in its heads."""
    drawn: tuple[int, ...] = ()
    """The columns that are drawn as bars, beside each other in one bar a row; none: the table is not drawn."""


@dataclass(frozen=True, slots=True)
class Point:
    """A spot of the map: how many stand there, and the way to their rows."""

    name: str
    latitude: float
    longitude: float
    instruments: int
    link: Link


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the answer; `empty` says what to do where there is nothing to show."""

    key: str
    title: str
    sentence: str
    figures: tuple[Said, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    empty: str = ""
    points: tuple[Point, ...] = ()
    """What is drawn on a map."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the next three moves: what to do, why, and where to begin."""

    title: str
    why: str
    link: Link | None
    label: str
    more: tuple[tuple[str, Link], ...] = ()
    """The other numbers of the reason, each with the way to its rows."""


@dataclass(frozen=True, slots=True)
class Told:
    """The whole answer in one language."""

    language: str
    title: str
    subject: str
    place: str
    lens: str
    sentence: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    reading: tuple[str, ...]
    """How the question was understood, where that may surprise: a district whose town is counted, a word mended."""
    honesty: tuple[str, ...]
    """On what it was counted, and what share is synthetic."""
