"""One change of many records: looked at first, done in one transaction, taken back exactly.

A value is as a form gives it; a list takes words in or out: {"add": [...], "remove": [...]}. Records that the person
may not edit, or that a value does not fit, are named and left as they are.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue import _bulk_values, _values, editing
from liqi.catalogue._bulk_values import FIELDS, NotPossible
from liqi.catalogue.editing import NotAllowed
from liqi.catalogue.models import BulkEdit, RecordChange
from liqi.catalogue.search import note

__all__ = ["FIELDS", "MOST", "NotAllowed", "NotPossible", "Preview", "Undone", "apply", "preview", "undo"]

MOST = 10_000
"""Records of one bulk edit."""
SAMPLES = 20
_BATCH = 500
_TICK = timedelta(microseconds=1)
Progress = Callable[[int, int], None]


@dataclass
class Preview:
    """What an edit would do: by field, how many records have which value now; first samples; what is left out."""

    kind: str
    changed: int = 0
    unchanged: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    before: dict[str, Counter[str]] = field(default_factory=dict)
    samples: list[tuple[str, str, dict[str, list[Any]]]] = field(default_factory=list)


@dataclass(frozen=True)
class Undone:
    """How many records are as they were, and those that changed since, with the fields that did."""

    restored: int
    changed_since: dict[str, list[str]]


def preview(kind: str, keys: Iterable[str], values: Mapping[str, Any], *, person: Person) -> Preview:
    """What `apply` would do to these records; raises NotPossible for a value that fits none."""
    seen = Preview(kind, before={name: Counter() for name in values})
    for record, change, problem in _changes(kind, _limited(keys), values, person=person):
        if problem:
            seen.refused[record if isinstance(record, str) else record.key] = problem
            continue
        seen.changed += bool(change)
        seen.unchanged += not change
        for name, (was, _after) in change.items():
            if name in seen.before:
                seen.before[name][_said(was)] += 1
        if change and len(seen.samples) < SAMPLES:
            seen.samples.append((record.key, str(record), change))
    return seen


def apply(
    kind: str,
    keys: Iterable[str],
    values: Mapping[str, Any],
    *,
    person: Person,
    now: datetime,
    question: str = "",
    report: Progress = lambda _done, _all: None,
) -> BulkEdit:
    """The records have the values, all or none; `BulkEdit.before` holds what they had.

    Raises NotPossible where no record changes or a value fits none.
    """
    wanted = _limited(keys)
    with transaction.atomic():
        done = BulkEdit.objects.create(
            kind=kind, question=question[:500], values=dict(values), count=0, at=now, person=person
        )
        before: dict[str, dict[str, Any]] = {}
        changes = (
            (record, change) for record, change, wrong in _changes(kind, wanted, values, person=person) if not wrong
        )
        while batch := list(islice(changes, _BATCH)):
            _keep([(record, change) for record, change in batch if change], kind, done, person=person, now=now)
            before |= {
                record.key: {name: was for name, (was, _a) in change.items()} for record, change in batch if change
            }
            report(len(before), len(wanted))
        if not before:
            raise NotPossible(_("No record would change: all have these values, or none is yours to edit."))
        done.before, done.count = before, len(before)
        done.save(update_fields=["before", "count"])
        journal.write(
            person=person, verb="bulk edit", thing=done, at=now, kind=kind, count=done.count, values=dict(values)
        )
    return done


def undo(done: BulkEdit, *, person: Person, now: datetime) -> Undone:
    """The records of that edit have what they had before it; those that were changed since are named and left."""
    if not person.is_operator and done.person_id != person.pk:
        raise NotAllowed(_("Only who made this change, or an operator, takes it back; ask them."))
    model: Any = _values.KINDS[done.kind]
    restored, changed = 0, {}
    seen: dict[tuple[str, str], Any] = {}
    with transaction.atomic():
        done = BulkEdit.objects.select_for_update().get(pk=done.pk)
        if done.undone_at is not None:
            raise NotPossible(_("This change was taken back already; load the page again."))
        after = {
            row.key: row.fields
            for row in RecordChange.objects.filter(kind=done.kind, cause="bulk", cause_id=str(done.pk))
        }
        for at in range(0, len(after), _BATCH):
            some = list(after)[at : at + _BATCH]
            batch = []
            rows = model.everything.select_for_update(of=("self",)).select_related(
                *_bulk_values.related(model, done.values)
            )
            for record in rows.filter(key__in=some):
                names = after[record.key]
                later = [name for name, (_was, then) in names.items() if _values.current(record, name) != then]
                if later:
                    changed[record.key] = later
                    continue
                batch.append((record, {name: [then, was] for name, (was, then) in names.items()}))
                for name, (was, _then) in names.items():
                    setattr(record, name, _as_it_was(record, name, was, seen))
            _keep(batch, done.kind, done, person=person, now=now, cause="undo")
            restored += len(batch)
        done.undone_at = now
        done.save(update_fields=["undone_at"])
        journal.write(
            person=person, verb="bulk edit undone", thing=done, at=now, restored=restored, changed_since=sorted(changed)
        )
    return Undone(restored, changed)


def _limited(keys: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(islice(keys, MOST + 1)))
    if not wanted:
        raise NotPossible(_("Found no record; tick some, or ask a question that finds some."))
    if len(wanted) > MOST:
        raise NotPossible(
            _("Found more than %(most)s records; narrow the question, or do it part by part.") % {"most": MOST}
        )
    return wanted


def _changes(
    kind: str, keys: list[str], values: Mapping[str, Any], *, person: Person
) -> Iterator[tuple[Any, dict[str, list[Any]], str]]:
    """Each record with its new values set, what differs as [before, after], and why it is left out, if it is."""
    taken = _bulk_values.read(kind, values)
    model: Any = _values.KINDS[kind]
    for at in range(0, len(keys), _BATCH):
        some = keys[at : at + _BATCH]
        rows = (
            model.objects.select_for_update(of=("self",))
            if transaction.get_connection().in_atomic_block
            else model.objects
        )
        found = {one.key: one for one in rows.filter(key__in=some).select_related(*_bulk_values.related(model, taken))}
        mine = set(editing.editable(person, model).filter(key__in=some).values_list("key", flat=True))
        for key in some:
            if key not in found:
                yield key, {}, _("This record is no longer in the catalogue.")
            elif key not in mine:
                yield found[key], {}, _("This record is not yours to edit.")
            else:
                yield found[key], *_bulk_values.set_values(found[key], taken)


def _keep(
    batch: list[tuple[Any, dict[str, list[Any]]]],
    kind: str,
    done: BulkEdit,
    *,
    person: Person,
    now: datetime,
    cause: str = "bulk",
) -> None:
    if not batch:
        return
    _write(batch, kind, now)
    RecordChange.objects.bulk_create(
        RecordChange(
            kind=kind, key=record.key, at=now, person=person, cause=cause, cause_id=str(done.pk), fields=change
        )
        for record, change in batch
    )
    note(kind, [record.key for record, _change in batch])


def _write(batch: list[tuple[Any, dict[str, list[Any]]]], kind: str, now: datetime) -> None:
    """Records that get the same values are written together, the others one beside the other."""
    model: Any = _values.KINDS[kind]
    alike: dict[str, list[Any]] = defaultdict(list)
    for record, change in batch:
        record.updated_at = max(now, record.updated_at + _TICK)
        after = {name: then for name, (_was, then) in change.items()} | {"at": record.updated_at.isoformat()}
        alike[json.dumps(after, sort_keys=True)].append((record, change))
    for rows in alike.values():
        first, change = rows[0]
        values = {name: getattr(first, name) for name in (*change, "updated_at")}
        model.everything.filter(pk__in=[record.pk for record, _change in rows]).update(**values)


def _as_it_was(record: Any, name: str, was: Any, seen: dict[tuple[str, str], Any]) -> Any:
    """The value that stood in the record, not read again as a form would be; related records are fetched once."""
    column = record._meta.get_field(name)
    if was is None or isinstance(was, list | dict | bool | int | float):
        return was
    if column.is_relation:
        if (name, was) not in seen:
            seen[name, was] = column.related_model.everything.get(key=was)
        return seen[name, was]
    return column.to_python(was)


def _said(value: Any) -> str:
    """A value as a table of counts names it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
