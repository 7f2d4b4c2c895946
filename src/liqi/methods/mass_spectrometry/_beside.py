"""What speaks for a candidate beside the likeness of the spectra, where the data tell it: isotopes, retention index."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._isotope_evidence import NAME as ISOTOPES
from liqi.methods.mass_spectrometry._isotope_evidence import isotope_fit, push_of_fit
from liqi.methods.mass_spectrometry._retention_index import NAME as RETENTION
from liqi.methods.mass_spectrometry._retention_index import index_in, push_of_difference

if TYPE_CHECKING:
    from liqi.methods.mass_spectrometry.library import SpectralLibrary

_DECIMALS = 3


def beside(
    feature: Feature, row: int, library: "SpectralLibrary", part: float = 1.0
) -> dict[str, tuple[float | None, float]]:
    """Return the fit of the isotopes and the difference of retention indices, each with what it moves.

    `part` is the part of a push that is shown here, where the lead over the rivals shows the rest.
    """
    words = library.words(row)
    fit = isotope_fit(feature, words["formula"], words["adduct"])
    away = away_from(index_in(feature.spectrum.facts), row, library)
    found: dict[str, tuple[float | None, float]] = {}
    if fit is not None:
        found[ISOTOPES] = (round(fit, _DECIMALS), round(part * push_of_fit(fit), _DECIMALS))
    if not math.isnan(away):
        found[RETENTION] = (round(away, 1), round(part * push_of_difference(away), _DECIMALS))
    return found


def away_from(index: float, row: int, library: "SpectralLibrary") -> float:
    """Return a retention index less that of a reference, NaN where either is not told."""
    return index - float(library.references.retention_index[row])


def pushes_beside(asked: Sequence[Feature], query: Integers, rows: Integers, library: "SpectralLibrary") -> Floats:
    """Return how far they move each candidate's log-odds, 0 where the data tell neither."""
    telling = [bool(one.isotopes) or not math.isnan(index_in(one.spectrum.facts)) for one in asked]
    pushes = np.zeros(query.size)
    for i in np.flatnonzero(np.array(telling, dtype=bool)[query]).tolist():
        told = beside(asked[int(query[i])], int(rows[i]), library)
        pushes[i] = sum(push for _, push in told.values())
    return pushes
