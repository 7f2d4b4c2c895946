"""What every method owes, each tried on the method's own example."""

import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi import taxonomy
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Method

CUTS = 20
"""At so many points each file of the example is cut off."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds that the example, and that each cut file, may take at most."""

    example_s: float = 60.0
    cut_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried: what, whether it held, and what was seen."""

    name: str
    held: bool
    seen: str

    def as_json(self) -> dict[str, Any]:
        """Return the trial as `liqi test-method --json` prints it."""
        return {"name": self.name, "held": self.held, "seen": self.seen}


def try_method(method: Method, budget: Budget | None = None) -> Iterator[Trial]:
    """Yield the trials of a method one by one, as each is over; a method without an example fails the first."""
    limits = budget or Budget()
    yield Trial("has an example", bool(method.example), f"{len(method.example)} files")
    yield _trial("says what it is in three languages", lambda: _words(method))
    yield _trial("names a technique of the taxonomy", lambda: _technique(method))
    if not method.example:
        return
    begun = time.perf_counter()
    try:
        answer = method.run(method.example).as_json()
    except Exception as problem:
        yield Trial("answers its example", False, f"{type(problem).__name__}: {problem}")
        return
    took = time.perf_counter() - begun
    yield Trial("answers its example", took <= limits.example_s, f"{took:.2f} s of {limits.example_s:g} s")
    yield _trial("answers as it was expected to", lambda: _expected(method, answer))
    yield _trial("gives every value a unit", lambda: _units(answer))
    yield _trial("gives the same answer to the same files", lambda: _same(method, answer))
    yield _trial(f"survives {CUTS} cuts of each file", lambda: _survive_cuts(method, limits))


def _trial(name: str, look: Callable[[], str]) -> Trial:
    """Whether nothing was found amiss: an AssertionError says what was."""
    try:
        return Trial(name, True, look())
    except AssertionError as amiss:
        return Trial(name, False, str(amiss))


def _require(held: bool, amiss: str) -> None:
    if not held:
        raise AssertionError(amiss)


def _words(method: Method) -> str:
    titles = {"title": method.title} | {one.name: one.title for one in method.parameters}
    for name, text in titles.items():
        for language, words in text.as_json().items():
            _require(bool(words.strip()), f"{name} has no words in {language}")
    return f"{len(titles)} titles"


def _technique(method: Method) -> str:
    _require(method.technique in taxonomy.techniques(), f"{method.technique!r} is none of `liqi taxonomy`'s techniques")
    return method.technique


def _expected(method: Method, answer: dict[str, Any]) -> str:
    expected = method.expected
    _require(expected is not None, "the method declares no Expected for its example")
    assert expected is not None
    _require(answer["verdict"] == expected.verdict, f"verdict {answer['verdict']}, expected {expected.verdict}")
    values = {one["name"]: one["value"] for one in answer["findings"]}
    for name, (value, within) in expected.values.items():
        _require(name in values, f"no finding {name}")
        off = abs(values[name] - value)
        _require(off <= within, f"{name} is {values[name]:g}, expected {value:g} within {within:g}")
    return f"{expected.verdict}, {len(expected.values)} values"


def _units(answer: dict[str, Any]) -> str:
    for one in answer["findings"]:
        _require(bool(one["unit"]), f"{one['name']} has no unit; a pure number has the unit 1")
        u = one["uncertainty"]
        _require(u is None or (math.isfinite(u) and u >= 0), f"{one['name']} has the uncertainty {u}")
    return f"{len(answer['findings'])} findings"


def _same(method: Method, answer: dict[str, Any]) -> str:
    again = method.run(method.example).as_json()
    for name in ("key", "verdict", "findings", "tables", "plots"):
        same = json.dumps(again[name], sort_keys=True) == json.dumps(answer[name], sort_keys=True)
        _require(same, f"{name} differs when computed again")
    return f"key {answer['key'][:12]}"


def _survive_cuts(method: Method, limits: Budget) -> str:
    """What became of the example with each of its files cut at 20 points: an answer or a sentence, and nothing else."""
    refused = answered = 0
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / Path(whole).name for whole in method.example]
        for path, whole in zip(files, method.example, strict=True):
            path.write_bytes(Path(whole).read_bytes())
        for path in files:  # the others lie whole beside the cut one: some are read by way of their neighbour
            content = path.read_bytes()
            for cut in range(CUTS + 1):
                path.write_bytes(content[: len(content) * cut // CUTS])
                if cut == CUTS:
                    break
                where = f"{path.name} cut to {path.stat().st_size} bytes"
                begun = time.perf_counter()
                try:
                    method.run(files)
                    answered += 1
                except (UnreadableFile, BadParameter) as problem:
                    refused += 1
                    _require("\n" not in problem.sentence, f"{where}: more than a sentence, {problem.sentence!r}")
                except Exception as problem:
                    raise AssertionError(f"{where}: {type(problem).__name__}: {problem}") from problem
                took = time.perf_counter() - begun
                _require(took <= limits.cut_s, f"{where}: {took:.1f} s, at most {limits.cut_s:g} s")
    return f"{refused} refused in a sentence, {answered} answered from what was whole"
