"""mzSpecLib 1.0 as text (HUPO-PSI, 2024): spectra with what they are, why, and where they come from.

Klein et al., Anal. Chem. 96, 18491 (2024).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from liqi.methods.exports import _terms as terms
from liqi.methods.exports._entries import Analyte, Entry, entries_of_answer, measured_spectra
from liqi.methods.exports._named import features_of, signature_of
from liqi.methods.exports._terms import Term

VERSION = "1.0"
NAME = Term("MS:1003061", "library spectrum name")
INDEX = Term("MS:1003062", "library spectrum index")
PRECURSOR = Term("MS:1003208", "experimental precursor monoisotopic m/z")
RETENTION = Term("MS:1000894", "retention time")
ENERGY = Term("MS:1000045", "collision energy")
UNIT = Term("UO:0000000", "unit")
SECOND = Term("UO:0000010", "second")
ELECTRONVOLT = Term("UO:0000266", "electronvolt")
AGGREGATION = Term("MS:1003065", "spectrum aggregation type")
SINGLETON, CONSENSUS = Term("MS:1003066", "singleton spectrum"), Term("MS:1003067", "consensus spectrum")
REPLICATES = Term("MS:1003070", "number of replicate spectra used")
SOURCE = Term("MS:1003203", "constituent spectrum file")
PEAKS = Term("MS:1003059", "number of peaks")
CHARGE = Term("MS:1000041", "charge state")
FORMULA = Term("MS:1000866", "molecular formula")
MASS = Term("MS:1000224", "molecular mass")
ADDUCT = Term("MS:1002813", "adduct ion formula")
SMILES = Term("MS:1000868", "SMILES string")
OTHER, VALUE = Term("MS:1003275", "other attribute name"), Term("MS:1003276", "other attribute value")
FORMAT_VERSION = Term("MS:1003186", "library format version")
LIBRARY_NAME = Term("MS:1003188", "library name")
DESCRIPTION = Term("MS:1003189", "library description")
LIBRARY_VERSION = Term("MS:1003190", "library version")


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer names at least one feature whose spectrum it keeps."""
    if answer["method"] != "ms.identify" or "measured" not in answer.get("detail", {}):
        return False
    return bool(measured_spectra(answer))


def write(answer: Mapping[str, Any]) -> str:
    """Return the spectra of the named features as a library; its description says which are left out."""
    kept = measured_spectra(answer)
    named = [one for one in features_of(answer) if one.candidates]
    missing = sum(one.index not in kept for one in named)
    left = f" {missing} named features are left out: the answer keeps the spectra of the surest." if missing else ""
    tags = "".join(f" {tag}." for tag in answer.get("tags", ()))
    name = answer["inputs"][0]["path"].replace("\\", "/").rpartition("/")[2]
    signed = signature_of(answer)
    told = f"{answer['sentence']['en']}{left}{tags}{' ' if signed else ''}{signed}"
    return "".join(lines(entries_of_answer(answer), name, told))


def lines(entries: Iterable[Entry], name: str, description: str = "") -> Iterator[str]:
    """Yield the library in pieces of text, one a spectrum after the head."""
    from liqi import __version__

    head = ["<mzSpecLib>", FORMAT_VERSION.line(VERSION), LIBRARY_NAME.line(_word(name)), LIBRARY_VERSION.line("1.0")]
    head += [DESCRIPTION.line(_word(description))] if description else []
    head += _Groups().others({"made by": f"Liqi {__version__}"})
    yield "\n".join(head) + "\n"
    for number, entry in enumerate(entries, 1):
        yield "\n".join(_spectrum(number, entry)) + "\n\n"


def _spectrum(number: int, entry: Entry) -> Iterator[str]:
    groups = _Groups()
    yield f"<Spectrum={number}>"
    yield NAME.line(_word(entry.name))
    yield INDEX.line(number - 1)
    yield terms.MS_LEVEL.line(entry.ms_level)
    if entry.precursor_mz is not None:
        yield PRECURSOR.line(_number(entry.precursor_mz))
    if entry.polarity:
        yield terms.SCAN_POLARITY.line(terms.POLARITIES[entry.polarity])
    if entry.retention_time_s is not None:
        yield from groups.of(RETENTION.line(_number(entry.retention_time_s)), UNIT.line(SECOND))
    yield from _energy(entry.collision_energy, groups)
    yield AGGREGATION.line(CONSENSUS if entry.scans > 1 else SINGLETON)
    if entry.scans > 1:
        yield REPLICATES.line(entry.scans)
    if entry.source:
        yield SOURCE.line(_word(entry.source))
    yield from groups.others(entry.more)
    yield PEAKS.line(len(entry.mz))
    for place, analyte in enumerate(entry.analytes, 1):
        yield f"<Analyte={place}>"
        yield from _analyte(analyte)
    if entry.interpretation:
        yield "<Interpretation=1>"
        yield from _Groups().others(entry.interpretation)
    yield "<Peaks>"
    for mz, intensity in zip(entry.mz, entry.intensity, strict=True):
        yield f"{_number(mz)}\t{_number(intensity)}"


def _analyte(one: Analyte) -> Iterator[str]:
    if one.charge:
        yield CHARGE.line(one.charge)
    if one.mass is not None:
        yield MASS.line(_number(one.mass))
    told = ((FORMULA, one.formula), (ADDUCT, one.adduct), (SMILES, one.smiles), (terms.INCHIKEY, one.inchikey))
    for term, value in told:
        if value:
            yield term.line(_word(value))
    yield from _Groups().others({"compound name": one.name})


def _energy(said: str, groups: "_Groups") -> Iterator[str]:
    """The collision energy as a number of eV where it is one, else in the words of the record."""
    words = said.split()
    try:
        value = float(words[0]) if words and words[1:] in ([], ["eV"], ["V"]) else None
    except ValueError:
        value = None
    if value is not None and words[1:] == ["eV"]:
        yield from groups.of(ENERGY.line(_number(value)), UNIT.line(ELECTRONVOLT))
    elif said:
        yield from groups.others({"collision energy": said})


class _Groups:
    """Attributes that belong together bear one number in brackets."""

    def __init__(self) -> None:
        self._last = 0

    def of(self, *attributes: str) -> Iterator[str]:
        self._last += 1
        return iter([f"[{self._last}]{one}" for one in attributes])

    def others(self, named: Mapping[str, Any]) -> Iterator[str]:
        for name, value in named.items():
            if value not in (None, ""):
                told = _number(value) if isinstance(value, float) else _word(str(value))
                yield from self.of(OTHER.line(name), VALUE.line(told))


def _number(value: float) -> str:
    return f"{value:.9g}"


def _word(value: str) -> str:
    return " ".join(value.split())
