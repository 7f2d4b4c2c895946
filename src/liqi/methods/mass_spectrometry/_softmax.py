"""Multinomial logistic regression with an elastic net, in numpy: accelerated proximal gradient, classes balanced.

Zou and Hastie, J. R. Stat. Soc. B 67:301 (2005); Beck and Teboulle, SIAM J. Imaging Sci. 2:183 (2009).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats

RIDGE_SHARE = 0.5
ITERATIONS = 300
_CLOSE = 1e-4
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Softmax:
    """Weights (features, classes) and intercepts (classes) on standardised features."""

    weights: Floats
    intercepts: Floats

    def logits(self, features: Floats) -> Floats:
        """Return the logits of rows of features."""
        return np.asarray(features @ self.weights + self.intercepts)


def strongest(features: Floats, label: Ints, classes: int) -> float:
    """Return the least penalty that leaves every weight at zero."""
    weight, target = _balanced(label, classes)
    pull = features.T @ ((target - 1 / classes) * weight[:, None])
    return float(np.abs(pull).max()) / (1 - RIDGE_SHARE)


def fit_softmax(
    features: Floats,
    label: Ints,
    classes: int,
    strength: float,
    counts: Floats | None = None,
    start: Softmax | None = None,
) -> Softmax:
    """Return the fit for a penalty; `counts` says how often each row counts, `start` is a fit to begin from."""
    weight, target = _balanced(label, classes, counts)
    lasso, ridge = strength * (1 - RIDGE_SHARE), strength * RIDGE_SHARE
    design = np.column_stack([features, np.ones(label.size)])
    step = 1.0 / (0.5 * _largest(design * np.sqrt(weight)[:, None]) + ridge)
    current = np.zeros((design.shape[1], classes)) if start is None else np.vstack([start.weights, start.intercepts])
    ahead, pace = current, 1.0
    for _ in range(ITERATIONS):
        gradient = design.T @ ((softmax(design @ ahead) - target) * weight[:, None])
        gradient[:-1] += ridge * ahead[:-1]
        moved = ahead - step * gradient
        moved[:-1] = np.sign(moved[:-1]) * np.maximum(np.abs(moved[:-1]) - step * lasso, 0.0)
        following = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = moved + (pace - 1) / following * (moved - current)
        change = float(np.abs(moved - current).max())
        current, pace = moved, following
        if change < _CLOSE:
            break
    return Softmax(current[:-1], current[-1])


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of logits, row by row."""
    risen = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=1, keepdims=True))


def log_loss(logits: Floats, label: Ints) -> float:
    """Return the mean negative logarithm of the probability of the right class."""
    chosen = softmax(logits)[np.arange(label.size), label]
    return float(-np.log(np.maximum(chosen, 1e-15)).mean())


def temperature_of(logits: Floats, label: Ints) -> float:
    """Return what logits are divided by so that their probabilities are calibrated (Guo et al., ICML 2017)."""
    grid = np.exp(np.linspace(np.log(0.1), np.log(10.0), 161))
    return float(min(grid.tolist(), key=lambda t: log_loss(logits / t, label)))


def _largest(matrix: Floats) -> float:
    """Return the largest eigenvalue of the smaller Gram matrix."""
    gram = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    return float(np.linalg.eigvalsh(gram)[-1])


def _balanced(label: Ints, classes: int, counts: Floats | None = None) -> tuple[Floats, Floats]:
    """Return weights that sum to one, the same for each class, and the classes as columns of zeros and ones."""
    own = np.ones(label.size) if counts is None else counts
    of_class = np.bincount(label, own, classes)
    weight = own / np.maximum(of_class[label], 1e-12) / max(int((of_class > 0).sum()), 1)
    return weight, np.eye(classes)[label]
