"""A plain list of peaks: two columns, m/z and intensity, with or without a header; one spectrum a file."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import lines_of
from liqi.methods.readers._run import Run, Spectrum, in_order

_VOLTAGE = re.compile(r"(?<!\d)(\d{1,3})\s*V(?![a-z])", re.IGNORECASE)
_COLUMNS = re.compile(r"[,;\s]+")


def read(path: Path) -> Run:
    """Return a run of one spectrum; a voltage in the name (`sample_30V.csv`) is its collision energy."""
    return Run(path, "peaks", False, 1, partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    pairs: list[tuple[float, float]] = []
    first = True
    for number, line in enumerate(lines_of(path, damage), 1):
        if not line.strip():
            continue
        try:
            mz, intensity = _COLUMNS.split(line.strip(), 2)[:2]
            pairs.append((float(mz), float(intensity)))
        except ValueError:
            if not first:
                damage.stop(f"a row {number} that is no peak")
        first = False
    if not pairs:
        damage.stop("no peak")
        return
    voltage = _VOLTAGE.search(path.stem)
    mzs, intensities = in_order([pair[0] for pair in pairs], [pair[1] for pair in pairs], damage)
    energy = voltage.group(1) if voltage else None
    yield Spectrum(mzs, intensities, ms_level=1, collision_energy=energy, centroid=True, name=path.stem)
