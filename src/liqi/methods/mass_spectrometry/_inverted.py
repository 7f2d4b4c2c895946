"""Does this reference substance stand in that powder: shares of its peaks found at each voltage."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._signal_shares import SignalShare
from liqi.methods.readers import Spectrum

Powder = dict[int, Spectrum]
"""One sample's spectra by in-source voltage (V), ascending."""
LEAST_TARGET = 0.01
REFERENCE_NOISE = 0.02


@dataclass(frozen=True, slots=True)
class Reference:
    """A pure substance with its spectra by voltage; `parts` are the true m/z of its known ions."""

    name: str
    inchikey: str
    formula: str
    ion_mz: float
    spectra: dict[int, Spectrum]
    parts: Mapping[int, Floats] = field(default_factory=dict)
    smiles: str = ""


@dataclass(frozen=True, slots=True)
class Substance:
    """What speaks for a reference being in the powder.

    `target_share` is its ion's intensity over the base peak at the lowest voltage; `shares` says, by higher
    voltage, which part of the reference's intensity has a peak in the powder. `signal` is its share of the
    powder's signal. `alike` names the other references that fit and that this powder cannot tell from it.
    """

    reference: Reference
    present: bool
    target_mz: float | None
    target_share: float
    shares: Mapping[int, float]
    signal: SignalShare | None = None
    alike: tuple[str, ...] = ()

    @property
    def smallest_share(self) -> float:
        """The weakest evidence among the higher voltages."""
        return min(self.shares.values(), default=0.0)

    @property
    def verdict(self) -> str:
        """`identified`, `isomers` where others fit too, `ion alone` where no fragments could be asked, `not found`."""
        if self.present:
            return "isomers" if self.alike else "identified"
        return "ion alone" if self.target_share >= LEAST_TARGET and not self.shares else "not found"


def seek(reference: Reference, powder: Powder, width_da: float, least_share: float) -> Substance:
    """Return the evidence for one reference; it is present when its ion and all its fragment patterns are."""
    lowest = min(powder)
    target_mz, target_share = target_of(powder[lowest], reference.ion_mz, width_da)
    shares = {
        voltage: share_found(reference.spectra[voltage], spectrum, width_da)
        for voltage, spectrum in powder.items()
        if voltage != lowest and voltage in reference.spectra
    }
    enough = bool(shares) and min(shares.values()) >= least_share
    return Substance(reference, enough and target_share >= LEAST_TARGET, target_mz, target_share, shares)


def share_found(reference: Spectrum, sample: Spectrum, width_da: float) -> float:
    """Return which part of the reference's intensity (peaks from 2 % of its base peak) the sample has."""
    strong = reference.intensity >= REFERENCE_NOISE * reference.intensity.max()
    mz, intensity = reference.mz[strong], reference.intensity[strong]
    return float(intensity[near(mz, sample.mz, width_da)].sum() / intensity.sum())


def near(mz: Floats, others: Floats, width_da: float) -> NDArray[np.bool_]:
    """Return, for each m/z, whether `others` (ascending) has a peak within the width."""
    if not others.size:
        return np.zeros(mz.size, dtype=bool)
    place = np.searchsorted(others, mz)
    left = np.abs(others[np.maximum(place - 1, 0)] - mz)
    right = np.abs(others[np.minimum(place, others.size - 1)] - mz)
    return np.asarray(np.minimum(left, right) <= width_da)


def target_of(spectrum: Spectrum, ion_mz: float, width_da: float) -> tuple[float | None, float]:
    """Return m/z and share of the base peak of the strongest peak at an ion's place; None and 0 without one."""
    inside = np.flatnonzero(np.abs(spectrum.mz - ion_mz) <= width_da)
    if not inside.size or spectrum.intensity.max() <= 0:
        return None, 0.0
    best = inside[np.argmax(spectrum.intensity[inside])]
    return float(spectrum.mz[best]), float(spectrum.intensity[best] / spectrum.intensity.max())
