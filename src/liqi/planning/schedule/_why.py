"""Why a request is not in the plan: the rule that leaves it no start, and where it would stand without that rule."""

from dataclasses import dataclass

from liqi.planning.schedule import _masks
from liqi.planning.schedule._problem import Plan, Problem, Request
from liqi.planning.schedule._state import State


@dataclass(frozen=True)
class Otherwise:
    """A place that the request would have without one rule, or instead of other requests."""

    instrument: int
    start: int
    end: int
    without: str | None = None
    instead_of: tuple[int, ...] = ()


WORDS = {
    "window": "its windows are shorter than it takes",
    "closed": "no instrument for it is open long enough in its windows",
    "maintenance": "maintenance leaves it no room in its windows",
    "no operator": "nobody who may attend it works in its windows",
    "taken": "others have its time on every instrument for it",
    "set-up": "set-up between its neighbours leaves it no room",
    "operator": "everybody who may attend it is busy",
    "pair": "there is no room for it near enough to the request that goes before or after it",
}


@dataclass(frozen=True)
class Unplaced:
    """The first rule, a key of WORDS, that leaves the request no start, and the place it would have otherwise."""

    request: int
    why: str
    otherwise: Otherwise | None

    def said(self) -> str:
        """Why it waits, and what would place it, in a sentence."""
        at = self.otherwise
        if at is None:
            return WORDS[self.why]
        place = f"on instrument {at.instrument} in slots {at.start} to {at.end}"
        if at.instead_of:
            return f"{WORDS[self.why]}; it would stand {place} instead of {', '.join(map(str, at.instead_of))}"
        return f"{WORDS[self.why]}; without that rule it would stand {place}"

    def as_json(self) -> dict[str, object]:
        """A row of `unplaced` of `liqi plan --json`."""
        at = self.otherwise
        found = at and {
            "resource": at.instrument, "start": at.start, "end": at.end,
            "without": at.without, "instead_of": list(at.instead_of),
        }  # fmt: skip
        return {"task": self.request, "why": WORDS[self.why], "rule": self.why, "would_place": found}


def unplaced(problem: Problem, plan: Plan) -> list[Unplaced]:
    """Every request that is not in the plan, in the order of the problem."""
    state = State(problem)
    for request, at in plan.items():
        state.put(request, at)
    return [_explain(state, each) for each in problem.requests if each.id not in plan]


def _explain(state: State, request: Request) -> Unplaced:
    masks = {where: _rules(state, request, where) for where in request.slots}
    left = dict.fromkeys(masks, -1)
    for rule in ("window", "closed", "maintenance", "no operator", "taken", "set-up", "operator"):
        left = {where: mask & masks[where][rule] for where, mask in left.items()}
        if not any(left.values()):
            return Unplaced(request.id, rule, _otherwise(state, request, masks, rule))
    return Unplaced(request.id, "pair", None)


def _rules(state: State, request: Request, where: int) -> dict[str, int]:
    """The starts that each rule alone leaves on that instrument."""
    problem, length = state.problem, request.slots[where]
    there, operators = problem.instruments[where], state.qualified[request.id][where]
    every, everywhere = _masks.ones(0, problem.horizon), _masks.ones(0, problem.horizon - length + 1)
    shifts = [_masks.of(problem.operators[each].shifts) for each in operators]
    taken = _masks.of((begin, end) for begin, end, *_ in state.runs[where])
    return {
        "window": everywhere & _masks.within(request.windows, length),
        "closed": everywhere & _masks.within(there.open, length),
        "maintenance": everywhere & _masks.starts(every & ~_masks.of(there.maintenance), length),
        "no operator": _attended(request, where, shifts, everywhere),
        "taken": everywhere & _masks.starts(every & ~taken, length),
        "set-up": everywhere & state.gaps(where, request.family, length),
        "operator": _attended(request, where, [state.free[each] for each in operators], everywhere),
    }  # fmt: skip


def _attended(request: Request, where: int, free: list[int], everywhere: int) -> int:
    if not request.attend:
        return everywhere
    found = 0
    for mask in free:
        found |= _masks.starts(mask, request.attended(where))
    return everywhere & found


def _otherwise(state: State, request: Request, masks: dict[int, dict[str, int]], rule: str) -> Otherwise | None:
    """The soonest place without the rule; where that is not enough, the one that costs others least."""
    free_of = {"no operator": ("no operator", "operator")}.get(rule, (rule,))
    places = []
    for where, kept in masks.items():
        mask = -1
        for name, starts in kept.items():
            mask &= -1 if name in free_of else starts
        if mask and (rule not in ("taken", "set-up")):
            start = _masks.first(mask)
            places.append(Otherwise(where, start, start + request.slots[where], rule))
    return min(places, key=lambda each: each.end) if places else _instead(state, request, masks)


def _instead(state: State, request: Request, masks: dict[int, dict[str, int]]) -> Otherwise | None:
    """The start, among those that the fixed rules leave, whose runs in the way are worth least."""
    places: list[tuple[float, int, Otherwise]] = []
    for where, kept in masks.items():
        mask = kept["window"] & kept["closed"] & kept["maintenance"] & kept["no operator"]
        length = request.slots[where]
        while mask:
            start = _masks.first(mask)
            mask &= mask - 1
            out = _in_the_way(state, request, where, start)
            if out is not None:
                lost = sum(state.problem.requests[key].value for key in out)
                places.append((lost, start + length, Otherwise(where, start, start + length, None, tuple(out))))
    return min(places, key=lambda each: each[:2])[2] if places else None


def _in_the_way(state: State, request: Request, where: int, start: int) -> list[int] | None:
    """The requests that must go for a run there: those on the instrument, then those of the operator it costs least.

    Who goes takes along the request that is served together with it.
    """
    setup, end = state.tables[where], start + request.slots[where]
    out = [
        key
        for begin, until, key, family in state.runs[where]
        if begin < end + setup[request.family][family] and start < until + setup[family][request.family]
    ]
    if start < setup[state.problem.instruments[where].family][request.family]:
        return None
    if not request.attend:
        return _all_of(state, out)
    asked = _masks.ones(start, start + request.attended(where))
    choices = []
    for operator in state.qualified[request.id][where]:
        if _masks.of(state.problem.operators[operator].shifts) & asked != asked:
            continue
        busy = [
            key
            for key, at in state.plan.items()
            if at.operator == operator
            and key not in out
            and at.start < start + request.attended(where)
            and start < at.start + state.problem.requests[key].attended(at.instrument)
        ]
        choices.append(_all_of(state, out + busy))
    return min(choices, key=lambda some: sum(state.problem.requests[key].value for key in some), default=None)


def _all_of(state: State, requests: list[int]) -> list[int]:
    """These requests, and those that are served together with one of them."""
    return list(dict.fromkeys(each for key in requests for each in state.together(state.unit(key))))
