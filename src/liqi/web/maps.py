"""Points for the map island, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.catalogue.overview import Spot
from liqi.catalogue.search import Hit
from liqi.web import scripts

PAGES = {"instrument": "instrument", "facility": "facility", "institution": "institution", "service": "service"}
"""The page that shows a hit of that kind."""


def land() -> Path | None:
    """The outline that maps are drawn on, as a TopoJSON file; None where the browser's part was not built."""
    found = finders.find("islands/land.json")
    return Path(found) if found else None


def picture(points: list[list[Any]], *, world: bool = False) -> dict[str, Any]:
    """What the map island reads: points [longitude, latitude, count, name, address], its words, its view."""
    words = {"closer": _("Closer"), "wider": _("Wider"), "all": _("Whole view")}
    return {"points": points, "words": words, "world": world}


def of_spots(spots: Iterable[Spot], language: str, *, world: bool = False) -> dict[str, Any]:
    """Cities with their instruments; a click searches the city."""
    points = []
    for spot in spots:
        name = scripts.in_script(spot.city, language) or taxonomy.place_label(spot.country, language)
        address = f"{reverse('search')}?{urlencode({'q': spot.city, 'kind': 'instrument'})}" if spot.city else ""
        points.append([round(spot.longitude, 3), round(spot.latitude, 3), spot.instruments, name, address])
    return picture(points, world=world)


def of_record(record: Any, language: str) -> dict[str, Any] | None:
    """The one place of a record; None when it is not on record."""
    if record.latitude is None:
        return None
    return picture([[record.longitude, record.latitude, 1, scripts.name_of(record, language), ""]])


def of_records(records: Iterable[Any], language: str, page: str) -> dict[str, Any]:
    """The places of records, one point a record; a click opens the page of that name."""
    placed = [record for record in records if record.latitude is not None]
    points = [
        [record.longitude, record.latitude, 1, scripts.name_of(record, language), reverse(page, args=[record.key])]
        for record in placed
    ]
    return picture(points)


def address_of(hit: Hit) -> str:
    """The address of the page of a hit."""
    if hit.kind in PAGES:
        return reverse(PAGES[hit.kind], args=[hit.key])
    return reverse("institution", args=[hit.institution_key]) if hit.institution_key else ""


def of_hits(hits: Iterable[Hit]) -> dict[str, Any]:
    """The places of hits, one point a place with the number of hits there; a point of one hit opens it."""
    places: dict[tuple[float, float], list[Hit]] = {}
    for hit in hits:
        if hit.point:
            places.setdefault((round(hit.point[0], 4), round(hit.point[1], 4)), []).append(hit)
    points = []
    for (latitude, longitude), there in places.items():
        name = there[0].name if len(there) == 1 else there[0].institution or there[0].place
        points.append([longitude, latitude, len(there), name, address_of(there[0]) if len(there) == 1 else ""])
    return picture(points)
