"""The timetable of a harvest on its form and in words: every so many hours or days, at a time of day."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi.catalogue.federation.sources import Refused
from liqi.catalogue.models import Harvest

UNITS = {"hours": 1, "days": 24}


def shown(source: Harvest | None) -> dict[str, str]:
    """What the fields of the form hold for this source."""
    if source is None or source.every_hours is None:
        return {"every": "", "unit": "days", "at_time": ""}
    whole = source.every_hours % 24 == 0
    number = source.every_hours // 24 if whole else source.every_hours
    at_time = source.at_time.isoformat("minutes") if source.at_time else ""
    return {"every": str(number), "unit": "days" if whole else "hours", "at_time": at_time}


def typed(given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: str(given.get(name, "")).strip() for name in ("every", "unit", "at_time")}


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Hours and time of day as they were typed; a blank number means no timetable. Raises Refused."""
    said = typed(given)
    if not said["every"]:
        return {"every_hours": None, "at_time": None}
    if not said["every"].isascii() or not said["every"].isdigit() or len(said["every"]) > 5:
        raise Refused(
            _("found every “%(found)s”; expected a whole number of hours or days.") % {"found": said["every"]}
        )
    hours = int(said["every"]) * UNITS.get(said["unit"], 24)
    try:
        at_time = time.fromisoformat(said["at_time"]) if said["at_time"] else None
    except ValueError:
        raise Refused(
            _("found the time “%(found)s”; expected one such as 03:30.") % {"found": said["at_time"]}
        ) from None
    return {"every_hours": hours, "at_time": at_time}


def sentence(source: Harvest) -> str:
    """The timetable in one line; blank where there is none."""
    if source.every_hours is None:
        return ""
    if source.every_hours % 24:
        return ngettext("every hour", "every %(n)s hours", source.every_hours) % {"n": source.every_hours}
    days = source.every_hours // 24
    every = ngettext("every day", "every %(n)s days", days) % {"n": days}
    if source.at_time is None:
        return every
    return _("%(every)s at %(time)s") % {"every": every, "time": source.at_time.isoformat("minutes")}
