"""The dynamic behaviour of a force sensor as a second-order system: natural frequency, damping, usable band.

A step excites it by itself; for any other force the response to the recorded reference is computed. Figures of a
second-order system: Ogata, Modern Control Engineering, 5th ed., 5.3; amplitude error |H(f)| - 1.
"""

import math
from dataclasses import dataclass

import numpy as np

from liqi.methods.force._loads import Floats, Record

_MOST_DAMPING = 2.0


@dataclass(frozen=True)
class Response:
    """The fitted system: frequency in Hz, damping ratio, gain with their standard uncertainties, the model's curve."""

    frequency_hz: float
    u_frequency_hz: float
    damping: float
    u_damping: float
    gain: float
    u_gain: float
    curve: Floats
    is_step: bool
    start: int
    size: float

    @property
    def overshoot_percent(self) -> float:
        """How far a step's answer goes beyond its end: 100 exp(-pi z / sqrt(1 - z^2))."""
        z = self.damping
        return 100 * math.exp(-math.pi * z / math.sqrt(1 - z * z)) if z < 1 else 0.0

    @property
    def rise_s(self) -> float | None:
        """Time of a step's answer from nothing to its end for the first time; one that does not ring never meets it."""
        z, w = self.damping, 2 * math.pi * self.frequency_hz
        if z >= 1:
            return None
        damped = w * math.sqrt(1 - z * z)
        return (math.pi - math.acos(z)) / damped

    def settling_s(self, band: float = 0.05) -> float:
        """Time after which a step's answer stays within a band: by the envelope, of itself where it does not ring."""
        z, w = self.damping, 2 * math.pi * self.frequency_hz
        if z >= 0.999:
            times = np.linspace(0, 10 * max(z, 1.0) / w * -math.log(band), 20_001)
            return float(times[np.flatnonzero(1 - _step_answer(times, self.frequency_hz, z) > band)[-1] + 1])
        return -math.log(band * math.sqrt(1 - z * z)) / (z * w)

    def error_percent(self, frequency_hz: float) -> float:
        """Amplitude error at a frequency: 100 (|H| - 1)."""
        r = frequency_hz / self.frequency_hz
        return 100 * (1 / math.hypot(1 - r * r, 2 * self.damping * r) - 1)

    def band_hz(self, error: float = 5.0) -> float:
        """The frequency up to which the amplitude error stays within so many percent."""
        grid = np.linspace(0, 2 * self.frequency_hz, 20_001)
        r = grid / self.frequency_hz
        off = 100 * np.abs(1 / np.hypot(1 - r * r, 2 * self.damping * r) - 1)
        beyond = np.flatnonzero(off > error)
        return float(grid[beyond[0] - 1]) if len(beyond) and beyond[0] else float(grid[-1])

    @property
    def bandwidth_hz(self) -> float:
        """The frequency where the amplitude has fallen to 1 / sqrt 2 (-3 dB)."""
        z2 = 2 * self.damping**2
        return self.frequency_hz * math.sqrt(1 - z2 + math.sqrt(z2 * z2 - 2 * z2 + 2))


def step_of(record: Record) -> tuple[int, float] | None:
    """Return the last row before the step and its size, None where the reference is no step."""
    reference = record.reference
    jump = np.diff(reference)
    at = int(np.argmax(np.abs(jump)))
    size = float(np.median(reference[at + 1 :]) - np.median(reference[: at + 1]))
    rest = np.ptp(reference[: at + 1]), np.ptp(reference[at + 1 :])
    return (at, size) if size and max(rest) < 0.1 * abs(size) and 3 < at < len(reference) - 32 else None


