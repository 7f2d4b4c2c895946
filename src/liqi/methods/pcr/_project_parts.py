"""What the members of a project of Applied Biosystems (.eds) say: plate, signals of the dyes, results.

Three generations keep the same in XML (QuantStudio, ViiA 7), in text (7500, StepOne) and in JSON (Design & Analysis 2).
Wells are counted from 0, row by row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from liqi.methods.pcr._plate import Floats

_POINT = re.compile(r"Stg:(\d+)\s+Cyc:(\d+)")
_MOST_WELLS, _MOST_POINTS = 20_000, 100_000
_FEWEST_MELTING = 6
Element = Any


@dataclass(slots=True)
class Well:
    """What a well was set up for: its sample, and by target the reporter, the task and the quantity."""

    sample: str = ""
    omitted: bool = False
    targets: dict[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Setup:
    """The plate: how many columns it has (0: not told), its wells, and the dye that others are divided by."""

    columns: int = 0
    wells: dict[int, Well] = field(default_factory=dict)
    passive: str = ""


@dataclass(slots=True)
class Signals:
    """Light of each dye by well at every reading; `points` tells the stage and the cycle of a reading, if known."""

    points: Sequence[tuple[int, int]] = ()
    wells: dict[int, dict[str, Floats]] = field(default_factory=dict)
    temperatures: dict[int, Floats] = field(default_factory=dict)

    def amplifying(self) -> list[int]:
        """Return the last reading of each cycle of the stage with most cycles; all where no stage is told."""
        if not self.points:
            return list(range(max((len(y) for dyes in self.wells.values() for y in dyes.values()), default=0)))
        cycles: dict[int, dict[int, int]] = {}
        for place, (stage, cycle) in enumerate(self.points):
            cycles.setdefault(stage, {})[cycle] = place
        most = max(cycles.values(), key=len)
        return sorted(most.values()) if len(most) > 1 else []

    def melting(self) -> list[int]:
        """Return the readings of a melting curve: those of the stage of one cycle with most of them; else none."""
        places: dict[int, list[int]] = {}
        cycles: dict[int, set[int]] = {}
        for place, (stage, cycle) in enumerate(self.points):
            places.setdefault(stage, []).append(place)
            cycles.setdefault(stage, set()).add(cycle)
        found = [at for stage, at in places.items() if len(cycles[stage]) == 1 and len(at) >= _FEWEST_MELTING]
        return max(found, key=len, default=[])


@dataclass(slots=True)
class Result:
    """What the instrument's program found for a target in a well; curves None where it kept none."""

    well: int
    target: str
    sample: str = ""
    task: str = ""
    cq: str = ""
    quantity: str = ""
    omitted: bool = False
    curve: Floats | None = None
    melting: tuple[Floats, Floats] | None = None


def plate_of_xml(root: Element) -> Setup:
    """Return the plate of ``plate_setup.xml``."""
    kind = _words(root.find("{*}PlateKind"), "Type")
    setup = Setup(int(_number(_words(root, "Columns")) or 0) or columns_of(kind))
    passive = _words(root, "PassiveReferenceDye")
    setup.passive = "" if passive.upper() in ("NULL", "NONE") else passive
    for features in root.findall("{*}FeatureMap"):
        for value in features.findall("{*}FeatureValue"):
            place, item = _place(_words(value, "Index")), value.find("{*}FeatureItem")
            if place is None or item is None:
                continue
            well = setup.wells.setdefault(place, Well())
            well.sample = _words(item.find("{*}Sample"), "Name") or well.sample
            for task in item.iter("{*}DetectorTask"):
                detector = task.find("{*}Detector")
                name = _words(detector, "Name")
                if name:
                    told = _words(detector, "Reporter"), _words(task, "Task"), _words(task, "Concentration")
                    well.targets[name] = told
    for one in root.findall("{*}Wells/{*}Well"):
        place = _place(_words(one, "Index"))
        if place is not None and _words(one, "IsOmit").lower() == "true":
            setup.wells.setdefault(place, Well()).omitted = True
    return setup


