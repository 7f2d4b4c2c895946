"""Shift-share: what of a region's growth is the country's, its industries' and its own (Dunn 1960)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from liqi.insight.location.quotients import checked
from liqi.insight.origin import UnusableTable


@dataclass(frozen=True, slots=True)
class ShiftShare:
    """The parts of the change; they add up to it."""

    change: float
    national: float
    """What the country's growth alone would have brought."""
    structural: float
    """What the region's mix of industries brought besides (net proportionality shift)."""
    local: float
    """What its industries did otherwise than the same industries elsewhere (net differential shift)."""


def shift_share(
    before: Sequence[float], after: Sequence[float], country_before: Sequence[float], country_after: Sequence[float]
) -> ShiftShare:
    """The change of a region's jobs in three parts, from its industries' jobs and the country's at two times.

    >>> found = shift_share([90, 20, 10, 60], [100, 40, 10, 55], [400, 150, 150, 400], [440, 210, 135, 480])
    >>> [round(part, 9) for part in (found.national, found.structural, found.local)]
    [27.0, 1.0, -3.0]
    """
    tables = [checked(table, "jobs") for table in (before, after, country_before, country_after)]
    if len({len(table) for table in tables}) != 1 or not before:
        lengths = ", ".join(str(len(table)) for table in tables)
        raise UnusableTable(f"found {lengths} industries; expected as many in each of the four; complete the table.")
    if not all(country_before):
        raise UnusableTable(
            "found an industry that the country had no jobs in before; it has no growth; drop that row."
        )
    growth = math.fsum(country_after) / math.fsum(country_before)
    national = math.fsum(before) * (growth - 1)
    by_industry = math.fsum(
        jobs * (late / early - 1) for jobs, late, early in zip(before, country_after, country_before, strict=True)
    )
    change = math.fsum(after) - math.fsum(before)
    return ShiftShare(change, national, by_industry - national, change - by_industry)
