"""What is amiss with metered hours, in words: its kind, what speaks for it, what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.metering.reconciliation import Seen
from liqi.access.models import Session, Settlement
from liqi.accounts.models import Person
from liqi.insight.metering import Finding, Kind, Verb
from liqi.web.spans import hours_words

TITLES = {
    Kind.GHOST: gettext_lazy("Ghost hours: it worked, nobody was logged on"),
    Kind.UNRECORDED: gettext_lazy("At the PC without a session"),
    Kind.IDLE: gettext_lazy("Logged on while it ran idle"),
    Kind.UNUSED: gettext_lazy("Booked and not used"),
    Kind.UNBOOKED: gettext_lazy("Used without a booking"),
    Kind.SILENT: gettext_lazy("The meter said nothing"),
}
SHORT = {
    Kind.GHOST: gettext_lazy("ghost hours"),
    Kind.UNRECORDED: gettext_lazy("no session"),
    Kind.IDLE: gettext_lazy("idle"),
    Kind.UNUSED: gettext_lazy("not used"),
    Kind.UNBOOKED: gettext_lazy("not booked"),
    Kind.SILENT: gettext_lazy("meter silent"),
}
TONES = {Kind.GHOST: "bad", Kind.IDLE: "bad", Kind.UNRECORDED: "bad"}
"""What changes hours is red; the rest is amber."""
EVIDENCE = {
    "worked": gettext_lazy("the meter saw it work"),
    "metered": gettext_lazy("metered"),
    "logged_on": gettext_lazy("logged on at the PC"),
    "booked": gettext_lazy("booked"),
    "recorded_idle": gettext_lazy("idle as recorded"),
}


@dataclass(frozen=True)
class Shown:
    """A finding as a page shows it."""

    finding: Finding
    title: Any
    tone: str
    who: str
    evidence: list[str]
    proposal: str
    needs_person: bool
    session: Session | None
    settlement: Settlement | None = None

    @property
    def name(self) -> dict[str, str]:
        """The fields of a form that name the finding."""
        return {
            "kind": self.finding.kind.value,
            "starts_at": self.finding.starts_at.isoformat(),
            "ends_at": self.finding.ends_at.isoformat(),
        }

    @property
    def length(self) -> str:
        """How long it is."""
        return hours_words(self.finding.length)


def of(seen: Seen, people: Mapping[int, Person]) -> list[Shown]:
    """The open findings of an instrument, in the order of time."""
    return [_shown(finding, seen, people, None) for finding in seen.open]


def settled(seen: Seen, people: Mapping[int, Person]) -> list[Shown]:
    """Those that a steward settled and that are still to be seen."""
    return [_shown(finding, seen, people, one) for finding, one in seen.settled]


def people_of(seen: Seen) -> set[int]:
    """The people whom the findings name."""
    sources = seen.sources
    named = {one.person for one in sources.bookings} | {one.person for one in sources.log_ons}
    named |= {one.person for one in sources.claims}
    return {pk for pk in named if pk is not None}


def _shown(finding: Finding, seen: Seen, people: Mapping[int, Person], settlement: Settlement | None) -> Shown:
    session = seen.sessions.get(finding.claim or 0)
    return Shown(
        finding=finding,
        title=TITLES[finding.kind],
        tone=TONES.get(finding.kind, "warn"),
        who=_who(finding, seen, people, session),
        evidence=_evidence(finding),
        proposal=_proposal(finding, people),
        needs_person=bool(finding.proposal and finding.proposal.verb is Verb.ADD and finding.proposal.person is None),
        session=session,
        settlement=settlement,
    )


def _who(finding: Finding, seen: Seen, people: Mapping[int, Person], session: Session | None) -> str:
    if session is not None:
        return str(session.person)
    for one in seen.sources.log_ons:
        if one.key == finding.log_on and one.person is not None and one.person in people:
            return str(people[one.person])
    for held in seen.sources.bookings:
        if held.key == finding.booking and held.person is not None and held.person in people:
            return str(people[held.person])
    return _("nobody is named")


def _evidence(finding: Finding) -> list[str]:
    said = []
    for name, value in finding.evidence.items():
        if name == "files":
            said.append(_("data files: %(count)d") % {"count": value})
        elif name in EVIDENCE:
            said.append(f"{EVIDENCE[name]}: {hours_words(timedelta(hours=value))}")
    return said


def _proposal(finding: Finding, people: Mapping[int, Person]) -> str:
    proposal = finding.proposal
    if proposal is None:
        return ""
    if proposal.verb is Verb.SET_IDLE:
        return _("Take %(idle)s of idle running off the session.") % {"idle": hours_words(proposal.idle)}
    counted = hours_words(proposal.ends_at - proposal.starts_at - proposal.idle)
    person = people.get(proposal.person or 0)
    if person is None:
        return _("Add a session of %(hours)s; name whose it was.") % {"hours": counted}
    return _("Add a session of %(hours)s for %(person)s.") % {"hours": counted, "person": person}


def read_name(values: Mapping[str, Any]) -> tuple[str, datetime, datetime] | None:
    """The kind and period of a finding as a form sends them, None where they cannot be read."""
    try:
        start = datetime.fromisoformat(values.get("starts_at", ""))
        end = datetime.fromisoformat(values.get("ends_at", ""))
        kind = Kind(values.get("kind", ""))
    except ValueError:
        return None
    return None if start.tzinfo is None or end.tzinfo is None or start > end else (kind.value, start, end)
