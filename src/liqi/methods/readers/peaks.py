"""A plain list of peaks: two columns, m/z and intensity, with or without a header; one spectrum a file."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from liqi.methods.readers._commas import with_points
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._lines import MOST_LINES, lines_of
from liqi.methods.readers._run import Run, Spectrum, in_order

_VOLTAGE = re.compile(r"(?<!\d)(\d{1,3})\s*V(?![a-z])", re.IGNORECASE)
_COLUMNS = re.compile(r"[,;\s]+")
_BETWEEN = re.compile(r"[;\s]+")


def read(path: Path) -> Run:
    """Return a run of one spectrum; a voltage in the name (`sample_30V.csv`) is its collision energy."""
    return Run(path, "peaks", False, 1, partial(_spectra, path))


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    pairs: list[tuple[float, float]] = []
    first = True
    for number, line in enumerate(_pointed(list(islice(lines_of(path, damage), MOST_LINES))), 1):
        if not line.strip() or line.lstrip().startswith("#"):
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


def _pointed(lines: list[str]) -> list[str]:
    """Return the lines with points for commas where something else stands between the columns of every row.

    >>> _pointed(["m/z;int.", "100,5;10", "150;20,5"]), _pointed(["100,10"])
    (['m/z;int.', '100.5;10', '150;20.5'], ['100,10'])
    """
    rows = [place for place, line in enumerate(lines) if line.strip()[:1].isdecimal()]
    if not all(len(_BETWEEN.split(lines[place].strip())) > 1 for place in rows):
        return lines
    pointed = with_points([lines[place] for place in rows])
    for place, line in zip(rows, pointed or (), strict=False):
        lines[place] = line
    return lines
