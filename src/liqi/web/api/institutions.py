"""/api/institutions: the organisations that own instruments."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from liqi.catalogue.models import Institution
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Place, Provenance, place, provenance

router = Router(tags=["catalogue"])


class InstitutionOut(Schema):
    """An institution; `kind` as ROR knows it."""

    key: str
    name: str
    name_en: str
    aliases: list[str]
    kind: str
    ror_id: str | None
    credit_code: str
    website: str
    place: Place
    provenance: Provenance


_OWN = set(InstitutionOut.model_fields) - {"place", "provenance"}


def shown(one: Institution) -> dict[str, Any]:
    """The institution as the interface shows it."""
    return {**{name: getattr(one, name) for name in _OWN}, "place": place(one), "provenance": provenance(one)}


@router.get("", response=Page[InstitutionOut], summary="List institutions")
def listed(
    request: HttpRequest,
    paged: Annotated[Paged, Query()],
    country: Annotated[str, Query(max_length=2)] = "",
) -> Any:
    """Institutions in the order of their arrival."""
    rows = Institution.objects.all()
    if country:
        rows = rows.filter(country=country.upper())
    found, following = page(rows, paged)
    return {"items": [shown(one) for one in found], "next": following}


@router.get("/{key}", response=InstitutionOut, summary="See an institution")
def one(request: HttpRequest, key: str) -> Any:
    """All that is known of the institution."""
    return shown(get_object_or_404(Institution, key=key))
