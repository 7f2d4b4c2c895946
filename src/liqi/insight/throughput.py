"""Throughput: how long a large programme of measurements takes, and what faster instruments save."""

import math


class UnusableRate(ValueError):
    """The work cannot be planned; the message says what was found and what was expected."""


def days_needed(work: float, rate_a_day: float, machines: float = 1, uptime: float = 1.0) -> float:
    """Days for so much work: work / (rate of one machine a day x machines x share of days that it runs).

    >>> days_needed(3.0e9, 1e6, machines=8)
    375.0
    """
    if work < 0 or rate_a_day <= 0 or machines <= 0 or not 0 < uptime <= 1 or not math.isfinite(work):
        raise UnusableRate(
            f"found work {work:g}, rate {rate_a_day:g} a day, {machines:g} machines, uptime {uptime:g}; expected work "
            "from 0 up, rate and machines above 0, uptime above 0 and at most 1; correct them."
        )
    return work / (rate_a_day * machines * uptime)


def machines_needed(work: float, rate_a_day: float, days: float, uptime: float = 1.0) -> int:
    """The fewest machines that do the work within these days.

    >>> machines_needed(3.0e9, 1e6, 375)
    8
    """
    if days <= 0:
        raise UnusableRate(f"found {days:g} days; expected more than 0; give the days that there are.")
    return math.ceil(days_needed(work, rate_a_day, 1, uptime) / days - 1e-9)


def years_saved(begun: int, planned_years: int, ended: int) -> int:
    """How many years before its planned end a programme was done; below zero where it was late.

    >>> years_saved(1990, 15, 2003)
    2
    """
    return begun + planned_years - ended
