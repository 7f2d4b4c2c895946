"""mzSpecLib text (HUPO-PSI 1.0): blocks of CV attributes for library, sets, spectra and their analytes, then peaks."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import MOST_LINES, lines_of, occurrences, pairs_of
from liqi.methods.readers._run import Run, Spectrum, in_order

_BLOCK = re.compile(r"<(AttributeSet )?(\w+)\s*(?:=\s*(.*?))?\s*>\s*$")
_ATTRIBUTE = re.compile(r"(?:\[(\d{1,9})\])?([A-Za-z][\w.]{0,20}:[\w]{1,20})\|([^=]{1,200})(?:=(.*))?$")
_FACTS = {
    "MS:1003061": "name",
    "MS:1000866": "formula",
    "MS:1002813": "adduct",
    "MS:1000868": "smiles",
    "MS:1002894": "inchikey",
    "MS:1000041": "charge",
    "MS:1000511": "mslevel",
    "MS:1000465": "polarity",
    "MS:1003063": "usi",
    "MS:1003208": "precursor",
    "MS:1000744": "selected",
    "MS:1003053": "theoretical",
    "MS:1000894": "retention",
    "MS:1000045": "collision_energy",
    "MS:1000031": "instrument",
    "MS:1003197": "license",
    "MS:1003403": "inchi",
}
_OTHER, _VALUE, _UNIT = "MS:1003275", "MS:1003276", "UO:0000000"
_SECONDS = "UO:0000010"
_ONLY_FIRST = ("Analyte", "Interpretation")
Facts = dict[str, str]


def read(path: Path) -> Run:
    """Return the spectra of an mzSpecLib text file; a spectrum whose peaks are no numbers is left out and told."""
    return Run(path, "mzspeclib", False, occurrences(path, b"<spectrum="), partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    shared: Facts = {}
    record: _Record | None = None
    block = ""
    number = 0
    for number, line in enumerate(lines_of(path, damage), 1):
        head = _BLOCK.match(line) if line.startswith("<") else None
        if head:
            is_set, block, key = head.group(1), head.group(2), head.group(3) or ""
            if block in ("Spectrum", "Cluster") and not is_set:
                if record is not None:
                    yield from record.spectrum(damage)
                record = _Record(key, number, shared) if block == "Spectrum" else None
            elif is_set:
                record, block = None, "all" if key == "all" else "set"
            elif record is not None:
                record.begin(block, key)
        elif not line.strip():
            continue
        elif record is not None:
            record.take(block, line)
        elif block == "all":
            _take(shared, {}, line)
    if record is not None:
        yield from record.spectrum(damage)


class _Record:
    """A spectrum on its way: its attributes and those of its first analyte, and the lines of its peaks."""

    def __init__(self, key: str, line: int, shared: Facts) -> None:
        self.key, self.line = key, line
        self.facts: Facts = dict(shared)
        self.groups: dict[str, str] = {}
        self.peaks: list[str] = []
        self.skipped = False

    def begin(self, block: str, key: str) -> None:
        self.groups = {}
        self.skipped = block == "Interpretation" or (block in _ONLY_FIRST and key != "1" and "analyte" in self.facts)
        if block == "Analyte" and not self.skipped:
            self.facts["analyte"] = key

    def take(self, block: str, line: str) -> None:
        if block == "Peaks":
            if len(self.peaks) < MOST_LINES:
                self.peaks.append(line)
        elif not self.skipped:
            _take(self.facts, self.groups, line)

    def spectrum(self, damage: Damage) -> Iterator[Spectrum]:
        try:
            yield _spectrum(self.facts, self.peaks, damage)
        except (ValueError, IndexError, OverflowError) as problem:
            damage.leave_out(f"spectrum {self.key} of line {self.line}", problem)


def _take(facts: Facts, groups: dict[str, str], line: str) -> None:
    """Keep an attribute under our name; a value in brackets of the same number says the unit or the name of another."""
    found = _ATTRIBUTE.match(line.strip())
    if not found:
        return
    group, accession, _, value = found.groups()
    value = (value or "").strip()
    if accession == _OTHER:
        groups[group or ""] = value
    elif accession == _VALUE:
        name = groups.get(group or "", "")
        facts.setdefault(name.lower().replace(" ", "_"), value)
    elif accession == _UNIT:
        facts[f"{groups.get(group or '', '')}_unit"] = value.partition("|")[0]
    elif accession in _FACTS:
        groups[group or ""] = _FACTS[accession]
        facts[_FACTS[accession]] = value


def _spectrum(facts: Facts, peaks: list[str], damage: Damage) -> Spectrum:
    mz, intensity = in_order(*pairs_of(peaks), damage)
    told = {name: value for name, value in facts.items() if value}
    told["name"] = told.get("compound_name") or told.get("name", "")
    told.setdefault("accession", told.get("usi", ""))
    if told.get("collision_energy_unit") == "UO:0000266":
        told["collision_energy"] = f"{told['collision_energy']} eV"
    recorded = next((told[name] for name in ("precursor", "selected", "theoretical") if name in told), "")
    precursor = float(recorded) if recorded else 0.0
    sign = {"MS:1000130": "positive", "MS:1000129": "negative"}.get(told.get("polarity", "").partition("|")[0])
    by_adduct = {"+": "positive", "-": "negative"}.get(told.get("adduct", "")[-1:])
    charge = told.get("charge", "").lstrip("+-")
    told.pop("polarity", None)
    return Spectrum(
        mz,
        intensity,
        ms_level=int(told.get("mslevel", "2")),
        retention_time_s=_seconds(told),
        precursor_mz=precursor if 0 < precursor < float("inf") else None,
        charge=int(charge) if charge.isdecimal() and int(charge[:4]) else None,
        polarity=sign or by_adduct,
        collision_energy=told.get("collision_energy"),
        centroid=True,
        name=told["name"],
        facts=told,
    )


def _seconds(told: Facts) -> float | None:
    """The retention time; the format's unit is the minute where none is said."""
    if "retention" not in told:
        return None
    time = float(told["retention"])
    return time if told.get("retention_unit") == _SECONDS else time * 60
