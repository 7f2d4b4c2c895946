"""Figures of a run that need no identification, each under its accession of the PSI-MS vocabulary.

The definitions are those of psi-ms.obo 4.1.258 (branch MS:4000000), most after Ma et al., Anal. Chem. 84, 5845 (2012).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

COUNT, SECOND, MZ = ("UO:0000189", "count unit"), ("UO:0000010", "second"), ("MS:1000040", "m/z")
INTENSITY, FRACTION = ("MS:1000043", "intensity unit"), ("UO:0000191", "fraction")
SIGNS = {COUNT: "1", SECOND: "s", MZ: "m/z", INTENSITY: "counts", FRACTION: "1"}
"""Units as the answer prints them."""
TENFOLD = 10.0
_QUARTERS = (0.25, 0.5, 0.75)
_LEVELS = {1: ("MS:4000061", "MS:4000099", "MS:4000029"), 2: ("MS:4000062", "MS:4000100", "MS:4000030")}
"""By MS level: peaks a scan, empty scans, area under the ion current."""
Unit = tuple[str, str] | None


def _term(name: str, unit: Unit, *title: str) -> tuple[str, Unit, Text]:
    return name, unit, Text(*title)


_TERMS = {
    "MS:4000059": _term("number of MS1 spectra", COUNT, "MS1 spectra", "MS1 谱图数", "MS1 圖譜數"),
    "MS:4000060": _term("number of MS2 spectra", COUNT, "MS2 spectra", "MS2 谱图数", "MS2 圖譜數"),
    "MS:4000070": _term("retention time acquisition range", SECOND, "retention times", "保留时间范围", "滯留時間範圍"),
    "MS:4000067": _term("MS run duration", SECOND, "duration", "采集时长", "擷取時長"),
    "MS:4000069": _term("m/z acquisition range", MZ, "precursor m/z", "母离子 m/z 范围", "前驅離子 m/z 範圍"),
    "MS:4000061": _term(
        "MS1 density quantiles",
        COUNT,
        "peaks a scan, MS1: quartiles",
        "MS1 每张谱图峰数（四分位）",
        "MS1 每張圖譜峰數（四分位）",
    ),
    "MS:4000062": _term(
        "MS2 density quantiles",
        COUNT,
        "peaks a scan, MS2: quartiles",
        "MS2 每张谱图峰数（四分位）",
        "MS2 每張圖譜峰數（四分位）",
    ),
    "MS:4000099": _term("number of empty MS1 scans", COUNT, "empty MS1 scans", "MS1 空谱图数", "MS1 空圖譜數"),
    "MS:4000100": _term("number of empty MS2 scans", COUNT, "empty MS2 scans", "MS2 空谱图数", "MS2 空圖譜數"),
    "MS:4000029": _term(
        "area under TIC in MS1", None, "area under the MS1 ion current", "MS1 总离子流面积", "MS1 總離子流面積"
    ),
    "MS:4000030": _term(
        "area under TIC in MS2", None, "area under the MS2 ion current", "MS2 总离子流面积", "MS2 總離子流面積"
    ),
    "MS:4000097": _term("MS1 signal jump (10x) count", COUNT, "tenfold rises", "信号十倍跃升次数", "訊號十倍躍升次數"),
    "MS:4000098": _term("MS1 signal fall (10x) count", COUNT, "tenfold falls", "信号十倍骤降次数", "訊號十倍驟降次數"),
    "MS:4000192": _term("MS1 median cycle time", SECOND, "median cycle", "MS1 循环时间中位数", "MS1 循環時間中位數"),
    "MS:4000183": _term(
        "TIC quantile RT fraction",
        FRACTION,
        "share of time in which each quarter of the ion current comes",
        "总离子流各四分之一所占时间比例",
        "總離子流各四分之一所占時間比例",
    ),
    "MS:4000202": _term("base peak intensity maximum", INTENSITY, "highest peak", "最高峰强度", "最高峰強度"),
    "MS:4000204": _term(
        "total ion current maximum", INTENSITY, "highest ion current", "总离子流最大值", "總離子流最大值"
    ),
    "MS:4000063": _term(
        "MS2 known precursor charges fractions",
        None,
        "precursor charges and their shares",
        "母离子电荷数及占比",
        "前驅離子電荷數及占比",
    ),
    "MS:4000116": _term(
        "MS2 precursor intensity distribution",
        INTENSITY,
        "precursor intensity: quartiles",
        "母离子强度（四分位）",
        "前驅離子強度（四分位）",
    ),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: accession, name and unit of the vocabulary, a number, a list of numbers or columns of a table."""

    accession: str
    name: str
    value: Any
    unit: tuple[str, str] | None
    title: Text

    def as_json(self) -> dict[str, Any]:
        """Return the figure as mzQC writes it, with its title in three languages."""
        told = {"accession": self.accession, "name": self.name, "value": self.value, "title": self.title.as_json()}
        return told | ({"unit": {"accession": self.unit[0], "name": self.unit[1]}} if self.unit else {})


