"""Who speaks when a program does: the agent of an instrument, by the token in the header Authorization."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from liqi.access import agents
from liqi.access.models import Agent

__all__ = ["AgentToken", "agent_of", "token_of"]


def token_of(request: HttpRequest) -> str:
    """The token that the request carries, empty where it carries none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def agent_of(request: HttpRequest) -> Agent | None:
    """The agent whose token the request carries, None where it carries none; raises agents.UnknownToken."""
    token = token_of(request)
    return agents.recognise(token, now=datetime.now(UTC)) if token.startswith(agents.PREFIX) else None


class AgentToken(HttpBearer):
    """Lets agents in; the endpoint finds its agent in ``request.auth``."""

    def authenticate(self, request: HttpRequest, token: str) -> Agent:
        """The agent of the token."""
        try:
            return agents.recognise(token, now=datetime.now(UTC))
        except agents.UnknownToken as problem:
            raise HttpError(401, str(problem)) from None
