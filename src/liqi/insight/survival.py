"""Survival: how long things stay in a state, when some are still in it, and by which of several ways they leave."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


class UnusableTimes(ValueError):
    """The times cannot be used; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A stay in a state: how long, and by which way it ended; "" is not ended yet (censored)."""

    time: float
    exit: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The curve right after a time at which something ended."""

    time: float
    at_risk: int
    ended: int
    survival: float
    error: float
    """Standard error by Greenwood's formula."""


def kaplan_meier(spells: Sequence[Spell]) -> list[Step]:
    """The product-limit estimate: S(t) = product of (1 - d / n) over the times up to t; any exit ends a spell.

    E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481; error: M. Greenwood (1926).
    """
    steps, left, summed = [], 1.0, 0.0
    for time, ended, at_risk in _table(spells):
        left *= 1 - ended / at_risk
        summed += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
        steps.append(Step(time, at_risk, ended, left, left * math.sqrt(summed)))
    return steps


def median(spells: Sequence[Spell]) -> float | None:
    """The first time at which at most half are left; None while more than half are.

    >>> median([Spell(1, "sold"), Spell(2, "sold"), Spell(3)])
    2
    """
    return next((step.time for step in kaplan_meier(spells) if step.survival <= 0.5 + 1e-12), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of groups: chi-squared, degrees of freedom, and the probability of at least as much by chance."""

    statistic: float
    degrees: int
    p_value: float


def log_rank(spells: Sequence[Spell]) -> Comparison:
    """Whether the groups of the spells end at the same rate (N. Mantel, Cancer Chemother. Rep. 50 (1966) 163-170)."""
    import numpy as np
    from scipy import stats

    groups = sorted({spell.group for spell in spells})
    if len(groups) < 2:
        raise UnusableTimes(f"found {len(groups)} group; expected at least two to compare; name the column of groups.")
    times, ended, at_risk = np.array(_table(spells), dtype=float).reshape(-1, 3).T
    stays = [np.sort([s.time for s in spells if s.group == g]) for g in groups]
    there = np.array([len(mine) - np.searchsorted(mine, times) for mine in stays])
    own_exits = np.array([sum(s.group == g and bool(s.exit) for s in spells) for g in groups])
    part = there / at_risk
    excess = own_exits - part @ ended
    factor = ended * (at_risk - ended) / np.maximum(at_risk - 1, 1)
    variance = np.diag(part @ factor) - part * factor @ part.T
    rank = int(np.linalg.matrix_rank(variance))
    if not rank:
        raise UnusableTimes("found no time at which two groups could differ; expected exits in both; add rows.")
    statistic = float(excess @ np.linalg.pinv(variance) @ excess)
    return Comparison(statistic, rank, float(stats.chi2.sf(statistic, rank)))


def incidence(spells: Sequence[Spell]) -> dict[str, list[tuple[float, float]]]:
    """For each way out, (time, probability of having left that way by then): competing exits take from each other.

    O. O. Aalen, S. Johansen, Scand. J. Stat. 5 (1978) 141-150. The last values and the survival add up to one.
    """
    counts = Counter((spell.time, spell.exit) for spell in spells)
    ways = sorted({spell.exit for spell in spells if spell.exit})
    curves: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    summed, left = dict.fromkeys(ways, 0.0), 1.0
    for time, ended, at_risk in _table(spells):
        for way in ways:
            if count := counts[time, way]:
                summed[way] += left * count / at_risk
                curves[way].append((time, summed[way]))
        left *= 1 - ended / at_risk
    return curves


def _table(spells: Sequence[Spell]) -> list[tuple[float, int, int]]:
    """(time, how many ended, how many were at risk) for every time at which one ended."""
    if bad := [spell.time for spell in spells if not math.isfinite(spell.time) or spell.time < 0]:
        raise UnusableTimes(f"found the time {bad[0]:g}; expected a time from 0 up; correct or drop that row.")
    at_risk, table = len(spells), []
    ended: dict[float, int] = {}
    gone: dict[float, int] = {}
    for spell in spells:
        gone[spell.time] = gone.get(spell.time, 0) + 1
        ended[spell.time] = ended.get(spell.time, 0) + bool(spell.exit)
    for time in sorted(gone):
        if ended[time]:
            table.append((time, ended[time], at_risk))
        at_risk -= gone[time]
    return table
