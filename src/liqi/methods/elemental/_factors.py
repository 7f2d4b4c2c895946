"""The K factors of an elemental analyser: response per mass of element, from weighed standards of known formula."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.elemental._composition import mass_percent
from liqi.methods.uncertainty import Budget, Contribution

_LEAST_RESPONSE = 1e-12
"""Less per mg is no response; what is divided by it still is a number."""


@dataclass(frozen=True, slots=True)
class Burn:
    """One combustion: its place in the run, what was weighed in, and the areas by element."""

    place: int
    name: str
    role: str
    mass_mg: float
    areas: Mapping[str, float]
    formula: str | None


@dataclass(frozen=True, slots=True)
class Factor:
    """The response of one element: area = blank + K x mass of element (mg), K drifting evenly where so asked.

    `drift` is the relative change of K over the whole run, `u_drift` its standard uncertainty.
    """

    element: str
    value: float
    u: float
    number: int
    rsd_percent: float
    blank: float
    u_blank: float
    drift: float
    u_drift: float
    middle: float
    span: float
    corrected: bool

    def at(self, place: float) -> float:
        """Return K at a place in the run."""
        return (
            self.value * (1 + self.drift * (place - self.middle) / self.span)
            if self.corrected and self.span
            else self.value
        )

    def percent(self, burn: Burn) -> float:
        """Return the mass fraction of the element in what was burnt, in percent."""
        return 100 * (burn.areas[self.element] - self.blank) / (self.at(burn.place) * burn.mass_mg)

    @property
    def freedom(self) -> int:
        """Degrees of freedom of K."""
        return max(1, self.number - (2 if self.corrected else 1))


def factor_of(burns: Sequence[Burn], element: str, correct_drift: bool = False) -> Factor | None:
    """Return K of one element from the standards that hold it; None where there are fewer than two."""
    blanks = np.array([one.areas[element] for one in burns if one.role == "blank" and element in one.areas])
    blank = float(blanks.mean()) if blanks.size else 0.0
    spread = float(blanks.std(ddof=1)) if blanks.size > 1 else 0.0
    single, places = [], []
    for one in burns:
        if one.role != "standard" or one.formula is None or element not in one.areas or one.mass_mg <= 0:
            continue
        held = mass_percent(one.formula).get(element, 0.0) / 100 * one.mass_mg
        if held > 0:
            single.append((one.areas[element] - blank) / held)
            places.append(one.place)
    values, at = np.array(single), np.array(places, float)
    if values.size < 2 or values.mean() < _LEAST_RESPONSE:
        return None
    mean, span = float(values.mean()), max((one.place for one in burns), default=1) - min(one.place for one in burns)
    sxx = float(((at - at.mean()) ** 2).sum())
    slope = float(((at - at.mean()) * (values - mean)).sum()) / sxx if sxx else 0.0
    left = values - mean - slope * (at - at.mean())
    s_left = math.sqrt(float((left**2).sum()) / (values.size - 2)) if values.size > 2 else float(values.std(ddof=1))
    u_slope = s_left / math.sqrt(sxx) if sxx else 0.0
    corrected = correct_drift and values.size > 2
    sd = s_left if corrected else float(values.std(ddof=1))
    return Factor(
        element, mean, sd / math.sqrt(values.size), int(values.size), 100 * float(values.std(ddof=1)) / mean, blank,
        spread / math.sqrt(max(1, blanks.size)), slope * span / mean, u_slope * span / mean, float(at.mean()),
        float(span), corrected,
    )  # fmt: skip


def budget_of(burns: Sequence[Burn], factor: Factor, u_mass_mg: float) -> Budget | None:
    """Return the mass fraction in percent of one element in replicates of a sample, with what its u is made of."""
    found = [one for one in burns if factor.element in one.areas and one.mass_mg > 0]
    if not found:
        return None
    values = np.array([factor.percent(one) for one in found])
    mean, mass = float(values.mean()), float(np.mean([one.mass_mg for one in found]))
    count = values.size
    scatter = float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else abs(mean) * factor.rsd_percent / 100
    freedom = count - 1 if count > 1 else factor.freedom
    k = factor.value
    parts = [
        Contribution("replicates", mean, scatter, 1.0, freedom, "%", "A", f"n = {count}"),
        Contribution("K factor", k, factor.u, -mean / k, factor.freedom, "1/mg", "A", f"n = {factor.number}"),
        Contribution("blank", factor.blank, factor.u_blank, -100 / (k * mass), math.inf, "area", "A", "blanks"),
        Contribution("mass", mass, u_mass_mg / math.sqrt(count), -mean / mass, math.inf, "mg", "B", "balance"),
    ]
    return Budget(mean, "%", [one for one in parts if one.uncertainty > 0])
