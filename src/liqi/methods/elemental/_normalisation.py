"""Measured delta values put on the scale by standards: one least-squares model of scale, drift and linearity.

measured = a + b x true + c x place + d x amount over all burns of standards; a sample is read back through it. With two
standards and no drift that is the two-point normalisation of Paul, Skrzypek and Forizs (Rapid Commun. Mass Spectrom.
21:3006, 2007), with more it is their multi-point one. u joins the model, the repeatability of the standards and of the
sample, and the consensus values of the standards.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.uncertainty import student_t

Floats = np.ndarray
TERMS = ("drift", "linearity")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured delta in permil; `true` is that of a standard with its uncertainty."""

    place: float
    name: str
    role: str
    measured: float
    amount: float | None = None
    true: float | None = None
    u_true: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted terms with their covariance; `scale` is b, `sd` the residual standard deviation in permil."""

    terms: Sequence[str]
    values: Floats
    covariance: Floats
    sd: float
    freedom: int
    place: float
    amount: float
    residuals: Floats

    def term(self, name: str) -> tuple[float, float] | None:
        """Return a term with its standard uncertainty, None where it is not in the model."""
        if name not in self.terms:
            return None
        at = list(self.terms).index(name)
        return float(self.values[at]), math.sqrt(max(0.0, float(self.covariance[at, at])))

    def row(self, one: Measurement, true: float) -> list[float]:
        """Return what each term is multiplied with for a measurement of this true value."""
        parts = {"offset": 1.0, "scale": true, "drift": one.place - self.place}
        parts["linearity"] = (one.amount if one.amount is not None else self.amount) - self.amount
        return [parts[name] for name in self.terms]

    def read(self, one: Measurement) -> float:
        """Return the delta on the scale that a measurement stands for."""
        away = self.row(one, 0.0)
        return float((one.measured - np.dot(away, self.values)) / self.values[list(self.terms).index("scale")])


@dataclass(frozen=True, slots=True)
class Normalised:
    """A material on the scale: mean of its replicates with u and how it scatters."""

    name: str
    role: str
    number: int
    value: float
    u: float
    sd: float
    true: float | None


def fit(standards: Sequence[Measurement], terms: Sequence[str] = ()) -> Model:
    """Return the model of the standards; raises BadParameter for fewer than two different true values."""
    trues = [one.true for one in standards if one.true is not None]
    if len({round(value, 6) for value in trues}) < 2:
        raise BadParameter("standards", f"{len(set(trues))} delta values", "standards of at least two")
    names = ["offset", "scale", *terms]
    place = float(np.mean([one.place for one in standards]))
    amounts = [one.amount for one in standards if one.amount is not None]
    amount = float(np.mean(amounts)) if amounts else 0.0
    shell = Model(names, np.zeros(len(names)), np.zeros((len(names),) * 2), 0.0, 0, place, amount, np.empty(0))
    table = np.array([shell.row(one, float(one.true or 0.0)) for one in standards])
    y = np.array([one.measured for one in standards])
    if np.linalg.matrix_rank(table) < len(names):
        raise BadParameter("drift, linearity", ", ".join(terms), "fewer corrections, or more standards over the run")
    values, *_ = np.linalg.lstsq(table, y, rcond=None)
    left = y - table @ values
    freedom = len(y) - len(names)
    sd = math.sqrt(float(left @ left) / freedom) if freedom > 0 else 0.0
    covariance = sd * sd * np.linalg.inv(table.T @ table)
    return Model(names, values, covariance, sd, freedom, place, amount, left)


def chosen_terms(standards: Sequence[Measurement], asked: Mapping[str, str]) -> list[str]:
    """Return the corrections to make: those asked for, and of those left to the data the significant ones (t, 95 %)."""
    terms = [name for name in TERMS if asked[name] == "on"]
    for name in TERMS:
        if asked[name] != "auto" or (name == "linearity" and any(one.amount is None for one in standards)):
            continue
        try:
            told = fit(standards, [*terms, name])
        except (BadParameter, np.linalg.LinAlgError):
            continue
        value = told.term(name)
        if value and told.freedom >= 3 and value[1] > 0 and abs(value[0]) > student_t(0.975, told.freedom) * value[1]:
            terms.append(name)
    return terms


def normalise(runs: Sequence[Measurement], terms: Sequence[str] = ()) -> tuple[Model, list[Normalised]]:
    """Return the model of the standards, and every material of the run on the scale."""
    standards = [one for one in runs if one.role == "standard" and one.true is not None]
    model = fit(standards, terms)
    shifted = _shifted(standards, terms)
    groups: dict[str, list[Measurement]] = {}
    for one in runs:
        if one.role != "blank":
            groups.setdefault(one.name, []).append(one)
    found = []
    at = list(model.terms).index("scale")
    for name, group in groups.items():
        values = np.array([model.read(one) for one in group])
        mean = float(values.mean())
        sd = float(values.std(ddof=1)) if values.size > 1 else math.nan
        repeat = sd if values.size > 2 else max(model.sd / abs(float(model.values[at])), 0.0 if math.isnan(sd) else sd)
        rows = np.mean([model.row(one, mean) for one in group], axis=0) / float(model.values[at])
        of_model = float(rows @ model.covariance @ rows)
        of_scale = sum((float(np.mean([other.read(one) for one in group])) - mean) ** 2 for other in shifted.values())
        u = math.sqrt(repeat**2 / values.size + of_model + of_scale)
        found.append(Normalised(name, group[0].role, len(group), mean, u, sd, group[0].true))
    return model, found


def _shifted(standards: Sequence[Measurement], terms: Sequence[str]) -> dict[str, Model]:
    """Return the model with each standard's consensus value moved by its standard uncertainty."""
    found = {}
    for name in dict.fromkeys(one.name for one in standards if one.u_true > 0):
        moved = [
            Measurement(
                one.place, one.name, one.role, one.measured, one.amount,
                (one.true or 0.0) + (one.u_true if one.name == name else 0.0), one.u_true,
            )
            for one in standards
        ]  # fmt: skip
        found[name] = fit(moved, terms)
    return found
