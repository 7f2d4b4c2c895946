"""Writers of one instrument, and of one person, take turns."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from liqi.access import turns
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

TRIES = 4
"""How often a write is tried again when its rival gave way in the meantime."""

Done = TypeVar("Done")


def exactly(
    write: Callable[[], Done],
    *,
    instruments: Iterable[Instrument],
    people: Iterable[Person] = (),
    taken: Callable[[], Exception] | None = None,
) -> Done:
    """What ``write`` gives, in one transaction while nobody else books these instruments or for these people.

    A clash that the database finds all the same, written past the verbs, becomes ``taken``.
    """
    instruments, people = list(instruments), list(people)
    nested = connection.in_atomic_block
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                turns.take(
                    [(turns.INSTRUMENTS, each.pk) for each in instruments]
                    + [(turns.PEOPLE, each.pk) for each in people]
                )
                return write()
        except IntegrityError as problem:
            if taken is None or "booking_no_overlap" not in str(problem):
                raise
            raise taken() from None
        except OperationalError as problem:
            if nested or attempt == TRIES or not _is_deadlock(problem):
                raise
    raise AssertionError("unreachable")


def queue(*instruments: Instrument) -> None:
    """Nobody else books these instruments until the transaction ends; call it before anything else is locked."""
    turns.take([(turns.INSTRUMENTS, each.pk) for each in instruments])


def _is_deadlock(problem: OperationalError) -> bool:
    """Whether PostgreSQL ended this transaction because two rivals waited for each other."""
    return getattr(problem.__cause__, "sqlstate", None) == "40P01"
