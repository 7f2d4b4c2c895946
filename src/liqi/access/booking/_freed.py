"""Who is told when time may have fallen free: the waiting list, once the change is on record."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from liqi.catalogue.models import Instrument

WATCHERS: list[Callable[..., int]] = []
"""Verbs that are called with ``now`` and ``instruments``; the app names them when it starts."""


def freed(*instruments: Instrument, now: datetime) -> None:
    """Whoever watches looks at these instruments as soon as the transaction is kept; their troubles are their own."""
    for watch in WATCHERS:
        transaction.on_commit(partial(watch, now=now, instruments=list(instruments)), robust=True)
