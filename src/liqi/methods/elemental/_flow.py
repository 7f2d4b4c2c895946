"""Peaks of a gas carried past the source (continuous flow): the program's table, and their areas taken again."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from liqi.methods.elemental._isodat import Bounds, Isodat, Trace

_DELTA = re.compile(r"(?:δ|d) (\d+)([A-Z][a-z]?)/(\d+)\2")
_RAW = re.compile(r"rd (\d+)(\w+)/(\d+)\2")


@dataclass(frozen=True, slots=True)
class FlowPeak:
    """A row of the program's table: `deltas` in permil by element ("13C") with the standard they are against."""

    number: str
    gas: str
    top_s: float | None
    height_mv: float | None
    is_reference: bool
    areas_mvs: dict[int, float] = field(default_factory=dict)
    taken_again_mvs: dict[int, float] = field(default_factory=dict)
    raw_deltas: dict[str, float] = field(default_factory=dict)
    deltas: dict[str, tuple[float, str]] = field(default_factory=dict)

    def ratio(self, heavy: int, light: int, again: bool = False) -> float | None:
        """Return the ratio of two areas, those of the program or those taken again."""
        areas = self.taken_again_mvs if again else self.areas_mvs
        return areas[heavy] / areas[light] if areas.get(light) and heavy in areas else None


def peaks_of(found: Isodat) -> list[FlowPeak]:
    """Return the rows of the peak table whose gas was recorded, in the order of the file."""
    return [one for one in _rows(found) if one.areas_mvs]


def _rows(found: Isodat) -> Iterator[FlowPeak]:
    starts = [at for at, item in enumerate(found.items) if item.title.startswith("Nr.")]
    last = 0
    for at, until in zip(starts, [*starts[1:], len(found.items)], strict=True):
        items = found.items[at:until]
        bounds = [one for one in found.bounds if last < one.place < items[0].place]
        last = items[0].place
        areas: dict[int, float] = {}
        raw: dict[str, float] = {}
        deltas: dict[str, tuple[float, str]] = {}
        reference = False
        for item in items:
            if not isinstance(item.value, float) or not math.isfinite(item.value):
                continue
            if named := re.fullmatch(r"rIntensity (\d+)", item.title):
                areas[int(named[1])] = item.value
            elif named := _RAW.fullmatch(item.title):
                raw[f"{named[1]}/{named[3]}"] = item.value
            elif named := _DELTA.fullmatch(item.title):
                deltas.setdefault(f"{named[1]}{named[2]}", (item.value, item.standard))
            elif item.title == "Is Ref.?":
                reference = item.value != 0
        trace = _trace_of(found.traces, bounds)
        first = bounds[0] if bounds else None
        again = {one.mass: area for one in bounds if trace and (area := _area(trace, one, bounds)) is not None}
        yield FlowPeak(
            f"{items[0].value:.0f}" if isinstance(items[0].value, float) else items[0].value,
            trace.gas if trace else "", first.top_s if first else None, first.top_mv if first else None, reference,
            areas, again, raw, deltas,
        )  # fmt: skip


def _trace_of(traces: Sequence[Trace], bounds: Sequence[Bounds]) -> Trace | None:
    """The gas recorded while the peak passed."""
    if not bounds:
        return None
    inside = (one for one in traces if one.time_s[0] <= bounds[0].start_s and bounds[0].end_s <= one.time_s[-1] + 1)
    return next(inside, None)


def _area(trace: Trace, one: Bounds, bounds: Sequence[Bounds]) -> float | None:
    """The signal above a straight line between the ground at both ends, in mV s, by trapezia."""
    cup = sorted({other.mass for other in bounds}).index(one.mass)
    if cup >= trace.signals_mv.shape[1]:
        return None
    inside = (trace.time_s >= one.start_s) & (trace.time_s <= one.end_s)
    time, signal = trace.time_s[inside], trace.signals_mv[inside, cup]
    if time.size < 3:
        return None
    ground = np.interp(time, [one.start_s, one.end_s], [one.ground_start, one.ground_end])
    return float(np.trapezoid(signal - ground, time))


def scatter_of_references(peaks: Sequence[FlowPeak]) -> dict[str, float]:
    """Return how much pulses of the reference gas scatter in permil, by their ratio: what one injection is worth.

    The pulses are those marked as reference and those within 1 permil of it that reach nearly its height.
    """
    found = {}
    for key in sorted({key for one in peaks for key in one.raw_deltas}):
        marked = [one for one in peaks if one.is_reference and key in one.raw_deltas]
        alike = [
            one.raw_deltas[key] for one in peaks
            if key in one.raw_deltas and marked and abs(one.raw_deltas[key]) < 1
            and one.height_mv and marked[0].height_mv and 0.95 < one.height_mv / marked[0].height_mv < 1.05
        ]  # fmt: skip
        if len(alike) > 1:
            found[key] = float(np.std(alike, ddof=1))
    return found
