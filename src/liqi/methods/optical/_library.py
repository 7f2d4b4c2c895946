"""Materials by their bands, and libraries of whole spectra: how well a spectrum fits each."""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from liqi.methods._text import Text
from liqi.methods.optical._bands import Band, baseline_of
from liqi.methods.optical._files import read_spectra
from liqi.methods.optical._spectrum import Floats, Spectrum

BANDS, GROUPS = (Path(__file__).with_name("data") / f"{name}.csv" for name in ("bands", "groups"))
_NEAR = {"infrared": 9.0, "raman": 7.0}
"""How far, in cm-1, a band may lie from its tabulated place before it counts half."""
_GRID, _SEGMENTS, _LEAST_SECOND = 600, 10, 0.6


@dataclass(frozen=True, slots=True)
class Material:
    """A material with the places and relative strengths (strongest 10) of its bands."""

    name: Text
    family: str
    technique: str
    places: tuple[float, ...]
    strengths: tuple[float, ...]


@dataclass(frozen=True)
class Hit:
    """How well a material fits: score from 0 to 1 with its standard uncertainty, and which bands belong to it."""

    name: Text
    family: str
    score: float
    u_score: float
    pairs: Sequence[tuple[float, float]] = ()
    expected: int = 0
    of_signal: float = 0.0


@lru_cache(maxsize=1)
def materials() -> Sequence[Material]:
    """Return the materials whose bands ship with the method."""
    found = []
    with BANDS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            pairs = [tuple(map(float, one.split(":"))) for one in row["bands"].split()]
            name = Text(row["material"], row["zh_hans"], row["zh_hant"])
            places, strengths = zip(*pairs, strict=True)
            found.append(Material(name, row["family"], row["technique"], tuple(places), tuple(strengths)))
    return found


@lru_cache(maxsize=1)
def groups() -> Mapping[str, Sequence[tuple[float, float, Text]]]:
    """Return ranges of bands with the vibration that usually stands there, by technique."""
    found: dict[str, list[tuple[float, float, Text]]] = {}
    with GROUPS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            words = Text(row["en"], row["zh_hans"], row["zh_hant"])
            found.setdefault(row["technique"], []).append((float(row["low"]), float(row["high"]), words))
    return found


def assignment(place: float, technique: str) -> Text | None:
    """Return what usually stands at a place, the narrowest range that holds it."""
    fitting = [(high - low, words) for low, high, words in groups().get(technique, ()) if low <= place <= high]
    return min(fitting, key=lambda one: one[0])[1] if fitting else None


def by_bands(spectrum: Spectrum, bands: Sequence[Band]) -> list[Hit]:
    """Return every material of the spectrum's technique by how well its bands and the spectrum's agree, best first.

    The score is the geometric mean of two shares: of the material's strength within the range that the spectrum
    shows, and of the spectrum's band height (its square root) that the material explains.
    """
    low, high = float(spectrum.x[0]), float(spectrum.x[-1])
    hits = []
    for material in materials():
        inside = [i for i, place in enumerate(material.places) if low + 4 < place < high - 4]
        if material.technique != spectrum.technique or not inside:
            continue
        shown = sum(material.strengths[i] for i in inside) / sum(material.strengths)
        if shown < 0.3:
            continue
        places = np.array([material.places[i] for i in inside])
        strengths = np.array([material.strengths[i] for i in inside])
        hits.append(_scored(material, places, strengths, bands))
    return sorted(hits, key=lambda hit: -hit.score)


