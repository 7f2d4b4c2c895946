"""The state of an instrument in a few facts, for its page and its calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liqi.access.care import fittings
from liqi.access.models import Incident
from liqi.catalogue.models import Instrument

SHOWN = 5


@dataclass(frozen=True)
class Condition:
    """What everybody may know: open problems in words, the worst first, and what is fitted."""

    problems: list[Incident]
    fitted: list[fittings.Now]


def of(instrument: Instrument, *, now: datetime, signed_in: bool) -> Condition:
    """The condition now; problems are told to those who are signed in. At most four queries."""
    rows = Incident.objects.open().filter(instrument=instrument).order_by("-reported_at")[:SHOWN]
    return Condition(list(rows) if signed_in else [], fittings.of(instrument, now=now))
