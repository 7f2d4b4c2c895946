"""Bookings are made, moved, cancelled and taken back; the database itself refuses a clash.

Every verb takes its turn on the instrument and the person, asks the rules and the booking terms, and writes the
journal, all in one transaction. What series, several instruments together, approval, swaps and imports are made of
is in the face too (`exactly`, `Round`, `keep`, `put`, `require_...`), so that every path is built of the same steps.
"""

from liqi.access.booking._asking import (
    Asking,
    Wanted,
    require_hand,
    require_held,
    require_live,
    require_override,
    require_unused,
)
from liqi.access.booking._change import (
    AGED,
    asking_of,
    cancel,
    copied,
    drop,
    fresh,
    move,
    place_of,
    put,
    require_in_time,
    require_unchanged,
    resize,
    restore,
    revive,
    tell_cancelled,
    tell_moved,
)
from liqi.access.booking._freed import WATCHERS, freed
from liqi.access.booking._lock import exactly, queue
from liqi.access.booking._make import (
    book,
    check,
    keep,
    make,
    same,
)
from liqi.access.booking._offer import hold, lapse, release, take
from liqi.access.booking._round import (
    Round,
    request_of,
)
from liqi.access.booking._taken import SlotTaken
from liqi.access.booking._told import named, tell_stewards
from liqi.access.rules import Refused
from liqi.accounts.membership import NotAllowed

__all__ = [
    "AGED",
    "WATCHERS",
    "Asking",
    "NotAllowed",
    "Refused",
    "Round",
    "SlotTaken",
    "Wanted",
    "asking_of",
    "book",
    "cancel",
    "check",
    "copied",
    "drop",
    "exactly",
    "freed",
    "fresh",
    "hold",
    "keep",
    "lapse",
    "make",
    "move",
    "named",
    "place_of",
    "put",
    "queue",
    "release",
    "request_of",
    "require_hand",
    "require_held",
    "require_in_time",
    "require_live",
    "require_override",
    "require_unchanged",
    "require_unused",
    "resize",
    "restore",
    "revive",
    "same",
    "take",
    "tell_cancelled",
    "tell_moved",
    "tell_stewards",
]
