"""An import undone: what it made is taken out, what it changed is as before; as long as nothing changed since."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue import _bulk, search
from liqi.catalogue._keeping import CAUSE, SEARCHED
from liqi.catalogue._plan import MODELS, everything
from liqi.catalogue._values import as_json
from liqi.catalogue.models import Facility, ImportedFile, Institution, Instrument, RecordChange, Service
from liqi.catalogue.models.reported import Reported

__all__ = ["ChangedSince", "obstacle", "undo"]

_SOME = 500
_NOUNS = [gettext_noop("institution"), gettext_noop("facility"), gettext_noop("instrument"), gettext_noop("service")]
_RECORDS = {kind: model for kind, model in MODELS.items() if not issubclass(model, Reported)}


class ChangedSince(ValueError):
    """The import cannot be undone; the message says what happened since."""


def obstacle(imported: ImportedFile) -> str:
    """Why the import cannot be undone, in one sentence; empty where it can."""
    if imported.undone_at:
        return _("found that it was undone on %(undone_at)s; nothing is left to undo.") % {
            "undone_at": f"{imported.undone_at:%Y-%m-%d}"
        }
    for kind, model in _RECORDS.items():
        changed = _made(model, imported).exclude(updated_at=imported.at)
        if one := changed.first():
            return _("found %(found)s %(kind)s records changed since, such as %(key)s; undo those changes first.") % {
                "found": changed.count(),
                "kind": _(kind),
                "key": one.key,
            }
        for other in _elsewhere(model):
            users = everything(other.related_model).filter(**{f"{other.field.name}__in": _made(model, imported)})
            if count := users.count():
                name = other.related_model._meta.verbose_name_plural
                return _(
                    "found %(found)s %(name)s of these %(kind)s records; they would point at nothing; "
                    "remove them first."
                ) % {"found": count, "name": name, "kind": _(kind)}
    for change in _changes(imported):
        row = _row(change)
        if row is None or row.updated_at != imported.at:
            return _("found %(found)s changed since; undo that change first.") % {"found": change.key}
    return ""


def undo(imported: ImportedFile, *, person: Person | None, now: datetime) -> dict[str, int]:
    """Nothing of the import is in the catalogue; gives how many were taken out and restored. Raises ChangedSince."""
    with transaction.atomic():
        imported = ImportedFile.objects.select_for_update().get(pk=imported.pk)
        if words := obstacle(imported):
            raise ChangedSince(words)
        counts = {"restored": _restore(imported, person, now), "removed": 0}
        for model in reversed(list(MODELS.values())):
            counts["removed"] += _take_out(model, imported, now)
        imported.undone_at = now
        imported.save(update_fields=["undone_at"])
        journal.write(person=person, verb="undid", thing=imported, at=now, source=imported.source, **counts)
    return counts


def _made(model: Any, imported: ImportedFile) -> Any:
    return model.objects.filter(source=imported.source, created_at=imported.at)


def _elsewhere(model: Any) -> Iterator[Any]:
    """Relations by which other parts than the catalogue point at the records."""
    for relation in model._meta.related_objects:
        field: Any = relation.field
        if relation.related_model._meta.app_label != "catalogue" and isinstance(field, models.ForeignKey):
            yield relation


def _changes(imported: ImportedFile) -> Any:
    return RecordChange.objects.filter(cause=CAUSE, cause_id=str(imported.pk)).iterator(chunk_size=_SOME)


def _row(change: RecordChange) -> Any:
    model = _model(change.kind)
    if issubclass(model, Reported):
        return model.objects.filter(source_ref=change.key, updated_at=change.at).first()
    return model.everything.filter(key=change.key).first()


def _model(kind: str) -> Any:
    return next(model for model in MODELS.values() if model._meta.model_name == kind)


def _restore(imported: ImportedFile, person: Person | None, now: datetime) -> int:
    count = 0
    for change in _changes(imported):
        row = _row(change)
        before = {name: _value(row, name, pair[0]) for name, pair in change.fields.items()}
        _bulk.update(type(row), [(row.pk, before | {"updated_at": now})])
        RecordChange.objects.create(
            kind=change.kind,
            key=change.key,
            at=now,
            person=person,
            cause="undo",
            cause_id=str(change.pk),
            fields={name: [after, was] for name, (was, after) in change.fields.items()},
        )
        if change.kind in SEARCHED:
            search.note(change.kind, [change.key])
        count += 1
    return count


def _value(row: Any, name: str, kept: Any) -> Any:
    """A value as JSON kept it, as the field has it."""
    field = row._meta.get_field(name)
    if field.is_relation:
        return everything(field.related_model).filter(key=kept).first() if kept else None
    return kept if isinstance(field, models.JSONField) else field.to_python(kept)


def _take_out(model: Any, imported: ImportedFile, now: datetime) -> int:
    """What the import made of this model is out of the catalogue; institutions that others use by now stay."""
    made = _made(model, imported)
    if issubclass(model, Reported):
        return int(made.delete()[0])
    if model is Institution:
        for other in (Instrument, Facility, Service):
            made = made.exclude(pk__in=other.objects.exclude(institution=None).values("institution"))
    keys = list(made.values_list("key", flat=True))
    kind = str(model._meta.model_name)
    for at in range(0, len(keys), _SOME):
        some = keys[at : at + _SOME]
        model.objects.filter(key__in=some).update(removed_at=now, updated_at=now)
        search.note(kind, some)
        RecordChange.objects.bulk_create(
            RecordChange(
                kind=kind,
                key=key,
                at=now,
                cause="undo",
                cause_id=str(imported.pk),
                fields={"removed_at": [None, as_json(now)]},
            )
            for key in some
        )
    return len(keys)
