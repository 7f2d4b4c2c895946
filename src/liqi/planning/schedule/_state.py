"""A plan that grows and shrinks: runs in order on each instrument, free slots of each operator, and how to go back."""

import math
import random
from bisect import bisect_left, insort
from dataclasses import dataclass, field

from liqi.planning.schedule import _masks
from liqi.planning.schedule._problem import Placed, Plan, Problem

SETUP_COSTS = 3
"""An end so many slots later is as bad as one more slot of set-up."""
DRAWN = 0.5
"""How often a start is drawn instead of taken as early as can be: 27,900 instead of 26,500 after 15,000 moves."""
LATE = 0.1
"""How often a start is drawn where none could end sooner: without, 3 of 80 small problems missed their best plan."""


@dataclass
class State:
    """What is placed; `value` is its worth; with `chance`, places are drawn now and then."""

    problem: Problem
    chance: random.Random | None = None
    plan: Plan = field(default_factory=dict)
    value: float = 0.0

    def __post_init__(self) -> None:
        """Work out what does not change."""
        problem = self.problem
        self.runs: list[list[tuple[int, int, int, int]]] = [[] for _ in problem.instruments]
        self.free = [_masks.of(operator.shifts) for operator in problem.operators]
        self.following = {each.before: each.id for each in problem.requests if each.before is not None}
        self.units = [each.id for each in problem.requests if each.id not in self.following]
        self.allowed = [
            {where: _masks.allowed(problem, each, where) for where in each.slots} for each in problem.requests
        ]
        self.qualified = [
            {where: problem.qualified(each, where) if each.attend else [] for where in each.slots}
            for each in problem.requests
        ]
        self.tables = [problem.setups[each.technique] for each in problem.instruments]
        self.detours = [_is_shorter_by_a_third(table) for table in self.tables]
        self.undo: list[tuple[int, Placed | None]] = []

    def gaps(self, instrument: int, family: int, length: int) -> int:
        """Where a run of that family and length fits between those that are there, set-up on both sides kept."""
        setup, found = self.tables[instrument], 0
        end, last = 0, self.problem.instruments[instrument].family
        for begin, until, _, other in self.runs[instrument]:
            low, high = end + setup[last][family], begin - setup[family][other] - length
            if low <= high:
                found |= (2 << high) - (1 << low)
            end, last = until, other
        low, high = end + setup[last][family], self.problem.horizon - length
        return found | (2 << high) - (1 << low) if low <= high else found

    def added_setup(self, instrument: int, family: int, start: int) -> int:
        """How much set-up a run adds on that instrument if it starts there."""
        runs, setup = self.runs[instrument], self.tables[instrument]
        place = bisect_left(runs, (start,))
        last = runs[place - 1][3] if place else self.problem.instruments[instrument].family
        if place == len(runs):
            return setup[last][family]
        following = runs[place][3]
        return setup[last][family] + setup[family][following] - setup[last][following]

    def attended(self, request: int, instrument: int, mask: int) -> int:
        """Those of the starts in `mask` at which one qualified operator is free for as long as needed."""
        asked = self.problem.requests[request]
        if not asked.attend:
            return mask
        found, length = 0, asked.attended(instrument)
        for operator in self.qualified[request][instrument]:
            found |= _masks.starts(self.free[operator], length)
        return mask & found

    def best(self, request: int, limit: int = -1) -> Placed | None:
        """The place that ends soonest, set-up counted, among starts in `limit`; None where there is none."""
        asked, least, found = self.problem.requests[request], math.inf, None
        for where, mask in self.allowed[request].items():
            mask &= limit
            if not mask:
                continue
            length = asked.slots[where]
            roll = self.chance.random() if self.chance else 1.0
            if roll >= LATE and _masks.first(mask) + length >= least:
                continue
            mask &= self.gaps(where, asked.family, length)
            mask = self.attended(request, where, mask) if mask else 0
            if not mask:
                continue
            start = _masks.first(mask)
            cost: float = start + length + SETUP_COSTS * self.added_setup(where, asked.family, start)
            if self.chance and roll < DRAWN:
                low = self.chance.randrange(start, mask.bit_length())
                start, cost = _masks.first(mask >> low << low), self.chance.random()
            if cost < least:
                least, found = cost, (where, start, start + length)
        return Placed(*found, self.who(request, found[0], found[1])) if found else None

    def who(self, request: int, instrument: int, start: int) -> int | None:
        """The first qualified operator who is free then."""
        asked = self.problem.requests[request]
        if not asked.attend:
            return None
        slots = _masks.ones(start, start + asked.attended(instrument))
        return next(each for each in self.qualified[request][instrument] if self.free[each] & slots == slots)

    def put(self, request: int, at: Placed) -> None:
        """Serve the request there."""
        asked = self.problem.requests[request]
        insort(self.runs[at.instrument], (at.start, at.end, request, asked.family))
        if at.operator is not None:
            self.free[at.operator] &= ~_masks.ones(at.start, at.start + asked.attended(at.instrument))
        self.plan[request] = at
        self.value += asked.value
        self.undo.append((request, None))

    def take(self, request: int) -> None:
        """Serve the request no longer."""
        asked, at = self.problem.requests[request], self.plan.pop(request)
        self.runs[at.instrument].remove((at.start, at.end, request, asked.family))
        if at.operator is not None:
            self.free[at.operator] |= _masks.ones(at.start, at.start + asked.attended(at.instrument))
        self.value -= asked.value
        self.undo.append((request, at))

    def unit(self, request: int) -> int:
        """The request that stands for those served together with it: the last one."""
        return self.following.get(request, request)

    def worth(self, unit: int) -> float:
        """What the unit is worth for each slot that it takes at least."""
        parts = [self.problem.requests[each] for each in self.together(unit)]
        return sum(each.value for each in parts) / sum(min(each.slots.values()) for each in parts)

    def serve(self, unit: int) -> bool:
        """Serve the request, and with it the one that must come before it; whether it could be done."""
        asked = self.problem.requests[unit]
        if asked.before is None:
            at = self.best(unit)
            if at:
                self.put(unit, at)
            return at is not None
        limit, latest = -1, max(self.allowed[unit].values()).bit_length()
        while (first := self.best(asked.before, limit)) and first.end < latest:
            self.put(asked.before, first)
            at = self.best(unit, _masks.ones(first.end, first.end + asked.lag + 1))
            if at:
                self.put(unit, at)
                return True
            self.back_one()
            limit = -1 << (first.start + max(1, asked.lag))
        return False

    def together(self, unit: int) -> list[int]:
        """The requests of the unit."""
        before = self.problem.requests[unit].before
        return [unit] if before is None else [unit, before]

    def drop(self, unit: int) -> None:
        """Serve the unit no longer."""
        for request in self.together(unit):
            self.take(request)

    def mend(self, instruments: set[int]) -> set[int]:
        """Take out what stands too near to a new neighbour: set-up can be longer between two than by way of a third."""
        out: set[int] = set()
        look = [each for each in instruments if self.detours[each]]
        while look:
            where = look.pop()
            end, last = 0, self.problem.instruments[where].family
            for begin, until, request, family in self.runs[where]:
                if begin < end + self.tables[where][last][family]:
                    unit = self.unit(request)
                    look += {self.plan[each].instrument for each in self.together(unit)}
                    self.drop(unit)
                    out.add(unit)
                    break
                end, last = until, family
        return out

    def back_one(self) -> None:
        """Undo the last step."""
        request, was = self.undo[-1]
        if was is None:
            self.take(request)
        else:
            self.put(request, was)
        del self.undo[-2:]

    def back(self) -> None:
        """Undo every step since the list of steps was empty."""
        while self.undo:
            self.back_one()


def _is_shorter_by_a_third(setup: tuple[tuple[int, ...], ...]) -> bool:
    """Whether a run of one slot between two others can need less set-up than they do without it."""
    families = range(len(setup))
    return any(
        setup[one][other] > setup[one][third] + 1 + setup[third][other]
        for one in families
        for other in families
        for third in families
    )
