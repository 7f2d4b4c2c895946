"""From an empty cell of the chain to what fills it: facilities near by, firms, projects, and rules that pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from liqi import policy, taxonomy
from liqi.insight.chain import advise
from liqi.observatory import policies, snapshot
from liqi.observatory.models import Firm, Project, Snapshot
from liqi.observatory.population import Population, choose
from liqi.observatory.spots import Spot, find

RINGS_KM = (50.0, 150.0)
"""Near, and within an hour or two by rail; both are named by the question that a planner asks."""
NEAREST = 10
"""Facilities and firms that are named of each ring."""
PAYS = {
    "research": ("r&d-grant", "milestone-award", "tax", "sharing-subsidy", "procurement-review"),
    "transformation": ("pilot-platform", "park-support", "r&d-grant", "milestone-award", "loan-subsidy"),
    "support": ("sharing-subsidy", "voucher", "voucher-eligibility", "tax", "procurement-review"),
}
"""Kinds of rules that pay for, or are asked about, a facility of each class."""
SELLS = ("first-set", "loan-subsidy", "recognition")
"""Kinds of rules that help at industrialisation."""


@dataclass(frozen=True, slots=True)
class Filler:
    """A facility that serves this class and stage, and how far it is."""

    id: str
    name: str
    name_en: str
    kind: str
    field: str
    country: str
    city: str
    km: float | None
    same_field: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class NearFirm:
    """A firm within the outer ring."""

    firm: Firm
    km: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The cell, the spot it is asked from, and all that could fill it."""

    field: str
    facility_class: str
    stage: str
    here: int
    """Facilities that fill the cell in the population asked for: 0 is a gap."""
    spot: Spot | None
    rings: tuple[tuple[float, tuple[Filler, ...], int], ...]
    """Up to which distance, the nearest there, and how many there are."""
    farther: tuple[Filler, ...]
    """Beyond the rings or without a point, nearest first."""
    firms: tuple[NearFirm, ...]
    projects: tuple[Project, ...]
    rules: tuple[policy.Verdict, ...]
    kinds: tuple[str, ...]
    """Kinds of facility of this class."""
    population: Population
    taken: Snapshot
    as_of: date


def read(
    *, now: datetime, facility_class: str, stage: str, field: str = "", country: str = "", province: str = "",
    place: str = "", language: str = "",
) -> Gap:  # fmt: skip
    """What fills this cell around the place named (else around the province asked for)."""
    taken = snapshot.current(now=now)
    everywhere = snapshot.facilities(taken)
    population, own = choose(everywhere, country, province)
    spot = find(place, population.country) or find(population.province)
    fits = everywhere.filter((pl.col("class") == facility_class) & pl.col(stage))
    fillers = _fillers(fits, field, spot)
    rings = _rings(fillers)
    near = {filler.id for _, ring, _ in rings for filler in ring}
    mine = own.filter((pl.col("class") == facility_class) & pl.col(stage))
    return Gap(
        field=field,
        facility_class=facility_class,
        stage=stage,
        here=(mine.filter(pl.col("field") == field) if field else mine).height,
        spot=spot,
        rings=rings,
        farther=tuple(one for one in fillers if one.id not in near and _beyond(one))[:NEAREST],
        firms=_firms(spot),
        projects=_projects(stage),
        rules=_rules(facility_class, stage, (spot and spot.code) or population.province, now.date(), language),
        kinds=tuple(kind.code for kind in taxonomy.FACILITY_KINDS.values() if kind.facility_class == facility_class),
        population=population,
        taken=taken,
        as_of=taken.taken_at.date(),
    )


def _fillers(fits: pl.DataFrame, field: str, spot: Spot | None) -> list[Filler]:
    """Every facility that fits, those of the field first within a distance, nearest first."""
    found = [
        Filler(
            id=row["id"],
            name=row["name"],
            name_en=row["name_en"] or "",
            kind=row["kind"] or "",
            field=row["field"] or "",
            country=row["country"] or "",
            city=row["city"] or "",
            km=spot.km_to(row["latitude"], row["longitude"]) if spot else None,
            same_field=not field or row["field"] == field,
            synthetic=bool(row["synthetic"]),
        )
        for row in fits.iter_rows(named=True)
        if row["status"] != "closed"
    ]
    return sorted(found, key=lambda one: (not one.same_field, one.km is None, one.km or 0.0, one.id))


def _rings(fillers: Sequence[Filler]) -> tuple[tuple[float, tuple[Filler, ...], int], ...]:
    rings, inner = [], 0.0
    for outer in RINGS_KM:
        within = [one for one in fillers if one.km is not None and inner <= one.km < outer]
        rings.append((outer, tuple(within[:NEAREST]), len(within)))
        inner = outer
    return tuple(rings)


def _beyond(one: Filler) -> bool:
    return one.km is None or one.km >= RINGS_KM[-1]


def _firms(spot: Spot | None) -> tuple[NearFirm, ...]:
    """Firms on record whose city lies within the outer ring, nearest first."""
    if spot is None:
        return ()
    found = []
    for firm in Firm.objects.filter(withdrawn_at=None).exclude(city=""):
        seat = find(firm.city, firm.country)
        km = spot.km_to(*seat.point) if seat else None
        if km is not None and km < RINGS_KM[-1]:
            found.append(NearFirm(firm, km))
    return tuple(sorted(found, key=lambda one: (one.km, one.firm.name))[:NEAREST])


def _projects(stage: str) -> tuple[Project, ...]:
    """Projects that are at this stage by their readiness, and have not left."""
    levels = [level for level in range(1, 10) if advise(level).stage == stage]
    rows = Project.objects.filter(withdrawn_at=None, exit="", level__in=levels).select_related("firm", "park")
    return tuple(rows.order_by("-level", "name")[:NEAREST])


def _rules(facility_class: str, stage: str, place: str, on: date, language: str) -> tuple[policy.Verdict, ...]:
    """Rules in force there on that day that could pay; without a place those of the nation alone."""
    kinds = (*PAYS[facility_class], *(SELLS if stage == "industrialisation" else ()))
    verdicts = policy.verdicts({}, on=on, place=place or None, language=language, known=policies.in_use())
    there = [one for one in verdicts if one.in_force and one.here and one.rule.kind in kinds]
    return tuple(one for one in there if place or one.rule.place.code in ("", policy.NATION))
