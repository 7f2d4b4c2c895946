"""What a worker does with a run: claim it, run the method, tell how far it is, keep the answer."""

import io
import json
import logging
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django_tasks import task

from liqi.accounts import journal
from liqi.answers import check_standards, recomputation, storage, store
from liqi.answers.models import Run, StoredFile
from liqi.methods import BadParameter, Cancelled, Method, UnreadableFile, find_method
from liqi.methods.apart import Limits, OutOfBounds, run_apart
from liqi.methods.readers import COMPANIONS

Clock = Callable[[], datetime]
BEAT_S = 0.25
"""At most one sign of life in so long."""
INTERNAL = "internal"
"""The message of a failure that is ours; pages say it in words."""

log = logging.getLogger(__name__)
stopping = threading.Event()
"""Set when this worker is asked to end: the run at hand goes back to the queue."""


@task
def execute(key: str) -> None:
    """The queued run with this key has been worked off."""
    perform(key=key, clock=lambda: datetime.now(UTC))


class Interrupted(Cancelled):
    """This worker is asked to end; the run goes back to the queue."""


class Watch:
    """The progress callback: keeps how far the run is, stops it when it is not this worker's any more."""

    def __init__(self, run: Run, clock: Clock) -> None:
        self.run, self.clock, self.last = run, clock, float("-inf")
        self.step = ""

    def __call__(self, done: int, total: int, step: str) -> None:
        """Record a new step at once, else one sign of life in BEAT_S; raise Cancelled when cancelled."""
        if stopping.is_set():
            raise Interrupted
        if time.monotonic() - self.last < BEAT_S and step == self.step:
            return
        self.last, self.step = time.monotonic(), step
        far = {"done": done, "total": total, "step": step[:120], "heartbeat_at": self.clock()}
        if not mine(self.run).update(**far):
            raise Cancelled


def mine(run: Run) -> Any:
    """The run as a query, as long as this attempt is the one that counts."""
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts)


def perform(*, key: str, clock: Clock) -> None:
    """The run has an answer, or says why not; a run that is over or another worker's stays as it is."""
    run = claim(key=key, now=clock())
    if run is None:
        return
    try:
        _keep(run, _compute(run, Watch(run, clock)), clock())
    except Interrupted:
        release(run)
    except Cancelled:
        pass
    except (UnreadableFile, BadParameter, OutOfBounds, store.Gone, store.Unreachable) as problem:
        _fail(run, str(problem), clock())
    except Exception:
        log.exception("run %s of %s failed", run.key, run.method)
        _fail(run, INTERNAL, clock())
    except BaseException:
        release(run)
        raise


def claim(*, key: str, now: datetime) -> Run | None:
    """The queued run is this worker's; None if it is not queued any more."""
    begun = {
        "state": Run.State.RUNNING,
        "attempts": F("attempts") + 1,
        "started_at": now,
        "heartbeat_at": now,
    }
    if not Run.objects.filter(key=key, state=Run.State.QUEUED).update(**begun):
        return None
    return Run.objects.get(key=key)


def release(run: Run) -> None:
    """The run is taken up again as soon as a worker looks for silent ones; the attempt does not count."""
    long_ago = datetime.fromtimestamp(0, UTC)
    mine(run).update(state=Run.State.QUEUED, attempts=run.attempts - 1, task=None, heartbeat_at=long_ago)
    log.warning("run %s goes back to the queue: this worker ends", run.key)


