"""Results held against limits: above, not above, or why nothing may be said."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from liqi.methods.calibration import decision_limit
from liqi.methods.mass_spectrometry._assay import Assay, Question, Result, budget_of
from liqi.methods.mass_spectrometry._assay_checks import Check, failed
from liqi.methods.mass_spectrometry._residue_limits import ALPHA, Limit

VERDICTS = ("above", "not above", "open", "review", "not calibrated", "range", "unit", "not seen")
"""``open``: not above as far as measured, but other substances count too. The last four print no verdict."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One limit in one sample: the sum of what counts, the decision limit CCalpha, the verdict, checks that failed."""

    sample: str
    limit: Limit
    verdict: str
    concentration: float | None = None
    uncertainty: float | None = None
    decision: float | None = None
    failed: Sequence[Check] = ()
    instead_of: Limit | None = None


def rulings_of(assay: Assay, limits: Sequence[Limit], checks: Sequence[Check], question: Question) -> list[Ruling]:
    """Return a ruling for each sample and each limit that one of the targets falls under.

    A target's own limit stands instead of the list's for that substance alone; sums are ruled beside it.
    """
    own = [
        Limit(one.name, one.limit_name or "-", frozenset({one.name.lower()}), one.limit, assay.unit, "own")
        for one in assay.targets
        if one.limit is not None
    ]
    given = {one.members for one in own}
    listed = {one.members: one for one in limits if one.members in given and not one.open_sum}
    kept = [one for one in limits if one.members not in listed]
    rulings = _rule(assay, [*own, *kept], checks, question)
    return [replace(one, instead_of=listed.get(one.limit.members)) for one in rulings]


def without_limit(assay: Assay, limits: Sequence[Limit]) -> list[str]:
    """Return the targets that neither their own limit nor one of the list holds for; internal standards want none."""
    known = {name for limit in limits for name in limit.members}
    standards = {one.internal_standard for one in assay.targets}
    return [
        one.name
        for one in assay.targets
        if one.limit is None and one.name not in standards and one.name.lower() not in known
    ]


def _rule(assay: Assay, limits: Sequence[Limit], checks: Sequence[Check], question: Question) -> Iterator[Ruling]:
    samples = list(dict.fromkeys(one.sample for one in assay.results))
    for limit in limits:
        for sample in samples:
            parts = [one for one in assay.results if one.sample == sample and one.target.name.lower() in limit.members]
            if parts:
                yield _ruling(sample, limit, parts, assay, checks, question)


def _ruling(
    sample: str, limit: Limit, parts: Sequence[Result], assay: Assay, checks: Sequence[Check], question: Question
) -> Ruling:
    if limit.value is None:
        return Ruling(sample, limit, "not seen")
    if any(one.target.name not in assay.calibrations for one in parts):
        return Ruling(sample, limit, "not calibrated")
    value = limit.in_unit(assay.unit)
    if value is None:
        return Ruling(sample, limit, "unit")
    found = [one for one in parts if one.state in ("quantified", "above")]
    total = sum(_at_least(one, assay) for one in found)
    spread = math.sqrt(sum(one.budget.combined**2 for one in found if one.budget))
    against = [check for one in parts for check in failed(one, checks)]
    if against or any(one.state == "no standard" for one in parts):
        return Ruling(sample, limit, "review", total or None, spread or None, None, against)
    at_limit = _uncertainty_at(value, parts, assay, question)
    if at_limit is None:
        return Ruling(sample, limit, "range", total or None, spread or None)
    decision = decision_limit(value, at_limit, ALPHA[limit.kind])
    beyond = any(one.state == "above" for one in parts)
    told = (None, None) if beyond else (total or None, spread or None)
    if total >= decision:
        return Ruling(sample, limit, "above", *told, decision)
    if beyond:
        return Ruling(sample, limit, "range", *told, decision)
    unseen = sum(_least(one, assay) for one in parts if one not in found)
    if total + unseen >= decision:
        return Ruling(sample, limit, "range", *told, decision)
    measured = {one.target.name.lower() for one in parts}
    verdict = "open" if limit.open_sum or limit.members - measured else "not above"
    return Ruling(sample, limit, verdict, *told, decision)


def _at_least(one: Result, assay: Assay) -> float:
    """Return the concentration; that of the highest calibrant where the response is over it, for no line goes on."""
    if one.state == "above":
        return assay.calibrations[one.target.name].high * one.measured[0].level.dilution
    return one.concentration or 0.0


def _least(one: Result, assay: Assay) -> float:
    """Return what may be in the sample although nothing was quantified: the lowest calibrant."""
    return assay.calibrations[one.target.name].low * one.measured[0].level.dilution


def _uncertainty_at(value: float, parts: Sequence[Result], assay: Assay, question: Question) -> float | None:
    """Return the largest combined standard uncertainty that a part would have at the limit; None out of range."""
    largest = 0.0
    for one in parts:
        calibration, dilution = assay.calibrations[one.target.name], one.measured[0].level.dilution
        if not calibration.low <= value / dilution <= calibration.high:
            return None
        response = float(calibration.line.at(value / dilution))
        largest = max(largest, budget_of(response, len(one.measured), dilution, calibration, question).combined)
    return largest