def plate_of_json(told: Any) -> Setup:
    """Return the plate of ``plate_setup.json``."""
    setup = Setup(columns_of(_string(told, "blockType")), {}, _string(told, "passiveReference"))
    reporters = {_string(one, "name"): _string(one, "reporter") for one in _list(told, "targets")}
    for one in _list(told, "wells"):
        place = _place(one.get("index"))
        if place is None:
            continue
        well = setup.wells.setdefault(place, Well(_string(one, "sampleName"), one.get("omitted") is True))
        for task in _list(one, "targetAssignments"):
            name = _string(task, "targetName")
            if name:
                well.targets[name] = (reporters.get(name, ""), _string(task, "task"), _string(task, "quantity"))
    return setup


def columns_of(kind: str) -> int:
    """Return how many columns a plate of this type has, 0 where its name does not say.

    >>> columns_of("TYPE_16X24"), columns_of("BLOCK_96W_02ML"), columns_of("")
    (24, 12, 0)
    """
    sized = re.search(r"TYPE_\d+X(\d+)", kind.upper())
    if sized:
        return int(sized[1])
    return next((columns for wells, columns in (("384", 24), ("96", 12), ("48", 8)) if wells in kind), 0)


def signals_of_xml(root: Element) -> Signals:
    """Return the light of ``multicomponentdata.xml``."""
    points = [(int(a), int(b)) for a, b in _POINT.findall(_words(root, "CollectionPoints"))]
    names = {
        one.get("WellIndex"): [name.strip() for name in _words(one, "DyeList").strip("[]").split(",")]
        for one in root.findall("{*}DyeData")
    }
    found = Signals(points)
    for one in root.findall("{*}SignalData"):
        place = _place(one.get("WellIndex"))
        if place is not None:
            curves = [numbers_of(values.text or "") for values in one.findall("{*}CycleData")]
            dyes = [name for name in names.get(one.get("WellIndex"), []) if name]
            found.wells[place] = dict(zip(dyes, curves, strict=False))
    degrees = numbers_of(_words(root, "SampleTemperatures"))
    if points:
        found.temperatures = {
            place: degrees[place * len(points) : (place + 1) * len(points)]
            for place in found.wells
            if (place + 1) * len(points) <= degrees.size
        }
    return found


def signals_of_text(text: str) -> Signals:
    """Return the light of ``multicomponent_data.txt``: well, cycle, dye, error and signal, other words between."""
    words = [one.strip() for one in re.split(r"[\t\r\n]+", text)]
    words = [one for one in words if one]
    curves: dict[tuple[int, str], dict[int, float]] = {}
    for at in range(len(words) - 4):
        well, cycle, dye, _, signal = words[at : at + 5]
        if well.isdecimal() and cycle.isdecimal() and dye[:1].isalpha() and len(well) < 6 and len(cycle) < 6:
            light = _number(signal)
            if light is not None:
                curves.setdefault((int(well), dye), {})[int(cycle)] = light
    found = Signals()
    for (place, dye), by_cycle in curves.items():
        values = np.full(max(by_cycle) + 1, np.nan)
        values[list(by_cycle)] = list(by_cycle.values())
        found.wells.setdefault(place, {})[dye] = values
    return found


def signals_of_json(told: Any) -> Signals:
    """Return the light of ``multicomponent_data.json``."""
    points = [(int(one.get("stage", 0)), int(one.get("cycle", 0))) for one in _list(told, "collectionPoints")]
    found = Signals(points)
    for one in _list(told, "wellData"):
        place = _place(one.get("wellIndex"))
        if place is not None:
            dyes = _list(one, "dyeData")
            found.wells[place] = {_string(dye, "dyeName"): _numbers(dye.get("fluorescences")) for dye in dyes}
            found.temperatures[place] = _numbers(one.get("temperatures"))
    return found