def fit_response(record: Record) -> Response | None:
    """Return the second-order system that answers as the record does; None where no fit holds."""
    from scipy.optimize import least_squares

    step = step_of(record)
    t, y, dt = record.seconds, record.measured, 1 / record.rate_hz
    at, size = step if step else (0, float(np.ptp(record.reference)))
    first = _guess(record, at)
    if first is None or not size:
        return None
    until = min(len(y), at + max(200, int(40 / (first[0] * dt)))) if step else len(y)
    rows = slice(max(0, at - 50), until) if step else slice(0, len(y))
    rest = float(np.median(y[: max(at, 1)])) if step else 0.0

    def model(v: Floats) -> Floats:
        if step:
            return np.asarray(rest + v[2] * size * _step_answer(t[rows] - t[at] - v[3] * dt, v[0], v[1]))
        return np.asarray(v[3] + v[2] * _answer(record.reference[rows], dt, v[0], v[1]))

    def away(v: Floats) -> Floats:
        return (model(v) - y[rows]) / abs(size)

    best = None
    for frequency in (first[0], 0.9 * first[0], 1.1 * first[0]):
        low, high = [0.3 * first[0], 1e-4, 0.2, -20.0], [3 * first[0], _MOST_DAMPING, 5.0, 20.0]
        if not step:
            low[3], high[3] = -np.inf, np.inf
        done = least_squares(
            away, [frequency, first[1], 1.0, 0.0], bounds=(low, high), x_scale=[first[0] / 10, 0.05, 0.1, 1.0]
        )
        if best is None or done.cost < best.cost:
            best = done
    assert best is not None
    spread = 2 * best.cost / max(len(y[rows]) - 4, 1)
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * spread
    u = np.sqrt(np.maximum(np.diag(covariance), 1e-18))
    explained = 1 - 2 * best.cost * size**2 / max(float(((y[rows] - y[rows].mean()) ** 2).sum()), 1e-12)
    if not explained > 0.5:
        return None
    curve = np.full(len(y), np.nan)
    curve[rows] = model(best.x)
    f, z, g, _ = (float(one) for one in best.x)
    return Response(f, float(u[0]), z, float(u[1]), g, float(u[2]), curve, step is not None, at, size)


def _guess(record: Record, at: int) -> tuple[float, float] | None:
    """Frequency and damping from the spectrum of the ringing about the reference."""
    y = (record.measured - record.reference)[at + 1 :]
    y = y - y[-max(len(y) // 4, 1) :].mean()
    size = 1 << (4 * len(y) - 1).bit_length()
    power = np.abs(np.fft.rfft(y, size))
    grid = np.fft.rfftfreq(size, 1 / record.rate_hz)
    low = int(np.searchsorted(grid, 2 * record.rate_hz / len(y)))
    if low >= len(power) - 3 or not power.max() > 0:
        return None
    top = low + int(np.argmax(power[low:]))
    near = np.flatnonzero(power > power[top] / math.sqrt(2))
    width = float(grid[near[near >= top].max()] - grid[top]) if len(near) else 0.0
    return float(grid[top]), min(max(width / max(float(grid[top]), 1e-9), 0.005), 0.7)


def _step_answer(t: Floats, frequency: float, damping: float) -> Floats:
    """The answer to a unit step at t = 0."""
    w, late = 2 * math.pi * frequency, np.maximum(t, 0.0)
    if damping < 1:
        root = math.sqrt(1 - damping**2)
        ring = np.exp(-damping * w * late) * (np.cos(w * root * late) + damping / root * np.sin(w * root * late))
    else:
        root = math.sqrt(max(damping**2 - 1, 1e-9))
        fast, slow = w * (damping + root), w * (damping - root)
        ring = (fast * np.exp(-slow * late) - slow * np.exp(-fast * late)) / (fast - slow)
    return np.asarray(np.where(t > 0, 1 - ring, 0.0))


def _answer(reference: Floats, dt: float, frequency: float, damping: float) -> Floats:
    """The answer to a force that goes straight from sample to sample, by the frequency response."""
    n = 1 << (2 * len(reference) - 1).bit_length()
    padded = np.concatenate([reference, np.full(n - len(reference), reference[-1])])
    base = float(reference[0])
    f = np.fft.rfftfreq(n, dt) / frequency
    response = 1 / (1 - f**2 + 2j * damping * f)
    return np.asarray(np.fft.irfft(np.fft.rfft(padded - base) * response, n)[: len(reference)] + base)
