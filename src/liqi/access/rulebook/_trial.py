"""A rulebook is tried on the past: which bookings of a period would have been refused, and who would be hit.

Every booking of the period is asked again as it was asked then: at the moment it was made, with the bookings,
qualifications and acceptances of that moment. Nothing is written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, override

from liqi.access import rules
from liqi.access.models import Booking, RuleSetting
from liqi.access.opening import Period
from liqi.access.rulebook._setting import Place, checked, require_steward
from liqi.access.rules import Objection, Record, Request, Setting, Settings, Wish
from liqi.access.training.qualification import Held
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument

MOST_BOOKINGS = 5_000
"""How many bookings a trial asks again; of more the newest count, and it says so."""
BESIDE = timedelta(days=62)
"""How far around the period bookings can count for one inside it: a month's quota, a gap of sixty days."""
NOT_HELD = (Booking.State.REFUSED,)
"""States that never held the instrument for their person."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking that would have been refused, and why."""

    booking: Booking
    objections: tuple[Objection, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rulebook would have done in [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime
    asked: int
    """How many bookings were asked again."""
    left_out: int
    """How many more there were."""
    hits: tuple[Hit, ...]

    @property
    def by_rule(self) -> list[tuple[str, int]]:
        """How many bookings each rule would have refused, most first."""
        return _counted(rule for hit in self.hits for rule in hit.rules)

    @property
    def people(self) -> list[tuple[Person, int]]:
        """Who would have been hit, and how often, most first."""
        return _counted(hit.booking.person for hit in self.hits)

    @property
    def organisations(self) -> list[tuple[Organisation, int]]:
        """Whose bookings would have been hit, and how often, most first."""
        return _counted(hit.booking.organisation for hit in self.hits if hit.booking.organisation is not None)


def attempt(
    *, place: Place, by: Person, starts_at: datetime, ends_at: datetime, tried: Mapping[str, Mapping[str, Any]],
    only: Collection[str] | None = None,
) -> Trial:  # fmt: skip
    """Which bookings that start in [starts_at, ends_at) the rulebook would have refused, with the tried rules in it.

    ``tried`` gives the parameters of rules as they might be set, beside or in place of those that are. ``only``
    asks these rules alone; without it every rule that is set or tried. Raises NotAllowed, NotPossible.
    """
    require_steward(by, place)
    wished = {rule: checked(rule, parameters) for rule, parameters in tried.items()}
    where = Q(instrument=place) if isinstance(place, Instrument) else Q(instrument__facility=place)
    there = (
        Booking.objects.filter(where, starts_at__gte=starts_at, starts_at__lt=ends_at)
        .exclude(state__in=NOT_HELD)
        .select_related("instrument__institution", "person", "organisation__parent__parent", "order__project")
    )
    count = there.count()
    bookings = sorted(there.order_by("-starts_at", "-pk")[:MOST_BOOKINGS], key=lambda one: (one.created_at, one.pk))
    known = _settings({one.instrument_id: one.instrument for one in bookings}.values(), place, wished)
    past = _Past(where, starts_at - BESIDE, ends_at + BESIDE)
    hits = []
    for booking in bookings:
        request = _asked_then(booking, known, past)
        if hit := _hit(booking, request, only):
            hits.append(hit)
    hits.sort(key=lambda hit: (hit.booking.starts_at, hit.booking.pk))
    return Trial(starts_at, ends_at, len(bookings), count - len(bookings), tuple(hits))


def wording(place: Place, rule: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The rule with these parameters in words, in each language; raises NotPossible where they do not fit."""
    full = checked(rule, parameters)
    instrument = place if isinstance(place, Instrument) else Instrument(name=place.name, time_zone="UTC")
    found = {}
    for language in ("zh-hans", "zh-hant", "en"):
        with override(language):
            found[language] = rules.SET_RULES[rule].words(instrument, full)
    return found | {"here": found.get(get_language() or "en", found["en"])}


class _Past(Record):
    """The record as it stood at the moment of each request; read once for all of them."""

    def __init__(self, where: Q, starts_at: datetime, ends_at: datetime) -> None:
        rows = Booking.objects.filter(where, starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(state__in=NOT_HELD)
        self._of: dict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
        for row in rows.values_list(
            "pk", "instrument_id", "person_id", "organisation_id", "starts_at", "ends_at", "created_at", "cancelled_at"
        ):
            self._of["person", row[2]].append(row)
            if row[3] is not None:
                self._of["group", row[3]].append(row)
        self._held: dict[tuple[int, int], list[Held]] = {}

    def qualifications(self, request: Wish) -> list[Held]:
        """What the person's qualifications say about the instrument; asked of the database once a person."""
        key = (request.person.pk, request.instrument.pk)
        if key not in self._held:
            self._held[key] = super().qualifications(request)
        return self._held[key]

    def _booked(
        self, request: Wish, whose: str, starts_at: datetime, ends_at: datetime, whole_facility: bool
    ) -> list[Period]:
        who = request.person.pk if whose == "person" else request.organisation and request.organisation.pk
        own = request.but.pk if request.but is not None else None
        found = []
        for pk, instrument, _person, _group, begins, ends, made, cancelled in self._of.get((whose, who or 0), ()):
            there = (made, pk) < (request.now, own or 0) and (cancelled is None or cancelled > request.now)
            same = whole_facility or instrument == request.instrument.pk
            if there and same and begins < ends_at and ends > starts_at:
                found.append((begins, ends))
        return found


def _asked_then(booking: Booking, known: Settings, past: Record) -> Request:
    """The wish that the booking was when it was made; ``but`` keeps it from counting beside itself."""
    return Request(
        booking.instrument, booking.person, booking.organisation, booking.starts_at, booking.ends_at,
        booking.created_at, project=booking.order.project, but=booking, known=known, record=past,
    )  # fmt: skip


def _hit(booking: Booking, request: Request, only: Collection[str] | None) -> Hit | None:
    held = request.known.holding(request.instrument, request.starts_at)
    asked = [name for name in held if name in rules.SET_RULES and (only is None or name in only)]
    said = {name: rules.SET_RULES[name].objections(_new(request, name)) for name in asked}
    objections = tuple(objection for found in said.values() for objection in found)
    return Hit(booking, objections, tuple(name for name, found in said.items() if found)) if objections else None


def _new(request: Request, rule: str) -> Request:
    """The wish as a new booking: what is asked of changes alone is not asked of it."""
    return replace(request, but=None) if rule == "cancellation" else request


def _settings(instruments: Iterable[Instrument], place: Place, tried: Mapping[str, Mapping[str, Any]]) -> Settings:
    """The settings of each instrument, with the tried rules in place of those of the place."""
    there = list(instruments)
    rows = RuleSetting.objects.filter(
        Q(instrument__in=there) | Q(facility__in={one.facility_id for one in there if one.facility_id})
    )
    by_instrument: dict[int | None, list[Setting]] = defaultdict(list)
    by_facility: dict[int | None, list[Setting]] = defaultdict(list)
    for row in rows:
        own = row.instrument_id is not None
        setting = Setting(row.rule, row.parameters, own, row.active, row.since, row.until)
        (by_instrument[row.instrument_id] if own else by_facility[row.facility_id]).append(setting)
    known, of_place = Settings(), isinstance(place, Instrument)
    new = [Setting(rule, dict(parameters), of_place) for rule, parameters in tried.items()]
    for one in there:
        kept = [
            setting
            for setting in by_instrument[one.pk] + by_facility[one.facility_id]
            if not (setting.own == of_place and setting.rule in tried)
        ]
        known.put(one, [*new, *kept])
    return known


def _counted(things: Iterable[Any]) -> list[tuple[Any, int]]:
    counts: dict[Any, int] = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
