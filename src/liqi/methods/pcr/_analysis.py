"""Runs analysed: the cycle of every reaction, the efficiency of every target, the quantity in every sample."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.calibration import Line, fit_line
from liqi.methods.pcr._amplification import FEWEST_CYCLES, Amplification, amplification
from liqi.methods.pcr._efficiency import Efficiency, copies, copies_at_td0, mean_efficiency
from liqi.methods.pcr._plate import NEGATIVE, PlateRun, Plates, Reaction
from liqi.methods.uncertainty import student_t

USUAL_VOLUME_UL = {True: 20.0, False: 10.0}
"""What is taken where the file does not say: 20 uL in a 96-well plate, 10 uL in a larger one (RDML-Tools)."""
FEWEST_LEVELS = 3
_ROW_96 = "H"
Group = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Well:
    """A reaction with what its curve told; `cq` is the cycle that quantities are of, NaN where nothing grew."""

    run: int
    row: int
    reaction: Reaction
    td0: float
    cq: float
    amplified: bool
    efficiency: float
    used: bool
    copies: float | None


@dataclass(frozen=True, slots=True)
class StandardCurve:
    """Cq over the logarithm of the quantity: a calibration line with what follows from its slope."""

    line: Line
    unit: str
    levels: int

    @property
    def efficiency(self) -> float:
        """The factor of growth in a cycle that the slope tells: 10^(-1/slope)."""
        return float(10 ** (-1 / self.line.slope))

    @property
    def u_efficiency(self) -> float:
        """Its standard uncertainty: E ln(10) u(slope) / slope^2."""
        return self.efficiency * math.log(10) * self.line.u_slope / self.line.slope**2

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and highest quantity of a standard."""
        return float(10 ** self.line.x.min()), float(10 ** self.line.x.max())


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a target is in a sample, from its replicates; `low` and `high` bound the 95 % interval."""

    run: int
    sample: str
    target: str
    kind: str
    replicates: int
    positive: int
    cq: float
    cq_sd: float
    value: float | None
    uncertainty: float | None
    low: float | None
    high: float | None
    unit: str
    rule: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was found in a file of runs."""

    plates: Plates
    wells: Sequence[Well]
    curves: Sequence[Amplification | None]
    efficiencies: Mapping[Group, Efficiency]
    standards: Mapping[Group, StandardCurve]
    quantities: Sequence[Quantity]
    cq_name: str

    def run(self, place: int) -> PlateRun:
        """Return the run that a well or a quantity is of."""
        return self.plates.runs[place]


def analyse(plates: Plates, cq_method: str = "auto", rule: str = "auto") -> Analysis:
    """Return what the runs tell; `cq_method` is auto, TD0 or machine, `rule` auto, curve or copies.

    Raises BadParameter where the method asked for has nothing to go by.
    """
    has_curves = any(run.fluorescence.shape[1] >= FEWEST_CYCLES for run in plates.runs)
    has_cq = any(one.machine_cq is not None for run in plates.runs for one in run.reactions)
    chosen = ("TD0" if has_curves else "machine") if cq_method == "auto" else cq_method
    if (chosen == "TD0" and not has_curves) or (chosen == "machine" and not has_cq):
        expected = f"a file with {'amplification curves' if chosen == 'TD0' else 'Cq values of the machine'}"
        raise BadParameter("cq_method", cq_method, expected)
    told = [
        amplification(run.fluorescence) if run.fluorescence.shape[1] >= FEWEST_CYCLES and len(run) else None
        for run in plates.runs
    ]
    efficiencies = _efficiencies(plates, told)
    volumes = [USUAL_VOLUME_UL[_is_small(run)] for run in plates.runs]
    wells = [
        _well(plates, place, row, one, told[place], efficiencies, chosen, volumes[place])
        for place, run in enumerate(plates.runs)
        for row, one in enumerate(run.reactions)
    ]
    standards = {} if rule == "copies" else _standards(wells)
    if rule == "curve" and not standards:
        found = f"standards of fewer than {FEWEST_LEVELS} levels"
        raise BadParameter("quantify_by", f"curve, with {found}", "auto or copies, or standards with quantities")
    quantities = _quantities(plates, wells, efficiencies, standards)
    return Analysis(plates, wells, told, efficiencies, standards, quantities, chosen)


def _efficiencies(plates: Plates, told: Sequence[Amplification | None]) -> dict[Group, Efficiency]:
    found = {}
    for place, (run, curves) in enumerate(zip(plates.runs, told, strict=True)):
        if curves is None:
            continue
        good = curves.amplified & curves.has_plateau & (curves.baseline_error == 0)
        good &= np.array([one.kind not in NEGATIVE and not one.excluded for one in run.reactions])
        names = np.array([one.target for one in run.reactions])
        for target in dict.fromkeys(names.tolist()):
            mean, _ = mean_efficiency(np.where(good & (names == target), curves.efficiency, np.nan))
            if mean is not None:
                found[(place, target)] = mean
    return found


