"""Bookings are made, moved, cancelled and taken back; the database itself refuses a clash.

Every verb takes its turn on the instrument and the person, asks the rules and the booking terms, and writes the
journal, all in one transaction.
"""

from liqi.access.booking._asking import Asking, Wanted
from liqi.access.booking._change import cancel, copied, fresh, move, resize, restore
from liqi.access.booking._freed import WATCHERS, freed
from liqi.access.booking._lock import exactly, queue
from liqi.access.booking._make import book, check, make
from liqi.access.booking._offer import hold, lapse, release, take
from liqi.access.booking._taken import SlotTaken
from liqi.access.rules import Refused
from liqi.accounts.membership import NotAllowed

__all__ = [
    "WATCHERS",
    "Asking",
    "NotAllowed",
    "Refused",
    "SlotTaken",
    "Wanted",
    "book",
    "cancel",
    "check",
    "copied",
    "exactly",
    "freed",
    "fresh",
    "hold",
    "lapse",
    "make",
    "move",
    "queue",
    "release",
    "resize",
    "restore",
    "take",
]
