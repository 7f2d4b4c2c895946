"""Records changed by people: a change, its undoing, a new record, a record taken out and put back.

Every verb writes what was before and after (`RecordChange`), a line of the journal, and a note for the search index,
all in one transaction. Nobody overwrites what they have not seen: a record that was changed after it was read raises
`Conflict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import _values
from liqi.catalogue._keys import new_key
from liqi.catalogue._lists import Wrong
from liqi.catalogue._taking import Invalid, Taken, after_of, take
from liqi.catalogue.editors import editable, institutions_of, may_add_to, may_edit
from liqi.catalogue.models import RecordChange
from liqi.catalogue.search import note

__all__ = [
    "Conflict",
    "InUse",
    "Invalid",
    "NotAllowed",
    "as_json",
    "can_undo",
    "change",
    "create",
    "current",
    "editable",
    "fields_of",
    "institutions_of",
    "may_add_to",
    "may_edit",
    "means",
    "remove",
    "restore",
    "undo",
]

SOURCE = "liqi"
"""The source of records that were made here."""
_SEARCHED = ("instrument", "facility", "institution", "service")
_ADDS = gettext_lazy("Only leads of an institution and operators add records to it; ask one of them.")
_TICK = timedelta(microseconds=1)
fields_of, current, as_json = _values.fields_of, _values.current, _values.as_json


class Conflict(ValueError):
    """Somebody changed the record after it was read; `record` is as it is now."""

    def __init__(self, message: str, record: Any) -> None:
        self.record = record
        super().__init__(message)


class InUse(ValueError):
    """The record cannot be taken out while others stand on it; the message says which."""


def change(
    record: Any,
    values: Mapping[str, Any],
    *,
    person: Person | None,
    now: datetime,
    cause: str = "edit",
    cause_id: str = "",
    seen_at: datetime | None = None,
) -> RecordChange | None:
    """The record has these values, checked and on record as a change; None when nothing was different.

    A value may be as the model has it or as JSON or a form gives it: a related record by its key, a number or a date
    as text. `seen_at` is the `updated_at` that the person saw, by default that of `record`, which is fresh after the
    call. `person=None` is the platform itself. Raises NotAllowed, Conflict, Invalid; then nothing was changed.
    """
    if person is not None and not may_edit(person, record):
        raise NotAllowed(_refusal(record))
    with transaction.atomic():
        fresh = _locked(record)
        if fresh.updated_at != (seen_at or record.updated_at):
            raise Conflict(_changed_meanwhile(fresh), fresh)
        taken = take(fresh, values)
        if person is not None and "institution" in taken.fields and not may_add_to(person, fresh.institution):
            raise NotAllowed(_ADDS)
        kept = _keep(fresh, taken, person=person, now=now, cause=cause, cause_id=cause_id) if taken.fields else None
    record.refresh_from_db()
    return kept


def create(kind: str, values: Mapping[str, Any], *, person: Person | None, now: datetime) -> Any:
    """A new record of this kind with these values is in the catalogue; raises NotAllowed or Invalid."""
    model: Any = _values.KINDS[kind]
    record = model(source=SOURCE, created_at=now, updated_at=now, confirmed_on=now.date(), confidence="high")
    with transaction.atomic():
        taken = take(record, values)
        if person is not None and not may_add_to(person, getattr(record, "institution", None)):
            raise NotAllowed(_ADDS)
        record.key = record.source_ref = _free_key(model, record)
        _keep(record, taken, person=person, now=now, cause="create", cause_id="")
    return record


def means(record: Any, name: str, given: Any, known: Any) -> bool:
    """Whether what was given for this field means the value that `RecordChange` keeps as `known`."""
    try:
        value = _values.read(record, name, given)
    except Wrong:
        return False
    hung = {name: value} if _values.hangs(record, name) else {}
    return bool((after_of(record, name, hung) if hung else as_json(value)) == known)


def remove(record: Any, *, person: Person | None, now: datetime, cause: str = "remove") -> RecordChange:
    """The record is out of the catalogue; its address says what stood there, and `restore` puts it back.

    Raises InUse while live records of the catalogue stand in or under it.
    """
    if record._meta.model_name != "instrument":
        _refuse_while_in_use(record)
    return _set_removed(record, now, person=person, now=now, cause=cause)


def restore(record: Any, *, person: Person | None, now: datetime, cause: str = "restore") -> RecordChange:
    """The record is in the catalogue again; one that was merged into another is unmerged instead."""
    if getattr(record, "merged_into_id", None):
        raise Invalid({"merged_into": _("This record was merged into another; undo the merge instead.")})
    return _set_removed(record, None, person=person, now=now, cause=cause)


def undo(done: RecordChange, *, person: Person | None, now: datetime) -> RecordChange | None:
    """The fields of that change are as they were before it; raises Conflict when one was changed again since."""
    model: Any = _values.KINDS[done.kind]
    record = model.everything.get(key=done.key)
    if done.cause == "create":
        return remove(record, person=person, now=now, cause="undo")
    if "removed_at" in done.fields:
        if done.fields["removed_at"][0] is None:
            return restore(record, person=person, now=now, cause="undo")
        return remove(record, person=person, now=now, cause="undo")
    if not can_undo(done):
        raise Conflict(_("This is not undone field by field; undo the merge itself on the page of duplicates."), record)
    allowed = _values.fields_of(model)
    fields = {name: ends for name, ends in done.fields.items() if name in allowed}
    later = [name for name, (_before, after) in fields.items() if _values.current(record, name) != after]
    if later:
        raise Conflict(
            _("“%(field)s” was changed again since; open the newest change of it, or edit the record.")
            % {"field": later[0]},
            record,
        )
    before = {name: before for name, (before, _after) in fields.items()}
    return change(record, before, person=person, now=now, cause="undo", cause_id=str(done.pk))


def can_undo(done: RecordChange) -> bool:
    """Whether `undo` can take that change back; a merge is undone as a whole (`merging.unmerge`)."""
    if done.kind not in _values.KINDS or done.cause in ("merge", "unmerge"):
        return False
    allowed = {*_values.fields_of(_values.KINDS[done.kind]), "removed_at"}
    return done.cause == "create" or bool(allowed & done.fields.keys())


def _refuse_while_in_use(record: Any) -> None:
    for relation in ("instruments", "facilities", "services"):
        if record._meta.model_name == "service" or not hasattr(record, relation):
            continue
        if count := getattr(record, relation).filter(removed_at=None).count():
            raise InUse(
                _("%(count)s records stand in “%(record)s” (%(what)s); move or remove them first.")
                % {"count": count, "record": called(record), "what": relation}
            )


def _set_removed(record: Any, at: datetime | None, *, person: Person | None, now: datetime, cause: str) -> RecordChange:
    if person is not None and not may_edit(person, record):
        raise NotAllowed(_refusal(record))
    with transaction.atomic():
        fresh = _locked(record)
        if (fresh.removed_at is None) == (at is None):
            raise Conflict(_("Somebody else did this already; load the page again."), fresh)
        fields = {"removed_at": [_values.as_json(fresh.removed_at), _values.as_json(at)]}
        fresh.removed_at = at
        kept = _keep(fresh, Taken(fields, {}), person=person, now=now, cause=cause, cause_id="")
    record.refresh_from_db()
    return kept


def _locked(record: Any) -> Any:
    """The record as it is now, held until the transaction ends."""
    return type(record).everything.select_for_update().get(pk=record.pk)


def _keep(
    record: Any, taken: Taken, *, person: Person | None, now: datetime, cause: str, cause_id: str
) -> RecordChange:
    """The record stands in the database with its change, its journal line, and a note for the index."""
    fields = taken.fields
    kind = str(record._meta.model_name)
    if record.pk:
        record.updated_at = max(now, record.updated_at + _TICK)
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError:
        raise Invalid({"name": _("Another record has the same identifier; load the page and try once more.")}) from None
    _values.write(record, taken.hung)
    kept = RecordChange.objects.create(
        kind=kind, key=record.key, at=now, person=person, cause=cause, cause_id=cause_id, fields=fields
    )
    journal.write(person=person, verb=cause, thing=record, at=now, change=kept.pk, fields=sorted(fields))
    _note(record, kind, fields)
    return kept


def _note(record: Any, kind: str, fields: Mapping[str, Any]) -> None:
    """The index takes in the record, and those whose words contain its names."""
    if kind in _SEARCHED:
        note(kind, [record.key])
    if not fields.keys() & {"name", "name_en", "aliases", "brand_country", "removed_at"}:
        return
    for relation, other in (("instruments", "instrument"), ("facilities", "facility"), ("services", "service")):
        if kind in ("institution", "facility", "maker") and hasattr(record, relation):
            note(other, getattr(record, relation).values_list("key", flat=True))


def _free_key(model: Any, record: Any) -> str:
    """A key that no record has had: readable where the English name is."""
    base = new_key(SOURCE, record.name_en or record.name)[:100]
    key, number = base, 1
    while model.everything.filter(key=key).exists():
        number += 1
        key = f"{base}-{number}"
    return key


def _refusal(record: Any) -> str:
    return _("Only leads of the institution, stewards and operators edit “%(record)s”; ask one of them.") % {
        "record": called(record)
    }


def _changed_meanwhile(record: Any) -> str:
    last = RecordChange.objects.filter(kind=record._meta.model_name, key=record.key).select_related("person").first()
    if last is None or last.at < record.updated_at - timedelta(seconds=1):
        return _("This record was changed while you edited it. Look at what is there now, then save again.")
    return _("%(person)s changed %(fields)s while you edited. Look at what is there now, then save again.") % {
        "person": last.person or _("Somebody"),
        "fields": ", ".join(sorted(last.fields)[:5]),
    }
