"""From the decay to the spectrum: apodisation, Fourier transform, phase, baseline, and the shift's reference."""

from dataclasses import dataclass, replace

import numpy as np

from liqi.methods.nmr._spectrum import Complexes, Decay, Floats, Spectrum

SOLVENTS = {  # residual signals in ppm, from memory of Fulmer et al., Organometallics 29:2176 (2010)
    "1H": {"cdcl3": 7.26, "dmso": 2.50, "d2o": 4.79, "cd3od": 3.31, "acetone": 2.05, "c6d6": 7.16, "cd3cn": 1.94},
    "13C": {"cdcl3": 77.16, "dmso": 39.52, "cd3od": 49.00, "acetone": 29.84, "c6d6": 128.06, "cd3cn": 1.32},
}
SPLITTINGS = {  # by deuterium: how many deuterons, and the coupling in Hz, from memory of the same
    "1H": {"dmso": (2, 1.9), "cd3od": (2, 1.65), "acetone": (2, 2.2), "cd3cn": (2, 2.5)},
    "13C": {"cdcl3": (1, 32.0), "dmso": (3, 21.0), "cd3od": (3, 21.4), "acetone": (3, 19.3), "c6d6": (1, 24.3),
            "cd3cn": (3, 21.0)},
}  # fmt: skip
_OFF_COMB, _OFF_HEIGHT = 0.2, 0.9
_ALIASES = {"chloroform": "cdcl3", "methanol": "cd3od", "meod": "cd3od", "benzene": "c6d6", "acetonitrile": "cd3cn",
            "mecn": "cd3cn", "h2o+d2o": "d2o", "water": "d2o", "deuterium_oxide": "d2o"}  # fmt: skip
