"""/api/care/tasks: tasks at instruments written down, given to somebody, ticked, talked about, done or dropped."""

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import belonging
from liqi.access.care import chores
from liqi.access.models import Chore, ChoreItem, Incident
from liqi.catalogue.models import Instrument
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)


class TaskRow(Schema):
    """A task in short; without an assignee it is for whoever looks after the instrument."""

    id: int
    instrument: str
    title: str
    assignee: str
    due_on: date | None
    priority: int
    state: str
    incident: int | None
    created: AwareDatetime
    settled: AwareDatetime | None
    synthetic: bool


class TaskLine(Schema):
    """A line of a task's list, and who ticked it when."""

    id: int
    words: str
    done: AwareDatetime | None
    by: str


class Remark(Schema):
    """What somebody said about a task."""

    person: str
    words: str
    at: AwareDatetime


class TaskOut(TaskRow):
    """A task with its list and what was said."""

    words: str
    lines: list[TaskLine]
    remarks: list[Remark]


class TaskIn(Sent):
    """A task; `assignee` is an e-mail address, priority 1 is high, 2 normal, 3 low."""

    instrument: str
    title: Annotated[str, Field(min_length=1, max_length=200)]
    words: Annotated[str, Field(max_length=2000)] = ""
    assignee: str = ""
    due_on: date | None = None
    priority: int = 2
    lines: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=40)] = []
    incident: Number | None = None


class TaskChange(Sent):
    """What changes of a task; what is not named stays, a blank assignee means nobody in particular."""

    assignee: str | None = None
    due_on: date | None = None
    priority: int | None = None


class Said(Sent):
    """What is said about a task."""

    words: Annotated[str, Field(min_length=1, max_length=1000)]


class Ticked(Sent):
    """Whether the line is done."""

    done: bool


@router.get("/tasks", response=Page[TaskRow], summary="Tasks given to me or in my care")
def listed(
    request: HttpRequest, paged: Annotated[Paged, Query()], state: str = "", instrument: str = "", mine: bool = False
) -> Any:
    """By number; ``state`` gives those that are open, done or dropped, ``mine`` those given to whoever asks."""
    person = signed_in(request)
    seen = Q(assignee=person)
    if not mine:
        seen |= Q(instrument__in=belonging.looked_after_by(person))
    rows = Chore.objects.filter(seen).select_related("instrument", "assignee")
    if state:
        rows = rows.filter(state=one_of(state, Chore.State.values))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows, paged)
    return {"items": [_row(one) for one in found], "next": following}


@router.post("/tasks", response={201: TaskOut}, summary="Write a task down")
def write(request: HttpRequest, sent: TaskIn) -> Any:
    """The task is on record with its list, and who is to do it is told; for stewards of the instrument."""
    incident = get_object_or_404(Incident, pk=sent.incident) if sent.incident is not None else None
    instrument = get_object_or_404(Instrument.objects.select_related("facility"), key=sent.instrument)
    facts = sent.dict(exclude={"instrument", "assignee", "incident", "lines"})
    made = chores.write(
        instrument=instrument, person=signed_in(request), assignee=sent.assignee, incident=incident,
        items=sent.lines, now=timezone.now(), **facts,
    )  # fmt: skip
    return Status(201, _whole(made))


@router.get("/tasks/{int:id}", response=TaskOut, summary="One task")
def show(request: HttpRequest, id: int) -> Any:
    """The task with its list, for who is to do it and the stewards."""
    return _whole(_found(request, id))


@router.patch("/tasks/{int:id}", response=TaskOut, summary="Give a task to somebody, move its day")
def change(request: HttpRequest, id: int, sent: TaskChange) -> Any:
    """Somebody else does it, or by another day, or sooner than others; whoever is newly to do it is told."""
    found, given = _found(request, id), sent.dict(exclude_unset=True)
    facts: dict[str, Any] = {"assignee": found.assignee, "due_on": found.due_on, "priority": found.priority}
    facts |= {"assignee": given["assignee"]} if "assignee" in given else {}
    facts |= {"due_on": given["due_on"]} if "due_on" in given else {}
    facts |= {"priority": given["priority"]} if given.get("priority") is not None else {}
    chores.change(chore=found, person=signed_in(request), now=timezone.now(), **facts)
    return _whole(_found(request, id))


@router.put("/tasks/{int:id}/lines/{int:line}", response=TaskOut, summary="Tick a line of a task")
def tick(request: HttpRequest, id: int, line: int, sent: Ticked) -> Any:
    """The line is ticked, or open again; the same again changes nothing."""
    item = get_object_or_404(ChoreItem.objects.select_related("chore__instrument"), pk=line, chore=_found(request, id))
    chores.tick(item=item, person=signed_in(request), done=sent.done, now=timezone.now())
    return _whole(_found(request, id))


@router.post("/tasks/{int:id}/remarks", response={201: TaskOut}, summary="Say something about a task")
def say(request: HttpRequest, id: int, sent: Said) -> Any:
    """The words stand with the task; the others who work on it are told."""
    chores.comment(chore=_found(request, id), person=signed_in(request), words=sent.words, now=timezone.now())
    return Status(201, _whole(_found(request, id)))


@router.post("/tasks/{int:id}/{step}", response=TaskOut, summary="Be done with a task")
def settle(request: HttpRequest, id: int, step: Literal["done", "drop", "reopen"]) -> Any:
    """The task is done, dropped, or to be done again; done only when every line is ticked."""
    found, person, now = _found(request, id), signed_in(request), timezone.now()
    if step == "reopen":
        chores.reopen(chore=found, person=person, now=now)
    else:
        chores.settle(chore=found, person=person, now=now, dropped=step == "drop")
    return _whole(_found(request, id))


def _found(request: HttpRequest, id: int) -> Chore:
    rows = Chore.objects.select_related("instrument__facility", "assignee")
    found = get_object_or_404(rows, pk=id)
    chores.require(found, signed_in(request))
    return found


def _row(one: Chore) -> dict[str, Any]:
    names = ("title", "due_on", "priority", "state", "synthetic")
    return {
        "id": one.pk, "instrument": one.instrument.key, "assignee": str(one.assignee or ""),
        "incident": one.incident_id, "created": one.created_at, "settled": one.settled_at,
    } | {name: getattr(one, name) for name in names}  # fmt: skip


def _whole(one: Chore) -> dict[str, Any]:
    lines = [
        {"id": line.pk, "words": line.words, "done": line.done_at, "by": str(line.done_by or "")}
        for line in one.items.select_related("done_by")
    ]
    said = [
        {"person": str(each.person), "words": each.words, "at": each.at}
        for each in one.comments.select_related("person")
    ]
    return _row(one) | {"words": one.words, "lines": lines, "remarks": said}
