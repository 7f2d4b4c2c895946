"""MSP (NIST text): `Name: value` lines, `Num Peaks: n`, then the peaks."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import text_of

_DO = "export the file again"
_NUM_PEAKS = re.compile(r"^\s*num ?peaks\s*:\s*(\d+)\s*$", re.IGNORECASE)
_PAIR = re.compile(r"([0-9.eE+-]+)[\s,:]+([0-9.eE+-]+)")


def read(path: Path) -> Run:
    """Return the spectra of an MSP file; a record with fewer peaks than it announces refuses it."""
    text = text_of(path)
    count = sum(_NUM_PEAKS.match(line) is not None for line in text.splitlines())
    return Run(path, "msp", False, count, partial(_spectra, path, text))


def _spectra(path: Path, text: str) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        announced = _NUM_PEAKS.match(line)
        if announced:
            peaks = _peaks(path, lines, int(announced.group(1)), number)
            yield _spectrum(path, number, facts, peaks)
            facts = {}
        elif ":" in line:
            name, _, value = line.partition(":")
            facts[re.sub(r"[^a-z0-9]", "", name.lower())] = value.strip()
        elif line.strip():
            found = f"{line.strip()[:30]!r} in line {number}"
            raise UnreadableFile(path, found, "`Name: value` or the announced peaks", _DO)
    if facts:
        raise UnreadableFile(path, "a last record without peaks", "Num Peaks and its peaks", "copy it again")


def _peaks(path: Path, lines: Iterator[tuple[int, str]], wanted: int, start: int) -> list[tuple[float, float]]:
    peaks: list[tuple[float, float]] = []
    while len(peaks) < wanted:
        _, line = next(lines, (0, None))
        pairs = _PAIR.findall(re.sub(r'"[^"]*"', "", line)) if line else []
        if not pairs:
            found = f"{len(peaks)} of {wanted} peaks after line {start}"
            raise UnreadableFile(path, found, "as many as announced", "copy the whole file again")
        try:
            peaks += [(float(mz), float(intensity)) for mz, intensity in pairs]
        except ValueError:
            found = f"a peak that is no number after line {start}"
            raise UnreadableFile(path, found, "m/z and intensity", _DO) from None
    return peaks[:wanted]


def _spectrum(path: Path, number: int, facts: dict[str, str], peaks: list[tuple[float, float]]) -> Spectrum:
    try:
        precursor = float(facts["precursormz"].split()[0]) if facts.get("precursormz") else None
        minutes = facts.get("retentiontime") or facts.get("rt")
        seconds = float(minutes.split()[0]) * 60 if minutes else None
    except ValueError:
        found = f"a PrecursorMZ or RetentionTime that is no number before line {number}"
        raise UnreadableFile(path, found, "numbers", _DO) from None
    mode = facts.get("ionmode", "")[:1].lower() or facts.get("precursortype", "")[-1:]
    mz, intensity = in_order([peak[0] for peak in peaks], [peak[1] for peak in peaks])
    level = re.search(r"\d", facts.get("spectrumtype", ""))
    return Spectrum(
        mz,
        intensity,
        ms_level=int(level.group()) if level else 2,
        retention_time_s=seconds,
        precursor_mz=precursor or None,
        polarity={"p": "positive", "n": "negative", "+": "positive", "-": "negative"}.get(mode),
        collision_energy=facts.get("collisionenergy") or facts.get("insourcevoltage"),
        centroid=True,
        name=facts.get("name", ""),
        facts=facts,
    )
