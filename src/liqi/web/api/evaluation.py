"""/api/evaluation: units with their scores, instruments with hours and forms, the check before buying, the tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.evaluation import editions, form, given, purchase, scope, tally, totals, units, use
from liqi.access.evaluation.purchase import Wanted
from liqi.access.models import EvaluationEdition, GivenFigure
from liqi.catalogue.exchange.national.records import CLOCK
from liqi.catalogue.models import Institution, Instrument
from liqi.insight.evaluation import Score
from liqi.web.api import _cursor
from liqi.web.api._once import changes_nothing
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["evaluation"], auth=SIGNED_IN)
Year = Annotated[int, Query(ge=1990, le=2100)]
Basis = Literal["confirmed", "metered", "declared"]


class PartOf(Schema):
    """A part of a score: points of `most` (null: not known), its weight, what it adds, what it was fed."""

    name: str
    head: str
    points: Decimal | None
    most: Decimal
    weight: Decimal
    counted: Decimal | None
    fed: dict[str, Decimal | None]
    formula: str


class Scored(Schema):
    """A score between low and high; `grade` is empty while what is not known could change it."""

    low: Decimal
    high: Decimal
    grade: str
    unknown: list[str]
    parts: list[PartOf]


class UnitOf(Schema):
    """An institution in a year; ranks are among all that were evaluated."""

    institution: str
    name: str
    rank: int
    ranked: int
    instruments: int
    value_unknown: int
    missing: int
    mean_effective_h: Decimal | None
    mean_outside_h: Decimal | None
    utilisation_percent: Decimal | None
    sharing_percent: Decimal | None
    open_percent: Decimal | None
    score: Scored
    synthetic: bool


class Units(Schema):
    """The units that the person sees, best first, and the rule they were scored by."""

    year: int
    basis: str
    rule: str
    rule_since: date
    assumed: list[str]
    items: list[UnitOf]


class WhatIf(Schema):
    """Measures and numbers of the rule as they might be; nothing of it is kept."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    basis: Basis = "confirmed"
    measures: dict[str, Decimal] = {}
    numbers: dict[str, Decimal] = {}


class Supposed(Schema):
    """The unit as it stands and as it would stand."""

    before: UnitOf
    after: UnitOf


class Total(Schema):
    """Two totals that have to be one; `agrees` is null where there is nothing to compare."""

    name: str
    records: Decimal | None
    said: Decimal | None
    unit: str
    agrees: bool | None


class Used(Schema):
    """An instrument in a year; hours are null where nothing can be known."""

    key: str
    name: str
    institution: str | None
    value_cny: Decimal | None
    effective_h: Decimal | None
    outside_h: Decimal | None
    open: bool
    sessions: int
    sessions_not_confirmed: int
    benefit: Scored
    points: Scored
    synthetic: bool


class InstrumentsPage(Schema):
    """A page of instruments; `next` is the cursor of the page that follows."""

    items: list[Used]
    next: str | None


class LikeOf(Schema):
    """A like instrument near, and what it counts as."""

    key: str
    name: str
    km: Decimal | None
    effective_h: Decimal | None
    open: bool | None
    counts_as: Literal["spare", "full", "unknown", "unfit"]


class Checked(Schema):
    """The verdict on a purchase; `due` says whether the price asks for the check, null where none was given."""

    verdict: Literal["none near", "all are full", "time to spare", "cannot tell"]
    limit_h: Decimal
    due: bool | None
    source: str
    items: list[LikeOf]


