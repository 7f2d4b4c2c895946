"""Resonances of NV centres from lists, tables, spectra and maps: each set with what it was measured at."""

import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.magnetic._defect import GAMMA_MHZ_MT, Floats
from liqi.methods.magnetic._lines import noise_of
from liqi.methods.readers import sniff
from liqi.methods.readers._columns import value_of, words_of

KINDS = ("odmr", "npz", "table", "spectrum", "peaks", "trace")
FORMATS = "JSON lists of frequencies, a table of eight lines a row, a spectrum of two columns, or an npz map"
_AGAIN = "export frequencies in GHz, MHz or Hz"
LINES = 8
_LOW_MHZ, _HIGH_MHZ = 100.0, 20_000.0
_MOST_ROWS = 40


@dataclass(frozen=True)
class Resonances:
    """One set of lines in MHz with standard uncertainties; of a spectrum also contrast and width of each line."""

    name: str
    lines_mhz: Floats
    u_mhz: Floats
    d_mhz: float | None = None
    e_mhz: float | None = None
    contrasts: Floats | None = None
    widths_mhz: Floats | None = None
    spectrum: tuple[Floats, Floats] | None = None
    setting: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_resonances(path: str | Path) -> list[Resonances]:
    """Return every set of lines of a file; one without any raises `UnreadableFile`."""
    path = Path(path)
    kind = sniff(path, FORMATS)
    try:
        if kind == "odmr":
            found = _lists(json.loads(path.read_text(encoding="utf-8-sig")))
        elif kind == "npz":
            found = _map(path)
        elif kind in KINDS:
            found = _text(path)
        else:
            raise UnreadableFile(path, f"a {kind} file", FORMATS, _AGAIN)
    except (ValueError, KeyError, TypeError, IndexError, OSError, OverflowError, zipfile.BadZipFile) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        words = str(problem).replace("\n", " ")[:80]
        raise UnreadableFile(path, f"a damaged file ({words})", FORMATS, _AGAIN) from None
    if not found:
        raise UnreadableFile(path, "no set of resonances", FORMATS, _AGAIN)
    return found


def _to_mhz(values: Floats, unit: str = "") -> Floats:
    """Frequencies in MHz, by their unit, else by what an NV centre can have."""
    factor = {"ghz": 1e3, "mhz": 1.0, "khz": 1e-3, "hz": 1e-6}.get(unit.strip().lower())
    if factor is None:
        middle = float(np.median(np.abs(values)))
        factor = 1e3 if middle < 100 else 1.0 if middle < 1e5 else 1e-6
    found = np.asarray(values * factor, np.float64)
    if not (np.isfinite(found).all() and found.min() > _LOW_MHZ and found.max() < _HIGH_MHZ):
        raise ValueError(f"frequencies of {found.min():.4g} to {found.max():.4g} MHz")
    return found


def _quantity(told: Any) -> tuple[float, float, str]:
    """Value, uncertainty and unit, however they are written."""
    if isinstance(told, Mapping):
        return float(told["value"]), float(told.get("uncertainty") or 0.0), str(told.get("unit", ""))
    return float(told), 0.0, ""


def _lists(told: Any) -> list[Resonances]:
    sets = told if isinstance(told, list) else told.get("sets") or [told]
    found = []
    for place, one in enumerate(sets, 1):
        quantities = [_quantity(line) for line in one.get("freqs", one.get("frequencies"))]
        unit = quantities[0][2]
        lines = _to_mhz(np.array([value for value, _, _ in quantities]), unit)
        scale = float(lines[0] / quantities[0][0])
        u = np.array([error for _, error, _ in quantities]) * scale
        if not (np.abs(u) < _HIGH_MHZ).all():
            raise ValueError(f"uncertainties to {np.abs(u).max():.4g} MHz")
        splitting = [_quantity(one[key]) if key in one else None for key in ("D", "E")]
        d, e = (None if q is None else _mhz(q) for q in splitting)
        found.append(Resonances(str(one.get("name", place)), lines, np.where(u > 0, u, 0.05), d, e))
    return found


def _mhz(quantity: tuple[float, float, str]) -> float:
    factor = {"ghz": 1e3, "khz": 1e-3, "hz": 1e-6}.get(quantity[2].lower(), 1.0)
    found = quantity[0] * factor
    if not abs(found) < _HIGH_MHZ:
        raise ValueError(f"a splitting of {found:.4g} MHz")
    return found


