"""Scales that are told by their inverse: logicle, hyperlog and FlowJo's biex, to a double and, by a table, nearly."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._channels import Floats
from liqi.methods.cytometry._transforms import LN_10, Bounded, Scale

_GRID = 4096
_STEPS = 60
_CLOSE = 1e-14
_CHANNELS = 4096
_BITS = 44
_FIRST_LINE, _LINES = (1023 - 20) << 8, 64 << 8
"""Lines of the table: signals from 2**-20 to 2**44, 256 lines a doubling."""
NEARLY = 1e-6
"""How far a place from a table of lines may be from the scale's own."""


class _Rising(ABC):
    """A scale that is told by its inverse alone, mirrored about where the signal is zero.

    Forward is found on a grid and refined by Newton's method.
    """

    @abstractmethod
    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""

    @abstractmethod
    def _slope(self, y: Floats) -> Floats: ...

    @cached_property
    def _grid(self) -> tuple[Floats, Floats]:
        places = np.linspace(-2.0, 3.0, _GRID)
        return places, self.inverse(places)

    def forward(self, x: Floats) -> Floats:
        """Return places on the scale for signals, to the precision of a double."""
        x = np.asarray(x, np.float64)
        places, signals = self._grid
        y = np.interp(x, signals, places)
        open_ = np.isfinite(x)
        for _ in range(_STEPS):
            step = np.where(open_, (self.inverse(y) - x) / self._slope(y), 0.0)
            y = y - np.clip(step, -0.5, 0.5)
            if not (np.abs(step) > _CLOSE * np.maximum(1.0, np.abs(y))).any():
                break
        return np.where(open_, y, x)

    @cached_property
    def _table(self) -> tuple[float, Floats, Floats]:
        """The place of zero, and lines over the signals of one exponent and eight bits of the fraction each."""
        edges = (np.arange(_LINES + 1, dtype=np.int64) + _FIRST_LINE << _BITS).view(np.float64)
        edges[0] = 0.0
        y = self.forward(edges)
        slope = np.diff(y) / np.diff(edges)
        return float(y[0]), y[:-1] - slope * edges[:-1], slope

    def nearly(self, x: Floats) -> Floats:
        """Return places on the scale to within `NEARLY`, by a table of lines."""
        zero, start, slope = self._table
        above = np.abs(x)
        line = ((above.view(np.int64) >> _BITS) - _FIRST_LINE).clip(0, _LINES - 1)
        above *= slope[line]
        above += start[line]
        above -= zero
        return np.asarray(zero + np.copysign(above, x))


