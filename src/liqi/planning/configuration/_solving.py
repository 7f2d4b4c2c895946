"""Whether wishes can be had together, and what follows from them: clauses by SAT, sums by integer programming.

SAT: CaDiCaL by PySAT (A. Ignatiev, A. Morgado, J. Marques-Silva, SAT 2018). Sums: HiGHS by scipy.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from pysat.solvers import Solver
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from liqi.planning.configuration._model import Limit, Model, Rule

PATIENCE_S = 30.0
"""How long one sum is optimised at most."""


class Solving:
    """One model, asked again and again."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.solver = Solver(name="cadical153", bootstrap_with=model.clauses)
        for variable in range(1, model.variables + 1):  # one that no rule names is known too
            self.solver.add_clause([variable, -variable])
        self._rows = _rows(model.rules, model.variables)

    def __enter__(self) -> "Solving":
        return self

    def __exit__(self, *_given: object) -> None:
        self.solver.delete()

    def can(self, wishes: Iterable[int], limits: Iterable[Limit] = ()) -> bool:
        """Whether all wishes hold together, within these limits and the model's."""
        wishes, limits = list(wishes), [*self.model.limits, *limits]
        if not self.solver.solve(assumptions=wishes):
            return False
        return not limits or self._program(np.zeros(self.model.variables), wishes, limits)[0] is not None

    def settled(self, wishes: Iterable[int]) -> tuple[list[int], list[int]]:
        """By the rules alone: the features that must be there with these wishes, and those that cannot."""
        wishes = list(wishes)
        if not self.solver.solve(assumptions=wishes):
            return [], []
        features = range(1, len(self.model.features) + 1)
        open_ = {each for each in self.solver.get_model() if abs(each) in features}
        there: list[int] = []
        never: list[int] = []
        while open_:
            literal = open_.pop()
            if self.solver.solve(assumptions=[*wishes, -literal]):
                open_ &= set(self.solver.get_model())
            else:
                (there if literal > 0 else never).append(abs(literal))
        return sorted(there), sorted(never)

    def best(
        self, wishes: Iterable[int], attribute: str | None, limits: Iterable[Limit] = (), *, seconds: float = PATIENCE_S
    ) -> tuple[set[int] | None, bool]:
        """The features of a configuration with the least sum of the attribute (None: the fewest features).

        And whether that is proved to be the least: where the time runs out first it is the best that was found.
        """
        much = self.model.attributes.get(attribute, {}) if attribute else {}
        cost = np.zeros(self.model.variables)
        for feature in range(1, len(self.model.features) + 1):
            cost[feature - 1] = much.get(feature, 0.0) if attribute else 1.0
        return self._program(cost, list(wishes), [*self.model.limits, *limits], seconds)

    def _program(
        self, cost: np.ndarray, wishes: list[int], limits: list[Limit], seconds: float = PATIENCE_S
    ) -> tuple[set[int] | None, bool]:
        low, high = np.zeros(self.model.variables), np.ones(self.model.variables)
        for wish in wishes:
            (low if wish > 0 else high)[abs(wish) - 1] = 1.0 if wish > 0 else 0.0
        constraints: list[Any] = [self._rows] if self._rows is not None else []
        for limit in limits:
            row = np.zeros(self.model.variables)
            for feature, much in self.model.attributes.get(limit.attribute, {}).items():
                row[feature - 1] = much
            below, above = (np.inf if side is None else side for side in (limit.low, limit.high))
            constraints.append(LinearConstraint(row, -np.inf if limit.low is None else below, above))
        found = milp(
            cost, integrality=np.ones(len(cost)), bounds=Bounds(low, high), constraints=constraints,
            options={"time_limit": seconds},
        )  # fmt: skip
        if found.x is None:
            if found.status == 2:
                return None, True
            raise TimeoutError(
                f"found no answer for {self.model.name} in {seconds:g} s; expected one; choose some features first."
            )
        there = {at + 1 for at, on in enumerate(found.x) if on > 0.5 and at < len(self.model.features)}
        return there, found.status == 0


def _rows(rules: Iterable[Rule], variables: int) -> LinearConstraint | None:
    """Each clause as a sum: those that hold, less those that must not, are at least one less the latter.

    Pairs that exclude each other all round are one sum of at most one: the tighter program is solved ten times faster.
    """
    places: list[tuple[int, int, float]] = []
    least: list[float] = []
    for rule in rules:
        pairs = {clause for clause in rule.clauses if len(clause) == 2 and max(clause) < 0}
        around = {-each for pair in pairs for each in pair}
        if len(around) > 2 and len(pairs) == len(around) * (len(around) - 1) // 2:
            places += [(len(least), each - 1, -1.0) for each in around]
            least.append(-1.0)
        else:
            pairs = set()
        for clause in rule.clauses:
            if clause not in pairs:
                places += [(len(least), abs(each) - 1, 1.0 if each > 0 else -1.0) for each in clause]
                least.append(1.0 - sum(each < 0 for each in clause))
    if not places:
        return None
    row, column, much = (np.array(each) for each in zip(*places, strict=True))
    return LinearConstraint(coo_array((much, (row, column)), (len(least), variables)).tocsr(), np.array(least), np.inf)
