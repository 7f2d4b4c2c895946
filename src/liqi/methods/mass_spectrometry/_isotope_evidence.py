"""How well the isotope peaks of the survey scans fit a candidate's formula.

The figure is shown beside the evidence and moves no confidence: there is no set of real runs with known compounds
here to prove how far it should, and candidates of one mass are mostly isomers, whose patterns are the same.
"""

from functools import lru_cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._formula import ion_charge
from liqi.methods.mass_spectrometry._isotopes import isotope_peaks
from liqi.methods.mass_spectrometry._patterns import HEAVIER, fit

NAME = "isotope_pattern"


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
