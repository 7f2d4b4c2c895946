"""What stands around every page: rooms, language, theme, commands; and the middleware that sets the person's zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

ROOMS = [
    (
        "search",
        _("Catalogue"),
        "search",
        (
            "/search/",
            "/instruments/",
            "/services/",
            "/facilities/",
            "/institutions/",
            "/makers/",
            "/classes/",
            "/compare/",
            "/records/",
            "/import/",
        ),
    ),
    (
        "bench",
        _("My bench"),
        "flask",
        ("/bench/", "/orders/", "/samples/", "/calendar/", "/bookings/", "/waiting/", "/first-slot/"),
    ),
    ("answers", _("Answers"), "file-analytics", ("/answers/", "/runs/")),
    ("observatory", _("Observatory"), "telescope", ("/observatory/", "/rules/")),
]
"""The rooms in the bar: name of the address, label, icon, and the addresses that belong to the room."""
COMMANDS = [
    ("instruments", _("All instruments"), "microscope"),
    ("classes", _("Classes of instruments"), "hexagons"),
    ("compare", _("Compare instruments"), "scale"),
    ("orders", _("My orders"), "test-pipe"),
    ("samples", _("Scan a label"), "qrcode"),
    ("desk_orders", _("Orders of my services"), "test-pipe"),
    ("desk", _("Manager's desk"), "clock"),
    ("waiting", _("Waiting"), "hourglass-empty"),
    ("first_slot", _("First time for a whole job"), "list"),
    ("rules", _("Rules that fit me"), "scale"),
    ("profile", _("Profile: language and time zone"), "settings"),
    ("about", _("About and help"), "info-circle"),
]
OPERATORS = [
    ("instrument_new", _("New instrument"), "plus"),
    ("imports", _("Import a list"), "upload"),
    ("harvests", _("Harvests"), "database"),
]
"""Commands that are refused to most people, so operators alone see them; stewards have theirs on the desk."""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _of(request: HttpRequest) -> dict[str, Any]:
    rooms = [
        {"address": _address(name), "label": label, "icon": icon, "here": request.path.startswith(prefixes)}
        for name, label, icon, prefixes in ROOMS
    ]
    rooms = [room for room in rooms if room["address"]]
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES  # who has none is nobody, and asking costs no query
    known = [*COMMANDS, *(OPERATORS if signed_in and getattr(request.user, "is_operator", False) else ())]
    more = [{"address": _address(name), "label": label, "icon": icon} for name, label, icon in known]
    theme = request.COOKIES.get("theme", "")
    return {
        "rooms": rooms,
        "commands": [*rooms, *[entry for entry in more if entry["address"]]],
        "languages": settings.LANGUAGES,
        "theme": theme if theme in ("light", "dark") else "",
        "question": request.GET.get("q", "") if request.path == "/search/" else "",
        "here": request.get_full_path(),
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs beside the page's own values; costs no query."""
    return {"frame": SimpleLazyObject(lambda: _of(request))}


class PersonMiddleware:
    """The page speaks the language and counts in the time zone of the person who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page."""
        person: Any = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if person is None or not person.is_authenticated:
            return self.get_response(request)
        if person.language and not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        with timezone.override(zone(person.time_zone)):
            return self.get_response(request)


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The time zone of that name, the platform's own when the name is unknown."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
