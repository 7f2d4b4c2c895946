"""Agents: the programs at instruments. Their tokens are issued and revoked, their signs kept, their silence told."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Agent
from liqi.access.opening import utc
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = [
    "Issued", "NameTaken", "NotAllowed", "UnknownToken", "allow_silence", "beat", "issue", "recognise", "require",
    "restore", "revoke", "stewards_of", "tell_silent",
]  # fmt: skip

PREFIX = "liqi-agent-"
"""What every token begins with, so that one that lies about is known for what it is."""
SEEN_EVERY = timedelta(seconds=30)
"""A sign of life is written down so often at most, beside the reports."""


class UnknownToken(Exception):
    """The token is not one of an agent, or was revoked; the message says what to do."""


class NameTaken(ValueError):
    """The instrument has an agent of this name; the message says what to do."""


@dataclass(frozen=True)
class Issued:
    """An agent and its token, which nobody can ask for again."""

    agent: Agent
    token: str


def issue(*, instrument: Instrument, name: str, person: Person | None, now: datetime) -> Issued:
    """The instrument has an agent, whose token is told this once; ``person`` is empty on the command line alone."""
    if person is not None:
        require(person, instrument)
    name = " ".join(name.split())[:80]
    if not name:
        raise NameTaken(_("Found no name; give the agent one, such as that of the PC it runs on."))
    token = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            agent = Agent.objects.create(
                instrument=instrument, name=name, digest=_digest(token), hint=token[-4:], issued_by=person,
                issued_at=utc(now),
            )  # fmt: skip
            journal.write(person=person, verb="issued", thing=agent, at=utc(now), name=name, instrument=instrument.key)
    except IntegrityError:
        raise NameTaken(
            _("%(instrument)s has an agent named %(name)s already; choose another name.")
            % {"instrument": called(instrument), "name": name}
        ) from None
    return Issued(agent, token)


def recognise(token: str, *, now: datetime) -> Agent:
    """The agent whose token this is, its sign of life kept; raises UnknownToken."""
    agent = Agent.objects.select_related("instrument__institution").filter(digest=_digest(token)).first()
    if agent is None or not agent.is_live:
        raise UnknownToken(_("This token is not known or was revoked; ask a steward of the instrument for a new one."))
    if agent.seen_at is None or agent.seen_at < now - SEEN_EVERY:
        _seen(agent, now)
    return agent


def revoke(*, agent: Agent, person: Person, now: datetime) -> Agent:
    """The token is good for nothing; what it brought stays."""
    return _turn(agent, person, now, revoked_at=utc(now), verb="revoked")


def restore(*, agent: Agent, person: Person, now: datetime) -> Agent:
    """The token is good again."""
    return _turn(agent, person, now, revoked_at=None, verb="restored")


def allow_silence(*, agent: Agent, minutes: int, person: Person, now: datetime) -> Agent:
    """The stewards are told when nothing is heard of the agent for so many minutes, from 2 to 43,200 (30 days)."""
    require(person, agent.instrument)
    minutes = min(43_200, max(2, minutes))
    with transaction.atomic():
        agent.silence = timedelta(minutes=minutes)
        agent.save(update_fields=["silence"])
        journal.write(person=person, verb="set silence", thing=agent, at=utc(now), minutes=minutes)
    return agent


def beat(*, agent: Agent, report: dict[str, Any], now: datetime) -> Agent:
    """What the agent says of itself is kept, with the moment; after a silence it counts as heard of again."""
    agent.report = report
    _seen(agent, now, report=report)
    return agent


def tell_silent(*, now: datetime) -> int:
    """The stewards are told of each agent that fell silent, once a silence; gives how many."""
    silent = Agent.objects.silent(now).filter(told_at=None).select_related("instrument")
    told = 0
    for agent in silent:
        seen_at = agent.seen_at.isoformat() if agent.seen_at else ""
        with transaction.atomic():
            if not Agent.objects.filter(pk=agent.pk, told_at=None, seen_at=agent.seen_at).update(told_at=now):
                continue
            notices.tell(
                stewards_of(agent.instrument), kind="agent.silent", now=now,
                link=f"/instruments/{agent.instrument.key}/agents/",
                agent=agent.name, instrument=agent.instrument, seen_at=seen_at,
            )  # fmt: skip
            journal.write(person=None, verb="fell silent", thing=agent, at=now, seen_at=seen_at)
        told += 1
    return told


def stewards_of(instrument: Instrument) -> list[Person]:
    """Who looks after the instrument or its facility."""
    place = Q(stewardships__instrument=instrument)
    if instrument.facility_id is not None:
        place |= Q(stewardships__facility=instrument.facility_id)
    return list(Person.objects.filter(place, is_active=True).distinct().order_by("pk"))


def require(person: Person, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person looks after the instrument."""
    if not belonging.looks_after(person, instrument):
        raise NotAllowed(
            _("The agents and files of %(instrument)s are for its stewards; ask one of them.")
            % {"instrument": called(instrument)}
        )


def _turn(agent: Agent, person: Person, now: datetime, *, revoked_at: datetime | None, verb: str) -> Agent:
    require(person, agent.instrument)
    changing = Agent.objects.filter(pk=agent.pk, revoked_at__isnull=revoked_at is not None)
    with transaction.atomic():
        if changing.update(revoked_at=revoked_at):
            journal.write(person=person, verb=verb, thing=agent, at=utc(now))
    agent.refresh_from_db()
    return agent


def _seen(agent: Agent, now: datetime, **more: Any) -> None:
    Agent.objects.filter(pk=agent.pk).update(seen_at=now, told_at=None, **more)
    agent.seen_at, agent.told_at = now, None


def _digest(token: str) -> str:
    """SHA-256 suffices where the secret has 256 random bits: nothing shorter can be tried."""
    return hashlib.sha256(token.strip().encode()).hexdigest()
