"""Which part of a spectrum the atoms of a candidate's ion could give at all, whatever its references show.

A peak that no choice of these atoms has the mass of is noise, or speaks against the formula. One that they could give
and no reference of the compound has is worse for the compound than noise is: it may be an isomer of it that the library
lacks.
"""

from functools import lru_cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Peaks, add_up
from liqi.methods.mass_spectrometry._formula import ELECTRON
from liqi.methods.mass_spectrometry._fragments import HYDROGEN, skeletons_of
from liqi.methods.mass_spectrometry._references import References

WITHIN_PPM, LEAST_DA = 10.0, 0.0008
"""How far a peak may be from the mass of a part of the ion: 10 ppm, and 0.8 mDa where that is more."""
_LEAST_SHARE = 0.01
Masses = tuple[Floats, int]


def possible_shares(queries: Peaks, query: Integers, rows: Integers, references: References) -> Floats:
    """Return the share of each query's intensity, without the precursor, that parts of the ion of this row could give.

    NaN where formula or adduct are not understood.
    """
    shares = np.full(query.size, np.nan)
    formulas, adducts = references.words["formula"], references.words["adduct"]
    alike: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows.tolist()):
        alike.setdefault((formulas[row], adducts[row]), []).append(place)
    for (formula, adduct), places in alike.items():
        masses = _masses(formula, adduct)
        if masses is not None:
            asked, number = np.unique(query[places], return_inverse=True)
            shares[places] = _shares(queries, asked, masses, -ELECTRON if adduct.endswith("-") else ELECTRON)[number]
    return shares


def possible(share: Floats, explained: Floats) -> dict[str, Floats]:
    """Return the figures: what the ion could give, what of it no reference explains, and which part they explain."""
    return {
        "possible": share,
        "possible_unexplained": share - explained,
        "explained_of_possible": explained / np.maximum(share, _LEAST_SHARE),
    }


def _shares(queries: Peaks, asked: Integers, masses: Masses, electron: float) -> Floats:
    """Return the share of each of these queries that has the mass of some skeleton with some of the hydrogens."""
    counts = queries.starts[asked + 1] - queries.starts[asked]
    ends = np.cumsum(counts)
    at = np.arange(int(ends[-1])) + np.repeat(queries.starts[asked] - ends + counts, counts)
    own = queries.share[at] > 0
    at, owner = at[own], np.repeat(np.arange(asked.size), counts)[own]
    skeleton, hydrogens = masses
    mz = queries.mz[at].astype(np.float64)
    half = np.maximum(WITHIN_PPM * 1e-6 * mz, LEAST_DA)[:, None]
    wanted = (mz + electron)[:, None] - np.arange(hydrogens + 1) * HYDROGEN
    there = np.searchsorted(skeleton, wanted + half, side="right") > np.searchsorted(skeleton, wanted - half)
    return add_up(owner, queries.share[at] * there.any(axis=1), asked.size)


@lru_cache(maxsize=1_024)
def _masses(formula: str, adduct: str) -> Masses | None:
    made = skeletons_of(formula, adduct) if formula else None
    return None if made is None else (made.mass, made.hydrogens)
