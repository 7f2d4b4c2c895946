"""What a form on a board's record asks for, turned into the verb that does it; each answers what to tell the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from liqi.accounts.models import Person
from liqi.observatory import boards, needs, projects, scenarios, targets
from liqi.observatory.boards import Board, NotPossible
from liqi.observatory.models import Firm, Project, Reading
from liqi.web import asked, typed

Given = Mapping[str, str]
Deed = Callable[[Any, Given, Person, datetime], str]


def seen(board: Board, pk: int, person: Person | None) -> Any:
    """The record that the person may look at: on the board, or taken away and theirs to keep; 404 for any other."""
    one = get_object_or_404(board.model.objects.select_related(*board.links), pk=pk)
    if one.withdrawn_at is None and not boards.read(board, person=person).filter(pk=pk).exists():
        raise Http404
    if one.withdrawn_at is not None and not boards.may_keep(person, board, one):
        raise Http404
    return one


def do(board: Board, record: Any, given: Given, person: Person, now: datetime) -> str:
    """The deed that the button named is done; raises NotPossible for one that there is not."""
    name = given.get("do", "")
    if name == "change":
        boards.change(board, record, given, person=person, now=now)
        return _("It is changed.")
    if name == "withdraw":
        boards.withdraw(board, record, person=person, now=now)
        return _("It is taken from the board.")
    if name == "restore":
        boards.restore(board, record, person=person, now=now)
        return _("It is on the board again.")
    deed = DEEDS.get((board.name, name))
    if deed is None:
        raise NotPossible(_("This is not one of the things that can be done here."))
    return deed(record, given, person, now)


def _move(record: Any, given: Given, person: Person, now: datetime) -> str:
    projects.move(
        record, level=asked.number(given.get("level", "")), state=given.get("state", ""), exit=given.get("exit", ""),
        sold=given.get("sold") == "yes", on=typed.day(given.get("on", "")) or now.date(),
        words=given.get("words", ""), person=person, now=now,
    )  # fmt: skip
    return _("It has moved.")


def _move_back(record: Any, given: Given, person: Person, now: datetime) -> str:
    projects.take_back(record, person=person, now=now)
    return _("The last move is taken back.")


def _judge(record: Any, given: Given, person: Person, now: datetime) -> str:
    score = _number(given.get("score", ""))
    interest = given.get("interest") == "yes"
    projects.judge(record, judge=given.get("judge", ""), score=score, interest=interest, person=person, now=now)
    return _("The judgement is on record.")


def _exclude(record: Any, given: Given, person: Person, now: datetime) -> str:
    other = Project.objects.there().filter(name=given.get("other", "").strip()).first()
    if other is None:
        raise NotPossible(_("Found no such project; choose one of the list."))
    on = given.get("off") != "yes"
    projects.exclude(record, other, person=person, now=now, on=on)
    return _("At most one of the two is taken.") if on else _("Both may be taken.")


def _wish(record: Any, given: Given, person: Person, now: datetime) -> str:
    firm = Firm.objects.there().filter(name=given.get("firm", "").strip()).first()
    if firm is None:
        raise NotPossible(_("Found no such firm; add it to the firms first."))
    ranks = {name: typed.whole(given.get(name, "")) for name in ("rank_by_need", "rank_by_firm")}
    needs.wish(record, firm, person=person, now=now, **ranks)
    return _("The wish is on record.")


def _publish(record: Any, given: Given, person: Person, now: datetime) -> str:
    scenarios.publish(record, person=person, now=now)
    return _("It is published; everybody sees it.")


def _unpublish(record: Any, given: Given, person: Person, now: datetime) -> str:
    scenarios.unpublish(record, person=person, now=now)
    return _("It is a draft again.")


def _step(record: Any, given: Given, person: Person, now: datetime) -> str:
    passed = {"yes": True, "no": False}.get(given.get("passed", ""))
    scenarios.step(
        record, kind=given.get("kind", ""), on=typed.day(given.get("on", "")) or now.date(), passed=passed,
        words=given.get("words", ""), person=person, now=now,
    )  # fmt: skip
    return _("The step is on record.")


def _step_back(record: Any, given: Given, person: Person, now: datetime) -> str:
    scenarios.take_back_step(record, person=person, now=now)
    return _("The last step is taken back.")


def _read(record: Any, given: Given, person: Person, now: datetime) -> str:
    amount, on = _number(given.get("amount", "")), typed.day(given.get("on", ""))
    if amount is None:
        raise NotPossible(_("Found no amount; say how much was reached."))
    source = given.get("source", "")
    targets.record(record, on=on or now.date(), amount=amount, source=source, person=person, now=now)
    return _("What was reached is on record.")


def _unread(record: Any, given: Given, person: Person, now: datetime) -> str:
    reading = get_object_or_404(Reading, target=record, pk=asked.number(given.get("reading", "")))
    targets.forget(record, reading, person=person, now=now)
    return _("It is gone.")


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12 or value != round(value, 4):
        words = _("Found “%(found)s”, expected a number such as 12.5, with at most 4 places; correct it.")
        raise NotPossible(words % {"found": text[:40]})
    return value


DEEDS: dict[tuple[str, str], Deed] = {
    ("projects", "move"): _move,
    ("projects", "move-back"): _move_back,
    ("projects", "judge"): _judge,
    ("projects", "exclude"): _exclude,
    ("needs", "wish"): _wish,
    ("scenarios", "publish"): _publish,
    ("scenarios", "unpublish"): _unpublish,
    ("trials", "step"): _step,
    ("trials", "step-back"): _step_back,
    ("targets", "read"): _read,
    ("targets", "unread"): _unread,
}
"""What can be done besides changing a record, by board and button."""
