"""The worker: takes runs from the queue one at a time, and takes up those whose worker died."""

import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from django.db import OperationalError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from liqi.access import upkeep
from liqi.answers import execution, retention, rounds, run, storage, upload
from liqi.catalogue import import_job
from liqi.catalogue.federation import sources
from liqi.catalogue.national import run as national_run

LOOK_EVERY_S = 0.4
TIDY_EVERY_S = 5.0
UPKEEP_EVERY_S = 20.0
SWEEP_EVERY_S = 3600.0
QUEUE_KEPT = timedelta(days=7)
"""How long the queue remembers what was worked off; runs and the journal remember for good."""


def work() -> None:
    """Work until told to end by a signal; the run at hand then goes back to the queue."""
    batch = _batch()

    def end(_number: int, _frame: FrameType | None) -> None:
        batch.running = False
        execution.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    every = {tidy: TIDY_EVERY_S, keep_up: UPKEEP_EVERY_S, sweep: SWEEP_EVERY_S}
    due = dict.fromkeys(every, 0.0)
    while not execution.stopping.is_set():
        for chore, at in due.items():
            if time.monotonic() >= at:
                _try(chore)
                due[chore] = time.monotonic() + every[chore]
        batch.run()
        execution.stopping.wait(LOOK_EVERY_S)


def tidy(now: datetime) -> None:
    """Runs, imports, pushes and harvests whose worker died are queued again; harvests that are due are queued."""
    run.requeue_silent(now=now)
    import_job.requeue_silent(now=now)
    national_run.requeue_silent(now=now)
    sources.requeue_silent(now=now)
    sources.enqueue_due(now=now)


def keep_up(now: datetime) -> None:
    """What falls due by the clock alone in bookings, orders, money and the nightly rounds is done."""
    upkeep.run(now=now)
    upkeep.run(now=now, tasks=(rounds.due,))


def sweep(now: datetime) -> None:
    """Abandoned uploads, what a cut left behind, files by their rule, old imports and entries of the queue are gone."""
    upload.drop_expired(now=now)
    storage.drop_stale(now=now)
    import_job.drop_old(now=now)
    upkeep.run(now=now, tasks=(retention.due,))
    DBTaskResult.objects.finished().filter(finished_at__lt=now - QUEUE_KEPT).delete()


def _try(chore: Callable[[datetime], None]) -> None:
    try:
        chore(datetime.now(UTC))
    except OperationalError:
        execution.log.warning("the database was busy; the worker tidies up a little later")


def _batch() -> Worker:
    """Works off what is ready, then comes back."""
    return Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
