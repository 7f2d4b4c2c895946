"""Hours added up by instrument and year: kept by what the database notes of every change, made anew from sessions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BooleanField, Count, DecimalField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from liqi.access.models import Session, TallyBook, UseChange, UseTally
from liqi.catalogue.models import Instrument

__all__ = ["bring_up", "due", "waiting"]

AT_ONCE = 1000
"""Instruments whose tallies are made in one transaction."""
_IN_A_LIST = 500
_HOURS = DecimalField(max_digits=14, decimal_places=4)
_PLACES = Decimal("0.0001")
_PURPOSES = {"teaching_h": "teaching", "research_h": "research", "service_h": "service"}


def waiting() -> bool:
    """Whether sessions changed since the tallies were made."""
    return UseChange.objects.exists()


def bring_up() -> int:
    """Every tally says what the sessions say; gives how many instruments were added up anew.

    Whoever reads figures calls it first; it costs one query where nothing changed.
    """
    done = 0
    while waiting():
        with transaction.atomic():
            TallyBook.objects.get_or_create(number=1)
            TallyBook.objects.select_for_update().get(number=1)
            done += _part()
    return done


def due(*, now: datetime) -> int:
    """The same by the clock, also for instruments whose time zone was changed."""
    moved = UseTally.objects.exclude(time_zone=F("instrument__time_zone")).values_list("instrument", flat=True)
    UseChange.objects.bulk_create(UseChange(instrument=pk) for pk in set(moved))
    return bring_up()


def _part() -> int:
    """The notes are deleted before the sessions are read: what is committed later is noted anew."""
    noted = UseChange.objects.order_by("instrument").values_list("instrument", flat=True)
    instruments = list(noted.distinct()[:AT_ONCE])
    for part in _parts(instruments):
        UseChange.objects.filter(instrument__in=part).delete()
    for part in _parts(instruments):
        UseTally.objects.filter(instrument__in=part).delete()
        UseTally.objects.bulk_create(_made(part), batch_size=_IN_A_LIST)
    return len(instruments)


def _made(instruments: Sequence[int]) -> Iterator[UseTally]:
    zones: dict[str, list[int]] = {}
    for pk, zone in Instrument.everything.filter(pk__in=instruments).values_list("pk", "time_zone"):
        zones.setdefault(zone, []).append(pk)
    for zone, inside in zones.items():
        counted = Session.objects.filter(instrument__in=inside, ended_at__isnull=False, withdrawn=False)
        ends = counted.aggregate(first=Min("ended_at"), last=Max("ended_at"))
        if ends["first"] is None:
            continue
        clock = ZoneInfo(zone or "UTC")
        for year in range(ends["first"].astimezone(clock).year, ends["last"].astimezone(clock).year + 1):
            starts_at, ends_at = (datetime(one, 1, 1, tzinfo=clock).astimezone(UTC) for one in (year, year + 1))
            of_year = counted.filter(ended_at__gte=starts_at, ended_at__lt=ends_at)
            yes = ExpressionWrapper(Q(confirmation__isnull=False), output_field=BooleanField())
            rows = of_year.order_by().annotate(yes=yes).values("instrument", "yes")
            made: Any = rows.annotate(
                sessions=Count("pk"), effective_h=_sum(Q()), outside_h=_sum(Q(outside=True)),
                **{name: _sum(Q(purpose=purpose)) for name, purpose in _PURPOSES.items()},
            )  # fmt: skip
            for row in made:
                yield UseTally(
                    instrument_id=row["instrument"], year=year, confirmed=bool(row["yes"]), time_zone=zone,
                    sessions=row["sessions"],
                    **{name: row[name].quantize(_PLACES) for name in ("effective_h", "outside_h", *_PURPOSES)},
                )  # fmt: skip


def _sum(which: Q) -> Coalesce:
    return Coalesce(Sum("effective_hours", filter=which), Decimal(0), output_field=_HOURS)


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _IN_A_LIST] for at in range(0, len(ids), _IN_A_LIST))
