"""Curves that bend a confidence towards the share that was right: those that the calibration benchmark compares."""

import numpy as np

STEPS = 50
_EDGE = 1e-4


def bent(curve: str, sure: np.ndarray, right: np.ndarray, weight: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return `asked` bent by a curve fitted to confidences and whether they were right, each of a weight."""
    if curve == "isotonic":
        return isotonic(sure, right, weight, asked)
    if curve.startswith("shrunk by "):
        share = float(curve.removeprefix("shrunk by "))
        return np.asarray((1 - share) * asked + share * np.average(right, weights=weight))
    numbers = logistic(table(curve, sure), right, weight)
    return np.asarray(1 / (1 + np.exp(-table(curve, asked) @ numbers)))


def table(curve: str, sure: np.ndarray) -> np.ndarray:
    """Platt's two columns of the log-odds, or the three of beta calibration (Kull et al., AISTATS 2017)."""
    inside = np.clip(sure, _EDGE, 1 - _EDGE)
    parts = [np.log(inside), -np.log(1 - inside)]
    return np.column_stack([np.ones(sure.size), *([sum(parts)] if curve == "platt" else parts)])


def logistic(columns: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the numbers of a weighted logistic regression by Newton's method."""
    numbers = np.array([0.0, *([1.0] * (columns.shape[1] - 1))])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-columns @ numbers))
        bend = (columns * (weight * chance * (1 - chance))[:, None]).T @ columns
        numbers -= np.linalg.solve(bend + 1e-6 * np.eye(numbers.size), columns.T @ (weight * (chance - right)))
    return numbers


def isotonic(sure: np.ndarray, right: np.ndarray, weight: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Pool adjacent violators, joined by straight lines."""
    order = np.argsort(sure, kind="stable")
    pools: list[list[float]] = []
    for place in order.tolist():
        pools.append([sure[place], sure[place], weight[place] * right[place], weight[place]])
        while len(pools) > 1 and pools[-2][2] * pools[-1][3] >= pools[-1][2] * pools[-2][3]:
            last = pools.pop()
            pools[-1] = [pools[-1][0], last[1], pools[-1][2] + last[2], pools[-1][3] + last[3]]
    ends = np.array([end for pool in pools for end in pool[:2]])
    return np.interp(asked, ends, np.repeat([pool[2] / pool[3] for pool in pools], 2))
