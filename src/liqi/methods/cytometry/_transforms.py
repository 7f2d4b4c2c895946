"""Display scales of cytometry, each with its inverse: Gating-ML 2.0 (Spidlen et al., Cytometry A 87A:683, 2015).

Every scale rises with the signal, so that a limit on the scale is a limit on the signal: gates need transform no event.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from liqi.methods.cytometry._channels import Floats

LN_10 = math.log(10)


class Scale(Protocol):
    """A rising function from the signal to where it is drawn, and back."""

    @property
    def id(self) -> str:
        """The name that gates call it by."""

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals."""

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""


@dataclass(frozen=True)
class Linear:
    """(x + A) / (T + A)."""

    id: str
    T: float
    A: float = 0.0

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals."""
        return (x + self.A) / (self.T + self.A)

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""
        return y * (self.T + self.A) - self.A


@dataclass(frozen=True)
class Log:
    """log10(x / T) / M + 1; minus infinity for signals of zero and below."""

    id: str
    T: float
    M: float

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals."""
        above = np.asarray(x, np.float64) > 0
        return np.where(above, np.log10(np.where(above, x, 1.0) / self.T) / self.M + 1, -np.inf)

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""
        return np.asarray(self.T * 10.0 ** ((y - 1) * self.M))


@dataclass(frozen=True)
class Asinh:
    """(asinh(x sinh(M ln 10) / T) + A ln 10) / ((M + A) ln 10)."""

    id: str
    T: float
    M: float
    A: float = 0.0

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals."""
        return (np.arcsinh(x * (math.sinh(self.M * LN_10) / self.T)) + self.A * LN_10) / ((self.M + self.A) * LN_10)

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""
        return np.asarray(
            np.sinh(y * ((self.M + self.A) * LN_10) - self.A * LN_10) * self.T / math.sinh(self.M * LN_10)
        )


@dataclass(frozen=True)
class Bounded:
    """Another scale whose places are kept between two bounds (boundMin and boundMax of Gating-ML)."""

    scale: Scale
    lowest: float = -math.inf
    highest: float = math.inf

    @property
    def id(self) -> str:
        """The name of the scale within."""
        return self.scale.id

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals."""
        return np.clip(self.scale.forward(x), self.lowest, self.highest)

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale; infinite from the bounds on."""
        y = np.asarray(y, np.float64)
        inside = self.scale.inverse(np.clip(y, self.lowest, self.highest))
        return np.where(y <= self.lowest, -np.inf, np.where(y > self.highest, np.inf, inside))


@dataclass(frozen=True)
class Ratio:
    """A new dimension from two channels: A (x1 - B) / (x2 - C)."""

    id: str
    channels: Sequence[str]
    A: float
    B: float
    C: float

    def of(self, first: Floats, second: Floats) -> Floats:
        """Return the ratio of two channels; infinite where the second is C."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.A * (first - self.B) / (second - self.C))
