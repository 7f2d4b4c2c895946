"""The map of a run, retention time by m/z: its strongest survey peaks, and its features on top of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._decimation import significant
from liqi.methods.mass_spectrometry._search import Identification
from liqi.methods.readers import Spectrum

ACROSS, UP = 240, 400
"""Cells of the grid of which the strongest peak is kept, along time and along m/z."""
MOST_CELLS = 2500
_TIME = Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)")


def map_of(file: int, suffix: str, scans: Sequence[Spectrum], found: Sequence[Identification]) -> Plot:
    """Return the strongest peak of the strongest cells, and every feature of the file with its name and number.

    The features come first: names and numbers belong to the first points.
    """
    time, mz, value = strongest(scans)
    least = float(value.min()) if value.size else 1.0
    data: dict[str, Any] = {"x": [], "y": [], "value": [], "names": [], "features": [], "file": file}
    for one in found:
        where, when = one.feature.mz or one.feature.spectrum.precursor_mz, one.feature.apex_s
        when = one.feature.spectrum.retention_time_s if when is None else when
        if where and when is not None:
            _add(data, when, where, one.feature.height or least, _name(one), one.feature.index)
    data["x"] += time.round(1).tolist()
    data["y"] += mz.round(3).tolist()
    data["value"] += significant(value.tolist(), 3)
    title = Text(f"Feature map{suffix}", f"特征图{suffix}", f"特徵圖{suffix}")
    return Plot(f"map-{file}", "map", title, _TIME, Text.same("m/z"), data)


def _add(data: dict[str, Any], x: float, y: float, value: float, name: str, feature: int) -> None:
    for key, one in {"x": round(x, 1), "y": round(y, 4), "value": value, "names": name, "features": feature}.items():
        data[key].append(significant([value])[0] if key == "value" else one)


def _name(one: Identification) -> str:
    group = one.judgement.group
    return " / ".join(dict.fromkeys(one.candidates[i].name for i in group[:2])) if group else ""


def strongest(scans: Sequence[Spectrum]) -> tuple[Floats, Floats, Floats]:
    """Return time, m/z and intensity of the strongest peak of each cell of a grid, of the strongest cells."""
    filled = [scan for scan in scans if scan.mz.size and scan.intensity.max() > 0]
    if not filled:
        return np.empty(0), np.empty(0), np.empty(0)
    times = np.array([scan.retention_time_s or 0.0 for scan in filled])
    low, high = min(float(scan.mz[0]) for scan in filled), max(float(scan.mz[-1]) for scan in filled)
    columns = np.minimum(ACROSS - 1, (times - times.min()) * ACROSS / max(np.ptp(times), 1e-9)).astype(np.int64)
    value, mz, time = (np.zeros((ACROSS, UP)) for _ in range(3))
    for scan, column, when in zip(filled, columns.tolist(), times.tolist(), strict=True):
        rows = np.minimum(UP - 1, (scan.mz - low) * (UP / max(high - low, 1e-9))).astype(np.int64)
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        best = np.maximum.reduceat(scan.intensity, starts)
        sizes = np.diff(np.append(starts, rows.size))
        tops = np.flatnonzero(scan.intensity == np.repeat(best, sizes))
        cell = rows[tops]
        higher = scan.intensity[tops] > value[column, cell]
        tops, cell = tops[higher], cell[higher]
        value[column, cell], mz[column, cell], time[column, cell] = scan.intensity[tops], scan.mz[tops], when
    order = np.argsort(-value, axis=None)[:MOST_CELLS]
    order = order[value.ravel()[order] > 0]
    return time.ravel()[order], mz.ravel()[order], value.ravel()[order]
