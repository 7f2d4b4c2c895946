"""/api/search: the whole catalogue in three scripts, with facets; why each hit matched."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from liqi.catalogue import search as catalogue

router = Router(tags=["catalogue"])
Several = Annotated[list[str], Query(max_length=20)]


class WhyOut(Schema):
    """What in the record met one word of the question."""

    asked: str
    field: str
    words: str
    text: str


class HitOut(Schema):
    """A record found."""

    id: str
    kind: str
    name: str
    name_en: str
    institution: str
    place: str
    point: tuple[float, float] | None
    maker: str
    model: str
    class_code: str
    synthetic: bool
    score: float
    why: list[WhyOut]


class FacetOut(Schema):
    """A choice of a facet and how many records have it, under all filters but this facet's own."""

    code: str
    label: str
    count: int


class FoundOut(Schema):
    """Hits, their number, the facets; `loosely` says that the words were not found as they were asked."""

    total: int
    took_ms: float
    loosely: bool
    hits: list[HitOut]
    facets: dict[str, list[FacetOut]]


@router.get("", response=FoundOut, summary="Search the catalogue")
def find(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=400)] = "",
    kind: Several = [],  # noqa: B006 - read as a query parameter, never changed
    class_: Annotated[list[str], Query(alias="class", max_length=20)] = [],  # noqa: B006
    place: Several = [],  # noqa: B006
    maker: Several = [],  # noqa: B006
    origin: Several = [],  # noqa: B006
    shared: bool | None = None,
    bookable: bool | None = None,
    min_value_cny: Annotated[Decimal | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=0, le=200)] = 20,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    language: Literal["zh-hans", "zh-hant", "en"] = "zh-hans",
) -> Any:
    """Records that meet every word (or a synonym of it) and pass the filters, best first."""
    filters = catalogue.Filters(
        kinds=tuple(kind),
        classes=tuple(map(catalogue.class_code, class_)),
        places=tuple(map(catalogue.place_code, place)),
        makers=tuple(map(catalogue.maker_key, maker)),
        origins=tuple(map(catalogue.origin_code, origin)),
        shared=shared,
        bookable=bookable,
        min_value_cny=min_value_cny,
    )
    found = catalogue.find(q, filters, limit=limit, offset=offset, language=language)
    hits = [{**asdict(hit), "id": hit.key} for hit in found.hits]
    facets = {name: [asdict(one) for one in counts] for name, counts in found.facets.items()}
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "loosely": found.loosely,
        "hits": hits,
        "facets": facets,
    }
