"""Collision energies as laboratories write them, read as electronvolts."""

import math
import re
from functools import lru_cache

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NO_ENERGY = ("kv", "scaled", "units", "argon")
_NORMALISED = ("nominal", "%", "nce", "hcd")
_ORBITRAP = ("QFT", "ITFT", "ORBITRAP", "EXACTIVE")
_BEAM = ("TOF", "QQ")
REFERENCE_MZ = 500.0
"""Normalised collision energy is that of an ion of m/z 500: eV = NCE x (m/z) / 500 (Thermo Fisher)."""


@lru_cache(maxsize=65_536)
def electronvolts(text: str, instrument: str, precursor_mz: float) -> tuple[float, float]:
    """Return two readings in eV: they differ where a bare number may be volts or normalised; NaN if not told.

    >>> electronvolts("30 % (nominal)", "", 250.0)
    (15.0, 15.0)
    >>> electronvolts("20", "", 250.0)
    (20.0, 10.0)
    """
    words = text.lower()
    numbers = [float(number.replace(",", ".")) for number in _NUMBER.findall(words)]
    if not numbers or not max(numbers) or any(word in words for word in _NO_ENERGY):
        return math.nan, math.nan
    ramp = "ramp" in words or "-" in words or "/" in words or "step" in words
    value = sum(numbers[:3]) / len(numbers[:3]) if ramp else numbers[0]
    normalised = value * precursor_mz / REFERENCE_MZ
    if any(word in words for word in _NORMALISED):
        return normalised, normalised
    kind = instrument.upper()
    if "v" in words or any(word in kind for word in _BEAM):
        return value, value
    return (normalised, normalised) if any(word in kind for word in _ORBITRAP) else (value, normalised)
