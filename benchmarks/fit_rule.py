"""Fit the two numbers of the provisional confidence rule to the tuning spectra, by maximum likelihood.

    ./run bench fit_rule DATA

A multinomial logit with a null alternative: each candidate against the others and against "none of these".
"""

import sys
from pathlib import Path

import numpy as np

from benchmarks.identify import FRAGMENT, PRECURSOR, tuning_set
from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry._features import features_of_list
from liqi.methods.mass_spectrometry._judgement import INTERCEPT, SLOPE
from liqi.methods.mass_spectrometry._search import identify_feature

STEPS = 50


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    data = Path(sys.argv[1])
    library = SpectralLibrary.load(data / "massbank/library_ms2.parquet")
    queries, truths = tuning_set(data)
    cases = []
    for feature, truth in zip(features_of_list(queries), truths, strict=True):
        candidates = identify_feature(feature, library, PRECURSOR, FRAGMENT).candidates
        if candidates:
            odds = np.array([one.confidence for one in candidates])
            odds /= 1 - odds.sum()  # the rule turned round: its likeness from its probability
            likeness = (np.log(odds) - INTERCEPT) / SLOPE
            names = [one.inchikey[:14] for one in candidates]
            cases.append((likeness, names.index(truth) if truth in names else None))
    intercept, slope = fit(cases)
    print(f"fitted: intercept {intercept:.2f}, slope {slope:.2f}; in use: {INTERCEPT}, {SLOPE}")


def fit(cases: list[tuple[np.ndarray, int | None]]) -> tuple[float, float]:
    """Return intercept and slope by Newton's method."""
    weights = np.zeros(2)
    for _ in range(STEPS):
        gradient, curvature = np.zeros(2), 1e-9 * np.eye(2)
        for likeness, place in cases:
            features = np.column_stack([np.ones_like(likeness), likeness])
            odds = np.exp(features @ weights)
            chance = odds / (1 + odds.sum())
            gradient += features.T @ chance - (0 if place is None else features[place])
            curvature += features.T @ (np.diag(chance) - np.outer(chance, chance)) @ features
        weights -= np.linalg.solve(curvature, gradient)
    return float(weights[0]), float(weights[1])


if __name__ == "__main__":
    main()
