"""Is the calibration error of a tuning set chance, and which way of calibrating has the least of it on such sets?

    ./run bench calibration DATA [--sets 300] [--trees 150 300 450]

DATA holds `massbank/` (see docs/how-to/use-the-large-library.md). First the tuning spectra: error by step, what chance
makes of a perfect confidence on as many, and the error of sets drawn from them again. Then sets made as they were, but
inside the library: spectra of 300 known compounds, their laboratory hidden, and of 100 that are hidden whole, each of
three peaks and more, one a compound; trees and curves never saw a query of the compounds they judge.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks._curves import bent
from benchmarks._spectra import tuning_set
from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry import _training as training
from liqi.methods.mass_spectrometry._boosting import Forest, fit, softmax
from liqi.methods.mass_spectrometry._index import ION_MODES
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY, calibration_error, quality

KNOWN, UNKNOWN, LEAST_PEAKS = 300, 100, 3
AT = (10.0, "ppm"), 0.02
BAR = 0.04
TREES = (150, 300, 450)
CURVES = ("platt", "beta", "isotonic", "shrunk by 0.05")
AGAIN = 2_000


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("data", type=Path)
    words.add_argument("--sets", type=int, default=300)
    words.add_argument("--trees", type=int, nargs="+", default=TREES)
    given = words.parse_args()
    library = SpectralLibrary.load(given.data / "massbank/library_ms2.parquet")
    taught = [training.teach(library.index(mode), library.references, *AT, 0) for mode in ION_MODES]
    lessons = training.fewer(training.joined(taught), 0)
    peaks = np.diff(library.references.starts)[lessons.row]
    sets = drawn(lessons, peaks >= LEAST_PEAKS, given.sets)
    fold = np.random.default_rng(0).permutation(int(lessons.asked.max()) + 1)[lessons.asked] % training.FOLDS
    print("sets inside the library: mean error, standard deviation, share at most 0.04, by chance alone; the rest")
    for trees in given.trees:
        chance = judged(lessons, fold, trees)
        tell(f"{trees} trees", lessons, chance, sets, whole=True)
        for curve in CURVES:
            tell(f"{trees} trees, {curve}", lessons, curved(lessons, chance, fold, curve), sets)
    tuned(library, given.data)


def tuned(library: SpectralLibrary, data: Path) -> None:
    """Tell the tuning spectra's error by step, that of chance, and that of sets drawn from them again."""
    indexes = [library.index(mode) for mode in ION_MODES]
    library.confidences["high"] = training.train(indexes, library.references, *AT)
    queries, truths = tuning_set(data)
    firsts = [one["candidates"][0] if one["candidates"] else None for one in identify(queries, library)["features"]]
    sure = np.array([one["confidence"] if one else 0.0 for one in firsts])
    right = np.array([bool(one) and one["inchikey"][:14] == key for one, key in zip(firsts, truths, strict=True)])
    error = calibration_error(sure, right)
    random = np.random.default_rng(0)
    chance = np.array([calibration_error(sure, random.random(sure.size) < sure) for _ in range(AGAIN)])
    again = [calibration_error(sure[i], right[i]) for i in random.integers(0, sure.size, (AGAIN, sure.size))]
    low, high = np.quantile(again, (0.05, 0.95))
    print(f"tuning spectra: error {error:.3f}; of a perfect confidence {chance.mean():.3f}, as large in")
    print(f"  {(chance >= error).mean():.2f} of such sets; drawn again {np.mean(again):.3f} ({low:.3f} to {high:.3f})")
    steps = np.minimum((sure * 10).astype(int), 9)
    for step in np.unique(steps).tolist():
        own = steps == step
        told = f"confidence {sure[own].mean():.3f}, right {right[own].mean():.3f}"
        print(f"  from {step / 10:.1f}: {own.sum():3d} spectra, {told}")


def drawn(lessons: training.Lessons, fit_to_ask: np.ndarray, number: int) -> list[np.ndarray]:
    """Return sets of queries: one a compound, no compound both known and unknown."""
    random = np.random.default_rng(1)
    known = lessons.truth != NOT_IN_LIBRARY
    sets = []
    for _ in range(number):
        ours = once(lessons, random.permutation(np.flatnonzero(known & fit_to_ask)), random)[:KNOWN]
        others = random.permutation(np.flatnonzero(~known & fit_to_ask))
        others = others[~np.isin(lessons.asked[others], lessons.asked[ours])]
        sets.append(np.sort(np.concatenate([ours, once(lessons, others, random)[:UNKNOWN]])))
    return sets


