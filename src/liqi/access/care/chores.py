"""Tasks at instruments: written down, given to somebody, ticked, talked about, done or dropped."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.agents import stewards_of
from liqi.access.care.refusal import NotAllowed, NotPossible, require_steward, sentence
from liqi.access.models import Chore, ChoreComment, ChoreItem, Incident
from liqi.access.opening import zone
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["change", "comment", "due", "may_work", "reopen", "require", "settle", "tick", "write"]

MOST_ITEMS = 40


def write(
    *,
    instrument: Instrument,
    person: Person,
    title: str,
    now: datetime,
    words: str = "",
    assignee: Person | str | None = None,
    due_on: date | None = None,
    priority: int = Chore.Priority.NORMAL,
    items: Iterable[str] = (),
    incident: Incident | None = None,
) -> Chore:
    """The task is on record with its list, and who is to do it knows: a person, or the address of one.

    Raises NotAllowed, NotPossible; nobody's address is looked up for somebody who may not write here.
    """
    require_steward(person, instrument)
    assignee = _named(assignee)
    lines = [line.strip()[:200] for line in items if line.strip()]
    if len(lines) > MOST_ITEMS:
        words_ = _("Found %(found)d lines to tick; expected at most %(most)d. Make two tasks of it.")
        raise NotPossible(words_ % {"found": len(lines), "most": MOST_ITEMS})
    if incident is not None and incident.instrument_id != instrument.pk:
        raise NotPossible(_("This incident is of another instrument; write the task there."))
    _require_sense(priority, assignee)
    with transaction.atomic():
        made = Chore.objects.create(
            instrument=instrument, person=person, title=sentence(title, 200), words=words.strip()[:2000],
            assignee=assignee, due_on=due_on, priority=priority, incident=incident, created_at=now,
        )  # fmt: skip
        ChoreItem.objects.bulk_create(ChoreItem(chore=made, words=line) for line in lines)
        journal.write(
            person=person, verb="wrote", thing=made, at=now, instrument=instrument.key, title=made.title,
            assignee=str(assignee or ""), due_on=due_on.isoformat() if due_on else None, priority=priority,
        )  # fmt: skip
        _tell_assignee(made, person, now)
    return made


def change(
    *, chore: Chore, person: Person, now: datetime, assignee: Person | str | None, due_on: date | None, priority: int
) -> Chore:
    """Somebody else does it, or by another day, or sooner than others; whoever is newly to do it knows."""
    require_steward(person, chore.instrument)
    assignee = _named(assignee)
    _require_sense(priority, assignee)
    with transaction.atomic():
        found = _locked(chore)
        fresh = assignee is not None and assignee.pk != found.assignee_id
        found.assignee, found.due_on, found.priority, found.told_at = assignee, due_on, priority, None
        found.save(update_fields=["assignee", "due_on", "priority", "told_at"])
        journal.write(
            person=person, verb="changed", thing=found, at=now, assignee=str(assignee or ""), priority=priority,
            due_on=due_on.isoformat() if due_on else None,
        )  # fmt: skip
        if fresh:
            _tell_assignee(found, person, now)
    return found


def tick(*, item: ChoreItem, person: Person, done: bool, now: datetime) -> None:
    """The line is ticked by the person, or open again; the same again changes nothing."""
    require(item.chore, person)
    with transaction.atomic():
        rows = ChoreItem.objects.filter(pk=item.pk, done_at__isnull=done)
        if rows.update(done_at=now if done else None, done_by=person if done else None):
            verb = "ticked" if done else "unticked"
            journal.write(person=person, verb=verb, thing=item.chore, at=now, words=item.words)


def comment(*, chore: Chore, person: Person, words: str, now: datetime) -> ChoreComment:
    """The words stand with the task; the others who work on it hear them."""
    require(chore, person)
    said = sentence(words, 1000)
    with transaction.atomic():
        made = ChoreComment.objects.create(chore=chore, person=person, words=said, at=now)
        journal.write(person=person, verb="commented", thing=chore, at=now, words=said)
        others = {each for each in (chore.assignee, chore.person) if each is not None and each.pk != person.pk}
        notices.tell(
            others, kind="chore.comment", now=now, link=f"/tasks/{chore.pk}/", person=person, title=chore.title,
            words=said[:300],
        )  # fmt: skip
    return made


def settle(*, chore: Chore, person: Person, now: datetime, dropped: bool = False) -> Chore:
    """The task is done, or dropped; again changes nothing. Raises NotPossible while lines of a done one are open."""
    require(chore, person)
    with transaction.atomic():
        found = _locked(chore)
        if found.state != Chore.State.OPEN:
            return found
        left = found.items.filter(done_at=None).count()
        if left and not dropped:
            words = _("Found %(left)d lines that nobody ticked; tick them first, or drop the task.")
            raise NotPossible(words % {"left": left})
        found.state = Chore.State.DROPPED if dropped else Chore.State.DONE
        found.settled_at, found.settled_by = now, person
        found.save(update_fields=["state", "settled_at", "settled_by"])
        journal.write(person=person, verb=found.state, thing=found, at=now)
    return found


def reopen(*, chore: Chore, person: Person, now: datetime) -> Chore:
    """The task is to be done again."""
    require(chore, person)
    with transaction.atomic():
        found = _locked(chore)
        if found.state != Chore.State.OPEN:
            found.state, found.settled_at, found.settled_by = Chore.State.OPEN, None, None
            found.save(update_fields=["state", "settled_at", "settled_by"])
            journal.write(person=person, verb="reopened", thing=found, at=now)
    return found


def due(*, now: datetime) -> int:
    """Who is to do a task that is overdue hears so once; upkeep asks."""
    count = 0
    late = Chore.objects.open().filter(due_on__lt=now.date(), told_at=None).select_related("instrument", "assignee")
    for chore in late[:200]:
        if chore.due_on is None or chore.due_on >= now.astimezone(zone(chore.instrument)).date():
            continue
        with transaction.atomic():
            if not Chore.objects.filter(pk=chore.pk, told_at=None).update(told_at=now):
                continue
            people = [chore.assignee] if chore.assignee else stewards_of(chore.instrument)
            notices.tell(
                people, kind="chore.overdue", now=now, link=f"/tasks/{chore.pk}/", title=chore.title,
                instrument=chore.instrument, day=chore.due_on.isoformat(),
            )  # fmt: skip
            count += 1
    return count


def may_work(person: Person | None, chore: Chore) -> bool:
    """Whether the task is given to the person, or the person looks after the instrument."""
    return person is not None and (person.pk == chore.assignee_id or belonging.looks_after(person, chore.instrument))


def require(chore: Chore, person: Person | None) -> None:
    """Raise NotAllowed unless the task is given to the person, or the person looks after the instrument."""
    if not may_work(person, chore):
        words = _("This task is for who is to do it and the stewards of %(instrument)s; ask one of them.")
        raise NotAllowed(words % {"instrument": called(chore.instrument)})


def _named(assignee: Person | str | None) -> Person | None:
    """The person, or the one with that address; raises NotPossible where no account has it."""
    if not isinstance(assignee, str):
        return assignee
    email = assignee.strip().lower()
    found = Person.objects.filter(email=email).first() if email else None
    if email and found is None:
        words = _("Found no account with the address %(found)s; ask them to sign up first.")
        raise NotPossible(words % {"found": assignee[:254]})
    return found


def _require_sense(priority: int, assignee: Person | None) -> None:
    if priority not in Chore.Priority.values:
        raise NotPossible(_("Found the priority “%(found)s”; choose one from the list.") % {"found": priority})
    if assignee is not None and not assignee.is_active:
        raise NotPossible(_("%(person)s cannot sign in any more; choose somebody else.") % {"person": assignee})


def _locked(chore: Chore) -> Chore:
    return Chore.objects.select_for_update(of=("self",)).select_related("instrument", "assignee").get(pk=chore.pk)


def _tell_assignee(chore: Chore, person: Person, now: datetime) -> None:
    if chore.assignee is not None and chore.assignee_id != person.pk:
        notices.tell(
            [chore.assignee], kind="chore.given", now=now, link=f"/tasks/{chore.pk}/", person=person,
            title=chore.title, instrument=chore.instrument,
        )  # fmt: skip