class Give(Schema):
    """A figure that no record gives, with the reason: of an institution (judged points) or of an instrument."""

    institution: str = ""
    instrument: str = ""
    year: Annotated[int, Field(ge=1990, le=2100)]
    name: Annotated[str, Field(min_length=1, max_length=24)]
    value: Annotated[Decimal, Field(ge=0, le=1_000_000)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Given(Schema):
    """A figure that was given; it can be undone by number."""

    id: int
    year: int
    name: str
    value: Decimal
    reason: str
    at: datetime
    undone_at: datetime | None


class Table(Schema):
    """A table in force: its numbers by path, the document, what is assumed."""

    table: str
    since: date
    source: str
    note: str
    assumed: list[str]
    numbers: dict[str, Decimal]


class NewEdition(Schema):
    """Numbers by path that hold from a day on; those not named stay as they were."""

    since: date
    source: Annotated[str, Field(min_length=1, max_length=300)]
    note: Annotated[str, Field(max_length=500)] = ""
    numbers: dict[str, Decimal]


class EditionOf(Schema):
    """An edition that an operator dated; it can be withdrawn by number."""

    id: int
    table: str
    since: date
    source: str


@router.get("/units", response=Units, summary="Institutions with scores and ranks")
def read_units(request: HttpRequest, year: Year, basis: Basis = "confirmed") -> Any:
    """Those whose evaluation the person sees, by the national rule in force today."""
    mine = set(scope.institutions(signed_in(request)).values_list("pk", flat=True))
    rules = editions.rules(_today())
    found = units.read(year, basis, rules) if mine else []
    rule = rules["national"]
    return {
        "year": year, "basis": basis, "rule": rule.source, "rule_since": rule.since, "assumed": sorted(rule.assumed),
        "items": [_unit(one) for one in found if one.institution.pk in mine],
    }  # fmt: skip


@router.post("/units/{key}/what-if", response=Supposed, summary="What if a measure or weight were another")
@changes_nothing
def what_if(request: HttpRequest, key: str, asked: WhatIf) -> Any:
    """The unit before and after, with its rank among all; nothing is kept."""
    _institution(request, key)
    rules = editions.rules(_today())
    every = units.read(asked.year, asked.basis, rules)
    again, _rule = units.what_if(every, key, asked.measures, dict(asked.numbers), rules["national"])
    before, after = units.one(every, key), units.one(again, key)
    if before is None or after is None:
        raise ValueError(f"found no instrument of {key} that counts in {asked.year}; expected one: choose another.")
    return {"before": _unit(before), "after": _unit(after)}


@router.get("/units/{key}/totals", response=list[Total], summary="Whether totals and records agree")
def read_totals(request: HttpRequest, key: str, year: Year) -> Any:
    """Every pair of totals of the year that has to be one."""
    return totals.of_year(_institution(request, key), year)


@router.get("/instruments", response=InstrumentsPage, summary="Instruments with hours and forms")
def read_instruments(
    request: HttpRequest, year: Year, basis: Basis = "confirmed", institution: str = "", cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=_cursor.MOST)] = 50,
) -> Any:  # fmt: skip
    """Those the person sees, a page at a time, with the ministry's form and a university's points."""
    tally.bring_up()
    rules, rows = editions.rules(_today()), scope.instruments(signed_in(request))
    if institution:
        rows = rows.filter(institution__key=institution)
    used = use.of(rows.select_related("institution").defer("source_row", "description"), year, basis)
    found, after = _cursor.page(used, cursor, limit)
    forms = form.read(found, year, rules)
    return {"items": [_used(one, forms[one.pk]) for one in found], "next": after}


@router.get("/purchase", response=Checked, summary="Check before buying (查重评议)")
def check(
    request: HttpRequest, year: Year, class_code: str, basis: Basis = "metered", place: str = "",
    km: Annotated[float | None, Query(gt=0, le=20_000)] = None, technique: str = "",
    value_cny: Annotated[Decimal | None, Query(gt=0)] = None, unfit: Annotated[list[str], Query()] = [],  # noqa: B006
) -> Any:  # fmt: skip
    """Like instruments near with their hours, and the verdict."""
    purchase.require(signed_in(request))
    wanted = Wanted(class_code, place, km, technique, value_cny)
    done = purchase.check(wanted, year=year, basis=basis, on=_today(), rules=editions.rules(_today()), unfit=unfit)
    found = done.finding
    groups = {"spare": found.spare, "full": found.full, "unknown": found.unknown, "unfit": found.unfit}
    items = [
        {"key": one.key, "name": done.instruments[one.key].name, "km": one.km, "effective_h": one.effective_h,
         "open": one.open, "counts_as": name}
        for name, group in groups.items() for one in group
    ]  # fmt: skip
    return {"verdict": found.verdict, "limit_h": found.limit_h, "due": done.asked_for, "source": done.source,
            "items": items}  # fmt: skip


