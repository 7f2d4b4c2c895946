"""Whether a plan keeps every rule: slots are counted, apart from the search, so that neither hides a fault."""

from itertools import pairwise

from liqi.planning.schedule._problem import Plan, Problem


def broken(problem: Problem, plan: Plan) -> list[str]:
    """Each rule that the plan breaks, in words; a plan that may be published breaks none."""
    return [*_each(problem, plan), *_instruments(problem, plan), *_operators(problem, plan), *_pairs(problem, plan)]


def _each(problem: Problem, plan: Plan) -> list[str]:
    found = []
    for key, placed in plan.items():
        request, slots = problem.requests[key], set(range(placed.start, placed.end))
        if placed.instrument not in request.slots:
            found.append(f"request {key} is on instrument {placed.instrument}, which does not do it")
            continue
        instrument = problem.instruments[placed.instrument]
        if len(slots) != request.slots[placed.instrument]:
            found.append(f"request {key} has {len(slots)} slots, not {request.slots[placed.instrument]}")
        if not any(begin <= placed.start and placed.end <= end for begin, end in request.windows):
            found.append(f"request {key} lies outside its windows")
        if not any(begin <= placed.start and placed.end <= end for begin, end in instrument.open):
            found.append(f"request {key} runs while instrument {placed.instrument} is closed")
        if any(slots & set(range(*span)) for span in instrument.maintenance):
            found.append(f"request {key} runs in the maintenance of instrument {placed.instrument}")
        needs = request.attended(placed.instrument) > 0
        if needs != (placed.operator is not None):
            found.append(f"request {key} {'lacks an operator' if needs else 'has an operator it does not need'}")
        elif needs and placed.operator not in problem.qualified(request, placed.instrument):
            found.append(f"operator {placed.operator} may not attend request {key}")
    return found


def _instruments(problem: Problem, plan: Plan) -> list[str]:
    found = []
    for instrument in problem.instruments:
        runs = sorted((at.start, at.end, key) for key, at in plan.items() if at.instrument == instrument.id)
        first = (0, 0, -1)
        for (_, end, before), (start, _, key) in pairwise([first, *runs]):
            family = instrument.family if before < 0 else problem.requests[before].family
            gap = problem.setup(instrument.id, family, problem.requests[key].family)
            if start < end + gap:
                found.append(f"request {key} leaves {start - end} of {gap} slots of set-up on {instrument.id}")
    return found


def _operators(problem: Problem, plan: Plan) -> list[str]:
    found = []
    for operator in problem.operators:
        free = {slot for span in operator.shifts for slot in range(*span)}
        for key, placed in plan.items():
            if placed.operator != operator.id:
                continue
            attended = set(range(placed.start, placed.start + problem.requests[key].attended(placed.instrument)))
            if not attended <= free:
                found.append(f"operator {operator.id} is not free for request {key}")
            free -= attended
    return found


def _pairs(problem: Problem, plan: Plan) -> list[str]:
    found = []
    for request in problem.requests:
        if request.before is None:
            continue
        if (request.id in plan) != (request.before in plan):
            found.append(f"requests {request.before} and {request.id} are not served together")
        elif request.id in plan and not 0 <= plan[request.id].start - plan[request.before].end <= request.lag:
            found.append(f"request {request.id} is not within {request.lag} slots after {request.before}")
    return found
