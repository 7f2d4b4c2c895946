"""The verdict on one feature: identified, one of some isomers, or unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

SURE_ENOUGH = 0.5
"""More likely than not."""
SURE_WITHOUT_PRECURSOR = 0.6
"""More for a spectrum without a precursor (EI), whose probability is less exact."""
SURE_ON_ONE_PEAK = 0.85
IN_LIBRARY = 0.6
"""What all candidates need together: that the library has the compound at all must be surer than which one it is."""
NEEDED_PEAKS = 2
ENOUGH_ALONE = 0.7
ENOUGH_EXPLAINED = 0.5
_SAME_MASS_PPM = 1.0
_PART_OF_GROUP = 0.2
_NEVER = 2.0
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


@dataclass(frozen=True, slots=True)
class Contender:
    """What the rule looks at in one candidate; `mass` is its reference's m/z or, without one, the molecule's in Da.

    A mass of 0 is not known; `sure` is the probability that a name needs where more than one peak speaks for it.
    """

    probability: float
    similarity: float
    matched_peaks: int
    formula: str
    mass: float
    explained: float = 0.0
    sure: float = SURE_ENOUGH

    @property
    def needed(self) -> float:
        """The probability that a name needs: more on one matched peak that is little of a spectrum not alike."""
        if not self.matched_peaks:
            return _NEVER
        few = self.matched_peaks < NEEDED_PEAKS
        alone = few and self.similarity < ENOUGH_ALONE and self.explained < ENOUGH_EXPLAINED
        return SURE_ON_ONE_PEAK if alone else self.sure


def judge(contenders: Sequence[Contender]) -> Judgement:
    """Return the verdict on candidates that stand best first.

    `unknown`: all together are less probable than `IN_LIBRARY`. `identified`: the best is at least as probable as its
    `sure`; with one matched peak, a similarity under 0.7 and less than half of its intensity explained it has to be
    `SURE_ON_ONE_PEAK`; with no matched peak it is never. `isomers`: it is not, but together with the candidates of its
    formula or mass that are at least a fifth as probable it is. Else `unknown`.
    """
    if not contenders:
        return Judgement("unknown", 0.0, ())
    best = contenders[0]
    if sum(one.probability for one in contenders) < IN_LIBRARY:
        return Judgement("unknown", best.probability, ())
    if best.probability >= best.needed:
        return Judgement("identified", best.probability, (0,))
    group = tuple(
        i
        for i, one in enumerate(contenders)
        if one.probability >= _PART_OF_GROUP * best.probability and _isomers(one, best)
    )
    together = sum(contenders[i].probability for i in group)
    if len(group) > 1 and together >= best.needed:
        return Judgement("isomers", together, group)
    return Judgement("unknown", best.probability, ())


def _isomers(one: Contender, other: Contender) -> bool:
    if one.formula and one.formula == other.formula:
        return True
    return other.mass > 0 and abs(one.mass - other.mass) <= other.mass * _SAME_MASS_PPM * 1e-6
