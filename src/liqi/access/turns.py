"""Turns: who writes about the same instrument, person or group waits until the other's transaction has ended.

Constraints alone keep bookings apart; but rules that count, set-up times and the choice of a position need to see what
the rival wrote. SQLite has one writer at a time anyway; on PostgreSQL these are advisory locks of the transaction.
"""

from collections.abc import Iterable

from django.db import connection

__all__ = ["GROUPS", "INSTRUMENTS", "PEOPLE", "take"]

INSTRUMENTS, PEOPLE, GROUPS = 0x6C697169, 0x6C69716A, 0x6C69716B
"""Set these locks apart from one another and from those of other programs on the same PostgreSQL."""


def take(locks: Iterable[tuple[int, int]]) -> None:
    """Nobody else has any of these turns until the transaction ends; outside of one nothing is taken.

    All are taken in one order, so that no two wait for each other; those of groups come after the others.
    """
    wanted = sorted({(space, key % 2**31) for space, key in locks})
    if connection.vendor != "postgresql" or not wanted or not connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("pg_advisory_xact_lock(%s, %s)" for _each in wanted),
            [number for lock in wanted for number in lock],
        )
