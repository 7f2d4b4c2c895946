"""Fragments of known size found in the dye of the size standard, and all others sized by them.

Sizes by the local method of Southern (Anal. Biochem. 100:319, 1979): the hyperbola through three rungs, once with two
below and once with two above, the mean of both. u is the scatter of the rungs about a smooth curve.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.sequencing._trace import Dye, Floats

LADDERS: Mapping[str, tuple[int, ...]] = {
    "GS500": (35, 50, 75, 100, 139, 150, 160, 200, 250, 300, 340, 350, 400, 450, 490, 500),
    "GS350": (35, 50, 75, 100, 139, 150, 160, 200, 250, 300, 340, 350),
    "GS400HD": (
        50, 60, 90, 100, 120, 150, 160, 180, 190, 200, 220, 240, 260, 280, 290, 300, 320, 340, 360, 380, 400,
    ),
    "GS600": (
        20, 40, 60, 80, 100, 114, 120, 140, 160, 180, 200, 214, 220, 240, 250, 260, 280, 300, 314, 320, 340, 360, 380,
        400, 414, 420, 440, 460, 480, 500, 514, 520, 540, 560, 580, 600,
    ),
    "ILS600": (
        60, 80, 100, 120, 140, 160, 180, 200, 225, 250, 275, 300, 325, 350, 375, 400, 425, 450, 475, 500, 550, 600,
    ),
}  # fmt: skip
"""Sizes in bases of GeneScan (Applied Biosystems) and ILS 600 (Promega); `data/SOURCES.md` says what was compared."""
SATURATED = 8000.0
_MOST_PEAKS = 48
_DROP = (0, 1, 2, 3)
_LEAST_RUNGS = 6
_WORST_STEP = 0.3


@dataclass(frozen=True, slots=True)
class Peak:
    """A peak of one dye: scan of its top, height and area in RFU, width at half height in scans."""

    scan: float
    height: float
    area: float
    width: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs that were found: sizes with the scans of their peaks, and how far each is off a smooth curve."""

    name: str
    sizes: Floats
    scans: Floats
    missing: int
    residuals: Floats

    @property
    def u(self) -> float:
        """The standard deviation of the residuals, in bases."""
        return float(np.sqrt(np.mean(self.residuals**2))) if self.residuals.size else math.nan

    def size(self, scan: float) -> float | None:
        """Return the size of a fragment by its scan, None outside the rungs."""
        if not self.scans[0] <= scan <= self.scans[-1]:
            return None
        return _southern(self.scans, self.sizes, scan)


def peaks_of(dye: Dye, least_height: float) -> list[Peak]:
    """Return the peaks of a dye that stand out by so many RFU, in order."""
    from scipy.signal import find_peaks, peak_widths

    if dye.signal.size < 10:
        return []
    places, facts = find_peaks(dye.signal, prominence=least_height, width=2)
    _, _, left, right = peak_widths(dye.signal, places, rel_height=0.9)
    half = peak_widths(dye.signal, places, rel_height=0.5)[0]
    total = np.concatenate([[0.0], np.cumsum(dye.signal)])
    found = []
    for i, place in enumerate(places.tolist()):
        low, high = int(left[i]), math.ceil(right[i]) + 1
        ground = dye.signal[place] - facts["prominences"][i]
        area = total[min(high, dye.signal.size)] - total[low] - max(0.0, ground) * (high - low)
        found.append(Peak(_top(dye.signal, place), float(facts["prominences"][i]), float(area), float(half[i])))
    return found


