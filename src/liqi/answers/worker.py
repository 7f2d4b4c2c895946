"""The worker: takes runs from the queue one at a time, and takes up those whose worker died."""

import signal
import time
from datetime import UTC, datetime
from types import FrameType

from django.db import OperationalError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from liqi.answers import execution, run, upload

LOOK_EVERY_S = 0.4
TIDY_EVERY_S = 5.0


def work() -> None:
    """Work until told to end by a signal; the run at hand then goes back to the queue."""
    batch = _batch()

    def end(_number: int, _frame: FrameType | None) -> None:
        batch.running = False
        execution.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    tidied = float("-inf")
    while not execution.stopping.is_set():
        if time.monotonic() - tidied >= TIDY_EVERY_S:
            tidy()
            tidied = time.monotonic()
        batch.run()
        execution.stopping.wait(LOOK_EVERY_S)


def tidy() -> None:
    """Silent runs are queued again, abandoned uploads gone; a database busy now is asked again later."""
    now = datetime.now(UTC)
    try:
        run.requeue_silent(now=now)
        upload.drop_expired(now=now)
    except OperationalError:
        execution.log.warning("the database was busy while tidying; trying again in %g s", TIDY_EVERY_S)


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
