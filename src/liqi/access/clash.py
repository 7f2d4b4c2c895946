"""What helps a person whose wished time is taken: who has it, what is free beside it, and where else it is free."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from liqi.access import belonging, free, rules, vacancy
from liqi.access.models import Booking
from liqi.access.opening import Period
from liqi.access.rules import Request
from liqi.accounts.models import Membership
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.taxonomy import distance_km

__all__ = ["Clash", "Holder", "Instead", "help_with"]

LOOKED_AT, ASKED, SHOWN = 60, 12, 5
"""Like instruments that are looked at, whose rules are asked, and that are shown."""


@dataclass(frozen=True)
class Holder:
    """A booking in the way; without a name when the person may not know whose it is."""

    period: Period
    name: str
    mine: bool


@dataclass(frozen=True)
class Instead:
    """A like instrument that is free at the wished time."""

    instrument: Instrument
    km: float | None
    """How far it is from the wished one; None when either's place is not known, 0 in the same facility."""
    price_cny: Decimal | None
    """What the wished time costs there; None when no price is on record."""


@dataclass(frozen=True)
class Clash:
    """Everything that helps; each part may be empty."""

    holders: list[Holder]
    nearest: list[Period]
    around: list[Period]
    """The free parts of the wished time itself, each long enough to be booked."""
    instead: list[Instead]


def help_with(request: Request) -> Clash:
    """What helps with this wish, for the person who wishes it; silence is no promise."""
    instrument = request.instrument
    parts = vacancy.of_many([instrument], request.starts_at, request.ends_at)[instrument.pk]
    least = timedelta(minutes=instrument.min_minutes)
    whole = (request.starts_at, request.ends_at)
    return Clash(
        holders=_holders(request),
        nearest=free.nearest(instrument, *whole, now=request.now),
        around=[part for part in _apart(parts) if part != whole and part[1] - part[0] >= least],
        instead=_instead(request),
    )


def _holders(request: Request) -> list[Holder]:
    rows = Booking.objects.live().filter(instrument=request.instrument).meeting(request.starts_at, request.ends_at)
    found = list(rows.select_related("person").order_by("starts_at", "pk"))
    if not found:
        return []
    knows_all = belonging.looks_after(request.person, request.instrument)
    mine = Membership.objects.filter(person=request.person).values("organisation")
    colleagues = set(
        Membership.objects.filter(
            organisation__in=mine, person__in=[each.person_id for each in found]
        ).values_list("person_id", flat=True)
    )  # fmt: skip
    return [
        Holder(
            (each.starts_at, each.ends_at),
            str(each.person)
            if knows_all or each.person_id in colleagues or each.person_id == request.person.pk
            else "",
            each.person_id == request.person.pk,
        )
        for each in found
    ]


def _apart(periods: list[Period]) -> list[Period]:
    """The periods without those that meet an earlier one, so that all can be booked together."""
    kept: list[Period] = []
    for start, end in sorted(periods):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _instead(request: Request) -> list[Instead]:
    """Like instruments that are free then and whose rules let the person, nearest first, then cheapest."""
    wished, length = request.instrument, request.ends_at - request.starts_at
    like = Instrument.objects.filter(pk__in=_like(wished)).exclude(pk=wished.pk)
    rows = vacancy.free_then(
        like.select_related("institution__organisation", "facility"), request.starts_at, request.ends_at,
        now=request.now,
    )  # fmt: skip
    hours = Decimal(length // timedelta(seconds=1)) / 3600
    found = []
    for one in rows:
        rate = one.price_cny_per_hour
        price = None if rate is None else (rate * hours).quantize(Decimal("0.01"))
        found.append(Instead(one, _km(wished, one), price))
    found.sort(
        key=lambda one: (one.km is None, one.km or 0, one.price_cny is None, one.price_cny or 0, one.instrument.pk)
    )
    allowed: list[Instead] = []
    for each in found[:ASKED]:
        asked = Request(
            each.instrument, request.person, request.organisation, request.starts_at, request.ends_at, request.now,
            project=request.project,
        )  # fmt: skip
        if not rules.objections(asked):
            allowed.append(each)
        if len(allowed) == SHOWN:
            break
    return allowed


def _like(wished: Instrument) -> list[int]:
    """Instruments that can be booked and are of the same class or do the same technique."""
    bookable = Instrument.objects.filter(bookable=True).exclude(status__in=vacancy.OUT)
    found: dict[int, None] = {}
    if wished.class_code:
        same = bookable.filter(class_code=wished.class_code, class_scheme=wished.class_scheme)
        found |= dict.fromkeys(same.order_by("pk").values_list("pk", flat=True)[:LOOKED_AT])
    if wished.techniques:
        asked = search.Filters(kinds=("instrument",), techniques=tuple(wished.techniques[:3]), bookable=True)
        keys = [hit.key for hit in search.find("", asked, limit=LOOKED_AT, facets=()).hits]
        found |= dict.fromkeys(bookable.filter(key__in=keys).values_list("pk", flat=True))
    return list(found)


def _km(one: Instrument, other: Instrument) -> float | None:
    if one.facility_id is not None and one.facility_id == other.facility_id:
        return 0.0
    places = [_point(each) for each in (one, other)]
    if places[0] is None or places[1] is None:
        return None
    return distance_km(places[0], places[1])


def _point(instrument: Instrument) -> tuple[float, float] | None:
    for record in (instrument, instrument.facility, instrument.institution):
        if record is not None and record.latitude is not None and record.longitude is not None:
            return float(record.latitude), float(record.longitude)
    return None
