"""Records of boards: read, added, changed, taken away, brought back; the last step of each can be undone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.observatory.boards._board import Board, check_moves
from liqi.observatory.boards._cells import NotPossible, said, value_of
from liqi.observatory.models import Kept, Scenario


def may_keep(person: Person | None, board: Board, record: Kept | None = None) -> bool:
    """Whether the person may add to the board, or change this record of it.

    Those who run the platform may; on an open board everybody who is signed in may add, and change what they added.
    """
    if person is None:
        return False
    if board.open and (record is None or record.kept_by_id == person.pk):
        return True
    return person.is_operator or person.memberships.filter(organisation__kind=Organisation.Kind.PLATFORM).exists()


def require_keeper(person: Person | None, board: Board, record: Kept | None = None) -> None:
    """Raise NotAllowed unless the person may keep it."""
    if not may_keep(person, board, record):
        words = _("“%(board)s” is kept by the operators of the platform; ask one of them to change it.")
        raise NotAllowed(words % {"board": board.title})


def read(
    board: Board,
    *,
    person: Person | None = None,
    text: str = "",
    filters: Mapping[str, str] | None = None,
    sort: str = "",
) -> QuerySet[Any]:
    """The records that fit; of scenarios that are not published a person sees their own, an operator all of them."""
    rows: QuerySet[Any] = board.model.objects.there().select_related(*board.links)
    if board.model is Scenario and not (person and may_keep(person, board, Scenario())):
        rows = rows.filter(~Q(published_at=None) | Q(kept_by=person)) if person else rows.exclude(published_at=None)
    for word in text.split():
        fits = Q()
        for field in board.search:
            fits |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(fits)
    for name, given in (filters or {}).items():
        if name in board.filters and given:
            rows = rows.filter(**_filter(board, name, given))
    order = sort.removeprefix("-")
    if order in board.columns:
        rows = rows.order_by(
            ("-" if sort.startswith("-") else "") + (f"{order}__name" if order in board.links else order), "pk"
        )
    return rows


def add(board: Board, given: Mapping[str, str], *, person: Person, now: datetime, synthetic: bool = False) -> Any:
    """The record is on the board; raises NotPossible for what cannot be kept, NotAllowed for who may not."""
    require_keeper(person, board)
    record = board.model(created_at=now, updated_at=now, kept_by=person, synthetic=synthetic)
    _fill(board, record, given)
    with whole(board), transaction.atomic():
        record.save()
        journal.write(person=person, verb="added", thing=record, at=now, board=board.name, said=str(record)[:80])
    return record


def change(board: Board, record: Any, given: Mapping[str, str], *, person: Person, now: datetime) -> Any:
    """The record says what was given; what it said before stands in the journal."""
    require_keeper(person, board, record)
    before = {name: said(record, name) for name in board.fields}
    _fill(board, record, {**before, **given})
    was = {name: text for name, text in before.items() if text != said(record, name)}
    if not was:
        return record
    check_moves(board, record, was)
    record.updated_at = now
    with whole(board), transaction.atomic():
        record.save()
        journal.write(person=person, verb="changed", thing=record, at=now, board=board.name, before=was)
    return record


def withdraw(board: Board, record: Any, *, person: Person, now: datetime) -> None:
    """The record is on the board no longer; it can be brought back."""
    require_keeper(person, board, record)
    with transaction.atomic():
        record.withdrawn_at, record.updated_at = now, now
        record.save(update_fields=["withdrawn_at", "updated_at"])
        journal.write(person=person, verb="withdrawn", thing=record, at=now, board=board.name, said=str(record)[:80])


def restore(board: Board, record: Any, *, person: Person, now: datetime) -> None:
    """The record is on the board again; raises NotPossible where another has taken its name."""
    require_keeper(person, board, record)
    with whole(board), transaction.atomic():
        record.withdrawn_at, record.updated_at = None, now
        record.save(update_fields=["withdrawn_at", "updated_at"])
        journal.write(person=person, verb="restored", thing=record, at=now, board=board.name, said=str(record)[:80])


def undo(board: Board, record: Any, *, person: Person, now: datetime) -> str:
    """The last step of the record is undone; answers which: added, changed or withdrawn."""
    require_keeper(person, board, record)
    last: JournalEntry | None = journal.read(record).first()
    if last is not None and last.verb == "changed" and "before" in last.facts:
        change(board, record, last.facts["before"], person=person, now=now)
    elif last is not None and last.verb == "withdrawn":
        restore(board, record, person=person, now=now)
    elif last is not None and last.verb in ("added", "restored"):
        withdraw(board, record, person=person, now=now)
    else:
        raise NotPossible(_("Found nothing to undo here; open the record and change it."))
    return last.verb


def can_undo(last: JournalEntry | None) -> bool:
    """Whether `undo` undoes this last line of a record's journal; other steps have a way back of their own."""
    return last is not None and last.verb in ("added", "changed", "withdrawn", "restored")


def _fill(board: Board, record: Kept, given: Mapping[str, str]) -> None:
    known: dict[str, dict[str, Any]] = {}
    values = {name: value_of(board.model, name, given.get(name, ""), known) for name in board.fields}
    board.check(values)
    for name, value in values.items():
        setattr(record, name, value)


def _filter(board: Board, name: str, given: str) -> dict[str, Any]:
    if name in board.parts:
        return board.parts[name](given)
    if name in board.links:
        return {name: None} if given == "-" else {f"{name}__name": given}
    field: Any = board.model._meta.get_field(name)
    if field.get_internal_type() == "BooleanField":
        return {name: None} if given == "-" and field.null else {name: given == "yes"}
    return {name: "" if given == "-" else given}


@contextmanager
def whole(board: Board) -> Iterator[None]:
    """A record that breaks a rule of the database is refused in a sentence."""
    try:
        yield
    except IntegrityError:
        words = _("Another %(one)s has this name, or two of its values do not go together; correct them.")
        raise NotPossible(words % {"one": board.one}) from None
