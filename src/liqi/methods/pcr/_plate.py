"""What a real-time PCR run is: reactions with their curves, the samples and targets they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEGATIVE = ("ntc", "nac", "ntp", "nrt", "opt")
"""Sample types that are to show nothing, and optical calibrators (RDML 1.4, sampleTypeType)."""
NON_SATURATING, SATURATING = "non-saturating DNA binding dye", "saturating DNA binding dye"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One target measured in one well; `kind` is the sample type of RDML (``unkn``, ``std``, ``ntc`` ...)."""

    well: str
    sample: str
    target: str
    kind: str = "unkn"
    quantity: float | None = None
    quantity_unit: str = ""
    volume_ul: float | None = None
    excluded: str = ""
    machine_cq: float | None = None
    double_stranded: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What is amplified: its kind (``toi`` of interest, ``ref`` reference), dye, primers, amplicon as far as told."""

    name: str
    kind: str = "toi"
    dye: str = ""
    chemistry: str = NON_SATURATING
    dye_nm: float | None = None
    copy_factor: float | None = None
    primer_nm: float | None = None
    amplicon_length: int | None = None
    has_sequences: bool = False
    melting_temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """Melting curves of the reactions of a run: fluorescence (reactions, temperatures), NaN where nothing was read."""

    temperature_c: Floats
    fluorescence: Floats


@dataclass(frozen=True, slots=True)
class PlateRun:
    """A plate cycled once: reactions, their fluorescence (reactions, cycles), NaN where nothing was read."""

    experiment: str
    name: str
    reactions: Sequence[Reaction]
    cycles: Floats
    fluorescence: Floats
    facts: Mapping[str, str] = field(default_factory=dict)
    melting: Curves | None = None

    def __len__(self) -> int:
        return len(self.reactions)


@dataclass(frozen=True, slots=True)
class Plates:
    """Every run of a file with the targets that are told of; `format` is said to people."""

    format: str
    runs: Sequence[PlateRun]
    targets: Mapping[str, Target]
    facts: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()

    def target(self, name: str) -> Target:
        """Return what is told of a target; one that nothing is told of has the usual values."""
        return self.targets.get(name, Target(name))
