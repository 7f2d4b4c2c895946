"""Amplification curves: the zero of the third derivative (TD0), baseline and efficiency of every reaction at once.

Untergasser, Gunst, Benes and van den Hoff, Int. J. Mol. Sci. 27:2717 (2026), doi 10.3390/ijms27062717; the baseline
is that of LinRegPCR: Ruijter et al., Nucleic Acids Res. 37:e45 (2009). Cycles count from one, as people count them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.pcr._plate import Floats

FEWEST_CYCLES = 8
LEAST_EFFICIENCY = 1.4
_MOST_POINTS, _LEAST_POINTS = 9, 4
_HALVINGS, _EVEN = 50, 1e-5
_LEVEL = 1e-8
Bools = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Amplification:
    """What each curve tells, one entry a reaction; NaN where it tells nothing.

    `baseline_error` is 0 where a baseline was found, else why not: 1 none makes the curve straight, 2 no TD0, 3 TD0 too
    early, 4 too few cycles that rise, 5 the curve bends the wrong way, 6 the baseline lies outside the curve.
    """

    td0: Floats
    baseline: Floats
    efficiency: Floats
    r_squared: Floats
    included: Whole
    baseline_error: Whole
    amplified: Bools
    has_plateau: Bools
    corrected: Floats
    filled: Bools
    shifted: Bools


def amplification(fluorescence: Floats) -> Amplification:
    """Return TD0, baseline and efficiency of curves of shape (reactions, cycles) that were measured in one run."""
    curves, filled = fill_gaps(fluorescence)
    td0, low = _third_derivative_zero(curves)
    four = np.where(np.isfinite(td0), np.trunc(np.nan_to_num(td0)) - low + 1 > 3, False)
    above, shift = _above_zero(curves)
    fit = _baselines(above, td0, low)
    base, efficiency, intercept, error = fit["base"], fit["efficiency"], fit["intercept"], fit["error"]
    corrected = above - base[:, None]
    amplified = (td0 > 2) & four & (efficiency > LEAST_EFFICIENCY)
    with np.errstate(all="ignore"):
        expected = 10**intercept * efficiency ** curves.shape[1]
        flat = (efficiency > 1.1) & (expected / corrected[:, -1] < 5)
    return Amplification(
        td0=td0,
        baseline=base - shift,
        efficiency=efficiency,
        r_squared=fit["r_squared"],
        included=fit["included"].astype(np.int64),
        baseline_error=error.astype(np.int64),
        amplified=np.asarray(amplified, bool),
        has_plateau=~np.asarray(flat, bool),
        corrected=corrected,
        filled=filled,
        shifted=shift > 0,
    )


def fill_gaps(fluorescence: Floats) -> tuple[Floats, Bools]:
    """Return curves without gaps and which had any: ends take the next value, gaps within are bridged by a line."""
    missing = ~np.isfinite(fluorescence)
    rows = np.asarray(missing.any(axis=1))
    if not rows.any():
        return fluorescence, rows
    curves = fluorescence.copy()
    places = np.arange(curves.shape[1])
    lowest = float(np.nanmin(curves)) if (~missing).any() else 0.0
    for row in np.flatnonzero(rows):
        good = ~missing[row]
        curves[row] = np.interp(places, places[good], curves[row, good]) if good.any() else lowest
    return curves, rows


def _third_derivative_zero(curves: Floats) -> tuple[Floats, Whole]:
    """Return TD0 of each curve and the first cycle from which it rises to there."""
    number, cycles = curves.shape
    rows, places = np.arange(number), np.arange(cycles)
    first = np.diff(curves, axis=1)
    second = np.full_like(curves, np.nan)
    second[:, 1:-1] = np.diff(first, axis=1)
    mean = np.full_like(curves, np.nan)
    mean[:, 1:-1] = (second[:, :-2] + second[:, 1:-1] + second[:, 2:]) / 3.0
    third = np.full((number, cycles + 1), np.nan)
    third[:, : cycles - 1] = np.diff(mean, axis=1)
    steepest = np.argmax(first, axis=1) + 1
    inside = steepest <= cycles - 2
    at = np.minimum(steepest, cycles - 2)
    rising = (curves[rows, at + 1] > curves[rows, at]) & (curves[rows, at] > curves[rows, at - 1])
    steepest = np.where(inside, np.where(rising, steepest + 2, steepest), cycles)
    candidates = np.where((places >= 2) & (places < steepest[:, None] - 1), np.nan_to_num(mean, nan=0.0), 0.0)
    bend = np.argmax(candidates, axis=1)
    bend = np.where(candidates[rows, bend] > 0, bend + 1, cycles)
    bend = np.where(bend + 2 >= cycles, cycles, bend)
    climbs = np.zeros((number, cycles), bool)  # climbs[m]: cycle m + 1 is above the one before
    climbs[:, 1:] = curves[:, :-1] < curves[:, 1:]
    stops = ~climbs & (places >= 3) & (places <= bend[:, None] - 1)
    low = np.where(stops.any(axis=1), cycles - np.argmax(stops[:, ::-1], axis=1), np.minimum(3, bend))
    after = np.minimum(bend, cycles - 1)
    high = np.where((bend < cycles) & (curves[rows, bend - 1] < curves[rows, after]), bend + 1, bend)
    end = np.minimum(np.minimum(cycles - 1, bend + 2), high - 1)
    crossing = (third[:, :cycles] >= 0) & (third[:, 1 : cycles + 1] < 0)
    crossing &= (places >= low[:, None]) & (places < end[:, None])
    last = cycles - 1 - np.argmax(crossing[:, ::-1], axis=1)
    here, there = third[rows, last], third[rows, last + 1]
    with np.errstate(all="ignore"):
        zero = last + 1.5 + here / (here - there)
    return np.where(crossing.any(axis=1), zero, np.nan), low.astype(np.int64)


def _above_zero(curves: Floats) -> tuple[Floats, Floats]:
    """Return curves that are above zero everywhere, and by how much each was raised for it."""
    lowest = curves.min(axis=1)
    shift = np.where(lowest < _LEVEL, (curves.max() - lowest) / 100.0 - lowest, 0.0)
    return curves + shift[:, None], shift


def _straightened(section: Floats, bend: Floats) -> tuple[Floats, Bools]:
    """Return the baseline that leaves each section (n, points) no bend on a logarithmic scale, and where one was found.

    `bend` weighs the logarithms: the slope of the lower half less that of the upper; a step is halved each time.
    """
    base = section[:, 0] * 0.5
    step = base * 0.5
    found = np.zeros(len(section), dtype=bool)
    left = np.arange(len(section))
    for _ in range(_HALVINGS):
        difference = (np.log10(section[left] - base[left, None]) * bend[left]).sum(axis=1)
        even = np.abs(difference) < _EVEN
        found[left[even]] = True
        left, difference = left[~even], difference[~even]
        if not left.size:
            break
        base[left] += np.where(difference > 0, -step[left], step[left])
        step[left] *= 0.5
    return base, found


def _weights(lengths: Whole) -> tuple[Floats, Floats, Floats]:
    """Return what turns logarithms of up to nine points into the slopes of the lower and upper half and of all."""
    table = np.zeros((3, _MOST_POINTS + 1, _MOST_POINTS))
    for length in range(_LEAST_POINTS, _MOST_POINTS + 1):
        middle = length / 2.0
        spans = (range(int(middle - 0.4) + 1), range(int(middle), length), range(length))
        for which, span in enumerate(spans):
            x = np.arange(span.start, span.stop, dtype=float)
            table[which, length, span.start : span.stop] = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    return table[0, lengths], table[1, lengths], table[2, lengths]


def _baselines(curves: Floats, td0: Floats, low: Whole) -> dict[str, Floats]:
    """Return baseline, efficiency and the points they are of: the baseline that makes the logarithm straight.

    The slopes of the lower and of the upper half of at most nine cycles before TD0 are made equal by halving.
    """
    number = len(curves)
    stop = np.trunc(np.nan_to_num(td0, nan=0.0) - 0.5).astype(np.int64)
    start = np.maximum(low + 1, stop - _MOST_POINTS + 1)
    included = np.where((td0 >= 3) & (stop >= _LEAST_POINTS), stop - start + 1, 0)
    error = np.select([~(td0 >= 3), stop < _LEAST_POINTS, included < _LEAST_POINTS], [2, 3, 4], 1)
    found = {
        "base": curves.min(axis=1) * 0.99, "efficiency": np.full(number, np.nan), "r_squared": np.full(number, np.nan),
        "intercept": np.full(number, np.nan), "included": included, "error": error,
    }  # fmt: skip
    rows = np.flatnonzero(error == 1)
    if not rows.size:
        return found
    lengths = included[rows]
    offset = np.minimum(np.arange(_MOST_POINTS), lengths[:, None] - 1)
    section = curves[rows[:, None], (start[rows] - 1)[:, None] + offset]
    lower, upper, whole = _weights(lengths)
    bent = (np.log10(section) * (lower - upper)).sum(axis=1) > 0
    lifted = np.maximum(section - section[:, :1], 0.0) + _LEVEL
    outside = (np.log10(lifted) * (lower - upper)).sum(axis=1) < 0
    error[rows] = np.select([bent, outside], [5, 6], 1)
    keep = ~(bent | outside)
    rows, section, lengths = rows[keep], section[keep], lengths[keep]
    lower, upper, whole = lower[keep], upper[keep], whole[keep]
    base, good = _straightened(section, lower - upper)
    error[rows[good]] = 0
    rows, base, section, lengths = rows[good], base[good], section[good], lengths[good]
    upper, whole = upper[good], whole[good]
    inside = np.arange(_MOST_POINTS) < lengths[:, None]
    logs = np.log10(section - base[:, None])
    mean = np.where(inside, logs, 0.0).sum(axis=1) / lengths
    slope = (logs * whole).sum(axis=1)
    middle = (lengths - 1) / 2.0
    spread = np.where(inside, (logs - mean[:, None]) ** 2, 0.0).sum(axis=1)
    squares = (lengths**3 - lengths) / 12.0
    found["base"][rows] = base
    found["efficiency"][rows] = 10.0 ** (logs * upper).sum(axis=1)
    with np.errstate(all="ignore"):
        found["r_squared"][rows] = slope**2 * squares / spread
    found["intercept"][rows] = mean - slope * middle
    return found
