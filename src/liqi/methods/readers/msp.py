"""MSP (NIST text): `Name: value` lines, `Num Peaks: n`, then the peaks."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._ion_words import charge_of, level_of, mass_of, polarity_of, seconds_of
from liqi.methods.readers._lines import lines_of, occurrences
from liqi.methods.readers._run import Run, Spectrum, in_order

NUM_PEAKS = re.compile(r"\s*num[ _]?peaks?\s*[:=]\s*(\d{1,12})\s*$", re.IGNORECASE)
_SPELLINGS = (b"num peaks:", b"num peaks", b"numpeaks", b"num_peaks")
_BETWEEN = re.compile(r"[\s,:]+")
_APART = re.compile(r"[;()]")
_COMMENT = re.compile(r'"([^"=]{1,60})=([^"]*)"')
_MOST_LINE = 100_000
Peaks = list[tuple[float, float]]


def read(path: Path) -> Run:
    """Return the spectra of an MSP file; a record with fewer peaks than it announces is left out and told."""
    announced = next((count for word in _SPELLINGS if (count := occurrences(path, word))), 0)
    return Run(path, "msp", False, announced, partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    peaks: Peaks = []
    wanted, blank = 0, False
    for number, line in enumerate(lines_of(path, damage), 1):
        if wanted:
            found = _pairs(line)
            peaks += found
            if (found and len(peaks) < wanted) or (not peaks and not line.strip()):
                continue
            if found:
                yield from _checked(facts, peaks[:wanted], number, damage)
            else:
                damage.leave_out(f"record before line {number}", f"{len(peaks)} of {wanted} peaks")
            facts, peaks, wanted = {}, [], 0
            if found:
                continue
        announced = NUM_PEAKS.match(line)
        if announced:
            wanted = int(announced.group(1))
            if not wanted:
                yield from _checked(facts, [], number, damage)
                facts = {}
        elif ":" in line and line[0] not in "#;":
            name, _, value = line.partition(":")
            name = re.sub(r"[^a-z0-9]", "", name.lower())
            if blank and name == "name" and name in facts:
                damage.leave_out(f"record before line {number}", "it has no peaks")
                facts = {}
            facts[name] = value.strip()
        elif line.strip() and line[0] not in "#;":
            damage.leave_out(f"line {number}", f"{line.strip()[:30]!r} is no `Name: value`")
        blank = not line.strip()
    if wanted:
        damage.leave_out("last record", f"{len(peaks)} of {wanted} peaks")
    elif facts:
        damage.leave_out("last record", "it has no peaks")


def _pairs(line: str) -> Peaks:
    """Return the peaks of a line: numbers two by two, up to what is none; notes in quotes are no numbers.

    >>> _pairs('41 10; 42 5 "p-1 2"'), _pairs("(41,10) (42, 5)"), _pairs("57.03 12.3 C3H5O+ 1 2.1"), _pairs("Name: 5 6")
    ([(41.0, 10.0), (42.0, 5.0)], [(41.0, 10.0), (42.0, 5.0)], [(57.03, 12.3)], [])
    """
    words = line.split()
    try:
        if len(words) == 2:
            return [(float(words[0]), float(words[1]))]
    except ValueError:
        pass
    text = re.sub(r'"[^"]*"', "", line[:_MOST_LINE])
    found: Peaks = []
    for part in _APART.split(text):
        numbers: list[float] = []
        for word in _BETWEEN.split(part.strip()):
            try:
                numbers.append(float(word))
            except ValueError:
                break
        found += zip(numbers[::2], numbers[1::2], strict=False)
    return found


def _checked(facts: dict[str, str], peaks: Peaks, number: int, damage: Damage) -> Iterator[Spectrum]:
    try:
        yield _spectrum(facts, peaks, damage)
    except (ValueError, OverflowError, IndexError) as problem:
        damage.leave_out(f"record before line {number}", problem)


def _with_comments(facts: dict[str, str]) -> dict[str, str]:
    """Return the facts with those that the comments hold as "name=value", such as the SMILES and licence of MoNA.

    >>> _with_comments({"name": "x", "comments": '"SMILES=CCO" "license=CC BY" "exact mass=46.04"'})["license"]
    'CC BY'
    """
    written = facts.get("comments") or facts.get("comment") or ""
    told = {re.sub(r"[^a-z0-9]", "", name.lower()): value.strip() for name, value in _COMMENT.findall(written)}
    return told | facts


def _spectrum(facts: dict[str, str], peaks: Peaks, damage: Damage) -> Spectrum:
    facts = _with_comments(facts)
    time = facts.get("retentiontime") or facts.get("rt") or facts.get("rtinminutes") or ""
    charge, polarity = charge_of(facts.get("charge", ""), facts.get("precursortype") or facts.get("adduct") or "")
    mz, intensity = in_order([peak[0] for peak in peaks], [peak[1] for peak in peaks], damage)
    return Spectrum(
        mz,
        intensity,
        ms_level=level_of(facts.get("spectrumtype", ""), 2),
        retention_time_s=seconds_of(facts.get("rtinseconds", ""), 1.0) or seconds_of(time, 60.0),
        precursor_mz=mass_of(facts.get("precursormz") or facts.get("pepmass") or ""),
        charge=charge,
        polarity=polarity_of(facts.get("ionmode", "")) or polarity,
        collision_energy=facts.get("collisionenergy") or facts.get("insourcevoltage"),
        centroid=True,
        name=facts.get("name", ""),
        facts=facts,
    )
