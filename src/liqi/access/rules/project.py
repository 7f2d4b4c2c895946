"""A booking is made under a project, and the project is open then."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.belonging import is_outside
from liqi.access.opening import zone
from liqi.access.rules._objection import Objection, Request
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("project_required", "project_closed")
TITLE = gettext_lazy("Project")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "required_of": {
        "title": gettext_lazy("A project is asked of"),
        "type": "string", "enum": ["everybody", "inside", "nobody"], "default": "everybody",
    },
    "open": {
        "title": gettext_lazy("The project must be open on the day of the booking"),
        "type": "boolean", "default": True,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when no project is named where one is asked, or when it is closed by then."""
    parameters = request.settings("project")
    if parameters is None:
        return []
    project = request.project
    if project is None:
        asked = parameters["required_of"]
        if asked == "nobody" or (
            asked == "inside" and is_outside(request.organisation, request.instrument.institution)
        ):
            return []
        words = _("The booking names no project, and %(instrument)s asks for one; choose one, or begin one first.")
        return [Objection("project_required", words % {"instrument": called(request.instrument)}, waivable=True)]
    day = request.starts_at.astimezone(zone(request.instrument)).date()
    if parameters["open"] and project.closed_on is not None and project.closed_on <= day:
        words = _("The project %(project)s is closed since %(day)s; choose an open one.")
        said = words % {"project": project, "day": project.closed_on.isoformat()}
        return [Objection("project_closed", said, waivable=True)]
    return []


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """Of whom a project is asked."""
    said = {
        "everybody": _("Each booking is made under a project."),
        "inside": _("Members of the institution book under a project."),
        "nobody": "",
    }[parameters["required_of"]]
    return " ".join(part for part in (said, _("The project must be open.") if parameters["open"] else "") if part)
