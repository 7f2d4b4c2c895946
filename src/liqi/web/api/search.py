"""/api/search: the whole catalogue in three scripts, with facets; why each hit matched."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.catalogue import search as catalogue

router = Router(tags=["catalogue"])


class WhyOut(Schema):
    """What in the record met one word of the question; `how`: as asked (blank), by synonym, spelling or sound."""

    asked: str
    field: str
    words: str
    text: str
    how: str


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
    bookable: bool
    score: float
    km: float | None
    why: list[WhyOut]


class FacetOut(Schema):
    """A choice of a facet and how many records have it, under all filters but this facet's own."""

    code: str
    label: str
    count: int


class MeantOut(Schema):
    """Another question that was perhaps meant, and how many records it finds."""

    text: str
    total: int


class FoundOut(Schema):
    """Hits, their number, the facets; `loosely` says that the words were not found as they were asked."""

    total: int
    took_ms: float
    loosely: bool
    meant: list[MeantOut]
    hits: list[HitOut]
    facets: dict[str, list[FacetOut]]


class SearchAsked(Schema):
    """Filters: several values of one mean any of them; the names are those of the search page's address."""

    kind: list[str] = Field([], max_length=20, description="instrument, facility, institution or service")
    class_: list[str] = Field([], alias="class", max_length=20, description="Code or name; classes below count too")
    place: list[str] = Field([], max_length=20, description="Country, province or city: code or name")
    maker: list[str] = Field([], max_length=20, description="Maker by key or any of its names")
    origin: list[str] = Field([], max_length=20, description="Where the brand is from: ISO code or name")
    made_in: list[str] = Field([], alias="made-in", max_length=20, description="Where it was made")
    technique: list[str] = Field([], max_length=20, description="Key, name or abbreviation")
    value: list[str] = Field([], max_length=20, description="Band of value in CNY, such as 500000-2000000")
    year: list[str] = Field([], max_length=50, description="Year built, else acquired")
    status: list[str] = Field([], max_length=20)
    owner: list[str] = Field([], max_length=20, description="Kind of institution")
    facility: list[str] = Field([], max_length=20, description="Kind of facility that it is, or stands in")
    stage: list[str] = Field([], max_length=20, description="Stage of the chain that its facility serves")
    source: list[str] = Field([], max_length=20)
    cap: list[str] = Field([], max_length=20, description="Ability: mass_resolution>=140000, smallest feature<=2 um")
    shared: bool | None = None
    bookable: bool | None = None
    min_value_cny: Decimal | None = Field(None, ge=0)
    max_value_cny: Decimal | None = Field(None, ge=0)
    from_year: int | None = Field(None, ge=1000, le=2999)
    to_year: int | None = Field(None, ge=1000, le=2999)
    near: str = Field("", max_length=60, description="A city, a division or latitude,longitude in degrees")
    km: float | None = Field(None, gt=0, le=20_000, description="How far from there; 50 unless said")

    def filters(self) -> catalogue.Filters:
        """The filters that are asked."""
        given: dict[str, list[str]] = {
            name.rstrip("_").replace("_", "-"): value for name, value in self if isinstance(value, list)
        }
        given["near"], given["km"] = [self.near], ["" if self.km is None else f"{self.km:.6f}"]
        for name in ("from_year", "to_year"):
            given[name.replace("_", "-")] = [str(getattr(self, name) or "")]
        for name in ("shared", "bookable"):
            given[name] = [] if getattr(self, name) is None else [str(int(getattr(self, name)))]
        for name in ("min", "max"):
            value = getattr(self, f"{name}_value_cny")
            given[f"{name}-value"] = [] if value is None else [f"{value:f}"]
        return catalogue.filters(given)


@router.get("", response=FoundOut, summary="Search the catalogue")
def find(
    request: HttpRequest,
    asked: Annotated[SearchAsked, Query()],
    q: Annotated[str, Query(max_length=400)] = "",
    sort: Literal["relevance", "newest", "value", "name", "nearest"] = "relevance",
    limit: Annotated[int, Query(ge=0, le=200)] = 20,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    language: Literal["zh-hans", "zh-hant", "en"] = "zh-hans",
) -> Any:
    """Records that meet every word (or a synonym of it) and pass the filters, best first, with counts of all facets."""
    found = catalogue.find(q, asked.filters(), limit=limit, offset=offset, language=language, sort=sort)
    hits = [{**asdict(hit), "id": hit.key} for hit in found.hits]
    facets = {name: [asdict(one) for one in counts] for name, counts in found.facets.items()}
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "loosely": found.loosely,
        "meant": [{"text": text, "total": total} for text, total in found.meant],
        "hits": hits,
        "facets": facets,
    }
