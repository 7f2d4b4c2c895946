"""A measurement worked out: processed where it was a decay, lines, multiplets, integrals with their uncertainty."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.nmr import _processing as processing
from liqi.methods.nmr._multiplets import Line, Multiplet, gathered, lines_of, pattern_of
from liqi.methods.nmr._processing import Phase
from liqi.methods.nmr._spectrum import Floats, Measurement, Spectrum

_BROADENING_HZ = {"1H": 0.3, "19F": 1.0}
_USUAL_BROADENING_HZ = 1.0
_MARGIN_WIDTHS, _MARGIN_PPM = 15.0, 0.02
_WIDER = 1.2
_MOST_MULTIPLETS = 200
_REGION = re.compile(
    r"^\s*(?:(?P<name>[^=]+?)\s*=\s*)?(?P<a>-?\d+(?:\.\d+)?)\s*(?:-|to|\.\.|:)\s*(?P<b>-?\d+(?:\.\d+)?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Question:
    """How a measurement is worked out; `broadening_hz` below 0 and `observe_mhz` 0 mean the usual."""

    phase: str = "auto"
    broadening_hz: float = -1.0
    baseline: str = "auto"
    reference: str = "auto"
    least_percent: float = 1.0
    least_signal: float = 20.0
    regions: str = ""
    protons: str = ""
    observe_mhz: float = 0.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """The spectrum as it was processed, its noise, and what was found in it.

    `scale` turns integrals into numbers of nuclei; `reference` names what the shift was set by, moved by `moved_ppm`.
    """

    measurement: Measurement
    spectrum: Spectrum
    noise: float
    multiplets: Sequence[Multiplet]
    lines: Sequence[Line]
    scale: float
    phase: Phase | None
    reference: str
    moved_ppm: float


def analyse(measurement: Measurement, question: Question | None = None) -> Analysis:
    """Return what a measurement holds; raise `BadParameter` for regions or numbers that cannot be."""
    asked = question or Question()
    spectrum, phase = processed(measurement, asked)
    noise = processing.noise_of(spectrum.intensity)
    name, moved = "", 0.0
    if asked.reference != "none" and not (asked.reference == "auto" and measurement.decay is None):
        name, moved = processing.reference_of(
            spectrum, measurement.nucleus, measurement.solvent, asked.reference, noise
        )
        spectrum = replace(spectrum, ppm=spectrum.ppm + moved)
    top = float(spectrum.intensity.max())
    least = max(asked.least_percent / 100 * top, asked.least_signal * noise, 1e-12 * float(np.ptp(spectrum.intensity)))
    lines = lines_of(spectrum, least)
    regions = parse_regions(asked.regions)
    if regions:
        found = [_of_region(spectrum, lines, low, high) for _, low, high in regions]
    else:
        found = _of_lines(spectrum, lines, measurement.nucleus)
    measured = [_integrated(spectrum, one, noise, bool(regions)) for one in found[:_MOST_MULTIPLETS]]
    return Analysis(
        measurement, spectrum, noise, measured, lines, _scale(measured, asked.protons), phase, name, moved
    )  # fmt: skip


def processed(measurement: Measurement, asked: Question) -> tuple[Spectrum, Phase | None]:
    """Return the spectrum: from the decay where there is one, else as its own program made it."""
    if measurement.decay is None:
        assert measurement.spectrum is not None
        spectrum = measurement.spectrum
        if asked.observe_mhz:
            spectrum = replace(spectrum, observe_mhz=asked.observe_mhz)
        return (processing.without_baseline(spectrum) if asked.baseline == "polynomial" else spectrum), None
    decay = measurement.decay
    broadening = asked.broadening_hz
    if broadening < 0:
        broadening = _BROADENING_HZ.get(measurement.nucleus, _USUAL_BROADENING_HZ)
    ppm, values = processing.transformed(decay, broadening)
    phase = _phase(values, asked.phase)
    values = processing.turned(values, phase)
    spectrum = Spectrum(ppm, np.asarray(values.real), asked.observe_mhz or decay.observe_mhz)
    return (spectrum if asked.baseline == "none" else processing.without_baseline(spectrum)), phase


def _phase(values: np.ndarray, words: str) -> Phase:
    if words == "auto":
        return processing.find_phase(values)
    parts = words.replace(";", ",").split(",")
    try:
        zero, first = (float(one) for one in (*parts, "0")[:2])
    except ValueError:
        raise BadParameter(
            "phase", words, "auto, or the phases of order 0 and 1 in degrees, such as 84.2,-1.2"
        ) from None
    return Phase(zero, first)


def parse_regions(text: str | None) -> list[tuple[str, float, float]]:
    """Return names and limits in ppm of the regions in a text.

    >>> parse_regions("CH3=2.4-2.2; 8.4 to 8.0")
    [('CH3', 2.2, 2.4), ('', 8.0, 8.4)]
    """
    found = []
    for part in re.split(r"[;\n]", text or ""):
        if not part.strip():
            continue
        match = _REGION.match(part)
        if match is None or match["a"] == match["b"]:
            raise BadParameter("regions", part.strip()[:40], "limits in ppm, such as CH3=2.4-2.2; 8.4-8.0")
        low, high = sorted((float(match["a"]), float(match["b"])))
        found.append((match["name"] or "", low, high))
    return found


def _of_lines(spectrum: Spectrum, lines: Sequence[Line], nucleus: str) -> list[Multiplet]:
    groups = gathered(lines, spectrum.observe_mhz, nucleus)
    found = []
    for i, group in enumerate(groups):
        width = max(one.width_hz for one in group) / spectrum.observe_mhz
        margin = max(_MARGIN_WIDTHS * width, _MARGIN_PPM)
        low, high = group[0].ppm - margin, group[-1].ppm + margin
        if i:
            low = max(low, (groups[i - 1][-1].ppm + group[0].ppm) / 2)
        if i + 1 < len(groups):
            high = min(high, (group[-1].ppm + groups[i + 1][0].ppm) / 2)
        found.append(_multiplet(spectrum, group, low, high))
    return found


def _of_region(spectrum: Spectrum, lines: Sequence[Line], low: float, high: float) -> Multiplet:
    inside = [one for one in lines if low <= one.ppm <= high]
    if not (spectrum.ppm[0] <= low and high <= spectrum.ppm[-1]):
        limits = f"{low:g} to {high:g} ppm"
        raise BadParameter("regions", limits, f"limits within {spectrum.ppm[0]:.2f} to {spectrum.ppm[-1]:.2f} ppm")
    return _multiplet(spectrum, inside, low, high)


def _multiplet(spectrum: Spectrum, lines: Sequence[Line], low: float, high: float) -> Multiplet:
    if not lines:
        return Multiplet(low, high, (low + high) / 2, "", [], 0.0, [])
    name, couplings, misfit = pattern_of(lines, spectrum.observe_mhz)
    middle = (lines[0].ppm + lines[-1].ppm) / 2
    step_hz = spectrum.step_ppm * spectrum.observe_mhz
    u_coupling = float(np.hypot(misfit, step_hz / 6**0.5)) if couplings else 0.0
    return Multiplet(low, high, middle, name, couplings, u_coupling, lines)


def places_of(spectrum: Spectrum, low: float, high: float) -> tuple[int, int]:
    """Return the first and the last point of a region: those nearest to its limits."""
    first, last = (int(np.argmin(np.abs(spectrum.ppm - one))) for one in (low, high))
    return first, last


def _integrated(spectrum: Spectrum, one: Multiplet, noise: float, is_given: bool) -> Multiplet:
    """Return the multiplet with its integral, the sum of the points, and its standard uncertainty.

    The noise of the points, and what more comes in when the limits move out by a fifth (a uniform distribution).
    """
    first, last = places_of(spectrum, one.low_ppm, one.high_ppm)
    total = float(spectrum.intensity[first : last + 1].sum())
    more = 0.0
    if not is_given:
        wider = int((_WIDER - 1) / 2 * (last - first))
        outer = float(spectrum.intensity[max(0, first - wider) : last + 1 + wider].sum())
        more = abs(outer - total) / 3**0.5
        more = min(more, 0.1 * abs(total))
    u = float(np.hypot(noise * np.sqrt(last - first + 1), more))
    return replace(one, integral=total, u_integral=max(u, 1e-9 * abs(total), 1e-300))


def _scale(found: Sequence[Multiplet], protons: str) -> float:
    """Return what turns integrals into numbers of nuclei: told for one multiplet, else so that most are whole."""
    if protons.strip():
        try:
            place, number = (float(part) for part in protons.split("="))
        except ValueError:
            raise BadParameter("protons", protons, "a shift and its number of nuclei, such as 2.29=3") from None
        near = min(found, key=lambda one: abs(one.ppm - place), default=None)
        if near is None or abs(near.ppm - place) > 0.5 or near.integral <= 0 or number <= 0:
            raise BadParameter("protons", protons, "the shift of a multiplet in the table")
        return number / near.integral
    values: Floats = np.array([one.integral for one in found if one.integral > 0])
    if not values.size:
        return 1.0
    large = np.sort(values)[::-1][:12]
    best, least = 1.0 / float(large[0]), np.inf
    for value in large:
        for number in (1, 2, 3, 4, 6, 9):
            counts = large[large >= 0.05 * large[0]] * number / value
            off = np.abs(counts - np.maximum(np.round(counts), 1)) / np.maximum(counts, 1)
            cost = float(off.mean()) + 0.03 * float(counts.max())
            if cost < least:
                best, least = number / float(value), cost
    return best