def _top(signal: Floats, at: int) -> float:
    if not 0 < at < signal.size - 1:
        return float(at)
    left, middle, right = (float(signal[place]) for place in (at - 1, at, at + 1))
    bend = left - 2 * middle + right
    return at + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def find_ladder(peaks: Sequence[Peak], names: Sequence[str] = tuple(LADDERS)) -> Ladder | None:
    """Return the ladder whose rungs fit the peaks of the standard's dye the most evenly, None where none does.

    A rung after the other is put on peaks so that scans a base change little from step to step; up to three rungs at
    either end may be missing.
    """
    usable = [one for one in peaks if one.height < SATURATED]
    if len(usable) < _LEAST_RUNGS:
        return None
    heights = np.array([one.height for one in usable])
    middle = float(np.median(heights))
    usable = [one for one in usable if 0.25 * middle <= one.height <= 4 * middle]
    usable = sorted(sorted(usable, key=lambda one: -one.height)[:_MOST_PEAKS], key=lambda one: one.scan)
    scans = np.array([one.scan for one in usable])
    best: tuple[float, str, Floats, Floats, int] | None = None
    for name in names:
        rungs = np.array(LADDERS[name], np.float64)
        for head in _DROP:
            for tail in _DROP:
                sizes = rungs[head : rungs.size - tail]
                if not _LEAST_RUNGS <= sizes.size <= scans.size:
                    continue
                told = _put(scans, sizes)
                if told is None:
                    continue
                cost = told[0] / (sizes.size - 2) + 0.012 * (head + tail) - 0.0004 * sizes.size
                if best is None or cost < best[0]:
                    best = (cost, name, sizes, told[1], head + tail)
    if best is None or best[0] > _WORST_STEP**2 / 2:
        return None
    _, name, sizes, found, missing = best
    return Ladder(name, sizes, found, missing, _residuals(found, sizes))


def _put(scans: Floats, sizes: Floats) -> tuple[float, Floats] | None:
    """Return the least sum of squared changes of log(scans a base) over all ways to put rungs on peaks in order."""
    n = scans.size
    gaps = scans[None, :] - scans[:, None]
    logs = np.where(gaps > 0, np.log(np.maximum(gaps, 1e-9)), np.nan)
    steps = np.log(np.diff(sizes))
    cost = np.where(gaps > 0, 0.0, np.inf)
    backs = []
    for k in range(1, steps.size):
        change = (logs[None, :, :] - steps[k]) - (logs[:, :, None] - steps[k - 1])
        with np.errstate(invalid="ignore"):
            total = cost[:, :, None] + np.where(np.isnan(change), np.inf, change**2)
        backs.append(total.argmin(axis=0))
        cost = total.min(axis=0)
    if not np.isfinite(cost).any():
        return None
    i, j = np.unravel_index(int(np.argmin(cost)), (n, n))
    chain = [int(j), int(i)]
    for back in reversed(backs):
        chain.append(int(back[chain[-1], chain[-2]]))
    return float(cost[i, j]), scans[np.array(chain[::-1])]


def _southern(scans: Floats, sizes: Floats, scan: float) -> float:
    at = int(np.clip(np.searchsorted(scans, scan), 1, scans.size - 1))
    windows = [range(at - 2, at + 1), range(at - 1, at + 2)]
    found = [
        _hyperbola(scans[list(one)], sizes[list(one)], scan) for one in windows if one[0] >= 0 and one[-1] < scans.size
    ]
    return float(np.mean(found))


def _hyperbola(scans: Floats, sizes: Floats, scan: float) -> float:
    """The size at a scan by size = c / (m - m0) + l0 through three rungs, mobility m being 1 over the scan."""
    m1, m2, m3 = 1.0 / scans
    l1, l2, l3 = sizes
    a = (l1 - l2) / (l2 - l3) * (m3 - m2) / (m2 - m1)
    m0 = (m3 - m1 * a) / (1 - a) if a != 1 else 0.0
    bottom = 1 / (m1 - m0) - 1 / (m2 - m0)
    if not np.isfinite(bottom) or bottom == 0 or a == 1:
        return float(np.interp(scan, scans, sizes))
    c = (l1 - l2) / bottom
    return float(c / (1.0 / scan - m0) + l1 - c / (m1 - m0))


def _residuals(scans: Floats, sizes: Floats) -> Floats:
    """Return by how much each rung is off a curve of fourth degree through all, with the freedom that this leaves."""
    x = (scans - scans.mean()) / np.ptp(scans)
    degree = min(4, sizes.size - 2)
    off = sizes - np.polyval(np.polyfit(x, sizes, degree), x)
    return np.asarray(off * math.sqrt(sizes.size / (sizes.size - degree - 1)))
