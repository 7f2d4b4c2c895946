"""Other repositories harvested: begun, carried on page by page, cut off and taken up again, nothing lost or doubled.

The records of a page, what could not be taken of it, and the token of the next page are kept in one transaction. A
harvest that dies anywhere goes on from its last whole page; taking a page twice changes nothing.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db import transaction
from django.db.models import F, Q
from django_tasks import task

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.federation import _fetching, _links, _page, _taking
from liqi.catalogue.federation._fetching import Refused, Unreachable
from liqi.catalogue.federation._formats import FORMATS
from liqi.catalogue.models import Harvest, HarvestProblem, HarvestState

__all__ = [
    "Failed",
    "Overtaken",
    "Refused",
    "add",
    "change",
    "enqueue",
    "remove",
    "requeue_silent",
    "run",
    "stop",
    "summary",
]

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
OVERLAP = timedelta(hours=1)
"""The next pass asks from so long before the last one began: a change that was being written then is not missed."""
TRIES = 5
WAITS_S = (1.0, 5.0, 20.0, 20.0)
MOST_WAIT_S = 600.0
MOST_RESTARTS = 3
SILENT_AFTER = timedelta(minutes=5)
SLICE_S = 20.0
"""How long a worker stays with one harvest before it lets other work pass."""
_COUNTS = ("created", "updated", "unchanged", "deleted", "skipped")


class Failed(ValueError):
    """The harvest cannot go on; it keeps its place. The message says why and what to do."""


class Overtaken(Exception):
    """Another process is at this harvest now, or somebody stopped it."""


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
            raise Refused("found another source with this address, format and set; edit that one.")
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


def run(
    harvest: Harvest,
    *,
    clock: Clock,
    since: datetime | None = None,
    for_s: float | None = None,
    sleep: Sleep = time.sleep,
    report: Callable[[Harvest], None] = lambda _harvest: None,
) -> bool:
    """The harvest went on to its end (True), or for `for_s` seconds; raises Failed or Overtaken, and keeps its place.

    `since` begins a new pass from that time; otherwise a pass that was cut off goes on, else one begins from the end
    of the last one. Whoever else was at this harvest stops at the next page.
    """
    began = time.monotonic()
    runner = secrets.token_hex(8)
    try:
        if since is not None or not _is_cut_off(harvest):
            _begin(harvest, runner, since, clock, sleep)
        else:
            _claim(harvest, runner, clock())
        while _one_page(harvest, runner, clock, sleep):
            report(harvest)
            if for_s is not None and time.monotonic() - began > for_s:
                return False
    except (Refused, Unreachable, _page.Malformed) as problem:
        _fail(harvest, runner, str(problem), clock())
        raise Failed(str(problem)) from None
    report(harvest)
    return True


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
        **{name: getattr(harvest, name) for name in _COUNTS},
        "failed": harvest.failed,
        "harvested_until": harvest.harvested_until.isoformat() if harvest.harvested_until else None,
        "problems": list(problems),
    }


def _require_operator(person: Person | None) -> None:
    if person is not None and not person.is_operator:
        raise NotAllowed("found a person who does not run the platform, expected its operator; ask them to do it.")


def _settled(url: str, prefix: str, set_spec: str, allow_private: bool) -> dict[str, Any]:
    """The values of a source in the form that is kept; raises Refused."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 500:
        raise Refused(f"found the address {url[:200]!r}; expected one such as https://example.org/oai.")
    if prefix not in FORMATS:
        raise Refused(f"found the format {prefix[:60]!r}; expected one of {', '.join(FORMATS)}.")
    if len(set_spec) > 200:
        raise Refused("found a set of more than 200 characters; copy it from the repository's list of sets.")
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return {"url": plain, "prefix": prefix, "set_spec": set_spec.strip(), "allow_private": allow_private}


def _is_cut_off(harvest: Harvest) -> bool:
    """Whether a pass was begun and not ended: it goes on from its token, or from its first page."""
    over = (HarvestState.IDLE, HarvestState.DONE)
    return harvest.started_at is not None and harvest.finished_at is None and harvest.state not in over


def _begin(harvest: Harvest, runner: str, since: datetime | None, clock: Clock, sleep: Sleep) -> None:
    """A new pass is on record, with what the repository says of itself."""
    said: _page.Repository = _asked(harvest, {"verb": "Identify"}, sleep, _page.read_identify)
    if since is None and harvest.harvested_until is not None:
        since = harvest.harvested_until - OVERLAP
    now = clock()
    name = said.name or (urlsplit(harvest.url).hostname or "")[:120]
    fresh = {
        "runner": runner,
        "state": HarvestState.RUNNING,
        "repository": name,
        "title": said.title,
        "granularity": said.granularity,
        "since": since,
        "token": "",
        "landmark": "",
        "message": "",
        "size": None,
        "answered_at": None,
        "started_at": now,
        "heartbeat_at": now,
        "finished_at": None,
        **dict.fromkeys(("pages", "seen", "failed", "restarts", "landmark_page", *_COUNTS), 0),
    }
    Harvest.objects.filter(pk=harvest.pk).update(**fresh)
    harvest.refresh_from_db()


def _claim(harvest: Harvest, runner: str, now: datetime) -> None:
    """This process is at the harvest; the one before finds out at its next page."""
    mine = {"runner": runner, "state": HarvestState.RUNNING, "heartbeat_at": now, "message": "", "finished_at": None}
    Harvest.objects.filter(pk=harvest.pk).update(**mine)
    harvest.refresh_from_db()


