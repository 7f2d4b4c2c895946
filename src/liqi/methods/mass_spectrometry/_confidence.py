"""A library's own confidence: from the evidence for each candidate to the probability that it is the compound."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._boosting import Forest, softmax
from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._evidence import NAMES

UNKNOWN_SHARE = 0.25
"""The share of compounds that the library lacks, unless the caller says otherwise."""
_ARRAYS = ("edges", "feature", "threshold", "value")


@dataclass(frozen=True, slots=True)
class Confidence:
    """Trees, the score of "none of these" at `UNKNOWN_SHARE`, and where they come from.

    `facts` holds `origin` ("library": trained inside the library; "shipped": trained inside the open MassBank
    subset), `queries`, and the figures out of fold.
    """

    forest: Forest
    none: float
    facts: Mapping[str, Any]

    def probabilities(
        self,
        table: Floats,
        query: Integers,
        number: int,
        unknown_share: float = UNKNOWN_SHARE,
        weight: Floats | None = None,
    ) -> Floats:
        """Return each candidate's probability; a candidate's `weight` multiplies its odds.

        Another share of unknowns u multiplies the odds of "none of these" by u / (1 - u) over that of training
        (change of prior by Bayes' rule).
        """
        scores = self.forest.scores(table)
        if weight is not None:
            scores = scores + np.log(weight)
        return softmax(scores, query, number, self.none + logit(unknown_share) - logit(UNKNOWN_SHARE))

    def pushes(self, table: Floats) -> Floats:
        """Return how far each piece of evidence moves the log-odds, shape of `table`."""
        return self.forest.pushes(table)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what `of_arrays` makes the same model from."""
        return {name: getattr(self.forest, name) for name in _ARRAYS}

    def as_json(self) -> dict[str, Any]:
        """Return what is kept beside the arrays."""
        return {"none": self.none, "evidence": list(NAMES), **self.facts}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> "Confidence | None":
        """Return the stored model, or None where it was made for other evidence."""
        if list(facts.get("evidence", ())) != list(NAMES):
            return None
        told = {name: value for name, value in facts.items() if name not in ("none", "evidence")}
        return cls(Forest(*(arrays[name] for name in _ARRAYS)), float(facts["none"]), told)


def logit(share: float) -> float:
    """Return the logarithm of the odds of a share."""
    return math.log(share / (1 - share))
