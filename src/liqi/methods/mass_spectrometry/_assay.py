"""An assay worked out: areas of every target in every run, a line a target, a concentration a sample."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.calibration import Line, best_weighting, detection_limits, fit_line, standard_addition
from liqi.methods.mass_spectrometry._columns import Columns, Trace, columns_of
from liqi.methods.mass_spectrometry._integration import Peak, integrate
from liqi.methods.mass_spectrometry._targets import Level, Target, stem_of
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum
from liqi.methods.uncertainty import Budget, Contribution

LEAST_CALIBRANTS = 3
SAME_PRECURSOR_DA = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """How an assay is worked out; percentages are relative standard uncertainties from elsewhere, 0 if none."""

    tolerance: Tolerance
    weighting: str = "1/x2"
    level: float = 0.95
    retention_percent: float = 1.0
    standards_percent: float = 0.0
    method_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One target in one run; `response` is the area, divided by the internal standard's where there is one."""

    file: str
    target: Target
    level: Level
    peak: Peak | None
    standard: Peak | None
    qualifier: Peak | None
    scan_s: float
    trace: Trace

    @property
    def response(self) -> float | None:
        """The area or the ratio of areas; None where a peak that it needs was not found."""
        if self.peak is None or (self.target.internal_standard and self.standard is None):
            return None
        return self.peak.area / (self.standard.area if self.standard else 1.0)

    @property
    def ion_ratio(self) -> float | None:
        """The qualifier's area as a share of the peak's."""
        return self.qualifier.area / self.peak.area if self.qualifier and self.peak else None


