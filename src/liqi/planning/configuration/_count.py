"""How many configurations there are, exactly: split into parts that share nothing, each counted once.

Component caching: T. Sang, F. Bacchus, P. Beame, H. Kautz, T. Pitassi, SAT 2004.
"""

import time
from collections import Counter

from liqi.planning.configuration._model import Clause, Limit, Model

Part = frozenset[Clause]
PATIENCE_S = 5.0
MOST_SUMMED = 100_000
"""Configurations that are listed one by one where limits on sums have to be held."""


class TooMany(Exception):
    """It would take longer than PATIENCE_S."""


def count(
    model: Model, wishes: list[int], limits: tuple[Limit, ...] = (), *, seconds: float = PATIENCE_S
) -> int | None:
    """The configurations with these wishes; None where they cannot be counted in time."""
    deadline = time.monotonic() + seconds
    clauses = {tuple(sorted(set(clause))) for clause in (*model.clauses, *((wish,) for wish in wishes))}
    start = frozenset(clause for clause in clauses if not any(-each in clause for each in clause))
    everything = set(range(1, model.variables + 1))
    try:
        found = _Counter(deadline).models(start, everything)
        if not (*model.limits, *limits) or not found:
            return found
        return _within(model, start, [*model.limits, *limits], deadline) if found <= MOST_SUMMED else None
    except (TooMany, RecursionError):
        return None


class _Counter:
    def __init__(self, deadline: float) -> None:
        self.deadline, self.known = deadline, dict[Part, int]()

    def models(self, part: Part, variables: set[int]) -> int:
        """How often the clauses hold over these variables; those that no clause names are free."""
        reduced = _propagated(part)
        if reduced is None:
            return 0
        rest, settled = reduced
        found, named = 1, set[int]()
        for each in _parts(rest):
            found *= self._part(each)
            if not found:
                return 0
            named |= {abs(literal) for clause in each for literal in clause}
        return found << len(variables - named - settled)

    def _part(self, part: Part) -> int:
        if part in self.known:
            return self.known[part]
        if time.monotonic() > self.deadline:
            raise TooMany
        seen = Counter(abs(literal) for clause in part for literal in clause)
        branch = max(seen, key=lambda each: (seen[each], -each))
        found = sum(self.models(part | {(side,)}, set(seen)) for side in (branch, -branch))
        self.known[part] = found
        return found


def _propagated(part: Part) -> tuple[Part, set[int]] | None:
    """The clauses after every single one has had its way, and the variables that are settled; None: they clash."""
    settled: set[int] = set()
    clauses = part
    while units := {clause[0] for clause in clauses if len(clause) == 1}:
        if any(-each in units for each in units):
            return None
        settled |= {abs(each) for each in units}
        clauses = frozenset(
            tuple(each for each in clause if -each not in units)
            for clause in clauses
            if not any(each in units for each in clause)
        )
        if () in clauses:
            return None
    return (clauses, settled) if () not in clauses else None


def _parts(clauses: Part) -> list[Part]:
    """Groups of clauses that share no variable."""
    above: dict[int, int] = {}

    def top(variable: int) -> int:
        while above.setdefault(variable, variable) != variable:
            above[variable] = above[above[variable]]
            variable = above[variable]
        return variable

    for clause in clauses:
        first = top(abs(clause[0]))
        for literal in clause[1:]:
            above[top(abs(literal))] = first
    groups: dict[int, list[Clause]] = {}
    for clause in clauses:
        groups.setdefault(top(abs(clause[0])), []).append(clause)
    return [frozenset(group) for group in groups.values()]


def _within(model: Model, start: Part, limits: list[Limit], deadline: float) -> int:
    """The configurations whose sums keep the limits, listed one by one."""
    sums = [model.attributes.get(limit.attribute, {}) for limit in limits]
    todo: list[tuple[Part, tuple[int, ...]]] = [(start, ())]
    found, names = 0, set(range(1, len(model.features) + 1))
    while todo:
        if time.monotonic() > deadline:
            raise TooMany
        part, chosen = todo.pop()
        while units := [clause[0] for clause in part if len(clause) == 1]:
            reduced = _one(part, units[0])
            if reduced is None:
                break
            part, chosen = reduced, (*chosen, units[0])
        else:
            left = names - {abs(each) for each in chosen}
            branch = next((abs(literal) for clause in part for literal in clause), next(iter(left), 0))
            if branch:
                todo += [(part | {(side,)}, chosen) for side in (branch, -branch)]
                continue
            totals = [sum(much.get(each, 0.0) for each in chosen if each > 0) for much in sums]
            found += all(limit.holds(total) for limit, total in zip(limits, totals, strict=True))
    return found


def _one(part: Part, literal: int) -> Part | None:
    """The clauses once the literal holds."""
    rest = frozenset(tuple(each for each in clause if each != -literal) for clause in part if literal not in clause)
    return None if () in rest else rest
