"""A trace integrated: peaks found, cut out by rules, edited by a person, and measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from liqi.methods.chromatography._baseline import RESOLVED, Cut, cuts_of, flanks, half_width
from liqi.methods.chromatography._detection import noise_of, spans_of
from liqi.methods.chromatography._edits import Edit, edited
from liqi.methods.chromatography._fits import MOST_PEAKS, Fit, fit_peaks, within_work
from liqi.methods.chromatography._peak import DROP, FIT, SKIM, Peak, Rules
from liqi.methods.chromatography._pharmacopoeia import noise_around, plates_of, resolution_of, symmetry_of
from liqi.methods.chromatography._shoulders import with_shoulders
from liqi.methods.chromatography._skimming import skim_riders
from liqi.methods.chromatography._trace import Floats, Trace

Fitted = tuple[Fit, int, int, bool]
"""The fit of a group, a peak's number in it, the place where the group begins, and whether its areas count."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What counts as a peak, and how overlapped ones are parted; `void_min` 0 leaves retention factors out."""

    least_percent: float = 0.2
    least_signal: float = 10.0
    from_min: float = 0.0
    to_min: float = 0.0
    split: str = "auto"
    void_min: float = 0.0


@dataclass(frozen=True, slots=True)
class Integration:
    """The peaks of a trace; `curves` are fitted peaks as (number of the peak, time, signal with the baseline).

    `not_fitted` counts the fits left out because a trace is given `MOST_WORK` at most; the perpendicular stands there.
    """

    trace: Trace
    settings: Settings
    peaks: Sequence[Peak]
    noise: float
    curves: Sequence[tuple[int, Floats, Floats]] = ()
    notices: Sequence[str] = ()
    not_fitted: int = 0


def integrate(trace: Trace, settings: Settings | None = None, edits: Sequence[Edit] = ()) -> Integration:
    """Return the peaks of a trace with their rules and figures; `edits` are a person's changes, in order."""
    asked = settings or Settings()
    whole = window(trace, asked)
    noise = noise_of(whole.signal)
    tall = float(np.ptp(whole.signal)) * asked.least_percent / 100
    spans, fine = spans_of(whole.signal, tall, asked.least_signal, noise)
    notices = []
    if spans and spans[0].start == 0 and len(spans) > 1 and fine[0] < fine[spans[0].end]:
        notices.append("rising-start")
        spans = spans[1:]
    cuts = cuts_of(whole.signal, fine, spans)
    unsearched = 0
    if asked.split not in (DROP, SKIM):
        cuts, unsearched = with_shoulders(whole.signal, cuts, noise, max(tall, asked.least_signal * noise))
    if asked.split == SKIM:
        skim_riders(cuts, fine)
    cuts = edited(cuts, whole, fine, edits)
    fits, not_fitted = _fitted(whole.signal, cuts, asked.split, noise)
    peaks, curves = _measured(whole, cuts, fits, noise, asked)
    return Integration(whole, asked, peaks, noise, curves, notices, unsearched + not_fitted)


def window(trace: Trace, settings: Settings) -> Trace:
    """Return the part of a trace that is to be integrated."""
    stop = settings.to_min if settings.to_min > settings.from_min else math.inf
    inside = (trace.time_min >= settings.from_min) & (trace.time_min <= stop)
    if inside.all() or inside.sum() < 10:
        return trace
    return replace(trace, time_min=trace.time_min[inside], signal=trace.signal[inside])


def _fitted(signal: Floats, cuts: Sequence[Cut], split: str, noise: float) -> tuple[dict[int, Fitted], int]:
    """Return for each cut that overlaps a neighbour the fit of its group, its place in it, and the group; then how many
    groups were left out.

    Groups that a person asks for come first, then the highest.
    """
    found: dict[int, Fitted] = {}
    if split in (DROP, SKIM):
        return found, 0
    groups = [
        group for group in _overlapped(signal, cuts)
        if 2 <= len(group) <= MOST_PEAKS and not any(cuts[i].is_edited and cuts[i].split == DROP for i in group)
    ]  # fmt: skip
    groups.sort(key=lambda group: (all(cuts[i].split != FIT for i in group), -max(signal[cuts[i].apex] for i in group)))
    within = within_work([len(group) for group in groups])
    for group in groups[:within]:
        start, end = cuts[group[0]].start, cuts[group[-1]].end
        above = np.concatenate([_above(signal, cuts[i])[: -1 if i != group[-1] else None] for i in group])
        widths = [_width(signal, cuts[i]) or (cuts[i].end - cuts[i].start) / 3 for i in group]
        fit = fit_peaks(above[: end - start + 1], [cuts[i].apex - start for i in group], widths)
        if fit is None:
            continue
        is_asked = split == FIT or any(cuts[i].split == FIT for i in group)
        if is_asked or fit.is_fair:
            found |= {i: (fit, place, start, is_asked or fit.is_good(noise)) for place, i in enumerate(group)}
    return found, len(groups) - within


