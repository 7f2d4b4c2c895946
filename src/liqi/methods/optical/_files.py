"""Any optical instrument's file as spectra, judged by content."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._allotrope import read_asm
from liqi.methods.optical._labspec import read_labspec
from liqi.methods.optical._opus import read_opus
from liqi.methods.optical._spa import read_spa
from liqi.methods.optical._spc import read_spc
from liqi.methods.optical._spectrum import Spectrum, in_order, in_usual_unit, technique_of, x_unit_of, y_unit_of
from liqi.methods.optical._text import read_text
from liqi.methods.optical._wdf import read_wdf
from liqi.methods.readers import sniff
from liqi.methods.readers.jcamp import Block, Series, read_blocks

FORMATS = "JCAMP-DX, SPC, OPUS, WDF, SPA, SPG, LabSpec 6, ASM JSON, or text of two columns"
KINDS = ("jcamp", "spc", "opus", "wdf", "spa", "labspec", "asm", "spectrum", "peaks", "table")
_READERS: Mapping[str, Callable[[Path], list[Spectrum]]] = {
    "spc": read_spc, "opus": read_opus, "wdf": read_wdf, "spa": read_spa, "labspec": read_labspec,
    "asm": read_asm, "spectrum": read_text, "peaks": read_text, "table": read_text, "trace": read_text,
}  # fmt: skip
_FACTS = (
    "DATATYPE",
    "ORIGIN",
    "SPECTROMETER/DATASYSTEM",
    "SPECTROMETERDATASYSTEM",
    "STATE",
    "PATHLENGTH",
    "RESOLUTION",
)


def read_spectra(path: str | Path) -> list[Spectrum]:
    """Return every spectrum of a file; raise `UnreadableFile` where it holds none."""
    path = Path(path)
    kind = sniff(path, FORMATS)
    if kind == "jcamp":
        return _of_jcamp(path)
    if kind not in _READERS:
        raise UnreadableFile(path, f"a {kind} file", FORMATS, "export the spectrum as one of these")
    found = [one for one in _READERS[kind](path) if len(one) > 1]
    if not found:
        raise UnreadableFile(path, "no point of a spectrum", FORMATS, "export it from the instrument again")
    return found


def read_spectrum(path: str | Path, number: int = 1) -> Spectrum:
    """Return the spectrum with this number, counted from 1."""
    found = read_spectra(path)
    if number > len(found):
        raise UnreadableFile(path, f"{len(found)} spectra", f"one with the number {number}", "choose a smaller number")
    return found[number - 1]


def _of_jcamp(path: Path) -> list[Spectrum]:
    found = []
    for block in read_blocks(path):
        for series in block.series:
            if not series.peaks:
                found.append(_optical(path, block, series))
    if not found:
        raise UnreadableFile(path, "lists of peaks only", "a spectrum", "give the file of the whole spectrum")
    return [one for one in found if len(one) > 1]


def _optical(path: Path, block: Block, series: Series) -> Spectrum:
    raw, x_unit = in_usual_unit(np.asarray(series.x), x_unit_of(series.x_unit))
    x, y = in_order(raw, np.asarray(series.y))
    y_unit = y_unit_of(series.y_unit)
    said = block.data_type
    if "RAMAN" in said:
        x_unit, y_unit = x_unit or "cm-1", y_unit or "counts"
    technique = technique_of(x, x_unit, y_unit, said)
    if any(word in said for word in ("NMR", "MASS", "EPR", "MOBILITY")):
        technique = "other"
    facts = {key.lower(): block.facts[key][:200] for key in _FACTS if block.facts.get(key)}
    return Spectrum(
        path, block.title.split("\n")[0].strip() or path.stem, x, y, x_unit, y_unit or "counts", technique, "JCAMP-DX",
        facts, tuple(block.notices),
    )  # fmt: skip
