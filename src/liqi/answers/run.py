"""Runs of methods: started, cancelled, and never lost when a worker dies."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from liqi.access.models import Order
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import storage
from liqi.answers.execution import execute
from liqi.answers.models import Run, StoredFile
from liqi.methods import BadParameter, Method, find_method
from liqi.methods.readers import COMPANIONS

SILENT_AFTER = timedelta(seconds=30)
"""A run at work that gave no sign of life for so long is taken from its worker."""
MOST_ATTEMPTS = 3


class NoFile(ValueError):
    """A run needs at least one file, and a method for one file takes one; the message says which."""


def start(
    *,
    method: str,
    files: Sequence[StoredFile],
    person: Person | None,
    now: datetime,
    order: Order | None = None,
    parameters: Mapping[str, object] | None = None,
    anew: bool = False,
) -> Run:
    """The run is on record and in the queue, or neither; raises BadParameter, NoFile, NotAllowed.

    Where an answer to the same is there, the run takes it; `anew` has it computed again, to see the two agree.
    """
    chosen = find_method(method)
    settled = _settle(chosen, parameters or {}, person)
    asked = [file for file in files if file.format not in COMPANIONS]
    if not asked:
        words = _("Found no file; expected %(formats)s; choose at least one file.")
        raise NoFile(words % {"formats": ", ".join(chosen.accepts)})
    if len(asked) > 1 and not chosen.many_files:
        words = _("Found %(count)s files; expected one; start one run for each file.")
        raise NoFile(words % {"count": len(asked)})
    require_pairs(files)
    _require_sight(files, person)
    with transaction.atomic():
        run = Run.objects.create(
            method=chosen.id,
            version=chosen.version,
            parameters=settled,
            queued_at=now,
            heartbeat_at=now,
            order=order,
            person=person,
            anew=anew,
        )
        run.files.set(files)
        _enqueue(run)
        journal.write(person=person, verb="started", thing=run, at=now, method=run.method, version=run.version)
    return run


def start_again(*, run: Run, person: Person | None, now: datetime) -> Run:
    """The same files, method and settings are computed once more, whatever is there already."""
    given = {name: value for name, value in run.parameters.items() if value is not None}
    return start(
        method=run.method, files=list(run.files.order_by("pk")), person=person, now=now, order=run.order,
        parameters=given, anew=True,
    )  # fmt: skip


def changed_by_hand(
    started: Run, *, of: Run, changes: Sequence[Mapping[str, Any]], person: Person, now: datetime
) -> None:
    """It is on record that this run was made of another by changing that by hand, who did it and what was changed."""
    started.edited_from, started.changes = of, list(changes)
    started.save(update_fields=["edited_from", "changes"])
    journal.write(person=person, verb="changed by hand", thing=started, at=now, of=of.key, changes=len(changes))


def start_example(*, method: str, person: Person | None, now: datetime) -> Run:
    """A run of the method on the file that comes with Liqi; a visitor is shown the one that is there already."""
    chosen = find_method(method)
    if not chosen.example:
        words = _("Found no example for %(method)s; expected one that comes with Liqi; bring your own file.")
        raise NoFile(words % {"method": method})
    files = [_keep_example(path, now) for path in chosen.example]
    if person is None:
        same = Run.objects.filter(person=None, method=chosen.id, version=chosen.version, files=files[0])
        there = same.exclude(state__in=(Run.State.FAILED, Run.State.CANCELLED)).order_by("-pk").first()
        if there is not None:
            return there
    return start(method=method, files=files, person=person, now=now)


def _keep_example(path: Path, now: datetime) -> StoredFile:
    with path.open("rb") as source:
        return storage.keep(source, name=path.name, person=None, now=now)


def _settle(method: Method, given: Mapping[str, object], person: Person | None) -> dict[str, Any]:
    """Every parameter's value; one of kind file names a stored file by its key, never a path on this machine."""
    settled = method.settle(given)
    for parameter in method.parameters:
        named = given.get(parameter.name)
        if parameter.kind != "file" or not named:
            continue
        keys = {str(key) for key in (named if isinstance(named, list | tuple) else [named])}
        if StoredFile.objects.visible_to(person).filter(key__in=keys).count() < len(keys):
            raise BadParameter(parameter.name, ", ".join(sorted(keys)), "the key of a file you can see")
    return settled


