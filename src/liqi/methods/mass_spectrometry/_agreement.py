"""How far a candidate's references agree with each other about the query, and what of them the query lacks.

A library's own compound is like several references, of other laboratories too; an isomer that the library lacks is
often like one of them by chance, or like all of them less than well, with a fragment missing in each.
"""

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._groups import Groups

ALIKE = 0.8
"""A reference speaks for the candidate as its best does from this share of the best one's likeness on."""
_PER_MILLE = 1_000.0


def agreement(groups: Groups, likeness: Floats, lab: Integers) -> dict[str, Floats]:
    """Return how alike the query is to the references beside the best; likeness falls within each group."""
    best = likeness[groups.first]
    mean = groups.sums(likeness) / groups.size
    elsewhere = np.full(groups.size.size, -np.inf)
    other = lab != lab[groups.first][groups.number]
    np.maximum.at(elsewhere, groups.number[other], likeness[other])
    elsewhere = np.where(np.isfinite(elsewhere), elsewhere, np.nan)
    second = np.full(groups.size.size, np.nan)
    second[groups.size > 1] = likeness[groups.first[groups.size > 1] + 1]
    return {
        "references_alike": groups.sums(likeness > ALIKE * best[groups.number]) / groups.size,
        "likeness_spread": np.sqrt(np.maximum(groups.sums(likeness**2) / groups.size - mean**2, 0.0)),
        "likeness_second": second,
        "likeness_elsewhere": elsewhere,
        "gap_elsewhere": best - elsewhere,
    }


def missing(groups: Groups, lacking: Floats, nearness: Floats, has_fragments: Floats) -> dict[str, Floats]:
    """Return which share of the references the query lacks, the nearer ones counting more, and how many are near.

    `lacking` is that share of each reference, `nearness` how near it is in energy and in degree of fragmentation.
    """
    weight = nearness * has_fragments
    total = groups.sums(weight)
    least = np.ones(groups.size.size)
    np.minimum.at(least, groups.number, lacking)
    return {
        "missing": groups.sums(weight * lacking) / np.maximum(total, np.finfo(float).tiny),
        "missing_least": least,
        "references_near": groups.sums(np.minimum(nearness, 1.0)),
    }


def of_mass(reference_mz: Floats) -> dict[str, Floats]:
    """Return the candidate's m/z and its mass defect in per mille: how crowded with compounds its mass is.

    They are the reference's, not the query's, whose decimals an ion trap does not tell.
    """
    return {
        "precursor_mz": reference_mz,
        "mass_defect": (reference_mz - np.floor(reference_mz)) / reference_mz * _PER_MILLE,
    }
