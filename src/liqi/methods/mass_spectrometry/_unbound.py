"""Spectra without a precursor m/z: EI spectra against the EI references, others by their fragments alone."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from liqi.methods.mass_spectrometry._beside import away_from
from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, clean_many, merge_width
from liqi.methods.mass_spectrometry._index import ion_modes
from liqi.methods.mass_spectrometry._lead import ELECTRON, OPEN, Lead, best_of_compounds, lead
from liqi.methods.mass_spectrometry._open import entropy_gain
from liqi.methods.mass_spectrometry._retention_index import index_in, push_of_difference
from liqi.methods.mass_spectrometry._widths import UNIT_WIDTH_DA
from liqi.methods.readers import Spectrum

if TYPE_CHECKING:
    from liqi.methods.mass_spectrometry.library import SpectralLibrary

MOST = 20


@dataclass(frozen=True, slots=True)
class Unbound:
    """Candidates of one spectrum, best first: rows, what they were ranked by, its lead, probability, likeness.

    `rule` made the probabilities. What else speaks for a candidate is added to its score, so that the best gains its
    whole log-odds; `part` of them by the score itself, the rest by the lead.
    """

    rule: Lead
    rows: Integers
    score: Floats
    lead: Floats
    chance: Floats
    similarity: Floats
    matched: Integers
    part: float


def find(spectrum: Spectrum, library: "SpectralLibrary", width: float, unknown_share: float) -> Unbound | None:
    """Return the candidates; a library with EI references takes the spectrum for an EI one."""
    if not spectrum.mz.size or not spectrum.intensity.max(initial=0.0) > 0:
        return None
    parts = list(_parts(spectrum, library, width))
    rows, score = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    rule: Lead = ELECTRON if len(library.electron) else OPEN
    best = best_of_compounds(score, library.references.compound[rows])[:MOST]
    rows, score = rows[best], score[best]
    moved = score + _pushes(spectrum, rows, library) / (rule.by_score + rule.by_lead)
    order = np.argsort(-moved, kind="stable")
    rows, score, moved = rows[order], score[order], moved[order]
    chance = rule.probabilities(moved, unknown_share)
    like = [_likeness(spectrum, row, library, width) for row in rows.tolist()]
    similarity, matched = np.array([one[0] for one in like]), np.array([one[1] for one in like], dtype=np.int64)
    part = rule.by_score / (rule.by_score + rule.by_lead)
    return Unbound(rule, rows, score, lead(moved), chance, similarity, matched, part)


def _pushes(spectrum: Spectrum, rows: Integers, library: "SpectralLibrary") -> Floats:
    """Return what retention index and the weight of a file's references move the log-odds of each row."""
    index = index_in(spectrum.facts)
    aways = [away_from(index, row, library) for row in rows.tolist()]
    told = np.array([0.0 if math.isnan(away) else push_of_difference(away) for away in aways])
    return np.asarray(told + np.log(library.references.weight[rows]))


def _parts(spectrum: Spectrum, library: "SpectralLibrary", width: float) -> Iterator[tuple[Integers, Floats]]:
    if len(library.electron):
        yield library.electron.rows, library.electron.composites(spectrum.mz, spectrum.intensity)
        return
    query, width = library.cleaned([spectrum], width)
    for mode in ion_modes(spectrum.polarity):
        index = library.open_index(mode, width)
        yield index.index.rows, index.open(query, width)


def _likeness(spectrum: Spectrum, row: int, library: "SpectralLibrary", width: float) -> tuple[float, int]:
    """Return entropy similarity and number of matched peaks with one reference, the precursor kept."""
    unit = bool(len(library.electron))
    width = UNIT_WIDTH_DA if unit else width
    references = library.references
    span = slice(int(references.starts[row]), int(references.starts[row + 1]))
    mz = np.concatenate([spectrum.mz, references.mz[span].astype(float)])
    intensity = np.concatenate([spectrum.intensity, references.intensity[span].astype(float)])
    counts = np.array([spectrum.mz.size, mz.size - spectrum.mz.size])
    peaks = clean_many(mz, intensity, counts, np.array([np.nan, np.nan]), merge_width(width), unit)
    one, other = peaks.take(np.array([0])), peaks.take(np.array([1]))
    if not one.mz.size or not other.mz.size:
        return 0.0, 0
    nearest = np.abs(one.mz[:, None].astype(float) - other.mz[None, :]).argmin(axis=1)
    near = np.abs(one.mz - other.mz[nearest]) <= width
    gain = entropy_gain(one.kept[near].astype(float), other.kept[nearest[near]])
    return min(1.0, float(gain.sum())), int(near.sum())
