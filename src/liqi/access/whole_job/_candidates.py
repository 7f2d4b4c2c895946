"""The instruments that could do a step."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from liqi.access import vacancy
from liqi.access.whole_job._way import BadJob
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.planning import matching
from liqi.taxonomy import classes_of

MOST = 50
"""Instruments that are looked at for one step."""
NEARBY_KM = 100.0


def candidates(
    *, keys: Sequence[str] = (), technique: str = "", class_code: str = "", place: str = "", km: float = NEARBY_KM
) -> list[Instrument]:
    """The instruments that can be booked for a step, at most fifty: the named ones, or those of a technique or class.

    A place keeps those within so many kilometres. Cheaper ones come first, those without a price last. Raises BadJob
    for a place that nobody knows, or when nothing is asked.
    """
    rows = Instrument.objects.filter(bookable=True).exclude(status__in=vacancy.OUT)
    rows = rows.select_related("institution__organisation", "facility")
    if keys:
        found = {one.key: one for one in rows.filter(key__in=keys[:MOST])}
        return [found[key] for key in dict.fromkeys(keys) if key in found]
    if not technique and not class_code:
        raise BadJob(_("Found a step without an instrument, technique or class; name one of them."))
    asked = search.Filters(kinds=("instrument",), bookable=True, near=_near(place, km) if place else None)
    ways = [replace(asked, classes=(class_code,))] if class_code else _of_technique(asked, technique)
    hits = dict.fromkeys(hit.key for way in ways for hit in search.find("", way, limit=MOST, facets=()).hits)
    named = list(rows.filter(key__in=list(hits)[:MOST]))
    return sorted(
        named, key=lambda one: (one.price_cny_per_hour is None, one.price_cny_per_hour or 0, one.name, one.pk)
    )


def _of_technique(asked: search.Filters, technique: str) -> list[search.Filters]:
    """Those that name the technique, then those of the classes that usually do it."""
    small = tuple(code for code in classes_of(technique) if not code.endswith("00"))
    found = [replace(asked, techniques=(technique,))]
    return [*found, replace(asked, classes=small)] if small else found


def _near(place: str, km: float) -> search.Near:
    found = matching.located(place)
    if found is None or found[1] is None:
        words = _("Found place “%(found)s”, expected a city or province such as 合肥 or Hefei; correct it.")
        raise BadJob(words % {"found": place})
    return search.Near(*found[1], km, found[0])
