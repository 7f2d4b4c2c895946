"""Thon rings: defocus, astigmatism and the resolution of the fit, from a power spectrum."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from liqi.methods.cryoem._ctf import Optics, transfer, wavelength
from liqi.methods.cryoem._power import Power

Numbers = NDArray[np.float64]
SECTORS = 18
"""Of the half circle; the spectrum is averaged in each, a pixel of frequency at a time."""
BACKGROUND, ENVELOPE = 4, 3
"""Terms of the smooth curves that the spectrum and its rings lie on (Legendre polynomials of frequency)."""
STRETCHED = np.array([0.0, 300, 600, 1000, 1500, 2200, 3200, 4500])
"""Half differences of defocus in angstrom that the first search tries."""
FOLLOWED = 0.5
"""The correlation down to which rings are followed (Rohou and Grigorieff 2015)."""
SPAN, LEAST_SPAN = 2.0, 16
"""Rings, and steps, that the correlation is worked out over."""
STEP_ANGSTROM = 10.0
"""Of defocus, over which the slope of what is left is taken."""


@dataclass(frozen=True, slots=True)
class Microscope:
    """What a fit takes as known."""

    voltage_kv: float
    spherical_mm: float
    amplitude: float
    phase_deg: float = 0.0

    def optics(self, u: Numbers, v: Numbers, angle_deg: Numbers) -> Optics:
        """Return the optics of images with these defoci."""
        ones = np.ones(len(u))
        fixed = (self.voltage_kv * ones, self.spherical_mm * ones, self.amplitude * ones)
        return Optics(*fixed, u, v, angle_deg, self.phase_deg * ones)


@dataclass(frozen=True, slots=True)
class Curve:
    """The spectrum along one axis, astigmatism taken out: frequencies in 1/angstrom, what was found, and the fit."""

    frequency: Numbers
    found: Numbers
    """The share of a ring's height that stands at this frequency, smooth background taken off."""
    fitted: Numbers
    """The squared transfer function."""
    correlation: Numbers
    """Of the two over a window of two rings; not a number where the window does not fit."""


@dataclass(frozen=True, slots=True)
class Rings:
    """A fitted transfer function: defocus along two axes in angstrom (u the larger) with standard uncertainties."""

    u_angstrom: float
    v_angstrom: float
    angle_deg: float
    """Of u, from x towards y, 0 to 180."""
    mean_uncertainty_angstrom: float
    difference_uncertainty_angstrom: float
    angle_uncertainty_deg: float
    score: float
    """Correlation of the spectrum with the rings, smooth background apart."""
    angstrom: float
    """The resolution to which the rings are followed."""
    limited: bool
    """Whether that is the pixel's limit."""
    at_border: bool
    """Whether the mean defocus lies at an end of what was searched."""
    curve: Curve

    @property
    def mean_angstrom(self) -> float:
        """The mean of both defoci."""
        return (self.u_angstrom + self.v_angstrom) / 2

    @property
    def astigmatism_angstrom(self) -> float:
        """How far the two defoci lie apart."""
        return self.u_angstrom - self.v_angstrom


def fit_rings(
    spectrum: Power,
    microscope: Microscope,
    low_angstrom: float = 30.0,
    high_angstrom: float = 5.0,
    defocus_angstrom: tuple[float, float] = (3000.0, 50_000.0),
    stretched: bool = True,
) -> Rings:
    """Return the defocus, astigmatism and reach of the rings between two resolutions.

    The spectrum is a smooth background plus a smooth envelope times the squared transfer function (Zhu et al. 1997,
    J. Struct. Biol. 118, 197), averaged in sectors. All defoci are tried in every sector alone, all astigmatisms on
    these scores; the best are sharpened by least squares with both smooth curves solved for at each step.
    """
    from scipy import optimize

    points = _Points.of(spectrum, low_angstrom, high_angstrom)
    starts = _searched(points, microscope, defocus_angstrom, STRETCHED if stretched else STRETCHED[:1])
    free = 3 if stretched else 1

    def left(told: Numbers) -> Numbers:
        return _left(points, microscope, np.append(told, (0.0, 0.0))[:3])[0]

    def slope(told: Numbers) -> Numbers:
        steps = np.eye(free) * STEP_ANGSTROM
        return np.column_stack([(left(told + step) - left(told - step)) / (2 * STEP_ANGSTROM) for step in steps])

    made = [optimize.least_squares(left, start[:free], slope, x_scale=100.0, xtol=1e-7) for start in starts]
    best = min(made, key=lambda one: one.cost)
    told = np.append(best.x, (0.0, 0.0))[:3]
    mean, a, b = (float(one) for one in told)
    half, angle = float(np.hypot(a, b)), float(np.rad2deg(np.arctan2(b, a)) / 2 % 180)
    rest, score = _left(points, microscope, told)
    over = max(len(rest) - free - BACKGROUND - ENVELOPE, 1)
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * (rest @ rest) / over * spectrum.alike
    spread = np.append(np.sqrt(np.diag(covariance)), (0.0, 0.0))
    sides = float(np.hypot(spread[1], spread[2]) / np.sqrt(2))
    curve = _curve(spectrum, microscope, (mean, half, angle), low_angstrom)
    angstrom, limited = _followed(curve, spectrum.pixel_angstrom, low_angstrom)
    turn = float(np.rad2deg(np.arctan2(sides, half)) / 2) if stretched else 0.0
    low, high = defocus_angstrom
    border = not low * 1.01 < mean < high * 0.99
    return Rings(
        mean + half, mean - half, angle, float(spread[0]), 2 * sides, turn, score, angstrom, limited, border, curve
    )


