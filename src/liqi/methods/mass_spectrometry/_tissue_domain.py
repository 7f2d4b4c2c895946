"""Whether a profile is of the kind that a model was trained on: distance within and from its principal plane.

Hotelling's T2 and the residual Q of Jackson and Mudholkar, Technometrics 21:341 (1979); their limits are not taken
from a distribution but from patients held out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._softmax import Ints
from liqi.methods.mass_spectrometry._tissue_validation import FOLDS, folds_of

COMPONENTS = 8
MARGIN = 2.0
_LEVEL = 99.0


@dataclass(frozen=True, slots=True)
class Plane:
    """Principal components (k, features) of standardised features, and the variance along each."""

    components: Floats
    variances: Floats

    def distances(self, features: Floats) -> Floats:
        """Return (n, 2): the distance within the plane by its spread (T2), and the squared one from it (Q)."""
        scores = features @ self.components.T
        within = (scores**2 / self.variances).sum(axis=1)
        return np.column_stack([within, np.maximum((features**2).sum(axis=1) - (scores**2).sum(axis=1), 0.0)])


@dataclass(frozen=True, slots=True)
class Domain:
    """The plane of the training profiles and how far from it a profile may be."""

    plane: Plane
    limits: Floats

    def strangeness(self, features: Floats) -> Floats:
        """Return how far each profile is as a share of what is allowed; above one is outside."""
        return np.asarray((self.plane.distances(features) / self.limits).max(axis=1))

    def as_json(self) -> dict[str, Any]:
        """Return the domain as JSON."""
        rows = [[float(f"{number:.4g}") for number in row] for row in self.plane.components.tolist()]
        return {"components": rows, "variances": self.plane.variances.tolist(), "limits": self.limits.tolist()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any], features: int) -> "Domain":
        """Return the domain; raises ValueError where its numbers do not fit the features."""
        components = np.asarray(told["components"], np.float64)
        variances, limits = (np.asarray(told[key], np.float64) for key in ("variances", "limits"))
        fits = components.shape == (variances.size, features) and limits.shape == (2,)
        if not fits or not (variances > 0).all() or not (limits > 0).all():
            raise ValueError("a domain of another size")
        return cls(Plane(components, variances), limits)


def domain_of(features: Floats, held_out: Floats) -> Domain:
    """Return the domain of training features, its limits twice what 99 % of held-out rows reach."""
    limits = MARGIN * np.percentile(held_out, _LEVEL, axis=0)
    return Domain(_plane(features), np.maximum(limits, 1e-9))


def held_out_distances(features: Floats, groups: Ints, label: Ints, rng: np.random.Generator) -> Floats:
    """Return the distances (n, 2) of every row from the plane of the other folds' patients."""
    found = np.zeros((label.size, 2))
    fold = folds_of(groups, label, FOLDS, rng)
    for one in np.unique(fold):
        found[fold == one] = _plane(features[fold != one]).distances(features[fold == one])
    return found


def _plane(features: Floats) -> Plane:
    """The features are standardised: their mean is taken as zero."""
    _, spread, components = np.linalg.svd(features, full_matrices=False)
    number = max(1, min(COMPONENTS, int((spread > 1e-9).sum()), features.shape[0] - 2))
    return Plane(components[:number], spread[:number] ** 2 / features.shape[0])
