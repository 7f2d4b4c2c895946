"""MassBank text records (format 2.x): one record or many in a file, each ended by `//`."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import lines_of, occurrences, pairs_of
from liqi.methods.readers._run import Run, Spectrum, in_order

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
    ("AC$CHROMATOGRAPHY", "KOVATS_RTI"): "retentionindex",
    ("AC$MASS_SPECTROMETRY", "ION_MODE"): "ionmode",
    ("AC$MASS_SPECTROMETRY", "MS_TYPE"): "spectrumtype",
    ("AC$MASS_SPECTROMETRY", "COLLISION_ENERGY"): "collisionenergy",
    ("MS$FOCUSED_ION", "PRECURSOR_M/Z"): "precursormz",
    ("MS$FOCUSED_ION", "PRECURSOR_TYPE"): "precursortype",
}


def read(path: Path) -> Run:
    """Return the spectra of MassBank records; a record without its closing `//` is left out and told."""
    return Run(path, "massbank", False, occurrences(path, b"accession:"), partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    facts: dict[str, str] = {}
    peaks: list[str] = []
    in_peaks = False
    for number, line in enumerate(lines_of(path, damage), 1):
        if line.startswith("//"):
            try:
                yield _spectrum(facts, peaks, damage)
            except (ValueError, IndexError, OverflowError) as problem:
                damage.leave_out(facts.get("accession") or f"record before line {number}", problem)
            facts, peaks, in_peaks = {}, [], False
        elif line.startswith("PK$PEAK:"):
            in_peaks = True
        elif in_peaks and line.startswith("  "):
            peaks.append(line)
        else:
            _take(facts, line)
    if facts or peaks:
        damage.leave_out(facts.get("accession") or "last record", "it does not end with //")


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


def _spectrum(facts: dict[str, str], peaks: list[str], damage: Damage) -> Spectrum:
    recorded = facts.get("precursormz", "").split("/")[0]
    precursor = float(recorded) if recorded and recorded != "N" else 0.0
    level = re.search(r"[0-9]", facts.get("spectrumtype", ""))
    mz, intensity = in_order(*pairs_of(peaks), damage)
    return Spectrum(
        mz,
        intensity,
        ms_level=int(level.group()) if level else 1,
        precursor_mz=precursor if 0 < precursor < float("inf") else None,
        polarity={"p": "positive", "n": "negative"}.get(facts.get("ionmode", "")[:1].lower()),
        collision_energy=facts.get("collisionenergy"),
        centroid=True,
        name=facts.get("name", ""),
        facts=facts,
    )