def _map(path: Path) -> list[Resonances]:
    """A map of spectra: rows of `data` over `xaxis`, one row for each value of `yaxis`."""
    with np.load(path, allow_pickle=False) as held:
        arrays = {name.lower(): np.asarray(held[name]) for name in held.files}
    data = next((one for one in arrays.values() if one.ndim == 2), None)
    if data is None or data.dtype.kind not in "fiu":
        raise ValueError("no map of numbers")
    axis = next((one for one in arrays.values() if one.ndim == 1 and len(one) == data.shape[1]), None)
    settings = [one for name, one in arrays.items() if one.ndim == 1 and len(one) == data.shape[0] and one is not axis]
    if axis is None:
        raise ValueError("no axis of frequencies")
    x = _to_mhz(axis.astype(np.float64))
    rows = range(0, len(data), max(1, -(-len(data) // _MOST_ROWS)))
    found = []
    for row in rows:
        setting = float(settings[0][row]) if settings else float(row)
        one = of_spectrum(f"{setting:g}", x, data[row].astype(np.float64))
        found.append(Resonances(**{**one.__dict__, "setting": setting}))
    return found


def _text(path: Path) -> list[Resonances]:
    rows = []
    for line in words_of(path).splitlines():
        row = [value_of(cell) for cell in _cells(line)]
        if np.isfinite(row).all():
            rows.append(row)
    rows = [row for row in rows if len(row) >= 2]
    width = max((len(row) for row in rows), default=0)
    if width >= LINES and all(len(row) == width for row in rows):
        return [
            Resonances(str(place), _to_mhz(np.array(row[-LINES:])), np.full(LINES, 0.05))
            for place, row in enumerate(rows, 1)
        ]
    if len(rows) < 40:
        raise UnreadableFile(path, f"{len(rows)} rows of numbers", FORMATS, _AGAIN)
    x = _to_mhz(np.array([row[0] for row in rows]))
    order = np.argsort(x, kind="stable")
    return [of_spectrum(path.stem, x[order], np.array([row[1] for row in rows])[order])]


def _cells(line: str) -> list[str]:
    """The cells of a row; a comma parts them only where nothing else does, and is a decimal one else.

    >>> _cells("2,80;2,87"), _cells("2.80, 2.87"), _cells("2.80,2.87")
    (['2,80', '2,87'], ['2.80', '2.87'], ['2.80', '2.87'])
    """
    mark = next((one for one in (";", "\t") if one in line), None)
    cells = line.split(mark)
    cells = cells if len(cells) > 1 else line.split(",")
    return [cell.strip(" ,") for cell in cells if cell.strip(" ,")]


def of_spectrum(name: str, x: Floats, y: Floats) -> Resonances:
    """Return the lines of a spectrum, dips or peaks, eight at most, each a Lorentzian fitted with the others."""
    from scipy.optimize import least_squares
    from scipy.signal import find_peaks, savgol_filter

    level = float(np.median(y))
    deep = (level - y) / (abs(level) or 1.0)
    window = max(5, 2 * (len(y) // 400) + 1)
    if float(savgol_filter(deep, window, 2).max()) < -float(savgol_filter(deep, window, 2).min()):
        deep = -deep
    noise = noise_of(deep)
    smooth = savgol_filter(deep, window, 2)
    tops, facts = find_peaks(smooth, height=4 * noise, prominence=max(4 * noise, 0.1 * float(smooth.max())), width=1)
    chosen = np.sort(tops[np.argsort(-facts["prominences"])[:LINES]])
    if not len(chosen):
        return Resonances(name, np.empty(0), np.empty(0), spectrum=(x, y))
    step = float(np.median(np.diff(x)))
    kept = {int(top): float(w) for top, w in zip(tops, facts["widths"], strict=True)}
    start = np.array([[x[top], max(smooth[top], noise), max(kept[int(top)] * step, 2 * step)] for top in chosen])

    def model(v: Floats) -> Floats:
        centre, depth, wide = v[:-1].reshape(-1, 3).T
        return np.asarray(v[-1] + (depth / (1 + (2 * (x[:, None] - centre) / wide) ** 2)).sum(axis=1))

    def slopes(v: Floats) -> Floats:
        centre, depth, wide = v[:-1].reshape(-1, 3).T
        away = 2 * (x[:, None] - centre) / wide
        bell = 1 / (1 + away**2)
        by_centre = 4 * depth / wide * away * bell**2
        parts = np.stack([by_centre, bell, by_centre * away / 2], axis=2)
        return np.column_stack([parts.reshape(len(x), -1), np.ones(len(x))])

    scale = np.tile([step, max(float(smooth.max()), 1e-12) / 10, step], len(chosen))
    done = least_squares(
        lambda v: model(v) - deep, np.append(start, 0.0), slopes, method="lm" if len(x) > 3 * len(chosen) else "trf",
        x_scale=np.append(scale, 0.01), max_nfev=60,
    )  # fmt: skip
    spread = max(2 * done.cost / max(len(x) - len(done.x), 1), 1e-30)
    errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(done.jac.T @ done.jac) * spread), 0))
    fitted, u = done.x[:-1].reshape(-1, 3), errors[:-1].reshape(-1, 3)
    order = np.argsort(fitted[:, 0])
    fitted, u = fitted[order], u[order]
    told = float(fitted[:, 1].max()) < 1.0  # about a level of nothing there is no contrast
    return Resonances(
        name, fitted[:, 0], np.maximum(u[:, 0], step / 50), None, None, np.abs(fitted[:, 1]) if told else None,
        np.abs(fitted[:, 2]), (x, y),
    )  # fmt: skip


def sensitivity(width_mhz: float, contrast: float, rate_hz: float) -> float:
    """Return the shot-noise limit in nT per root Hz: 4 / (3 sqrt 3) h / (g mu_B) width / (C sqrt R).

    Barry et al., Rev. Mod. Phys. 92:015004 (2020), equation 11.
    """
    return 4 / (3 * math.sqrt(3)) * width_mhz / (GAMMA_MHZ_MT * contrast * math.sqrt(rate_hz)) * 1e6


def usable(sets: Sequence[Resonances]) -> list[Resonances]:
    """Return the sets that have all eight lines."""
    return [one for one in sets if len(one.lines_mhz) == LINES]