def _overlapped(signal: Floats, cuts: Sequence[Cut]) -> list[list[int]]:
    """Return runs of neighbours that are parted by the perpendicular and resolved by less than 1.5."""
    groups: list[list[int]] = []
    for i, cut in enumerate(cuts):
        last = cuts[i - 1] if i else None
        if last is not None and last.end == cut.start and cut.start_kind == "V":
            widths = [_width(signal, one) or (one.end - one.start) / 2 for one in (last, cut)]
            if resolution_of(last.apex, cut.apex, widths[0], widths[1]) < RESOLVED:
                groups[-1].append(i)
                continue
        groups.append([i])
    return groups


def _above(signal: Floats, cut: Cut) -> Floats:
    return np.asarray(signal[cut.start : cut.end + 1] - cut.base(np.arange(cut.start, cut.end + 1)))


def _width(signal: Floats, cut: Cut) -> float | None:
    return half_width(signal, cut, cut.start, cut.apex, cut.end)


def _measured(
    trace: Trace,
    cuts: Sequence[Cut],
    fits: dict[int, Fitted],
    noise: float,
    settings: Settings,
) -> tuple[list[Peak], list[tuple[int, Floats, Floats]]]:
    peaks: list[Peak] = []
    curves: list[tuple[int, Floats, Floats]] = []
    widths: list[float | None] = []
    taken = np.zeros(trace.signal.size, bool)
    for cut in cuts:
        taken[cut.start : cut.end + 1] = True
    for i, cut in enumerate(cuts):
        told = fits.get(i)
        peak, width, curve = _peak(trace, cut, told, noise)
        if curve is not None:
            curves.append((i + 1, *curve))
        before = cuts[i - 1] if i else None
        apart = None
        if before is not None and width and widths[-1]:
            apart = resolution_of(peaks[-1].time_min, peak.time_min, widths[-1], width)
        quiet = noise_around(trace.signal, taken, cut.apex, (width or 0) * 60 / trace.step_s, noise)
        factor = (peak.time_min - settings.void_min) / settings.void_min if settings.void_min > 0 else None
        widths.append(width)
        peaks.append(
            replace(
                peak,
                number=i + 1,
                resolution=apart,
                retention_factor=factor,
                signal_to_noise=2 * peak.height / quiet if quiet > 0 else None,
                peak_to_valley=_valley(trace.signal, cuts, i, peak.height),
            )
        )
    total = sum(max(one.area, 0.0) for one in peaks) or 1.0
    return [replace(one, area_percent=100 * one.area / total) for one in peaks], curves


def _valley(signal: Floats, cuts: Sequence[Cut], i: int, height: float) -> float | None:
    """Return the peak-to-valley ratio of USP <621> towards the neighbour it is parted from by a drop."""
    cut = cuts[i]
    lows = [float(signal[at] - cut.base(at)) for at, kind in ((cut.start, cut.start_kind), (cut.end, cut.end_kind))
            if kind == "V"]  # fmt: skip
    return height / max(lows) if lows and max(lows) > 0 else None


