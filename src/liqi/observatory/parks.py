"""The workspace of a park: alliance, fund, projects and milestones on one page, its offers and its tenants."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liqi.insight import funding, portfolio, targets
from liqi.observatory.models import Park, ParkEntry, Project, Target


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone, and how long after the first one it came."""

    entry: ParkEntry
    since_first: targets.Span | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """A project of the park and the part of its fields that lies inside the focus."""

    project: Project
    fit: float | None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything of a park."""

    park: Park
    focus: tuple[str, ...]
    alliance: dict[str, list[ParkEntry]]
    """The work of the alliance by its five functions."""
    funds: list[ParkEntry]
    services: list[ParkEntry]
    assets: list[ParkEntry]
    tenants: list[ParkEntry]
    milestones: list[Step]
    help: list[ParkEntry]
    help_mix: dict[str, float]
    """Share of each kind of help: by its amount where every one of them says one in the same unit, else by count."""
    help_by: str
    projects: list[Applicant]
    signed: int
    targets: list[Target]
    tenants_per_km2: float | None
    as_of: date


def read(park: Park, *, on: date) -> Workspace:
    """The park as it stands on record."""
    entries = list(ParkEntry.objects.there().filter(park=park).order_by("on", "pk"))
    kinds = {kind: [one for one in entries if one.kind == kind] for kind in ParkEntry.Kind.values}
    focus = tuple(part.strip() for part in park.focus.replace("；", ";").split(";") if part.strip())
    projects = list(Project.objects.there().filter(park=park).select_related("firm"))
    days = [one for one in kinds["milestone"] if one.on is not None]
    first = days[0].on if days else None
    count = _count(kinds["tenant"])
    mix, by = _help(kinds["help"])
    return Workspace(
        park=park,
        focus=focus,
        alliance={
            function: [one for one in kinds["alliance"] if one.function == function]
            for function in ParkEntry.Function.values
        },
        funds=kinds["fund"],
        services=kinds["service"],
        assets=kinds["asset"],
        tenants=kinds["tenant"],
        milestones=[Step(one, targets.span(first, one.on) if first and one.on else None) for one in days],
        help=kinds["help"],
        help_mix=mix,
        help_by=by,
        projects=[Applicant(one, portfolio.fit(fields_of(one), focus) if focus else None) for one in projects],
        signed=sum(one.state in ("signed", "settled") for one in projects),
        targets=list(Target.objects.there().filter(park=park)),
        tenants_per_km2=targets.density(count, float(park.area_km2)) if park.area_km2 and kinds["tenant"] else None,
        as_of=on,
    )


def fields_of(project: Project) -> list[str]:
    """The fields of a project, one by one."""
    return [part.strip() for part in project.fields.replace("；", ";").split(";") if part.strip()]


def _count(tenants: list[ParkEntry]) -> float:
    """How many tenants the entries stand for: an amount where one is given, else one each."""
    return float(sum((one.amount if one.amount is not None else Decimal(1) for one in tenants), Decimal(0)))


def _help(entries: list[ParkEntry]) -> tuple[dict[str, float], str]:
    sums: dict[str, float] = {}
    by_amount = bool(entries) and all(one.amount is not None for one in entries) and len({e.unit for e in entries}) == 1
    for one in entries:
        sums[one.title] = sums.get(one.title, 0.0) + (float(one.amount or 0) if by_amount else 1.0)
    return funding.mix(sums), "amount" if by_amount else "count"
