"""What is missing: classes that peers have, cells of the chain that no facility fills, and where they are filled."""

from dataclasses import dataclass

import polars as pl

from liqi import taxonomy
from liqi.observatory.question import _places
from liqi.observatory.question._asked import Asked
from liqi.observatory.question._places import Near
from liqi.observatory.snapshot import TIMES


@dataclass(frozen=True, slots=True)
class Gap:
    """A class without an instrument here: which of the peers have it, and the nearest towns that do."""

    code: str
    peers: tuple[tuple[str, int], ...]
    """Peers that have it, each with its number of instruments, fullest first."""
    near: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the chain: facilities of a class that serve a stage, here, and peers that have at least one."""

    facility_class: str
    stage: str
    facilities: int
    peers: int


@dataclass(frozen=True, slots=True)
class Missing:
    """The gaps of the class and of the chain, with the peers that they were held against."""

    peers: tuple[str, ...]
    unit: str
    gaps: tuple[Gap, ...]
    classes: int
    """Classes that were looked at."""
    cells: tuple[Cell, ...]
    facilities: int

    @property
    def holes(self) -> tuple[Cell, ...]:
        """The cells that no facility fills, those that most peers fill first."""
        return tuple(sorted((one for one in self.cells if not one.facilities), key=lambda one: -one.peers))


def find(everything: pl.DataFrame, subject: pl.DataFrame, places: pl.DataFrame, asked: Asked) -> Missing:
    """What of the class, and of the chain, this place lacks and its peers have; both tables are gathered ones."""
    peers, unit = _places.peers(everything, asked.place), _places.unit(asked.place)
    around = subject.filter(pl.col(unit).is_in(list(peers)))
    here = set(subject.filter(_places.standing_in(asked.place))["class_code"].drop_nulls())
    gaps = [_gap(code, around, subject, asked, unit) for code in asked.children if not _has(here, code)]
    return Missing(
        peers=peers,
        unit=unit,
        gaps=tuple(sorted(gaps, key=lambda one: (-len(one.peers), one.code))),
        classes=len(asked.children),
        cells=_cells(places, asked, peers, unit),
        facilities=places.filter(_places.standing_in(asked.place)).height,
    )


def _has(codes: set[str], code: str) -> bool:
    prefix = taxonomy.class_prefix(code) if code else ""
    return any(one.startswith(prefix) for one in codes)


def _gap(code: str, around: pl.DataFrame, subject: pl.DataFrame, asked: Asked, unit: str) -> Gap:
    inside = pl.col("class_code").str.starts_with(taxonomy.class_prefix(code)) if code else pl.lit(True)
    held = (
        around.filter(inside)
        .group_by(unit)
        .agg(pl.col(TIMES).sum().alias("len"))
        .sort(["len", unit], descending=[True, False])
    )
    near = _places.nearest(subject.filter(inside), asked.place) if subject.height else ()
    return Gap(code, tuple((str(name), int(n)) for name, n in held.iter_rows()), near)


def _cells(places: pl.DataFrame, asked: Asked, peers: tuple[str, ...], unit: str) -> tuple[Cell, ...]:
    own = places.filter(_places.standing_in(asked.place))
    theirs = places.filter(pl.col(unit).is_in(list(peers)))
    found = []
    for kind in taxonomy.FACILITY_CLASSES:
        for stage in taxonomy.STAGES:
            filled = (pl.col("class") == kind) & pl.col(stage)
            found.append(
                Cell(kind, stage, own.filter(filled).height, theirs.filter(filled)[unit].drop_nulls().n_unique())
            )
    return tuple(found)
