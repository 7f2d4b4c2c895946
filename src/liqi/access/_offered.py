"""Instruments and services that can do a technique, with what a need is judged against."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from liqi.access import free
from liqi.access.models import Booking
from liqi.catalogue import search
from liqi.catalogue.models import Facility, Instrument, InstrumentStatus, Service
from liqi.planning.matching import Candidate, Need
from liqi.taxonomy import classes_of, distance_km, read_capability, techniques, techniques_of

MOST = 200
"""Records of one kind and technique that are looked at: by the index and by class."""
TIMED = 120
"""Instruments whose bookings are read to find the first free time."""
BY_CLASS = 0.85
"""How sure it is that an instrument of the class does the technique, where it does not say so itself."""
KM_PER_DEGREE = 111.2
_GONE = (InstrumentStatus.RETIRED, InstrumentStatus.DOWN)


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate with what is shown of it; `certainty` is 1 where the record itself names the technique."""

    candidate: Candidate
    name: str
    name_en: str
    institution: str
    institution_en: str
    place: str
    synthetic: bool
    bookable: bool
    certainty: float
    ready_on: date | None = None


def rows(wanted: Mapping[str, float], need: Need, now: datetime) -> list[Row]:
    """The instruments and services that do a wanted technique, each once, for its best technique."""
    found: dict[tuple[str, str], Row] = {}
    for technique in sorted(wanted, key=lambda key: -wanted[key]):
        for service in _services(technique):
            found.setdefault(("service", service.key), _of_service(service, technique, need, now))
    machines: dict[int, tuple[Instrument, str, float]] = {}
    for technique in sorted(wanted, key=lambda key: -wanted[key]):
        for instrument in _instruments(technique, need):
            sure = certainty(instrument, technique)
            best = machines.get(instrument.pk)
            if sure and (best is None or wanted[best[1]] * best[2] < wanted[technique] * sure):
                machines[instrument.pk] = (instrument, technique, sure)
    prefetch_related_objects([one for one, _t, _s in machines.values()], "institution", "facility")
    first = _first_free([one for one, _t, _s in machines.values()][:TIMED], now)
    for instrument, technique, sure in machines.values():
        found[("instrument", instrument.key)] = _of_instrument(instrument, technique, sure, need, first)
    return list(found.values())


def certainty(instrument: Instrument, technique: str) -> float:
    """How sure it is that the instrument does the technique: named in the record, or usual for its class."""
    if technique in instrument.techniques:
        return 1.0
    if instrument.techniques:
        return 0.0
    usual = techniques_of(instrument.class_code)
    return BY_CLASS * (1 - 0.1 * usual.index(technique)) if technique in usual[:4] else 0.0


def _instruments(technique: str, need: Need) -> Iterable[Instrument]:
    known = techniques()[technique]
    hits = search.find(
        known.labels_zh[0], search.Filters(kinds=("instrument",), shared=True), limit=MOST, facets=()
    ).hits
    small = [code for code in classes_of(technique) if not code.endswith("00")]
    chosen: QuerySet[Instrument] = Instrument.objects.filter(shared=True).exclude(status__in=_GONE)
    named = chosen.filter(key__in=[hit.key for hit in hits])
    of_class = chosen.filter(class_code__in=small or classes_of(technique))
    near = _around(need)
    if near is not None:
        of_class = of_class.filter(near)
    deferred = ("source_row", "identifiers", "description", "functions", "achievements", "service_content")
    yield from named.defer(*deferred)
    yield from of_class.defer(*deferred).order_by("-bookable", "id")[:MOST]


def _around(need: Need) -> Q | None:
    """A box around the place of the need, or a place that is not on record."""
    if need.near is None or need.within_km is None:
        return None
    latitude, longitude = need.near
    up = need.within_km / KM_PER_DEGREE
    aside = up / max(cos(radians(latitude)), 0.05)
    box = Q(latitude__range=(latitude - up, latitude + up), longitude__range=(longitude - aside, longitude + aside))
    return box | Q(latitude=None)


