"""/api/agents: the programs at instruments say how they are; their stewards see, issue and revoke them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import agents
from liqi.access.models import Agent
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN, AgentToken

router = Router(tags=["agents"])
Count = Annotated[int, Field(ge=0, le=10**15)]
Moment = Annotated[float, Field(ge=0, le=10**11)]
Words = Annotated[str, Field(max_length=500)]


class Trouble(Schema):
    """A file that does not get through, and why."""

    path: Annotated[str, Field(max_length=4000)]
    reason: Words


class Report(Schema):
    """What an agent says of itself; moments are seconds since 1970 by its own clock."""

    version: Annotated[str, Field(max_length=20)]
    host: Annotated[str, Field(max_length=255)] = ""
    python: Annotated[str, Field(max_length=20)] = ""
    folder: Annotated[str, Field(max_length=4000)] = ""
    rule: Annotated[str, Field(max_length=20)] = ""
    pull: bool = False
    at: Moment
    scanned_at: Moment | None = None
    share: Annotated[str, Field(pattern="^(there|gone)$")] = "there"
    files: dict[Annotated[str, Field(max_length=20)], Count] = {}
    waiting: Count = 0
    waiting_bytes: Count = 0
    confirmed_bytes: Count = 0
    oldest_at: Moment | None = None
    skew_s: Annotated[float, Field(ge=-(10**11), le=10**11)] | None = None
    disk_free_bytes: Count | None = None
    sends_now: bool = True
    beat_s: Annotated[float, Field(gt=0, le=10**7)] = 60
    unreadable: Annotated[list[Words], Field(max_length=20)] = []
    troubles: Annotated[list[Trouble], Field(max_length=50)] = []


class Heard(Schema):
    """The server's clock in seconds since 1970, and after how long a silence the stewards are told."""

    at: float
    silence_s: float


class NewAgent(Sent):
    """The name of a new agent, such as the PC it runs on."""

    instrument: Annotated[str, Field(max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=80)]


class Silence(Sent):
    """How many minutes an agent may be silent, 30 days at most."""

    minutes: Annotated[int, Field(ge=2, le=43_200)]


class AgentOut(Schema):
    """An agent as its stewards see it."""

    id: int
    instrument: str
    name: str
    hint: str
    issued_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    silent: bool
    silence_minutes: int
    report: dict[str, Any]


class NewAgentOut(AgentOut):
    """A new agent with its token, which is told this once."""

    token: str


@router.post("/heartbeat", response=Heard, auth=AgentToken(), summary="An agent says how it is")
def heartbeat(request: HttpRequest, report: Report) -> Any:
    """The sign of life is kept with what the agent says of itself; its token is the authorisation."""
    agent = request.auth  # type: ignore[attr-defined]
    assert isinstance(agent, Agent)
    now = datetime.now(UTC)
    kept = report.dict()
    kept["troubles"] = [{**trouble, "path": trouble["path"][-300:]} for trouble in kept["troubles"]]
    agents.beat(agent=agent, report=kept, now=now)
    return {"at": now.timestamp(), "silence_s": agent.silence / timedelta(seconds=1)}


@router.get("", response=Page[AgentOut], auth=SIGNED_IN, summary="The agents of an instrument")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str) -> Any:
    """Every agent of the instrument, for its stewards."""
    one = get_object_or_404(Instrument, key=instrument)
    agents.require(signed_in(request), one)
    found, following = page(one.agents.all(), paged)
    return {"items": [_shown(agent, one.key) for agent in found], "next": following}


@router.post("", response={201: NewAgentOut}, auth=SIGNED_IN, summary="Issue a token")
def issue(request: HttpRequest, asked: NewAgent) -> Any:
    """The instrument has an agent; its token is in this answer and nowhere else."""
    instrument = get_object_or_404(Instrument, key=asked.instrument)
    made = agents.issue(instrument=instrument, name=asked.name, person=signed_in(request), now=timezone.now())
    return Status(201, {**_shown(made.agent, instrument.key), "token": made.token})


@router.post("/{int:id}/revoke", response=AgentOut, auth=SIGNED_IN, summary="Revoke a token")
def revoke(request: HttpRequest, id: int) -> Any:
    """The token is good for nothing from now on; revoking again changes nothing."""
    agent = get_object_or_404(Agent.objects.select_related("instrument"), pk=id)
    agent = agents.revoke(agent=agent, person=signed_in(request), now=timezone.now())
    return _shown(agent, agent.instrument.key)


@router.post("/{int:id}/restore", response=AgentOut, auth=SIGNED_IN, summary="Restore a revoked token")
def restore(request: HttpRequest, id: int) -> Any:
    """The token is good again."""
    agent = get_object_or_404(Agent.objects.select_related("instrument"), pk=id)
    agent = agents.restore(agent=agent, person=signed_in(request), now=timezone.now())
    return _shown(agent, agent.instrument.key)


@router.put("/{int:id}/silence", response=AgentOut, auth=SIGNED_IN, summary="Say how long an agent may be silent")
def allow_silence(request: HttpRequest, id: int, sent: Silence) -> Any:
    """The stewards are told when nothing is heard of the agent for so many minutes."""
    agent = get_object_or_404(Agent.objects.select_related("instrument"), pk=id)
    agents.allow_silence(agent=agent, minutes=sent.minutes, person=signed_in(request), now=timezone.now())
    return _shown(agent, agent.instrument.key)


def _shown(agent: Agent, key: str) -> dict[str, Any]:
    return {
        "id": agent.pk, "instrument": key, "name": agent.name, "hint": agent.hint, "issued_at": agent.issued_at,
        "revoked_at": agent.revoked_at, "seen_at": agent.seen_at, "silent": agent.is_silent(timezone.now()),
        "silence_minutes": agent.silence // timedelta(minutes=1), "report": agent.report,
    }  # fmt: skip
