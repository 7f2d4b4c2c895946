"""How good a read is: bases of phred 20, the continuous read length, the part to keep, expected errors, mixed places.

Phred: Ewing and Green, Genome Res. 8:186 (1998).
"""

from dataclasses import dataclass

import numpy as np

from liqi.methods.sequencing._trace import BASES, IUPAC, Floats, Trace, Whole

WINDOW, GOOD = 20, 20
CUTOFF = 0.05
_SEGMENT = 20


@dataclass(frozen=True, slots=True)
class Mixed:
    """A place where a second base stands under the called one: `ratio` is its height over that of the first."""

    place: int
    first: str
    second: str
    ratio: float

    @property
    def code(self) -> str:
        """The letter that stands for both."""
        return IUPAC["".join(sorted(self.first + self.second))]


@dataclass(frozen=True, slots=True)
class ReadQuality:
    """The figures of one read; `keep` is the part between the ends that Mott's rule cuts off, half open from 0."""

    length: int
    q20: int
    crl: int
    keep: tuple[int, int]
    mean_quality: float
    expected_errors: float
    u_errors: float
    smoothed: Floats

    @property
    def kept(self) -> int:
        """How many bases are kept."""
        return self.keep[1] - self.keep[0]


def quality_of(quality: Whole, cutoff: float = CUTOFF) -> ReadQuality:
    """Return the figures of a read by the phred values of its bases; expected errors are of the part that is kept."""
    smoothed = window_mean(quality)
    keep = mott(quality, cutoff)
    inside = quality[keep[0] : keep[1]]
    chances = 10.0 ** (-inside / 10.0)
    return ReadQuality(
        int(quality.size), int((quality >= GOOD).sum()), longest(smoothed >= GOOD - 1e-9), keep,
        float(inside.mean()) if inside.size else 0.0, float(chances.sum()),
        float(np.sqrt((chances * (1 - chances)).sum())), smoothed,
    )  # fmt: skip


def window_mean(quality: Whole) -> Floats:
    """Return the mean of the twenty bases around each; what lies beyond the ends counts as zero."""
    total = np.concatenate([[0], np.cumsum(quality)])
    at = np.arange(quality.size)
    low, high = np.maximum(at - WINDOW // 2, 0), np.minimum(at + WINDOW // 2, quality.size)
    return np.asarray((total[high] - total[low]) / WINDOW, np.float64)


def longest(good: np.ndarray) -> int:
    """Return the length of the longest run of true.

    >>> longest(np.array([True, False, True, True, False]))
    2
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max()) if edges.size else 0


def mott(quality: Whole, cutoff: float = CUTOFF) -> tuple[int, int]:
    """Return the part to keep by Richard Mott's rule: where the sum of cutoff less error chance rises the highest.

    As in Biopython: reads of up to twenty bases are kept whole, the sum never falls below zero and begins with the
    second base, and the part begins at the first base that lifts it.
    """
    if quality.size <= _SEGMENT:
        return 0, int(quality.size)
    gains = cutoff - 10.0 ** (-quality / 10.0)
    gains[0] = 0.0
    total = np.cumsum(gains)
    lowest = np.minimum.accumulate(np.minimum(total, 0.0))
    score = total - lowest
    raised = np.flatnonzero(score > 0)
    if not raised.size:
        return 0, 0
    return int(raised[0]), int(np.argmax(score))


def mixed_places(trace: Trace, least_ratio: float, keep: tuple[int, int]) -> list[Mixed]:
    """Return the kept places where a second peak is at least so high as this share of the first.

    The second peak has to top within half a spacing of the called one, so that the shoulder of a neighbour is none.
    """
    if len(trace.signals) < 4 or trace.places.size != len(trace) or len(trace) < 3:
        return []
    table = np.array([trace.signals[base] for base in BASES])
    scans = table.shape[1]
    if not scans:
        return []
    places = np.clip(trace.places, 0, scans - 1)
    half = max(1, int(np.median(np.diff(places)) * 0.35))
    offsets = np.arange(-half, half + 1)
    inside = np.arange(max(keep[0], 1), min(keep[1], len(trace) - 1))
    if not inside.size:
        return []
    around = np.clip(places[inside, None] + offsets, 0, scans - 1)
    values = np.moveaxis(table[:, around], 2, 0)
    heights = values.max(axis=0)
    crest = (heights > values[0]) & (heights == values[:-1].max(axis=0))
    first = np.array([BASES.find(base) for base in trace.bases])[inside]
    columns = np.arange(inside.size)
    unknown = first < 0
    first[unknown] = heights[:, unknown].argmax(axis=0)
    other = np.where(crest, heights, -np.inf)
    other[first, columns] = -np.inf
    second = other.argmax(axis=0)
    over, under = other[second, columns], heights[first, columns]
    good = np.flatnonzero((over > -np.inf) & (under > 0) & (over >= least_ratio * under))
    return [Mixed(int(inside[i]), BASES[first[i]], BASES[second[i]], float(over[i] / under[i])) for i in good]