@router.post("/given", response={201: Given}, summary="Give a figure that no record gives")
def give(request: HttpRequest, asked: Give) -> Any:
    """Judged points by operators, counts by who sees the instrument; the reason is read by all who see the figure."""
    if bool(asked.institution) == bool(asked.instrument):
        raise ValueError("found both or neither of institution and instrument; name one of them.")
    of: Institution | Instrument
    if asked.institution:
        of = get_object_or_404(Institution, key=asked.institution)
    else:
        of = get_object_or_404(Instrument.objects.select_related("institution", "facility"), key=asked.instrument)
    made = given.give(
        of=of, year=asked.year, name=asked.name, value=asked.value, reason=asked.reason, person=signed_in(request),
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, _given(made))


@router.post("/given/{int:id}/undo", response=Given, summary="Take a given figure back")
def undo(request: HttpRequest, id: int) -> Any:
    """What was given before holds again."""
    figure = get_object_or_404(GivenFigure.objects.select_related("institution", "instrument"), pk=id)
    given.undo(figure=figure, person=signed_in(request), now=timezone.now())
    figure.refresh_from_db()
    return _given(figure)


@router.get("/tables", response=list[Table], summary="The tables of parameters in force")
def tables(request: HttpRequest) -> Any:
    """Every number that the formulas take today, by which document."""
    return [
        {"table": name, "since": rule.since, "source": rule.source, "note": rule.note, "assumed": sorted(rule.assumed),
         "numbers": editions.flat(rule.values)}
        for name, rule in editions.rules(_today()).items()
    ]  # fmt: skip


@router.post("/tables/{table}", response={201: EditionOf}, summary="Date a new edition of a table")
def date_new(request: HttpRequest, table: str, asked: NewEdition) -> Any:
    """The numbers hold from that day on; for operators."""
    made = editions.date_new(
        table=table, since=asked.since, source=asked.source, note=asked.note, numbers=dict(asked.numbers),
        person=signed_in(request), now=timezone.now(),
    )  # fmt: skip
    return Status(201, _edition(made))


@router.post("/tables/editions/{int:id}/withdraw", response=EditionOf, summary="Withdraw an edition")
def withdraw(request: HttpRequest, id: int) -> Any:
    """The edition before it holds again; for operators."""
    edition = get_object_or_404(EvaluationEdition, pk=id)
    editions.withdraw(edition=edition, person=signed_in(request), now=timezone.now())
    return _edition(edition)


def _unit(one: units.Unit) -> dict[str, Any]:
    shares = one.shares
    names = ("mean_effective_h", "mean_outside_h", "utilisation_percent", "sharing_percent", "open_percent")
    return {
        "institution": one.institution.key, "name": one.institution.name, "rank": one.rank, "ranked": one.ranked,
        "instruments": one.instruments, "value_unknown": one.unpriced, "missing": shares.missing,
        "score": _score(one.score), "synthetic": one.institution.synthetic,
        **{name: _two(getattr(shares, name)) for name in names},
    }  # fmt: skip


def _used(one: Any, made: form.Form) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "institution": one.institution.key if one.institution else None,
        "value_cny": one.value_cny, "effective_h": one.effective_h, "outside_h": one.outside_h, "open": one.open,
        "sessions": one.used_sessions, "sessions_not_confirmed": one.waiting, "benefit": _score(made.benefit),
        "points": _score(made.points), "synthetic": one.synthetic,
    }  # fmt: skip


def _score(score: Score) -> dict[str, Any]:
    parts = [
        {"name": part.name, "head": part.head, "points": _two(part.points), "most": part.most, "weight": part.weight,
         "counted": part.counted, "fed": dict(part.fed), "formula": part.formula}
        for part in score.parts
    ]  # fmt: skip
    return {"low": score.low, "high": score.high, "grade": score.grade, "unknown": list(score.unknown), "parts": parts}


def _given(figure: GivenFigure) -> dict[str, Any]:
    names = ("year", "name", "value", "reason", "at", "undone_at")
    return {"id": figure.pk} | {name: getattr(figure, name) for name in names}


def _edition(made: EvaluationEdition) -> dict[str, Any]:
    return {"id": made.pk, "table": made.table, "since": made.since, "source": made.source}


def _two(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def _today() -> date:
    return timezone.now().astimezone(CLOCK).date()


def _institution(request: HttpRequest, key: str) -> Institution:
    found: Institution = get_object_or_404(Institution, key=key)
    scope.require_institution(signed_in(request), found)
    return found
