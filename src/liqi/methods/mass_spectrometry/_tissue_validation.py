"""How good a tissue classifier is on patients it has not seen: folds of whole patients, bootstrap by patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._softmax import (
    Ints,
    fit_softmax,
    log_loss,
    softmax,
    strongest,
    temperature_of,
)

FOLDS = 5
INNER_FOLDS = 4
STRENGTHS = (0.5, 0.2, 0.08, 0.03, 0.01)
"""Penalties that are tried, as shares of the one that leaves no weight."""
BOOTSTRAPS = 1000
_BINS_OF_CONFIDENCE = 10


@dataclass(frozen=True, slots=True)
class Scaler:
    """Square roots of shares, standardised: root of share less mean, divided by scale."""

    mean: Floats
    scale: Floats

    def features(self, shares: Floats) -> Floats:
        """Return the standardised features of rows of shares."""
        return np.asarray((np.sqrt(shares) - self.mean) / self.scale)


def scaler_of(shares: Floats) -> Scaler:
    """Return the scaler of training rows; the spread of a rare bin is held up by a tenth of the usual one."""
    roots = np.sqrt(shares)
    spread = roots.std(axis=0)
    floor = 0.1 * float(np.median(spread[spread > 0])) if spread.any() else 1.0
    return Scaler(roots.mean(axis=0), spread + floor)


def folds_of(groups: Ints, label: Ints, number: int, rng: np.random.Generator) -> Ints:
    """Return the fold of each row: a group is never split, and the classes are spread evenly over the folds."""
    fold = np.empty(label.size, np.int64)
    load = 0
    for one in np.unique(label):
        own = np.unique(groups[label == one])
        for place, group in enumerate(rng.permutation(own)):
            fold[groups == group] = (place + load) % number
        load += own.size
    return fold


def out_of_fold(shares: Floats, label: Ints, groups: Ints, classes: int, rng: np.random.Generator) -> Floats:
    """Return the logits of every row by a model that has seen none of its group, its penalty chosen inside."""
    logits = np.zeros((label.size, classes))
    fold = folds_of(groups, label, FOLDS, rng)
    for one in np.unique(fold):
        train, test = fold != one, fold == one
        scaler = scaler_of(shares[train])
        known = scaler.features(shares[train])
        strength = chosen_strength(known, label[train], groups[train], classes, rng)
        model = fit_softmax(known, label[train], classes, strength)
        logits[test] = model.logits(scaler.features(shares[test]))
    return logits


def chosen_strength(features: Floats, label: Ints, groups: Ints, classes: int, rng: np.random.Generator) -> float:
    """Return the penalty with the smallest log loss on groups held out."""
    fold = folds_of(groups, label, INNER_FOLDS, rng)
    most = strongest(features, label, classes)
    logits = np.zeros((len(STRENGTHS), label.size, classes))
    for one in np.unique(fold):
        known, model = fold != one, None
        for i, share in enumerate(STRENGTHS):
            model = fit_softmax(features[known], label[known], classes, share * most, start=model)
            logits[i, ~known] = model.logits(features[~known])
    losses = [log_loss(one, label) for one in logits]
    return STRENGTHS[int(np.argmin(losses))] * most


def report(logits: Floats, label: Ints, groups: Ints, names: Sequence[str], rng: np.random.Generator) -> dict[str, Any]:
    """Return confusion, accuracy, sensitivity and specificity with intervals by patient, and the calibration."""
    classes = len(names)
    temperature = temperature_of(logits, label)
    guess = logits.argmax(axis=1)
    figures = _figures(guess, label, classes)
    members = {group: np.flatnonzero(groups == group) for group in np.unique(groups)}
    drawn = []
    for _ in range(BOOTSTRAPS):
        rows = np.concatenate([members[group] for group in rng.choice(list(members), len(members))])
        drawn.append(_figures(guess[rows], label[rows], classes))
    low, high = np.nanpercentile(np.array(drawn), [2.5, 97.5], axis=0)
    told = {
        name: {"value": _or_none(figures[i]), "low": _or_none(low[i]), "high": _or_none(high[i])}
        for i, name in enumerate(_figure_names(names))
    }
    return {
        "folds": FOLDS,
        "confusion": np.bincount(label * classes + guess, minlength=classes**2).reshape(classes, classes).tolist(),
        "figures": told,
        "temperature": temperature,
        "log_loss": round(log_loss(logits / temperature, label), 4),
        "calibration_error": round(calibration_error(softmax(logits / temperature), label), 4),
        "calibration_error_before": round(calibration_error(softmax(logits), label), 4),
    }


def calibration_error(probabilities: Floats, label: Ints) -> float:
    """Return the expected calibration error of the named class over ten bins of equal width."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == label
    place = np.minimum((sure * _BINS_OF_CONFIDENCE).astype(int), _BINS_OF_CONFIDENCE - 1)
    gaps = [abs(float(right[place == i].sum() - sure[place == i].sum())) for i in np.unique(place)]
    return sum(gaps) / label.size


def _figure_names(names: Sequence[str]) -> list[str]:
    both = [f"{figure} of {name}" for name in names for figure in ("sensitivity", "specificity")]
    return ["accuracy", "balanced accuracy", *both]


def _figures(guess: Ints, label: Ints, classes: int) -> Floats:
    right = guess == label
    with np.errstate(invalid="ignore"):
        sensitive = [_mean(right[label == one]) for one in range(classes)]
        specific = [_mean(guess[label != one] != one) for one in range(classes)]
    known = [one for one in sensitive if not np.isnan(one)]
    pairs = [number for both in zip(sensitive, specific, strict=True) for number in both]
    return np.array([float(right.mean()), sum(known) / len(known), *pairs])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 4)
