"""Allotrope Simple Model (ASM): JSON of converted instrument files; its curves, and its measurements one by one."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._columns import words_of

_AGAIN = "convert the instrument's file again"
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Cube:
    """A curve: numbers over one dimension, with what both are called and in what unit."""

    name: str
    label: str
    x_concept: str
    x_unit: str
    y_concept: str
    y_unit: str
    x: list[float]
    y: list[float]
    measurement: Mapping[str, Any]


def document_of(path: Path, expected: str) -> Any:
    """Return the JSON document of an ASM file; raise `UnreadableFile` for a broken one."""
    try:
        found = json.loads(words_of(path))
    except (ValueError, RecursionError) as problem:
        words = f"damaged JSON ({str(problem)[:60]})"
        raise UnreadableFile(path, words, expected, _AGAIN) from None
    if not isinstance(found, dict) or "$asm.manifest" not in found:
        raise UnreadableFile(path, "JSON without $asm.manifest", expected, _AGAIN)
    return found


def measurements(node: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every measurement document below a node, in order."""
    if depth > _DEEPEST:
        return
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "measurement document":
                some = value if isinstance(value, list) else [value]
                yield from (one for one in some if isinstance(one, dict))
            else:
                yield from measurements(value, depth + 1)
    elif isinstance(node, list):
        for one in node:
            yield from measurements(one, depth + 1)


def cubes(path: Path, expected: str) -> list[Cube]:
    """Return every curve of an ASM file whose numbers are whole; raise `UnreadableFile` where it holds none."""
    found = []
    document = document_of(path, expected)
    try:
        for measurement in measurements(document):
            found += [one for key, value in measurement.items() if (one := _cube(key, value, measurement)) is not None]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as problem:
        words = f"a curve that is not whole ({type(problem).__name__})"
        raise UnreadableFile(path, words, expected, _AGAIN) from None
    if not found:
        raise UnreadableFile(path, "an ASM document without a curve", expected, _AGAIN)
    return found


def sample_of(measurement: Mapping[str, Any]) -> str:
    """Return the name of a measurement's sample, empty where it has none."""
    sample = measurement.get("sample document")
    keys = ("written name", "sample identifier", "description")
    return next((str(sample[key]) for key in keys if sample.get(key)), "") if isinstance(sample, dict) else ""


def quantity(told: Any) -> tuple[float, str] | None:
    """Return a value with its unit, None where there is no finite number."""
    value = told.get("value") if isinstance(told, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        return None
    return float(value), str(told.get("unit", ""))


def _cube(key: str, told: Any, measurement: Mapping[str, Any]) -> Cube | None:
    if not isinstance(told, dict) or "cube-structure" not in told:
        return None
    structure, data = told["cube-structure"], told["data"]
    over, of = structure["dimensions"][0], structure["measures"][0]
    if len(structure["dimensions"]) != 1 or not data["measures"]:
        return None
    given, measured = data.get("dimensions") or [[]], data["measures"][0]
    pairs = [(float(a), float(b)) for a, b in zip(given[0], measured, strict=False) if a is not None and b is not None]
    if len(pairs) < len(measured) / 2:
        return None
    return Cube(
        key, str(told.get("label", "")), str(over["concept"]), str(over.get("unit", "")), str(of["concept"]),
        str(of.get("unit", "")), [a for a, _ in pairs], [b for _, b in pairs], measurement,
    )  # fmt: skip
