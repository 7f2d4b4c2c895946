"""ANDI/MS (ASTM E1947, E2077; netCDF classic): the run that most GC-MS programs export."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._netcdf import NetCdf
from liqi.methods.readers._run import Array, Run, Spectrum, in_order
from liqi.methods.readers._sniff import unpacked_badly
from liqi.methods.readers._streams import open_bytes

_NEEDED = ("scan_index", "mass_values", "intensity_values")
_MOST_BYTES = 1 << 31
_MINUTE_S = 60.0


def read(path: Path) -> Run:
    """Return an ANDI/MS run; a netCDF file that holds no mass spectra raises `UnreadableFile`."""
    file = opened(path)
    missing = [name for name in _NEEDED if not file.has_numbers(name)]
    if missing:
        found = f"a netCDF file without {missing[0]}"
        raise UnreadableFile(path, found, "an ANDI/MS run", "export it as ANDI mass spectrometry data")
    return Run(path, "andi", True, file.announced("scan_index"), partial(_spectra, path))


def opened(path: Path) -> NetCdf:
    """Return the netCDF classic file at this path, gzip unpacked, or raise `UnreadableFile`."""
    try:
        with open_bytes(path) as stream:
            data = stream.read(_MOST_BYTES)
    except (OSError, EOFError, ValueError) as problem:
        raise unpacked_badly(path, problem) from None
    try:
        return NetCdf(data)
    except ValueError as problem:
        raise UnreadableFile(path, str(problem), "a whole ANDI/MS file", "copy or export it again") from None


def _spectra(path: Path, damage: Damage) -> Iterator[Spectrum]:
    file = opened(path)
    masses, strengths = _scaled(file, "mass_values"), _scaled(file, "intensity_values")
    starts = file.numbers("scan_index").astype(np.int64)
    counts = _counts(file, starts, file.announced("mass_values") or masses.size)
    times = _times(file)
    ion = str(file.attributes.get("test_ionization_polarity", "")).lower()
    polarity = "positive" if ion.startswith("pos") else "negative" if ion.startswith("neg") else None
    kind = str(file.attributes.get("experiment_type", "")).lower()
    centroid = False if "continuum" in kind or "profile" in kind else True if "centroid" in kind else None
    if file.announced("scan_index") > starts.size:
        damage.stop("a file that ends in the middle")
    for number, (start, count) in enumerate(zip(starts.tolist(), counts.tolist(), strict=False)):
        stop = start + count
        if start < 0 or count < 0 or stop > min(masses.size, strengths.size):
            damage.leave_out(f"scan {number}", f"its peaks {start} to {stop} are not in the file")
            continue
        spectrum = Spectrum(
            *in_order(masses[start:stop], strengths[start:stop], damage), ms_level=1, id=f"scan={number}"
        )
        if number < times.size and 0 <= times[number] < 1e9:
            spectrum.retention_time_s = float(times[number])
        spectrum.polarity, spectrum.centroid = polarity, centroid
        yield spectrum


def _times(file: NetCdf) -> Array:
    """Return the times in seconds, as the standard has them unless a unit says minutes."""
    if not file.has_numbers("scan_acquisition_time"):
        return np.empty(0)
    unit = str(file.variables["scan_acquisition_time"].attributes.get("units", ""))
    return _scaled(file, "scan_acquisition_time") * (_MINUTE_S if unit.lower().startswith("min") else 1.0)


def _counts(file: NetCdf, starts: np.ndarray[Any, Any], total: int) -> np.ndarray[Any, Any]:
    if file.has_numbers("point_count"):
        return file.numbers("point_count").astype(np.int64)
    return np.diff(starts, append=total)


def _scaled(file: NetCdf, name: str) -> Array:
    with np.errstate(invalid="ignore", over="ignore"):
        numbers = np.array(file.numbers(name), dtype=np.float64)
        attributes = file.variables[name].attributes
        factor, offset = _number(attributes.get("scale_factor"), 1.0), _number(attributes.get("add_offset"), 0.0)
        return numbers if (factor, offset) == (1.0, 0.0) else np.asarray(numbers * factor + offset)


def _number(attribute: Any, default: float) -> float:
    if not isinstance(attribute, np.ndarray) or not attribute.size:
        return default
    number = float(attribute[0])
    return number if np.isfinite(number) and (number or not default) else default
