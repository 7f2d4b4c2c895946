"""Chain coverage: which of the 3 classes x 4 stages a field's facilities fill, and where the gaps are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi import taxonomy
from liqi.insight.figure import NONE_RECORDED, Figure

CLASSES = tuple(taxonomy.FACILITY_CLASSES)
STAGES = tuple(taxonomy.STAGES)


@dataclass(frozen=True, slots=True)
class Place:
    """One facility as the chain sees it: its class, the stages it serves, its field, where it is and its partners."""

    id: str
    facility_class: str
    stages: frozenset[str]
    field: str = ""
    kind: str = ""
    latitude: float | None = None
    longitude: float | None = None
    links: frozenset[str] = frozenset()
    """Ids of the facilities and firms that it works with."""

    @property
    def cells(self) -> frozenset[tuple[str, str]]:
        """The cells of the grid that it fills; none where its class or stages are not known."""
        known = self.facility_class in CLASSES
        return frozenset((self.facility_class, stage) for stage in STAGES if stage in self.stages and known)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A field's grid of counts; a cell that no facility fills is a gap."""

    field: str
    cells: Mapping[tuple[str, str], Figure]
    coverage: Figure
    classes_covered: Figure
    gaps: tuple[tuple[str, str], ...]
    without_stage: tuple[str, ...]
    """Facilities that say no stage or no class we know: in no cell, and not forgotten."""

    def count(self, facility_class: str, stage: str) -> int:
        """How many facilities fill this cell."""
        return self.cells[facility_class, stage].rows


def matrix(places: Sequence[Place], field: str = "") -> Matrix:
    """The grid of one field (or of everything, where `field` is empty) with its gaps and completeness."""
    own = [place for place in places if not field or place.field == field]
    filled: dict[tuple[str, str], list[str]] = {(c, s): [] for c in CLASSES for s in STAGES}
    lost = []
    for place in own:
        cells = [(place.facility_class, stage) for stage in STAGES if stage in place.stages]
        if not cells or place.facility_class not in CLASSES:
            lost.append(place.id)
            continue
        for cell in cells:
            filled[cell].append(place.id)
    missing = len(lost) / len(own) if own else 0.0
    gaps = tuple(cell for cell, ids in filled.items() if not ids)
    covered = {facility_class for (facility_class, _), ids in filled.items() if ids}
    return Matrix(
        field=field,
        cells={cell: _cell(cell, ids) for cell, ids in filled.items()},
        coverage=_part(
            "chain_coverage",
            len(filled) - len(gaps),
            len(filled),
            "cells with a facility / 12 cells",
            len(own),
            missing,
            field,
        ),
        classes_covered=_part(
            "classes_covered",
            len(covered),
            len(CLASSES),
            "classes with a facility / 3 classes",
            len(own),
            missing,
            field,
        ),
        gaps=gaps,
        without_stage=tuple(lost),
    )


def _cell(cell: tuple[str, str], ids: Sequence[str]) -> Figure:
    return Figure(
        name="facilities",
        value=float(len(ids)) if ids else None,
        unit="facilities",
        rows=len(ids),
        missing=0.0,
        formula="count of facilities of this class that serve this stage",
        group={"class": cell[0], "stage": cell[1]},
        row_ids=tuple(ids),
        note="" if ids else NONE_RECORDED,
    )


def _part(name: str, part: int, whole: int, formula: str, rows: int, missing: float, field: str) -> Figure:
    return Figure(
        name=name,
        value=part / whole if rows else None,
        unit="share",
        rows=rows,
        missing=missing,
        formula=formula,
        group={"field": field},
        counts={"filled": float(part), "of": float(whole)},
        note="" if rows else NONE_RECORDED,
    )
