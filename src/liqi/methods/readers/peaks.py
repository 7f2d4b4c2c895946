"""A plain list of peaks: two columns, m/z and intensity, with or without a header; one spectrum a file."""

import re
from collections.abc import Iterator
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._run import Run, Spectrum, in_order
from liqi.methods.readers._sniff import text_of

_VOLTAGE = re.compile(r"(?<!\d)(\d{1,3})\s*V(?![a-z])", re.IGNORECASE)


def read(path: Path) -> Run:
    """Return a run of one spectrum; a voltage in the name (`sample_30V.csv`) is its collision energy."""
    rows = [re.split(r"[,;\s]+", line.strip()) for line in text_of(path).splitlines() if line.strip()]
    try:
        float(rows[0][0])
    except ValueError:
        rows = rows[1:]
    try:
        pairs = [(float(row[0]), float(row[1])) for row in rows]
    except (ValueError, IndexError):
        expected = "two numbers a row: m/z, intensity"
        raise UnreadableFile(path, "a row that is no peak", expected, "export the peak list again") from None
    if not pairs:
        raise UnreadableFile(path, "no peak", "rows of m/z and intensity", "export the peak list again")
    voltage = _VOLTAGE.search(path.stem)
    mz, intensity = in_order([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    energy = voltage.group(1) if voltage else None
    spectrum = Spectrum(mz, intensity, ms_level=1, collision_energy=energy, centroid=True, name=path.stem)

    def spectra() -> Iterator[Spectrum]:
        yield spectrum

    return Run(path, "peaks", False, 1, spectra)
