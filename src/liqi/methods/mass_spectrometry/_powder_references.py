"""What a powder is asked for: references recorded as it was, at a voltage in the source, and fragment spectra."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._calibrants import calibrants_of, ion_error, shifted
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._inverted import Reference
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.mass_spectrometry._store import is_built
from liqi.methods.readers import Spectrum, read, sniff

_AMBIENT = re.compile(r"\b(DART|ASAP|DESI|DBDI|ambient|in-source)\b", re.IGNORECASE)
_VOLTAGE = re.compile(r"\s*(\d{1,3})(?:\.\d+)?\s*(?:e?v|volts?)?\s*$", re.IGNORECASE)
_NO_ION = "PrecursorMZ, the m/z of the protonated molecule"
_NO_VOLTAGE = "put it in the file's name (sample_30V.csv) or in the record (In-source_voltage)"
_USUAL_ADDUCT = "[M+H]+"
_FACTS = ("inchikey", "formula", "adduct", "accession", "licence", "smiles")


@dataclass(slots=True)
class Asked:
    """`references` recorded in the source at a voltage, and tables of fragment `spectra` of other instruments."""

    references: list[Reference] = field(default_factory=list)
    spectra: list[References] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def fragment_spectra(self) -> int:
        """How many fragment spectra there are."""
        return sum(len(one) for one in self.spectra)


def read_asked(paths: Iterable[Path], width_da: float) -> Asked:
    """Return what is in library files of any readable kind; those recorded at a voltage are told by the record.

    A record is taken as recorded in the source when it names its in-source voltage, or an ambient instrument
    such as DART beside a voltage. Their masses are corrected by their own known ions.
    """
    asked = Asked()
    found: dict[str, Reference] = {}
    for path in paths:
        asked.files.append(path.name)
        if is_built(path) or sniff(path) == "parquet":
            table = _table(path)
            for spectrum in _ambient_rows(table):
                _add(found, path, spectrum)
            asked.spectra.append(table)
            continue
        others = False
        for spectrum in read(path).whole():
            if _ambient(spectrum):
                _add(found, path, spectrum)
            else:
                others = True
        if others:
            asked.spectra.append(_table(path))
    asked.references = [_corrected(one, width_da) for one in found.values()]
    return asked


def voltage_of(path: Path, spectrum: Spectrum) -> int:
    """Return the in-source voltage that a spectrum tells, in V."""
    found = _VOLTAGE.match(spectrum.collision_energy or "")
    if not found:
        raise UnreadableFile(path, "a spectrum without its voltage", "the in-source voltage", _NO_VOLTAGE)
    return int(found.group(1))


def _table(path: Path) -> References:
    from liqi.methods.mass_spectrometry._records import take
    from liqi.methods.mass_spectrometry._store import read as read_built

    return References.of_arrays(read_built(path)[0]) if is_built(path) else References.of_table(take(path).table)


def _ambient(spectrum: Spectrum) -> bool:
    facts = spectrum.facts or {}
    told = " ".join(facts.get(name, "") for name in ("instrumenttype", "instrument", "source_instrument"))
    return "insourcevoltage" in facts or bool(_AMBIENT.search(told) and _VOLTAGE.match(spectrum.collision_energy or ""))


def is_ambient(instrument_type: str, collision_energy: str) -> bool:
    """Return whether a record of a library was made in the source at a voltage it tells."""
    return bool(_AMBIENT.search(instrument_type) and _VOLTAGE.match(collision_energy))


def _ambient_rows(table: References) -> Iterable[Spectrum]:
    kinds, energies = table.words["instrument_type"], table.words["collision_energy"].all()
    for row, kind in enumerate(kinds.all()):
        if is_ambient(kind, energies[row]):
            part = slice(int(table.starts[row]), int(table.starts[row + 1]))
            facts = {name: table.words[name][row] for name in _FACTS}
            peaks = table.mz[part].astype(np.float64), table.intensity[part].astype(np.float64)
            precursor = float(table.precursor_mz[row])
            name = table.words["name"][row]
            yield Spectrum(*peaks, precursor_mz=precursor, collision_energy=energies[row], name=name, facts=facts)


def _add(found: dict[str, Reference], path: Path, spectrum: Spectrum) -> None:
    facts = spectrum.facts or {}
    formula = facts.get("formula", "")
    adduct = facts.get("precursortype") or facts.get("adduct") or _USUAL_ADDUCT
    ion = (ion_mz(formula, adduct) if formula else None) or spectrum.precursor_mz
    if not ion or not np.isfinite(ion):
        raise UnreadableFile(path, f"{spectrum.name!r} without it", _NO_ION, "add it to the record")
    fresh = Reference(spectrum.name, facts.get("inchikey", ""), formula, ion, {}, smiles=facts.get("smiles", ""))
    reference = found.setdefault(facts.get("inchikey", "")[:14] or spectrum.name.lower(), fresh)
    if spectrum.intensity.max(initial=0.0) > 0:
        reference.spectra[voltage_of(path, spectrum)] = spectrum


def _corrected(reference: Reference, width_da: float) -> Reference:
    """Return the reference with each spectrum moved so that its known ions stand where they should."""
    errors = {voltage: ion_error(one, reference.ion_mz, width_da) for voltage, one in reference.spectra.items()}
    usual = _median([error for error in errors.values() if error is not None])
    spectra, parts = {}, {}
    for voltage, spectrum in reference.spectra.items():
        measured, true = calibrants_of(spectrum, reference.ion_mz, reference.formula, width_da, usual)
        spectra[voltage] = shifted(spectrum, -_median((measured - true).tolist(), usual))
        parts[voltage] = true
    return replace(reference, spectra=spectra, parts=parts)


def _median(numbers: Sequence[float], otherwise: float = 0.0) -> float:
    return float(np.median(numbers)) if len(numbers) else otherwise
