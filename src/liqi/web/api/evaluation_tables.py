"""/api/evaluation: figures that no record gives, and the tables of parameters that the formulas take."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.evaluation import editions, given
from liqi.access.models import EvaluationEdition, GivenFigure
from liqi.catalogue.models import Institution, Instrument
from liqi.web.api._choices import either
from liqi.web.api._cursor import Page, Paged, among
from liqi.web.api._sent import Sent
from liqi.web.api.evaluation import today
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["evaluation"], auth=SIGNED_IN)


class Give(Sent):
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


class NewEdition(Sent):
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


@router.post("/given", response={201: Given}, summary="Give a figure that no record gives")
def give(request: HttpRequest, asked: Give) -> Any:
    """Judged points by operators, counts by who sees the instrument; the reason is read by all who see the figure."""
    either(institution=asked.institution, instrument=asked.instrument)
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


@router.get("/tables", response=Page[Table], summary="The tables of parameters in force")
def tables(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Every number that the formulas take today, by which document."""
    found, following = among(editions.rules(today()).items(), paged, lambda one: one[0])
    items = [
        {"table": name, "since": rule.since, "source": rule.source, "note": rule.note, "assumed": sorted(rule.assumed),
         "numbers": editions.flat(rule.values)}
        for name, rule in found
    ]  # fmt: skip
    return {"items": items, "next": following}


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


def _given(figure: GivenFigure) -> dict[str, Any]:
    names = ("year", "name", "value", "reason", "at", "undone_at")
    return {"id": figure.pk} | {name: getattr(figure, name) for name in names}


def _edition(made: EvaluationEdition) -> dict[str, Any]:
    return {"id": made.pk, "table": made.table, "since": made.since, "source": made.source}
