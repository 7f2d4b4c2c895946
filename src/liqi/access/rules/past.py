"""A booking starts in the future and ends after it starts."""

from django.utils.translation import gettext as _

from liqi.access.rules._objection import Objection, Request, clock
from liqi.catalogue.models import Instrument

CODES = ("period_reversed", "past")


def objections(request: Request) -> list[Objection]:
    """One objection when the end is not after the start, or when the start is over."""
    if request.ends_at <= request.starts_at:
        words = _("The booking ends at %(end)s, which is not after its start at %(start)s; choose a later end.") % {
            "start": clock(request.starts_at, request.instrument, request.person),
            "end": clock(request.ends_at, request.instrument, request.person),
        }
        return [Objection("period_reversed", words, waivable=False)]
    if request.starts_at < request.now:
        words = _("The booking starts at %(start)s, which is over; choose a start after %(now)s.") % {
            "start": clock(request.starts_at, request.instrument, request.person),
            "now": clock(request.now, request.instrument, request.person),
        }
        return [Objection("past", words, waivable=False)]
    return []


def words(instrument: Instrument) -> str:
    """Nothing: everybody expects it."""
    return ""
