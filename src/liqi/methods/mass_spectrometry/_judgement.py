"""How sure an identification is: a provisional rule, until confidence is calibrated inside the library.

Each candidate compound i competes with the others and with "none of these":

    P_i = exp(a + b s_i) / (1 + sum_j exp(a + b s_j)),    a = -1.16, b = 4.41

where s_i is 0.8 times the entropy similarity without the precursor's peaks plus 0.2 times that with them. It is
a multinomial logit with a null alternative, fitted by maximum likelihood on 400 tuning spectra (300 of
compounds in the library, 100 of compounds that are not). It grows with the candidate's own similarity, falls
with that of its rivals, and the candidates' probabilities add up to less than 1: what is left is "none".
The numbers come from one library and one share of unknowns, so they are provisional.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INTERCEPT, SLOPE = -1.16, 4.41
PRECURSOR_WEIGHT = 0.2
SURE_ENOUGH = 0.65
NEEDED_PEAKS = 2
ENOUGH_ALONE = 0.7
_SAME_MASS_PPM = 1.0
_PART_OF_GROUP = 0.5
LIKE_ENOUGH = 0.5
LEVELS = {"identified": "2a", "isomers": "3", "unknown": "5"}
"""Levels of Schymanski et al. (2014): library spectrum match, tentative candidates, exact mass."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one feature; `group` holds the positions of the isomers that are not told apart."""

    verdict: str
    confidence: float
    group: tuple[int, ...]

    @property
    def level(self) -> str:
        """The identification level that goes with the verdict."""
        return LEVELS[self.verdict]


def likeness(similarity: NDArray[np.float64], similarity_kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the rule goes by: similarity without the precursor's peaks, helped by that with them."""
    mixed = (1 - PRECURSOR_WEIGHT) * similarity + PRECURSOR_WEIGHT * similarity_kept
    return np.asarray(np.minimum(1.0, mixed))


def confidences(likenesses: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of each candidate; they add up to less than 1.

    >>> confidences([0.9, 0.2]).round(2).tolist()
    [0.9, 0.04]
    """
    odds = np.exp(INTERCEPT + SLOPE * np.asarray(likenesses, dtype=np.float64))
    return np.asarray(odds / (1 + odds.sum()))


@dataclass(frozen=True, slots=True)
class Contender:
    """What the rule looks at in one candidate."""

    probability: float
    similarity: float
    matched_peaks: int
    formula: str
    precursor_mz: float


def judge(contenders: Sequence[Contender]) -> Judgement:
    """Return the verdict on candidates that stand best first.

    `identified`: the best has at least 0.65, on two matched peaks or a similarity of 0.7. `isomers`: the best,
    with a similarity of at least 0.5, and the candidates of its formula or mass that are at least half as
    probable have 0.65 together. Else `unknown`.
    """
    if not contenders:
        return Judgement("unknown", 0.0, ())
    best = contenders[0]
    if best.matched_peaks < NEEDED_PEAKS and best.similarity < ENOUGH_ALONE:
        return Judgement("unknown", best.probability, ())
    if best.probability >= SURE_ENOUGH:
        return Judgement("identified", best.probability, (0,))
    group = tuple(
        i
        for i, one in enumerate(contenders)
        if one.probability >= _PART_OF_GROUP * best.probability and _isomers(one, best)
    )
    together = sum(contenders[i].probability for i in group)
    if len(group) > 1 and together >= SURE_ENOUGH and best.similarity >= LIKE_ENOUGH:
        return Judgement("isomers", together, group)
    return Judgement("unknown", best.probability, ())


def _isomers(one: Contender, other: Contender) -> bool:
    if one.formula and one.formula == other.formula:
        return True
    return abs(one.precursor_mz - other.precursor_mz) <= other.precursor_mz * _SAME_MASS_PPM * 1e-6
