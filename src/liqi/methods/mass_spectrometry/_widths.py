"""Fragment tolerances as they are served: their kind, and the few widths that spectra are cleaned and indexed for."""

from liqi.methods.mass_spectrometry._cleaning import UNIT_FROM_DA

HIGH_WIDTH_DA, UNIT_WIDTH_DA = 0.02, 0.3
STEPS_DA = (HIGH_WIDTH_DA, 0.05, 0.1, UNIT_FROM_DA)
"""Fragment tolerances that high-resolution indexes are made for: a few serve every tolerance there may be."""


def kind_of(fragment_width: float) -> str:
    """Return `unit` for fragment tolerances from 0.2 Da, where only nominal masses can be compared, else `high`."""
    return "unit" if fragment_width >= UNIT_FROM_DA else "high"


def step_of(fragment_width: float) -> float:
    """Return the width in Da that spectra are cleaned with for this fragment tolerance: its own or the next wider.

    >>> [step_of(width) for width in (0.004, 0.02, 0.03, 0.19, 0.5)]
    [0.02, 0.02, 0.05, 0.2, 0.3]
    """
    if kind_of(fragment_width) == "unit":
        return UNIT_WIDTH_DA
    return next(step for step in STEPS_DA if fragment_width <= step)
