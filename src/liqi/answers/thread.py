"""The whole chain of an order: what access knows of it, with the files, runs, answers and reports set in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liqi.access import thread
from liqi.access.commissions import results
from liqi.access.models import Order
from liqi.access.thread import Next, Step, Thread
from liqi.accounts.models import Person
from liqi.answers.models import Run, StoredFile
from liqi.methods import find_method

__all__ = ["Chain", "read"]


@dataclass(frozen=True)
class Chain:
    """An order with everything done about it, from the need to the report."""

    thread: Thread
    """Steps in the order of time; to those of access come file, run, answer and report.

    file: `thing` is a StoredFile. run: `thing` is a Run and `state` its state. answer: `thing` is the Run,
    `title` the verdict in one sentence in the language of the page. report: `thing` is the Run.
    """
    files: list[StoredFile]
    runs: list[Run]
    """Newest first, their files at hand."""

    @property
    def next(self) -> Next:
        """Whose turn it is, and for what; beside the verbs of access: answer, wait, read."""
        return self.thread.next

    @property
    def answered(self) -> list[Run]:
        """The runs with an answer, newest first."""
        return [run for run in self.runs if run.state == Run.State.DONE]


def read(order: Order, *, now: datetime, person: Person | None = None) -> Chain:
    """The chain of the order as it stands now: a dozen queries at most, however long it is.

    Where a person is named, what the facility has not released to them is left out.
    """
    files = list(order.files.select_related("person").order_by("uploaded_at", "pk"))
    runs = list(order.runs.select_related("person").prefetch_related("files").order_by("-queued_at", "-pk"))
    if person is not None and not results.seen_by(order, person):
        files = [file for file in files if file.person_id == person.pk]
        runs = [run for run in runs if run.person_id == person.pk]
    first = thread.read(order, now=now)
    return Chain(first.with_steps(_steps(files, runs), _next(first, files, runs)), files, runs)


def _steps(files: list[StoredFile], runs: list[Run]) -> Iterable[Step]:
    for file in files:
        yield Step("file", file.uploaded_at, file.name, "", file.person, file)
    for run in runs:
        yield Step("run", run.queued_at, _title(run), run.state, run.person, run)
        if run.state == Run.State.DONE and run.ended_at is not None:
            yield Step("answer", run.ended_at, run.sentence(get_language() or "en"), "", run.person, run)
            yield Step("report", run.ended_at, _("Report"), "", run.person, run)


def _title(run: Run) -> str:
    try:
        return find_method(run.method).title.of(get_language() or "en")
    except ValueError:  # a method of a package that is not installed any more
        return run.method


def _next(first: Thread, files: list[StoredFile], runs: list[Run]) -> Next | None:
    """What the files and runs ask for; nothing when access has the word: not open, a session or booking ahead."""
    if first.order.state != Order.State.OPEN or first.next.verb in ("start", "end", "commission") or not files:
        return None
    going_on = [run for run in runs if run.is_going_on]
    if going_on:
        return Next("wait", _("The run is on its way; the answer comes here."), None, going_on[0])
    used = {file.pk for run in runs for file in run.files.all()}
    unread = [file for file in files if file.pk not in used]
    if unread:
        return Next("answer", _("Choose a method for the data file."), None, unread[-1])
    answered = [run for run in runs if run.state == Run.State.DONE]
    if answered:
        return Next("read", _("Read the answer; finish the order when it says enough."), None, answered[0])
    return Next("answer", _("The run gave no answer; choose another method or file."), None, files[-1])
