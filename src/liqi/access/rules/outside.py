"""Users from outside book at the hours, and with the notice, that are set for them; or not at all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.belonging import is_outside
from liqi.access.rules._objection import Objection, Request, clock, duration
from liqi.access.rules._week import WINDOWS, hours, inside, week
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("outside_never", "outside_hours", "outside_notice")
TITLE = gettext_lazy("Users from outside")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "allowed": {
        "title": gettext_lazy("They may book"),
        "type": "string", "enum": ["always", "in hours", "never"], "default": "always",
    },
    "windows": WINDOWS | {"title": gettext_lazy("Hours for users from outside")},
    "notice_hours": {
        "title": gettext_lazy("Hours of notice that they give"),
        "type": "integer", "minimum": 0, "maximum": 8760, "default": 0,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """An objection for each way in which somebody from outside wishes more than is open to them."""
    parameters = request.settings("outside")
    if parameters is None or not is_outside(request.organisation, request.instrument.institution):
        return []
    if parameters["allowed"] == "never":
        words = _("%(instrument)s is not booked by users from outside; order a service of it, or ask its stewards.")
        return [Objection("outside_never", words % {"instrument": called(request.instrument)}, waivable=True)]
    found = []
    wish = (request.starts_at, request.ends_at)
    if (
        parameters["allowed"] == "in hours"
        and request.length > timedelta(0)
        and inside(parameters["windows"], request.instrument, *wish) != [wish]
    ):
        words = _("Users from outside book %(instrument)s in these hours: %(hours)s; choose a period inside them.")
        said = {"instrument": called(request.instrument), "hours": week(hours(parameters["windows"])) or _("never")}
        found.append(Objection("outside_hours", words % said, waivable=True))
    earliest = request.now + timedelta(hours=parameters["notice_hours"])
    if request.now <= request.starts_at < earliest:
        words = _("Users from outside book at least %(notice)s ahead; start after %(earliest)s.") % {
            "notice": duration(timedelta(hours=parameters["notice_hours"])),
            "earliest": clock(earliest, request.instrument, request.person),
        }
        found.append(Objection("outside_notice", words, waivable=True))
    return found


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """What is open to users from outside."""
    if parameters["allowed"] == "never":
        return _("Users from outside do not book; they order services.")
    said = []
    if parameters["allowed"] == "in hours":
        text = _("Users from outside book %(hours)s.")
        said.append(text % {"hours": week(hours(parameters["windows"])) or _("never")})
    if parameters["notice_hours"]:
        text = _("Users from outside book at least %(notice)s ahead.")
        said.append(text % {"notice": duration(timedelta(hours=parameters["notice_hours"]))})
    return " ".join(said)