def _peak(
    trace: Trace, cut: Cut, told: Fitted | None, noise: float
) -> tuple[Peak, float | None, tuple[Floats, Floats] | None]:
    """Return the peak without what needs its neighbours, its half width in minutes, and its fitted curve."""
    signal, step_s = trace.signal, trace.step_s
    above = _above(signal, cut)
    dropped = (float(np.trapezoid(above)) + cut.skimmed) * step_s
    time, height = _apex(trace, cut)
    area, fitted, curve = dropped, None, None
    measured: tuple[Floats, Cut, int, int, int] = (signal, cut, cut.start, cut.apex, cut.end)
    error_of_fit = 0.0
    if told is not None:
        fit, place, first, counts = told
        fitted = float(fit.areas[place]) * step_s
        error_of_fit = float(fit.errors[place]) * step_s if counts else 0.0
        own = fit.curves[place]
        flat = Cut(0, int(np.argmax(own)), own.size - 1, "B", "B", (0, 0.0, own.size - 1, 0.0))
        measured = (own, flat, 0, flat.apex, own.size - 1)
        places = np.arange(first, first + own.size)
        if counts:
            area, height = fitted, float(own.max())
            time = float(trace.time_min[first + flat.apex])
        curve = (trace.time_min[places], own + cut.base(places))
    points = half_width(*measured)
    width = points * step_s / 60 if points is not None else None
    span = cut.end - cut.start + 1
    of_rule = abs(fitted - dropped) / math.sqrt(12) if fitted is not None else _rule(signal, cut) * step_s
    u_area = math.hypot(
        noise * step_s * math.sqrt(span),  # of the points
        noise * step_s * span / math.sqrt(2),  # of the two ends of the line, one point each
        error_of_fit,
        of_rule,
        _of_ends(signal, cut) * step_s,
    )
    u_time = math.hypot(step_s / 60 / math.sqrt(12), _shift(noise, height, points) * step_s / 60)
    first_min, last_min = (round(float(trace.time_min[at]), 6) for at in (cut.start, cut.end))
    base_first, base_last = float(cut.base(cut.start)), float(cut.base(cut.end))
    kinds = (cut.start_kind, cut.end_kind, _split(cut, told), cut.is_edited)
    rules = Rules(first_min, last_min, base_first, base_last, *kinds)
    return (
        Peak(
            0, time, height, area, max(u_area, 1e-9 * abs(area), 1e-300), u_time, rules, width, dropped, fitted,
            symmetry=symmetry_of(flanks(*measured, 0.05)), plates=plates_of(time, width), name=cut.name,
        ),
        width,
        curve,
    )  # fmt: skip


def _split(cut: Cut, told: Fitted | None) -> str:
    if told is not None and told[3]:
        return FIT
    return DROP if cut.split == FIT else cut.split


def _apex(trace: Trace, cut: Cut) -> tuple[float, float]:
    """Return time and height above the baseline of the top, by the parabola through three points."""
    i = min(max(cut.apex, 1), trace.signal.size - 2)
    a, b, c = (float(one) for one in trace.signal[i - 1 : i + 2])
    bend = a - 2 * b + c
    shift = min(max((a - c) / (2 * bend), -0.5), 0.5) if bend < 0 else 0.0
    top = max(b - (a - c) * shift / 4, b) if bend < 0 else b
    return float(trace.time_min[i]) + shift * trace.step_s / 60, top - float(cut.base(i + shift))


def _rule(signal: Floats, cut: Cut) -> float:
    """Return the standard uncertainty of the baseline's rule: the line below against one through the signal's ends."""
    if cut.split == SKIM and cut.ridden is not None:
        first, low, last, high = cut.line
        a, b = low - float(cut.ridden.base(first)), high - float(cut.ridden.base(last))
        curved = (a - b) / math.log(a / b) if min(a, b) > 0 and a != b else max(a, b, 0.0) / 2
        return abs((a + b) / 2 - curved) * (last - first) / 3**0.5  # a tail falls as an exponential, not as a line
    if cut.split != DROP:
        return 0.0
    lows = signal[[cut.start, cut.end]] - cut.base(np.array([cut.start, cut.end]))
    return float(np.abs(lows).sum()) / 2 * (cut.end - cut.start) / 12**0.5


def _of_ends(signal: Floats, cut: Cut) -> float:
    """Return what the choice of the ends adds: what is lost when each end on the line moves in by a tenth."""
    start = cut.start + (cut.apex - cut.start) // 10 * (cut.start_kind == "B")
    end = cut.end - (cut.end - cut.apex) // 10 * (cut.end_kind == "B")
    lost = signal[[start, end]] - cut.base(np.array([start, end]))
    lost *= [cut.start_kind == "B", cut.end_kind == "B"]
    whole = float(np.trapezoid(_above(signal, cut)))
    inner = signal[start : end + 1] - cut.base(np.arange(start, end + 1))
    return abs(whole - float(np.trapezoid(inner)) + float(lost.sum()) * (end - start) / 2) / 3**0.5


def _shift(noise: float, height: float, points: float | None) -> float:
    """Return how far noise moves the top, in points (Cramer and Rao for a Gaussian of this width)."""
    if not points or height <= 0:
        return 0.0
    sigma = points / 2.3548
    return noise / height * math.sqrt(2 * sigma / math.sqrt(math.pi))
