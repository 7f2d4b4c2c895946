"""A booking is neither shorter nor longer than the instrument allows.

A day by the instrument's clock counts 24 h, also where the clocks change and it has 23 or 25.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from liqi.access import opening
from liqi.access.rules._objection import Objection, Request, duration
from liqi.catalogue.models import Instrument

CODES = ("too_short", "too_long")


def objections(request: Request) -> list[Objection]:
    """One objection when the length is out of bounds."""
    shortest = timedelta(minutes=request.instrument.min_minutes)
    longest = timedelta(minutes=request.instrument.max_minutes)
    days, rest = opening.by_clock(request.starts_at, request.ends_at, opening.zone(request.instrument))
    length = timedelta(days=days) + rest
    if timedelta(0) < length < shortest:
        words = _("The booking is %(found)s long, the shortest here is %(bound)s; choose a later end.")
        said = words % {"found": duration(length), "bound": duration(shortest)}
        return [Objection("too_short", said, waivable=True)]
    if length > longest:
        words = _("The booking is %(found)s long, the longest here is %(bound)s; choose an earlier end.")
        said = words % {"found": duration(length), "bound": duration(longest)}
        return [Objection("too_long", said, waivable=True)]
    return []


def words(instrument: Instrument) -> str:
    """The bounds."""
    return _("From %(shortest)s to %(longest)s at a time.") % {
        "shortest": duration(timedelta(minutes=instrument.min_minutes)),
        "longest": duration(timedelta(minutes=instrument.max_minutes)),
    }
