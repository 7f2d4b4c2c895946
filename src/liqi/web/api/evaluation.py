"""/api/evaluation: institutions with scores and ranks, instruments with hours and forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.access.evaluation import editions, form, scope, tally, totals, units, use
from liqi.catalogue.exchange.national.records import CLOCK
from liqi.catalogue.models import Institution
from liqi.insight.evaluation import Score
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._once import changes_nothing
from liqi.web.api._sent import Sent
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


class Units(Page[UnitOf]):
    """Some of the units that the person sees, by key, each with its rank, and the rule they were scored by."""

    year: int
    basis: str
    rule: str
    rule_since: date
    assumed: list[str]


class WhatIf(Sent):
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


def today() -> date:
    """The day in China, by which the rules of the evaluation hold."""
    return timezone.now().astimezone(CLOCK).date()


@router.get("/units", response=Units, summary="Institutions with scores and ranks")
def read_units(
    request: HttpRequest, paged: Annotated[Paged, Query()], year: Year, basis: Basis = "confirmed"
) -> Any:  # fmt: skip
    """Those whose evaluation the person sees, by the national rule in force today."""
    mine = set(scope.institutions(signed_in(request)).values_list("pk", flat=True))
    rules = editions.rules(today())
    found = units.read(year, basis, rules) if mine else []
    rule = rules["national"]
    found = [one for one in found if one.institution.pk in mine]
    seen, following = among(found, paged, lambda one: one.institution.key)
    return {
        "year": year, "basis": basis, "rule": rule.source, "rule_since": rule.since, "assumed": sorted(rule.assumed),
        "items": [_unit(one) for one in seen], "next": following,
    }  # fmt: skip


@router.post("/units/{key}/what-if", response=Supposed, summary="What if a measure or weight were another")
@changes_nothing
def what_if(request: HttpRequest, key: str, asked: WhatIf) -> Any:
    """The unit before and after, with its rank among all; nothing is kept."""
    _institution(request, key)
    rules = editions.rules(today())
    every = units.read(asked.year, asked.basis, rules)
    again, _rule = units.what_if(every, key, asked.measures, dict(asked.numbers), rules["national"])
    before, after = units.one(every, key), units.one(again, key)
    if before is None or after is None:
        words = _("Found no instrument of %(key)s that counts in %(year)s; choose another year or institution.")
        raise ValueError(words % {"key": key[:80], "year": asked.year})
    return {"before": _unit(before), "after": _unit(after)}


@router.get("/units/{key}/totals", response=Page[Total], summary="Whether totals and records agree")
def read_totals(request: HttpRequest, key: str, paged: Annotated[Paged, Query()], year: Year) -> Any:
    """Every pair of totals of the year that has to be one."""
    found, following = among(totals.of_year(_institution(request, key), year), paged, lambda one: one.name)
    return {"items": found, "next": following}


@router.get("/instruments", response=Page[Used], summary="Instruments with hours and forms")
def read_instruments(
    request: HttpRequest, paged: Annotated[Paged, Query()], year: Year, basis: Basis = "confirmed",
    institution: str = "",
) -> Any:  # fmt: skip
    """Those the person sees, a page at a time, with the ministry's form and a university's points."""
    tally.bring_up()
    rules, rows = editions.rules(today()), scope.instruments(signed_in(request))
    if institution:
        rows = rows.filter(institution__key=institution)
    used = use.of(rows.select_related("institution").defer("source_row", "description"), year, basis)
    found, after = page(used, paged)
    forms = form.read(found, year, rules)
    return {"items": [_used(one, forms[one.pk]) for one in found], "next": after}


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
        "value_cny": one.value_cny, "effective_h": _kept(one.effective_h), "outside_h": _kept(one.outside_h),
        "open": one.open, "sessions": one.used_sessions, "sessions_not_confirmed": one.waiting,
        "benefit": _score(made.benefit), "points": _score(made.points), "synthetic": one.synthetic,
    }  # fmt: skip


def _score(score: Score) -> dict[str, Any]:
    parts = [
        {"name": part.name, "head": part.head, "points": _two(part.points), "most": part.most, "weight": part.weight,
         "counted": part.counted, "fed": {name: _kept(value) for name, value in part.fed.items()},
         "formula": part.formula}
        for part in score.parts
    ]  # fmt: skip
    return {"low": score.low, "high": score.high, "grade": score.grade, "unknown": list(score.unknown), "parts": parts}


def _two(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def _institution(request: HttpRequest, key: str) -> Institution:
    found: Institution = get_object_or_404(Institution, key=key)
    scope.require_institution(signed_in(request), found)
    return found


def _kept(value: Decimal | None) -> Decimal | None:
    """With four places at most, as hours are kept: a sum in SQLite comes with a tail of its own."""
    return value if value is None or -int(value.as_tuple().exponent) <= 4 else value.quantize(Decimal("0.0001"))
