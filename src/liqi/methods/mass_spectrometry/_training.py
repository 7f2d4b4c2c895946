"""Confidence trained inside a library, by hiding a laboratory.

A spectrum of laboratory L is asked for while L's spectra of that compound are hidden (the compound is known, from
other laboratories), or while the compound is hidden whole (it is unknown). Trees are fitted to the answers;
their calibration and the figures told are out of fold, with all queries of a compound in one fold. A third of the
spectra are asked for as a run of an instrument would have them, with noise and an energy that may be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._boosting import Forest, fit, softmax
from liqi.methods.mass_spectrometry._cleaning import Flags, Floats, Integers, clean_many, merge_width
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE, Confidence
from liqi.methods.mass_spectrometry._evidence import NAMES, Evidence, weigh_evidence
from liqi.methods.mass_spectrometry._index import ModeIndex, match
from liqi.methods.mass_spectrometry._noise import questions
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY, quality
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.mass_spectrometry._widths import kind_of

LEAST_KNOWN = 300
"""Fewer known queries than these train nothing: the shipped model is used."""
FOLDS = 5
_SPECTRA_A_LAB = 3
_MOST_KNOWN = 8_000
_MOST_CANDIDATES = 10
_MOST_ROWS = 30_000
_NOISY = 1 / 3
_SCALES, _NONES = np.linspace(0.6, 1.4, 17), np.linspace(-1.2, 1.2, 25)


@dataclass(frozen=True, slots=True)
class Lessons:
    """Candidates of pseudo-queries: `right` marks the compound asked for, `truth` is -1 for unknowns.

    One entry a query: `truth`, `asked` (its compound), `lab` (who measured it) and `row` (its reference).
    """

    query: Integers
    compound: Integers
    table: Floats
    right: Floats
    truth: Integers
    asked: Integers
    lab: Integers
    row: Integers


def train(
    indexes: Sequence[ModeIndex],
    references: References,
    half_width: tuple[float, str],
    fragment_width: float,
    seed: int = 0,
) -> Confidence | str:
    """Return the model, or one sentence that says why the library is too small for its own."""
    lessons = fewer(joined([teach(index, references, half_width, fragment_width, seed) for index in indexes]), seed)
    known = lessons.truth != NOT_IN_LIBRARY
    if known.sum() < LEAST_KNOWN:
        return (
            f"found {int(known.sum())} spectra of compounds that two laboratories measured, "
            f"expected {LEAST_KNOWN} to train from; the shipped model is used"
        )
    weight = weights(lessons.asked, known)
    scores = out_of_fold(lessons, weight, _by_compound(lessons, seed), seed)
    scale, none = calibrated(lessons, weight, scores)
    forest = fit(lessons.table, lessons.query, lessons.right, weight, seed)
    scaled = Forest(forest.edges, forest.feature, forest.threshold, forest.value * scale)
    chance = softmax(scores * scale, lessons.query, known.size, none)
    figures = told(lessons, chance, known)
    facts = {"origin": "library", "known": int(known.sum()), "unknown": int((~known).sum())}
    return Confidence(scaled, none, {**facts, "unknown_share": UNKNOWN_SHARE, "out_of_fold": figures})


def weights(asked: Integers, known: Flags) -> Floats:
    """Return the queries' weights: every compound counts the same, unknowns have their share of the whole."""
    weight = np.zeros(known.size)
    for group, share in ((known, 1 - UNKNOWN_SHARE), (~known, UNKNOWN_SHARE)):
        own = 1 / np.bincount(asked[group], minlength=1)[asked[group]]
        weight[group] = own * share * known.size / max(own.sum(), 1e-9)
    return weight


def told(lessons: Lessons, chance: Floats, known: Flags) -> dict[str, float]:
    """Return the figures over one query a compound, known and unknown."""
    _, first = np.unique(lessons.asked * 2 + known, return_index=True)
    ours, others = first[known[first]], first[~known[first]]
    unknowns = np.random.default_rng(0).permutation(others)[: int(ours.size * UNKNOWN_SHARE / (1 - UNKNOWN_SHARE))]
    chosen = np.zeros(known.size, dtype=bool)
    chosen[ours] = chosen[unknowns] = True
    rows = chosen[lessons.query]
    query = (np.cumsum(chosen) - 1)[lessons.query[rows]]
    return quality(query, lessons.compound[rows], chance[rows], lessons.truth[chosen]).as_json()


def teach(
    index: ModeIndex,
    references: References,
    half_width: tuple[float, str],
    fragment_width: float,
    seed: int,
    noisy: float = _NOISY,
) -> Lessons:
    """Return the pseudo-queries of one ion mode with their candidates; a share of them, `noisy`, is asked with noise.

    Every second query does not tell its energy, as many files do not.
    """
    known, unknown = choose(index, seed)
    places = np.concatenate([known, unknown])
    is_known = np.arange(places.size) < known.size
    compound, lab = index.compound[places], index.lab[places]
    random = np.random.default_rng(seed)
    asked_with_noise = random.random(places.size) < noisy
    mz, intensity, counts, precursors, energy = questions(references, index.rows[places], asked_with_noise, random)
    energy[::2] = np.nan
    value, unit = half_width
    width = precursors * value * 1e-6 if unit == "ppm" else np.full(places.size, value)

    def hidden(query: Integers, reference: Integers) -> Flags:
        same = index.compound[reference] == compound[query]
        return np.asarray(same & ((index.lab[reference] == lab[query]) | ~is_known[query]))

    unit_mass = kind_of(fragment_width) == "unit"
    queries = clean_many(mz, intensity, counts, precursors, merge_width(fragment_width), unit_mass)
    pairs = match(index, queries, precursors, width, fragment_width)
    found = weigh_evidence(index, queries, precursors, energy, pairs, hidden, references, not unit_mass)
    return _lessons(found, compound, lab, index.rows[places], is_known)


