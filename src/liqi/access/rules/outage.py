"""Nothing is booked while the instrument, or every place of it, is out of use."""

from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access.models import Outage
from liqi.access.rules._objection import Objection, Request, clock
from liqi.catalogue.models import Instrument

CODES = ("outage",)


def objections(request: Request) -> list[Objection]:
    """One objection when an outage of the whole instrument, or of the wished place, meets the period."""
    if not request.outage or request.instrument.pk is None:  # the latter: an instrument that is not on record
        return []
    out = Outage.objects.standing().filter(Q(position=None) | Q(position=request.position))
    out = out.filter(instrument=request.instrument).meeting(request.starts_at, request.ends_at)
    met = out.order_by("starts_at").first()
    if met is None:
        return []
    said = {
        "words": met.words,
        "start": clock(met.starts_at, request.instrument, request.person),
        "end": clock(met.ends_at, request.instrument, request.person) if met.ends_at else "",
    }
    words = (
        _("Out of use from %(start)s to %(end)s: %(words)s; choose a time outside.")
        if met.ends_at
        else _("Out of use since %(start)s until further notice: %(words)s; join the waiting list or ask a steward.")
    )
    return [Objection("outage", words % said, waivable=False)]


def words(instrument: Instrument) -> str:
    """Nothing in general; the calendar shows each outage."""
    return ""
