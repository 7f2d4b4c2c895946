"""Decoupling: loads from outputs by a matrix, a polynomial or a small network, each beside its cross-validation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.force._loads import Floats, Loads

MODELS = ("linear", "polynomial", "network")
FOLDS = 10
_MOST_UNITS, _ROWS_A_UNIT, _NETWORK_RIDGE, _POLYNOMIAL_RIDGE = 96, 6, 1e-5, 1e-9
_GAIN = 0.9
"""A model with more coefficients has to bring the cross-validated error down to this share to be chosen."""
_SEED = 43199


@dataclass(frozen=True)
class Decoupling:
    """A fitted model: `predict` gives loads (n, k) of outputs (n, m); errors are in the loads' units, row by row."""

    name: str
    predict: Callable[[Floats], Floats]
    coefficients: int
    in_sample: Floats
    left_out: Floats
    matrix: Floats | None = None
    zero: Floats | None = None
    u_matrix: Floats | None = None

    def rms_percent(self, full_scale: Floats, left_out: bool = True) -> float:
        """Return the root mean square error over all axes, in percent of full scale."""
        errors = self.left_out if left_out else self.in_sample
        return float(100 * np.sqrt(np.mean((errors / full_scale) ** 2)))


def folds_of(loads: Loads) -> np.ndarray:
    """Return the fold of each row; rows of one load, whatever repeat or direction, stay together."""
    scale = np.abs(loads.load).max(axis=0)
    rounded = np.round(loads.load / np.where(scale > 0, scale, 1) * 100).astype(np.int64)
    _, group = np.unique(rounded, axis=0, return_inverse=True)
    group = group.ravel()
    order = np.random.default_rng(_SEED).permutation(int(group.max()) + 1)
    return np.asarray(order[group] % min(FOLDS, int(group.max()) + 1))


def decouple(loads: Loads, models: Sequence[str] = MODELS) -> list[Decoupling]:
    """Return each model fitted to the loads, with its errors in the sample and at loads that it had not seen.

    Every model is linear in its coefficients, so that the error of a fold left out follows from the fit to all rows,
    e_left = (1 - H)^-1 e with the fold's part H of the hat matrix (Cook and Weisberg, Residuals and Influence, 1982).
    """
    folds = folds_of(loads)
    centre, scale = loads.output.mean(axis=0), np.ptp(loads.output, axis=0) / 2
    scale = np.where(scale > 0, scale, 1.0)
    made = []
    for name in models:
        features, ridge = _features(name, loads.combined, loads.output.shape[1], len(loads))

        def design(output: Floats, features: Callable[[Floats], Floats] = features) -> Floats:
            return features((output - centre) / scale)

        made.append(_fit(name, design, ridge, loads, folds, centre, scale))
    return made


def chosen(models: Sequence[Decoupling], full_scale: Floats, combined: bool) -> Decoupling:
    """Return the simplest model that no other beats by a tenth at left-out loads.

    Where axes were loaded one by one, nothing tells a network how they act together: it is shown and not chosen.
    """
    best = models[0]
    for one in models[1:]:
        allowed = combined or one.name != "network"
        if allowed and one.rms_percent(full_scale) < _GAIN * best.rms_percent(full_scale):
            best = one
    return best


def _features(name: str, combined: bool, outputs: int, rows: int) -> tuple[Callable[[Floats], Floats], float]:
    if name == "linear":
        return (lambda z: np.column_stack([np.ones(len(z)), z])), 0.0
    if name == "polynomial":
        first, second = np.triu_indices(outputs)
        if not combined:  # products of outputs are not determined by loads along one axis
            return (lambda z: np.column_stack([np.ones(len(z)), z, z**2, z**3])), _POLYNOMIAL_RIDGE
        return (lambda z: np.column_stack([np.ones(len(z)), z, z[:, first] * z[:, second]])), _POLYNOMIAL_RIDGE
    dice = np.random.default_rng(_SEED)
    units = max(8, min(_MOST_UNITS, rows // _ROWS_A_UNIT))
    weights, bias = dice.normal(0, 1.6 / np.sqrt(outputs), (outputs, units)), dice.uniform(-1, 1, units)
    return (lambda z: np.column_stack([np.ones(len(z)), z, np.tanh(z @ weights + bias)])), _NETWORK_RIDGE


def _fit(
    name: str,
    design: Callable[[Floats], Floats],
    ridge: float,
    loads: Loads,
    folds: np.ndarray,
    centre: Floats,
    scale: Floats,
) -> Decoupling:
    x, y = design(loads.output), loads.load
    reach = np.abs(y).max(axis=0)
    held = np.arange(x.shape[1]) > loads.output.shape[1]  # constant and linear part are free
    normal = x.T @ x + ridge * len(x) * np.diag(held.astype(np.float64))
    inverse = np.linalg.pinv(normal, hermitian=True)
    values = inverse @ x.T @ (y / reach) * reach
    residual = y - x @ values
    left = np.empty_like(residual)
    half = x @ inverse
    for fold in np.unique(folds):
        rows = folds == fold
        hat = half[rows] @ x[rows].T
        left[rows] = _solved(np.eye(int(rows.sum())) - hat, residual[rows])

    def predict(output: Floats) -> Floats:
        return np.asarray(design(output) @ values)

    matrix = zero = spread = None
    if name == "linear":
        matrix = (values[1:] / scale[:, None]).T
        zero = centre - np.linalg.pinv(matrix) @ values[0] if matrix.shape[0] == matrix.shape[1] else None
        variance = (residual**2).sum(axis=0) / max(len(x) - x.shape[1], 1)
        spread = np.sqrt(np.outer(variance, np.diag(inverse)[1:] / scale**2))
    return Decoupling(name, predict, x.shape[1] * y.shape[1], residual, left, matrix, zero, spread)


def _solved(matrix: Floats, values: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, values))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, values, rcond=None)[0])


def uncoupled(loads: Loads, others: Loads) -> Floats | None:
    """Return the errors at `others` where each axis is read by a line of its own output alone, fitted to `loads`.

    None where outputs are not one an axis.
    """
    if loads.output.shape[1] != loads.load.shape[1] or others.load.shape[1] != loads.load.shape[1]:
        return None
    errors = np.empty_like(others.load)
    for i in range(loads.load.shape[1]):
        alone = np.delete(np.abs(loads.load), i, axis=1).max(axis=1, initial=0.0) <= 1e-9 * np.abs(loads.load).max()
        rows = alone if alone.sum() >= 3 else np.ones(len(loads), bool)
        slope, start = np.polyfit(loads.output[rows, i], loads.load[rows, i], 1)
        errors[:, i] = slope * others.output[:, i] + start - others.load[:, i]
    return errors
