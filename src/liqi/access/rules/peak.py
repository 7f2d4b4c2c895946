"""The hours that everybody wants are shared: nobody takes more of them than their part, nor too many at a time."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.opening import Period, utc, zone
from liqi.access.rules._objection import Objection, Request, duration
from liqi.access.rules._week import WINDOWS, hours, inside, lasting, week
from liqi.catalogue.models import Instrument

CODES = ("peak_share", "peak_long")
TITLE = gettext_lazy("Peak hours")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "windows": WINDOWS | {"title": gettext_lazy("Peak hours"), "minItems": 1},
    "share_percent": {
        "title": gettext_lazy("Largest share of a week's peak hours, in percent"),
        "type": "integer", "minimum": 1, "maximum": 100, "default": 50,
    },
    "whose": {
        "title": gettext_lazy("For each"), "type": "string", "enum": ["person", "group"], "default": "person",
    },
    "longest_minutes": {
        "title": gettext_lazy("Most peak minutes in one booking (0: no limit)"),
        "type": "integer", "minimum": 0, "maximum": 10080, "default": 0,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """An objection when the wish has too many peak hours, or brings its week's above the share."""
    parameters = request.settings("peak")
    if parameters is None or request.length <= timedelta(0):
        return []
    found = []
    wished = lasting(inside(parameters["windows"], request.instrument, request.starts_at, request.ends_at))
    longest = timedelta(minutes=parameters["longest_minutes"])
    if longest and wished > longest:
        words = _("%(found)s of the booking are peak hours, at most %(bound)s at a time; book a part outside them.")
        said = {"found": duration(wished), "bound": duration(longest)}
        found.append(Objection("peak_long", words % said, waivable=True))
    return found + (_over_share(request, parameters) if wished else [])


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """The peak hours, the share, the longest at a time."""
    facts = {
        "hours": week(hours(parameters["windows"])),
        "share": parameters["share_percent"],
        "longest": duration(timedelta(minutes=parameters["longest_minutes"])),
    }
    if parameters["whose"] == "group":
        said = _("Peak hours %(hours)s: each group at most %(share)d %% of a week's.")
    else:
        said = _("Peak hours %(hours)s: each person at most %(share)d %% of a week's.")
    if parameters["longest_minutes"]:
        longest = _("No booking takes more than %(longest)s of them.")
        return f"{said % facts} {longest % facts}"
    return said % facts


def _over_share(request: Request, parameters: Mapping[str, Any]) -> list[Objection]:
    group = parameters["whose"] == "group"
    if group and request.organisation is None:
        return []
    for starts_at, ends_at in _weeks(request):
        all_peak = lasting(inside(parameters["windows"], request.instrument, starts_at, ends_at))
        bound = all_peak * parameters["share_percent"] / 100
        mine = [(request.starts_at, request.ends_at)]
        beside = request.record.periods(request, parameters["whose"], starts_at, ends_at)
        taken = _peak_of(request, parameters, beside, starts_at, ends_at)
        wished = _peak_of(request, parameters, mine, starts_at, ends_at)
        if wished and taken + wished > bound:
            said = {"taken": duration(taken), "wished": duration(wished), "bound": duration(bound)}
            if group:
                words = _(
                    "Your group has %(taken)s of that week's peak hours and wishes %(wished)s more; "
                    "at most %(bound)s. Choose a time outside them."
                )
            else:
                words = _(
                    "You have %(taken)s of that week's peak hours and wish %(wished)s more; "
                    "at most %(bound)s. Choose a time outside them."
                )
            return [Objection("peak_share", words % said, waivable=True)]
    return []


def _peak_of(
    request: Request, parameters: Mapping[str, Any], periods: list[Period], starts_at: datetime, ends_at: datetime
) -> timedelta:
    parts = [(max(start, starts_at), min(end, ends_at)) for start, end in periods]
    return sum(
        (lasting(inside(parameters["windows"], request.instrument, *part)) for part in parts if part[0] < part[1]),
        timedelta(0),
    )


def _weeks(request: Request) -> list[Period]:
    """The weeks, Monday to Monday where the instrument stands, that the wish touches."""
    here = zone(request.instrument)
    first = request.starts_at.astimezone(here).date()
    monday = first - timedelta(days=first.weekday())
    found: list[Period] = []
    while not found or found[-1][1] < request.ends_at:
        following = monday + timedelta(days=7)
        found.append((utc(datetime.combine(monday, time(), here)), utc(datetime.combine(following, time(), here))))
        monday = following
    return found
