"""Nobody, and no group, takes more than their share: hours or bookings a day, a week, a month, or ahead at a time."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.opening import Period, utc, zone
from liqi.access.rules._objection import Objection, Request
from liqi.catalogue.models import Instrument

CODES = ("quota_person", "quota_group")
TITLE = gettext_lazy("Quotas")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "limits": {
        "title": gettext_lazy("Limits"),
        "type": "array", "minItems": 1, "maxItems": 12, "default": [],
        "items": {
            "type": "object", "required": ["whose", "what", "per", "most"], "additionalProperties": False,
            "properties": {
                "whose": {"title": gettext_lazy("For each"), "type": "string", "enum": ["person", "group"]},
                "most": {"title": gettext_lazy("At most"), "type": "number", "minimum": 0, "maximum": 10000},
                "what": {"title": gettext_lazy("Of what"), "type": "string", "enum": ["hours", "bookings"]},
                "per": {"title": gettext_lazy("In"), "type": "string", "enum": ["day", "week", "month", "ahead"]},
            },
        },
    },
    "counted_on": {
        "title": gettext_lazy("Counted over"),
        "type": "string", "enum": ["instrument", "facility"], "default": "instrument",
    },
}  # fmt: skip
HOUR = timedelta(hours=1)
FAR = timedelta(days=3660)


def objections(request: Request) -> list[Objection]:
    """One objection for each limit that the wish would break; what lies in a period counts in it, to the second."""
    parameters = request.settings("quota")
    if parameters is None or request.length <= timedelta(0):
        return []
    whole = parameters["counted_on"] == "facility"
    found = []
    for limit in parameters["limits"]:
        if limit["whose"] == "group" and request.organisation is None:
            continue
        for starts_at, ends_at in _spans(request, limit["per"]):
            beside = request.record.periods(request, limit["whose"], starts_at, ends_at, whole_facility=whole)
            before = _amount(beside, limit["what"], starts_at, ends_at)
            wished = _amount([(request.starts_at, request.ends_at)], limit["what"], starts_at, ends_at)
            if before + wished > Decimal(str(limit["most"])):
                found.append(_objection(limit, before, wished, whole=whole))
                break
    return found


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """The limits, one after the other."""
    whole = parameters["counted_on"] == "facility"
    limits = "; ".join(_limit(limit) for limit in parameters["limits"])
    if not limits:
        return ""
    if whole:
        return _("At most %(limits)s, over all instruments of the facility.") % {"limits": limits}
    return _("At most %(limits)s.") % {"limits": limits}


def _objection(limit: Mapping[str, Any], before: Decimal, wished: Decimal, *, whole: bool) -> Objection:
    said = {"limit": _limit(limit), "before": _plain(before), "wished": _plain(wished)}
    if limit["what"] == "hours":
        words = _(
            "%(before)s h are booked and %(wished)s h wished; at most %(limit)s. Book less, or in another period."
        )
    else:
        words = _("%(before)s bookings are made already; at most %(limit)s. Give one back, or book at another time.")
    return Objection(f"quota_{limit['whose']}", words % said, waivable=True)


def _limit(limit: Mapping[str, Any]) -> str:
    """The limit as a phrase, as in 8 h a week for each person."""
    phrases = {
        ("person", "hours", "day"): _("%(most)s h a day for each person"),
        ("person", "hours", "week"): _("%(most)s h a week for each person"),
        ("person", "hours", "month"): _("%(most)s h a month for each person"),
        ("person", "hours", "ahead"): _("%(most)s h ahead for each person"),
        ("person", "bookings", "day"): _("%(most)s bookings a day for each person"),
        ("person", "bookings", "week"): _("%(most)s bookings a week for each person"),
        ("person", "bookings", "month"): _("%(most)s bookings a month for each person"),
        ("person", "bookings", "ahead"): _("%(most)s bookings ahead for each person"),
        ("group", "hours", "day"): _("%(most)s h a day for each group"),
        ("group", "hours", "week"): _("%(most)s h a week for each group"),
        ("group", "hours", "month"): _("%(most)s h a month for each group"),
        ("group", "hours", "ahead"): _("%(most)s h ahead for each group"),
        ("group", "bookings", "day"): _("%(most)s bookings a day for each group"),
        ("group", "bookings", "week"): _("%(most)s bookings a week for each group"),
        ("group", "bookings", "month"): _("%(most)s bookings a month for each group"),
        ("group", "bookings", "ahead"): _("%(most)s bookings ahead for each group"),
    }
    return phrases[limit["whose"], limit["what"], limit["per"]] % {"most": _plain(Decimal(str(limit["most"])))}


def _spans(request: Request, per: str) -> list[Period]:
    """The days, weeks or months that the wish touches, by the clock of the instrument; or all that is ahead."""
    if per == "ahead":
        return [(request.now, max(request.now, request.ends_at) + FAR)]
    here, last = zone(request.instrument), request.ends_at - timedelta(microseconds=1)
    found: list[Period] = []
    day = _first_of(per, request.starts_at.astimezone(here).date())
    while not found or found[-1][1] <= last:
        following = _first_of(per, day + timedelta(days={"day": 1, "week": 7, "month": 31}[per]))
        found.append((utc(datetime.combine(day, time(), here)), utc(datetime.combine(following, time(), here))))
        day = following
    return found


def _first_of(per: str, day: date) -> date:
    if per == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per == "month" else day


def _amount(periods: list[Period], what: str, starts_at: datetime, ends_at: datetime) -> Decimal:
    """How many hours of the periods lie in [starts_at, ends_at), or how many of them begin or go on there."""
    if what == "bookings":
        return Decimal(sum(1 for start, _end in periods if starts_at <= start < ends_at))
    inside = sum((min(end, ends_at) - max(start, starts_at) for start, end in periods), timedelta(0))
    return Decimal(inside // timedelta(seconds=1)) / Decimal(HOUR // timedelta(seconds=1))


def _plain(number: Decimal) -> str:
    """The number with at most two places and no zeros at its end."""
    return f"{number.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
