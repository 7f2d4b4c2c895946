"""A session as a line of hours: its parts, which sources know of it, whether it is clear to be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.access.metering.reconciliation import Seen
from liqi.access.models import Session
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Finding, Parts
from liqi.web import findings
from liqi.web.spans import hours_words

COLUMNS = (
    *("session", "instrument", "person", "organisation", "started_at", "ended_at", "source", "ended_by"),
    *("start_up_h", "measuring_h", "post_h", "idle_measured_h", "idle_recorded_h", "effective_h"),
    *("outside", "purpose", "staff", "booking", "known_to", "amiss", "confirmed", "synthetic"),
)
"""The columns of an exported line; hours in hours, moments in ISO 8601."""


@dataclass(frozen=True)
class Row:
    """One session."""

    session: Session
    parts: Parts
    support: list[str]
    amiss: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing speaks against it and nobody has confirmed it."""
        return not (self.amiss or self.session.confirmation_id or self.session.is_running)

    @property
    def names(self) -> list[str]:
        """The sources that know of it, as words."""
        words = {
            "booking": _("booking"),
            "log-on": _("at the PC"),
            "sensor": _("meter"),
            "files": _("data files"),
        }
        return [words[name] for name in self.support]

    @property
    def said(self) -> list[Any]:
        """What is amiss, in a word each."""
        return [findings.SHORT[finding.kind] for finding in self.amiss]

    @property
    def in_parts(self) -> str:
        """Start-up, measuring, post-processing and idle running, as far as a meter saw them."""
        named = (
            (_("start-up"), self.parts.startup),
            (_("measuring"), self.parts.measuring),
            (_("post-processing"), self.parts.post),
            (_("idle"), self.parts.idle),
        )
        return " · ".join(f"{name} {hours_words(part)}" for name, part in named if part)


def of(seen: Seen, starts_at: datetime, ends_at: datetime) -> list[Row]:
    """The sessions that share a moment with the period, in the order of time."""
    settled = {id(finding) for finding, _settlement in seen.settled}
    rows = []
    for pk, session in seen.sessions.items():
        if session.started_at >= ends_at or (session.ended_at is not None and session.ended_at <= starts_at):
            continue
        against = tuple(one for one in seen.open if one.claim == pk and id(one) not in settled)
        rows.append(Row(session, seen.checked.parts[pk], sorted(seen.checked.support[pk]), against))
    return rows


def cells(row: Row, instrument: Instrument) -> list[Any]:
    """The line as a file has it."""
    session, parts = row.session, row.parts
    lengths = (parts.startup, parts.measuring, parts.post, parts.idle, session.idle)
    return [
        session.pk, instrument.key, str(session.person), str(session.organisation or ""),
        session.started_at.isoformat(), session.ended_at.isoformat() if session.ended_at else "", session.source,
        session.ended_by, *(round(length.total_seconds() / 3600, 4) for length in lengths),
        None if session.effective_hours is None else float(session.effective_hours), session.outside,
        session.purpose, str(session.staff or ""), session.booking_id, " ".join(row.support),
        " ".join(finding.kind.value for finding in row.amiss), session.confirmation_id is not None, session.synthetic,
    ]  # fmt: skip
