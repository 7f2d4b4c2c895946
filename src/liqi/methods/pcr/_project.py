"""Projects of Applied Biosystems' machines (.eds): QuantStudio, ViiA 7, 7500, StepOne; a ZIP of XML, text or JSON.

Normalised light is taken as the program kept it; where the run was never analysed, the reporter's light is divided by
that of the passive reference.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr import _project_parts as parts
from liqi.methods.pcr._archive import read_members
from liqi.methods.pcr._exports import Point, by_cycle, curves_of, plain_task, reactions_of, to_number
from liqi.methods.pcr._plate import Floats, PlateRun, Plates, Reaction, Target
from liqi.methods.pcr._rdml import parsed_xml
from liqi.methods.pcr._sheets import Row

EXPECTED = "a whole project of a QuantStudio, 7500 or StepOne (.eds)"
_AGAIN = "save the project again, or export the run as RDML, text or xlsx"
_SDS = "apldbio/sds/"
_PLATE, _LIGHT = ("setup/plate_setup.json", f"{_SDS}plate_setup.xml"), "primary/multicomponent_data.json"
_LIGHT_XML, _LIGHT_TEXT = f"{_SDS}multicomponentdata.xml", f"{_SDS}multicomponent_data.txt"
_FOUND, _FOUND_TEXT, _MELTED = (
    "primary/analysis_result.json",
    f"{_SDS}analysis_result.txt",
    f"{_SDS}meltcuve_result.txt",  # spelt so by the program
)
_FACTS = (f"{_SDS}experiment.xml", "summary.json", "manifest.mf")
_MEMBERS = (*_PLATE, _LIGHT, _LIGHT_XML, _LIGHT_TEXT, _FOUND, _FOUND_TEXT, _MELTED, *_FACTS)
_USUAL_COLUMNS = 12
Members = dict[str, bytes]


def read_project(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of a project; one without wells or without light and results raises `UnreadableFile`."""
    path = Path(path)
    members = read_members(path, EXPECTED, _MEMBERS)
    try:
        return _plates(path, members, melting)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        words = f"a member that is not whole ({type(problem).__name__})"
        raise UnreadableFile(path, words, EXPECTED, _AGAIN) from None


def _plates(path: Path, members: Members, melting: bool) -> Plates:
    setup, signals, results = _setup(path, members), _signals(path, members), _results(path, members)
    if not signals.wells and not results:
        said = "a project whose run was not made" if setup.wells else "no plate, light or result"
        raise UnreadableFile(path, said, EXPECTED, "run it, save the project and give that")
    columns = setup.columns or _USUAL_COLUMNS
    told = {(one.well, one.target): one for one in results}
    pairs = [(place, target) for place, well in sorted(setup.wells.items()) for target in well.targets]
    pairs += [pair for pair in told if pair not in set(pairs)]
    rows, amplified, melted = [], [], []
    growing, falling = signals.amplifying(), signals.melting() if melting else []
    for place, target in pairs:
        well, found = setup.wells.get(place, parts.Well()), told.get((place, target))
        reporter, task, quantity = well.targets.get(target, ("", "", ""))
        curve = (
            found.curve if found and found.curve is not None else _normalised(signals, setup, place, reporter, growing)
        )
        amplified.append([(float(n), float(y)) for n, y in enumerate(curve, 1) if np.isfinite(y)])
        melted.append(_melting(signals, setup, place, reporter, falling, found) if melting else [])
        rows.append(
            {
                "well position": _name(place, columns), "sample name": (found and found.sample) or well.sample,
                "target name": target, "task": task or (found.task if found else ""), "quantity": quantity,
                "ct": _cycle(found, len(curve)), "reporter": reporter,
                "omit": "true" if well.omitted or (found and found.omitted) else "",
            }
        )  # fmt: skip
    kept = [at for at, row in enumerate(rows) if row["target name"]]
    if not kept:
        raise UnreadableFile(path, "no target in any well", EXPECTED, "set up the plate's targets, then save it")
    reactions = reactions_of([rows[at] for at in kept], keep_all=True)
    cycles, values = by_cycle(path, [amplified[at] for at in kept])
    melt = curves_of([melted[at] for at in kept]) if melting else None
    facts = _facts(path, members, setup)
    name = facts.pop("name", "") or path.stem
    run = PlateRun(name, name, reactions, cycles, values, facts, melt)
    return Plates("QuantStudio project", [run], _targets([rows[at] for at in kept], reactions))


def _setup(path: Path, members: Members) -> parts.Setup:
    if _PLATE[0] in members:
        return parts.plate_of_json(_json(path, members[_PLATE[0]], _PLATE[0]))
    return parts.plate_of_xml(parsed_xml(path, members[_PLATE[1]])) if _PLATE[1] in members else parts.Setup()


