"""The mirror plot of a measured spectrum above its best reference, as data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cleaning import Floats, joined
from liqi.methods.mass_spectrometry._energy import REFERENCE_MZ
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._fragments import fragments
from liqi.methods.mass_spectrometry._search import Candidate
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.library import SpectralLibrary
from liqi.methods.readers import Spectrum

MOST_PEAKS = 150
_CREDIT = ("accession", "licence", "authors", "adduct", "collision_energy", "instrument_type")
_X = Text("m/z", "m/z", "m/z")
_Y = Text("relative intensity (%)", "相对强度 (%)", "相對強度 (%)")
_MEASURED = Text("measured", "实测", "實測")


def mirror_plot(feature: Feature, candidate: Candidate, library: SpectralLibrary, tolerance: Tolerance) -> Plot:
    """Return the measured spectrum above, the candidate's best reference below, matched peaks paired.

    What several scans have of one fragment, within the tolerance, is one peak.
    """
    record = library.record(candidate.row)
    reference = Spectrum(np.array(record["mz"]), np.array(record["intensity"]))
    facts = {
        "feature": feature.index,
        "file": feature.file,
        "precursor_mz": feature.spectrum.precursor_mz,
        "reference": {name: record[name] for name in _CREDIT},
    }
    name = f"mirror-{feature.index}-{candidate.row}"
    width = tolerance.at(feature.spectrum.precursor_mz or REFERENCE_MZ)
    measured = feature.spectrum
    if feature.scans > 1:
        mz, intensity = joined(measured.mz, measured.intensity, width)
        measured = replace(measured, mz=mz, intensity=intensity)
    plot = mirror_of(name, Text.same(candidate.name), measured, reference, candidate.name, width, facts)
    return replace(plot, data={**plot.data, "fragments": _named(plot.data, candidate, width)})


def _named(data: Mapping[str, Any], candidate: Candidate, width: float) -> list[list[Any]]:
    """Return [index in upper, formula, error in ppm] of the matched peaks that are a part of the candidate's ion."""
    matched = [i for i, _ in data["pairs"]]
    mz = [data["upper"]["mz"][i] for i in matched]
    found = fragments(mz, candidate.formula, candidate.adduct, width, positive=not candidate.adduct.endswith("-"))
    return [[i, *part] for i, part in zip(matched, found, strict=True) if part]


def mirror_of(
    name: str,
    title: Text,
    measured: Spectrum,
    reference: Spectrum,
    label: str,
    width: float,
    facts: Mapping[str, Any] | None = None,
) -> Plot:
    """Return the plot of one spectrum above another; peaks within `width` Da are paired."""
    upper = _shown(measured.mz, measured.intensity)
    lower = _shown(reference.mz, reference.intensity)
    data = {
        "upper": _side(upper, _MEASURED.as_json()),
        "lower": _side(lower, Text.same(label).as_json()),
        "pairs": matched_pairs(upper, lower, width),
    }
    return Plot(name, "mirror", title, _X, _Y, data | dict(facts or {}))


def matched_pairs(upper: tuple[Floats, Floats], lower: tuple[Floats, Floats], width: float) -> list[list[int]]:
    """Return index pairs of peaks within `width` Da, nearest first, no peak twice.

    >>> one, two = np.array([100.0, 101.0]), np.array([100.01, 105.0])
    >>> matched_pairs((one, one), (two, two), 0.02)
    [[0, 0]]
    """
    low = np.searchsorted(lower[0], upper[0] - width, side="left")
    high = np.searchsorted(lower[0], upper[0] + width, side="right")
    near = [
        (abs(float(upper[0][i] - lower[0][j])), i, j)
        for i in range(upper[0].size)
        for j in range(int(low[i]), int(high[i]))
    ]
    taken_upper: set[int] = set()
    taken_lower: set[int] = set()
    pairs = []
    for _, i, j in sorted(near):
        if i not in taken_upper and j not in taken_lower:
            taken_upper.add(i)
            taken_lower.add(j)
            pairs.append([i, j])
    return sorted(pairs)


def _shown(mz: Floats, intensity: Floats) -> tuple[Floats, Floats]:
    """Return the strongest 150 peaks scaled to a base peak of 100, in order of m/z."""
    if not mz.size or intensity.max() <= 0:
        return np.empty(0), np.empty(0)
    strongest = np.sort(np.argsort(intensity)[-MOST_PEAKS:])
    return mz[strongest], 100 * intensity[strongest] / intensity.max()


def _side(peaks: tuple[Floats, Floats], label: dict[str, str]) -> dict[str, Any]:
    return {"label": label, "mz": peaks[0].round(4).tolist(), "intensity": peaks[1].round(2).tolist()}
