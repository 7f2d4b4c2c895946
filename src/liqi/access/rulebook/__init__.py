"""The rulebook of an instrument or a facility: rules are set, switched off, copied, taken back, tried on the past."""

from liqi.access.rulebook._pages import Entry, entries
from liqi.access.rulebook._setting import (
    NotPossible,
    copy,
    drop,
    looks_after,
    put,
    require_steward,
    switch,
)
from liqi.access.rulebook._trial import MOST_BOOKINGS, Hit, Trial, attempt, wording
from liqi.access.rulebook._undo import Line, history, undo

__all__ = [
    "MOST_BOOKINGS",
    "Entry",
    "Hit",
    "Line",
    "NotPossible",
    "Trial",
    "attempt",
    "copy",
    "drop",
    "entries",
    "history",
    "looks_after",
    "put",
    "require_steward",
    "switch",
    "undo",
    "wording",
]
