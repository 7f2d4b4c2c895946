"""An uncertainty budget: what each quantity contributes, and the combined and expanded uncertainty of the result."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liqi.methods._answer import Column, Table
from liqi.methods._text import Text
from liqi.methods.phrases import unit_words
from liqi.methods.uncertainty._distributions import student_t

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A quantity that the result depends on, its standard uncertainty, and how strongly the result follows it.

    `sensitivity` is the partial derivative, in the result's unit per the quantity's. `kind` is ``A`` (from repeated
    observations) or ``B`` (from anything else); `source` says where the figure is from.
    """

    name: str
    value: float
    uncertainty: float
    sensitivity: float = 1.0
    degrees_of_freedom: float = math.inf
    unit: str = "1"
    kind: str = "B"
    source: str = ""

    @property
    def part(self) -> float:
        """The uncertainty that it alone gives the result, with its sign."""
        return self.sensitivity * self.uncertainty


@dataclass(frozen=True, slots=True)
class Budget:
    """The result with its contributions; `correlations` holds the coefficient of each pair of names that has one."""

    value: float
    unit: str
    contributions: Sequence[Contribution]
    correlations: Mapping[Pair, float] = field(default_factory=dict)

    @property
    def combined(self) -> float:
        """The combined standard uncertainty (JCGM 100:2008, equations 10 and 16)."""
        total = sum(one.part**2 for one in self.contributions)
        parts = {one.name: one.part for one in self.contributions}
        for (first, second), coefficient in self.correlations.items():
            total += 2 * coefficient * parts[first] * parts[second]
        return math.sqrt(max(total, 0.0))

    @property
    def degrees_of_freedom(self) -> float:
        """The effective degrees of freedom of Welch and Satterthwaite (JCGM 100:2008, equation G.2b)."""
        below = sum(one.part**4 / one.degrees_of_freedom for one in self.contributions)
        return self.combined**4 / below if below > 0 else math.inf

    def coverage_factor(self, level: float = 0.95) -> float:
        """Return k for a level of confidence: Student's t, the degrees of freedom cut to a whole number (G.4.1)."""
        whole = self.degrees_of_freedom
        return student_t((1 + level) / 2, whole if math.isinf(whole) else max(1.0, math.floor(whole + 1e-9)))

    def expanded(self, level: float = 0.95) -> float:
        """Return the expanded uncertainty U = k u at a level of confidence."""
        return self.coverage_factor(level) * self.combined

    def share(self, one: Contribution) -> float:
        """Return what part of the combined variance comes from one contribution, correlations left out."""
        total = sum(other.part**2 for other in self.contributions)
        return one.part**2 / total if total > 0 else 0.0


def propagate(
    function: Callable[..., float],
    quantities: Sequence[Contribution],
    unit: str = "1",
    correlations: Mapping[Pair, float] | None = None,
) -> Budget:
    """Return the budget of a function called with each quantity's value by name.

    The sensitivities are numeric: half the difference of the result at value + u and value - u, divided by u
    (JCGM 100:2008, 5.1.3 note 2). The uncertainty is of first order.

    >>> sum_of = propagate(lambda a, b: a + 2 * b, [Contribution("a", 1, 0.3), Contribution("b", 1, 0.2)])
    >>> sum_of.value, round(sum_of.combined, 3)
    (3.0, 0.5)
    """
    values = {one.name: one.value for one in quantities}
    made = []
    for one in quantities:
        step = one.uncertainty or max(abs(one.value), 1.0) * 1e-6
        above = function(**{**values, one.name: one.value + step})
        below = function(**{**values, one.name: one.value - step})
        slope = (above - below) / (2 * step)
        facts = (one.degrees_of_freedom, one.unit, one.kind, one.source)
        made.append(Contribution(one.name, one.value, one.uncertainty, slope, *facts))
    return Budget(float(function(**values)), unit, made, correlations or {})


def budget_table(budgets: Mapping[str, Budget], words: Mapping[str, Text] | None = None) -> Table:
    """Return the contributions of every budget as one table, each part as a percentage of its result.

    `words` translates the names of contributions.
    """
    columns = (
        Column("result", Text("result", "结果", "結果")),
        Column("contribution", Text("contribution", "不确定度分量", "不確定度分量")),
        Column("value", Text("value", "量值", "量值")),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度")),
        Column("kind", Text("type", "类别", "類別")),
        Column("degrees_of_freedom", Text("degrees of freedom", "自由度", "自由度"), "1", 1),
        Column("part", Text("part in the result", "对结果的贡献", "對結果的貢獻"), "%", 2),
        Column("share", Text("share of the variance", "占方差比例", "占變異數比例"), "1", 3),
        Column("source", Text("source", "来源", "來源")),
    )
    rows = []
    for result, budget in budgets.items():
        for one in budget.contributions:
            dof = one.degrees_of_freedom
            name = (words or {}).get(one.name, Text.same(one.name))
            unit = "" if one.unit == "1" else f" {unit_words(one.unit).en}"
            row: dict[str, Any] = {
                "result": result,
                "contribution": name.as_json(),
                "kind": one.kind,
                "source": one.source,
            }
            row |= {"value": f"{one.value:.4g}{unit}", "uncertainty": f"{one.uncertainty:.2g}{unit}"}
            row |= {"degrees_of_freedom": None if math.isinf(dof) else round(dof, 1)}
            part = round(100 * abs(one.part / budget.value), 4) if budget.value else None
            rows.append(row | {"part": part, "share": round(budget.share(one), 4)})
    title = Text("Uncertainty budget", "不确定度评定", "不確定度評定")
    return Table("uncertainty", title, columns, rows)
