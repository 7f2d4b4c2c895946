"""Relative quantities: cycles corrected for efficiency, divided by reference genes, against a calibrator.

Pfaffl, Nucleic Acids Res. 29:e45 (2001); several references by their geometric mean and their stability M:
Vandesompele et al., Genome Biol. 3:research0034 (2002).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.pcr._analysis import Analysis, Quantity
from liqi.methods.uncertainty import student_t

LARGEST_M = 0.5
"""The largest stability M of references in one kind of sample (Hellemans et al., Genome Biol. 8:R19, 2007)."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A target in a sample over the references, as a multiple of the calibrator or of the mean of all samples."""

    sample: str
    target: str
    value: float
    uncertainty: float
    low: float
    high: float
    delta_delta_cq: float


@dataclass(frozen=True, slots=True)
class Expression:
    """Relative quantities, the references with their stability M (none for a single one), and the calibrator."""

    relatives: Sequence[Relative]
    references: Sequence[str]
    stability: Mapping[str, float]
    calibrator: str


def relative(analysis: Analysis, references: Sequence[str], calibrator: str = "") -> Expression:
    """Return every target of interest over the references; raises BadParameter for a name that is not in the file."""
    usable = [one for one in analysis.quantities if one.positive and one.kind in ("unkn", "std", "pos")]
    targets = list(dict.fromkeys(one.target for one in usable))
    for name in references:
        if name not in targets:
            raise BadParameter("reference", name, f"targets that were measured: {', '.join(targets[:12]) or 'none'}")
    logs = {(one.sample, one.target): _log(analysis, one) for one in usable}
    samples = list(dict.fromkeys(sample for sample, _ in logs))
    if calibrator and calibrator not in samples:
        raise BadParameter("calibrator", calibrator, f"a sample that was measured: {', '.join(samples[:12])}")
    whole = [sample for sample in samples if all((sample, name) in logs for name in references)]
    found = []
    for target in targets:
        if target in references:
            continue
        ratios = {}
        for sample in whole:
            if (sample, target) in logs:
                value, variance = logs[sample, target]
                bases = [logs[sample, name] for name in references]
                ratios[sample] = (
                    value - float(np.mean([base[0] for base in bases])),
                    variance + sum(base[1] for base in bases) / len(bases) ** 2,
                )
        if calibrator and calibrator not in ratios:
            continue
        zero = ratios[calibrator] if calibrator else _mean(ratios)
        for sample, (value, variance) in ratios.items():
            is_zero = sample == calibrator
            u = math.sqrt(variance + (0.0 if is_zero else zero[1]))
            found.append(_told(sample, target, value - zero[0], u))
    return Expression(found, references, stability(logs, references, whole), calibrator)


def _log(analysis: Analysis, one: Quantity) -> tuple[float, float]:
    """Return the natural logarithm of the quantity up to a constant, and its variance."""
    curve, mean = analysis.standards.get((one.run, one.target)), analysis.efficiencies.get((one.run, one.target))
    factor, u_factor = 2.0, 0.0
    if curve is not None:
        factor, u_factor = curve.efficiency, curve.u_efficiency
    elif mean is not None and mean.number > 1:
        factor, u_factor = mean.value, mean.uncertainty
    sd = one.cq_sd if math.isfinite(one.cq_sd) else 0.2
    all_cq = [each.cq for each in analysis.quantities if each.target == one.target and math.isfinite(each.cq)]
    away = one.cq - float(np.mean(all_cq))  # what all samples share of the efficiency's error goes out of the ratio
    variance = (math.log(factor) * sd) ** 2 / one.positive + (away * u_factor / factor) ** 2
    return -one.cq * math.log(factor), variance


def _mean(ratios: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    if not ratios:
        return 0.0, 0.0
    return float(np.mean([one[0] for one in ratios.values()])), sum(one[1] for one in ratios.values()) / len(
        ratios
    ) ** 2


def _told(sample: str, target: str, log: float, u: float) -> Relative:
    value, half = math.exp(log), student_t(0.975, math.inf) * u
    return Relative(sample, target, value, value * u, math.exp(log - half), math.exp(log + half), -log / math.log(2))


def stability(
    logs: Mapping[tuple[str, str], tuple[float, float]], references: Sequence[str], samples: Sequence[str]
) -> dict[str, float]:
    """Return M of each reference: the mean standard deviation of its log2 ratio to every other one."""
    if len(references) < 2 or len(samples) < 2:
        return {}
    table = np.array([[logs[sample, name][0] / math.log(2) for name in references] for sample in samples])
    found = {}
    for place, name in enumerate(references):
        others = [
            float((table[:, place] - table[:, other]).std(ddof=1)) for other in range(len(references)) if other != place
        ]
        found[name] = float(np.mean(others))
    return found
