"""Gradient-boosted trees whose candidates compete: a softmax over each query's candidates and "none of these".

    P_i = exp(s_i) / (exp(s_0) + sum_j exp(s_j))

The sum of trees s_i is fitted by Newton steps on the log-likelihood of that softmax (second-order boosting as in
Chen & Guestrin, KDD 2016, on the objective of a conditional logit with a null alternative). The candidates'
probabilities add up to less than 1, and a different share of unknowns only moves s_0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, add_up

DEPTH, TREES, RATE = 5, 300, 0.1
RIDGE, LEAST_CURVATURE, BINS, COLUMNS = 20.0, 5.0, 32, 0.4
_LEAVES = 2**DEPTH
_NODES = 2 * _LEAVES - 1
_AT_ONCE = 1 << 14
Binned = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as arrays: `feature` and `threshold` (trees, inner nodes), `value` (trees, all nodes).

    A candidate goes right where its bin is above the threshold; bin 0 is a value that is not known. `edges`
    (features, bins) are filled up with infinity.
    """

    edges: Floats
    feature: NDArray[np.int16]
    threshold: NDArray[np.int16]
    value: Floats

    def bins(self, table: Floats) -> Binned:
        """Return the place of every figure among its feature's edges."""
        places = np.empty(table.shape, dtype=np.int16)
        for j, edges in enumerate(self.edges):
            places[:, j] = 1 + np.searchsorted(edges, table[:, j], side="right")
        places[np.isnan(table)] = 0
        return places

    def scores(self, table: Floats) -> Floats:
        """Return s_i of every row."""
        total = np.zeros(len(table))
        values = self.value.ravel()
        for level, _, node in self._paths(self.bins(table)):
            if level == DEPTH:
                total += values.take(node).sum(axis=1)
        return total

    def pushes(self, table: Floats) -> Floats:
        """Return how far each feature moves s_i up or down, shape of `table`; with `start` they add up to s_i.

        Along its path through a tree, a row's value changes at every split; the change is the split feature's
        (A. Saabas' decomposition of tree predictions, 2014).
        """
        moved = np.zeros(table.size)
        values = self.value.ravel()
        before = values[:0]
        for level, split, node in self._paths(self.bins(table)):
            now = values.take(node)
            if level:
                moved += np.bincount(split.ravel(), (now - before).ravel(), table.size)
            before = now
        return moved.reshape(table.shape)

    def _paths(self, places: Binned) -> Iterator[tuple[int, Integers, Integers]]:
        """Yield for some trees at a time and each level the figure last looked at, and the node reached, of every row.

        Shape (rows, trees); both are places in the raveled tables, of the figures and of all trees' values.
        """
        rows, figures = places.shape
        asked, flat = np.arange(rows)[:, None] * figures, places.ravel()
        feature, threshold = self.feature.ravel().astype(np.int64), self.threshold.ravel()
        together = max(1, _AT_ONCE // max(rows, 1))
        for first in range(0, len(self.feature), together):
            trees = np.arange(first, min(first + together, len(self.feature)))
            node = np.zeros((rows, trees.size), dtype=np.int64)
            split = node
            yield 0, split, node + trees * _NODES
            for level in range(1, DEPTH + 1):
                at = node + trees * (_LEAVES - 1)
                split = asked + feature.take(at)
                node = 2 * node + 1 + (flat.take(split) > threshold.take(at))
                yield level, split, node + trees * _NODES

    @property
    def start(self) -> float:
        """Return what every candidate starts from."""
        return float(self.value[:, 0].sum())


def softmax(scores: Floats, query: Integers, number: int, none: float = 0.0) -> Floats:
    """Return each candidate's probability against its rivals and against none of them, whose score is `none`.

    >>> softmax(np.array([0.0, 0.0]), np.array([0, 0]), 1).round(3).tolist()
    [0.333, 0.333]
    """
    highest = np.full(number, none)
    np.maximum.at(highest, query, scores)
    odds = np.exp(scores - highest[query])
    total = add_up(query, odds, number) + np.exp(none - highest)
    return np.asarray(odds / total[query])


def fit(table: Floats, query: Integers, right: Floats, weight: Floats, seed: int = 0, trees: int = TREES) -> Forest:
    """Return the trees fitted to candidates of queries 0..n-1 of these weights; the same seed, the same trees."""
    edges = _edges(table)
    empty = np.zeros((0, _LEAVES - 1), dtype=np.int16)
    places = np.ascontiguousarray(Forest(edges, empty, empty, np.zeros((0, _NODES))).bins(table).T, dtype=np.int64)
    random = np.random.default_rng(seed)
    columns = max(1, int(table.shape[1] * COLUMNS))
    scores = np.zeros(len(table))
    features, thresholds, values = [], [], []
    for _ in range(trees):
        chance = softmax(scores, query, weight.size)
        slope = weight[query] * (chance - right)
        bend = weight[query] * chance * (1 - chance) + 1e-6
        chosen = np.sort(random.permutation(table.shape[1])[:columns])
        feature, threshold, value, leaf = _grow(places, slope, bend, chosen)
        scores += value[leaf]
        features.append(feature)
        thresholds.append(threshold)
        values.append(value)
    return Forest(edges, np.array(features, np.int16), np.array(thresholds, np.int16), np.array(values))


def _edges(table: Floats) -> Floats:
    edges = np.full((table.shape[1], BINS - 1), np.inf)
    steps = np.linspace(0, 1, BINS + 1)[1:-1]
    for j in range(table.shape[1]):
        told = table[np.isfinite(table[:, j]), j]
        if told.size:
            own = np.unique(np.quantile(told, steps))
            edges[j, : own.size] = own
    return edges


def _grow(
    places: NDArray[np.int64], slope: Floats, bend: Floats, columns: Integers
) -> tuple[Integers, Integers, Floats, Integers]:
    """Return one tree and the leaf of every candidate; `places` has one row a feature: each is summed at a stretch."""
    feature, threshold = np.zeros(_LEAVES - 1, np.int64), np.full(_LEAVES - 1, BINS + 1, np.int64)
    value = np.zeros(_NODES)
    value[0] = _step(slope.sum(), bend.sum())
    rows = np.arange(slope.size)
    node = np.zeros(slope.size, dtype=np.int64)
    sums = _sums(places, columns, slope, bend, rows, node, 1)
    for level in range(DEPTH):
        width, base = 2**level, 2**level - 1
        place, gain = _best_split(*sums)
        for j in np.flatnonzero(gain > 1e-9).tolist():
            feature[base + j], threshold[base + j] = columns[place[j] // BINS], place[j] % BINS
        node = 2 * node + (places[feature[node + base], rows] > threshold[node + base])
        below = 2 * width - 1 + np.arange(2 * width)
        filled = np.bincount(node, minlength=2 * width)
        totals = [add_up(node, one, 2 * width) for one in (slope, bend)]
        value[below] = np.where(filled > 0, _step(*totals), value[(below - 1) // 2])
        if level + 1 < DEPTH:
            sums = _children(places, columns, slope, bend, node, filled, sums)
    return feature, threshold, value, node + _LEAVES - 1


def _children(
    places: NDArray[np.int64],
    columns: Integers,
    slope: Floats,
    bend: Floats,
    node: Integers,
    filled: Integers,
    parents: Floats,
) -> Floats:
    """Return the sums of a level's nodes: of each two the one with fewer rows is summed, the other is what is left."""
    pairs = np.arange(filled.size // 2)
    fewer = 2 * pairs + (filled[1::2] < filled[::2])
    rows = np.flatnonzero(fewer[node // 2] == node)
    own = _sums(places, columns, slope[rows], bend[rows], rows, node[rows] // 2, pairs.size)
    sums = np.empty((2, filled.size, *parents.shape[2:]))
    sums[:, fewer], sums[:, fewer ^ 1] = own, parents - own
    return sums


def _sums(
    places: NDArray[np.int64],
    columns: Integers,
    slope: Floats,
    bend: Floats,
    rows: Integers,
    node: Integers,
    nodes: int,
) -> Floats:
    """Return slopes and bends of these rows by node, column and bin, shape (2, nodes, columns, bins)."""
    sums = np.empty((2, nodes, columns.size, BINS + 1))
    own = node * (BINS + 1)
    for j, column in enumerate(columns.tolist()):
        at = places[column].take(rows) + own
        for kind, one in enumerate((slope, bend)):
            sums[kind, :, j] = np.bincount(at, one, nodes * (BINS + 1)).reshape(nodes, BINS + 1)
    return sums


def _step(slope: Floats, bend: Floats) -> Floats:
    return np.asarray(-RATE * slope / (bend + RIDGE))


def _best_split(slopes: Floats, bends: Floats) -> tuple[Integers, Floats]:
    """Return, for every node, the best split as column x bin, and what it gains."""
    left, left_bend = slopes.cumsum(axis=2)[:, :, :-1], bends.cumsum(axis=2)[:, :, :-1]
    total, total_bend = slopes.sum(axis=2)[:, :, None], bends.sum(axis=2)[:, :, None]
    right, right_bend = total - left, total_bend - left_bend
    gain = left**2 / (left_bend + RIDGE) + right**2 / (right_bend + RIDGE) - total**2 / (total_bend + RIDGE)
    gain[(left_bend < LEAST_CURVATURE) | (right_bend < LEAST_CURVATURE)] = -1.0
    gain = gain.reshape(len(gain), -1)
    place = gain.argmax(axis=1)
    return place, gain[np.arange(len(gain)), place]
