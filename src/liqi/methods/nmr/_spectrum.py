"""A one-dimensional NMR signal: the free induction decay as acquired, and the spectrum over the chemical shift."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
FORMATS = "a zipped Bruker or Varian folder, JEOL .jdf, JCAMP-DX of NMR, or a one-dimensional NMRPipe file"


@dataclass(frozen=True, slots=True)
class Decay:
    """A free induction decay; `delay_points` is the group delay of the digital filter."""

    points: Complexes
    sweep_hz: float
    observe_mhz: float
    centre_ppm: float
    delay_points: float = 0.0


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Intensity over the chemical shift, ascending in ppm."""

    ppm: Floats
    intensity: Floats
    observe_mhz: float

    @property
    def step_ppm(self) -> float:
        """The distance of two points in ppm."""
        return float(self.ppm[-1] - self.ppm[0]) / (self.ppm.size - 1)

    def between(self, low: float, high: float) -> NDArray[np.bool_]:
        """Return which points lie between two shifts."""
        return np.asarray((self.ppm >= min(low, high)) & (self.ppm <= max(low, high)))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a file holds: a decay, a spectrum that its program made, or both, with what it tells of itself."""

    path: Path
    format: str
    nucleus: str
    solvent: str
    title: str
    decay: Decay | None = None
    spectrum: Spectrum | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
