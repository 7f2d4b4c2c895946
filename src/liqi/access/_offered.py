"""Instruments and services that can do a technique, with what a need is judged against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from liqi.access import free, positions, terms
from liqi.catalogue import search
from liqi.catalogue.models import Facility, Instrument, InstrumentStatus, Service
from liqi.planning.matching import Asked, Candidate, Need
from liqi.taxonomy import classes_of, distance_km, quantities, read_capability, techniques_of

MOST = 60
"""Records of one kind and technique that are looked at in each way: the nearest, the able, and any."""
BY_CLASS = 0.85
"""How sure it is that an instrument of the class does the technique, where it does not say so itself."""
_PLACED = ("name", "name_en", "city", "province", "country", "latitude", "longitude")
_READ = (
    *_PLACED,
    *("key", "class_code", "techniques", "capabilities", "status", "shared", "bookable", "opening_hours", "time_zone"),
    *("min_minutes", "notice_minutes", "horizon_days", "price_cny_per_hour", "confirmed_on", "synthetic", "fees"),
    *("user_rules", *(f"institution__{name}" for name in _PLACED), *(f"facility__{name}" for name in _PLACED)),
    *("facility__accredited", "facility__documents", "facility__description"),
)
"""What is read of an instrument with its owners: a table of a million is wide."""
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
    best = sorted(wanted, key=lambda key: -wanted[key])
    for service in _services(best, need):
        technique = next((key for key in best if key in service.techniques), None)
        if technique is not None:
            found["service", service.key] = _of_service(service, technique, need, now)
    machines = []
    for instrument in _instruments(best, need):
        fit, technique = max((wanted[key] * certainty(instrument, key), key) for key in best)
        if fit:
            machines.append((instrument, technique))
    first = _first_free([one for one, _technique in machines], now)
    for instrument, technique in machines:
        sure = certainty(instrument, technique)
        found["instrument", instrument.key] = _of_instrument(instrument, technique, sure, need, first)
    return list(found.values())


def certainty(instrument: Instrument, technique: str) -> float:
    """How sure it is that the instrument does the technique: named in the record, or usual for its class."""
    if technique in instrument.techniques:
        return 1.0
    if instrument.techniques:
        return 0.0
    usual = techniques_of(instrument.class_code)
    return BY_CLASS * (1 - 0.1 * usual.index(technique)) if technique in usual[:4] else 0.0


def _instruments(wanted: Iterable[str], need: Need) -> Iterable[Instrument]:
    """Open instruments of the techniques: near ones, able ones, then any; and those whose class usually does them."""
    keys: dict[str, None] = {}
    for technique in wanted:
        small = tuple(code for code in classes_of(technique) if not code.endswith("00"))
        of_it = search.Filters(kinds=("instrument",), techniques=(technique,), shared=True)
        of_class = search.Filters(kinds=("instrument",), classes=small or classes_of(technique), shared=True)
        keys |= dict.fromkeys(key for filters in (of_it, of_class) for key in _keys(filters, need))
    chosen = Instrument.objects.filter(key__in=list(keys), shared=True).exclude(status__in=_GONE)
    return chosen.select_related("institution", "facility").only(*_READ)


def _services(wanted: Iterable[str], need: Need) -> Iterable[Service]:
    keys = _keys(search.Filters(kinds=("service",), techniques=tuple(wanted)), need)
    found = Service.objects.filter(key__in=keys, open=True)
    return found.select_related("institution", "facility").defer("source_row")


def _keys(filters: search.Filters, need: Need) -> list[str]:
    """Keys of at most so many records in the index: the nearest, those that can do what is asked, and any."""
    asked = [filters]
    if able := tuple(_ability(one) for one in need.asked):
        asked.insert(0, replace(filters, abilities=able))
    if need.near is not None and need.within_km is not None:
        asked = [*(replace(one, near=search.Near(*need.near, need.within_km)) for one in asked), filters]
    found: dict[str, None] = {}
    for one in asked:
        found.update(dict.fromkeys(hit.key for hit in search.find("", one, limit=MOST, facets=()).hits))
    return list(found)


def _ability(asked: Asked) -> search.Ability:
    """The range of a quantity that an instrument has to meet so that it reaches what is asked."""
    low = asked.low if asked.low is not None else asked.high
    high = asked.high if asked.high is not None else asked.low
    better = quantities()[asked.quantity].better
    if better == "smaller":
        return search.Ability(asked.quantity, None, high)
    if better == "larger":
        return search.Ability(asked.quantity, low, None)
    return search.Ability(asked.quantity, low, high)


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
    """The first free start of each instrument that can be booked here; two queries for all of them."""
    bookable = [one for one in instruments if one.bookable]
    until = now + free.LOOK_AHEAD
    if not bookable:
        return {}
    known = terms.of_many(bookable)
    holds = positions.busy(bookable, now, until, known)
    found = {}
    for one in bookable:
        start = free.first_start(one, holds[one.pk], known[one.pk], now=now)
        if start is not None:
            found[one.pk] = start
    return found
