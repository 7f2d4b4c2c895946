"""Areas of the peaks M+0, M+1 ... of one ion, their ratios and the labelled shares, with what is uncertain in them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._columns import Columns, Trace, columns_of
from liqi.methods.mass_spectrometry._integration import Peak, integrate
from liqi.methods.mass_spectrometry._isotopologues import Scheme, without_negatives
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum

DRAWS = 200
MATTERS = 0.02


@dataclass(frozen=True, slots=True)
class Asked:
    """An ion whose isotopologues are measured, and where it elutes."""

    name: str
    formula: str
    adduct: str
    label: str
    scheme: Scheme
    retention_time_s: float | None = None
    window_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One ion in one run: areas, ions counted (0 if not known), and areas of scans drawn again (draws, peaks)."""

    file: str
    peak: Peak
    areas: Floats
    counted: Floats
    drawn: Floats
    traces: Sequence[Trace]
    together: float
    """The smallest correlation over time of a peak that matters with the strongest one; low where another ion lies."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its standard uncertainty, and where that comes from: ``replicates``, ``scans`` or ``counting``."""

    value: float
    uncertainty: float
    source: str
    replicates: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is said of an ion in a sample: ratios to M+0, share of molecules by labelled atoms, mean enrichment.

    `ratios` is empty where M+0 was not seen; `misfit` is the part of the measured pattern that no mixture explains.
    """

    asked: Asked
    sample: str
    runs: Sequence[Measured]
    ratios: Sequence[Value]
    shares: Sequence[Value]
    enrichment: Value
    misfit: float

    @property
    def together(self) -> float:
        """How well the peaks rise and fall together, in the run where they do so least."""
        return min(one.together for one in self.runs)


def measure(
    file: str, spectra: Iterable[Spectrum], asked: Sequence[Asked], width: Tolerance, ions_per_count: float, seed: int
) -> list[tuple[Asked, Measured | None]]:
    """Return every ion of one run, None where it has no peak."""
    some = [one for one in spectra if one.ms_level == 1]
    columns: dict[str, Columns] = {}
    made: list[tuple[Asked, Measured | None]] = []
    for one in asked:
        sign = "negative" if one.adduct.strip().endswith("-") else "positive"
        if sign not in columns:
            columns[sign] = columns_of(spectrum for spectrum in some if spectrum.polarity in (None, sign))
        traces = [columns[sign].xic(mz - width.at(mz), mz + width.at(mz)) for mz in one.scheme.mz.tolist()]
        made.append((one, _measured(file, one, traces, ions_per_count, np.random.default_rng(seed))))
    return made


def pattern_of(asked: Asked, sample: str, runs: Sequence[Measured]) -> Pattern:
    """Return the pattern of a sample from its runs.

    The uncertainty is the largest of what replicates show (s/sqrt n, from two runs on), what drawing the scans of the
    peaks again shows, and what counting ions must give (relative variance 1/N, where ions were counted).
    """
    matrix = asked.scheme.matrix
    shares = np.array([_solved(matrix, one.areas) for one in runs])
    drawn = [np.array([_solved(matrix, row) for row in one.drawn]) for one in runs]
    number = np.arange(shares.shape[1])
    enrichment = shares @ number / asked.scheme.atoms
    enriched = [draw @ number / asked.scheme.atoms for draw in drawn]
    told = [_value(shares[:, j], [draw[:, j] for draw in drawn], 0.0) for j in number.tolist()]
    total = np.sum([one.areas / one.areas.sum() for one in runs], axis=0)
    left = total - matrix @ without_negatives(matrix, total)
    misfit = float(np.abs(left).sum() / total.sum())
    return Pattern(asked, sample, runs, _ratios(runs), told, _value(enrichment, enriched, 0.0), misfit)


def _measured(
    file: str, asked: Asked, traces: Sequence[Trace], ions_per_count: float, rng: np.random.Generator
) -> Measured | None:
    peaks = [integrate(trace, asked.retention_time_s, asked.window_s) for trace in traces]
    found = [one for one in peaks if one is not None]
    if not found:
        return None
    best = max(found, key=lambda one: one.area)
    time = traces[0].time_s
    inside = np.flatnonzero((time >= best.start_s) & (time <= best.end_s))
    outside = (np.abs(time - best.apex_s) <= 4 * asked.window_s) & ((time < best.start_s) | (time > best.end_s))
    widths = np.gradient(time)[inside]
    raw = np.array([trace.intensity for trace in traces])
    baseline = np.median(raw[:, outside], axis=1) if outside.sum() >= 4 else np.zeros(len(traces))
    parts = (raw[:, inside] - baseline[:, None]) * widths
    areas = np.maximum(parts.sum(axis=1), 0.0)
    counted = np.maximum(raw[:, inside].sum(axis=1), 0.0) * ions_per_count
    picks = rng.integers(0, inside.size, (DRAWS, inside.size))
    drawn = np.maximum(parts[:, picks].sum(axis=2).T, 0.0)
    if not areas.sum() > 0:
        return None
    return Measured(file, best, areas, counted, drawn, traces, _together(raw[:, inside], areas))


def _together(raw: Floats, areas: Floats) -> float:
    """Return the smallest correlation with the strongest peak of those with 2 % of the area."""
    strongest = int(np.argmax(areas))
    others = [k for k in np.flatnonzero(areas >= MATTERS * areas.sum()).tolist() if k != strongest]
    if not others or not raw[strongest].std() > 0:
        return 1.0
    return min(float(np.corrcoef(raw[strongest], raw[k])[0, 1]) if raw[k].std() > 0 else 0.0 for k in others)


def _solved(matrix: Floats, areas: Floats) -> Floats:
    """Return the shares of molecules by labelled atoms, which sum to one."""
    found = without_negatives(matrix, areas)
    total = float(found.sum())
    return np.asarray(found / total if total > 0 else found)


def _ratios(runs: Sequence[Measured]) -> list[Value]:
    if any(one.areas[0] <= 0 for one in runs):
        return []
    values = np.array([one.areas / one.areas[0] for one in runs])
    told = []
    for k in range(1, values.shape[1]):
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = [one.drawn[:, k] / one.drawn[:, 0] for one in runs]
        drawn = [draw[np.isfinite(draw)] for draw in drawn]
        told.append(_value(values[:, k], drawn, _counting(runs, k)))
    return told


def _counting(runs: Sequence[Measured], k: int) -> float:
    """Return the standard uncertainty of the mean ratio M+k / M+0 by counting alone, 0 where nothing was counted."""
    parts = []
    for one in runs:
        first, second = float(one.counted[0]), float(one.counted[k])
        if first > 0 and second > 0:
            parts.append((float(one.areas[k] / one.areas[0]) ** 2) * (1 / first + 1 / second))
    return math.sqrt(sum(parts)) / len(runs) if parts else 0.0


def _value(values: Floats, drawn: Sequence[Floats], counting: float) -> Value:
    number = int(values.size)
    scans = math.sqrt(sum(float(draw.std(ddof=1)) ** 2 for draw in drawn if draw.size > 1)) / number
    spread = float(values.std(ddof=1)) / math.sqrt(number) if number > 1 else 0.0
    found = {"replicates": spread, "scans": scans, "counting": counting}
    source = max(found, key=lambda name: found[name])
    return Value(float(values.mean()), found[source], source, number)
