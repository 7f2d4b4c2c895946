"""MSP (NIST text): `Name: value` lines, `Num Peaks: n`, then the peaks."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import lines_of, occurrences
from liqi.methods.readers._run import Run, Spectrum, in_order

_NUM_PEAKS = re.compile(r"^\s*num ?peaks\s*:\s*(\d{1,12})\s*$", re.IGNORECASE)
_PAIR = re.compile(r"([0-9.eE+-]+)[\s,:]+([0-9.eE+-]+)")
_MOST_LINE = 100_000
Peaks = list[tuple[float, float]]


def read(path: Path) -> Run:
    """Return the spectra of an MSP file; a record with fewer peaks than it announces is left out and told."""
    return Run(path, "msp", False, occurrences(path, b"num peaks:"), partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    peaks: Peaks = []
    wanted, good = 0, True
    for number, line in enumerate(lines_of(path, damage), 1):
        if wanted:
            found = _pairs(line)
            if found:
                peaks += found
                if len(peaks) < wanted:
                    continue
            else:
                damage.leave_out(f"record before line {number}", f"{len(peaks)} of {wanted} peaks")
                good = False
            if good:
                yield from _checked(facts, peaks[:wanted], number, damage)
            facts, peaks, wanted = {}, [], 0
            if good:
                continue
        good = True
        announced = _NUM_PEAKS.match(line)
        if announced:
            wanted = int(announced.group(1))
            if not wanted:
                yield from _checked(facts, [], number, damage)
                facts = {}
        elif ":" in line:
            name, _, value = line.partition(":")
            facts[re.sub(r"[^a-z0-9]", "", name.lower())] = value.strip()
        elif line.strip():
            damage.leave_out(f"line {number}", f"{line.strip()[:30]!r} is no `Name: value`")
    if wanted:
        damage.leave_out("last record", f"{len(peaks)} of {wanted} peaks")
    elif facts:
        damage.leave_out("last record", "it has no peaks")


def _pairs(line: str) -> Peaks:
    text = re.sub(r'"[^"]*"', "", line[:_MOST_LINE])
    try:
        return [(float(mz), float(intensity)) for mz, intensity in _PAIR.findall(text)]
    except ValueError:
        return []


def _checked(facts: dict[str, str], peaks: Peaks, number: int, damage: Damage) -> Iterator[Spectrum]:
    try:
        yield _spectrum(facts, peaks, damage)
    except (ValueError, OverflowError, IndexError) as problem:
        damage.leave_out(f"record before line {number}", problem)


def _spectrum(facts: dict[str, str], peaks: Peaks, damage: Damage) -> Spectrum:
    precursor = float(facts["precursormz"].split()[0]) if facts.get("precursormz") else 0.0
    minutes = facts.get("retentiontime") or facts.get("rt")
    mode = facts.get("ionmode", "")[:1].lower() or facts.get("precursortype", "")[-1:]
    mz, intensity = in_order([peak[0] for peak in peaks], [peak[1] for peak in peaks], damage)
    level = re.search(r"[0-9]", facts.get("spectrumtype", ""))
    return Spectrum(
        mz,
        intensity,
        ms_level=int(level.group()) if level else 2,
        retention_time_s=float(minutes.split()[0]) * 60 if minutes else None,
        precursor_mz=precursor if 0 < precursor < float("inf") else None,
        polarity={"p": "positive", "n": "negative", "+": "positive", "-": "negative"}.get(mode),
        collision_energy=facts.get("collisionenergy") or facts.get("insourcevoltage"),
        centroid=True,
        name=facts.get("name", ""),
        facts=facts,
    )
