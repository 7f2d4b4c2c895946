"""What speaks for each candidate compound: the figures that the confidence is made from.

They are those of one query against the compound's best reference, against all its references together, and
against the other compounds that could be meant.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._agreement import agreement, missing, of_mass
from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Peaks, add_up
from liqi.methods.mass_spectrometry._consensus import consensus
from liqi.methods.mass_spectrometry._groups import Groups
from liqi.methods.mass_spectrometry._index import ModeIndex, Pairs
from liqi.methods.mass_spectrometry._make_up import MAKE_UP, make_up
from liqi.methods.mass_spectrometry._possible import possible, possible_shares
from liqi.methods.mass_spectrometry._references import References

NAMES = (
    "likeness", "entropy_similarity", "entropy_similarity_with_precursor", "sqrt_cosine", "matched_peaks",
    "explained_query", "explained_reference", "best_three", "mean_of_references", "references_log", "laboratories",
    "precursor_error", "gap_to_next", "gap_similarity", "gap_sqrt_cosine", "rival_likeness", "rank",
    "candidates_log", "query_entropy", "query_peaks", "query_residual", "reference_residual", "residual_difference",
    "energy_difference_log", "likeness_at_energy", "degree_difference", "likeness_at_degree",
    "explained_by_any", "explained_by_it_alone", "gap_explained",
    "consensus_similarity", "gap_consensus", "peak_likelihood", "gap_likelihood", "telling_peaks",
    "similarity_narrow", "fragment_error", "gap_narrow",
    "references_alike", "likeness_spread", "likeness_second", "likeness_elsewhere", "gap_elsewhere",
    "missing", "missing_least", "references_near", "precursor_mz", "mass_defect",
    "possible", "possible_unexplained", "explained_of_possible", *MAKE_UP,
)  # fmt: skip
PRECURSOR_WEIGHT = 0.2
_MOST_RANK = 5
_DEGREE_WIDTH = 0.1
_ENERGY_WIDTH, _ENERGY_UNTOLD, _ENERGY_FLOOR = 0.35, 0.7, 1e-3
Hidden = Callable[[Integers, Integers], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row a query and candidate compound: `table` (n, len(NAMES)); `reference` is the best one's place."""

    query: Integers
    compound: Integers
    reference: Integers
    likeness: Floats
    similarity: Floats
    matched: Integers
    table: Floats


def weigh_evidence(
    index: ModeIndex,
    queries: Peaks,
    precursor_mz: Floats,
    energy: Floats,
    pairs: Pairs,
    hidden: Hidden | None = None,
    references: References | None = None,
    exact: bool = True,
) -> Evidence:
    """Return the evidence for every compound among the pairs; `hidden` tells which pairs not to look at.

    `references` are those of the library that the index is of; without them nothing is known of the candidates' atoms,
    and unless the peaks' masses are `exact` not which of them the atoms could give.
    """
    likeness = (1 - PRECURSOR_WEIGHT) * pairs.similarity + PRECURSOR_WEIGHT * pairs.similarity_kept
    seen = np.ones(likeness.size, dtype=bool) if hidden is None else ~hidden(pairs.query, pairs.reference)
    compound = index.compound[pairs.reference]
    shown = np.flatnonzero(seen)
    order = shown[np.lexsort((-likeness[shown], compound[shown], pairs.query[shown]))]
    groups = Groups.of(pairs.query[order], compound[order])
    best = order[groups.first]
    query, reference = pairs.query[best], pairs.reference[best]
    matched = np.where(queries.count[query] > 0, pairs.matched[best], pairs.matched_kept[best])
    facts = {
        "likeness": likeness[best],
        "entropy_similarity": pairs.similarity[best],
        "entropy_similarity_with_precursor": pairs.similarity_kept[best],
        "sqrt_cosine": pairs.cosine[best],
        "similarity_narrow": pairs.similarity_narrow[best],
        "fragment_error": pairs.fragment_error[best],
        "matched_peaks": matched,
        "explained_query": pairs.explained_query[best],
        "explained_reference": pairs.explained_reference[best],
        "best_three": groups.sums(likeness[order] * (groups.place < 3)) / np.minimum(groups.size, 3),
        "mean_of_references": groups.sums(likeness[order]) / groups.size,
        "references_log": np.log(groups.size),
        "laboratories": groups.distinct(index.lab[pairs.reference[order]]),
        "precursor_error": np.abs(index.precursor_mz[reference] / precursor_mz[query] - 1) * 1e6,
    }
    facts |= _against_rivals(query, facts)
    facts |= {
        "query_entropy": queries.entropy[query],
        "query_peaks": queries.count[query],
        "query_residual": queries.residual[query],
        "reference_residual": index.peaks.residual[reference],
        "residual_difference": np.abs(queries.residual[query] - index.peaks.residual[reference]),
    }
    at_energy, by_energy = _at_energy(
        groups, energy[pairs.query[order]], index.energy[pairs.reference[order]], likeness[order]
    )
    at_degree, by_degree = _at_degree(
        groups,
        _degree(queries, pairs.query[order], precursor_mz),
        _degree(index.peaks, pairs.reference[order], index.precursor_mz),
        likeness[order],
    )
    facts |= at_energy | at_degree
    nearness = by_energy * by_degree
    facts |= _explained(query, groups, order, pairs, queries, nearness)
    facts |= agreement(groups, likeness[order], index.lab[pairs.reference[order]])
    fragments = (index.peaks.count[pairs.reference[order]] > 0).astype(np.float64)
    facts |= missing(groups, 1 - pairs.explained_reference[order], nearness, fragments)
    facts |= of_mass(index.precursor_mz[reference])
    facts |= _of_atoms(queries, query, index.rows[reference], references, exact, facts["explained_by_any"])
    table = np.column_stack([facts[name] for name in NAMES]).astype(np.float64)
    return Evidence(query, compound[best], reference, likeness[best], pairs.similarity[best], matched, table)