@dataclass(frozen=True, slots=True)
class Result:
    """The concentration of a target in a sample; `state` says what may be said of it.

    States: ``quantified``, ``below`` (under the lowest calibrant), ``above`` (over the highest), ``detected`` (no
    calibration), ``not detected``, ``no standard`` (the internal standard's peak is missing).
    """

    target: Target
    sample: str
    state: str
    measured: Sequence[Measured]
    budget: Budget | None = None
    concentration: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A target's line with what it can tell; `calibrants` are the measured ones, in the order of the line's points."""

    target: Target
    line: Line
    unit: str
    calibrants: Sequence[Measured]
    detection: float
    quantitation: float

    @property
    def low(self) -> float:
        """The lowest calibrant."""
        return float(self.line.x.min())

    @property
    def high(self) -> float:
        """The highest calibrant."""
        return float(self.line.x.max())


@dataclass(slots=True)
class Assay:
    """All that was measured and worked out, in the order of targets and files."""

    targets: list[Target]
    measured: list[Measured]
    unit: str
    calibrations: dict[str, Calibration] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)


def measure(
    file: str, spectra: Iterable[Spectrum], targets: Sequence[Target], levels: Sequence[Level], question: Question
) -> list[Measured]:
    """Return every target of one run; internal standards are measured too."""
    some = list(spectra)
    columns: dict[tuple[str | None, float | None], Columns] = {}
    found: dict[str, tuple[Peak | None, Trace]] = {}
    for target in targets:
        found[target.name] = _peak(some, columns, target, target.mz, question, target.retention_time_s)
    made = []
    for target in targets:
        peak, trace = found[target.name]
        standard = found[target.internal_standard][0] if target.internal_standard else None
        qualifier = None
        if target.qualifier_mz and peak is not None:
            qualifier, _ = _peak(some, columns, target, target.qualifier_mz, question, peak.apex_s)
        step = float(np.median(np.diff(trace.time_s))) if trace.time_s.size > 1 else 0.0
        level = _level(file, target, levels)
        made.append(Measured(file, target, level, peak, standard, qualifier, step, trace))
    return made


def work_out(targets: Sequence[Target], measured: Sequence[Measured], unit: str, question: Question) -> Assay:
    """Return the assay: the calibration of each target that has three calibrants, and the result of each sample."""
    assay = Assay(list(targets), list(measured), unit)
    standards = {one.internal_standard for one in targets}
    for target in targets:
        own = [one for one in measured if one.target is target]
        calibration = None if target.name in standards else _calibrate(target, own, unit, question)
        if calibration is not None:
            assay.calibrations[target.name] = calibration
        if target.name in standards:
            continue
        asked = [one for one in own if one.level.role in ("sample", "addition")]
        for sample in dict.fromkeys(_sample(one) for one in asked):
            runs = [one for one in asked if _sample(one) == sample]
            added = any(one.level.role == "addition" for one in runs)
            result = _added(target, sample, runs, unit, question) if added else None
            assay.results.append(result or _result(target, sample, runs, calibration, question))
    return assay


def budget_of(response: float, runs: int, dilution: float, calibration: Calibration, question: Question) -> Budget:
    """Return the budget of a concentration: reading the line, the standards, and the method as validated."""
    reading = calibration.line.read(response, runs)
    value = reading.value * dilution
    parts = [
        Contribution(
            "line",
            reading.value,
            reading.uncertainty,
            dilution,
            reading.degrees_of_freedom,
            calibration.unit,
            "A",
            "EURACHEM/CITAC CG 4 (2012), E.3",
        )
    ]
    return Budget(value, calibration.unit, [*parts, *_relative(value, question)])


def _peak(
    spectra: Sequence[Spectrum],
    columns: dict[tuple[str | None, float | None], Columns],
    target: Target,
    mz: float,
    question: Question,
    expected_s: float | None,
) -> tuple[Peak | None, Trace]:
    key = (target.polarity, target.precursor_mz)
    if key not in columns:
        columns[key] = columns_of(one for one in spectra if _belongs(one, *key))
    width = question.tolerance.at(mz)
    trace = columns[key].xic(mz - width, mz + width)
    return integrate(trace, expected_s, target.window_s), trace


def _belongs(spectrum: Spectrum, polarity: str | None, precursor_mz: float | None) -> bool:
    if polarity and spectrum.polarity and spectrum.polarity != polarity:
        return False
    if precursor_mz is None:
        return spectrum.ms_level == 1
    near = spectrum.precursor_mz is not None and abs(spectrum.precursor_mz - precursor_mz) <= SAME_PRECURSOR_DA
    return spectrum.ms_level > 1 and near


def _level(file: str, target: Target, levels: Sequence[Level]) -> Level:
    """Return what the tables say of this run, for this target where they say so; a sample where they say nothing."""
    own = [one for one in levels if stem_of(one.file) == stem_of(file) and one.target in ("", target.name)]
    own.sort(key=lambda one: one.target == "")
    return own[0] if own else Level(file, "sample")


def _sample(one: Measured) -> str:
    return one.level.sample or stem_of(one.file)


def _calibrate(target: Target, own: Sequence[Measured], unit: str, question: Question) -> Calibration | None:
    """Return the line through the calibrants above zero; the zero standard is a control, not a point (ICH M10)."""
    calibrants = [one for one in own if one.level.role == "calibrant" and one.response and one.level.concentration]
    x = [one.level.concentration or 0.0 for one in calibrants]
    if len(calibrants) < LEAST_CALIBRANTS or len(set(x)) < 2:
        return None
    y = [one.response or 0.0 for one in calibrants]
    line = fit_line(x, y, best_weighting(x, y) if question.weighting == "auto" else question.weighting)
    if line.slope <= 0:
        return None
    return Calibration(target, line, unit, calibrants, *detection_limits(line))


def _added(target: Target, sample: str, runs: Sequence[Measured], unit: str, question: Question) -> Result | None:
    """Return the result by standard addition; None where fewer than three runs or no rising line allow it."""
    points = [(one.level.concentration or 0.0, one.response) for one in runs if one.response is not None]
    if len(points) < LEAST_CALIBRANTS or len({x for x, _ in points}) < 2:
        return None
    try:
        found = standard_addition([x for x, _ in points], [y for _, y in points]).reading
    except BadParameter:
        return None
    dilution = runs[0].level.dilution
    facts = found.value, found.uncertainty, dilution, found.degrees_of_freedom, unit, "A"
    parts = [Contribution("addition", *facts, "standard addition, Miller and Miller 5.8")]
    budget = Budget(found.value * dilution, unit, [*parts, *_relative(found.value * dilution, question)])
    return Result(target, sample, "quantified", runs, budget, budget.value)


def _relative(value: float, question: Question) -> list[Contribution]:
    """Return what was given as relative standard uncertainties: of the standards, and of the method."""
    given = (("standards", question.standards_percent), ("method", question.method_percent))
    return [Contribution(name, 1.0, percent / 100, value, source="given") for name, percent in given if percent]


def _result(
    target: Target, sample: str, runs: Sequence[Measured], calibration: Calibration | None, question: Question
) -> Result:
    """Return what the runs of one sample tell; a run without the peak counts as none where others have it."""
    if target.internal_standard and any(one.standard is None for one in runs):
        return Result(target, sample, "no standard", runs)
    seen = [one.response for one in runs if one.response is not None]
    if not seen:
        return Result(target, sample, "not detected", runs)
    if calibration is None:
        return Result(target, sample, "detected", runs)
    response = sum(seen) / len(runs)
    dilution = runs[0].level.dilution
    budget = budget_of(response, len(runs), dilution, calibration, question)
    read = budget.value / dilution
    state = "below" if read < calibration.low else "above" if read > calibration.high else "quantified"
    if read < calibration.detection and state == "below":
        state = "not detected"
    return Result(target, sample, state, runs, budget, budget.value)