def _lessons(found: Evidence, compound: Integers, lab: Integers, row: Integers, is_known: Flags) -> Lessons:
    """Keep ten candidates a query, and drop known queries whose compound no other laboratory has there."""
    right = (found.compound == compound[found.query]) & is_known[found.query]
    there = np.bincount(found.query, right, is_known.size) > 0
    use = there | ~is_known
    number = np.cumsum(use) - 1
    kept = use[found.query] & ((found.table[:, NAMES.index("rank")] < _MOST_CANDIDATES) | right)
    truth = np.where(is_known, compound, NOT_IN_LIBRARY)[use]
    parts = (number[found.query][kept], found.compound[kept], found.table[kept], right[kept].astype(np.float64))
    return Lessons(*parts, truth, compound[use], lab[use], row[use])


def choose(index: ModeIndex, seed: int) -> tuple[Integers, Integers]:
    """Return places of known and unknown pseudo-queries: at most three spectra a compound and laboratory."""
    random = np.random.default_rng(seed)
    order = random.permutation(index.compound.size)
    order = order[np.lexsort((index.lab[order], index.compound[order]))]
    compound, lab = index.compound[order], index.lab[order]
    new = np.ones(order.size, dtype=bool)
    new[1:] = (compound[1:] != compound[:-1]) | (lab[1:] != lab[:-1])
    place = np.arange(order.size) - np.maximum.accumulate(np.where(new, np.arange(order.size), 0))
    laboratories = np.bincount(compound[new], minlength=int(compound.max(initial=0)) + 1)
    chosen = random.permutation(order[place < _SPECTRA_A_LAB])
    known = chosen[laboratories[index.compound[chosen]] > 1][:_MOST_KNOWN]
    return known, random.permutation(order[place == 0])[: max(1, known.size // 2)]


def joined(parts: Sequence[Lessons]) -> Lessons:
    """Return the pseudo-queries of both ion modes, numbered through."""
    shifts = np.concatenate([[0], np.cumsum([part.truth.size for part in parts])])
    query = np.concatenate([part.query + shift for part, shift in zip(parts, shifts, strict=False)])
    names = ("compound", "table", "right", "truth", "asked", "lab", "row")
    return Lessons(query.astype(np.int64), *(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def fewer(lessons: Lessons, seed: int) -> Lessons:
    """Return as many of the queries as have 30,000 candidates together, so that training takes seconds."""
    number = lessons.truth.size
    candidates = np.bincount(lessons.query, minlength=number)
    order = np.random.default_rng(seed).permutation(number)
    chosen = np.zeros(number, dtype=bool)
    chosen[order[np.cumsum(candidates[order]) <= _MOST_ROWS]] = True
    return only(lessons, chosen)


def only(lessons: Lessons, chosen: Flags) -> Lessons:
    """Return the lessons of these queries, numbered anew."""
    rows = chosen[lessons.query]
    query = (np.cumsum(chosen) - 1)[lessons.query[rows]]
    parts = (lessons.compound[rows], lessons.table[rows], lessons.right[rows])
    own = (getattr(lessons, name)[chosen] for name in ("truth", "asked", "lab", "row"))
    return Lessons(query, *parts, *own)


def _by_compound(lessons: Lessons, seed: int) -> Integers:
    return np.asarray(np.random.default_rng(seed).permutation(int(lessons.asked.max()) + 1)[lessons.asked] % FOLDS)


def out_of_fold(lessons: Lessons, weight: Floats, fold: Integers, seed: int = 0) -> Floats:
    """Return each candidate's score by trees that saw no query of its fold, 0..FOLDS-1; `fold` has one a query."""
    scores = np.zeros(lessons.query.size)
    for k in range(FOLDS):
        inside = fold != k
        number = np.cumsum(inside) - 1
        rows = inside[lessons.query]
        forest = fit(lessons.table[rows], number[lessons.query[rows]], lessons.right[rows], weight[inside], seed)
        scores[~rows] = forest.scores(lessons.table[~rows])
    return scores


def calibrated(lessons: Lessons, weight: Floats, scores: Floats) -> tuple[float, float]:
    """Return the scale of the scores and the score of "none" that are likeliest out of fold."""
    known = lessons.truth != NOT_IN_LIBRARY
    best = (-np.inf, 1.0, 0.0)
    for scale in _SCALES.tolist():
        for none in _NONES.tolist():
            chance = softmax(scores * scale, lessons.query, known.size, none)
            right = np.bincount(lessons.query, chance * lessons.right, known.size)
            left = 1 - np.bincount(lessons.query, chance, known.size)
            likelihood = float(weight @ np.log(np.maximum(np.where(known, right, left), 1e-12)))
            best = max(best, (likelihood, scale, none))
    return best[1], best[2]
