"""/api/facilities: laboratories, platforms, parks and large facilities, by class, kind and stage."""

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from liqi.catalogue.models import Facility
from liqi.taxonomy import FACILITY_CLASSES, FACILITY_KINDS, STAGES
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Named, Place, Provenance, named, place, provenance

router = Router(tags=["catalogue"])


class FacilityOut(Schema):
    """A facility of one of three classes and eight kinds, and the stages that it serves."""

    key: str
    name: str
    name_en: str
    institution: Named | None
    facility_class: str
    kind: str
    field: str
    stages: list[str]
    status: str
    description: str
    website: str
    opened_year: int | None
    cost_cny: Decimal | None
    place: Place
    provenance: Provenance


_OWN = set(FacilityOut.model_fields) - {"institution", "place", "provenance"}


def shown(one: Facility) -> dict[str, Any]:
    """The facility as the interface shows it."""
    return {
        **{name: getattr(one, name) for name in _OWN},
        "institution": named(one.institution),
        "place": place(one),
        "provenance": provenance(one),
    }


def _all() -> QuerySet[Facility]:
    return Facility.objects.select_related("institution")


@router.get("", response=Page[FacilityOut], summary="List facilities")
def listed(
    request: HttpRequest,
    paged: Annotated[Paged, Query()],
    class_: Annotated[str, Query(alias="class", max_length=40)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    stage: Annotated[str, Query(max_length=40)] = "",
) -> Any:
    """Facilities in the order of their arrival."""
    rows = _all()
    if class_:
        rows = rows.filter(facility_class=one_of(class_, FACILITY_CLASSES))
    if kind:
        rows = rows.filter(kind=one_of(kind, FACILITY_KINDS))
    if stage:
        rows = rows.filter(**{one_of(stage, STAGES): True})
    found, following = page(rows, paged)
    return {"items": [shown(one) for one in found], "next": following}


@router.get("/{key}", response=FacilityOut, summary="See a facility")
def one(request: HttpRequest, key: str) -> Any:
    """All that is known of the facility."""
    return shown(get_object_or_404(_all(), key=key))
