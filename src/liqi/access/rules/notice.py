"""A booking is made long enough before it starts."""

from datetime import timedelta

from django.utils.translation import gettext as _

from liqi.access.rules._objection import Objection, Request, clock, duration
from liqi.catalogue.models import Instrument

CODES = ("short_notice",)


def objections(request: Request) -> list[Objection]:
    """One objection when the start is nearer than the notice."""
    notice = timedelta(minutes=request.instrument.notice_minutes)
    if request.now <= request.starts_at < request.now + notice:
        words = _("The booking starts in %(found)s, the notice here is %(notice)s; start after %(earliest)s.") % {
            "found": duration(request.starts_at - request.now),
            "notice": duration(notice),
            "earliest": clock(request.now + notice, request.instrument, request.person),
        }
        return [Objection("short_notice", words, waivable=True)]
    return []


def words(instrument: Instrument) -> str:
    """The notice, if one is asked."""
    if not instrument.notice_minutes:
        return ""
    notice = duration(timedelta(minutes=instrument.notice_minutes))
    return _("Book at least %(notice)s ahead.") % {"notice": notice}
