"""Reference materials for the axis of a Raman instrument, and how a spectrum is recognised as that of one."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from liqi.methods._text import Text
from liqi.methods.optical._bands import Band, find_bands
from liqi.methods.optical._spectrum import Spectrum

DATA = Path(__file__).with_name("data") / "references.csv"
NEAR_LASER = 130.0
"""Wavenumbers below this are left to the filter that stops the laser."""
_FARTHEST_SHIFT, _FARTHEST_NM = 15.0, 0.6
_LEAST_LINES, _LEAST_SHARE = 8, 0.7
NAMES = {
    "silicon": Text("silicon", "硅", "矽"),
    "polystyrene": Text("polystyrene", "聚苯乙烯", "聚苯乙烯"),
    "cyclohexane": Text("cyclohexane", "环己烷", "環己烷"),
    "naphthalene": Text("naphthalene", "萘", "萘"),
    "paracetamol": Text("paracetamol", "对乙酰氨基酚", "對乙醯氨基酚"),
    "sulfur": Text("sulfur", "硫", "硫"),
    "calcite": Text("calcite", "方解石", "方解石"),
    "neon": Text("neon lamp", "氖灯", "氖燈"),
}


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A tabulated line with its standard uncertainty; `quantity` is ``shift``, ``check`` or ``wavelength``."""

    material: str
    quantity: str
    position: float
    uncertainty: float
    main: bool
    source: str


@lru_cache(maxsize=1)
def references() -> Mapping[str, Sequence[ReferenceLine]]:
    """Return the tabulated lines of every reference material."""
    found: dict[str, list[ReferenceLine]] = {}
    with DATA.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            line = ReferenceLine(
                row["material"],
                row["quantity"],
                float(row["position"]),
                float(row["u"]),
                row["main"] == "1",
                row["source"],
            )
            found.setdefault(line.material, []).append(line)
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A tabulated line where the instrument has it; `wavelength` in nm where the file tells the detected light.

    A band whose highest point lies away from its fitted centre is skewed; that distance counts as uncertainty.
    """

    line: ReferenceLine
    band: Band
    highest_point: float
    wavelength: float | None


@dataclass(frozen=True)
class Standard:
    """A spectrum of a reference material with its lines."""

    spectrum: Spectrum
    material: str
    lines: Sequence[Found]


def recognise(spectrum: Spectrum) -> Standard | None:
    """Return the spectrum as that of a reference material, None where it is none that is known."""
    if spectrum.x_unit not in ("cm-1", "nm"):
        return None
    if spectrum.x_unit == "cm-1":
        part = spectrum.between(NEAR_LASER, 4000.0)
        bands = [one for one in find_bands(part, 8.0, 0.02) if one.width < 60]
        found = [one for name in references() if name != "neon" for one in [_of_shifts(part, name, bands)] if one]
        if found:
            return max(found, key=lambda one: (_share(one), len(one.lines)))
    return _of_neon(spectrum)


def _share(one: Standard) -> float:
    """What part of the material's lines within the range were found."""
    inside = [line for line in references()[one.material] if _inside(one.spectrum, line.position)]
    return len(one.lines) / len(inside)


def _inside(spectrum: Spectrum, place: float) -> bool:
    return spectrum.x.size > 0 and float(spectrum.x[0]) + 5 < place < float(spectrum.x[-1]) - 5


def _of_shifts(spectrum: Spectrum, material: str, bands: Sequence[Band]) -> Standard | None:
    """The spectrum as that of a material: its main line is the highest band, and most others are there."""
    lines = [line for line in references()[material] if _inside(spectrum, line.position)]
    main = next((line for line in lines if line.main), None)
    narrow = [band for band in bands if band.signal_to_noise > 10]
    if main is None or not narrow:
        return None
    fingerprint = [band for band in narrow if band.position < 2000] or narrow
    top = max(fingerprint, key=lambda band: band.height)
    off = top.position - main.position
    if abs(off) > _FARTHEST_SHIFT:
        return None
    if material == "silicon":
        others = [b for b in fingerprint if b is not top and b.height > 0.1 * top.height and b.width < 4 * top.width]
        return Standard(spectrum, material, [_found(spectrum, main, top)]) if not others else None
    found = []
    for line in lines:
        near = [band for band in narrow if abs(band.position - off - line.position) < 6.0]
        if near:
            found.append(_found(spectrum, line, min(near, key=lambda band: abs(band.position - off - line.position))))
    return Standard(spectrum, material, found) if len(found) >= max(2, 0.5 * len(lines)) else None


def _found(spectrum: Spectrum, line: ReferenceLine, band: Band) -> Found:
    near = np.abs(spectrum.x - band.position) <= max(band.width, 2 * spectrum.step)
    places = np.flatnonzero(near)
    top = float(spectrum.x[places[np.argmax(spectrum.y[places])]]) if len(places) else band.position
    skewed = max(0.0, abs(top - band.position) - spectrum.step / 2)
    own = replace(band, u_position=math.hypot(band.u_position, skewed))
    return Found(line, own, top, _light(spectrum, band.position))


def _light(spectrum: Spectrum, position: float) -> float | None:
    """The wavelength of the detected light at an abscissa."""
    if spectrum.x_unit == "nm":
        return position
    if spectrum.wavelength_nm is not None:
        return float(np.interp(position, spectrum.x, spectrum.wavelength_nm))
    if spectrum.laser_nm:
        return 1.0 / (1.0 / spectrum.laser_nm - position / 1e7)
    return None


def _of_neon(spectrum: Spectrum) -> Standard | None:
    """The spectrum as that of a neon lamp: most narrow lines stand where neon has one."""
    if _light(spectrum, float(spectrum.x[-1])) is None:
        return None
    bands = find_bands(spectrum, 15.0, 0.008)
    tabulated = references()["neon"]
    places = np.array([line.position for line in tabulated])
    found = []
    narrow = [band for band in bands if band.width < 25 * spectrum.step]
    for band in narrow:
        light = _light(spectrum, band.position)
        nearest = int(np.argmin(np.abs(places - light))) if light is not None else 0
        if light is not None and abs(places[nearest] - light) < _FARTHEST_NM:
            found.append(_found(spectrum, tabulated[nearest], band))
    if len(found) < _LEAST_LINES or len(found) < _LEAST_SHARE * len(narrow):
        return None
    single: dict[float, Found] = {}
    for one in sorted(found, key=lambda item: item.band.height):
        single[one.line.position] = one
    return Standard(spectrum, "neon", [single[key] for key in sorted(single)])