def _services(technique: str) -> Iterable[Service]:
    label = techniques()[technique].labels_zh[0]
    hits = search.find(label, search.Filters(kinds=("service",)), limit=MOST, facets=()).hits
    found = Service.objects.filter(key__in=[hit.key for hit in hits], open=True)
    for service in found.select_related("institution", "facility").defer("source_row"):
        if technique in service.techniques:
            yield service


def _of_service(service: Service, technique: str, need: Need, now: datetime) -> Row:
    at = service.facility or service.institution
    days = service.turnaround_days
    return Row(
        candidate=Candidate(
            key=service.key,
            kind="service",
            technique=technique,
            open=service.open,
            price_cny=service.price_cny,
            price_unit=service.price_unit if service.price_cny is not None else "",
            km=_km(need, at if at.latitude is not None else service.institution),
            days=days,
            qualified=qualified(service.facility, f"{service.name} {service.name_en} {service.description}"),
            confirmed_on=service.confirmed_on,
        ),
        certainty=1.0,
        bookable=False,
        ready_on=now.date() + timedelta(days=days) if days is not None else None,
        **_shown(service, at),
    )


def _of_instrument(
    instrument: Instrument, technique: str, sure: float, need: Need, first: Mapping[int, datetime]
) -> Row:
    at = instrument if instrument.latitude is not None else instrument.facility or instrument.institution or instrument
    price = instrument.price_cny_per_hour
    readings = [reading for one in instrument.capabilities if (reading := read_capability(one))]
    return Row(
        candidate=Candidate(
            key=instrument.key,
            kind="instrument",
            technique=technique,
            open=instrument.shared,
            price_cny=price,
            price_unit="hour" if price is not None else "",
            km=_km(need, at),
            earliest=first.get(instrument.pk),
            qualified=qualified(instrument.facility, f"{instrument.fees} {instrument.user_rules}"),
            readings=tuple(readings),
            confirmed_on=instrument.confirmed_on,
        ),
        certainty=sure,
        bookable=instrument.bookable,
        **_shown(instrument, at),
    )


def _shown(record: Any, at: Any) -> dict[str, Any]:
    owner = record.institution
    return {
        "name": record.name,
        "name_en": record.name_en,
        "institution": owner.name if owner else "",
        "institution_en": owner.name_en if owner else "",
        "place": at.city or at.province or at.country,
        "synthetic": record.synthetic,
    }


def _km(need: Need, at: Any) -> float | None:
    if need.near is None or at is None or at.latitude is None:
        return None
    return distance_km(need.near, (at.latitude, at.longitude))


def qualified(facility: Facility | None, said: str) -> dict[str, bool]:
    """What the record says of CMA and CNAS: named in it or in its facility's documents; no where it says none."""
    words = said
    if facility is not None:
        documents = " ".join(f"{one.get('kind', '')} {one.get('name', '')}" for one in facility.documents)
        words = f"{words} {facility.name} {facility.description} {documents}"
    found = {name: True for name in ("CMA", "CNAS") if name in words}
    if facility is not None and facility.accredited is False:
        found |= {name: False for name in ("CMA", "CNAS") if name not in found}
    return found


def _first_free(instruments: list[Instrument], now: datetime) -> dict[int, datetime]:
    """The first free start of each instrument that can be booked here; one query for all of them."""
    bookable = [one for one in instruments if one.bookable]
    until = now + free.LOOK_AHEAD
    taken: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    booked = Booking.objects.live().filter(instrument__in=bookable).meeting(now, until).order_by("starts_at")
    for pk, begins, ends in booked.values_list("instrument_id", "starts_at", "ends_at"):
        taken[pk].append((begins, ends))
    found = {}
    for one in bookable:
        start = free.first_start(one, taken[one.pk], now=now)
        if start is not None:
            found[one.pk] = start
    return found
