"""How well the isotope peaks of the survey scans fit a candidate's formula.

A pattern says little of a candidate within 10 ppm, for a wrong one is an isomer of the truth in most cases and has the
same pattern. So it moves the odds by

    t / (s t + 1 - s),  t = (1 - e) f / g + e

where f is the fit, g its mean over formulas of about the same mass, s the share of wrong best candidates that have the
true formula all the same, and e the share of right ones whose pattern is spoiled by an ion beside it.
"""

import math
from functools import lru_cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._formula import ion_charge
from liqi.methods.mass_spectrometry._isotopes import isotope_peaks
from liqi.methods.mass_spectrometry._patterns import HEAVIER, fit

NAME = "isotope_pattern"
FIT_OF_OTHERS = 0.25
SAME_FORMULA = 0.87
SPOILED = 0.25
"""Measured in the open MassBank subset: the first in a composite run (0.27) and a river water (0.10), the second over
4,574 wrong first candidates (0.83; 0.89 of those above a probability of 0.5). The last is cautious: 3 of 50 were.
"""


def isotope_fit(feature: Feature, formula: str, adduct: str) -> float | None:
    """Return exp(-chi^2 / 2) of the measured pattern for this ion; None where no isotope peak was seen.

    The error of a peak is a tenth of it and two hundredths of the first one. A feature that is itself an isotope
    peak, a charge that is not the adduct's, and formulas that are not understood have none.
    """
    if not feature.isotopes or not feature.height or not feature.mz or feature.isotope_of is not None:
        return None
    theory = _shares(formula, adduct)
    if theory is None or abs(ion_charge(adduct) or 0) != feature.charge:
        return None
    return float(fit(theory[None, :], np.array(feature.isotope_shares(HEAVIER)))[0])


def push_of_fit(fit: float) -> float:
    """Return how far a fit moves the log-odds of a candidate.

    >>> round(push_of_fit(1.0), 2), round(push_of_fit(0.0), 2)
    (0.09, -0.33)
    """
    ratio = (1 - SPOILED) * fit / FIT_OF_OTHERS + SPOILED
    return math.log(ratio / (SAME_FORMULA * ratio + 1 - SAME_FORMULA))


@lru_cache(maxsize=4096)
def _shares(formula: str, adduct: str) -> Floats | None:
    """Return the peaks one, two and three Da above the first, each as a share of it."""
    found = isotope_peaks(formula, adduct)
    if found is None:
        return None
    mz, height = found
    step = np.rint((mz - mz[0]) * abs(ion_charge(adduct) or 1)).astype(np.int64)
    shares = np.zeros(HEAVIER + 1)
    shares[step[step <= HEAVIER]] = height[step <= HEAVIER] / height[0]
    return np.asarray(shares[1:])
