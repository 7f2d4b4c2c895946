"""Which rule names most compounds rightly for as few unknowns: questions inside the library, trees that never saw them.

    ./run bench naming DATA

DATA holds `massbank/` (see docs/how-to/use-the-large-library.md). Told are names right of 114 known compounds, of 36
unknown ones and wrong of the known, every compound counting the same, all questions asked with noise and of three peaks
and more; by trees that saw no question of the compound, and by trees that saw none of the laboratory.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.calibration import AT, LEAST_PEAKS
from benchmarks.laboratories import parted
from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry import _judgement as judgement
from liqi.methods.mass_spectrometry import _training as training
from liqi.methods.mass_spectrometry._boosting import fit, softmax
from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.methods.mass_spectrometry._index import ION_MODES
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY

KNOWN, UNKNOWN = 114, 36
NOISY = 1 / 3, 1.0
RULES = ((0.9, 0.5, 0.0), (0.85, 0.5, 0.0), (0.8, 0.5, 0.0), (0.85, 0.5, 0.6), (0.85, 0.5, 0.7), (0.85, 0.6, 0.6))
"""What a name needs on one weak peak, otherwise, and of all candidates together."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("data", type=Path)
    library = SpectralLibrary.load(words.parse_args().data / "massbank/library_ms2.parquet")
    learnt, asked = (
        training.joined([training.teach(library.index(mode), library.references, *AT, 0, noisy) for mode in ION_MODES])
        for noisy in NOISY
    )
    peaks = np.diff(library.references.starts)[asked.row] >= LEAST_PEAKS
    number = 1 + int(max(learnt.asked.max(), asked.asked.max()))
    compounds = np.random.default_rng(0).permutation(number) % training.FOLDS
    laboratories = np.zeros(1 + int(max(learnt.lab.max(), asked.lab.max())), dtype=np.int64)
    laboratories[learnt.lab] = parted(learnt.lab)
    for name, ours, theirs in (
        ("compounds never seen", compounds[learnt.asked], compounds[asked.asked]),
        ("laboratories never seen", laboratories[learnt.lab], laboratories[asked.lab]),
    ):
        chance = judged(learnt, asked, ours, theirs)
        print(f"{name}: on one weak peak, otherwise, together: right of {KNOWN}, of {UNKNOWN} unknown, wrong")
        for rule in RULES:
            right, strangers, wrong = named(asked, chance, peaks, rule)
            now = " (in use)" if rule == in_use() else ""
            print(f"  {rule}: {right:.1f} {strangers:.2f} {wrong:.2f}{now}", flush=True)


def in_use() -> tuple[float, float, float]:
    return judgement.SURE_ON_ONE_PEAK, judgement.SURE_ENOUGH, judgement.IN_LIBRARY


def judged(learnt: training.Lessons, asked: training.Lessons, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the probability of every candidate asked for, by trees that learnt from the other folds."""
    weight = training.weights(learnt.asked, learnt.truth != NOT_IN_LIBRARY)
    own, scores = np.zeros(learnt.query.size), np.zeros(asked.query.size)
    for k in range(training.FOLDS):
        inside = training.only(learnt, ours != k)
        forest = fit(inside.table, inside.query, inside.right, weight[ours != k])
        mine, rows = (ours == k)[learnt.query], (theirs == k)[asked.query]
        own[mine], scores[rows] = forest.scores(learnt.table[mine]), forest.scores(asked.table[rows])
    scale, none = training.calibrated(learnt, weight, own)
    return softmax(scores * scale, asked.query, asked.truth.size, none)


def named(
    asked: training.Lessons, chance: np.ndarray, fit_to_ask: np.ndarray, rule: tuple[float, float, float]
) -> tuple[float, float, float]:
    order = np.lexsort((-chance, asked.query))
    query, first = np.unique(asked.query[order], return_index=True)
    best = order[first]
    figure = {name: asked.table[best, NAMES.index(name)] for name in ("matched_peaks", "entropy_similarity")}
    explained = asked.table[best, NAMES.index("explained_query")]
    weak = (figure["matched_peaks"] < judgement.NEEDED_PEAKS) & (figure["entropy_similarity"] < judgement.ENOUGH_ALONE)
    needed = np.where(weak & (explained < judgement.ENOUGH_EXPLAINED), rule[0], rule[1])
    together = np.bincount(asked.query, chance, asked.truth.size)[query]
    called = np.zeros(asked.truth.size, dtype=bool)
    called[query] = (figure["matched_peaks"] > 0) & (chance[best] >= needed) & (together >= rule[2])
    right = np.zeros(asked.truth.size, dtype=bool)
    right[query] = asked.right[best] > 0
    known = asked.truth != NOT_IN_LIBRARY
    weight = training.weights(asked.asked, known)
    ours, others = weight * (known & fit_to_ask), weight * (~known & fit_to_ask)
    shares = ours @ (called & right) / ours.sum(), others @ called / others.sum(), ours @ (called & ~right) / ours.sum()
    return KNOWN * float(shares[0]), UNKNOWN * float(shares[1]), KNOWN * float(shares[2])


if __name__ == "__main__":
    main()
