"""Ruin and recreate: take a few runs out, put back what is worth most, keep what is better, or not much worse.

The family of repair searches that large telescopes plan with (M. D. Johnston, G. Miller, SPIKE: Intelligent Scheduling
of Hubble Space Telescope Observations, 1994; G. Schrimpf et al., J. Comput. Phys. 159, 139-171, 2000), with annealing.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Literal

from liqi.planning.schedule._problem import Plan, Problem
from liqi.planning.schedule._state import State

Order = Literal["first come", "priority", "value", "density", "deadline"]
START, STOP = 0.2, 0.002
"""The temperature, in mean values of a request, at the beginning and the end."""
COMPETITORS = 80
"""How many requests are drawn; those of them that are not served try for the room that was made."""
NOISE = (0.5, 1.5)
"""Worth is taken so many times, drawn anew for each try."""
MEAN_SIZE = 3
"""How many runs are taken out at once, about."""


def greedy(problem: Problem, order: Order = "value") -> Plan:
    """One pass over the requests in this order, each at its best place; what a patient person would do."""
    state = State(problem)
    for request in _ordered(problem, order):
        if state.unit(request) not in state.plan:
            state.serve(state.unit(request))
    return state.plan


def search(
    problem: Problem, start: Plan, *, seconds: float | None = None, moves: int | None = None, seed: int = 0,
    told: Callable[[float, float], bool] | None = None,
) -> Plan:  # fmt: skip
    """The best plan found from `start` in so many seconds or moves (one of them is given).

    `told(share_done, value)` is called now and then and ends the search by answering False.
    """
    if (seconds is None) == (moves is None):
        raise ValueError("found both or neither of seconds and moves; expected one of them; give one.")
    chance = random.Random(seed)
    state = State(problem, chance)
    for request, at in start.items():
        state.put(request, at)
    best, most = dict(start), state.value
    mean = sum(each.value for each in problem.requests) / max(1, len(problem.requests))
    worths = {unit: state.worth(unit) for unit in state.units}
    began, done, share = time.monotonic(), 0, 0.0
    while share < 1:
        if done % 64 == 0:
            if seconds is not None:
                share = (time.monotonic() - began) / seconds if seconds else 1.0
            if told and not told(min(share, 1.0), most):
                break
        heat = START * mean * (STOP / START) ** share
        before = state.value
        state.undo.clear()
        _move(state, chance, worths)
        lost = before - state.value
        if lost > 0 and chance.random() >= math.exp(-lost / heat):
            state.back()
        elif state.value > most:
            best, most = dict(state.plan), state.value
        done += 1
        if moves is not None:
            share = done / moves
    return _filled(problem, best)


def _filled(problem: Problem, plan: Plan) -> Plan:
    """The plan with all that still fits: nobody waits for room that is there."""
    state = State(problem)
    for request, at in plan.items():
        state.put(request, at)
    for unit in sorted(state.units, key=state.worth, reverse=True):
        if unit not in state.plan:
            state.serve(unit)
    return state.plan


def _move(state: State, chance: random.Random, worths: dict[int, float]) -> None:
    """One ruin and its repair."""
    out = {state.unit(request) for request in _ruin(state, chance)}
    places = {state.plan[each].instrument for unit in out for each in state.together(unit)}
    for unit in out:
        state.drop(unit)
    out |= state.mend(places)
    some = {each for each in chance.sample(state.units, min(COMPETITORS, len(state.units))) if each not in state.plan}
    for unit in sorted(out | some, key=lambda each: -worths[each] * chance.uniform(*NOISE)):
        state.serve(unit)


def _ruin(state: State, chance: random.Random) -> list[int]:
    """Runs that lie close together: in a stretch of time, on an instrument, or of one operator."""
    if not state.plan:
        return []
    kind, size = chance.random(), 1 + min(int(chance.expovariate(1 / MEAN_SIZE)), 24)
    instrument = state.plan[_any(state, chance)].instrument
    runs = state.runs[instrument]
    if kind < 0.45:
        place = chance.randrange(len(runs))
        start, end = runs[place][0], runs[min(place + size, len(runs)) - 1][1]
        found = [run[2] for run in runs[place : place + size]]
        if chance.random() < 0.5:
            beside = chance.choice(_alike(state, instrument))
            found += [run[2] for run in state.runs[beside] if run[0] < end and run[1] > start]
        return found
    if kind < 0.8:
        return [run[2] for run in chance.sample(runs, min(size, len(runs)))]
    operator = state.plan[_any(state, chance)].operator
    theirs = [request for request, at in state.plan.items() if at.operator == operator] if operator is not None else []
    return chance.sample(theirs, min(size, len(theirs)))


def _any(state: State, chance: random.Random) -> int:
    while True:
        request = chance.randrange(len(state.problem.requests))
        if request in state.plan:
            return request


def _alike(state: State, instrument: int) -> list[int]:
    technique = state.problem.instruments[instrument].technique
    return [each.id for each in state.problem.instruments if each.technique == technique]


def _ordered(problem: Problem, order: Order) -> Sequence[int]:
    def deadline(request: int) -> int:
        return max((end for _, end in problem.requests[request].windows), default=0)

    requests = problem.requests
    keys: dict[Order, Callable[[int], float]] = {
        "first come": lambda each: requests[each].submitted,
        "priority": lambda each: -requests[each].priority,
        "value": lambda each: -requests[each].value,
        "density": lambda each: -requests[each].value / min(requests[each].slots.values(), default=1),
        "deadline": deadline,
    }
    return sorted(range(len(requests)), key=keys[order])
