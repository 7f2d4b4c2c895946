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
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.catalogue.federation import _fetching, _links, _page, _taking, _timetable
from liqi.catalogue.federation._fetching import Refused, Unreachable
from liqi.catalogue.federation._filling import Source
from liqi.catalogue.federation._formats import FORMATS
from liqi.catalogue.models import Harvest, HarvestProblem, HarvestState

__all__ = ["Failed", "Overtaken", "Refused", "run"]

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
OVERLAP = timedelta(hours=1)
"""The next pass asks from so long before the last one began: a change that was being written then is not missed."""
TRIES = 5
WAITS_S = (1.0, 5.0, 20.0, 20.0)
MOST_WAIT_S = 600.0
MOST_RESTARTS = 3
COUNTS = ("created", "updated", "unchanged", "deleted", "skipped")


class Failed(ValueError):
    """The harvest cannot go on; it keeps its place. The message says why and what to do."""


class Overtaken(Exception):
    """Another process is at this harvest now, or somebody stopped it."""


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
        **dict.fromkeys(("pages", "seen", "failed", "restarts", "landmark_page", *COUNTS), 0),
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
        raise Refused(
            _("the repository answered %(error)s: %(message)s")
            % {"error": page.error, "message": page.message or _("without a word")}
        )
    _notice_circle(harvest, page)
    now = clock()
    first_answer = harvest.answered_at or page.answered_at or now
    with transaction.atomic():
        _update(harvest, runner, now, answered_at=first_answer)  # takes the database's write lock, or is overtaken
        taken = _taking.take(page.records, _source(harvest), now=now)
        if not page.token:
            _links.tie_up(harvest.repository, now=now)
        _keep_problems(harvest, taken, now)
        counts = {name: F(name) + getattr(taken, name) for name in COUNTS}
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
        brought = {name: getattr(taken, name) for name in (*COUNTS,) if getattr(taken, name)}
        if brought or taken.problems:
            journal.write(
                person=harvest.person, verb="harvested", thing=harvest, at=now, page=harvest.pages,
                failed=len(taken.problems), **brought,
            )  # fmt: skip
    harvest.refresh_from_db()
    return bool(page.token)


def _ended(answered_at: datetime, now: datetime) -> dict[str, Any]:
    return {"state": HarvestState.DONE, "finished_at": now, "harvested_until": answered_at, "failures": 0}


def _update(harvest: Harvest, runner: str, now: datetime, **values: Any) -> None:
    """The harvest has these values; raises Overtaken where this process is not at it any more."""
    mine = Harvest.objects.filter(pk=harvest.pk, runner=runner, state=HarvestState.RUNNING)
    if not mine.update(heartbeat_at=now, **values):
        raise Overtaken


def _fail(harvest: Harvest, runner: str, message: str, now: datetime) -> None:
    mine = Harvest.objects.filter(pk=harvest.pk, runner__in=[runner, ""]).exclude(state=HarvestState.STOPPED)
    with transaction.atomic():
        if mine.update(state=HarvestState.FAILED, message=message[:2000], heartbeat_at=now):
            harvest.refresh_from_db()
            _timetable.failed(harvest, message, now=now)
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


def _source(harvest: Harvest) -> Source:
    direct = Harvest.objects.exclude(repository="").values_list("repository", flat=True)
    return Source(harvest.repository, harvest.url, FORMATS[harvest.prefix], frozenset(direct), str(harvest.pk))


def _notice_circle(harvest: Harvest, page: _page.Page) -> None:
    """Raise Refused where the repository gives a token that it gave before (Brent's way to find a cycle)."""
    if page.token and page.token in (harvest.token, harvest.landmark):
        raise Refused(
            _(
                "found the same resumption token again at page %(pages)s: the repository leads in a "
                "circle; tell its keeper."
            )
            % {"pages": harvest.pages + 1}
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
