"""A go through the queue on record: begun once at a time, worked off in slices by a worker, cancelled at any moment."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution, PushRun, PushRunState
from liqi.catalogue.national import push
from liqi.catalogue.national.client import Client, NotConfigured, Unreachable, configured
from liqi.catalogue.national.figures import TARGET
from liqi.catalogue.national.push import Outcome

__all__ = ["UnderWay", "ask", "cancel", "perform", "push_now", "requeue_silent", "start"]

SLICE_S = 5.0
"""How long a worker works on one push before it looks after what else waits."""
SILENT_AFTER = timedelta(seconds=90)
"""A run that gave no sign of life for so long has lost its process and is taken up again."""
_LIVE = (PushRunState.QUEUED, PushRunState.RUNNING)
log = logging.getLogger(__name__)


class UnderWay(ValueError):
    """Another push of this institution is going on; the message says what to do."""


@task
def send(pk: int) -> None:
    """The queued run with this id has been worked off for a slice."""
    perform(pk, clock=lambda: datetime.now(UTC))


@task
def ask_back(institution_pk: int, target: str) -> None:
    """The platform has been asked which submitted records it rejected."""
    try:
        push.read_back(Institution.objects.get(pk=institution_pk), configured(), now=datetime.now(UTC), target=target)
    except (NotConfigured, Unreachable) as problem:
        log.warning("the platform could not be asked: %s", problem)


def ask(institution: Institution, *, target: str = TARGET) -> None:
    """The worker asks the platform which submitted records it rejected; those are open again then."""
    ask_back.enqueue(institution.pk, target)


def start(institution: Institution, *, now: datetime, person: Person | None = None, target: str = TARGET) -> PushRun:
    """A run is on record and waits for the worker; raises UnderWay where one is going on."""
    with transaction.atomic():
        run = _begin(institution, PushRunState.QUEUED, "", now, person, target)
        send.enqueue(run.pk)
    return run


def push_now(
    institution: Institution,
    client: Client,
    *,
    clock: Callable[[], datetime],
    limit: int | None = None,
    person: Person | None = None,
    target: str = TARGET,
    pause: Callable[[float], None] = time.sleep,
) -> Outcome:
    """The queue is worked off by this process, as a run on record; raises UnderWay where one is going on."""
    owner = get_random_string(20)
    run = _begin(institution, PushRunState.RUNNING, owner, clock(), person, target)
    return _work(run, client, clock, limit, float("inf"), pause)


def perform(pk: int, *, clock: Callable[[], datetime], client: Client | None = None, slice_s: float = SLICE_S) -> None:
    """The queued run is worked on for a slice, and queued again if more waits; a run that is over stays as it is."""
    owner = get_random_string(20)
    begun = {"state": PushRunState.RUNNING, "owner": owner, "heartbeat_at": clock()}
    if not PushRun.objects.filter(pk=pk, state=PushRunState.QUEUED).update(**begun):
        return
    run = PushRun.objects.select_related("institution", "person").get(pk=pk)
    try:
        _work(run, client or configured(), clock, None, slice_s, time.sleep)
    except NotConfigured as problem:
        _end(run, PushRunState.STOPPED, str(problem), clock())
    except Exception:
        log.exception("push %s failed", pk)
        _end(run, PushRunState.STOPPED, _("The fault is ours; it is in the log."), clock())


def cancel(run: PushRun, *, now: datetime, person: Person | None = None) -> bool:
    """The run ends before its next record; False where it was over already."""
    with transaction.atomic():
        over = {"state": PushRunState.CANCELLED, "ended_at": now}
        if not PushRun.objects.filter(pk=run.pk, state__in=_LIVE).update(**over):
            return False
        journal.write(person=person, verb="cancelled", thing=run, at=now)
    return True


def requeue_silent(*, now: datetime) -> int:
    """Runs whose process died are in the worker's queue again; gives how many."""
    again = 0
    for run in PushRun.objects.filter(state__in=_LIVE, heartbeat_at__lt=now - SILENT_AFTER):
        with transaction.atomic():
            same = PushRun.objects.filter(pk=run.pk, state=run.state, heartbeat_at=run.heartbeat_at)
            if same.update(state=PushRunState.QUEUED, owner="", heartbeat_at=now):
                send.enqueue(run.pk)
                again += 1
    return again


def _begin(
    institution: Institution, state: str, owner: str, now: datetime, person: Person | None, target: str
) -> PushRun:
    _give_up_silent(institution, target, now)
    try:
        with transaction.atomic():
            run = PushRun.objects.create(
                target=target,
                institution=institution,
                state=state,
                owner=owner,
                total=push.waiting(institution, target).count(),
                person=person,
                queued_at=now,
                heartbeat_at=now,
            )
            journal.write(person=person, verb="began to push", thing=run, at=now, waiting=run.total)
    except IntegrityError:
        words = _("A push of %(institution)s is going on; wait for its end, or cancel it, and push again.")
        raise UnderWay(words % {"institution": called(institution)}) from None
    return run


def _give_up_silent(institution: Institution, target: str, now: datetime) -> None:
    live = PushRun.objects.filter(institution=institution, target=target, state__in=_LIVE)
    silent = live.filter(heartbeat_at__lt=now - SILENT_AFTER)
    silent.update(
        state=PushRunState.STOPPED, message=_("Its process died; the next push goes on from there."), ended_at=now
    )


def _work(
    run: PushRun,
    client: Client,
    clock: Callable[[], datetime],
    limit: int | None,
    slice_s: float,
    pause: Callable[[float], None],
) -> Outcome:
    """Records are sent until the slice is over; the run says how far it is, and ends where the push ended."""
    until = time.monotonic() + slice_s
    before_done, before_taken = run.done, run.taken
    alive = True

    def beat(outcome: Outcome | None = None) -> bool:
        far: dict[str, object] = {"heartbeat_at": clock()}
        if outcome is not None:
            far |= {"done": before_done + outcome.sent, "taken": before_taken + _taken(outcome)}
        return bool(PushRun.objects.filter(pk=run.pk, owner=run.owner, state=PushRunState.RUNNING).update(**far))

    def go_on(outcome: Outcome) -> bool:
        nonlocal alive
        alive = beat(outcome)
        return alive and time.monotonic() < until

    def wait(seconds: float) -> None:
        beat()
        pause(seconds)

    outcome = push.push(
        run.institution,
        client,
        clock=clock,
        limit=limit,
        target=run.target,
        person=run.person,
        pause=wait,
        go_on=go_on,
    )
    alive = beat(outcome) and alive
    if outcome.stopped:
        _end(run, PushRunState.STOPPED, outcome.stopped, clock())
    elif outcome.ended or limit is not None:
        _end(run, PushRunState.DONE, "", clock())
    elif alive:
        _queue_again(run, clock())
    return outcome


def _taken(outcome: Outcome) -> int:
    return outcome.states["accepted"] + outcome.states["locked"]


def _queue_again(run: PushRun, now: datetime) -> None:
    with transaction.atomic():
        mine = PushRun.objects.filter(pk=run.pk, owner=run.owner, state=PushRunState.RUNNING)
        if mine.update(state=PushRunState.QUEUED, owner="", heartbeat_at=now):
            send.enqueue(run.pk)


def _end(run: PushRun, state: str, message: str, now: datetime) -> None:
    with transaction.atomic():
        mine = PushRun.objects.filter(pk=run.pk, owner=run.owner, state=PushRunState.RUNNING)
        if mine.update(state=state, message=message, ended_at=now, heartbeat_at=now):
            journal.write(person=run.person, verb="ended the push", thing=run, at=now, state=state, message=message)