def _one_page(harvest: Harvest, runner: str, clock: Clock, sleep: Sleep) -> bool:
    """The next page is taken; False when it was the last."""
    page: _page.Page = _asked(harvest, _arguments(harvest), sleep, _page.read)
    if page.error == "badResumptionToken" and harvest.token and harvest.restarts < MOST_RESTARTS:
        _update(harvest, runner, clock(), token="", landmark="", restarts=F("restarts") + 1)
        harvest.refresh_from_db()
        return True
    if page.error and page.error != "noRecordsMatch":
        raise Refused(f"the repository answered {page.error}: {page.message or 'without a word'}")
    _notice_circle(harvest, page)
    now = clock()
    first_answer = harvest.answered_at or page.answered_at or now
    with transaction.atomic():
        _update(harvest, runner, now, answered_at=first_answer)  # takes the database's write lock, or is overtaken
        taken = _taking.take(page.records, _source(harvest), now=now)
        if not page.token:
            _links.tie_up(harvest.repository, now=now)
        _keep_problems(harvest, taken, now)
        counts = {name: F(name) + getattr(taken, name) for name in _COUNTS}
        _update(
            harvest,
            runner,
            now,
            token=page.token,
            pages=F("pages") + 1,
            seen=F("seen") + len(page.records),
            size=page.size if page.size is not None else harvest.size,
            failed=F("failed") + len(taken.problems),
            **counts,
            **_landmark(harvest, page),
            **({} if page.token else _ended(first_answer, now)),
        )
        brought = {name: getattr(taken, name) for name in (*_COUNTS,) if getattr(taken, name)}
        if brought or taken.problems:
            journal.write(
                person=harvest.person, verb="harvested", thing=harvest, at=now, page=harvest.pages,
                failed=len(taken.problems), **brought,
            )  # fmt: skip
    harvest.refresh_from_db()
    return bool(page.token)


def _ended(answered_at: datetime, now: datetime) -> dict[str, Any]:
    return {"state": HarvestState.DONE, "finished_at": now, "harvested_until": answered_at}


def _update(harvest: Harvest, runner: str, now: datetime, **values: Any) -> None:
    """The harvest has these values; raises Overtaken where this process is not at it any more."""
    mine = Harvest.objects.filter(pk=harvest.pk, runner=runner, state=HarvestState.RUNNING)
    if not mine.update(heartbeat_at=now, **values):
        raise Overtaken


def _fail(harvest: Harvest, runner: str, message: str, now: datetime) -> None:
    mine = Harvest.objects.filter(pk=harvest.pk, runner__in=[runner, ""])
    mine.exclude(state=HarvestState.STOPPED).update(state=HarvestState.FAILED, message=message[:2000], heartbeat_at=now)
    harvest.refresh_from_db()


def _arguments(harvest: Harvest) -> dict[str, str]:
    if harvest.token:
        return {"verb": "ListRecords", "resumptionToken": harvest.token}
    arguments = {"verb": "ListRecords", "metadataPrefix": harvest.prefix}
    if harvest.set_spec:
        arguments["set"] = harvest.set_spec
    if harvest.since:
        since = harvest.since.astimezone(UTC)
        by_day = harvest.granularity == "YYYY-MM-DD"
        arguments["from"] = since.strftime("%Y-%m-%d" if by_day else "%Y-%m-%dT%H:%M:%SZ")
    return arguments


def _asked(harvest: Harvest, arguments: Mapping[str, str], sleep: Sleep, read: Callable[[bytes], Any]) -> Any:
    """What `read` makes of the answer; a busy server and a torn answer are asked again, as long as the server says."""
    address = f"{harvest.url}?{urlencode(arguments)}"
    for attempt in range(TRIES):
        try:
            return read(_fetching.fetch(address, allow_private=harvest.allow_private))
        except (Unreachable, _page.Malformed) as problem:
            if attempt == TRIES - 1:
                raise
            asked = getattr(problem, "retry_after_s", None)
            sleep(min(MOST_WAIT_S, asked if asked is not None else WAITS_S[min(attempt, len(WAITS_S) - 1)]))
    raise AssertionError


def _source(harvest: Harvest) -> _taking.Source:
    direct = Harvest.objects.exclude(repository="").values_list("repository", flat=True)
    return _taking.Source(harvest.repository, harvest.url, FORMATS[harvest.prefix], frozenset(direct))


def _notice_circle(harvest: Harvest, page: _page.Page) -> None:
    """Raise Refused where the repository gives a token that it gave before (Brent's way to find a cycle)."""
    if page.token and page.token in (harvest.token, harvest.landmark):
        raise Refused(
            f"found the same resumption token again at page {harvest.pages + 1}: the repository leads in a circle; "
            "tell its keeper."
        )


def _landmark(harvest: Harvest, page: _page.Page) -> dict[str, Any]:
    """Every time the pages have doubled, the token at hand is the one to look out for."""
    if harvest.pages + 1 >= 2 * harvest.landmark_page:
        return {"landmark": page.token, "landmark_page": harvest.pages + 1}
    return {}


def _keep_problems(harvest: Harvest, taken: _taking.Taken, now: datetime) -> None:
    """What could not be taken is on record, what was settled is not."""
    if taken.good:
        HarvestProblem.objects.filter(harvest=harvest, identifier__in=taken.good).delete()
    for one in taken.problems:
        facts = asdict(one) | {"message": one.message[:2000], "datestamp": one.datestamp[:24], "found_at": now}
        identifier = facts.pop("identifier")
        HarvestProblem.objects.update_or_create(harvest=harvest, identifier=identifier, defaults=facts)
