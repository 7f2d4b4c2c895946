"""An instrument taken out of the catalogue: only when nobody holds a booking on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from liqi.access.models import Booking, Session
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import editing
from liqi.catalogue.models import Instrument, RecordChange

__all__ = ["StillBooked", "remove_instrument"]


class StillBooked(editing.InUse):
    """People hold bookings on the instrument; the message says how many and what to do."""


def remove_instrument(instrument: Instrument, *, person: Person | None, now: datetime) -> RecordChange:
    """The instrument is out of the catalogue; raises StillBooked while bookings ahead or a session stand on it."""
    with transaction.atomic():
        count = Booking.objects.live().filter(instrument=instrument).ahead(now).count()
        count += Session.objects.running().filter(instrument=instrument).count()
        if count:
            raise StillBooked(
                ngettext(
                    "%(count)s booking or session stands on “%(instrument)s”; cancel or end it first.",
                    "%(count)s bookings and sessions stand on “%(instrument)s”; cancel or end them first.",
                    count,
                )
                % {"count": count, "instrument": called(instrument)}
            )
        return editing.remove(instrument, person=person, now=now)
