"""Mascot generic format: blocks from BEGIN IONS to END IONS."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import MOST_LINES, lines_of, occurrences, pairs_of
from liqi.methods.readers._run import Run, Spectrum, in_order

_OF_ALL = ("CHARGE", "IONMODE", "ION_MODE", "POLARITY")
"""What stands for every block when it is said outside of them."""
_SEVERAL = re.compile(r"\d.*(?:\band\b|,).*\d")


def read(path: Path) -> Run:
    """Return the spectra of an MGF file; blocks that do not end or hold no numbers are left out and told."""
    return Run(path, "mgf", False, occurrences(path, b"begin ions"), partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] | None = None
    before: dict[str, str] = {}
    peaks: list[str] = []
    start = 0
    for number, line in enumerate(lines_of(path, damage), 1):
        line = line.strip()
        word = line.upper() if line[:1] in "BbEe" else ""
        if word == "BEGIN IONS":
            if facts is not None:
                damage.leave_out(f"line {start}", "the block does not end")
            facts, peaks, start = dict(before), [], number
        elif not line or line[0] in "#;!/":
            continue
        elif facts is None:
            name, _, value = line.partition("=")
            if name.strip().upper() in _OF_ALL:
                before[name.strip().upper()] = value.strip()
        elif word == "END IONS":
            try:
                yield _spectrum(facts, peaks, damage)
            except (ValueError, IndexError, OverflowError) as problem:
                damage.leave_out(f"block of line {start}", problem)
            facts = None
        elif "=" in line and not line[0].isdigit():
            name, _, value = line.partition("=")
            facts[name.strip().upper()] = value.strip()
        elif len(peaks) < MOST_LINES:
            peaks.append(line)
    if facts is not None:
        damage.leave_out(f"block of line {start}", "the last block does not end")


def _spectrum(facts: dict[str, str], peaks: list[str], damage: Damage) -> Spectrum:
    mass = facts.get("PEPMASS", "").split()
    precursor, strength = ([float(word) for word in mass[:2]] + [0.0, 0.0])[:2]
    charge, polarity = _charge(facts.get("CHARGE", ""), _mode(facts))
    mz, intensity = in_order(*pairs_of(peaks), damage)
    time = facts.get("RTINSECONDS", "").partition("-")[0]
    return Spectrum(
        mz,
        intensity,
        ms_level=int(float(facts.get("MSLEVEL") or 2)),
        retention_time_s=float(time) if time else None,
        precursor_mz=precursor if 0 < precursor < float("inf") else None,
        precursor_intensity=strength if 0 < strength < float("inf") else None,
        charge=charge,
        polarity=polarity,
        collision_energy=facts.get("COLLISION_ENERGY"),
        centroid=True,
        name=facts.get("NAME") or facts.get("TITLE", ""),
        facts=facts,
    )


def _mode(facts: dict[str, str]) -> str:
    named = next((facts[key] for key in ("IONMODE", "ION_MODE", "POLARITY") if facts.get(key)), "")
    return named or facts.get("ADDUCT", "")[-1:]


def _charge(charge: str, mode: str) -> tuple[int | None, str | None]:
    several = _SEVERAL.search(charge[:40])
    digits = "" if several else "".join(letter for letter in charge[:6] if letter in "0123456789")
    sign = mode.strip().lower()[:1] or charge.strip()[-1:]
    polarity = {"p": "positive", "+": "positive", "n": "negative", "-": "negative"}.get(sign)
    if polarity is None and charge.strip()[:1] == "-":
        polarity = "negative"
    return (int(digits) if digits and int(digits) else None), polarity
