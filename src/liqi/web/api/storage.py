"""/api/samples/storage: rooms, freezers and boxes of a facility, what is in them, and finding samples."""

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.commissions import storage
from liqi.access.models import Sample, StoragePlace
from liqi.catalogue.models import Facility
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.api.samples import Degrees, SampleOut, sample_shown
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["samples"], auth=SIGNED_IN)


class NewPlace(Sent):
    """A place in a facility: a room, or what stands in another place; a box has rows and columns."""

    facility: str
    parent: int | None = None
    kind: str
    name: Annotated[str, Field(min_length=1, max_length=80)]
    temperature_c: Degrees | None = None
    rows: Annotated[int, Field(ge=0, le=99)] = 0
    columns: Annotated[int, Field(ge=0, le=99)] = 0


class PlaceOut(Schema):
    """A place with what it stands in, as a path from the room down."""

    id: int
    facility: str
    parent: int | None
    kind: str
    name: str
    path: str
    temperature_c: Decimal | None
    rows: int
    columns: int
    synthetic: bool


class PlaceWithFree(PlaceOut):
    """A place with its free positions."""

    free: list[str]


@router.get("", response=Page[SampleOut], summary="Samples I may see")
def listed(
    request: HttpRequest, paged: Annotated[Paged, Query()], order: str = "", barcode: str = "", state: str = "",
    place: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Any:  # fmt: skip
    """Samples of my orders and of the facilities whose storage I work with; ``place`` is a number of storage."""
    person = signed_in(request)
    mine = Q(order__person=person) | Q(order__service__facility__in=storage.facilities_of(person))
    rows = Sample.objects.filter(mine)
    given = {"order__key": order, "barcode": barcode, "state": state, "place": place}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    found, following = page(rows.distinct(), paged)
    return {"items": [sample_shown(one) for one in found], "next": following}


@router.get("/storage", response=Page[PlaceOut], summary="Storage places")
def places(request: HttpRequest, paged: Annotated[Paged, Query()], facility: str = "") -> Any:
    """Every place of the facilities whose storage one works with."""
    rows = StoragePlace.objects.filter(facility__in=storage.facilities_of(signed_in(request)))
    rows = rows.filter(facility__key=facility) if facility else rows
    found, following = page(rows.select_related("facility", "parent__parent__parent"), paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("/storage", response={201: PlaceOut}, summary="Add a storage place")
def add(request: HttpRequest, sent: NewPlace) -> Any:
    """The facility has this place; for its stewards."""
    facility = get_object_or_404(Facility, key=sent.facility)
    storage.require(facility, signed_in(request))
    parent = get_object_or_404(StoragePlace, pk=sent.parent, facility=facility) if sent.parent is not None else None
    made = storage.add(
        facility=facility, parent=parent, person=signed_in(request), now=timezone.now(),
        **sent.dict(exclude={"facility", "parent"}),
    )  # fmt: skip
    return Status(201, _shown(made))


@router.get("/storage/{int:id}", response=PlaceWithFree, summary="One storage place")
def show(request: HttpRequest, id: int) -> Any:
    """The place, and the free positions of a box; for the stewards of its facility."""
    found = _found(request, id)
    grid = storage.grid(found) if found.kind == StoragePlace.Kind.BOX else []
    return _shown(found) | {"free": [slot for row in grid for slot, sample in row if sample is None]}


@router.delete("/storage/{int:id}", response={204: None}, summary="Remove a storage place")
def remove(request: HttpRequest, id: int) -> Any:
    """The empty place is gone; one with samples, parts or a history in a chain of custody stays."""
    storage.remove(place=_found(request, id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


def _found(request: HttpRequest, id: int) -> StoragePlace:
    found: StoragePlace = get_object_or_404(StoragePlace.objects.select_related("facility"), pk=id)
    storage.require(found.facility, signed_in(request))
    return found


def _shown(one: StoragePlace) -> dict[str, Any]:
    names = ("kind", "name", "temperature_c", "rows", "columns", "synthetic")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk, "facility": one.facility.key, "parent": one.parent_id, "path": storage.path_of(one)
    }  # fmt: skip
