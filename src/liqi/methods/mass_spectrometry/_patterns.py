"""Isotope patterns at nominal mass: what share of the first peak the next ones have (IUPAC/CIAAW abundances)."""

from collections.abc import Mapping

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats

ABUNDANCES = {
    "C": (0.9893, 0.0107),
    "H": (0.999885, 0.000115),
    "N": (0.99636, 0.00364),
    "O": (0.99757, 0.00038, 0.00205),
    "P": (1.0,),
    "F": (1.0,),
    "I": (1.0,),
    "S": (0.9499, 0.0075, 0.0425),
    "Cl": (0.7576, 0.0, 0.2424),
    "Br": (0.5069, 0.0, 0.4931),
    "Si": (0.92223, 0.04685, 0.03092),
}
HEAVIER = 3
ERROR, FLOOR = 0.1, 0.02
"""Standard error of an isotope peak: a tenth of it, and two hundredths of the first peak."""


def patterns(counts: Mapping[str, Floats]) -> Floats:
    """Return (n, 3): the peaks one, two and three Da above the first, each as a share of it.

    >>> patterns({"C": np.array([10.0]), "Cl": np.array([1.0])}).round(3).tolist()
    [[0.108, 0.325, 0.035]]
    """
    number = next(iter(counts.values())).size
    total = [np.ones(number), *(np.zeros(number) for _ in range(HEAVIER))]
    for element, count in counts.items():
        first, *rest = ABUNDANCES[element]
        a1, a2 = ([share / first for share in rest] + [0.0, 0.0])[:2]
        pairs, triples = count * (count - 1), count * (count - 1) * (count - 2)
        own = [
            np.ones(number),
            count * a1,
            count * a2 + pairs / 2 * a1**2,
            pairs * a1 * a2 + triples / 6 * a1**3,
        ]
        total = [sum((total[i] * own[k - i] for i in range(k + 1)), np.zeros(number)) for k in range(HEAVIER + 1)]
    return np.column_stack(total[1:])


def fit(theory: Floats, seen: Floats) -> Floats:
    """Return exp(-chi^2 / 2) of patterns (n, 3) against the one seen, both as shares of the first peak.

    >>> fit(np.array([[0.2, 0.03, 0.0], [0.2, 0.35, 0.07]]), np.array([0.19, 0.02, 0.0])).round(2).tolist()
    [0.83, 0.0]
    """
    spread = np.hypot(ERROR * np.maximum(theory, seen), FLOOR)
    return np.asarray(np.exp(-0.5 * (((theory - seen) / spread) ** 2).sum(axis=1)))
