"""Confidence of a search without a precursor: from a candidate's score and its lead over the best rival.

    P = 1 / (1 + exp(-(a + b score + c lead)))

The numbers were fitted by maximum likelihood on spectra asked for while their own laboratory's, or all, spectra of
the compound were hidden, in the open MassBank subsets (`./run bench fit_lead`); unknowns weigh one in four.
"""

from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE, logit


@dataclass(frozen=True, slots=True)
class Lead:
    """The three numbers of one kind of search."""

    start: float
    by_score: float
    by_lead: float

    def probabilities(self, score: Floats, unknown_share: float = UNKNOWN_SHARE) -> Floats:
        """Return the probability of each candidate of one spectrum; together they are at most 1."""
        leads = lead(score)
        odds = self.start + self.by_score * score + self.by_lead * leads
        chance = 1 / (1 + np.exp(-(odds - logit(unknown_share) + logit(UNKNOWN_SHARE))))
        return np.asarray(chance / max(1.0, float(chance.sum())))


def lead(score: Floats) -> Floats:
    """Return how far each candidate is above its best rival, below 0 for all but the first.

    >>> lead(np.array([0.5, 0.9])).round(2).tolist()
    [-0.4, 0.4]
    """
    if score.size < 2:
        return np.asarray(score * 1.0)
    second, first = np.partition(score, score.size - 2)[-2:]
    return np.asarray(score - np.where(score == first, second, first))


def best_of_compounds(score: Floats, compound: Integers) -> Integers:
    """Return the places of every compound's best reference that scores at all, best first."""
    order = np.argsort(-score, kind="stable")
    order = order[score[order] > 0]
    _, first = np.unique(compound[order], return_index=True)
    return np.asarray(order[np.sort(first)])


ELECTRON = Lead(-11.33, 12.66, 13.88)
OPEN = Lead(-4.67, 3.73, 9.99)
