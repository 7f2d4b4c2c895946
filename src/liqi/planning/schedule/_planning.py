"""From a problem to a plan that may be published: searched, checked, bounded, explained."""

from collections.abc import Callable
from dataclasses import dataclass

from liqi.planning.schedule._bound import bound
from liqi.planning.schedule._check import broken
from liqi.planning.schedule._problem import Plan, Problem, value
from liqi.planning.schedule._search import greedy, search
from liqi.planning.schedule._why import Unplaced, unplaced


@dataclass(frozen=True)
class Planned:
    """A plan that keeps every rule; no plan of the problem is worth more than `bound`."""

    problem: Problem
    placed: Plan
    objective: float
    bound: float
    unplaced: list[Unplaced]

    @property
    def gap(self) -> float:
        """The share of the bound that this plan may lack."""
        return (self.bound - self.objective) / self.bound if self.bound else 0.0

    @property
    def status(self) -> str:
        """`optimal` where the bound is reached, else `feasible`."""
        return "optimal" if self.objective >= self.bound else "feasible"

    def as_json(self) -> dict[str, object]:
        """What `liqi plan --json` prints."""
        return {
            "status": self.status,
            "objective": self.objective,
            "bound": self.bound,
            "gap": round(self.gap, 6),
            "assignments": [
                {"task": task, "resource": at.instrument, "start": at.start, "end": at.end, "operator": at.operator}
                for task, at in sorted(self.placed.items())
            ],
            "unplaced": [one.as_json() for one in self.unplaced],
        }


def plan(
    problem: Problem, *, seconds: float | None = None, moves: int | None = None, seed: int = 0,
    told: Callable[[float], None] | None = None,
) -> Planned:  # fmt: skip
    """Plan the problem in so many seconds or moves; raises RuntimeError where the plan would break a rule."""
    best = bound(problem)
    found = greedy(problem)

    def still(share: float, worth: float) -> bool:
        if told:
            told(share)
        return worth < best

    found = search(problem, found, seconds=seconds, moves=moves, seed=seed, told=still)
    if faults := broken(problem, found):
        raise RuntimeError(f"the search broke a rule: {faults[0]}")
    return Planned(problem, found, value(problem, found), best, unplaced(problem, found))
