"""A capillary run: called bases with their qualities and places, and the signal of each dye over the scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
BASES = "ACGT"
_COMPLEMENT = str.maketrans("ACGTUMRWSYKVHDBNacgtumrwsykvhdbn", "TGCAAKYWSRMBDHVNtgcaakywsrmbdhvn")
IUPAC = {
    "AG": "R", "CT": "Y", "CG": "S", "AT": "W", "GT": "K", "AC": "M",
}  # fmt: skip
"""The letter of two bases at one place (IUPAC-IUB, Nucleic Acids Res. 13:3021, 1985)."""


@dataclass(frozen=True, slots=True)
class Dye:
    """One dye of a fragment run: its name, its wavelength in nm where told, and its signal over the scans."""

    name: str
    wavelength_nm: int | None
    signal: Floats


@dataclass(frozen=True, slots=True)
class Trace:
    """What a sequencer wrote of one capillary; `quality` is phred, `places` are scans, `signals` one a base letter."""

    path: Path
    format: str
    name: str
    bases: str
    quality: Whole
    places: Whole
    signals: Mapping[str, Floats]
    dyes: Sequence[Dye] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    signal_strength: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.bases)


def reverse_complement(bases: str) -> str:
    """Return the other strand, read in its own direction.

    >>> reverse_complement("GATTYN")
    'NRAATC'
    """
    return bases.translate(_COMPLEMENT)[::-1]
