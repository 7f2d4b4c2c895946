"""The repositories that are harvested: added, changed, removed; their harvests queued, stopped, taken up again."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from time import sleep
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tasks import task

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.federation import _timetable
from liqi.catalogue.federation._formats import FORMATS
from liqi.catalogue.federation.harvesting import COUNTS, WAITS_S, Failed, Overtaken, Refused, run
from liqi.catalogue.models import Harvest, HarvestState

__all__ = [
    "FORMATS",
    "Refused",
    "add",
    "change",
    "enqueue",
    "enqueue_due",
    "remove",
    "repeat",
    "requeue_silent",
    "stop",
    "summary",
]

SILENT_AFTER = timedelta(minutes=5)
"""A harvest at work that gave no sign of life for so long is taken from its worker."""
MOST_HOURS = 366 * 24
SLICE_S = 20.0
"""How long a worker stays with one harvest before it lets other work pass."""


def add(
    *,
    url: str,
    prefix: str = "liqi",
    set_spec: str = "",
    allow_private: bool = False,
    person: Person | None,
    now: datetime,
) -> Harvest:
    """The source is on record, once; nothing is asked of it yet. Raises Refused, NotAllowed."""
    _require_operator(person)
    values = _settled(url, prefix, set_spec, allow_private)
    with transaction.atomic():
        harvest, made = Harvest.objects.get_or_create(
            url=values["url"],
            prefix=prefix,
            set_spec=set_spec,
            defaults={"allow_private": allow_private, "added_at": now, "person": person},
        )
        if made:
            journal.write(person=person, verb="added source", thing=harvest, at=now, **values)
        elif harvest.allow_private != allow_private:
            Harvest.objects.filter(pk=harvest.pk).update(allow_private=allow_private)
            harvest.allow_private = allow_private
    return harvest


def change(harvest: Harvest, values: Mapping[str, Any], *, person: Person | None, now: datetime) -> Harvest:
    """The source has this address, format and set; a change of them starts its next pass from the beginning."""
    _require_operator(person)
    settled = _settled(**values)
    with transaction.atomic():
        same = Harvest.objects.filter(url=settled["url"], prefix=settled["prefix"], set_spec=settled["set_spec"])
        if same.exclude(pk=harvest.pk).exists():
            raise Refused(_("found another source with this address, format and set; edit that one."))
        begun = {"token": "", "harvested_until": None, "state": HarvestState.IDLE, "runner": ""}
        moved = any(getattr(harvest, name) != settled[name] for name in ("url", "prefix", "set_spec"))
        Harvest.objects.filter(pk=harvest.pk).update(**settled, **(begun if moved else {}))
        journal.write(person=person, verb="changed source", thing=harvest, at=now, **settled)
    harvest.refresh_from_db()
    return harvest


def repeat(
    harvest: Harvest, *, every_hours: int | None, at_time: time | None = None, person: Person | None, now: datetime
) -> Harvest:
    """The source is harvested by itself every so many hours, whole days at a time of day; None: only when asked.

    Raises Refused, NotAllowed.
    """
    _require_operator(person)
    if every_hours is not None and not 1 <= every_hours <= MOST_HOURS:
        raise Refused(
            _("found every %(found)s hours; expected from 1 hour to 366 days; correct the number.")
            % {"found": every_hours}
        )
    if at_time is not None and (every_hours is None or every_hours % 24):
        raise Refused(_("found a time of day without whole days; give a number of days, or leave the time out."))
    if (harvest.every_hours, harvest.at_time) == (every_hours, at_time):
        return harvest
    due_at = _timetable.next_at(24 if at_time else every_hours, at_time, now=now)
    with transaction.atomic():
        Harvest.objects.filter(pk=harvest.pk).update(every_hours=every_hours, at_time=at_time, due_at=due_at)
        said = at_time.isoformat("minutes") if at_time else ""
        journal.write(person=person, verb="set timetable", thing=harvest, at=now, every_hours=every_hours, at_time=said)
    harvest.refresh_from_db()
    return harvest


def enqueue_due(*, now: datetime) -> int:
    """Every source that is due by its timetable is queued, and due again at its next time; gives how many."""
    queued = 0
    for harvest in Harvest.objects.filter(due_at__lte=now):
        following = _timetable.next_at(harvest.every_hours, harvest.at_time, now=now)
        with transaction.atomic():
            if Harvest.objects.filter(pk=harvest.pk, due_at=harvest.due_at).update(due_at=following):
                queued += _queue(harvest, person=None, now=now)
    return queued


def remove(harvest: Harvest, *, person: Person | None, now: datetime) -> None:
    """The source is no longer harvested; the records that it gave stay, and say where they came from."""
    _require_operator(person)
    with transaction.atomic():
        journal.write(person=person, verb="removed source", thing=harvest, at=now, url=harvest.url)
        harvest.delete()


def stop(harvest: Harvest, *, person: Person | None, now: datetime) -> None:
    """Whoever is at this harvest stops at the next page; the place is kept."""
    _require_operator(person)
    with transaction.atomic():
        Harvest.objects.filter(pk=harvest.pk).update(state=HarvestState.STOPPED, runner="")
        journal.write(person=person, verb="stopped harvest", thing=harvest, at=now)


def enqueue(harvest: Harvest, *, person: Person | None, now: datetime) -> None:
    """A worker will harvest the source; nothing happens when one is at it already."""
    _require_operator(person)
    with transaction.atomic():
        Harvest.objects.filter(pk=harvest.pk).update(language=(get_language() or "")[:10])
        _queue(harvest, person=person, now=now)


def _queue(harvest: Harvest, *, person: Person | None, now: datetime) -> bool:
    at_work = Q(state__in=[HarvestState.QUEUED, HarvestState.RUNNING], heartbeat_at__gt=now - SILENT_AFTER)
    waiting = Harvest.objects.filter(pk=harvest.pk).exclude(at_work)
    if not waiting.update(state=HarvestState.QUEUED, heartbeat_at=now, runner="", message=""):
        return False
    journal.write(person=person, verb="queued harvest", thing=harvest, at=now)
    work_off.enqueue(harvest.pk)
    return True


def requeue_silent(*, now: datetime) -> int:
    """Harvests whose worker died are in the queue again; gives how many."""
    silent = Q(state__in=[HarvestState.QUEUED, HarvestState.RUNNING], heartbeat_at__lt=now - SILENT_AFTER)
    again = 0
    for harvest in Harvest.objects.filter(silent):
        with transaction.atomic():
            same = Harvest.objects.filter(silent, pk=harvest.pk, heartbeat_at=harvest.heartbeat_at)
            if same.update(state=HarvestState.QUEUED, heartbeat_at=now, runner=""):
                work_off.enqueue(harvest.pk)
                again += 1
    return again


@task
def work_off(pk: int) -> None:
    """The queued harvest went on for a while; it is in the queue again unless it is over."""
    harvest = Harvest.objects.filter(pk=pk, state=HarvestState.QUEUED).first()
    if harvest is None:
        return
    wait_s = 0.0
    try:
        with translation.override(harvest.language or settings.LANGUAGE_CODE):
            if run(harvest, clock=lambda: datetime.now(UTC), for_s=SLICE_S, sleep=_nap):
                return
    except (Failed, Overtaken):
        return
    except _Later as later:
        wait_s = later.seconds
    again = datetime.now(UTC) + timedelta(seconds=wait_s)
    mine = Harvest.objects.filter(pk=pk, state=HarvestState.RUNNING)
    if mine.update(state=HarvestState.QUEUED, runner="", heartbeat_at=again):
        work_off.using(run_after=again).enqueue(pk)


class _Later(Exception):
    """The server asks to be left alone for so long that a worker should do something else."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def _nap(seconds: float) -> None:
    if seconds > max(WAITS_S):
        raise _Later(seconds)
    sleep(seconds)