def _of_atoms(
    queries: Peaks, query: Integers, rows: Integers, references: References | None, exact: bool, explained: Floats
) -> dict[str, Floats]:
    """What the candidates' atoms could give of the query, and what they are made of; NaN where that is not known."""
    share = np.full(query.size, np.nan)
    made = np.full((query.size, len(MAKE_UP)), np.nan)
    if references is not None:
        made = make_up(rows, references)
        share = possible_shares(queries, query, rows, references) if exact else share
    return possible(share, explained) | dict(zip(MAKE_UP, made.T, strict=True))


def _against_rivals(query: Integers, facts: dict[str, Floats]) -> dict[str, Floats]:
    gap, rank, number, rival = standing(query, facts["likeness"])
    return {
        "gap_to_next": gap,
        "rival_likeness": rival,
        "rank": np.minimum(rank, _MOST_RANK),
        "candidates_log": np.log(np.maximum(number, 1)),
        "gap_similarity": standing(query, facts["entropy_similarity"])[0],
        "gap_narrow": standing(query, facts["similarity_narrow"])[0],
        "gap_sqrt_cosine": standing(query, facts["sqrt_cosine"])[0],
    }


def standing(query: Integers, value: Floats) -> tuple[Floats, Integers, Integers, Floats]:
    """Return each candidate's lead over its best rival, rank from 0, number of candidates, and that rival's value."""
    order = np.lexsort((-value, query))
    groups = Groups.of(query[order])
    second = np.minimum(groups.first + 1, max(order.size - 1, 0))
    best = value[order][groups.first]
    following = np.where(groups.size > 1, value[order][second] if order.size else 0.0, 0.0)
    rivals = np.where(groups.place == 0, following[groups.number], best[groups.number])
    rival, rank, number = np.empty(query.size), np.empty(query.size, np.int64), np.empty(query.size, np.int64)
    rival[order], rank[order], number[order] = rivals, groups.place, groups.size[groups.number]
    return value - rival, rank, number, rival


def _at_energy(groups: Groups, asked: Floats, recorded: Floats, likeness: Floats) -> tuple[dict[str, Floats], Floats]:
    """Likeness weighted by how near the references' collision energies are, as |ln(E1 / E2)|, and that nearness."""
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.abs(np.log(asked[:, :, None] / recorded[:, None, :])).reshape(-1, 4)
    away = np.where(np.isfinite(away), away, np.inf).min(axis=1, initial=np.inf)
    told = np.isfinite(away)
    nearness = np.exp(-(np.where(told, away, _ENERGY_UNTOLD) ** 2) / (2 * _ENERGY_WIDTH**2)) + _ENERGY_FLOOR
    return {
        "energy_difference_log": np.where(told, away, np.nan)[groups.first],
        "likeness_at_energy": groups.sums(nearness * likeness) / groups.sums(nearness),
    }, nearness


def _degree(peaks: Peaks, places: Integers, precursor_mz: Floats) -> Floats:
    """How little of an ion has fragmented: mean m/z over precursor m/z, 1 for a spectrum of the precursor alone."""
    residual = peaks.residual[places]
    return np.asarray(residual + (1 - residual) * peaks.centre[places] / precursor_mz[places])


def _at_degree(groups: Groups, asked: Floats, recorded: Floats, likeness: Floats) -> tuple[dict[str, Floats], Floats]:
    """Likeness weighted by how far the references have fragmented: tells energies alike where none is told."""
    away = np.abs(asked - recorded)
    nearness = np.exp(-(away**2) / (2 * _DEGREE_WIDTH**2)) + _ENERGY_FLOOR
    return {
        "degree_difference": away[groups.first],
        "likeness_at_degree": groups.sums(nearness * likeness) / groups.sums(nearness),
    }, nearness


def _explained(
    query: Integers, groups: Groups, order: Integers, pairs: Pairs, queries: Peaks, nearness: Floats
) -> dict[str, Floats]:
    """Which share of the query any of the compound's references explains, which no rival does, and how well all do."""
    number = groups.first.size
    group_of_pair, part = np.full(pairs.query.size, -1), np.zeros(pairs.query.size)
    group_of_pair[order] = groups.number
    part[order] = nearness / groups.sums(nearness)[groups.number]
    group = group_of_pair[pairs.hit_pair]
    known = group >= 0
    keys = pairs.hit_peak[known] * max(number, 1) + group[known]
    both, place = np.unique(keys, return_inverse=True)
    expected = add_up(place, part[pairs.hit_pair[known]] * pairs.hit_weight[known], both.size)
    peak, group = both // max(number, 1), both % max(number, 1)
    claims = np.bincount(peak, minlength=queries.share.size)
    weight = queries.share[peak].astype(float)
    by_any = add_up(group, weight, number)
    similarity, likelihood, telling = consensus(group, peak, expected, queries.without, number)
    return {
        "explained_by_any": by_any,
        "explained_by_it_alone": add_up(group, weight * (claims[peak] == 1), number),
        "gap_explained": standing(query, by_any)[0],
        "consensus_similarity": similarity,
        "gap_consensus": standing(query, similarity)[0],
        "peak_likelihood": likelihood,
        "gap_likelihood": standing(query, likelihood)[0],
        "telling_peaks": telling,
    }
