"""What the page of the national report shows: checked records grouped, the queue in words, the figures of the year."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.models import (
    Contact,
    CustomsRecord,
    Facility,
    Institution,
    InstitutionYear,
    Instrument,
    Push,
    ServiceRecord,
)
from liqi.catalogue.national import client, preflight
from liqi.catalogue.national.figures import Figure
from liqi.catalogue.national.preflight import Problem

RECORDS = {
    "center": gettext_lazy("instrument centre"),
    "facility": gettext_lazy("large infrastructure"),
    "instrument": gettext_lazy("instrument"),
    "customs": gettext_lazy("customs record"),
    "service_record": gettext_lazy("service record"),
    "institution_year": gettext_lazy("results of the year"),
}
STATES = {
    "held": (gettext_lazy("held back"), "warn"),
    "waiting": (gettext_lazy("waits"), ""),
    "accepted": (gettext_lazy("taken as a draft"), "good"),
    "locked": (gettext_lazy("submitted, locked"), "good"),
    "rejected": (pgettext_lazy("by the national platform", "rejected"), "bad"),
    "failed": (gettext_lazy("not taken"), "bad"),
}
"""State of a record in the queue: its words and its colour."""
KEPT_S = 600
_EDITED_AT = {"center": "facility_edit", "facility": "facility_edit", "institution_year": "institution_edit"}


@dataclass(frozen=True)
class Line:
    """A record with what is wrong with it: its kind in words, number, name, where to mend it, whether it is held."""

    kind: str
    number: str
    name: str
    address: str
    held: bool
    synthetic: bool
    problems: list[Problem]

    @property
    def shown(self) -> list[Problem]:
        """The problems that have something to say each, those that hold the record back first."""
        return sorted((one for one in self.problems if one.code != "wanted"), key=lambda one: not one.fatal)

    @property
    def wanted(self) -> list[str]:
        """The labels of blank fields that the evaluation asks for."""
        return [one.label for one in self.problems if one.code == "wanted"]


@dataclass(frozen=True)
class Checked:
    """A preflight as the page needs it: counts, lines with problems, figures; without what would be sent."""

    counts: dict[str, int]
    lines: list[Line]
    figures: dict[str, Figure]
    fields: list[tuple[str, str, int]]
    """Key and label of each field with problems, and how many records have them; most first."""


def checked(institution: Institution, year: int, *, now: datetime, policy: str) -> Checked:
    """The preflight of the institution and year; kept for some minutes while nothing of it changes."""
    key = f"national-{_fingerprint(institution, year, policy)}"
    found: Checked | None = cache.get(key)
    if found is None:
        report = preflight.check(institution, year, now=now, policy=policy)
        lines = [
            Line(one.record, one.number, one.name, _address(one, institution), one.held, one.synthetic, one.problems)
            for one in report.records
            if one.problems
        ]
        found = Checked(report.counts, lines, report.figures, _fields(lines))
        cache.set(key, found, KEPT_S)
    return found


def _fields(lines: list[Line]) -> list[tuple[str, str, int]]:
    labels = {problem.field: problem.label for line in lines for problem in line.problems}
    counts = Counter(key for line in lines for key in {problem.field for problem in line.problems})
    return [(key, labels[key], count) for key, count in counts.most_common()]


def _address(one: preflight.Checked, institution: Institution) -> str:
    name = _EDITED_AT.get(one.record, "instrument_edit")
    return reverse(name, args=[institution.key if one.record == "institution_year" else one.key])


def _fingerprint(institution: Institution, year: int, policy: str) -> str:
    """What changes when anything changes that the preflight looks at."""
    facts: list[Any] = [client.is_local(), institution.pk, institution.updated_at, year, policy, get_language()]
    models: list[tuple[Any, str]] = [
        (Instrument, "institution"),
        (Facility, "institution"),
        (ServiceRecord, "instrument__institution"),
        (CustomsRecord, "instrument__institution"),
        (InstitutionYear, "institution"),
    ]
    for model, path in models:
        rows = model.objects.filter(**{path: institution})
        facts += rows.aggregate(last=Max("updated_at"), count=Count("pk")).values()
    pushes = Push.objects.filter(institution=institution)
    facts += pushes.aggregate(last=Max("answered_at"), queued=Max("queued_at"), count=Count("pk")).values()
    contacts = Contact.objects.filter(instrument__institution=institution)
    facts += contacts.aggregate(last=Max("pk"), count=Count("pk")).values()
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def why_held(row: Push) -> list[str]:
    """Why a record is held back, one sentence a field: by a person, or by the check."""
    if row.code == "hand":
        return [_("held by hand")]
    said = []
    known = dictionary.fields(dictionary.record_of(row.record_type))
    for part in filter(None, row.message.split("; ")):
        key, _colon, code = part.partition(":")
        if key in known and code in preflight.WORDS:
            facts = {"most": known[key].longest or known[key].digits or "", "list": "…"}
            said.append(f"{known[key].label}: {preflight.WORDS[code].expected}" % facts)
    return said
