"""Real-time PCR in the Allotrope Simple Model (ASM): what converters make of the exports of many machines."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.pcr._exports import Point, by_cycle, curves_of, plain_task, reactions_of
from liqi.methods.pcr._plate import PlateRun, Plates, Target
from liqi.methods.pcr._sheets import Row
from liqi.methods.readers._allotrope import document_of, measurements, quantity, sample_of

EXPECTED = "an ASM document of real-time PCR"
_AGAIN = "convert the machine's export again"
_GROWTH = ("normalized reporter data cube", "reporter dye data cube", "baseline corrected reporter data cube")
_MELTING = ("melting curve data cube",)


def read_measurements(path: str | Path, melting: bool = False) -> Plates:
    """Return the run of an ASM document; one without a well, target, curve or cycle raises `UnreadableFile`."""
    path = Path(path)
    document = document_of(path, EXPECTED)
    try:
        found = [_read(one, melting) for one in measurements(document)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as problem:
        words = f"a measurement that is not whole ({type(problem).__name__})"
        raise UnreadableFile(path, words, EXPECTED, _AGAIN) from None
    found = [one for one in found if one[0]["target name"] and (one[1] or one[2] or one[0]["ct"])]
    if not found:
        raise UnreadableFile(path, "no target with a curve or a cycle", EXPECTED, "give the document of a PCR run")
    rows = [row for row, _, _ in found]
    reactions = reactions_of(rows, keep_all=True)
    cycles, values = by_cycle(path, [curve for _, curve, _ in found])
    melt = curves_of([curve for _, _, curve in found]) if melting else None
    targets = {
        row["target name"]: Target(
            row["target name"],
            "ref" if plain_task(row["task"]) == "endogenous control" else "toi",
            row["reporter"],
        )
        for row in rows
    }
    facts = {"cqDetectionMethod": "automated threshold and baseline settings"} if any(r["ct"] for r in rows) else {}
    return Plates("ASM", [PlateRun(path.stem, path.stem, reactions, cycles, values, facts, melt)], targets)


def _read(told: Mapping[str, Any], melting: bool) -> tuple[Row, list[Point], list[Point]]:
    """Return what a measurement says of its reaction, and its points over cycles and over temperatures."""
    sample = told.get("sample document")
    sample = sample if isinstance(sample, dict) else {}
    parts = [told, *_documents(told, "processed data aggregate document", "processed data document")]
    controls = _documents(told, "device control aggregate document", "device control document")
    cq = next((value for part in parts for key in part if _is_cycle(key) and (value := quantity(part[key]))), None)
    amount = _amount(sample)
    dye = next((str(one["reporter dye setting"]) for one in controls if one.get("reporter dye setting")), "")
    row = {
        "well position": str(sample.get("well location identifier") or sample.get("location identifier") or ""),
        "sample name": "" if _none(sample_of(told)) else sample_of(told),
        "target name": _target(told, sample) or dye,
        "task": _task(str(sample.get("sample role type", "standard" if amount else "")), sample_of(told)),
        "quantity": f"{amount}" if amount else "",
        "ct": f"{cq[0]}" if cq else "",
        "reporter": dye,
    }
    return row, _points(parts, _GROWTH), _points(parts, _MELTING) if melting else []


def _target(told: Mapping[str, Any], sample: Mapping[str, Any]) -> str:
    given = (str(one.get("target DNA description") or "").strip() for one in (told, sample))
    return next((one for one in given if not _none(one)), "")


def _none(words: str) -> bool:
    return words.strip().upper() in ("", "N/A", "NAN")


def _amount(sample: Mapping[str, Any]) -> float | None:
    """The quantity of a standard; some converters keep it as a bare number under the machine's own name for it."""
    own = sample.get("custom information document")
    for key, value in [*sample.items(), *(own.items() if isinstance(own, dict) else ())]:
        named = re.match(r"(starting )?quantity|sample quantity", key.lower())
        told = quantity(value if isinstance(value, dict) else {"value": value}) if named else None
        if told and told[0] > 0:
            return told[0]
    return None


def _task(role: str, sample: str) -> str:
    """The task of a well: a control is one without template where its sample is called so, for roles do not say."""
    words = role.lower().replace(" sample role", "").replace(" role", "").strip()
    without = re.search(r"\b(ntc|no[ _-]template|negative|blank|water)\b", sample.lower())
    return "ntc" if words == "blank" or (words == "control" and without) else "standard" if words == "standard" else ""


def _is_cycle(key: str) -> bool:
    return key.startswith(("cycle threshold result", "quantification cycle result"))


def _documents(told: Mapping[str, Any], outer: str, inner: str) -> list[Mapping[str, Any]]:
    whole = told.get(outer)
    some = whole.get(inner) if isinstance(whole, dict) else None
    some = some if isinstance(some, list) else [some]
    return [one for one in some if isinstance(one, dict)]


def _points(parts: list[Mapping[str, Any]], names: tuple[str, ...]) -> list[Point]:
    for name in names:
        for part in parts:
            cube = part.get(name)
            if isinstance(cube, dict):
                over, of = cube["data"]["dimensions"][0], cube["data"]["measures"][0]
                pairs = zip(over, of, strict=False)
                return [(float(x), float(y)) for x, y in pairs if x is not None and y is not None]
    return []
