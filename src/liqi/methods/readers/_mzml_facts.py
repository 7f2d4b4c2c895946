"""What the parameters of an mzML spectrum mean (PSI-MS controlled vocabulary, accessions as keys)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from liqi.methods.readers._arrays import PACKINGS, PLAIN, TYPES
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._run import Array, Spectrum, in_order

_MOBILITY = {"MS:1003006", "MS:1002816", "MS:1002893", "MS:1003007", "MS:1003008", "MS:1002477", "MS:1003153",
             "MS:1003154", "MS:1003155", "MS:1003156", "MS:1003157", "MS:1003158"}  # fmt: skip
_ONE_MOBILITY = (b"MS:1002815", b"MS:1002476", b"MS:1001581")
_ENERGIES = (b"MS:1000045", b"MS:1000138")
_FACTOR = {b"UO:0000010": 1.0, b"UO:0000028": 0.001, b"MS:1000039": 1.0}
_MINUTE = 60.0
_NONE: Array = np.empty(0)
_OTHER_PACKINGS = {
    "MS:1003088", "MS:1003089", "MS:1003090", "MS:1003780", "MS:1003781", "MS:1003782", "MS:1003783", "MS:1003784",
    "MS:1003785",
}  # fmt: skip


class ArrayKind(NamedTuple):
    """What an array holds (empty where it is of no use), how it is packed, its numpy type."""

    name: str
    packing: str
    type: str


def kind_of_array(accessions: set[str]) -> ArrayKind:
    """Return the kind that the parameters of a binary array tell."""
    name = "mz" if "MS:1000514" in accessions else "intensity" if "MS:1000515" in accessions else ""
    if not name and accessions & _MOBILITY:
        name = "mobility"
    packing = next(iter(PACKINGS & accessions), PLAIN)
    if name and (strange := _OTHER_PACKINGS & accessions):
        packing = strange.pop()
    return ArrayKind(name, packing, next((TYPES[one] for one in TYPES if one in accessions), "<f8"))


def spectrum_of(
    name: bytes,
    announced: int,
    facts: Mapping[bytes, bytes],
    time_unit: bytes,
    numbers: Mapping[str, Array],
    damage: Damage,
) -> Spectrum:
    """Return the spectrum that parameters and arrays make; arrays of different lengths raise `ValueError`."""
    mz, intensity = numbers.get("mz", _NONE), numbers.get("intensity", _NONE)
    level = _level(facts)
    if not level and not mz.size:
        intensity = _NONE  # of light: over wavelengths, not over m/z
    elif mz.size != intensity.size or (mz.size != announced and _of_other_width(mz.size, announced)):
        raise ValueError(f"{mz.size} m/z and {intensity.size} intensities, {announced} announced")
    elif mz.size < announced:
        damage.miss_peaks()
    mobility = numbers.get("mobility")
    if mobility is not None and mobility.size != mz.size:
        raise ValueError(f"{mz.size} m/z and {mobility.size} mobilities, {announced} announced")
    ordered = in_order(mz, intensity, damage)
    spectrum = Spectrum(*ordered, ms_level=level, id=name.decode("utf-8", "replace"))
    if mobility is not None:
        spectrum.mobility = _beside(mobility, mz, intensity, ordered[0].size)
    time = facts.get(b"MS:1000016")
    if time:
        spectrum.retention_time_s = float(time) * _FACTOR.get(time_unit, _MINUTE)
    if b"MS:1000130" in facts:
        spectrum.polarity = "positive"
    elif b"MS:1000129" in facts:
        spectrum.polarity = "negative"
    spectrum.centroid = True if b"MS:1000127" in facts else False if b"MS:1000128" in facts else None
    for accession in _ONE_MOBILITY:
        if accession in facts:
            spectrum.ion_mobility = float(facts[accession])
    if spectrum.ms_level > 1:
        _take_precursor(spectrum, facts)
    return spectrum


def _of_other_width(count: int, announced: int) -> bool:
    """Whether numbers of 32 bits seem to have been read as of 64, or the other way round."""
    return count > 0 and count in (2 * announced, announced / 2)


def _level(facts: Mapping[bytes, bytes]) -> int:
    """Return the MS level; 0 where the spectrum is one of light."""
    level = facts.get(b"MS:1000511")
    if level:
        return int(level)
    return 0 if b"MS:1000804" in facts or b"MS:1000806" in facts else 2 if b"MS:1000580" in facts else 1


def _take_precursor(spectrum: Spectrum, facts: Mapping[bytes, bytes]) -> None:
    selected = facts.get(b"MS:1000744") or facts.get(b"MS:1000040")  # the latter before mzML 1.1
    target = facts.get(b"MS:1000827")
    spectrum.precursor_mz = _positive(selected) or _positive(target)
    spectrum.precursor_intensity = _positive(facts.get(b"MS:1000042"))
    charge = facts.get(b"MS:1000041")
    spectrum.charge = (int(charge) or None) if charge else None
    if target is not None:
        centre = float(target)
        below, above = float(facts.get(b"MS:1000828") or 0), float(facts.get(b"MS:1000829") or 0)
        spectrum.isolation_window = (centre - below, centre + above)
    for accession in _ENERGIES:
        if facts.get(accession):
            spectrum.collision_energy = f"{float(facts[accession]):g}"
            break


def _positive(number: bytes | None) -> float | None:
    value = float(number) if number else 0.0
    return value if 0 < value < float("inf") else None


def _beside(mobility: Array, mz: Array, intensity: Array, kept: int) -> Array:
    """Return the mobilities in the order that `in_order` gave the peaks."""
    if kept == mz.size and (kept < 2 or (mz[1:] >= mz[:-1]).all()):
        return mobility.astype("f8")
    numbered, places = in_order(mz, np.where(np.isfinite(intensity), np.arange(mz.size), np.nan))
    return np.asarray(mobility[places.astype(np.int64)], dtype=np.float64)[: numbered.size]