def _well(
    plates: Plates, run: int, row: int, one: Reaction, curves: Amplification | None,
    efficiencies: Mapping[Group, Efficiency], chosen: str, volume_ul: float,
) -> Well:  # fmt: skip
    td0 = efficiency = math.nan
    amplified = one.machine_cq is not None
    if curves is not None:
        td0, efficiency, amplified = float(curves.td0[row]), float(curves.efficiency[row]), bool(curves.amplified[row])
    number = None
    mean = efficiencies.get((run, one.target))
    if mean is not None and amplified:
        number = copies(
            td0,
            mean.value,
            copies_at_td0(plates.target(one.target), one.volume_ul or volume_ul, one.double_stranded),
        )
    cq = td0 if chosen == "TD0" else (one.machine_cq if one.machine_cq is not None and amplified else math.nan)
    return Well(run, row, one, td0, cq if amplified else math.nan, amplified, efficiency, not one.excluded, number)


def _is_small(run: PlateRun) -> bool:
    """Whether every well of a run lies on a plate of 96."""
    return all(
        each.well[:1] <= _ROW_96 and (not each.well[1:].isdigit() or int(each.well[1:]) <= 12) for each in run.reactions
    )


def _standards(wells: Sequence[Well]) -> dict[Group, StandardCurve]:
    groups: dict[Group, list[tuple[float, float, str]]] = {}
    for one in wells:
        quantity = one.reaction.quantity
        if one.reaction.kind == "std" and quantity and quantity > 0 and one.used and math.isfinite(one.cq):
            groups.setdefault((one.run, one.reaction.target), []).append(
                (math.log10(quantity), one.cq, one.reaction.quantity_unit)
            )
    found = {}
    for key, points in groups.items():
        levels = len({round(x, 6) for x, _, _ in points})
        if levels >= FEWEST_LEVELS:
            line = fit_line([x for x, _, _ in points], [y for _, y, _ in points])
            if line.slope < 0:
                found[key] = StandardCurve(line, points[0][2], levels)
    return found


def _quantities(
    plates: Plates,
    wells: Sequence[Well],
    efficiencies: Mapping[Group, Efficiency],
    standards: Mapping[Group, StandardCurve],
) -> list[Quantity]:
    groups: dict[tuple[int, str, str], list[Well]] = {}
    for one in wells:
        if one.used:
            groups.setdefault((one.run, one.reaction.sample or one.reaction.well, one.reaction.target), []).append(one)
    repeat = _repeatability(groups)
    found = []
    for (run, sample, target), group in groups.items():
        cycles = np.array([one.cq for one in group if math.isfinite(one.cq)])
        cq = float(cycles.mean()) if cycles.size else math.nan
        sd = float(cycles.std(ddof=1)) if cycles.size > 1 else math.nan
        curve, mean = standards.get((run, target)), efficiencies.get((run, target))
        kind = group[0].reaction.kind
        if not cycles.size:
            told = _nothing(curve)
        elif curve is not None:
            told = _by_curve(curve, cq, int(cycles.size))
        elif mean is not None and mean.number > 1 and any(one.copies for one in group):
            told = _by_copies(group, cq, mean, repeat)
        else:
            told = (None, None, None, None, "1", "no efficiency")
        found.append(Quantity(run, sample, target, kind, len(group), int(cycles.size), cq, sd, *told))
    return found


Told = tuple[float | None, float | None, float | None, float | None, str, str]


def _nothing(curve: StandardCurve | None) -> Told:
    return None, None, None, None, _unit(curve), "not amplified"


def _unit(curve: StandardCurve | None) -> str:
    words = "" if curve is None else curve.unit
    return "copies" if curve is None or words in ("cop", "copies") else (words if words not in ("", "other") else "1")


def _by_curve(curve: StandardCurve, cq: float, number: int) -> Told:
    reading = curve.line.read(cq, number)
    low, high = reading.interval()
    value = 10**reading.value
    return value, value * math.log(10) * reading.uncertainty, 10**low, 10**high, _unit(curve), "standard curve"


def _by_copies(group: Sequence[Well], cq: float, mean: Efficiency, repeat: tuple[float, int]) -> Told:
    """The mean of the replicates' copies; u from the mean efficiency and the repeatability of TD0, both in ln N."""
    given = [one.copies for one in group if one.copies]
    value = float(np.exp(np.mean(np.log(given))))
    cycle = max(one.td0 for one in group if one.copies) if not math.isfinite(cq) else cq
    part = cycle * mean.uncertainty / mean.value
    relative = math.hypot(part, math.log(mean.value) * repeat[0] / math.sqrt(len(given)))
    factor = student_t(0.975, max(1, mean.number - 1))
    return (
        value,
        value * relative,
        value * math.exp(-factor * relative),
        value * math.exp(factor * relative),
        "copies",
        "TD0",
    )


def _repeatability(groups: Mapping[tuple[int, str, str], Sequence[Well]]) -> tuple[float, int]:
    """Return the standard deviation of replicates pooled over samples of at least 30 copies, and its freedom."""
    squares, freedom = 0.0, 0
    for group in groups.values():
        cycles = np.array(
            [one.cq for one in group if math.isfinite(one.cq) and (one.copies is None or one.copies >= 30)]
        )
        if cycles.size > 1:
            squares += float(((cycles - cycles.mean()) ** 2).sum())
            freedom += int(cycles.size) - 1
    return (math.sqrt(squares / freedom), freedom) if freedom else (0.2, 0)
