"""Who speaks when a program does, by the header Authorization: an instrument's agent, a person's program, a tablet."""

from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer, django_auth

from liqi.access import agents
from liqi.access.metering import kiosk
from liqi.access.models import Agent, Kiosk
from liqi.accounts import tokens
from liqi.accounts.models import ApiToken

__all__ = ["ANYBODY", "SIGNED_IN", "AgentToken", "KioskToken", "PersonToken", "agent_of", "scope_of", "token_of"]

WRITES = {
    **dict.fromkeys(("bookings", "waiting", "sessions", "training"), "book"),
    **dict.fromkeys(("orders", "samples", "runs", "files"), "orders"),
    "money": "money",
    **dict.fromkeys(
        (
            *("rules", "agents", "metering", "services", "webhooks", "evaluation", "care", "outages", "boards"),
            *("inbox", "organisations", "curation"),
        ),
        "manage",
    ),
    "notices": "read",
    "search": "read",
    "me": "account",
}
"""The scope that a token needs to change something of a resource; reading anything needs `read`."""
MANAGES = ("bookings/requests", "bookings/terms", "training/desk", "waiting/desk")
"""Addresses of stewards below a resource of everybody."""
MOST_A_MINUTE = 1200
"""How often one token may ask in a minute, in each process of the server."""
MOST_WRONG_A_MINUTE = 30
"""How many unknown tokens one network address may try in a minute, in each process of the server."""


def token_of(request: HttpRequest) -> str:
    """The token that the request carries, empty where it carries none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def agent_of(request: HttpRequest) -> Agent | None:
    """The agent whose token the request carries, None where it carries none; raises agents.UnknownToken."""
    token = token_of(request)
    return agents.recognise(token, now=datetime.now(UTC)) if token.startswith(agents.PREFIX) else None


def scope_of(method: str, route: str) -> str:
    """The scope that a token needs for an address of the interface, such as POST api/bookings.

    >>> scope_of("GET", "api/bookings"), scope_of("POST", "api/bookings"), scope_of("PUT", "api/bookings/terms/<key>")
    ('read', 'book', 'manage')
    """
    if method in ("GET", "HEAD"):
        return "read"
    below = route.removeprefix("api/")
    return "manage" if below.startswith(MANAGES) else WRITES[below.split("/")[0]]


class AgentToken(HttpBearer):
    """Lets agents in; the endpoint finds its agent in ``request.auth``."""

    def authenticate(self, request: HttpRequest, token: str) -> Agent:
        """The agent of the token."""
        _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE, count=False)
        try:
            return agents.recognise(token, now=datetime.now(UTC))
        except agents.UnknownToken as problem:
            _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE)
            raise HttpError(401, str(problem)) from None


class KioskToken(HttpBearer):
    """Lets tablets in that stewards registered; the endpoint finds its tablet in ``request.auth``."""

    def authenticate(self, request: HttpRequest, token: str) -> Kiosk:
        """The tablet of the token."""
        _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE, count=False)
        found = kiosk.find(token, now=datetime.now(UTC))
        if found is None:
            _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE)
            raise HttpError(401, _("This tablet is not known or was revoked; ask a steward to register it again."))
        _hold_off(f"kiosk:{found.pk}", MOST_A_MINUTE)
        return found


class PersonToken(HttpBearer):
    """Lets programs of people in: the endpoint finds the person in ``request.user``, the token in ``request.auth``."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The token, once its scope is enough for what is asked."""
        _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE, count=False)
        try:
            found = tokens.recognise(token, now=datetime.now(UTC))
        except tokens.UnknownToken as problem:
            _hold_off(f"wrong:{_address(request)}", MOST_WRONG_A_MINUTE)
            raise HttpError(401, str(problem)) from None
        _hold_off(f"token:{found.pk}", MOST_A_MINUTE)
        match = request.resolver_match
        needed = scope_of(request.method or "", match.route if match else "")
        if needed not in found.scopes:
            words = _("Found a token with the scopes %(has)s; this needs %(needed)s; make a token that has it.")
            raise HttpError(403, words % {"has": ", ".join(found.scopes) or "–", "needed": needed})
        request.user = found.person
        return found


def _everybody(request: HttpRequest) -> str:
    return "visitor"


SIGNED_IN: list[Any] = [PersonToken(), django_auth]
"""An endpoint for people: by token, or signed in by the page."""
ANYBODY: list[Any] = [PersonToken(), _everybody]
"""An endpoint for everybody, that shows more to whom it knows; a wrong token is refused all the same."""


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _hold_off(key: str, most: int, *, count: bool = True) -> None:
    """Raise 429 once the key was counted more than ``most`` times within a minute."""
    key = f"liqi-rate:{key}:{datetime.now(UTC):%H%M}"
    if not count:
        counted = cache.get(key, 0)
    else:
        cache.add(key, 0, timeout=120)
        counted = cache.incr(key)
    if counted >= most + (1 if count else 0):
        words = _("Found more than %(most)s requests within a minute; wait a minute and go on.")
        raise HttpError(429, words % {"most": most})
