"""Whoever books is qualified for the instrument, at the level that the hours ask for, until the booking ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liqi.access.models import Course, Level
from liqi.access.opening import zone
from liqi.access.rules._objection import Objection, Request
from liqi.access.rules._week import WINDOWS, hours, inside, week
from liqi.access.training.qualification import Held
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("not_qualified", "qualification_expired", "level_too_low", "course_missing")
TITLE = gettext_lazy("Qualification")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "level": {
        "title": gettext_lazy("Level asked for"), "type": "string", "enum": list(Level.values), "default": "self",
    },
    "staffed": WINDOWS | {"title": gettext_lazy("Staffed hours; outside them the level out of hours is asked for")},
    "courses": {
        "title": gettext_lazy("These courses as well"),
        "type": "array", "items": {"type": "integer"}, "uniqueItems": True, "maxItems": 20, "default": [],
        "format": "courses",
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection for what is missing: any qualification, one that still holds then, or a higher level."""
    parameters = request.settings("qualification")
    if parameters is None:
        return []
    held = request.record.qualifications(request)
    found = _of_instrument(request, parameters, held)
    return found + (_of_courses(request, parameters["courses"]) if parameters["courses"] else [])


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """What is asked, and which courses give it."""
    said = _("Qualified users only (%(level)s).") % {"level": level_name(parameters["level"])}
    if parameters["staffed"]:
        facts = {"hours": week(hours(parameters["staffed"])), "level": level_name(Level.OUT_OF_HOURS)}
        said += " " + _("Outside %(hours)s: %(level)s.") % facts
    if parameters["courses"]:
        said += " " + _("Also: %(courses)s.") % {"courses": ", ".join(_titles(parameters["courses"]))}
    return said


def level_name(level: str) -> str:
    """The level in words."""
    return {
        Level.ASSISTED: pgettext("level of a qualification", "assisted"),
        Level.SELF: pgettext("level of a qualification", "on their own"),
        Level.OUT_OF_HOURS: pgettext("level of a qualification", "out of hours"),
    }[Level(level)]


def _of_instrument(request: Request, parameters: Mapping[str, Any], held: list[Held]) -> list[Objection]:
    level = _level_then(request, parameters)
    facts = {"instrument": called(request.instrument), "level": level_name(level)}
    here = zone(request.instrument)
    first = request.starts_at.astimezone(here).date()
    last = max(first, (request.ends_at - timedelta(microseconds=1)).astimezone(here).date())
    holding = [one for one in held if one.holds(first, last)]
    if any(one.reaches(level) for one in holding):
        return []
    if past := [one for one in held if one.reaches(level) and one.expires_on is not None and one.expires_on <= last]:
        latest = max(past, key=lambda one: one.expires_on or first)
        facts |= {"course": latest.title, "day": str(latest.expires_on)}
        said = _("Your qualification %(course)s for %(instrument)s expires on %(day)s; renew it first.")
        return [Objection("qualification_expired", said % facts, waivable=True)]
    if holding:
        facts["found"] = level_name(max((one.level for one in holding), key=Level.values.index))
        said = _("You are qualified for %(instrument)s as: %(found)s; this time asks for: %(level)s.")
        return [Objection("level_too_low", said % facts, waivable=True)]
    said = _("%(instrument)s is used by qualified people (%(level)s); take one of its courses first.")
    return [Objection("not_qualified", said % facts, waivable=True)]


def _of_courses(request: Request, courses: list[int]) -> list[Objection]:
    here = zone(request.instrument)
    last = (request.ends_at - timedelta(microseconds=1)).astimezone(here).date()
    missing = request.record.courses_missing(request, courses, request.starts_at.astimezone(here).date(), last)
    text = _("%(instrument)s also asks for the course %(course)s; take it first.")
    return [
        Objection("course_missing", text % {"instrument": called(request.instrument), "course": title}, waivable=True)
        for title in missing
    ]


def _level_then(request: Request, parameters: Mapping[str, Any]) -> str:
    """The level that the period asks for: out of hours where any part of it is not staffed."""
    wish = (request.starts_at, request.ends_at)
    if not parameters["staffed"] or request.length <= timedelta(0):
        return str(parameters["level"])
    staffed = inside(parameters["staffed"], request.instrument, *wish) == [wish]
    return str(parameters["level"]) if staffed else Level.OUT_OF_HOURS


def _titles(courses: list[int]) -> list[str]:
    return [called(one) for one in Course.objects.filter(pk__in=courses).order_by("title").only("title", "title_en")]
