"""Webhooks: what happens to an instrument or in an organisation is told to an address elsewhere, signed."""

from liqi.access.webhooks._hooks import (
    OVERLAP,
    NotPossible,
    change_secret,
    make,
    may_make,
    mine,
    new_secret,
    of_mine,
    places_of,
    remove,
    require,
    restart,
    stop,
    test,
)
from liqi.access.webhooks._out import MOST_TRIES, WAITS, Unsigned, due, send, signed
from liqi.access.webhooks._what import THINGS, enqueue

__all__ = [
    "MOST_TRIES", "OVERLAP", "THINGS", "WAITS", "NotPossible", "Unsigned", "change_secret", "due", "enqueue", "make",
    "may_make", "mine", "new_secret", "of_mine", "places_of", "remove", "require", "restart", "send", "signed", "stop",
    "test",
]  # fmt: skip
