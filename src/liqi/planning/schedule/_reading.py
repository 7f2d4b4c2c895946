"""A problem from its JSON document: every field looked at, each fault in one sentence."""

import json
import math
from typing import Any

from liqi.planning.schedule._problem import Instrument, Operator, Problem, Request, Span, UnusableProblem

MODES = ("self", "assist", "train")
LARGEST = 1_000_000
"""Slots, instruments and requests, each at most."""


def read(text: str) -> Problem:
    """The problem in this JSON document; raises UnusableProblem with what was found, expected and to do."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise UnusableProblem(
            f"found text that is not JSON ({problem}); expected one JSON object; correct it."
        ) from None
    if not isinstance(found, dict):
        raise _wrong("the document", found, "one JSON object")
    return _problem(found)


def _problem(found: dict[str, Any]) -> Problem:
    horizon = _whole(found, "H", "the problem", least=1)
    day = _whole(found, "day", "the problem", least=1) if "day" in found else horizon
    setups = tuple(
        tuple(
            tuple(_number(each, f"setup[{at}]") for each in _list(row, f"setup[{at}]"))
            for row in _list(table, f"setup[{at}]")
        )
        for at, table in enumerate(_list(found.get("setup"), "setup"))
    )
    problem = Problem(
        name=str(found.get("name", "")),
        horizon=horizon,
        day=day,
        instruments=tuple(_instrument(each, at, horizon, day) for at, each in _each(found, "instruments")),
        operators=tuple(_operator(each, at, horizon) for at, each in _each(found, "operators", needed=False)),
        setups=setups,
        requests=tuple(_request(each, at, horizon) for at, each in _each(found, "requests")),
    )
    _meets(problem)
    return problem


def _each(found: dict[str, Any], name: str, *, needed: bool = True) -> list[tuple[int, dict[str, Any]]]:
    rows = _list(found.get(name, None if needed else []), name)
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            raise _wrong(f"{name}[{at}]", row, "an object")
        if row.get("id", at) != at:
            raise _wrong(f"{name}[{at}].id", row["id"], f"its position, {at}")
    return list(enumerate(rows))


def _instrument(row: dict[str, Any], at: int, horizon: int, day: int) -> Instrument:
    where = f"instruments[{at}]"
    if "open" in row:
        opens = _spans(row["open"], f"{where}.open", horizon)
    elif row.get("auto", True):
        opens = ((0, horizon),)
    else:  # from 08:00 to 20:00, six days of seven
        opens = tuple(
            (each * day + day // 3, min(each * day + day * 5 // 6, horizon))
            for each in range(math.ceil(horizon / day))
            if each % 7 != 6 and each * day + day // 3 < horizon
        )
    return Instrument(
        id=at,
        site=_whole(row, "site", where, default=0),
        technique=_whole(row, "tech", where),
        open=opens,
        maintenance=_spans(row.get("maint", []), f"{where}.maint", horizon),
        family=_whole(row, "init_fam", where, default=0),
    )


def _operator(row: dict[str, Any], at: int, horizon: int) -> Operator:
    where = f"operators[{at}]"
    return Operator(
        id=at,
        site=_whole(row, "site", where, default=0),
        techniques=frozenset(_number(each, f"{where}.techs") for each in _list(row.get("techs"), f"{where}.techs")),
        shifts=_spans(row.get("shifts"), f"{where}.shifts", horizon),
    )


def _request(row: dict[str, Any], at: int, horizon: int) -> Request:
    where = f"requests[{at}]"
    mode = row.get("mode", "self")
    if mode not in MODES:
        raise _wrong(f"{where}.mode", mode, f"one of {', '.join(MODES)}")
    slots = row.get("dur")
    if not isinstance(slots, dict) or not slots:
        raise _wrong(f"{where}.dur", slots, "an object of instrument and slots with at least one entry")
    attend = {"self": 0, "assist": _whole(row, "attend", where, default=1, least=-1), "train": -1}[mode]
    before = row.get("prev")
    return Request(
        id=at,
        technique=_whole(row, "tech", where),
        family=_whole(row, "fam", where, default=0),
        group=_whole(row, "group", where, default=0),
        priority=_real(row, "w", where, 1.0),
        slots={_key(key, where): _number(each, f"{where}.dur[{key}]", least=1) for key, each in slots.items()},
        windows=_spans(row.get("windows", [[0, horizon]]), f"{where}.windows", horizon),
        attend=attend,
        submitted=_real(row, "submit", where, float(at)),
        value=_real(row, "value", where, 1.0),
        before=None if before is None else _number(before, f"{where}.prev"),
        lag=_whole(row, "lag", where, default=horizon),
    )


def _meets(problem: Problem) -> None:
    """What names another thing names one that is there."""
    for instrument in problem.instruments:
        where = f"instruments[{instrument.id}]"
        if instrument.technique >= len(problem.setups):
            raise _wrong(f"{where}.tech", instrument.technique, f"below {len(problem.setups)}, the length of setup")
        table = problem.setups[instrument.technique]
        if any(len(row) != len(table) for row in table):
            raise _wrong(f"setup[{instrument.technique}]", "rows of several lengths", "a square table")
        if instrument.family >= len(table):
            raise _wrong(f"{where}.init_fam", instrument.family, f"below {len(table)}")
    pairs: set[int] = set()
    for request in problem.requests:
        where = f"requests[{request.id}]"
        for key in request.slots:
            if key >= len(problem.instruments):
                raise _wrong(f"{where}.dur", key, f"an instrument below {len(problem.instruments)}")
            if request.family >= len(problem.setups[problem.instruments[key].technique]):
                raise _wrong(f"{where}.fam", request.family, f"a family in the set-up table of instrument {key}")
        if request.before is None:
            continue
        if request.before >= len(problem.requests) or request.before == request.id:
            raise _wrong(f"{where}.prev", request.before, "another request")
        if request.before in pairs or problem.requests[request.before].before is not None:
            raise _wrong(f"{where}.prev", request.before, "pairs of two, no longer chains and no forks")
        pairs.add(request.before)


def _list(found: Any, where: object) -> list[Any]:
    if not isinstance(found, list) or len(found) > LARGEST:
        raise _wrong(str(where), found, f"a list of at most {LARGEST}")
    return found


def _spans(found: Any, where: str, horizon: int) -> tuple[Span, ...]:
    spans = []
    for pair in _list(found, where):
        if not isinstance(pair, list) or len(pair) != 2:
            raise _wrong(where, pair, "pairs [from, until) of slots")
        start, end = (_number(each, where) for each in pair)
        if start >= end:
            raise _wrong(where, pair, "pairs [from, until) with from before until")
        spans.append((min(start, horizon), min(end, horizon)))
    return tuple(span for span in spans if span[0] < span[1])


def _whole(row: dict[str, Any], name: str, where: str, *, default: int | None = None, least: int = 0) -> int:
    return _number(row.get(name, default), f"{where}.{name}", least=least)


def _number(found: Any, where: str, *, least: int = 0) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= LARGEST:
        raise _wrong(where, found, f"a whole number from {least} to {LARGEST}")
    return found


def _real(row: dict[str, Any], name: str, where: str, default: float) -> float:
    found = row.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1e12:
        raise _wrong(f"{where}.{name}", found, "a number from 0 to 1e12")
    return float(found)


def _key(key: str, where: str) -> int:
    if not key.isdecimal() or len(key) > 7:
        raise _wrong(f"{where}.dur", key, "the positions of instruments")
    return int(key)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _wrong(where: str, found: Any, expected: str) -> UnusableProblem:
    said = json.dumps(found, ensure_ascii=False, default=str)
    return UnusableProblem(
        f"{where}: found {said[:60]}{'...' if len(said) > 60 else ''}; expected {expected}; correct it."
    )
