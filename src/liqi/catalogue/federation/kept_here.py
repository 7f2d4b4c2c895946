"""What people changed here of harvested records: it stands against what the repository says, until both agree again.

The value that the repository gave last is known from the changes on record: the value after the newest harvest of the
field, else the value before its first change. A field that differs from it was changed here. What the repository says
of such a field is kept beside it in the row of the source, so that the record can tell both.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from liqi.catalogue import _values
from liqi.catalogue.models import RecordChange

CAUSE = "harvest"
KEPT_HERE = "kept_here"
"""Member of the source row: what the repository says of the fields that people changed here."""
_TOGETHER = (
    {"class_code", "class_scheme", "class_edition"},
    {"latitude", "longitude"},
    {"kind", "facility_class"},
    {"maker", "maker_text"},
)
"""Fields of which one says nothing without the others."""


def said_last(kind: str, rows: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """For each key, every field that was ever changed, with what the repository said of it last."""
    found: dict[str, dict[str, Any]] = {row.key: {} for row in rows if row.pk}
    changes = RecordChange.objects.filter(kind=kind, key__in=list(found)).order_by("at", "id")
    for key, cause, fields in changes.values_list("key", "cause", "fields"):
        for name, (before, after) in fields.items():
            if cause == CAUSE:
                found[key][name] = after
            else:
                found[key].setdefault(name, before)
    return found


def changed_here(row: Any, said: Mapping[str, Any]) -> set[str]:
    """The fields that people changed, with those that belong to them."""
    known = {**said, **(row.source_row.get(KEPT_HERE) or {})}
    editable = _values.fields_of(type(row))
    mine = {name for name, value in known.items() if name in editable and not alike(row, name, value)}
    for group in _TOGETHER:
        mine |= group if group & mine else set()
    return mine


def noted(row: Any) -> set[str]:
    """The fields of which the row keeps what the repository says beside what stands here."""
    return set(row.source_row.get(KEPT_HERE) or ())


def alike(row: Any, name: str, said: Any) -> bool:
    """Whether the field has the value that JSON keeps so; 5 and 5.00 are the same amount."""
    if _values.current(row, name) == said:
        return True
    if _values.hangs(row, name):
        return False
    field: Any = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey | models.JSONField):
        return False
    try:
        return bool(field.to_python(said) == getattr(row, name))
    except ValidationError:
        return False


def shown(record: Any) -> dict[str, Any]:
    """What the repository says of the fields that stand as people here changed them."""
    kept = record.source_row.get(KEPT_HERE) if isinstance(record.source_row, dict) else None
    known = _values.fields_of(type(record))
    return {name: value for name, value in (kept or {}).items() if name in known and not alike(record, name, value)}
