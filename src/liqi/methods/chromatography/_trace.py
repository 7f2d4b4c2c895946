"""A chromatogram: detector traces over time, and the peak table that the instrument's program put into the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqi.arguments import explained
from liqi.methods._errors import BadParameter, UnreadableFile

Floats = NDArray[np.float64]
FORMATS = (
    "ANDI/AIA netCDF, LabSolutions text, ChemStation .ch, .uv or Report.TXT, Empower JSON, a Unicorn .zip, ASM JSON, "
    "or a table of time and signal"
)
LEAST_POINTS = 10
MOST_POINTS = 20_000_000
USUAL_NM = 254.0
_UNEVEN = 0.01
_MOST_SIGNAL = 1e30
_SIGNALS = ("signal", "y", "value", "intensity", "response")


@dataclass(frozen=True, slots=True)
class ReportedPeak:
    """A peak as the instrument's program integrated it; times in minutes, None where the file does not tell."""

    time_min: float
    area: float
    height: float | None = None
    start_min: float | None = None
    end_min: float | None = None
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """One detector's signal at even steps of time."""

    name: str
    time_min: Floats
    signal: Floats
    unit: str
    wavelength_nm: float | None = None
    reported: Sequence[ReportedPeak] = ()

    @property
    def step_s(self) -> float:
        """The time between two points in seconds."""
        return float(self.time_min[-1] - self.time_min[0]) * 60 / (self.time_min.size - 1)


@dataclass(frozen=True, slots=True)
class Chromatogram:
    """What a file holds of one injection; `facts` are the words of its head, such as the sample's name.

    `notices` say where the file is read otherwise than its reader would think.
    """

    path: Path
    format: str
    traces: Sequence[Trace]
    facts: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()

    @explained
    def trace(self, wanted: str = "") -> Trace:
        """Return the trace whose name holds the words or whose wavelength is near; without words, the usual one.

        The usual one is the first, or the one of a table that is called signal or y; of a diode array, the wavelength
        nearest 254 nm.
        """
        if not wanted:
            spectral = [one for one in self.traces if one.wavelength_nm is not None]
            if len(spectral) == len(self.traces):
                return min(spectral, key=lambda one: abs((one.wavelength_nm or 0) - USUAL_NM))
            named = [one for one in self.traces if one.name.lower().split(" (")[0] in _SIGNALS]
            return named[0] if named else self.traces[0]
        for one in self.traces:
            if one.name.lower() == wanted.lower():
                return one
        for one in self.traces:
            if wanted.lower() in one.name.lower():
                return one
        try:
            nm = float(wanted)
        except ValueError:
            nm = np.nan
        near = [one for one in self.traces if one.wavelength_nm is not None and abs(one.wavelength_nm - nm) <= 2]
        if near:
            return min(near, key=lambda one: abs((one.wavelength_nm or 0) - nm))
        names = ", ".join(one.name for one in self.traces[:8])
        raise BadParameter("trace", wanted, f"one of {names}" + (" ..." if len(self.traces) > 8 else ""))


def even_trace(
    path: Path,
    name: str,
    time_min: ArrayLike,
    signal: ArrayLike,
    unit: str,
    wavelength_nm: float | None = None,
    reported: Sequence[ReportedPeak] = (),
) -> Trace:
    """Return a trace of finite points in order of time, at even steps; raise `UnreadableFile` where that cannot be."""
    times, values = np.asarray(time_min, np.float64), np.asarray(signal, np.float64)
    size = min(times.size, values.size)
    times, values = times[:size], values[:size]
    good = np.isfinite(times) & np.isfinite(values)
    times, values = times[good], values[good]
    do = "export the whole chromatogram again"
    if times.size < LEAST_POINTS:
        raise UnreadableFile(path, f"{times.size} points in {name or 'the trace'}", f"at least {LEAST_POINTS}", do)
    if float(np.abs(values).max()) > _MOST_SIGNAL:
        raise UnreadableFile(path, f"a signal of {values[np.abs(values).argmax()]:.3g}", "what a detector gives", do)
    steps = np.diff(times)
    if (steps <= 0).any():
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
        kept = np.concatenate([[True], np.diff(times) > 0])
        if kept.sum() < max(LEAST_POINTS, 0.9 * times.size):
            raise UnreadableFile(path, "times that do not go forward", "a trace over time", do)
        times, values = times[kept], values[kept]
        steps = np.diff(times)
    usual = float(np.median(steps))
    if np.abs(steps - usual).max() > _UNEVEN * usual + 2e-5:
        number = round((times[-1] - times[0]) / usual) + 1
        if number > MOST_POINTS or not np.isfinite(number):
            raise UnreadableFile(path, f"steps of time from {steps.min():g} to {steps.max():g} min", "even steps", do)
        even = np.linspace(times[0], times[-1], int(number))
        times, values = even, np.interp(even, times, values)
    return Trace(name, times, values, unit, wavelength_nm, tuple(reported))
