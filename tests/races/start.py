"""How the programs of races set racers going: forked from a process that has loaded all, told apart by number."""

import multiprocessing
import queue
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.races.race import ready

PATIENCE_SECONDS = 3600
Turn = Callable[[], str]


def alone(function: Callable[..., Any], *given: Any) -> Any:
    """What the function gives in a process of its own, so that no connection is shared by a fork."""
    ready()  # before the fork, so that the process need not
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, given)


def abreast(racers: int, run: Callable[..., None], *given: Any) -> Counter[str]:
    """All that the racers tell, each run as ``run(number, *given, gate, told)``; a racer that dies ends the race."""
    ready()
    context = multiprocessing.get_context("fork")
    gate, told = context.Barrier(racers), context.Queue()
    processes = [
        context.Process(target=run, args=(number, *given, gate, told), daemon=True) for number in range(racers)
    ]
    for process in processes:
        process.start()
    seen: Counter[str] = Counter()
    for _process in processes:
        seen.update(_next(told, processes))
    for process in processes:
        process.join(60)
    return seen


def in_rounds(get_ready: Callable[[int], Turn], rounds: int, gate: Any, told: Any) -> None:
    """The racer gets ready for each round, waits until all are, takes its turn, and tells at last what came of all."""
    seen: Counter[str] = Counter()
    for number in range(rounds):
        turn = get_ready(number)
        gate.wait(120)
        try:
            seen[turn()] += 1
        except Exception as problem:  # every fault of a racer is a result of the race
            seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:200]] += 1
    told.put(seen)


def _next(told: Any, processes: list[Any]) -> Counter[str]:
    for _second in range(PATIENCE_SECONDS):
        try:
            found: Counter[str] = told.get(timeout=1)
            return found
        except queue.Empty:
            died = [process.exitcode for process in processes if process.exitcode]
            if died:
                raise RuntimeError(f"a racer ended with {died[0]} before it told what came of it") from None
    raise RuntimeError(f"the racers told nothing within {PATIENCE_SECONDS} s")
