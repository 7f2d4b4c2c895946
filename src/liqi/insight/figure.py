"""Figures: a number that carries what a reader needs to check it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

NONE_RECORDED = "none recorded"
"""The note of a figure with no rows behind it: not zero, and not the same as unknown."""

NOT_KNOWN = "not known"
"""The note of a figure whose rows are there but say nothing about what is asked."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its unit, date, source rows, missing share, formula and lens."""

    name: str
    value: float | None
    """None where nothing is recorded or known; `note` says which."""
    unit: str
    rows: int
    """Source rows looked at, those that say nothing included."""
    missing: float
    """Share (0 to 1) of the rows that do not say what the formula needs; 0 when there are no rows."""
    formula: str
    lens: str = ""
    as_of: date | None = None
    group: Mapping[str, str | None] = field(default_factory=dict)
    """The columns the table was split by, and this figure's value in each; None is a blank."""
    counts: Mapping[str, float] = field(default_factory=dict)
    """The numbers that the formula was fed."""
    row_ids: tuple[str, ...] = ()
    """The ids of the rows behind the figure, in the table's order."""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """What one entry of `values` holds in the answer of `liqi indicator`."""
        return {
            **self.group,
            "value": self.value,
            "rows": self.rows,
            "missing": self.missing,
            **({"counts": dict(self.counts)} if self.counts else {}),
            **({"note": self.note} if self.note else {}),
        }