def _compute(run: Run, watch: Watch) -> dict[str, Any]:
    """The answer as JSON, naming files as people named them: where bytes lay on this machine concerns nobody."""
    method = find_method(run.method)
    watch(0, 0, "")
    folder = Path(tempfile.mkdtemp(prefix=f"{run.key}-", dir=store.incoming()))
    try:
        paths = _paths(list(run.files.order_by("pk")), folder)
        parameters = dict(run.parameters)
        for name in _file_parameters(method, run):
            parameters[name] = _lent(parameters[name], folder / name)
        there = recomputation.find(run, method, paths, parameters)
        facts = there or _run(method, paths, parameters, watch)
    except UnreadableFile as problem:
        name, found = (_as_named(words, folder) for words in (problem.name, problem.found))
        raise UnreadableFile(name, found, problem.expected, problem.do) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for given in facts["inputs"]:
        given["path"] = Path(given["path"]).name
    facts["warnings"] = [
        {language: _as_named(words, folder) for language, words in one.items()} for one in facts["warnings"]
    ]
    for name in _file_parameters(method, run):
        lent = parameters[name]
        facts["parameters"][name] = [Path(one).name for one in lent] if isinstance(lent, list) else Path(lent).name
    return facts


def _as_named(words: str, folder: Path) -> str:
    """The words with files as people named them, not as they lay in the folder of the run."""
    return re.sub(re.escape(str(folder)) + r"/[^/\s]+/(\d+/)?", "", words)


def _run(method: Method, paths: list[Path], parameters: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """The answer, from a process of its own unless this installation wants it otherwise."""
    if not settings.LIQI_APART:
        return method.run(paths, parameters, watch).as_json()
    limits = Limits(memory_mib=settings.LIQI_RUN_MEMORY_MIB, seconds=settings.LIQI_RUN_SECONDS)
    return run_apart(method.id, paths, parameters, watch, limits)


def _file_parameters(method: Method, run: Run) -> list[str]:
    """The parameters that name a stored file by its key."""
    files = [parameter for parameter in method.parameters if parameter.kind == "file"]
    return [one.name for one in files if run.parameters.get(one.name) not in (None, "", one.default)]


def _lent(keys: Any, folder: Path) -> Any:
    """Where the file lies that a parameter names by its key, or each of several."""
    if not isinstance(keys, list):
        return str(_lend(StoredFile.objects.get(key=keys), folder))
    folder.mkdir()
    return [str(_lend(StoredFile.objects.get(key=key), folder / str(place))) for place, key in enumerate(keys)]


def _paths(files: list[StoredFile], folder: Path) -> list[Path]:
    """Where each file lies that is asked, in a folder of its own with the companions that bear its name."""
    asked = [file for file in files if file.format not in COMPANIONS]
    paths = []
    for place, file in enumerate(asked):
        paths.append(_lend(file, folder / str(place)))
        for other in files:
            if other.format in COMPANIONS and Path(other.name).stem == Path(file.name).stem:
                _lend(other, folder / str(place))
    return paths


def _lend(file: StoredFile, folder: Path) -> Path:
    """The bytes under the name their person gave them, as methods tell formats by content and name."""
    folder.mkdir(exist_ok=True)
    path = folder / file.name
    try:
        os.link(storage.path_of(file.sha256), path)
    except OSError:  # a disk without links, or a full table of them
        shutil.copyfile(storage.path_of(file.sha256), path)
    return path


def _keep(run: Run, facts: dict[str, Any], now: datetime) -> None:
    whole = json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    sha256 = storage.put(io.BytesIO(whole))
    with transaction.atomic():
        kept = mine(run).update(
            state=Run.State.DONE,
            done=F("total"),
            step="",
            ended_at=now,
            heartbeat_at=now,
            answer_sha256=sha256,
            answer_key=facts["key"],
            same_as=run.same_as,
            summary=summary_of(facts),
        )
        if kept:
            journal.write(person=run.person, verb="answered", thing=run, at=now, answer=sha256)
            check_standards.take(run=run, answer=facts, now=now)


def summary_of(facts: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of an answer."""
    counts = facts["detail"].get("counts", {})
    return {
        "verdict": facts["verdict"],
        "sentence": facts["sentence"],
        "tags": facts["tags"],
        "counts": counts,
    }


def _fail(run: Run, message: str, now: datetime) -> None:
    with transaction.atomic():
        over = {"state": Run.State.FAILED, "message": message, "ended_at": now}
        if mine(run).update(**over):
            journal.write(person=run.person, verb="failed", thing=run, at=now, message=message)