def require_pairs(files: Sequence[StoredFile]) -> None:
    """Every companion stands beside a file of its name; raises NoFile for one that no file would take along."""
    stems = {Path(file.name).stem for file in files if file.format not in COMPANIONS}
    alone = [file.name for file in files if file.format in COMPANIONS and Path(file.name).stem not in stems]
    if alone:
        words = _(
            "Found %(names)s without the file it belongs to; expected one of the same name beside it; "
            "name both alike, or leave it out."
        )
        raise NoFile(words % {"names": ", ".join(alone)})


def _require_sight(files: Sequence[StoredFile], person: Person | None) -> None:
    seen = StoredFile.objects.visible_to(person).filter(pk__in=[file.pk for file in files]).count()
    if seen < len({file.pk for file in files}):
        raise NotAllowed(_("Found a file of somebody else; expected your own or your organisation's; choose another."))


def _enqueue(run: Run) -> None:
    run.task = UUID(str(execute.enqueue(run.key).id))
    run.save(update_fields=["task"])


def cancel(*, run: Run, person: Person | None, now: datetime) -> Run:
    """The run is cancelled, and its worker stops within a moment; a run that is over stays as it is."""
    if run.person is not None and person != run.person and not (person and person.is_operator):
        words = _("Found a run of %(person)s; expected your own; ask them to cancel it.")
        raise NotAllowed(words % {"person": run.person})
    with transaction.atomic():
        over = {"state": Run.State.CANCELLED, "ended_at": now}
        if Run.objects.going_on().filter(pk=run.pk).update(**over):
            journal.write(person=person, verb="cancelled", thing=run, at=now)
    run.refresh_from_db()
    return run


def requeue_silent(*, now: datetime) -> int:
    """Runs whose worker died are in the queue again, each once however many ask; gives how many.

    One that died three times has failed: its file or the machine is at fault, and trying on would not end.
    """
    silent = Run.objects.silent_since(now - SILENT_AFTER)
    for run in silent.filter(attempts__gte=MOST_ATTEMPTS):
        _give_up(run, now)
    again = [run for run in silent.filter(attempts__lt=MOST_ATTEMPTS) if _requeue(run, now)]
    return len(again) + sum(_requeue(run, now) for run in _lost(now))


def _requeue(run: Run, now: datetime) -> bool:
    with transaction.atomic():
        same = Run.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts, task=run.task)
        moved = same.filter(heartbeat_at=run.heartbeat_at).update(
            state=Run.State.QUEUED, done=0, total=0, step="", heartbeat_at=now
        )
        if not moved:
            return False
        run.refresh_from_db()
        _enqueue(run)
        journal.write(person=None, verb="queued again", thing=run, at=now, attempts=run.attempts)
    return True


def _lost(now: datetime) -> list[Run]:
    """Waiting runs whose entry in the queue was taken by a worker that died before it began."""
    waiting = Run.objects.filter(state=Run.State.QUEUED, heartbeat_at__lt=now - SILENT_AFTER)
    ready = DBTaskResult.objects.ready().values("id")
    return list(waiting.exclude(task__in=ready))


def _give_up(run: Run, now: datetime) -> None:
    with transaction.atomic():
        over = {"state": Run.State.FAILED, "ended_at": now, "message": "stopped"}
        same = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts)
        if same.filter(heartbeat_at=run.heartbeat_at).update(**over):
            journal.write(person=None, verb="failed", thing=run, at=now, attempts=run.attempts)
