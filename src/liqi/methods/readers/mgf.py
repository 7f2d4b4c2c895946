"""Mascot generic format: blocks from BEGIN IONS to END IONS."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._ion_words import charge_of, level_of, mass_of, polarity_of, seconds_of
from liqi.methods.readers._lines import MOST_LINES, lines_of, occurrences, pairs_of
from liqi.methods.readers._run import Run, Spectrum, in_order

_OF_ALL = ("CHARGE", "IONMODE", "ION_MODE", "POLARITY")
"""What stands for every block when it is said outside of them."""


def read(path: Path) -> Run:
    """Return the spectra of an MGF file; blocks that do not end or hold no numbers are left out and told.

    Where no block of several has an END IONS, each ends where the next begins, and that is told.
    """
    announced = occurrences(path, b"begin ions")
    endless = announced > 1 and not occurrences(path, b"end ions")
    return Run(path, "mgf", False, announced, partial(_spectra, path, endless))


def _spectra(path: Path, endless: bool, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] | None = None
    before: dict[str, str] = {}
    peaks: list[str] = []
    start = 0
    for number, line in enumerate(lines_of(path, damage), 1):
        line = line.strip()
        word = line.upper() if line[:1] in "BbEe" else ""
        if word == "BEGIN IONS":
            if facts is not None and endless:
                yield from _checked(before, facts, peaks, start, damage)
            elif facts is not None:
                damage.leave_out(f"line {start}", "the block does not end")
            facts, peaks, start = {}, [], number
        elif not line or line[0] in "#;!/":
            continue
        elif facts is None:
            name, _, value = line.partition("=")
            if name.strip().upper() in _OF_ALL:
                before[name.strip().upper()] = value.strip()
        elif word == "END IONS":
            yield from _checked(before, facts, peaks, start, damage)
            facts = None
        elif "=" in line and not line[0].isdigit():
            name, _, value = line.partition("=")
            facts[name.strip().upper()] = value.strip()
        elif len(peaks) < MOST_LINES:
            peaks.append(line)
    if facts is not None and endless:
        yield from _checked(before, facts, peaks, start, damage)
        damage.stop("blocks without END IONS")
    elif facts is not None:
        damage.leave_out(f"block of line {start}", "the last block does not end")


def _checked(
    before: dict[str, str], facts: dict[str, str], peaks: list[str], start: int, damage: Damage
) -> Iterator[Spectrum]:
    try:
        yield _spectrum(before, facts, peaks, damage)
    except (ValueError, IndexError, OverflowError) as problem:
        damage.leave_out(f"block of line {start}", problem)


def _spectrum(before: dict[str, str], facts: dict[str, str], peaks: list[str], damage: Damage) -> Spectrum:
    mass = facts.get("PEPMASS") or facts.get("PRECURSOR_MZ") or facts.get("PRECURSORMZ") or ""
    words = [*mass.split(), "", "", ""]
    own = {"CHARGE": words[2]} if words[2] else {}
    facts = before | own | facts
    charge, polarity = charge_of(facts.get("CHARGE", ""), _adduct(facts))
    mz, intensity = in_order(*pairs_of(peaks), damage)
    return Spectrum(
        mz,
        intensity,
        ms_level=level_of(facts.get("MSLEVEL") or facts.get("MS_LEVEL") or "", 2),
        retention_time_s=_seconds(facts),
        precursor_mz=mass_of(mass),
        precursor_intensity=mass_of(words[1]),
        charge=charge,
        polarity=_mode(facts) or polarity,
        collision_energy=facts.get("COLLISION_ENERGY"),
        centroid=True,
        name=facts.get("NAME") or facts.get("COMPOUND_NAME") or facts.get("TITLE", ""),
        facts=facts,
    )


def _seconds(facts: dict[str, str]) -> float | None:
    """Return the time; one without a unit counts where the name of its field says it."""
    for name, unit_s in (("RTINSECONDS", 1.0), ("RTINMINUTES", 60.0), ("RETENTION_TIME", None), ("RT", None)):
        time = seconds_of(facts.get(name, ""), unit_s)
        if time is not None:
            return time
    return None


def _adduct(facts: dict[str, str]) -> str:
    return facts.get("ADDUCT") or facts.get("PRECURSOR_TYPE") or facts.get("ION") or ""


def _mode(facts: dict[str, str]) -> str | None:
    named = next((facts[key] for key in ("IONMODE", "ION_MODE", "POLARITY") if facts.get(key)), "")
    return polarity_of(named)
