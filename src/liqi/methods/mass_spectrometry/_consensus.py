"""What a candidate's references say together at the query's energy, and which isomer the single peaks speak for.

The references of a compound are averaged, each counting as much as its collision energy and its degree of
fragmentation are like the query's; the average says how strong each peak of the query should be.
"""

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Singles, add_up
from liqi.methods.mass_spectrometry._open import entropy_gain

FLOOR = 0.005
"""The share that a peak has by chance in a spectrum of a compound that does not give it."""


def consensus(
    group: Integers, peak: Integers, expected: Floats, weight: Singles, number: int
) -> tuple[Floats, Floats, Floats]:
    """Return, for each of `number` groups, the similarity to its average, the likelihood, and the diagnostic peaks.

    One entry a group and peak of the query that its references have: `expected` is their average weight there, and
    `weight` holds the weights of the query's peaks. The likelihood is sum q ln(1 + e / FLOOR), the logarithm of a
    multinomial's over that of chance. The last is sum q (e - d) / (e + d), d being what the best rival expects there.
    """
    own = weight[peak].astype(float)
    similarity = add_up(group, entropy_gain(own, expected), number)
    likelihood = add_up(group, own * np.log1p(expected / FLOOR), number)
    rival = _best_rival(peak, expected)
    telling = add_up(group, own * (expected - rival) / (expected + rival + FLOOR), number)
    return np.minimum(similarity, 1.0), likelihood, telling


def _best_rival(peak: Integers, expected: Floats) -> Floats:
    """Return the largest value of any other group at the same peak, 0 where there is none; `peak` ascends."""
    if not peak.size:
        return expected
    starts = np.flatnonzero(np.concatenate([[True], peak[1:] != peak[:-1]]))
    sizes = np.diff(np.append(starts, peak.size))
    highest = np.repeat(np.maximum.reduceat(expected, starts), sizes)
    first = np.flatnonzero(expected == highest)
    _, once = np.unique(peak[first], return_index=True)
    winner = first[once]
    others = expected.copy()
    others[winner] = 0.0
    second = np.maximum.reduceat(others, starts)
    rival = highest
    rival[winner] = second
    return rival
