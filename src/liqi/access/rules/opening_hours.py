"""A booking lies inside the opening hours, on the clock where the instrument stands."""

from datetime import timedelta

from django.utils.translation import gettext as _

from liqi.access import opening
from liqi.access.rules._objection import Objection, Request, clock
from liqi.access.rules._week import week
from liqi.catalogue.models import Instrument

CODES = ("closed",)


def objections(request: Request) -> list[Objection]:
    """One objection when any part of the period is outside the opening hours."""
    if request.length <= timedelta(0) or opening.is_open(request.instrument, request.starts_at, request.ends_at):
        return []
    words = _("%(start)s to %(end)s is not inside the opening hours: %(hours)s; choose a period inside them.") % {
        "start": clock(request.starts_at, request.instrument, request.person),
        "end": clock(request.ends_at, request.instrument, request.person),
        "hours": _table(request.instrument),
    }
    return [Objection("closed", words, waivable=True)]


def words(instrument: Instrument) -> str:
    """The opening hours of a week."""
    return _("Open %(hours)s.") % {"hours": _table(instrument)}


def _table(instrument: Instrument) -> str:
    """The hours of a week, days with the same hours together."""
    if not instrument.opening_hours:
        return _("round the clock")
    hours = week(instrument.opening_hours) or _("never")
    return f"{hours} ({instrument.time_zone})"
