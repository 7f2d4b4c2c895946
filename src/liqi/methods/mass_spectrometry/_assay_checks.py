"""The named checks of an assay, each with its value, its rule and the rule's source."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liqi.methods.calibration import lack_of_fit
from liqi.methods.mass_spectrometry._assay import Assay, Calibration, Measured, Question, Result

LEAST_LEVELS = 6
LEAST_GOOD = 0.75
OFF, OFF_LOWEST = 15.0, 20.0
RECOVERY = 50.0, 150.0
RATIO_OFF = 40.0
BLANK = 20.0
CRITICAL_RANGE = {2: 2.8, 3: 3.3, 4: 3.6, 5: 3.9, 6: 4.0}
"""ISO 5725-6: what the range of n results exceeds in 5 % of cases, in standard deviations of repeatability."""
LEAST_RANGE = 15.0
STRAIGHT = 0.01
M10 = "ICH M10 (2022), analytical run"
M10_BLANK = "ICH M10 (2022), selectivity"
ISO_5725 = "ISO 5725-6, at least 15 %"
EU_808 = "(EU) 2021/808, annex I"
HOUSE = "of the calibrants' mean; a rule of the house"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: of a target, in a run or in all (`file` empty); `weighs` if it stops a verdict."""

    name: str
    target: str
    file: str
    value: float
    unit: str
    rule: str
    source: str
    ok: bool
    weighs: bool = True


def checks_of(assay: Assay, question: Question) -> list[Check]:
    """Return every check that can be made, target by target."""
    made: list[Check] = []
    for target in assay.targets:
        calibration = assay.calibrations.get(target.name)
        own = [one for one in assay.measured if one.target is target]
        if calibration is not None:
            made += _of_line(calibration)
            made += _of_controls(calibration, own)
            made += _of_runs(calibration, own, question)
            made += _of_replicates(calibration, [one for one in assay.results if one.target is target])
    return made


def failed(result: Result, checks: Sequence[Check]) -> list[Check]:
    """Return the checks that stand against a result: those of its target, of all runs or of its own."""
    files = {one.file for one in result.measured} | {""}
    return [
        one for one in checks if not one.ok and one.weighs and one.target == result.target.name and one.file in files
    ]


def _of_line(calibration: Calibration) -> Iterator[Check]:
    line, name = calibration.line, calibration.target.name
    levels = len(set(line.x.tolist()))
    yield Check("levels", name, "", levels, "1", f">= {LEAST_LEVELS}", M10, levels >= LEAST_LEVELS)
    accuracy = 100 * line.accuracy()
    good = []
    for one, percent, x in zip(calibration.calibrants, accuracy.tolist(), line.x.tolist(), strict=True):
        most = OFF_LOWEST if x == calibration.low else OFF
        good.append(abs(percent - 100) <= most)
        if not good[-1]:  # those that are right stand in the table of calibrants
            rule = f"{100 - most:g}-{100 + most:g} %"
            yield Check("calibrant", name, one.file, percent, "%", rule, M10, False, weighs=False)
    share = 100 * sum(good) / len(good)
    yield Check("calibrants", name, "", share, "%", f">= {100 * LEAST_GOOD:g} %", M10, share >= 100 * LEAST_GOOD)
    test = lack_of_fit(line)
    if test is not None:
        p = test.probability
        yield Check(
            "straight", name, "", p, "1", f"p >= {STRAIGHT}", "F test, lack of fit", p >= STRAIGHT, weighs=False
        )


def _of_controls(calibration: Calibration, own: Sequence[Measured]) -> Iterator[Check]:
    for one in own:
        role, name = one.level.role, calibration.target.name
        nominal = one.level.concentration
        if role == "control" and nominal:
            found = calibration.line.read(one.response).value if one.response is not None else 0.0
            most = OFF_LOWEST if nominal <= calibration.low else OFF
            percent = 100 * found * one.level.dilution / nominal
            ok = abs(percent - 100) <= most
            yield Check("control", name, "", percent, "%", f"{100 - most:g}-{100 + most:g} % ({one.file})", M10, ok)
        lowest = [run.response for run in calibration.calibrants if run.level.concentration == calibration.low]
        if role == "blank" or (role == "calibrant" and not nominal):
            share = 100 * (one.response or 0.0) / (sum(filter(None, lowest)) / len(lowest))
            yield Check("blank", name, "", share, "%", f"<= {BLANK:g} % ({one.file})", M10_BLANK, share <= BLANK)


def _of_replicates(calibration: Calibration, results: Sequence[Result]) -> Iterator[Check]:
    """The range of a sample's runs against the critical range of ISO 5725-6, repeatability taken from the line."""
    line = calibration.line
    for one in results:
        alike = [run for run in one.measured if run.level.role == "sample"]
        found = [line.read(run.response).value for run in alike if run.response is not None]
        mean = sum(found) / len(found) if found else 0.0
        if len(found) < 2 or mean <= 0:
            continue
        repeatability = line.residual_sd / abs(line.slope) / math.sqrt(float(line.weight_at(mean)))
        factor = CRITICAL_RANGE[min(len(found), max(CRITICAL_RANGE))]
        most = max(100 * factor * repeatability / mean, LEAST_RANGE)
        percent = 100 * (max(found) - min(found)) / mean
        rule = f"<= {most:.0f} % ({one.sample})"
        yield Check("replicates", one.target.name, one.measured[0].file, percent, "%", rule, ISO_5725, percent <= most)


def _of_runs(calibration: Calibration, own: Sequence[Measured], question: Question) -> Iterator[Check]:
    name = calibration.target.name
    times = [one.peak.apex_s for one in calibration.calibrants if one.peak]
    time = sum(times) / len(times)
    areas = [one.standard.area for one in calibration.calibrants if one.standard]
    ratios = [one.ion_ratio for one in calibration.calibrants if one.ion_ratio is not None]
    for one in own:
        if one.level.role not in ("sample", "control") or one.peak is None:
            continue
        most = max(question.retention_percent / 100 * time, one.scan_s)
        away = one.peak.apex_s - time
        rule = f"±{most:.1f} s ({question.retention_percent:g} % or one scan)"
        yield Check("retention", name, one.file, away, "s", rule, EU_808, abs(away) <= most + 1e-9)
        if areas and one.standard:
            percent = 100 * one.standard.area / (sum(areas) / len(areas))
            ok = RECOVERY[0] <= percent <= RECOVERY[1]
            rule = f"{RECOVERY[0]:g}-{RECOVERY[1]:g} %"
            yield Check("internal standard", name, one.file, percent, "%", rule, HOUSE, ok)
        if ratios:
            expected = sum(ratios) / len(ratios)
            off = 100 * ((one.ion_ratio or 0.0) / expected - 1)
            rule = f"±{RATIO_OFF:g} % of {expected:.3g}"
            yield Check(
                "ion ratio", name, one.file, off, "%", rule, EU_808, abs(off) <= RATIO_OFF and math.isfinite(off)
            )
