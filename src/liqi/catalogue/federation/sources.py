"""The repositories that are harvested: added, changed, removed; their harvests queued, stopped, taken up again."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django_tasks import task

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.federation._formats import FORMATS
from liqi.catalogue.federation.harvesting import COUNTS, WAITS_S, Failed, Overtaken, Refused, run
from liqi.catalogue.models import Harvest, HarvestState

__all__ = ["FORMATS", "Refused", "add", "change", "enqueue", "remove", "requeue_silent", "stop", "summary"]

SILENT_AFTER = timedelta(minutes=5)
"""A harvest at work that gave no sign of life for so long is taken from its worker."""
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
        at_work = Q(state__in=[HarvestState.QUEUED, HarvestState.RUNNING], heartbeat_at__gt=now - SILENT_AFTER)
        waiting = Harvest.objects.filter(pk=harvest.pk).exclude(at_work)
        if waiting.update(state=HarvestState.QUEUED, heartbeat_at=now, runner="", message=""):
            journal.write(person=person, verb="queued harvest", thing=harvest, at=now)
            work_off.enqueue(harvest.pk)


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
    time.sleep(seconds)


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
