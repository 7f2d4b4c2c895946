"""MassBank text records (format 2.x): one record or many in a file, each ended by `//`."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import text_of

_KEYS = {
    "ACCESSION": "accession",
    "LICENSE": "licence",
    "AUTHORS": "authors",
    "CH$FORMULA": "formula",
    "CH$SMILES": "smiles",
    "AC$INSTRUMENT_TYPE": "instrumenttype",
}
_SUBKEYS = {
    ("CH$LINK", "INCHIKEY"): "inchikey",
    ("AC$MASS_SPECTROMETRY", "ION_MODE"): "ionmode",
    ("AC$MASS_SPECTROMETRY", "MS_TYPE"): "spectrumtype",
    ("AC$MASS_SPECTROMETRY", "COLLISION_ENERGY"): "collisionenergy",
    ("MS$FOCUSED_ION", "PRECURSOR_M/Z"): "precursormz",
    ("MS$FOCUSED_ION", "PRECURSOR_TYPE"): "precursortype",
}


def read(path: Path) -> Run:
    """Return the spectra of MassBank records; a record without its closing `//` refuses the file."""
    text = text_of(path)
    return Run(path, "massbank", False, len(re.findall(r"^//", text, re.MULTILINE)), partial(_spectra, path, text))


def _spectra(path: Path, text: str) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    peaks: list[tuple[float, float]] = []
    in_peaks = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("//"):
            yield _spectrum(path, number, facts, peaks)
            facts, peaks, in_peaks = {}, [], False
        elif line.startswith("PK$PEAK:"):
            in_peaks = True
        elif in_peaks and line.startswith("  "):
            try:
                mz, intensity = line.split()[:2]
                peaks.append((float(mz), float(intensity)))
            except ValueError:
                found = f"a peak that is no number in line {number}"
                raise UnreadableFile(path, found, "m/z int. rel.int.", "export the record again") from None
        else:
            _take(facts, line)
    if facts or peaks:
        raise UnreadableFile(path, "a last record that does not end", "a line //", "copy the whole file again")


def _take(facts: dict[str, str], line: str) -> None:
    key, _, value = line.partition(": ")
    value = value.strip()
    if key in _KEYS:
        facts[_KEYS[key]] = value
    elif key == "CH$NAME":
        facts.setdefault("name", value)
    else:
        sub, _, rest = value.partition(" ")
        if (key, sub) in _SUBKEYS:
            facts[_SUBKEYS[key, sub]] = rest.strip()


def _spectrum(path: Path, number: int, facts: dict[str, str], peaks: list[tuple[float, float]]) -> Spectrum:
    recorded = facts.get("precursormz", "").split("/")[0]
    try:
        precursor = float(recorded) if recorded and recorded != "N" else None
    except ValueError:
        found = f"the precursor {recorded!r} in the record before line {number}"
        raise UnreadableFile(path, found, "a number", "export the record again") from None
    level = re.search(r"\d", facts.get("spectrumtype", ""))
    mz, intensity = in_order([peak[0] for peak in peaks], [peak[1] for peak in peaks])
    return Spectrum(
        mz,
        intensity,
        ms_level=int(level.group()) if level else 1,
        precursor_mz=precursor or None,
        polarity={"p": "positive", "n": "negative"}.get(facts.get("ionmode", "")[:1].lower()),
        collision_energy=facts.get("collisionenergy"),
        centroid=True,
        name=facts.get("name", ""),
        facts=facts,
    )