def _scored(material: Material, places: Floats, strengths: Floats, bands: Sequence[Band]) -> Hit:
    near = _NEAR[material.technique]
    found = np.array([band.position for band in bands])
    heights = np.sqrt(np.array([max(band.height, 0.0) for band in bands]))
    widths = np.array([max(near, 0.35 * min(band.width, 60.0)) for band in bands])
    weights = np.sqrt(strengths)
    if not len(found):
        return Hit(material.name, material.family, 0.0, 1.0, (), len(places))
    close = np.exp(-math.log(2) * ((found[None, :] - places[:, None]) / widths[None, :]) ** 2)
    nearest = close.argmax(axis=1)
    of_library, of_query = close.max(axis=1), close.max(axis=0)

    def score(library: Floats, query: Floats) -> float:
        own = float((weights * library * of_library).sum() / max((weights * library).sum(), 1e-12))
        other = float((heights * query * of_query).sum() / max((heights * query).sum(), 1e-12))
        agreement = _agreement(weights, heights[nearest], of_library * library)
        return math.sqrt(own * other) * (0.75 + 0.25 * agreement)

    everything = (np.ones(len(places)), np.ones(len(found)))
    value = score(*everything)
    pairs = [(float(places[i]), float(found[nearest[i]])) for i in range(len(places)) if of_library[i] > 0.25]
    u = _jackknife(value, [_without(everything, i, score) for i in range(len(places) + len(found))])
    explained = float((heights**2 * of_query).sum() / max((heights**2).sum(), 1e-12))
    return Hit(material.name, material.family, value, u, pairs, len(places), explained)


def _agreement(expected: Floats, found: Floats, close: Floats) -> float:
    """How alike two lists of strengths are where both have a band: the cosine of the angle between them."""
    a, b = expected * close, found * close
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm > 0 else 0.0


def _without(both: tuple[Floats, Floats], place: int, score: Callable[[Floats, Floats], float]) -> float:
    library, query = both[0].copy(), both[1].copy()
    if place < len(library):
        library[place] = 0.0
    else:
        query[place - len(library)] = 0.0
    return score(library, query)


def _jackknife(value: float, left_out: Sequence[float]) -> float:
    """Return the standard uncertainty that leaving out each part in turn shows (Efron and Stein, 1981)."""
    n = len(left_out)
    mean = sum(left_out) / n
    return max(math.sqrt((n - 1) / n * sum((one - mean) ** 2 for one in left_out)), 1e-4)


def by_library(spectrum: Spectrum, files: Sequence[str | Path]) -> list[Hit]:
    """Return every spectrum of these files by its likeness, best first: the correlation of both without baseline.

    Spectra that share less than half of the range are left out. The uncertainty is a jackknife over ten parts of it.
    """
    hits = []
    for path in files:
        for one in read_spectra(path):
            low, high = max(spectrum.x[0], one.x[0]), min(spectrum.x[-1], one.x[-1])
            if one.x_unit != spectrum.x_unit or high - low < 0.5 * float(np.ptp(spectrum.x)):
                continue
            hits.append(_likeness(spectrum, one, float(low), float(high)))
    return sorted(hits, key=lambda hit: -hit.score)


def _likeness(spectrum: Spectrum, one: Spectrum, low: float, high: float) -> Hit:
    grid = np.linspace(low, high, _GRID)
    a, b = (np.interp(grid, part.x, part.bands - baseline_of(part.bands)) for part in (spectrum, one))

    def score(keep: np.ndarray) -> float:
        first, second = a[keep] - a[keep].mean(), b[keep] - b[keep].mean()
        norm = float(np.linalg.norm(first) * np.linalg.norm(second))
        return max(float(first @ second) / norm, 0.0) if norm > 0 else 0.0

    part = np.arange(_GRID) * _SEGMENTS // _GRID
    value = score(np.ones(_GRID, bool))
    u = _jackknife(value, [score(part != i) for i in range(_SEGMENTS)])
    return Hit(Text.same(one.name), one.name, value, u, (), 0, value)


def second_component(hits: Sequence[Hit], first: Hit, bands: Sequence[Band], spectrum: Spectrum) -> Hit | None:
    """Return the material that explains most of what the first leaves, None where little is left or explained."""
    taken = {round(found, 3) for _, found in first.pairs}
    rest = [band for band in bands if round(band.position, 3) not in taken]
    left = sum(band.height for band in rest) / max(sum(band.height for band in bands), 1e-12)
    if left < 0.05 or len(rest) < 2:
        return None
    again = [
        hit for hit in by_bands(spectrum, rest)
        if hit.family != first.family and len(hit.pairs) >= max(2, 0.5 * hit.expected)
    ]  # fmt: skip
    return again[0] if again and again[0].score >= _LEAST_SECOND else None
