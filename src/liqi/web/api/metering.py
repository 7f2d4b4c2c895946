"""/api/metering: readings and log-ons come in from the programs at instruments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field, model_validator

from liqi.access.metering import log_ons, meters
from liqi.access.models import Agent
from liqi.web.api._choices import either
from liqi.web.api._sent import Sent
from liqi.web.bearer import AgentToken

router = Router(tags=["metering"], auth=AgentToken())


class Reading(Sent):
    """One reading: a value in the meter's unit, or a state."""

    meter: Annotated[str, Field(min_length=1, max_length=80)]
    at: AwareDatetime
    value: float | None = None
    state: Literal["off", "idle", "working"] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Reading:
        either(value=self.value is not None, state=self.state is not None)
        return self


class Readings(Sent):
    """Up to 5,000 readings; all are taken, or none."""

    readings: Annotated[list[Reading], Field(min_length=1, max_length=meters.MOST)]


class LogOn(Sent):
    """A period at the instrument's PC under the sender's own id."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    account: Annotated[str, Field(min_length=1, max_length=120)]
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class LogOns(Sent):
    """Up to 1,000 log-ons; all are taken, or none."""

    log_ons: Annotated[list[LogOn], Field(min_length=1, max_length=log_ons.MOST)]


class Taken(Schema):
    """How many are new, how many were there already."""

    taken: int
    known: int


@router.post("/readings", response=Taken, summary="Send readings of meters")
def readings(request: HttpRequest, asked: Readings) -> Any:
    """Every reading is on record once, by meter and moment; one that cannot be taken refuses all."""
    given = [
        meters.Read(one.meter, one.at, meters.STATES[one.state] if one.state else one.value or 0.0)
        for one in asked.readings
    ]
    return meters.take(instrument=_agent(request).instrument, readings=given, now=timezone.now())


@router.post("/log-ons", response=Taken, summary="Send log-ons of the instrument's PC")
def take_log_ons(request: HttpRequest, asked: LogOns) -> Any:
    """Every log-on is on record once, by its id; the same id again gives it its end."""
    given = [log_ons.Told(one.id, one.account, one.started_at, one.ended_at) for one in asked.log_ons]
    return log_ons.take(instrument=_agent(request).instrument, log_ons=given, now=timezone.now())


def _agent(request: Any) -> Agent:
    assert isinstance(request.auth, Agent)
    return request.auth
