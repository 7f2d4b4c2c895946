"""Pairs: what the chain would gain by a facility that it lacks, or by a partner that is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from liqi.insight.chain._matrix import CLASSES, STAGES, Place

WHOLE = len(CLASSES) * len(STAGES)


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more class or partner adds: classes and cells of the grid covered, before and after, as shares."""

    of: str
    classes_before: float
    classes_after: float
    cells_before: float
    cells_after: float
    fills: tuple[tuple[str, str], ...] = ()
    """The gaps that it fills."""

    @property
    def cells_gained(self) -> int:
        """How many gaps it fills."""
        return len(self.fills)


def class_gains(own: Sequence[Place]) -> list[Gain]:
    """For each class that is missing, what one facility of it at every stage would add."""
    missing = [name for name in CLASSES if name not in {cell[0] for place in own for cell in place.cells}]
    return [_gain(own, Place(name, name, frozenset(STAGES))) for name in missing]


def partner_gains(own: Sequence[Place], candidates: Sequence[Place]) -> list[Gain]:
    """What each candidate would add to these facilities, the best first; those that add nothing are left out."""
    gains = [_gain(own, candidate) for candidate in candidates if candidate.id not in {place.id for place in own}]
    return sorted((gain for gain in gains if gain.fills), key=lambda gain: (-gain.cells_gained, gain.of))


def _gain(own: Sequence[Place], more: Place) -> Gain:
    before = {cell for place in own for cell in place.cells}
    after = before | more.cells
    return Gain(
        of=more.id,
        classes_before=len({cell[0] for cell in before}) / len(CLASSES),
        classes_after=len({cell[0] for cell in after}) / len(CLASSES),
        cells_before=len(before) / WHOLE,
        cells_after=len(after) / WHOLE,
        fills=tuple((name, stage) for name in CLASSES for stage in STAGES if (name, stage) in after - before),
    )
