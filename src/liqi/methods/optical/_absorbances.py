"""Absorbances of samples, from a table that a spectrophotometer exports or from whole spectra."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._allotrope import absorbances
from liqi.methods.optical._files import FORMATS, read_spectra
from liqi.methods.optical._sheet import rows_of
from liqi.methods.optical._spectrum import Spectrum

_COLUMNS = {
    "name": r"^sample( ?(name|id))?$|^样品|^樣品|^name$",
    "when": r"^date|^time|日期",
    "a260": r"^a ?260( ?\(|$)|^abs ?260|^260( ?nm)?$|^a260 ?10 ?mm",
    "a280": r"^a ?280( ?\(|$)|^abs ?280|^280( ?nm)?$",
    "a230": r"^a ?230( ?\(|$)|^abs ?230|^230( ?nm)?$",
    "ratio_280": r"^a?260 ?/ ?a?280",
    "ratio_230": r"^a?260 ?/ ?a?230",
    "factor": r"factor$",
    "reported": r"^nucleic acid( conc\.?)? ?\(?|^conc(entration|\.)?|浓度|濃度",
    "absorbance": r"^abs(orbance)?( ?\(?a?u?\)?)?$|^a$|吸光度",
}
_UG_PER_ML = {"": 1, "ng/ul": 1, "ug/ml": 1, "mg/l": 1, "ng/ml": 1e-3, "mg/ml": 1e3, "ug/ul": 1e3, "g/l": 1e3}
_NUCLEIC_NM = 260.0
FARTHEST_NM = 1.5
"""How far, in nm, the nearest point may lie from a wavelength that is asked for."""


@dataclass(frozen=True)
class Sample:
    """One sample: absorbances over 1 cm by wavelength in nm, already less their baseline; `reported` in ug/mL."""

    name: str
    absorbances: dict[int, float]
    baseline: float = 0.0
    reported: float | None = None
    ratio_280: float | None = None
    ratio_230: float | None = None
    factor: float | None = None
    spectrum: Spectrum | None = None

    def at(self, wavelength: float) -> float | None:
        """Return the absorbance at a wavelength, between the points of a spectrum; None where there is none."""
        if self.spectrum is not None:
            x = self.spectrum.x
            if x[0] - FARTHEST_NM <= wavelength <= x[-1] + FARTHEST_NM:
                return float(np.interp(wavelength, x, self.spectrum.bands)) - self.baseline
        return self.absorbances.get(round(wavelength))


def read_samples(path: Path, kind: str, baseline_nm: float) -> list[Sample]:
    """Return the samples of a file: the rows of a table of results, or its spectra."""
    if kind in ("table", "xlsx"):
        rows = rows_of(path)
        found = of_table(rows)
        if found:
            return found
        if kind == "xlsx":
            expected = "a head with A260, A280, absorbance or concentration"
            raise UnreadableFile(path, f"{len(rows)} rows without such columns", expected, "export the results again")
    if kind == "asm":
        single = [Sample(name, levels, reported=told) for name, levels, told in absorbances(path)]
        if single:
            return _named_apart(single)
    return [_of_spectrum(path, one, baseline_nm) for one in read_spectra(path)]


def of_table(rows: Sequence[Sequence[str]]) -> list[Sample]:
    """Return the samples of a table whose head names absorbances, ratios or concentrations; none of any other."""
    for start, row in enumerate(rows[:60]):
        heads = [cell.strip().lower() for cell in row]
        places = {
            key: next((i for i, head in enumerate(heads) if re.search(pattern, head)), None)
            for key, pattern in _COLUMNS.items()
        }
        named = places["absorbance"] is not None and places["name"] is not None
        if named or places["a260"] is not None or places["ratio_280"] is not None:
            found = [_of_row(cells, places, row) for cells in rows[start + 1 :] if any(cell.strip() for cell in cells)]
            return _named_apart([one for one in found if one is not None])
    return []


def _of_row(cells: Sequence[str], places: dict[str, int | None], head: Sequence[str]) -> Sample | None:
    def number(key: str) -> float | None:
        place = places[key]
        if place is None or place >= len(cells):
            return None
        words = cells[place].replace(",", ".") if re.fullmatch(r"-?\d+,\d+", cells[place]) else cells[place]
        try:
            value = float(words)
        except ValueError:
            return None
        return value if np.isfinite(value) else None

    absorbances = {
        wavelength: value
        for wavelength, key in ((260, "a260"), (280, "a280"), (230, "a230"), (0, "absorbance"))
        if (value := number(key)) is not None
    }
    reported, ratio = number("reported"), number("ratio_280")
    if not absorbances and reported is None and ratio is None:
        return None
    place = places["name"]
    name = cells[place] if place is not None and place < len(cells) and cells[place] else "sample"
    at = places["reported"]
    unit = re.search(r"\(([^)]*)", head[at]) if at is not None else None
    factor = _UG_PER_ML.get(re.sub("[µμ]", "u", unit[1].strip().lower()) if unit else "")
    reported = reported * factor if reported is not None and factor else None
    return Sample(name, absorbances, 0.0, reported, ratio, number("ratio_230"), number("factor"))


def _named_apart(samples: Sequence[Sample]) -> list[Sample]:
    """The samples, a number behind a name that stands before."""
    seen: dict[str, int] = {}
    found = []
    for one in samples:
        seen[one.name] = seen.get(one.name, 0) + 1
        found.append(one if seen[one.name] == 1 else replace(one, name=f"{one.name} ({seen[one.name]})"))
    return found


def _of_spectrum(path: Path, spectrum: Spectrum, baseline_nm: float) -> Sample:
    if spectrum.x_unit != "nm":
        found = f"a spectrum over {spectrum.x_unit or 'no unit'}"
        raise UnreadableFile(
            path, found, "absorbance over wavelength in nm", f"give one of {FORMATS} of a UV-Vis instrument"
        )
    baseline = 0.0
    if baseline_nm and spectrum.x[0] <= _NUCLEIC_NM and spectrum.x[0] <= baseline_nm <= spectrum.x[-1]:
        baseline = float(np.interp(baseline_nm, spectrum.x, spectrum.bands))
    return Sample(spectrum.name, {}, baseline, spectrum=spectrum)
