"""Mascot generic format: blocks from BEGIN IONS to END IONS."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import text_of

_DO = "export the file again"


def read(path: Path) -> Run:
    """Return the spectra of an MGF file; blocks that do not end, or peaks that are no numbers, refuse it."""
    text = text_of(path)
    starts = sum(line.strip().upper() == "BEGIN IONS" for line in text.splitlines())
    return Run(path, "mgf", False, starts, partial(_spectra, path, text))


def _spectra(path: Path, text: str) -> Iterator[Spectrum]:
    facts: dict[str, str] | None = None
    peaks: list[tuple[float, float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        word = line.upper()
        if word == "BEGIN IONS":
            if facts is not None:
                raise UnreadableFile(path, f"BEGIN IONS twice (line {number})", "END IONS before it", _DO)
            facts, peaks = {}, []
        elif facts is None or not line or line[0] in "#;!/":
            continue
        elif word == "END IONS":
            yield _spectrum(path, number, facts, peaks)
            facts = None
        elif "=" in line and not line[0].isdigit():
            name, _, value = line.partition("=")
            facts[name.strip().upper()] = value.strip()
        else:
            try:
                mz, intensity = line.split()[:2]
                peaks.append((float(mz), float(intensity)))
            except ValueError:
                expected = "m/z and intensity"
                raise UnreadableFile(path, f"{line[:30]!r} in line {number}", expected, _DO) from None
    if facts is not None:
        raise UnreadableFile(path, "a last block that does not end", "END IONS", "copy the whole file again")


def _spectrum(path: Path, number: int, facts: dict[str, str], peaks: list[tuple[float, float]]) -> Spectrum:
    try:
        precursor = float(facts["PEPMASS"].split()[0]) if facts.get("PEPMASS") else None
        seconds = float(facts["RTINSECONDS"]) if facts.get("RTINSECONDS") else None
        level = int(float(facts.get("MSLEVEL", "2")))
    except ValueError:
        found = f"a header that is no number in the block before line {number}"
        raise UnreadableFile(path, found, "PEPMASS, RTINSECONDS, MSLEVEL as numbers", _DO) from None
    charge, polarity = _charge(facts.get("CHARGE", ""), _mode(facts))
    mz, intensity = in_order([peak[0] for peak in peaks], [peak[1] for peak in peaks])
    return Spectrum(
        mz,
        intensity,
        ms_level=level,
        retention_time_s=seconds,
        precursor_mz=precursor or None,
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
    digits = "".join(letter for letter in charge if letter.isdigit())
    sign = mode.strip().lower()[:1] or charge.strip()[-1:]
    polarity = {"p": "positive", "+": "positive", "n": "negative", "-": "negative"}.get(sign)
    if polarity is None and charge.strip()[:1] == "-":
        polarity = "negative"
    return (int(digits) if digits and int(digits) else None), polarity