def results_of_text(text: str) -> Iterator[Result]:
    """Yield the results of ``analysis_result.txt`` or of the melting beside it: a row a target, its curves under it."""
    heads: list[str] = []
    row: dict[str, str] = {}
    lines: dict[str, Floats] = {}
    for line in [*text.splitlines(), "0"]:
        cells = [cell.strip() for cell in line.split("\t")]
        if not heads:
            heads = [cell.lower() for cell in cells] if cells[0].lower() == "well" else []
        elif cells[0].isdecimal():
            if row:
                yield _result(row, lines)
            row, lines = dict(zip(heads, cells, strict=False)), {}
        elif cells[0]:
            lines[cells[0].lower()] = numbers_of("\t".join(cells[1:]))


def _result(row: Mapping[str, str], lines: Mapping[str, Floats]) -> Result:
    def cell(*names: str) -> str:
        return next((row[name] for name in names if row.get(name)), "")

    curve, degrees = lines.get("rn values"), lines.get("sample temperatures")
    melting = None
    if curve is not None and degrees is not None:
        size = min(curve.size, degrees.size)
        melting = degrees[:size], curve[:size]
    cq = cell("ct", "c\u0442", "cq", "crt")
    return Result(
        int(row["well"]), cell("detector", "target name", "target"), cell("sample name", "sample"), cell("task"), cq,
        cell("qty", "quantity"), False, None if melting else curve, melting,
    )  # fmt: skip


def results_of_json(told: Any) -> Iterator[Result]:
    """Yield the results of ``analysis_result.json``."""
    for well in _list(told, "wellResults"):
        place = _place(well.get("wellIndex"))
        for one in _list(well, "reactionResults") if place is not None else ():
            grown, melted = one.get("amplificationResult"), one.get("meltResult") or one.get("meltCurveResult")
            grown, melted = (part if isinstance(part, dict) else {} for part in (grown, melted))
            degrees, light = _numbers(melted.get("temperatures")), _numbers(melted.get("rn"))
            size, curve = min(degrees.size, light.size), _numbers(grown.get("rn"))
            yield Result(
                place or 0, _string(one, "targetName"), _string(well, "sampleName"), _string(one, "task"),
                _string(grown, "cq"), "", one.get("omitted") is True, curve if curve.size else None,
                (degrees[:size], light[:size]) if size else None,
            )  # fmt: skip


def numbers_of(text: str) -> Floats:
    """Return the numbers of a list in brackets or between tabs, where a comma is a decimal one; NaN for what is none.

    >>> numbers_of("[1.5, NaN, x]").tolist(), numbers_of("1,5\\t2.5").tolist()
    ([1.5, nan, nan], [1.5, 2.5])
    """
    plain = text.replace(",", ".") if "\t" in text else text
    words = [one for one in re.split(r"[\s,]+", plain.strip().strip("[]")) if one][:_MOST_POINTS]
    found = [_number(one) for one in words]
    return np.array([np.nan if one is None else one for one in found], dtype=np.float64)


def _numbers(told: Any) -> Floats:
    given = told[:_MOST_POINTS] if isinstance(told, list) else []
    kept = [one if isinstance(one, int | float) and not isinstance(one, bool) else np.nan for one in given]
    return np.array(kept, dtype=np.float64)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _words(node: Element | None, tag: str) -> str:
    found = None if node is None else node.find(f"{{*}}{tag}")
    return (found.text or "").strip() if found is not None else ""


def _place(told: Any) -> int | None:
    words = str(told).strip()
    return int(words) if words.isdecimal() and len(words) < 6 and int(words) < _MOST_WELLS else None


def _list(told: Any, key: str) -> list[dict[str, Any]]:
    some = told.get(key) if isinstance(told, dict) else None
    return [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []


def _string(told: Any, key: str) -> str:
    value = told.get(key) if isinstance(told, dict) else None
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
