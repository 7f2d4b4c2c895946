"""Incidents: reported by whoever sees them, with pictures; closed by a steward with what was learnt."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access import belonging, outages
from liqi.access.agents import stewards_of
from liqi.access.care.refusal import NotAllowed, NotPossible, require_steward, sentence
from liqi.access.models import Incident, IncidentPicture, Outage, Session
from liqi.access.opening import utc
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import pictures
from liqi.catalogue.models import Instrument

__all__ = ["MOST_PICTURES", "add_pictures", "close", "may_read", "reopen", "report", "take_out"]

MOST_WORDS = 2000
MOST_PICTURES = 8
AGAIN = timedelta(minutes=10)
"""The same words of the same person within this time are the same report, sent twice."""


def report(
    *,
    instrument: Instrument,
    person: Person,
    words: str,
    now: datetime,
    severity: str = Incident.Severity.MINOR,
    happened_at: datetime | None = None,
    contents: Iterable[bytes] = (),
) -> Incident:
    """The incident is on record with its pictures, and the stewards know; the same again at once is the same one.

    Raises NotPossible, UnusablePicture; after either nothing is kept.
    """
    said = sentence(words, MOST_WORDS)
    if severity not in Incident.Severity.values:
        raise NotPossible(_("Found the severity “%(found)s”; choose one from the list.") % {"found": severity[:40]})
    happened = utc(happened_at or now)
    if happened > utc(now):
        raise NotPossible(_("It would have happened in the future; give a time that is past."))
    sent = list(contents)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two taps become one report
        rows = Incident.objects.filter(instrument=instrument, person=person, words=said)
        if known := rows.filter(reported_at__gt=utc(now) - AGAIN).first():
            return known
        running = Session.objects.running().filter(instrument=instrument, person=person).first()
        made = Incident.objects.create(
            instrument=instrument, person=person, words=said, severity=severity, happened_at=happened,
            reported_at=now, session=running,
        )  # fmt: skip
        _keep(made, sent, person, now)
        journal.write(
            person=person, verb="reported a problem", thing=made, at=now, instrument=instrument.key, words=said,
            severity=severity,
        )  # fmt: skip
        notices.tell(
            stewards_of(instrument), kind="instrument.trouble", now=now, link=f"/incidents/{made.pk}/",
            person=person, instrument=instrument, words=said[:300],
        )  # fmt: skip
    return made


def add_pictures(*, incident: Incident, person: Person, contents: Iterable[bytes], now: datetime) -> int:
    """The pictures stand with the incident; how many were new. For its reporter and the stewards."""
    _require(incident, person)
    with transaction.atomic():
        Incident.objects.select_for_update().get(pk=incident.pk)
        made = _keep(incident, list(contents), person, now)
        if made:
            journal.write(person=person, verb="added pictures", thing=incident, at=now, count=made)
    return made


def close(*, incident: Incident, person: Person, lesson: str, now: datetime) -> Incident:
    """The incident is closed with what is done so that it does not happen again; its reporter hears so."""
    require_steward(person, incident.instrument)
    said = sentence(lesson, MOST_WORDS)
    with transaction.atomic():
        if Incident.objects.open().filter(pk=incident.pk).update(closed_at=now, closed_by=person, lesson=said):
            journal.write(person=person, verb="closed", thing=incident, at=now, lesson=said)
            notices.tell(
                [incident.person], kind="incident.closed", now=now, link=f"/incidents/{incident.pk}/",
                instrument=incident.instrument, words=said[:300],
            )  # fmt: skip
    incident.refresh_from_db()
    return incident


def reopen(*, incident: Incident, person: Person, now: datetime) -> Incident:
    """The incident is open again; its lesson stays on record."""
    require_steward(person, incident.instrument)
    with transaction.atomic():
        closed = Incident.objects.filter(pk=incident.pk, closed_at__isnull=False)
        if closed.update(closed_at=None, closed_by=None):
            journal.write(person=person, verb="reopened", thing=incident, at=now)
    incident.refresh_from_db()
    return incident


def take_out(*, incident: Incident, person: Person, now: datetime, ends_at: datetime | None = None) -> Outage:
    """The instrument is out of use because of the incident; again gives the same outage."""
    require_steward(person, incident.instrument)
    with transaction.atomic():
        found = Incident.objects.select_for_update(of=("self",)).select_related("outage").get(pk=incident.pk)
        if found.outage is not None:
            return found.outage
        found.outage = outages.declare(
            instrument=incident.instrument, person=person, starts_at=now, ends_at=ends_at,
            words=found.words.splitlines()[0], now=now,
        )  # fmt: skip
        found.save(update_fields=["outage"])
    return found.outage


def may_read(person: Person | None, incident: Incident) -> bool:
    """Whether the person reported it or looks after the instrument: pictures and names are for them."""
    return person is not None and (
        person.pk == incident.person_id or belonging.looks_after(person, incident.instrument)
    )


def _require(incident: Incident, person: Person) -> None:
    if not may_read(person, incident):
        words = _("This incident is for who reported it and the stewards of %(instrument)s; ask one of them.")
        raise NotAllowed(words % {"instrument": called(incident.instrument)})


def _keep(incident: Incident, contents: list[bytes], person: Person, now: datetime) -> int:
    if incident.pictures.count() + len(contents) > MOST_PICTURES:
        raise NotPossible(_("An incident has at most %(most)d pictures; choose the best.") % {"most": MOST_PICTURES})
    made = 0
    for content in contents:
        kept = pictures.keep(content)
        try:
            with transaction.atomic():
                IncidentPicture.objects.create(
                    incident=incident, sha256=kept.sha256, media_type=kept.media_type, size=kept.size,
                    width=kept.width, height=kept.height, person=person, added_at=now,
                )  # fmt: skip
        except IntegrityError:  # there already
            continue
        made += 1
    return made
