"""/api/runs: start a method on stored files, see how far it is, read its answer."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from liqi.access import orders
from liqi.access.models import Order
from liqi.answers import answer, run, signatures
from liqi.answers.models import Run, StoredFile
from liqi.web import method_words
from liqi.web.api._sent import Sent
from liqi.web.asked import run_seen, signed_in
from liqi.web.bearer import ANYBODY, SIGNED_IN

router = Router(tags=["runs"], auth=SIGNED_IN)


class StartRun(Sent):
    """What to run on which files."""

    method: str
    files: list[str]
    """Keys of stored files, as the upload gave them."""
    parameters: dict[str, str | int | float | list[str]] = {}
    order: str | None = None


class RunOut(Schema):
    """A run as it stands; `answer` is there once the state is done."""

    key: str
    method: str
    version: str
    parameters: dict[str, Any]
    state: str
    done: int
    total: int
    step: str
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    message: str
    files: list[dict[str, Any]]
    order: str | None
    answer: dict[str, Any] | None = None
    people: dict[str, Any] | None = None
    """What was said of the answer: `amendments` by feature, and the `signature` that stands."""


def state_of(one: Run) -> dict[str, Any]:
    """The run as the interface shows it."""
    names = ("key", "method", "version", "parameters", "state", "done", "total", "step")
    times = ("queued_at", "started_at", "ended_at")
    return {
        **{name: getattr(one, name) for name in (*names, *times)},
        "message": method_words.refused(one.message),
        "files": [{"key": file.key, "name": file.name, "sha256": file.sha256} for file in one.files.all()],
        "order": one.order.key if one.order else None,
        "answer": answer.read(one) if one.state == Run.State.DONE else None,
        "people": signatures.layer_of(one).as_json() if one.state == Run.State.DONE else None,
    }


@router.post("", response={202: RunOut}, summary="Start a run")
def start(request: HttpRequest, asked: StartRun) -> Any:
    """The run waits in the queue; its address is /api/runs/<key>."""
    person = signed_in(request)
    files = list(StoredFile.objects.visible_to(person).filter(key__in=asked.files))
    if missing := set(asked.files) - {file.key for file in files}:
        raise Http404(
            _("Found no file %(keys)s; send it to /uploads/ first.") % {"keys": ", ".join(sorted(missing))[:200]}
        )
    order = get_object_or_404(Order, key=asked.order) if asked.order else None
    if order is not None:
        orders.require_sight(order, person)
    one = run.start(
        method=asked.method,
        files=files,
        parameters=asked.parameters,
        person=person,
        order=order,
        now=datetime.now(UTC),
    )
    return Status(202, state_of(one))


@router.get("/{key}", response=RunOut, auth=ANYBODY, summary="See a run and its answer")
def show(request: HttpRequest, key: str) -> Any:
    """How far the run is, and the whole answer once there is one; runs on examples are open to all."""
    return state_of(run_seen(request, key))


@router.post("/{key}/cancel", response=RunOut, summary="Cancel a run")
def cancel(request: HttpRequest, key: str) -> Any:
    """The run is cancelled; one that is over stays as it is."""
    one = run.cancel(run=run_seen(request, key), person=signed_in(request), now=datetime.now(UTC))
    return state_of(one)


@router.post("/{key}/again", response={202: RunOut}, summary="Run the same again")
def again(request: HttpRequest, key: str) -> Any:
    """The same files, method and settings are computed once more, to see that it comes out the same."""
    one = run.start_again(run=run_seen(request, key), person=signed_in(request), now=datetime.now(UTC))
    return Status(202, state_of(one))


@router.post("/examples/{method}", response={202: RunOut}, summary="Run a method on its example")
def example(request: HttpRequest, method: str) -> Any:
    """The run on the file that comes with Liqi."""
    return Status(202, state_of(run.start_example(method=method, person=signed_in(request), now=datetime.now(UTC))))