def _signals(path: Path, members: Members) -> parts.Signals:
    if _LIGHT in members:
        return parts.signals_of_json(_json(path, members[_LIGHT], _LIGHT))
    if _LIGHT_XML in members:
        return parts.signals_of_xml(parsed_xml(path, members[_LIGHT_XML]))
    return parts.signals_of_text(_text(members[_LIGHT_TEXT])) if _LIGHT_TEXT in members else parts.Signals()


def _results(path: Path, members: Members) -> list[parts.Result]:
    if _FOUND in members:
        return list(parts.results_of_json(_json(path, members[_FOUND], _FOUND)))
    found = list(parts.results_of_text(_text(members.get(_FOUND_TEXT, b""))))
    melted = {(one.well, one.target): one.melting for one in parts.results_of_text(_text(members.get(_MELTED, b"")))}
    for one in found:
        one.melting = melted.pop((one.well, one.target), None)
    return found + [parts.Result(well, target, melting=curve) for (well, target), curve in melted.items()]


def _normalised(
    signals: parts.Signals, setup: parts.Setup, place: int, reporter: str, readings: Sequence[int]
) -> Floats:
    """Return a reporter's light at these readings over that of the passive reference, where there is one."""
    dyes = {name.upper(): values for name, values in signals.wells.get(place, {}).items()}
    light, passive = dyes.get(reporter.upper()), dyes.get(setup.passive.upper())
    if light is None:
        others = [values for name, values in dyes.items() if name != setup.passive.upper()]
        if reporter or len(others) != 1:
            return np.empty(0)
        light = others[0]
    at = np.array([one for one in readings if one < light.size], dtype=np.int64)
    if passive is None or passive.size < light.size or light is passive:
        return light[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(passive[at] > 0, light[at] / passive[at], np.nan)


def _melting(
    signals: parts.Signals,
    setup: parts.Setup,
    place: int,
    reporter: str,
    readings: Sequence[int],
    found: parts.Result | None,
) -> list[Point]:
    if found and found.melting is not None:
        degrees, light = found.melting
    else:
        told = signals.temperatures.get(place)
        light = _normalised(signals, setup, place, reporter, readings)
        if told is None or not light.size or max(readings, default=0) >= told.size:
            return []
        degrees = told[np.array(readings[: light.size], dtype=np.int64)]
    pairs = zip(degrees.tolist(), light.tolist(), strict=False)
    return [(x, y) for x, y in pairs if np.isfinite(x) and np.isfinite(y) and x > 0]


def _cycle(found: parts.Result | None, cycles: int) -> str:
    """The program's cycle; as it writes the last cycle where nothing grew, that counts for none."""
    value = to_number(found.cq) if found else None
    return "" if value is None or value <= 0 or (cycles and value >= cycles) else f"{value}"


def _name(place: int, columns: int) -> str:
    row, column = divmod(place, columns)
    letters = chr(65 + row) if row < 26 else chr(64 + row // 26) + chr(65 + row % 26)
    return f"{letters}{column + 1}"


def _targets(rows: Sequence[Row], reactions: Sequence[Reaction]) -> dict[str, Target]:
    made: dict[str, Target] = {}
    for row, one in zip(rows, reactions, strict=True):
        is_control = plain_task(row["task"]) == "endogenous control"
        kind = "ref" if is_control or (made.get(one.target) and made[one.target].kind == "ref") else "toi"
        made[one.target] = Target(one.target, kind, row["reporter"])
    return made


def _facts(path: Path, members: Members, setup: parts.Setup) -> dict[str, str]:
    facts = {"passive reference": setup.passive, "cqDetectionMethod": "automated threshold and baseline settings"}
    if not any(name in members for name in (_FOUND, _FOUND_TEXT)):
        del facts["cqDetectionMethod"]
    if "manifest.mf" in members:
        lines = (line.partition(":") for line in _text(members["manifest.mf"]).splitlines())
        told = {key.strip().lower(): value.strip() for key, _, value in lines}
        facts["software"] = " ".join(
            filter(None, (told.get("implementation-title"), told.get("implementation-version")))
        )
    if _FACTS[0] in members:
        root = parsed_xml(path, members[_FACTS[0]])
        facts["name"] = " ".join((root.findtext("{*}Name") or "").split())
        facts["instrument"] = " ".join((root.findtext("{*}InstrumentType") or "").split())
    if "summary.json" in members:
        summary = _json(path, members["summary.json"], "summary.json")
        kind = str(summary.get("instrumentType", "")) if isinstance(summary, dict) else ""
        named = re.fullmatch(r"QS(\d+)(PRO)?", kind.upper())
        facts["instrument"] = f"QuantStudio {named[1]}{' Pro' if named[2] else ''}" if named else kind
        facts["name"] = str(summary.get("name") or "") if isinstance(summary, dict) else ""
    return {key: value for key, value in facts.items() if value}


def _json(path: Path, content: bytes, member: str) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as problem:
        words = f"a damaged member {member} ({str(problem)[:60]})"
        raise UnreadableFile(path, words, EXPECTED, _AGAIN) from None


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")