@dataclass(slots=True)
class Tally:
    """What one reading of a run gives: times, ion currents, base peaks and peak counts by level, and ranges."""

    time_s: dict[int, list[float]] = field(default_factory=dict)
    tic: dict[int, list[float]] = field(default_factory=dict)
    base: dict[int, list[float]] = field(default_factory=dict)
    peaks: dict[int, list[int]] = field(default_factory=dict)
    charges: list[int] = field(default_factory=list)
    precursors: list[float] = field(default_factory=list)
    strengths: list[float] = field(default_factory=list)
    low_mz: float = np.inf
    high_mz: float = 0.0
    profile: int = 0
    without_polarity: int = 0
    without_time: int = 0
    backwards: int = 0
    spectra: int = 0
    _last_s: float = -np.inf

    def add(self, spectrum: Spectrum) -> None:
        """Count one spectrum."""
        level, time = spectrum.ms_level, spectrum.retention_time_s
        self.spectra += 1
        self.profile += spectrum.centroid is False
        self.without_polarity += not spectrum.polarity
        self.without_time += time is None
        if time is not None:
            self.backwards += time < self._last_s
            self._last_s = max(self._last_s, time)
        some = spectrum.intensity
        self.time_s.setdefault(level, []).append(float("nan") if time is None else time)
        self.tic.setdefault(level, []).append(float(some.sum()))
        self.base.setdefault(level, []).append(float(some.max()) if some.size else 0.0)
        self.peaks.setdefault(level, []).append(int(some.size))
        if spectrum.mz.size:
            self.low_mz = min(self.low_mz, float(spectrum.mz[0]))
            self.high_mz = max(self.high_mz, float(spectrum.mz[-1]))
        if level >= 2:
            self.charges += [spectrum.charge] if spectrum.charge else []
            self.precursors += [spectrum.precursor_mz] if spectrum.precursor_mz else []
            self.strengths += [spectrum.precursor_intensity] if spectrum.precursor_intensity else []

    def level(self, level: int) -> tuple[Floats, Floats]:
        """Return times and ion currents of the scans of one level that have a time, by time."""
        time, tic = np.array(self.time_s.get(level, [])), np.array(self.tic.get(level, []))
        timed = np.isfinite(time)
        order = np.argsort(time[timed], kind="stable")
        return time[timed][order], tic[timed][order]

    def empty(self, level: int) -> int:
        """Return how many scans of a level have no signal at all."""
        return sum(not value for value in self.tic.get(level, []))


def tally(spectra: Iterable[Spectrum]) -> Tally:
    """Return what one reading gives; a run of any length takes a few numbers a scan."""
    made = Tally()
    for spectrum in spectra:
        made.add(spectrum)
    return made


def metrics_of(run: Tally) -> list[Metric]:
    """Return every figure that the run has; one that it cannot have, such as an MS1 area without MS1, is left out."""
    found = []
    for accession, value in _values(run):
        name, unit, title = _TERMS[accession]
        found.append(Metric(accession, name, value, unit, title))
    return found


def _values(run: Tally) -> Iterable[tuple[str, Any]]:
    every = np.sort(np.concatenate([run.level(level)[0] for level in run.time_s] or [np.empty(0)]))
    yield "MS:4000059", len(run.tic.get(1, ()))
    yield "MS:4000060", len(run.tic.get(2, ()))
    if every.size:
        yield "MS:4000070", [float(every[0]), float(every[-1])]
        yield "MS:4000067", float(every[-1] - every[0])
    if run.precursors:
        yield "MS:4000069", [min(run.precursors), max(run.precursors)]
    for level, terms in _LEVELS.items():
        yield from _of_level(run, level, *terms)
    yield from _stability(run)
    if run.tic:
        yield "MS:4000202", max(max(values) for values in run.base.values())
        yield "MS:4000204", max(max(values) for values in run.tic.values())
    yield from _precursors(run)


def _of_level(run: Tally, level: int, density: str, empty: str, area: str) -> Iterable[tuple[str, Any]]:
    if level not in run.peaks:
        return
    yield density, [round(float(value)) for value in np.quantile(run.peaks[level], _QUARTERS)]
    yield empty, run.empty(level)
    time, tic = run.level(level)
    if time.size > 1:
        yield area, float(np.trapezoid(tic, time))


def _stability(run: Tally) -> Iterable[tuple[str, Any]]:
    """Steadiness of the MS1 ion current."""
    time, tic = run.level(1)
    if time.size < 2:
        return
    yield from zip(("MS:4000097", "MS:4000098"), jumps(tic), strict=True)
    yield "MS:4000192", float(np.median(np.diff(time)))
    if tic.sum() > 0 and time[-1] > time[0]:
        yield "MS:4000183", quarter_times(time, tic)


def _precursors(run: Tally) -> Iterable[tuple[str, Any]]:
    if run.charges:
        charges, counts = np.unique(run.charges, return_counts=True)
        yield "MS:4000063", {"MS:1000041": charges.tolist(), "UO:0000191": (counts / counts.sum()).tolist()}
    if run.strengths:
        yield "MS:4000116", [float(value) for value in np.quantile(run.strengths, _QUARTERS)]


def jumps(tic: Floats) -> tuple[int, int]:
    """Return how often the ion current rises, and falls, more than tenfold from one scan to the next.

    >>> jumps(np.array([1.0, 20.0, 1.0, 5.0]))
    (1, 1)
    """
    before, after = tic[:-1], tic[1:]
    return int((after > TENFOLD * before).sum()), int((before > TENFOLD * after).sum())


def quarter_times(time_s: Floats, tic: Floats) -> list[float]:
    """Return the share of the run's time in which each quarter of the ion current comes; the four add up to 1.

    >>> quarter_times(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 1.0, 1.0, 1.0]))
    [0.25, 0.25, 0.25, 0.25]
    """
    total = np.cumsum(tic)
    at = [float(time_s[int(np.searchsorted(total, share * total[-1] * (1 - 1e-12)))]) for share in _QUARTERS]
    edges = [float(time_s[0]), *at, float(time_s[-1])]
    whole = edges[-1] - edges[0]
    return [(after - before) / whole for before, after in pairwise(edges)]


def shown(value: Any) -> str:
    """Return a figure in words: a number, a range or quartiles, or pairs of a table."""
    if isinstance(value, dict):
        columns: Sequence[Sequence[float]] = list(value.values())
        return "; ".join(f"{charge}: {share:.3g}" for charge, share in zip(*columns, strict=True))
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