_ROOM_PPM = {"1H": 0.15, "13C": 1.5}
_TMS_PPM = {"1H": 0.06, "13C": 0.8}
_ROBUST = 1 / 0.6744897501960817
_SHORT = 40_000
_ORDERS = 5


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase of order 0 and 1 in degrees; that of order 1 is the turn from one end of the spectrum to the other."""

    zero_deg: float
    first_deg: float


def transformed(decay: Decay, broadening_hz: float) -> tuple[Floats, Complexes]:
    """Return shift in ppm, ascending, and the complex spectrum: exponential window, zeros, FFT, filter delay undone."""
    from scipy.fft import fft, fftshift, next_fast_len

    times = np.arange(decay.points.size) / decay.sweep_hz
    start = decay.delay_points / decay.sweep_hz
    window = np.exp(-np.pi * broadening_hz * np.maximum(times - start, 0.0))
    points = decay.points * window
    if decay.delay_points < 1:
        points[0] *= 0.5
    fill = 4 if decay.points.size <= _SHORT else 2
    size = next_fast_len(fill * decay.points.size)
    values = fftshift(fft(points, size))
    frequency = (np.arange(size) - size // 2) / size
    values = values * np.exp(2j * np.pi * frequency * decay.delay_points)
    return decay.centre_ppm + frequency * decay.sweep_hz / decay.observe_mhz, np.asarray(values)


def turned(values: Complexes, phase: Phase) -> Complexes:
    """Return the spectrum with a phase."""
    places = np.arange(values.size) / values.size
    return np.asarray(values * np.exp(1j * np.deg2rad(phase.zero_deg + phase.first_deg * places)))


def find_phase(values: Complexes) -> Phase:
    """Return the phase that leaves the least entropy of the slope and the least negative signal.

    Chen, Weng, Goh and Garland, J. Magn. Reson. 158:164 (2002), searched on a grid, then by Nelder and Mead.
    """
    from scipy.optimize import minimize

    small = _of_signal(values)

    def cost(angles: Floats) -> float:
        real = turned_part(*small, angles).real
        return _cost(np.asarray(real))

    turns, zeros = (0.0, -60.0, 60.0, -120.0, 120.0), np.arange(0, 360, 15.0).tolist()
    grid = sorted((cost(np.array([zero, first])), zero, first) for first in turns for zero in zeros)
    found = []
    for _, zero, first in grid[:3]:
        corners = np.array([(zero, first), (zero + 8, first), (zero, first + 15)])
        settings = {"xatol": 0.05, "fatol": 1e-7, "maxiter": 300, "initial_simplex": corners}
        found.append(minimize(cost, corners[0], method="Nelder-Mead", options=settings))
    best = min(found, key=lambda one: float(one.fun)).x
    return Phase(float(best[0]) % 360, float(best[1]))


def _of_signal(values: Complexes) -> tuple[Complexes, Floats]:
    """Return the parts of the spectrum that hold signals, with a margin, and their places from 0 to 1."""
    size = np.abs(values)
    noise = float(np.median(size)) or 1.0
    wide = max(4, values.size // 400)
    from scipy.ndimage import maximum_filter1d

    kept = maximum_filter1d(size, wide) > max(8 * noise, 0.01 * float(size.max()))
    if kept.sum() < 64:
        kept[:] = True
    places = np.flatnonzero(kept)
    return np.asarray(values[kept]), places / values.size


def turned_part(values: Complexes, places: Floats, angles: Floats) -> Complexes:
    """Return part of a spectrum with a phase; `places` run from 0 to 1 over the whole of it."""
    return np.asarray(values * np.exp(1j * np.deg2rad(angles[0] + angles[1] * places)))


def _cost(real: Floats) -> float:
    slope = np.abs(np.diff(real))
    share = slope / (float(slope.sum()) or 1.0)
    entropy = -float(np.sum(share * np.log(np.maximum(share, 1e-300))))
    negative = np.minimum(real, 0.0)
    return entropy + 1000 * float((negative**2).sum()) / float((real**2).sum() or 1.0) / 10


def noise_of(intensity: Floats) -> float:
    """Return the standard deviation of the noise, from points that are left when signals are cut off repeatedly."""
    values = intensity - np.median(intensity)
    kept = np.abs(values)
    for _ in range(30):
        level = float(np.median(kept)) * _ROBUST
        fewer = kept[kept <= 3.5 * level]
        if fewer.size == kept.size or fewer.size < 64:
            break
        kept = fewer
    return float(np.median(kept)) * _ROBUST


def baseline_of(spectrum: Spectrum, order: int = _ORDERS) -> Floats:
    """Return a polynomial through the medians of the stretches without signals.

    A stretch counts where its points scatter like the quietest quarter of all; there are 128 of them.
    """
    parts = np.array_split(np.arange(spectrum.ppm.size), 128)
    middles = np.array([float(np.median(spectrum.intensity[one])) for one in parts])
    spreads = np.array([float(np.ptp(spectrum.intensity[one])) for one in parts])
    quiet = spreads <= 2.0 * float(np.percentile(spreads, 25))
    x = np.linspace(-1, 1, 128)
    for _ in range(10):
        if quiet.sum() < order + 2:
            return np.full(spectrum.ppm.size, float(np.median(middles)))
        fit = np.polynomial.chebyshev.chebfit(x[quiet], middles[quiet], min(order, int(quiet.sum()) // 8))
        left = middles - np.polynomial.chebyshev.chebval(x, fit)
        level = float(np.median(np.abs(left[quiet]))) * _ROBUST
        fewer = quiet & (np.abs(left) <= max(4 * level, 1e-12 * float(np.ptp(spectrum.intensity))))
        if fewer.sum() == quiet.sum():
            break
        quiet = fewer
    return np.asarray(np.polynomial.chebyshev.chebval(np.linspace(-1, 1, spectrum.ppm.size), fit))


def without_baseline(spectrum: Spectrum) -> Spectrum:
    """Return the spectrum less its baseline."""
    return replace(spectrum, intensity=spectrum.intensity - baseline_of(spectrum))


def solvent_of(words: str) -> str:
    """Return a solvent's short name, empty for an unknown one.

    >>> solvent_of("CDCl3"), solvent_of("DMSO-D6"), solvent_of("CHLOROFORM-D"), solvent_of("")
    ('cdcl3', 'dmso', 'cdcl3', '')
    """
    plain = words.strip().lower()
    known = {name for table in SOLVENTS.values() for name in table}
    return next((name for name in known if plain.startswith(name)), None) or next(
        (name for alias, name in _ALIASES.items() if plain.startswith(alias)), ""
    )


def reference_of(spectrum: Spectrum, nucleus: str, solvent: str, wanted: str, noise: float) -> tuple[str, float]:
    """Return what the shift is referenced to, TMS at 0 or the solvent's residual signal, and by how many ppm it moves.

    `wanted` is ``auto``, ``none``, ``tms`` or ``solvent``; nothing is moved where the signal is not alone there, and by
    ``auto`` nothing in a spectrum that its own program made. A solvent's carbon is known by its lines alone.
    """
    if wanted in ("auto", "tms"):
        found = _top(spectrum, 0.0, _TMS_PPM.get(nucleus, 0.0), noise)
        if found is not None:
            return "TMS", -found
    name = solvent_of(solvent)
    expected = SOLVENTS.get(nucleus, {}).get(name)
    if wanted in ("auto", "solvent") and expected is not None:
        split = SPLITTINGS.get(nucleus, {}).get(name)
        found = _middle(spectrum, expected, _ROOM_PPM[nucleus], *split, noise) if split else None
        if found is None and not (split and nucleus == "13C"):
            found = _top(spectrum, expected, _ROOM_PPM[nucleus], noise)
        if found is not None:
            return name, expected - found
    return "", 0.0


def _middle(
    spectrum: Spectrum, place: float, room: float, deuterons: int, coupling_hz: float, noise: float
) -> float | None:
    """Return the middle of the lines that deuterium splits a signal into (1:1:1, 1:2:3:2:1, 1:3:6:7:6:3:1), else None.

    Of more than two lines to a side the outermost may be lost in noise or in its neighbour.
    """
    from scipy.signal import find_peaks

    shares = np.ones(1)
    for _ in range(deuterons):
        shares = np.convolve(shares, np.ones(3))
    step = coupling_hz / spectrum.observe_mhz
    reach = room + deuterons * step
    inside = np.flatnonzero(spectrum.between(place - reach, place + reach))
    if inside.size < 5:
        return None
    part, ppm = spectrum.intensity[inside], spectrum.ppm[inside]
    tops, _ = find_peaks(part, height=10 * noise, prominence=5 * noise)
    needed = max(1, deuterons - 1)
    best, least = None, _OFF_HEIGHT
    for top in tops[np.abs(ppm[tops] - place) <= room]:
        places, off = [], []
        for k in range(-needed, needed + 1):
            near = tops[np.argmin(np.abs(ppm[tops] - ppm[top] - k * step))]
            if abs(ppm[near] - ppm[top] - k * step) > _OFF_COMB * step:
                break
            places.append(float(ppm[near]))
            wanted = part[top] * shares[deuterons + k] / shares[deuterons]
            off.append(abs(float(np.log(part[near] / wanted))))
        if len(places) == 2 * needed + 1 and max(off) < least:
            best, least = float(np.mean(places)), max(off)
    return best


def _top(spectrum: Spectrum, place: float, room: float, noise: float) -> float | None:
    """Return where the one line near a shift is, None where there is none or another of like height."""
    from scipy.signal import find_peaks

    inside = np.flatnonzero(spectrum.between(place - room, place + room))
    if inside.size < 5:
        return None
    part = spectrum.intensity[inside]
    tops, _ = find_peaks(part, height=20 * noise, prominence=max(20 * noise, 0.3 * float(part.max())))
    return float(spectrum.ppm[inside[tops[0]]]) if tops.size == 1 else None
