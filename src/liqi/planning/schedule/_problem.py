"""What is to be planned: instruments, operators and requests on one grid of slots."""

import math
from dataclasses import dataclass


class UnusableProblem(ValueError):
    """The problem cannot be planned as it is written."""


Span = tuple[int, int]
"""A half-open period [from, until) in slots."""


@dataclass(frozen=True)
class Instrument:
    """Does one run at a time while it is open; `maintenance` closes it, `family` is what it is set up for at slot 0."""

    id: int
    site: int
    technique: int
    open: tuple[Span, ...]
    maintenance: tuple[Span, ...]
    family: int


@dataclass(frozen=True)
class Operator:
    """Attends one run at a time, at one site, of the techniques that they know, in their shifts."""

    id: int
    site: int
    techniques: frozenset[int]
    shifts: tuple[Span, ...]


@dataclass(frozen=True)
class Request:
    """One wish: `slots` says for each instrument that would do how long it takes there; served, it is worth `value`.

    `attend` is for how many slots from its start an operator is needed, no longer than it runs (-1: all of them). A
    request with `before` is served together with that one or not at all, from its end on, at most `lag` slots after.
    """

    id: int
    technique: int
    family: int
    group: int
    priority: float
    slots: dict[int, int]
    windows: tuple[Span, ...]
    attend: int
    submitted: float
    value: float
    before: int | None
    lag: int

    def attended(self, instrument: int) -> int:
        """For how many slots an operator is needed on that instrument."""
        return self.slots[instrument] if self.attend < 0 else min(self.attend, self.slots[instrument])


@dataclass(frozen=True)
class Problem:
    """Instruments, operators and requests, each known by its position; `setups[technique][one][next]` in slots."""

    name: str
    horizon: int
    day: int
    instruments: tuple[Instrument, ...]
    operators: tuple[Operator, ...]
    setups: tuple[tuple[tuple[int, ...], ...], ...]
    requests: tuple[Request, ...]

    def setup(self, instrument: int, family: int, following: int) -> int:
        """Slots between a run of one family and the next, of another, on that instrument."""
        return self.setups[self.instruments[instrument].technique][family][following]

    def qualified(self, request: Request, instrument: int) -> list[int]:
        """The operators who may attend that request there."""
        site = self.instruments[instrument].site
        return [each.id for each in self.operators if each.site == site and request.technique in each.techniques]


@dataclass(frozen=True)
class Placed:
    """Where and when a request is served, and who attends it."""

    instrument: int
    start: int
    end: int
    operator: int | None


Plan = dict[int, Placed]
"""The requests that are served."""


def value(problem: Problem, plan: Plan) -> float:
    """What the served requests are worth together, in whatever order they are added up."""
    return math.fsum(problem.requests[request].value for request in plan)
