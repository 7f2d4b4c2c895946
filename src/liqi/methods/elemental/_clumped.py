"""Clumping of CO2 on the absolute scale: raw Delta 47 of a session put on I-CDES by carbonates of known Delta 47.

Raw = a x absolute + b x delta 47 + c in a session: a for what scrambles the bonds, b for a baseline, c for the working
gas (Dennis et al., Geochim. Cosmochim. Acta 75:7117, 2011); sessions and unknowns in one least-squares fit, so that the
standards' scatter goes into every u (Daeron, Geochem. Geophys. Geosyst. 22:e2020GC009592, 2021). Values of the
carbonates: Bernasconi et al., Geochem. Geophys. Geosyst. 22:e2020GC009588 (2021), table 1; their delta 13C and 18O:
Bernasconi et al., Geochem. Geophys. Geosyst. 19:2895 (2018).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.elemental._carbon_dioxide import VPDB_ON_VSMOW, clumping, deltas_of, ratios_of
from liqi.methods.uncertainty import student_t

Floats = NDArray[np.float64]
ABSOLUTE = {
    "ETH-1": 0.2052, "ETH-2": 0.2085, "ETH-3": 0.6132, "ETH-4": 0.4511,
    "IAEA-C1": 0.3018, "IAEA-C2": 0.6409, "MERCK": 0.5135,
}  # fmt: skip
BULK_VPDB = {"ETH-1": (2.02, -2.19), "ETH-2": (-10.17, -18.69), "ETH-3": (1.71, -1.78)}
LEAST_STANDARDS, LEAST_ROWS = 3, 3
_KELVIN = 273.15
_THERMOMETER = (0.0391e6, 0.154)
"""Delta 47 = 0.0391e6/T^2 + 0.154 of carbonates (Anderson et al., Geophys. Res. Lett. 48:e2020GL092069, 2021)."""
_FARTHEST = 0.5
_ROUNDS, _SETTLED = 50, 1e-7


@dataclass(frozen=True, slots=True)
class Burn:
    """One gas measured against the working gas: deltas of masses 45, 46 and 47 in permil."""

    session: str
    sample: str
    d45: float
    d46: float
    d47: float


@dataclass(frozen=True, slots=True)
class Absolute:
    """Delta 47 of a sample on I-CDES in permil with its standard uncertainty and 95 % limits; `count` of its gases."""

    sample: str
    count: int
    value: float
    u: float
    reach: float
    raw: float

    @property
    def temperature_c(self) -> float | None:
        """The temperature a carbonate in equilibrium formed at; None beyond what the thermometer was made for."""
        slope, offset = _THERMOMETER
        kelvin = math.sqrt(slope / (self.value - offset)) if self.value > offset else math.inf
        return kelvin - _KELVIN if kelvin < 1400 else None

    @property
    def u_temperature_c(self) -> float | None:
        """What `u` alone makes of the temperature."""
        offset = _THERMOMETER[1]
        degrees = self.temperature_c
        return None if degrees is None else self.u * (degrees + _KELVIN) / (2 * (self.value - offset))


@dataclass(frozen=True, slots=True)
class Scale:
    """The fit: unknowns, a, b and c by session, SD of the residuals over all gases, and the working gas by session."""

    unknowns: Sequence[Absolute]
    sessions: Mapping[str, tuple[float, float, float]]
    sd: float
    freedom: int
    gases: Mapping[str, tuple[float, float]]


def standard_of(name: str) -> str | None:
    """Return which carbonate of known Delta 47 a sample is by its name, None for any other.

    >>> standard_of("ETH-01"), standard_of("eth 3 (carbonate)"), standard_of("IAEA_C2"), standard_of("ETH-10")
    ('ETH-1', 'ETH-3', 'IAEA-C2', None)
    """
    words = re.match(r"\s*(eth|iaea[-_ ]?c|merck)[-_ ]?0*(\d*)(?![\da-z])", name.lower())
    if words is None:
        return None
    family = "IAEA-C" if words[1].startswith("iaea") else "ETH-" if words[1] == "eth" else "MERCK"
    found = family if family == "MERCK" else f"{family}{words[2]}"
    return found if found in ABSOLUTE else None


def working_gas(burns: Sequence[Burn], acid_c: float) -> tuple[float, float] | None:
    """Return delta 13C (VPDB) and delta 18O (VSMOW) of the gas by which the standards have their known values.

    The ratios that CO2 from each has, oxygen fractionated by the acid (Kim et al., Geochim. Cosmochim. Acta 71, 2007),
    are a line over what was measured; where that is zero lies the working gas, if the standards lie around it.
    """
    known = [(one, BULK_VPDB[name]) for one in burns if (name := standard_of(one.sample)) in BULK_VPDB]
    if not known:
        return None
    alpha = math.exp(3.59 / (acid_c + _KELVIN) - 1.79e-3)
    slope, offset = VPDB_ON_VSMOW
    ratios = []
    for at, measured in (("r45", "d45"), ("r46", "d46")):
        x = np.array([getattr(one, measured) for one, _ in known])
        of = [ratios_of(c13, ((slope * o18 + offset + 1000) * alpha) - 1000) for _, (c13, o18) in known]
        y = np.array([float(getattr(one, at)) for one in of])
        share = x.min() / (x.min() - x.max()) if x.max() > x.min() else math.inf
        around = -_FARTHEST <= share <= 1 + _FARTHEST
        ratios.append(float(np.polyfit(x, y, 1)[1]) if around else float(np.mean(y / (1 + x / 1000))))
    c13, o18 = deltas_of(np.array(ratios[0]), np.array(ratios[1]))
    return float(c13), float(o18)


def absolute(
    burns: Sequence[Burn], acid_c: float = 90.0, gas: tuple[float | None, float | None] = (None, None)
) -> Scale | None:
    """Return Delta 47 of every unknown on I-CDES; None where a session lacks three standards that span the fit."""
    gases: dict[str, tuple[float, float]] = {}
    for session in dict.fromkeys(one.session for one in burns):
        given = gas if None not in gas else working_gas([one for one in burns if one.session == session], acid_c)
        if given is None or given[0] is None or given[1] is None:
            return None
        gases[session] = (given[0], given[1])
    raw = np.array([_raw(one, gases[one.session]) for one in burns])
    d47 = np.array([one.d47 for one in burns])
    known = np.array([ABSOLUTE.get(standard_of(one.sample) or "", math.nan) for one in burns])
    names = list(dict.fromkeys(one.sample for one, value in zip(burns, known, strict=True) if math.isnan(value)))
    sessions = list(gases)
    start = []
    for session in sessions:
        of = np.array([one.session == session for one in burns]) & np.isfinite(known)
        kinds = {standard_of(one.sample) for one, here in zip(burns, of, strict=True) if here}
        design = np.column_stack([known[of], d47[of], np.ones(int(of.sum()))])
        if len(kinds) < LEAST_STANDARDS or np.linalg.matrix_rank(design, tol=1e-6) < LEAST_ROWS:
            return None
        start += np.linalg.lstsq(design, raw[of], rcond=None)[0].tolist()
    where = np.array([sessions.index(one.session) for one in burns])
    which = np.array([names.index(one.sample) if one.sample in names else -1 for one in burns])
    return _fit(burns, raw, d47, known, where, which, start, names, gases)


def _raw(one: Burn, gas: tuple[float, float]) -> float:
    return float(clumping(np.array(one.d45), np.array(one.d46), np.array(one.d47), *gas))


def _fit(
    burns: Sequence[Burn], raw: Floats, d47: Floats, known: Floats, where: NDArray[np.int64], which: NDArray[np.int64],
    start: Sequence[float], names: Sequence[str], gases: Mapping[str, tuple[float, float]],
) -> Scale | None:  # fmt: skip
    """Gauss and Newton's steps on a, b, c of every session and the value of every unknown."""
    lines = np.array(start).reshape(-1, 3)
    a, b, c = lines[where].T
    single = (raw - b * d47 - c) / a
    values = np.array([single[which == at].mean() for at in range(len(names))])
    theta = np.concatenate([lines.ravel(), values])
    rows = np.arange(len(burns))
    for _ in range(_ROUNDS):
        lines, values = theta[: lines.size].reshape(-1, 3), theta[lines.size :]
        a, b, c = lines[where].T
        true = np.where(which >= 0, values[which] if len(names) else known, known)
        slopes = np.zeros((len(burns), theta.size))
        for place, column in enumerate((true, d47, np.ones(len(burns)))):
            slopes[rows, 3 * where + place] = column
        of = which >= 0
        slopes[rows[of], lines.size + which[of]] = a[of]
        left = raw - (a * true + b * d47 + c)
        if not np.isfinite(slopes).all() or not np.isfinite(left).all():
            return None
        step = np.linalg.lstsq(slopes, left, rcond=None)[0]
        theta = theta + step
        if float(np.abs(step).max()) < 1e-12:
            break
    freedom = len(burns) - theta.size
    if not float(np.abs(step).max()) < _SETTLED:
        return None
    variance = float(left @ left) / freedom if freedom > 0 else math.nan
    covariance = np.linalg.pinv(slopes.T @ slopes) * variance
    factor = student_t(0.975, freedom) if freedom > 0 else math.nan
    unknowns = []
    for at, name in enumerate(names):
        u = math.sqrt(max(float(covariance[lines.size + at, lines.size + at]), 0.0)) if freedom > 0 else math.nan
        own = which == at
        value = float(theta[lines.size + at])
        unknowns.append(Absolute(name, int(own.sum()), value, u, factor * u, float(raw[own].mean())))
    fitted = {session: tuple(line) for session, line in zip(gases, theta[: lines.size].reshape(-1, 3), strict=True)}
    told = {session: (float(one[0]), float(one[1]), float(one[2])) for session, one in fitted.items()}
    sd = math.sqrt(variance) if freedom > 0 else math.nan
    return Scale(unknowns, told, sd, freedom, gases)
