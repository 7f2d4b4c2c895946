"""A compound through all runs: its calibration line, and what it gives for the samples, with an uncertainty budget."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi.methods._errors import BadParameter
from liqi.methods.calibration import Line, best_weighting, fit_line
from liqi.methods.chromatography._levels import Level, level_of
from liqi.methods.chromatography._peak import Peak
from liqi.methods.chromatography._targets import Target
from liqi.methods.uncertainty import Budget, Contribution


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound's line with its runs: what each standard is and gave, and the results of all others."""

    target: Target
    unit: str
    line: Line
    standards: Sequence[tuple[str, float, float]]
    results: Mapping[str, tuple[Level, Budget | None]]


def _response(peak: Peak | None, standard: Peak | None, has_internal: bool) -> tuple[float, float] | None:
    """Return the area, or its ratio to the internal standard's, with the relative uncertainty of integration."""
    if peak is None or (has_internal and standard is None) or peak.area <= 0:
        return None
    relative = peak.u_area / peak.area
    if standard is None:
        return peak.area, relative
    return peak.area / standard.area, math.hypot(relative, standard.u_area / standard.area)


def compound_of(
    target: Target,
    found: Mapping[str, Mapping[str, Peak | None]],
    by_name: Mapping[str, Path],
    levels: Sequence[Level],
    parameters: Mapping[str, Any],
) -> Compound:
    """Return a compound measured in every run, its line, and its concentration in all that are no standards."""
    internal = parameters["internal_standard"]
    told = {name: level_of(levels, path, target.name) for name, path in by_name.items()}
    responses = {
        name: _response(peak, found[internal][name] if internal else None, bool(internal))
        for name, peak in found[target.name].items()
    }
    standards = [
        (name, float(level.concentration), response[0])
        for name, level in told.items()
        if level.role == "standard" and level.concentration is not None and (response := responses[name]) is not None
    ]
    x, y = [one[1] for one in standards], [one[2] for one in standards]
    try:
        weighting = parameters["weighting"]
        if weighting == "auto":
            weighting = best_weighting(x, y) if min(x, default=0) > 0 else "none"
        line = fit_line(x, y, weighting)
        line.read(1.0)
    except BadParameter as problem:
        found_words = f"{target.name}: {problem.found}"
        raise BadParameter("targets", found_words, problem.expected) from None
    unit = next((one.unit for one in told.values() if one.unit), "1")
    results: dict[str, tuple[Level, Budget | None]] = {}
    for name, level in told.items():
        response = responses[name]
        if level.role == "standard":
            continue
        results[name] = (level, None if response is None else _budget(line, response, level, unit, parameters))
    return Compound(target, unit, line, standards, results)


def _budget(
    line: Line, response: tuple[float, float], level: Level, unit: str, parameters: Mapping[str, Any]
) -> Budget:
    """Return the concentration with what the line, the integration and the standards contribute."""
    reading = line.read(response[0])
    factor = level.dilution
    value = reading.value * factor
    parts = [
        Contribution("line", reading.value, reading.uncertainty, factor, reading.degrees_of_freedom, unit, "A",
                     "EURACHEM/CITAC CG 4, E.3"),
        Contribution("area", response[0], response[1] * response[0], factor / line.slope, source="integration rules"),
    ]  # fmt: skip
    if parameters["standards_percent"]:
        own = parameters["standards_percent"] / 100
        parts.append(Contribution("standards", 1.0, own, value, source="certificate"))
    return Budget(value, unit, parts)
