"""How much no plan can exceed: each day's slots and attendance shared out in fractions, set-up forgotten.

A linear program over (request, instrument, day of start, day of end), solved by HiGHS. Every plan that keeps the rules
is one of its solutions, so that its best value is never below the best plan's. A small one is solved in whole requests
too, which is closer to the best plan.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from liqi.planning.schedule import _masks
from liqi.planning.schedule._problem import Problem, Request

Key = tuple[object, ...]
MOST_WHOLE = 2_000  # columns up to which whole requests are tried
MOST_NODES = 500  # of the tree of whole requests; a number and not a time, so that the bound repeats itself


class Rows:
    """Sparse rows that grow: a coefficient for each name of a row and column."""

    def __init__(self) -> None:
        self.limits: dict[Key, float] = {}
        self.entries: dict[Key, list[tuple[int, float]]] = defaultdict(list)

    def add(self, row: Key, limit: float, column: int, coefficient: float) -> None:
        """This much of what the row limits."""
        self.limits[row] = limit
        self.entries[row].append((column, coefficient))

    def matrix(self, columns: int) -> tuple[coo_array, np.ndarray]:
        """The rows and their limits."""
        places = [(at, column, much) for at, row in enumerate(self.limits) for column, much in self.entries[row]]
        row, column, much = (np.array(each) for each in zip(*places, strict=True)) if places else ([], [], [])
        return coo_array((much, (row, column)), (len(self.limits), columns)), np.array(list(self.limits.values()))


@dataclass(frozen=True, slots=True)
class SlotPrice:
    """What one slot more on an instrument on a day would be worth: its shadow price, 0 where time is left."""

    instrument: int
    day: int
    value: float


def bound(problem: Problem, *, whole: bool = True) -> float:
    """No plan is worth more than this; with `whole=False` the bound in parts, whose duals are the prices."""
    program = _program(problem)
    total = math.fsum(each.value for each in problem.requests)
    if program is None:
        return 0.0
    found = program.in_parts()
    if found.status != 0:
        return total
    best = min(total, -float(found.fun) + 1e-6 * max(1.0, total))
    if whole and len(program.values) <= MOST_WHOLE:
        best = min(best, program.in_whole() + 1e-6 * max(1.0, total))
    return float(int(best)) if all(each.value.is_integer() for each in problem.requests) else best


def prices(problem: Problem) -> list[SlotPrice]:
    """The shadow price of a slot on each instrument on each day: the duals of the program behind the bound.

    It says what those who wait would give for time there, in the unit of their values; whoever jumps the queue takes
    that from the others. Set-up is forgotten, so that it is a price of the bound and not of one plan.
    """
    program = _program(problem)
    found = None if program is None else program.in_parts()
    days = range(-(-problem.horizon // problem.day))
    duals: dict[Key, float] = {}
    if program is not None and found is not None and found.status == 0:
        duals = dict(zip(program.at_most.limits, -found.ineqlin.marginals, strict=True))
    return [
        SlotPrice(where, day, _price(duals, ("instrument", where), ("instrument", where, day)))
        for where in range(len(problem.instruments))
        for day in days
    ]


def _price(duals: dict[Key, float], *rows: Key) -> float:
    return abs(round(sum(float(duals.get(row, 0.0)) for row in rows), 9))


@dataclass(frozen=True, slots=True)
class _Program:
    """What each column is worth, and the rows that limit the columns."""

    values: list[float]
    at_most: Rows
    equal: Rows

    def in_parts(self) -> Any:
        """The answer of the linear program, in which a request may be served in parts."""
        limits, right = self.at_most.matrix(len(self.values))
        pairs, zeros = self.equal.matrix(len(self.values))
        more = {"A_eq": pairs.tocsr(), "b_eq": zeros} if self.equal.limits else {}
        return linprog(
            -np.array(self.values), A_ub=limits.tocsr(), b_ub=right, bounds=(0, None), method="highs", **more
        )

    def in_whole(self) -> float:
        """No plan is worth more than this, each request served whole or not; infinite where nothing was shown."""
        limits, right = self.at_most.matrix(len(self.values))
        pairs, zeros = self.equal.matrix(len(self.values))
        rules = [LinearConstraint(limits.tocsr(), ub=right)]
        if self.equal.limits:
            rules.append(LinearConstraint(pairs.tocsr(), zeros, zeros))
        found = milp(
            -np.array(self.values),
            constraints=rules,
            integrality=np.ones(len(self.values)),
            bounds=(0, 1),
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0},
        )
        shown = found.get("mip_dual_bound")
        return math.inf if shown is None else -float(shown)


def _program(problem: Problem) -> _Program | None:
    """The program of the bound; nothing where no request fits anywhere."""
    at_most, columns, values, of_request = Rows(), count(), [], defaultdict(list)
    shifts = [_masks.of(operator.shifts) for operator in problem.operators]
    for request in problem.requests:
        for where in request.slots:
            starts = _starts(problem, request, where, shifts)
            for slots, attended in _patterns(problem, request, where, starts):
                column = next(columns)
                values.append(request.value)
                of_request[request.id].append(column)
                at_most.add(("request", request.id), 1.0, column, 1.0)
                _instrument(problem, at_most, column, where, slots, request.slots[where])
                if request.attend:
                    _attendance(problem, at_most, column, request, where, attended, shifts)
    if not values:
        return None
    equal = Rows()
    for request in problem.requests:
        if request.before is not None:
            for side, sign in ((request.id, 1.0), (request.before, -1.0)):
                for column in of_request[side]:
                    equal.add(("pair", request.id), 0.0, column, sign)
    return _Program(values, at_most, equal)


def _starts(problem: Problem, request: Request, where: int, shifts: list[int]) -> int:
    """Where the request could start with all operators free."""
    mask = _masks.allowed(problem, request, where)
    if not request.attend:
        return mask
    found = 0
    for operator in problem.qualified(request, where):
        found |= _masks.starts(shifts[operator], request.attended(where))
    return mask & found


def _patterns(
    problem: Problem, request: Request, where: int, starts: int
) -> list[tuple[dict[int, int], dict[int, int]]]:
    """For each pair of days of start and end that occurs: the fewest slots, and attended slots, that each day gives."""
    length, day, found = request.slots[where], problem.day, []
    for first in range(-(-problem.horizon // day)):
        there = starts & _masks.ones(first * day, (first + 1) * day)
        while there:
            low = _masks.first(there)
            last = (low + length - 1) // day
            alike = there & _masks.ones(low, (last + 1) * day - length + 1)
            high = alike.bit_length() - 1
            found.append((_least(low, high, length, day), _least(low, high, request.attended(where), day)))
            there &= ~alike
    return found


def _least(low: int, high: int, length: int, day: int) -> dict[int, int]:
    """The fewest slots in each day of a run of that length that starts in [low, high]."""
    found = {}
    for each in range(low // day, (high + max(length, 1) - 1) // day + 1):
        begin, end = each * day, (each + 1) * day
        # the overlap is concave in the start: least at one of the two ends
        found[each] = min(max(0, min(at + length, end) - max(at, begin)) for at in (low, high))
    return {each: slots for each, slots in found.items() if slots}


def _instrument(problem: Problem, rows: Rows, column: int, where: int, slots: dict[int, int], length: int) -> None:
    there = problem.instruments[where]
    free = _masks.of(there.open) & ~_masks.of(there.maintenance)
    rows.add(("instrument", where), free.bit_count(), column, length)
    for day, much in slots.items():
        room = (free & _masks.ones(day * problem.day, (day + 1) * problem.day)).bit_count()
        rows.add(("instrument", where, day), room, column, much)


def _attendance(
    problem: Problem, rows: Rows, column: int, request: Request, where: int, attended: dict[int, int], shifts: list[int]
) -> None:
    site = problem.instruments[where].site
    of_site = [each.id for each in problem.operators if each.site == site]
    for day, much in attended.items():
        today = _masks.ones(day * problem.day, (day + 1) * problem.day)
        for name, theirs in (
            (("site", site, day), of_site),
            (("technique", site, request.technique, day), problem.qualified(request, where)),
        ):
            rows.add(name, sum((shifts[each] & today).bit_count() for each in theirs), column, much)
