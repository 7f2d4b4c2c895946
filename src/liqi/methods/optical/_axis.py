"""The correction of a Raman axis: from neon lines in wavelength and the laser's own, or from shifts alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from liqi.methods.optical._references import Found, Standard
from liqi.methods.optical._spectrum import Floats, Spectrum

MOST_DEGREE = 3
_GAIN = 0.9
"""A higher degree has to bring the error at left-out lines down to this share."""


@dataclass(frozen=True)
class Curve:
    """A polynomial correction with its covariance; `centre` and `scale` make the abscissa small."""

    values: Floats
    covariance: Floats
    centre: float
    scale: float
    left_out: Floats
    """The residual of each line when it took no part in the fit."""

    @property
    def degree(self) -> int:
        """The degree of the polynomial."""
        return len(self.values) - 1

    def at(self, x: Floats | float) -> Floats:
        """Return the correction to be added."""
        return np.asarray(_powers(np.asarray(x, np.float64), self) @ self.values)

    def u_at(self, x: Floats | float) -> Floats:
        """Return the standard uncertainty of the correction."""
        powers = _powers(np.asarray(x, np.float64), self)
        return np.asarray(np.sqrt(np.einsum("...i,ij,...j->...", powers, self.covariance, powers)))


def _powers(x: Floats, curve: Curve) -> Floats:
    return np.stack([((x - curve.centre) / curve.scale) ** i for i in range(len(curve.values))], axis=-1)


def fit_curve(x: Floats, off: Floats, u: Floats, most_degree: int = MOST_DEGREE) -> Curve:
    """Return the polynomial through corrections `off` at `x` whose left-out errors are least, the simpler if alike.

    Weighted least squares; the covariance is widened where the scatter is more than the uncertainties say.
    """
    centre, scale = float(x.mean()), float(np.ptp(x) / 2) or 1.0
    best: Curve | None = None
    error = math.inf
    for degree in range(min(most_degree, max(0, (len(x) - 1) // 2)) + 1):
        found = _fit(x, off, u, degree, centre, scale)
        now = float(np.sqrt(np.mean((found.left_out / u) ** 2)))
        if best is None or now < _GAIN * error:
            best, error = found, now
    assert best is not None
    return best


def _fit(x: Floats, off: Floats, u: Floats, degree: int, centre: float, scale: float) -> Curve:
    powers = np.stack([((x - centre) / scale) ** i for i in range(degree + 1)], axis=-1)
    weighted = powers / u[:, None]
    inverse = np.linalg.inv(weighted.T @ weighted)
    values = inverse @ weighted.T @ (off / u)
    residuals = off - powers @ values
    leverage = np.einsum("ij,jk,ik->i", weighted, inverse, weighted)
    free = len(x) - degree - 1
    wider = max(1.0, float(((residuals / u) ** 2).sum()) / free) if free > 0 else 1.0
    left_out = np.asarray(residuals / np.maximum(1 - leverage, 1e-9) if free > 0 else residuals * np.nan, np.float64)
    apart = np.asarray(np.nan_to_num(left_out, nan=float(np.abs(off).max()) or 1.0), np.float64)
    return Curve(np.asarray(values, np.float64), np.asarray(inverse * wider, np.float64), centre, scale, apart)


@dataclass(frozen=True)
class Calibration:
    """How the axis is corrected: in wavelength with the laser's true one, or the shift itself."""

    wavelength: Curve | None
    shift: Curve | None
    laser_nm: float | None
    u_laser_nm: float
    nominal_laser_nm: float | None
    used: Sequence[Found]

    def corrected(self, position: float, light: float | None) -> tuple[float, float]:
        """Return a shift on the corrected axis with the standard uncertainty that the correction brings."""
        if self.wavelength is not None and self.laser_nm is not None and light is not None:
            true = light + float(self.wavelength.at(light))
            from_light, from_laser = 1e7 / true**2, 1e7 / self.laser_nm**2
            u = math.hypot(from_light * float(self.wavelength.u_at(light)), from_laser * self.u_laser_nm)
            return 1e7 * (1 / self.laser_nm - 1 / true), u
        if self.shift is not None:
            return position + float(self.shift.at(position)), float(self.shift.u_at(position))
        return position, 0.0

    def apply(self, spectrum: Spectrum) -> Spectrum:
        """Return the spectrum on the corrected axis."""
        if self.wavelength is not None and self.laser_nm is not None:
            light = spectrum.x if spectrum.x_unit == "nm" else _lights(spectrum)
            if light is not None:
                true = light + self.wavelength.at(light)
                x = 1e7 * (1 / self.laser_nm - 1 / true)
                return replace(spectrum, x=np.asarray(x), x_unit="cm-1", wavelength_nm=np.asarray(true))
        if self.shift is not None and spectrum.x_unit == "cm-1":
            return replace(spectrum, x=spectrum.x + self.shift.at(spectrum.x))
        return spectrum


