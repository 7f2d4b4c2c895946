"""What a record lacks, for those who look after it: each gap with the field of the form that fills it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

STALE = timedelta(days=365)


def of_instrument(instrument: Any, *, contacts: int, pictures: int, today: date) -> list[tuple[str, str]]:
    """The gaps of an instrument, those that keep people from finding or using it first: (field, sentence)."""
    found: list[tuple[str, str]] = []

    def gap(missing: bool, field: str, words: str) -> None:
        if missing:
            found.append((field, words))

    gap(not instrument.class_code, "class_code", _("It has no class, so lists and facets leave it out."))
    gap(not instrument.capabilities, "capabilities", _("No capability is on record; searches by number miss it."))
    gap(not instrument.name_en, "name_en", _("It has no English name."))
    gap(not contacts, "contacts", _("Nobody can be asked: no public contact is on record."))
    gap(instrument.latitude is None, "latitude", _("It has no place on the map."))
    gap(not instrument.techniques, "techniques", _("No technique is on record; a need in words may not find it."))
    gap(
        bool(instrument.bookable) and instrument.price_cny_per_hour is None,
        "price_cny_per_hour",
        _("It can be booked, but no price is on record."),
    )
    gap(not pictures, "pictures", _("It has no picture."))
    gap(
        instrument.calibration_due_on is not None and instrument.calibration_due_on < today,
        "calibration_due_on",
        _("Its calibration was due."),
    )
    confirmed = instrument.confirmed_on
    gap(
        confirmed is None or today - confirmed > STALE,
        "confirmed_on",
        _("Nobody confirmed the record in the last twelve months."),
    )
    return found
