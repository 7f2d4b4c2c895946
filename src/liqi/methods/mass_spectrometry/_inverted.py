"""Does this reference substance stand in that powder: shares of its peaks found at each voltage."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum

Powder = dict[int, Spectrum]
"""One sample's spectra by in-source voltage (V), ascending."""
LEAST_TARGET = 0.01
_REFERENCE_NOISE = 0.02


@dataclass(frozen=True, slots=True)
class Reference:
    """A pure substance with its spectra by voltage."""

    name: str
    inchikey: str
    formula: str
    ion_mz: float
    spectra: dict[int, Spectrum]


@dataclass(frozen=True, slots=True)
class Substance:
    """What speaks for a reference being in the powder.

    `target_share` is its ion's intensity over the base peak at the lowest voltage; `shares` says, by higher
    voltage, which part of the reference's intensity has a peak in the powder.
    """

    reference: Reference
    present: bool
    target_mz: float | None
    target_share: float
    shares: Mapping[int, float]

    @property
    def smallest_share(self) -> float:
        """The weakest evidence among the higher voltages."""
        return min(self.shares.values(), default=0.0)


def seek(reference: Reference, powder: Powder, tolerance: Tolerance, least_share: float) -> Substance:
    """Return the evidence for one reference; it is present when its ion and all its fragment patterns are."""
    lowest = min(powder)
    target_mz, target_share = _target(powder[lowest], reference.ion_mz, tolerance)
    shares = {
        voltage: share_found(reference.spectra[voltage], spectrum, tolerance)
        for voltage, spectrum in powder.items()
        if voltage != lowest and voltage in reference.spectra
    }
    enough = bool(shares) and min(shares.values()) >= least_share
    return Substance(reference, enough and target_share >= LEAST_TARGET, target_mz, target_share, shares)


def share_found(reference: Spectrum, sample: Spectrum, tolerance: Tolerance) -> float:
    """Return which part of the reference's intensity (peaks from 2 % of its base peak) the sample has."""
    strong = reference.intensity >= _REFERENCE_NOISE * reference.intensity.max()
    mz, intensity = reference.mz[strong], reference.intensity[strong]
    return float(intensity[near(mz, sample.mz, tolerance)].sum() / intensity.sum())


def near(mz: Floats, others: Floats, tolerance: Tolerance) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return, for each m/z, whether `others` (ascending) has a peak within the tolerance."""
    if not others.size:
        return np.zeros(mz.size, dtype=bool)
    place = np.searchsorted(others, mz)
    left = np.abs(others[np.maximum(place - 1, 0)] - mz)
    right = np.abs(others[np.minimum(place, others.size - 1)] - mz)
    widths = np.array([tolerance.at(float(one)) for one in mz])
    return np.asarray(np.minimum(left, right) <= widths)


def _target(spectrum: Spectrum, ion_mz: float, tolerance: Tolerance) -> tuple[float | None, float]:
    inside = np.flatnonzero(np.abs(spectrum.mz - ion_mz) <= tolerance.at(ion_mz))
    if not inside.size or spectrum.intensity.max() <= 0:
        return None, 0.0
    best = inside[np.argmax(spectrum.intensity[inside])]
    return float(spectrum.mz[best]), float(spectrum.intensity[best] / spectrum.intensity.max())