def _lights(spectrum: Spectrum) -> Floats | None:
    if spectrum.wavelength_nm is not None:
        return spectrum.wavelength_nm
    return np.asarray(1 / (1 / spectrum.laser_nm - spectrum.x / 1e7)) if spectrum.laser_nm else None


def calibrate(standards: Sequence[Standard]) -> Calibration:
    """Return the correction that the spectra of reference materials give.

    With a neon lamp the wavelengths are corrected first and the laser's own follows from the shifts, silicon before
    all others (laser zero); without one the shifts are corrected by a polynomial. Materials kept for checking
    (calcite) count in the fit only where there is nothing else.
    """
    neon = [one for standard in standards if standard.material == "neon" for one in standard.lines]
    shifts = [one for standard in standards for one in standard.lines if one.line.quantity == "shift"]
    if not shifts:
        shifts = [one for standard in standards for one in standard.lines if one.line.quantity == "check"]
    nominal = next((one.spectrum.laser_nm for one in standards if one.spectrum.laser_nm), None)
    if neon and all(one.wavelength is not None for one in shifts):
        return _of_light(neon, shifts, nominal)
    if not shifts:
        return Calibration(None, None, nominal, 0.0, nominal, ())
    x = np.array([one.band.position for one in shifts])
    off = np.array([one.line.position for one in shifts]) - x
    u = np.array([math.hypot(one.line.uncertainty, one.band.u_position) for one in shifts])
    return Calibration(None, fit_curve(x, off, u), nominal, 0.0, nominal, shifts)


def _of_light(neon: Sequence[Found], shifts: Sequence[Found], nominal: float | None) -> Calibration:
    kept = list(neon)
    for _ in range(3):  # blended lines stand aside: those farther than four robust deviations
        x, off, u = _light_columns(kept)
        curve = fit_curve(x, off, u)
        residual = np.abs(off - curve.at(x))
        limit = 4 * 1.4826 * float(np.median(residual)) + 0.01
        fewer = [one for one, far in zip(kept, residual, strict=True) if far <= limit]
        if len(fewer) == len(kept) or len(fewer) < 6:
            break
        kept = fewer
    zero = [one for one in shifts if one.line.material == "silicon"] or list(shifts)
    if not zero:
        return Calibration(curve, None, nominal, 0.0, nominal, kept)
    lasers, weights = [], []
    for one in zero:
        assert one.wavelength is not None
        true = one.wavelength + float(curve.at(one.wavelength))
        lasers.append(1 / (one.line.position / 1e7 + 1 / true))
        of_shift = math.hypot(one.line.uncertainty, one.band.u_position) * lasers[-1] ** 2 / 1e7
        weights.append(1 / math.hypot(of_shift, float(curve.u_at(one.wavelength))) ** 2)
    laser = float(np.average(lasers, weights=weights))
    return Calibration(curve, None, laser, 1 / math.sqrt(sum(weights)), nominal, [*kept, *zero])


def _light_columns(lines: Sequence[Found]) -> tuple[Floats, Floats, Floats]:
    x = np.array([float(one.wavelength or 0) for one in lines])
    off = np.array([one.line.position for one in lines]) - x
    slope = np.array([1.0 if one.band.position == one.wavelength else x[i] ** 2 / 1e7 for i, one in enumerate(lines)])
    u = np.hypot([one.line.uncertainty for one in lines], slope * [one.band.u_position for one in lines])
    return x, off, np.asarray(u)
