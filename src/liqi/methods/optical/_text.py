"""Spectra written as text: columns with or without a head, decimal point or comma, many instruments' exports."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._maps import read_map
from liqi.methods.optical._spectrum import Floats, Spectrum, in_order, in_usual_unit, technique_of, x_unit_of, y_unit_of
from liqi.methods.readers._columns import LEAST_ROWS, Grid, grid_of, is_number, value_of, words_of

FORMAT = "text"
_EXPECTED = "a text of at least two columns of numbers, abscissa and ordinate"
_AGAIN = "export the spectrum as two columns"
_X_FIRST = (
    *("raman shift", "ramanshift", "wavenumber", "wavelength", "frequency", "shift", "cm-1", "nm"),
    *("波数", "波长", "波長", "拉曼位移"),
)
_Y_FIRST = ("dark subtracted", "intensity", "absorb", "abs", "transmi", "counts", "signal", "强度", "強度", "吸光")
_X_FACTS = ("xunits", "axisunit[1]", "xdatakind")
_Y_FACTS = ("yunits", "data mode", "yaxis")
_LASER = ("laser_wavelength", "laser wavelength", "laser (nm)", "laser", "excitation wavelength")


def read_text(path: Path) -> list[Spectrum]:
    """Return the spectrum of a text file, or every one of a map; one without two columns raises `UnreadableFile`."""
    lines = words_of(path).splitlines()
    stacked = _stacked(path, lines)
    if stacked is not None:
        return [stacked]
    places = read_map(path, lines)
    if places:
        return places
    grid = grid_of(path, lines)
    if lines[0].startswith("PE ") and "#GR" in lines[: grid.start]:
        at = lines.index("#GR")
        grid = replace(grid, facts={**grid.facts, "xunits": lines[at + 1], "yunits": lines[at + 2]})
    return [_spectrum(path, grid)]


def _spectrum(path: Path, grid: Grid) -> Spectrum:
    x_at, y_at = _columns(grid)
    x_title, y_title = grid.titles[x_at], grid.titles[y_at]
    light = next((i for i, title in enumerate(grid.titles) if title.strip().lower() == "wavelength"), None)
    x_unit = x_unit_of(x_title) or next((unit for key in _X_FACTS if (unit := x_unit_of(grid.facts.get(key, "")))), "")
    y_unit = y_unit_of(y_title) or next((unit for key in _Y_FACTS if (unit := y_unit_of(grid.facts.get(key, "")))), "")
    raw_x, x_unit = in_usual_unit(grid.numbers[:, x_at], x_unit)
    raw_y = grid.numbers[:, y_at]
    others = [grid.numbers[:, light]] if light is not None and light != x_at else []
    x, y, *rest = in_order(raw_x, raw_y, others)
    if len(x) < LEAST_ROWS:
        raise UnreadableFile(path, f"{len(x)} points with different abscissas", _EXPECTED, _AGAIN)
    notices = []
    said = " ".join([*grid.titles, *grid.facts, *list(grid.facts.values())[:40]])
    if not x_unit:
        x_unit = x_unit_of(" ".join(v for k, v in grid.facts.items() if "unit" in k or "axis" in k))
    if not x_unit:
        x_unit = _guess(x)
        notices.append(f"the file names no unit of its abscissa; taken as {x_unit}")
    laser = _laser(grid.facts)
    words = said if not laser else "raman"
    if "raman" not in x_title.lower() and x_unit == "nm" and not laser:
        words = "uv" if float(x[-1]) <= 1400 else ""
    technique = technique_of(x, x_unit, y_unit, words if laser or "raman" in said.lower() else "")
    wavelength = rest[0] if rest else x if x_unit == "nm" else None
    name = grid.facts.get("title") or grid.facts.get("sample name") or path.stem
    short = path.stem if name.startswith(("BWS", "Scan_")) else name
    return Spectrum(
        path, short, x, y, x_unit, y_unit or "counts", technique, FORMAT, grid.facts, notices, laser, wavelength
    )


def _guess(x: Floats) -> str:
    """A unit for an abscissa without one: beyond 1,200 only wavenumbers reach in what these instruments write."""
    return "nm" if x[0] >= 180 and x[-1] <= 1200 and abs(float(np.median(np.diff(x))) - 1) < 0.51 else "cm-1"


def _columns(grid: Grid) -> tuple[int, int]:
    titles = [title.strip().lower() for title in grid.titles]
    filled = [bool(np.isfinite(grid.numbers[:, i]).mean() > 0.2) for i in range(len(titles))]
    x = next((i for word in _X_FIRST for i, title in enumerate(titles) if word in title and filled[i]), None)
    if x is None:
        x = next(i for i, good in enumerate(filled) if good)
    y = next((i for word in _Y_FIRST for i, title in enumerate(titles) if word in title and filled[i] and i != x), None)
    if y is None:
        y = next(
            (i for i, good in enumerate(filled) if good and i > x), next((i for i in range(len(titles)) if i != x), 1)
        )
    return x, y


def _laser(facts: Mapping[str, str]) -> float | None:
    for key in _LASER:
        words = facts.get(key, "")
        found = re.search(r"\d+(?:[.,]\d+)?", words)
        if found and 200 < float(found[0].replace(",", ".")) < 1200:
            return float(found[0].replace(",", "."))
    return None


def _stacked(path: Path, lines: Sequence[str]) -> Spectrum | None:
    """A Perkin-Elmer ASP file: number of points, first and last abscissa, three settings, one ordinate a line."""
    head = [line.strip() for line in lines[:6]]
    if len(head) < 6 or not head[0].isdecimal() or not all(map(is_number, head)):
        return None
    count, first, last = int(head[0][:9]), value_of(head[1]), value_of(head[2])
    values = [value_of(line) for line in lines[6:] if line.strip()]
    if first == last or not all(one.isdecimal() for one in head[3:6]):
        return None
    if count != len(values) or count < LEAST_ROWS or not np.isfinite(values).all():
        raise UnreadableFile(path, f"{len(values)} of {count} points", "a whole ASP file", _AGAIN)
    x, y = in_order(np.linspace(first, last, count), np.array(values))
    unit = "cm-1" if max(first, last) > 1400 else "nm"
    kind = "%T" if float(np.median(y)) > 20 else "A"
    return Spectrum(path, path.stem, x, y, unit, kind, technique_of(x, unit, kind), "ASP")
