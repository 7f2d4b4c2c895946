"""A gas measured in turns with a working gas (dual inlet): ratios against it, cycle by cycle."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.elemental._isodat import Isodat
from liqi.methods.readers._columns import words_of

Floats = NDArray[np.float64]
_AGAIN = "copy the file again"
_NU = "a dual-inlet file of Nu Stable with blocks of Gas Ref and Gas Sam"


@dataclass(frozen=True, slots=True)
class Inlet:
    """Beams `(cycles, masses)` of the sample and of the working gas just before and just after it, ground taken off."""

    path: Path
    name: str
    format: str
    masses: Sequence[int]
    sample: Floats
    before: Floats
    after: Floats
    facts: Mapping[str, str]
    reported: Mapping[str, Floats]
    working_gas: Mapping[str, float]
    """Delta of the working gas in permil by ``d13C`` (VPDB) and ``d18O`` (VSMOW), as far as the file tells."""

    def deltas(self) -> dict[int, Floats]:
        """Return delta of each heavier mass over the lightest against the working gas, in permil by cycle."""
        light = self.sample[:, 0]
        found = {}
        for at, mass in enumerate(self.masses[1:], 1):
            ratio = self.sample[:, at] / light
            of_gas = (self.before[:, at] / self.before[:, 0] + self.after[:, at] / self.after[:, 0]) / 2
            if all(np.isfinite(one).all() and (one > 0).all() for one in (of_gas, ratio)):
                found[mass] = 1000 * (ratio / of_gas - 1)
        return found

    @property
    def balance_percent(self) -> float:
        """How far the light beam of the sample is from that of the working gas, in percent, where it is farthest."""
        gas = (self.before[:, 0] + self.after[:, 0]) / 2
        return float(np.abs(self.sample[:, 0] / gas - 1).max() * 100)


def mean_of(values: Floats) -> tuple[float, float, float]:
    """Return the mean of cycles, its standard uncertainty SD / sqrt(n), and the SD (NaN for one)."""
    sd = float(values.std(ddof=1)) if values.size > 1 else math.nan
    return float(values.mean()), sd / math.sqrt(values.size), sd


def inlet_of(found: Isodat) -> Inlet:
    """Return the cycles of an Isodat file, each with the working gas on both sides of it."""
    gas = {one.number: one.signals_mv for one in found.cycles if one.is_standard}
    turns = [one for one in found.cycles if not one.is_standard and {one.number - 1, one.number} <= set(gas)]
    if not turns:
        said = f"{len(found.cycles)} readings and no sample between two of the working gas"
        raise UnreadableFile(found.path, said, "whole cycles of a dual inlet", _AGAIN)
    width = min(len(found.masses) or 16, *(len(one.signals_mv) for one in found.cycles))
    masses = [*found.masses][:width] or [44 + at for at in range(width)]
    sample, before, after = (
        np.array([row[:width] for row in rows])
        for rows in (
            [one.signals_mv for one in turns],
            [gas[one.number - 1] for one in turns],
            [gas[one.number] for one in turns],
        )
    )
    told: dict[str, float] = {}
    for item in found.items:
        key = {"d 13C/12C": "d13C", "d 18O/16O": "d18O"}.get(item.title)
        if key and isinstance(item.value, float) and abs(item.value) < 1000:
            told.setdefault(key, item.value)
    name = found.facts.get("Identifier 1") or found.path.stem
    return Inlet(found.path, name, "Isodat .did", masses, sample, before, after, found.facts, found.per_cycle, told)


def read_nu(path: str | Path) -> Inlet:
    """Return the cycles of a file of Nu Stable; each reading is the mean of its integrations less the zero."""
    path = Path(path)
    lines = words_of(path).splitlines()
    zero, blocks = _zero(lines), _readings(lines)
    if not blocks:
        raise UnreadableFile(path, "no reading of a gas", _NU, _AGAIN)
    width = min(len(rows) for _, rows in blocks)
    if width < 2:
        raise UnreadableFile(path, f"readings of {width} collectors", _NU, _AGAIN)
    level = np.array(zero[:width] if len(zero) >= width else [0.0] * width)
    read = [(gas, np.array([np.mean(row) for row in rows[:width]]) - level) for gas, rows in blocks]
    turns = [at for at in range(1, len(read) - 1) if [read[at + k][0] for k in (-1, 0, 1)] == ["ref", "sam", "ref"]]
    if not turns:
        raise UnreadableFile(path, f"{len(read)} readings and no sample between two references", _NU, _AGAIN)
    lightest = 44
    masses = [lightest + at for at in range(width)]
    sample, before, after = (np.array([read[at + k][1][::-1] for at in turns]) for k in (0, -1, 1))
    facts = _facts(lines)
    name = facts.get("sample name", path.stem)
    return Inlet(path, name, "Nu Stable", masses, sample, before, after, facts, {}, {})


def _zero(lines: Sequence[str]) -> list[float]:
    """Return the beams with no gas, in the order of the file: heaviest first."""
    at = next((i for i, line in enumerate(lines) if line.strip() == "Zero Data"), len(lines))
    return _numbers(lines[at + 1]) if at + 1 < len(lines) else []


def _readings(lines: Sequence[str]) -> list[tuple[str, list[list[float]]]]:
    """Return each reading: which gas, and the integrations of each collector, the heaviest mass first."""
    found: list[tuple[str, list[list[float]]]] = []
    now: list[list[float]] | None = None
    for line in lines:
        named = re.match(r"\s*Gas\s+(Ref|Sam|Bla)\s*$", line)
        if named:
            now = []
            found.append((named[1].lower(), now))
            continue
        row = _numbers(line) if now is not None else []
        if now is not None and len(row) >= 2:
            now.append(row[1:])
        elif line.strip():
            now = None
    return [(gas, rows) for gas, rows in found if rows]


def _numbers(line: str) -> list[float]:
    found = []
    for word in re.split(r"[\s,]+", line.strip()):
        try:
            value = float(word)
        except ValueError:
            break
        if not math.isfinite(value):
            break
        found.append(value)
    return found


def _facts(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        cells = re.findall(r'"([^"]*)"|([^",]+)', line)
        words = [(a or b).strip() for a, b in cells if (a or b).strip()]
        if len(words) == 2:
            found.setdefault(re.sub(r"( is)? *:?$", "", words[0].lower()), words[1])
    return found
