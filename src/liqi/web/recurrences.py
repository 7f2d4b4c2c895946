"""How a recurrence rule of RFC 5545 reads: every week on Thu, 4 times."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import pgettext

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}


def in_words(rule: str) -> str:
    """The rule as people say it; one with parts that have no plain words is shown as it is written."""
    parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    if set(parts) - _KNOWN or set(days) - set(_DAYS) or parts.get("FREQ") not in _every("1"):
        return rule
    said = [_every(parts.get("INTERVAL", "1"))[parts["FREQ"]]]
    if days:
        named = pgettext("series", ", ").join(str(WEEKDAYS_ABBR[_DAYS.index(day)]) for day in days)
        said.append(pgettext("series", "on %(days)s") % {"days": named})
    if count := parts.get("COUNT"):
        said.append(pgettext("series", "%(n)s times") % {"n": count})
    if until := parts.get("UNTIL"):
        said.append(pgettext("series", "until %(day)s") % {"day": f"{until[:4]}-{until[4:6]}-{until[6:8]}"})
    return " · ".join(said)


def _every(steps: str) -> dict[str, str]:
    """By frequency: how often, for that many steps."""
    if steps == "1":
        return {
            "DAILY": pgettext("series", "every day"),
            "WEEKLY": pgettext("series", "every week"),
            "MONTHLY": pgettext("series", "every month"),
            "YEARLY": pgettext("series", "every year"),
        }
    words = {
        "DAILY": pgettext("series", "every %(n)s days"),
        "WEEKLY": pgettext("series", "every %(n)s weeks"),
        "MONTHLY": pgettext("series", "every %(n)s months"),
        "YEARLY": pgettext("series", "every %(n)s years"),
    }
    return {name: said % {"n": steps} for name, said in words.items()}
