"""A spectral library written for other programs: mzSpecLib, MSP or MGF."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.exports import mzspeclib, reference_lists
from liqi.methods.exports._entries import entries_of_library

if TYPE_CHECKING:
    from liqi.methods.mass_spectrometry import SpectralLibrary

FORMATS = ("mzspeclib", "msp", "mgf")


def write_library(library: "SpectralLibrary", form: str, out: str | Path) -> int:
    """Write every reference in this format and return how many; the file is whole or not there."""
    if form not in FORMATS:
        raise BadParameter("as", form, f"one of {', '.join(FORMATS)}")
    path = Path(out)
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_pieces(library, form))
        draft.replace(path)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "a file that can be written", "choose another name") from None
    finally:
        draft.unlink(missing_ok=True)
    return len(library.references)


def _pieces(library: "SpectralLibrary", form: str) -> Iterator[str]:
    entries = entries_of_library(library)
    if form == "mzspeclib":
        counts = library.info()
        told = f"{counts['spectra']} spectra of {counts['compounds']} compounds; each tells its own licence."
        return mzspeclib.lines(entries, library.name, told)
    return reference_lists.msp(entries) if form == "msp" else reference_lists.mgf(entries)
