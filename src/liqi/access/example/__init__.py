"""The example's people, their use of the instruments, and what stands around it: all made up, and marked so."""

from datetime import datetime

from liqi.access.example import booking, care, desk, metering, money, orders, people, training, waiting
from liqi.access.example.people import DEMO, DEMO_PASSWORD, MANAGER, MEMBER, OPERATOR, Made

__all__ = ["DEMO", "DEMO_PASSWORD", "MANAGER", "MEMBER", "OPERATOR", "Made", "load", "people"]

ROOMS = (booking, metering, training, orders, waiting, care, desk, money)
"""What stands around the bookings, each by its `load`; money last, for it charges what the others did."""


def load(*, now: datetime) -> Made:
    """The demo accounts, weeks of bookings around ``now`` and something in every room; a second time adds nothing."""
    made = people.load(now=now)
    for room in ROOMS:
        room.load(now=now)
    return made
