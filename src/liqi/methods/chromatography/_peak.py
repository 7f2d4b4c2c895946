"""A peak as it was integrated: its rules, so that a person can see and move them, and the figures of USP <621>."""

from dataclasses import dataclass
from typing import Any

DROP, FIT, ALONE, VALLEY, SKIM = "drop", "fit", "none", "valley", "skim"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a peak was cut out: ends in minutes, the baseline there, what ends it (``B`` line, ``V`` valley, ``T``).

    ``T`` is a tangent. `split` says how it was parted from its neighbours: ``none``, ``drop`` (perpendicular), ``fit``,
    ``valley``, a line of its own from valley to valley, or ``skim``, the tangent below a rider, whose rest the large
    peak keeps.
    """

    start_min: float
    end_min: float
    base_start: float
    base_end: float
    start_kind: str = "B"
    end_kind: str = "B"
    split: str = ALONE
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class Peak:
    """An integrated peak; areas in the trace's unit times seconds, times and widths in minutes.

    `area` is the one that counts, with its standard uncertainty; `area_drop` and `area_fit` are those of both ways
    where both were tried. What cannot be measured is None.
    """

    number: int
    time_min: float
    height: float
    area: float
    u_area: float
    u_time_min: float
    rules: Rules
    width_min: float | None
    area_drop: float
    area_fit: float | None = None
    symmetry: float | None = None
    plates: float | None = None
    resolution: float | None = None
    signal_to_noise: float | None = None
    retention_factor: float | None = None
    peak_to_valley: float | None = None
    area_percent: float = 0.0
    name: str = ""

    @property
    def label(self) -> str:
        """The name that a person gave, else the retention time."""
        return self.name or f"{self.time_min:.3f} min"

    def as_edit(self) -> dict[str, Any]:
        """Return the peak's rules as an edit that gives the same peak again."""
        rules = self.rules
        told: dict[str, Any] = {"peak": round(self.time_min, 5), "start": rules.start_min, "end": rules.end_min}
        told |= {"base_start": rules.base_start, "base_end": rules.base_end, "split": rules.split}
        return told | ({"name": self.name} if self.name else {})