@dataclass(frozen=True)
class Logicle(_Rising):
    """Parks, Roederer and Moore, Cytometry A 69A:541 (2006), in the form of Moore and Parks, 81A:273 (2012).

    Below zero it is the mirror image of above.
    """

    id: str
    T: float
    W: float
    M: float
    A: float = 0.0
    _of: tuple[float, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        _expect(
            self.T > 0 and self.M > 0 and 0 <= self.W <= self.M / 2 and -self.W <= self.A <= self.M - 2 * self.W,
            self.id,
        )
        w, x2 = self.W / (self.M + self.A), self.A / (self.M + self.A)
        x1, x0 = x2 + w, x2 + 2 * w
        b = (self.M + self.A) * LN_10
        d = _conjugate(b, w)
        c_a = math.exp(x0 * (b + d))
        f_a = math.exp(b * x1) - c_a / math.exp(d * x1)
        a = self.T / (math.exp(b) - f_a - c_a / math.exp(d))
        object.__setattr__(self, "_of", (a, b, c_a * a, d, f_a * a, x1))

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""
        a, b, c, d, f, x1 = self._of
        place = x1 + np.abs(y - x1)
        return np.asarray(np.copysign(a * np.exp(b * place) - c * np.exp(-d * place) - f, y - x1))

    def _slope(self, y: Floats) -> Floats:
        a, b, c, d, _, x1 = self._of
        place = x1 + np.abs(y - x1)
        return np.asarray(a * b * np.exp(b * place) + c * d * np.exp(-d * place))


@dataclass(frozen=True)
class Hyperlog(_Rising):
    """Bagwell, Cytometry A 64A:34 (2005), in the form of Gating-ML 2.0; below zero the mirror image of above."""

    id: str
    T: float
    W: float
    M: float
    A: float = 0.0
    _of: tuple[float, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        _expect(
            self.T > 0 and self.M > 0 and 0 < self.W <= self.M / 2 and -self.W <= self.A <= self.M - 2 * self.W, self.id
        )
        w, x2 = self.W / (self.M + self.A), self.A / (self.M + self.A)
        x1, x0 = x2 + w, x2 + 2 * w
        b = (self.M + self.A) * LN_10
        c_a = math.exp(b * x0) / w
        f_a = math.exp(b * x1) + c_a * x1
        a = self.T / (math.exp(b) + c_a - f_a)
        object.__setattr__(self, "_of", (a, b, c_a * a, f_a * a, x1))

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale."""
        a, b, c, f, x1 = self._of
        away = np.abs(y - x1)
        return np.asarray(np.copysign(a * np.exp(b * (x1 + away)) + c * (x1 + away) - f, y - x1))

    def _slope(self, y: Floats) -> Floats:
        a, b, c, _, x1 = self._of
        return np.asarray(a * b * np.exp(b * (x1 + np.abs(y - x1))) + c)


@dataclass(frozen=True)
class Biex(_Rising):
    """The biexponential scale of FlowJo workspaces: a table of 4,096 channels, here the function behind it.

    It is a logicle of W = log10(-width) / 2 and A = neg whose zero is moved to a whole channel, mirrored below zero;
    held against a table that FlowJo wrote.
    """

    id: str
    T: float
    positive: float
    negative: float
    width: float
    _of: tuple[float, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        _expect(self.T > 0 and self.positive > 0 and self.negative >= 0 and self.width < 0, self.id)
        half = math.log10(max(-self.width, 1.0 + 1e-9)) / 2
        zero = int((self.negative + half) * _CHANNELS / (self.positive + self.negative))
        _expect(zero > 0, self.id)
        decades = (self.negative + half) * _CHANNELS / zero
        w, b = half / decades, decades * LN_10
        d = _conjugate(b, w)
        c = math.exp((b + d) * (2 * w + self.negative / decades))
        a, v = self.T / math.exp(b), zero / (_CHANNELS + 1)
        object.__setattr__(self, "_of", (a, b, c * a, d, a * math.exp(b * v) - c * a * math.exp(-d * v), v))

    def inverse(self, y: Floats) -> Floats:
        """Return signals for places on the scale, where 1 is channel 4,096."""
        a, b, c, d, f, zero = self._of
        place = np.asarray(y) * (_CHANNELS / (_CHANNELS + 1))
        away = zero + np.abs(place - zero)
        return np.asarray(np.copysign(a * np.exp(b * away) - c * np.exp(-d * away) - f, place - zero))

    def _slope(self, y: Floats) -> Floats:
        a, b, c, d, _, zero = self._of
        share = _CHANNELS / (_CHANNELS + 1)
        away = zero + np.abs(np.asarray(y) * share - zero)
        return np.asarray(share * (a * b * np.exp(b * away) + c * d * np.exp(-d * away)))


def nearly(scale: Scale, x: Floats) -> Floats:
    """Return places on a scale to within `NEARLY`, or better."""
    if isinstance(scale, Bounded):
        return np.clip(nearly(scale.scale, x), scale.lowest, scale.highest)
    return scale.nearly(x) if isinstance(scale, _Rising) else scale.forward(x)


def _conjugate(b: float, w: float) -> float:
    """Return d > 0 of 2 (ln d - ln b) + w (b + d) = 0, by halving: the left side rises with d."""
    if w == 0:
        return b
    low, high = 0.0, b
    for _ in range(200):
        d = (low + high) / 2
        if 2 * (math.log(d) - math.log(b)) + w * (b + d) > 0:
            high = d
        else:
            low = d
    return (low + high) / 2


def _expect(good: bool, name: str) -> None:
    if not good:
        raise BadParameter("transformation", name, "T > 0, M > 0, 0 <= W <= M/2 and -W <= A <= M - 2W")
