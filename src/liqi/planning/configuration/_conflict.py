"""Why wishes cannot be had together: the fewest of them that clash, the rules that say so, and what to give up."""

from collections.abc import Callable, Sequence
from itertools import combinations, islice

from pysat.solvers import Solver

from liqi.planning.configuration._model import Limit, Model, Rule

Can = Callable[[Sequence[int]], bool]
"""Whether the wishes at these positions can be had together."""
MOST_WISHES = 14
"""With more wishes a smallest conflict is not looked for, but one of which nothing can be left out."""
MOST_SHOWN = 20


def smallest(count: int, can: Can) -> list[tuple[int, ...]]:
    """Every conflict of the smallest size among so many wishes, the empty one where the model itself clashes."""
    if count > MOST_WISHES:
        return [_needed(list(range(count)), can)]
    for size in range(count + 1):
        if found := list(islice((some for some in combinations(range(count), size) if not can(some)), MOST_SHOWN)):
            return found
    return []


def give_up(count: int, can: Can) -> list[tuple[int, ...]]:
    """The ways to give up as few wishes as can be so that the others can be had together."""
    if count > MOST_WISHES:
        return []
    for size in range(count + 1):
        keeping = (
            (out, [each for each in range(count) if each not in out]) for out in combinations(range(count), size)
        )
        if found := list(islice((out for out, kept in keeping if can(kept)), MOST_SHOWN)):
            return found
    return []


def because(model: Model, wishes: Sequence[int], can: Callable[[Model], bool]) -> list[str]:
    """Rules and limits of which none can be left out and which forbid the conflict; `can` asks a model for it."""
    rules, at = _used(model, wishes), 0
    every: list[Rule | Limit] = [*model.rules, *model.limits] if rules is None else [*rules]
    kept: list[Rule | Limit] = [rule for rule in model.rules if rule.given]
    parts = [part for part in every if part not in kept]
    while at < len(parts):
        less = parts[:at] + parts[at + 1 :]
        if can(_only(model, kept + less)):
            at += 1
        else:
            parts = less
    return [part.words for part in parts]


def _needed(wishes: list[int], can: Can) -> tuple[int, ...]:
    at = 0
    while at < len(wishes):
        less = wishes[:at] + wishes[at + 1 :]
        if can(less):
            at += 1
        else:
            wishes = less
    return tuple(wishes)


def _only(model: Model, parts: Sequence[Rule | Limit]) -> Model:
    return Model(
        model.name, model.features, tuple(each for each in parts if isinstance(each, Rule)),
        tuple(each for each in parts if isinstance(each, Limit)), model.attributes, model.helpers,
    )  # fmt: skip


def _used(model: Model, wishes: Sequence[int]) -> list[Rule] | None:
    """The rules of a core that clash with the wishes; None where the rules alone allow them."""
    switches = [model.variables + 1 + at for at in range(len(model.rules))]
    with Solver(name="glucose4") as solver:
        for switch, rule in zip(switches, model.rules, strict=True):
            for clause in rule.clauses:
                solver.add_clause([*clause, -switch])
        if solver.solve(assumptions=[*wishes, *switches]):
            return None
        core = set(solver.get_core() or [])
    return [rule for switch, rule in zip(switches, model.rules, strict=True) if switch in core]