def summary(harvest: Harvest) -> dict[str, Any]:
    """What a harvest brought, as `liqi harvest --json` prints it."""
    problems = harvest.problems.values("identifier", "datestamp", "code", "message")
    return {
        "url": harvest.url,
        "repository": harvest.repository,
        "prefix": harvest.prefix,
        "set": harvest.set_spec,
        "state": harvest.state,
        "pages": harvest.pages,
        "seen": harvest.seen,
        **{name: getattr(harvest, name) for name in COUNTS},
        "failed": harvest.failed,
        "every_hours": harvest.every_hours,
        "at_time": harvest.at_time.isoformat("minutes") if harvest.at_time else None,
        "due_at": harvest.due_at.isoformat() if harvest.due_at else None,
        "harvested_until": harvest.harvested_until.isoformat() if harvest.harvested_until else None,
        "problems": list(problems),
    }


def _require_operator(person: Person | None) -> None:
    if person is not None and not person.is_operator:
        raise NotAllowed(_("found a person who does not run the platform, expected its operator; ask them to do it."))


def _settled(url: str, prefix: str, set_spec: str, allow_private: bool) -> dict[str, Any]:
    """The values of a source in the form that is kept; raises Refused."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 500:
        raise Refused(
            _("found the address %(found)r; expected one such as https://example.org/oai.") % {"found": url[:200]}
        )
    if prefix not in FORMATS:
        raise Refused(
            _("found the format %(prefix)r; expected one of %(known)s.")
            % {"prefix": prefix[:60], "known": ", ".join(FORMATS)}
        )
    if "\x00" in url + set_spec:
        raise Refused(_("found a NUL character; expected text; type it again instead of pasting it."))
    if len(set_spec) > 200:
        raise Refused(_("found a set of more than 200 characters; copy it from the repository's list of sets."))
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return {"url": plain, "prefix": prefix, "set_spec": set_spec.strip(), "allow_private": allow_private}
