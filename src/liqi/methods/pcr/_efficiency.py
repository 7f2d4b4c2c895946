"""The PCR efficiency of a target: the mean of its reactions without outliers, and the copies that TD0 stands for."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from liqi.methods.pcr._amplification import Bools
from liqi.methods.pcr._plate import NON_SATURATING, SATURATING, Floats, Target
from liqi.methods.uncertainty import student_t

AVOGADRO = 6.02214076e23
_ALPHA = 0.05
_FEWEST = 3
_USUAL_DYE_NM = {NON_SATURATING: 400.0, SATURATING: 1250.0}
_USUAL_FACTOR = {NON_SATURATING: 1.5, SATURATING: 0.04}
_PROBE_FACTOR = 0.10
_USUAL_PRIMER_NM, _USUAL_LENGTH = 250.0, 100
_HIGHEST, _LEAST = 2.3, 1.0
_FEMTO = 1e-15


@dataclass(frozen=True, slots=True)
class Efficiency:
    """The mean factor by which a target grows in a cycle (2 is doubling), from `number` reactions."""

    value: float
    sd: float
    number: int

    @property
    def uncertainty(self) -> float:
        """The standard uncertainty of the mean."""
        return self.sd / math.sqrt(self.number) if self.number > 1 else math.nan

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval of the mean."""
        half = student_t((1 + level) / 2, self.number - 1) * self.uncertainty if self.number > 1 else math.nan
        return self.value - half, self.value + half


def mean_efficiency(values: Floats) -> tuple[Efficiency | None, Bools]:
    """Return the mean of what is a number and above 1, outliers left out, and which were taken.

    While the values are skewed (p < 0.025) and the farthest on that side fails Grubbs' test at 0.05, it is left out.
    """
    taken = np.isfinite(values) & (np.nan_to_num(values) > 1.001)
    while (count := int(taken.sum())) >= _FEWEST:
        inside = np.flatnonzero(taken)
        kept = values[inside]
        mean, sd = float(kept.mean()), float(kept.std(ddof=1))
        if not sd > 0:
            break
        skewness = _skewness(kept, count)
        spread = math.sqrt(6 * count * (count - 1) / ((count - 2) * (count + 1) * (count + 3)))
        if 2 * (1 - NormalDist().cdf(abs(skewness) / spread)) >= _ALPHA / 2:
            break
        t = student_t(1 - _ALPHA / count / 2, count - 2)
        critical = (count - 1) / math.sqrt(count) * math.sqrt(t * t / (count - 2 + t * t))
        farthest = int(np.argmax(kept) if skewness > 0 else np.argmin(kept))
        if abs(kept[farthest] - mean) / sd <= critical:
            break
        taken[inside[farthest]] = False
    kept = values[taken]
    if not kept.size:
        return None, taken
    sd = float(kept.std(ddof=1)) if kept.size > 1 else math.nan
    return Efficiency(float(kept.mean()), sd, int(kept.size)), taken


def _skewness(values: Floats, count: int) -> float:
    away = values - values.mean()
    second, third = float((away**2).mean()), float((away**3).mean())
    return math.sqrt(count * (count - 1)) / (count - 2) * third / second**1.5 if second > 0 else 0.0


def copies_at_td0(target: Target, volume_ul: float, double_stranded: bool) -> float:
    """Return the copies in a reaction whose exponential phase ends, at TD0: where dye or primer becomes limiting.

    Untergasser et al. 2026: 1.5 x 400 nM of a non-saturating dye shared by the base pairs of the amplicon, else 0.10
    (probes) or 0.04 (saturating dyes) of the scarcer primer; twice as many where the template was single-stranded.
    """
    factor = target.copy_factor or _USUAL_FACTOR.get(target.chemistry, _PROBE_FACTOR)
    if target.chemistry == NON_SATURATING:
        length = target.amplicon_length or _USUAL_LENGTH
        limit = factor * (target.dye_nm or _USUAL_DYE_NM[NON_SATURATING]) / length
    else:
        limit = factor * (target.primer_nm or _USUAL_PRIMER_NM)
    return limit * AVOGADRO * _FEMTO * volume_ul * (1.0 if double_stranded else 2.0)


def copies(td0: float, efficiency: float, at_td0: float) -> float | None:
    """Return the copies at the start, N(TD0) / E^TD0; None where the efficiency makes no sense.

    >>> round(copies(30.0, 2.0, 2.0**40), 6)
    1024.0
    """
    if not (math.isfinite(td0) and td0 > 0 and _LEAST < efficiency < _HIGHEST):
        return None
    return float(at_td0 / efficiency**td0)