@dataclass(frozen=True, slots=True)
class _Points:
    """The spectrum averaged over a pixel of frequency in each sector, divided by its own smooth background."""

    squared: Numbers
    direction: Numbers
    value: Numbers
    weight: Numbers
    """The square root of how many pixels were averaged, by which each point counts."""
    smooth: Numbers
    """The terms of a smooth curve `(points, terms)`."""
    sector: NDArray[np.intp]

    @classmethod
    def of(cls, spectrum: Power, low_angstrom: float, high_angstrom: float) -> "_Points":
        kx, ky = np.broadcast_arrays(spectrum.kx, spectrum.ky)
        frequency = np.hypot(kx, ky)
        finest = 0.95 / (2 * spectrum.pixel_angstrom)
        high = min(1 / high_angstrom, finest)
        inside = (frequency >= 1 / low_angstrom) & (frequency <= high) & ((kx > 0) | (ky > 0))
        kx, ky, frequency = kx[inside], ky[inside], frequency[inside]
        direction = np.arctan2(ky, kx) % np.pi
        sector = np.minimum((direction / np.pi * SECTORS).astype(np.intp), SECTORS - 1)
        radius = np.rint(frequency * spectrum.box * spectrum.pixel_angstrom).astype(np.intp)
        radius -= radius.min()
        cell = sector * (radius.max() + 1) + radius
        count = np.bincount(cell)
        held = np.flatnonzero(count)
        count = count[held]
        sums = [np.bincount(cell, part)[held] / count for part in (frequency, frequency**2, spectrum.values[inside])]
        middle = (held // (radius.max() + 1) + 0.5) * np.pi / SECTORS
        along = 2 * (sums[0] - 1 / low_angstrom) / max(high - 1 / low_angstrom, 1e-9) - 1
        smooth = legendre.legvander(along, BACKGROUND - 1)
        weight = np.sqrt(count.astype(np.float64))
        told = np.linalg.lstsq(smooth * weight[:, None], np.log(np.maximum(sums[2], 1e-30)) * weight, rcond=None)[0]
        value = sums[2] / np.exp(smooth @ told)
        return cls(sums[1], middle, value, weight, np.asarray(smooth, np.float64), held // (radius.max() + 1))


def _left(points: _Points, microscope: Microscope, told: Numbers) -> tuple[Numbers, float]:
    """Return what both smooth curves and the rings leave of each point, weighted, and the rings' correlation."""
    mean, a, b = (float(one) for one in told)
    half, angle = float(np.hypot(a, b)), float(np.rad2deg(np.arctan2(b, a)) / 2)
    optics = microscope.optics(*(np.array([one]) for one in (mean + half, mean - half, angle)))
    rings = transfer(optics, points.squared.astype(np.float32), points.direction.astype(np.float32))[0] ** 2
    weight = points.weight[:, None]
    flat, value = points.smooth * weight, points.value * points.weight
    shaped = points.smooth[:, :ENVELOPE] * rings[:, None] * weight
    # the background first, so that what it leaves says how much the rings alone explain
    base = np.linalg.qr(flat)[0]
    rest, of_rings = value - base @ (base.T @ value), shaped - base @ (base.T @ shaped)
    fitted = of_rings @ np.linalg.lstsq(of_rings, rest, rcond=None)[0]
    upward = float(fitted @ of_rings[:, 0])
    size = float(np.linalg.norm(rest)) or 1.0
    return rest - fitted, float(np.sign(upward) * np.linalg.norm(fitted) / size)


def _searched(
    points: _Points, microscope: Microscope, defocus: tuple[float, float], halves: Numbers
) -> list[tuple[float, ...]]:
    """Return the three best of all defoci and astigmatisms, each found by looking scores of sectors up."""
    wave = float(wavelength(microscope.voltage_kv))
    step = 0.2 / (wave * float(points.squared.max()))
    defoci = np.arange(defocus[0], defocus[1] + step, step)
    scores = np.zeros((SECTORS, len(defoci)))
    for sector in range(SECTORS):
        here = points.sector == sector
        if here.sum() <= BACKGROUND + 2:
            continue
        optics = microscope.optics(defoci, defoci, 0 * defoci)
        squared = points.squared[here].astype(np.float32)
        weight = points.weight[here]
        rings = (transfer(optics, squared, 0 * squared) ** 2 * weight).T.astype(np.float64)
        base = np.linalg.qr(points.smooth[here] * weight[:, None])[0]
        value = points.value[here] * weight
        value -= base @ (base.T @ value)
        rings -= base @ (base.T @ rings)
        scores[sector] = value @ rings / np.maximum(np.linalg.norm(rings, axis=0), 1e-12)
    middles = (np.arange(SECTORS) + 0.5) * 180 / SECTORS
    found: list[tuple[float, tuple[float, ...]]] = []
    for half in halves:
        for angle in np.arange(0, 180, 15) if half else (0,):
            offset = half * np.cos(2 * np.deg2rad(middles - angle))
            total = sum(np.interp(defoci + off, defoci, row, 0, 0) for off, row in zip(offset, scores, strict=True))
            peak = int(np.argmax(total))
            turned = 2 * np.deg2rad(angle)
            told = (float(defoci[peak]), half * float(np.cos(turned)), half * float(np.sin(turned)))
            found.append((float(np.asarray(total)[peak]), told))
    return [told for _, told in sorted(found, reverse=True)[:3]]


def _curve(spectrum: Power, microscope: Microscope, told: tuple[float, float, float], low_angstrom: float) -> Curve:
    """Return the spectrum along the frequency at which the mean defocus has the same phase.

    Equiphase averaging (Zhang 2016, J. Struct. Biol. 193, 1), so that astigmatism does not blur the rings.
    """
    mean, half, angle = told
    kx, ky = np.broadcast_arrays(spectrum.kx, spectrum.ky)
    frequency = np.hypot(kx, ky)
    inside = (frequency >= 1 / low_angstrom) & (frequency < 1 / (2 * spectrum.pixel_angstrom))
    squared, direction = frequency[inside] ** 2, np.arctan2(ky, kx)[inside]
    wave = float(wavelength(microscope.voltage_kv))
    quartic = microscope.spherical_mm * 1e7 * wave**3 / 2
    local = mean + half * np.cos(2 * (direction - np.deg2rad(angle)))
    phase = wave * local * squared - quartic * squared**2
    root = np.maximum((wave * mean) ** 2 - 4 * quartic * phase, 0)
    alike = 2 * phase / (wave * mean + np.sqrt(root))
    step = 0.5 / (spectrum.box * spectrum.pixel_angstrom)
    place = np.rint(np.sqrt(np.maximum(alike, 0)) / step).astype(np.intp)
    count = np.bincount(place)
    held = np.flatnonzero((count >= 3) & (np.arange(len(count)) * step < 1 / (2 * spectrum.pixel_angstrom)))
    value = np.bincount(place, spectrum.values[inside])[held] / count[held]
    at = np.sqrt(np.bincount(place, alike)[held] / count[held])
    optics = microscope.optics(*(np.array([one]) for one in (mean, mean, 0.0)))
    fitted = transfer(optics, (at**2).astype(np.float32), (0 * at).astype(np.float32))[0].astype(np.float64) ** 2
    return Curve(at, *_along(at, value, fitted, _widths(at, wave, mean, step)))


def _widths(frequency: Numbers, wave: float, defocus: float, step: float) -> NDArray[np.intp]:
    """Return how many steps two rings are wide at each frequency."""
    ring = 1 / np.maximum(2 * wave * abs(defocus) * frequency, 1e-12)
    return np.asarray(np.maximum(np.rint(SPAN * ring / step), LEAST_SPAN), np.intp)


def _along(at: Numbers, value: Numbers, fitted: Numbers, width: NDArray[np.intp]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the found rings, the fitted ones and their correlation, each in a window with its own straight ground."""
    found, near = np.full(len(at), np.nan), np.full(len(at), np.nan)
    for place in range(len(at)):
        low = place - int(width[place]) // 2
        high = low + int(width[place])
        if low < 0 or high > len(at):
            continue
        flat = np.column_stack([np.ones(high - low), at[low:high] - at[place]])
        ground = np.linalg.qr(flat)[0]
        one, other = (part - ground @ (ground.T @ part) for part in (value[low:high], fitted[low:high]))
        size = float(np.linalg.norm(one) * np.linalg.norm(other))
        near[place] = float(one @ other) / size if size else 0.0
        solved = np.linalg.lstsq(np.column_stack([flat, fitted[low:high]]), value[low:high], rcond=None)[0]
        # where a window has no rings, its height says nothing: it is then told against the window's own spread
        height = max(float(solved[2]), 2 * float(np.std(one)))
        found[place] = (value[place] - solved[0]) / height if height > 0 else 0.0
    return found, fitted, near


def _followed(curve: Curve, pixel_angstrom: float, low_angstrom: float) -> tuple[float, bool]:
    """Return the resolution at which the correlation falls below its threshold for good, and whether it never does."""
    known = np.flatnonzero(np.isfinite(curve.correlation))
    if not known.size:
        return low_angstrom, False
    below = known[curve.correlation[known] < FOLLOWED]
    above = known[curve.correlation[known] >= FOLLOWED]
    if not above.size:
        return low_angstrom, False
    later = below[below > above[0]]
    if not later.size:
        return 2 * pixel_angstrom, True
    return float(1 / curve.frequency[later[0]]), False
