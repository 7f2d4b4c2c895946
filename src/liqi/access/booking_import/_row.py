"""One booking of a file, and the error of a file that cannot be read."""

from dataclasses import dataclass

from liqi.access.booking import Wanted
from liqi.accounts.models import Person


class Unreadable(ValueError):
    """The file cannot be read at all; the message says what was expected."""


@dataclass(frozen=True)
class Row:
    """One booking of the file: as it was typed, as it was understood, and what becomes of it."""

    number: int
    """Its line in a table, its place in a calendar file, from 1."""
    instrument: str
    person: str
    start: str
    end: str
    title: str = ""
    family: str = ""
    state: str = ""
    """free, booked (it is there already), taken, refused, unreadable."""
    words: str = ""
    wanted: Wanted | None = None
    owner: Person | None = None