def once(lessons: training.Lessons, places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    _, first = np.unique(lessons.asked[places], return_index=True)
    return random.permutation(places[first])


def judged(lessons: training.Lessons, fold: np.ndarray, trees: int) -> np.ndarray:
    """Return every candidate's probability by trees, scale and "none" that saw no query of its fold."""
    known = lessons.truth != NOT_IN_LIBRARY
    weight = training.weights(lessons.asked, known)
    scores, chance = np.zeros(lessons.query.size), np.zeros(lessons.query.size)
    for k in range(training.FOLDS):
        inside, rows = training.only(lessons, fold != k), (fold == k)[lessons.query]
        forest = grown(inside, weight[fold != k], trees)
        scores[rows] = forest.scores(lessons.table[rows])
    for k in range(training.FOLDS):
        rows = (fold == k)[lessons.query]
        scale, none = training.calibrated(training.only(lessons, fold != k), weight[fold != k], scores[~rows])
        chance[rows] = softmax(scores * scale, lessons.query, known.size, none)[rows]
    return chance


def grown(lessons: training.Lessons, weight: np.ndarray, trees: int) -> Forest:
    return fit(lessons.table, lessons.query, lessons.right, weight, trees=trees)


def firsts(lessons: training.Lessons, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each query's highest probability, and whether it is the right compound's."""
    order = np.lexsort((-chance, lessons.query))
    query, first = np.unique(lessons.query[order], return_index=True)
    sure, right = np.zeros(lessons.truth.size), np.zeros(lessons.truth.size, dtype=bool)
    sure[query], right[query] = chance[order][first], lessons.right[order][first] > 0
    return sure, right


def curved(lessons: training.Lessons, chance: np.ndarray, fold: np.ndarray, curve: str) -> np.ndarray:
    """Return the probabilities with those of each fold bent by a curve fitted to the first ones of the others."""
    sure, right = firsts(lessons, chance)
    weight = training.weights(lessons.asked, lessons.truth != NOT_IN_LIBRARY)
    factor = np.ones(sure.size)
    for k in range(training.FOLDS):
        bend: Callable[[np.ndarray], np.ndarray] = partial(
            bent, curve, sure[fold != k], right[fold != k], weight[fold != k]
        )
        factor[fold == k] = bend(sure[fold == k]) / np.maximum(sure[fold == k], 1e-9)
    together = np.bincount(lessons.query, chance, sure.size)
    factor = np.minimum(factor, 1 / np.maximum(together, 1e-9))  # the candidates of a query are at most one compound
    return np.asarray(chance * factor[lessons.query])


def tell(name: str, lessons: training.Lessons, chance: np.ndarray, sets: list[np.ndarray], whole: bool = False) -> None:
    """Tell the mean error of the sets, and with `whole` the other figures of quality too."""
    sure, right = firsts(lessons, chance)
    random = np.random.default_rng(5)
    errors = np.array([calibration_error(sure[one], right[one]) for one in sets])
    perfect = np.mean([calibration_error(sure[one], random.random(one.size) < sure[one]) for one in sets])
    told = f"{errors.mean():.4f} {errors.std():.4f} {(errors <= BAR).mean():.2f} {perfect:.4f}"
    if whole:
        figures = np.mean([of_set(lessons, chance, one) for one in sets[:50]], axis=0)
        told += "  first, five, area, at 5 %, cover " + " ".join(f"{value:.3f}" for value in figures)
    print(f"  {name:26} {told}", flush=True)


def of_set(lessons: training.Lessons, chance: np.ndarray, places: np.ndarray) -> list[float]:
    chosen = np.zeros(lessons.truth.size, dtype=bool)
    chosen[places] = True
    part = training.only(lessons, chosen)
    found = quality(part.query, part.compound, chance[chosen[lessons.query]], part.truth)
    return list(found.as_json().values())[1:-1]


if __name__ == "__main__":
    main()
