"""Batches: one method with the same settings on many files, a run for each; begun, followed, cancelled as one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access.models import Order
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.answers import run
from liqi.answers.models import Batch, Run, StoredFile
from liqi.methods import Method, find_method
from liqi.methods.readers import COMPANIONS

__all__ = ["MOST_FILES", "NotPossible", "call", "cancel", "counted", "groups", "is_apart", "progress", "start"]

MOST_FILES = 500


class NotPossible(ValueError):
    """The batch cannot be begun so; the message says what to do."""


def groups(method: Method, files: Sequence[StoredFile]) -> list[list[StoredFile]]:
    """The files of each run: a sample with the companions of its name, and what all samples share, such as gates."""
    shared = [file for file in files if file.format in method.shared]
    samples = [file for file in files if file not in shared and file.format not in COMPANIONS]
    if not samples:
        return [list(files)] if files else []
    beside = [file for file in files if file.format in COMPANIONS]
    return [
        [one, *(other for other in beside if Path(other.name).stem == Path(one.name).stem), *shared] for one in samples
    ]


def is_apart(method: Method, files: Sequence[StoredFile]) -> bool:
    """Whether these files are usually answered one by one: the method takes one, or one with what all share."""
    return len(groups(method, files)) > 1 and (not method.many_files or bool(method.shared))


def start(
    *,
    method: str,
    files: Sequence[StoredFile],
    person: Person,
    now: datetime,
    parameters: Mapping[str, object] | None = None,
    order: Order | None = None,
    name: str = "",
) -> Batch:
    """A run for each sample is in the queue, or none; raises NotPossible, and what `run.start` raises."""
    chosen = find_method(method)
    run.require_pairs(files)
    parts = groups(chosen, files)
    if not 1 <= len(parts) <= MOST_FILES:
        words = _("Found %(found)s samples; expected 1 to %(most)s in one batch.")
        raise NotPossible(words % {"found": len(parts), "most": MOST_FILES})
    with transaction.atomic():
        made = Batch.objects.create(
            name=_one_line(name), method=chosen.id, person=person, begun_at=now,
            parameters=chosen.settle(parameters or {}),
        )  # fmt: skip
        started = [
            run.start(method=method, files=part, person=person, now=now, order=order, parameters=parameters)
            for part in parts
        ]
        Run.objects.filter(pk__in=[one.pk for one in started]).update(batch=made)
        journal.write(person=person, verb="started", thing=made, at=now, method=chosen.id, samples=len(parts))
    return made


def call(*, batch: Batch, name: str, person: Person, now: datetime) -> None:
    """The batch bears this name, or none; the journal says who named it."""
    with transaction.atomic():
        before = Batch.objects.select_for_update().values_list("name", flat=True).get(pk=batch.pk)
        batch.name = _one_line(name)
        if batch.name != before:
            batch.save(update_fields=["name"])
            journal.write(person=person, verb="named", thing=batch, at=now, before=before, after=batch.name)


def _one_line(name: str) -> str:
    return " ".join(name.replace("\0", "").split())[:120]


def counted(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """The batches with their numbers of `samples`, and of those `answered`, `failed` and `going` on."""
    states = {"answered": (Run.State.DONE,), "failed": (Run.State.FAILED,), "going": Run.GOING_ON}
    of = {name: Count("runs", filter=Q(runs__state__in=chosen)) for name, chosen in states.items()}
    return batches.annotate(samples=Count("runs"), **of)


def cancel(*, batch: Batch, person: Person, now: datetime) -> int:
    """What was not answered yet is cancelled; gives how many runs."""
    return sum(
        run.cancel(run=one, person=person, now=now).state == Run.State.CANCELLED
        for one in batch.runs.going_on().order_by("pk")
    )


def progress(batch: Batch) -> dict[str, int]:
    """How many runs are in each state, and `total`."""
    counts = dict(batch.runs.order_by().values_list("state").annotate(Count("pk")))
    return {state: counts.get(state, 0) for state in Run.State.values} | {"total": sum(counts.values())}
