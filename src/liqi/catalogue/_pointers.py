"""Rows of other tables that point at an instrument: moved to another one, and moved back.

The tables are found by their relations, so that those of rooms above this one follow too. A row that would say twice
what a row of the other instrument says (the same steward, the same picture, the same service) is taken away and kept
in full; any other clash refuses the move.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liqi.catalogue.models import Instrument, Merge, Twins

__all__ = ["Clash", "back", "dump", "load", "move"]

_OWN = (Twins, Merge)
_Moved = dict[str, list[Any]]
_WORDS = {"caption", "credit", "licence", "media_type", "size", "width", "height", "facility"}
"""What two rows that mean the same may say differently: the words of a picture; the facility that a steward has not."""


class Clash(ValueError):
    """Two records hold what only one can; the message names both and says what to do first."""


def move(other: Instrument, kept: Instrument) -> tuple[_Moved, list[dict[str, Any]]]:
    """Every row that pointed at `other` points at `kept`: which rows moved, and which were taken away, by table."""
    moved: _Moved = {}
    dropped: list[dict[str, Any]] = []
    for field in _fields():
        model: Any = field.model
        rows = model._meta.base_manager.filter(**{field.name: other}).exclude(
            pk=kept.pk if model is Instrument else None
        )
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        if not numbers:
            continue
        try:
            with transaction.atomic():
                model._meta.base_manager.filter(pk__in=numbers).update(**{field.name: kept})
            moved[_label(field)] = numbers
        except IntegrityError:
            followed, twice = _one_by_one(field, numbers, other, kept)
            moved[_label(field)] = followed
            dropped += twice
    return moved, dropped


def back(moved: _Moved, dropped: list[dict[str, Any]], other: Instrument, kept: Instrument) -> None:
    """The rows that were moved and still point at `kept` point at `other` again; those taken away are there again."""
    for label, numbers in moved.items():
        model_label, _stop, name = label.rpartition(".")
        model: Any = apps.get_model(model_label)
        for at in range(0, len(numbers), 500):
            rows = model._meta.base_manager.filter(pk__in=numbers[at : at + 500], **{name: kept})
            rows.update(**{name: other})
    for row in dropped:
        model = apps.get_model(row["model"])
        made = model(**{attname: load(model, attname, value) for attname, value in row["fields"].items()})
        models.Model.save_base(made, raw=True, force_insert=True)


def dump(record: models.Model, attname: str) -> Any:
    """The value of a column as JSON keeps it, so that `load` gives it back exactly."""
    field: Any = record._meta.get_field(attname)
    value = getattr(record, field.attname)
    if value is None or isinstance(field, models.JSONField | models.ForeignKey) or isinstance(value, bool | int):
        return value
    return field.value_to_string(record)


def load(model: type[models.Model], attname: str, value: Any) -> Any:
    """The value that `dump` kept."""
    field: Any = model._meta.get_field(attname)
    if value is None or isinstance(field, models.JSONField | models.ForeignKey):
        return value
    return field.to_python(value)


def _fields() -> Iterator[Any]:
    """Every column of any table that points at an instrument, but for what says who became whom."""
    for relation in Instrument._meta.get_fields(include_hidden=True):
        points = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        if points and relation.related_model not in _OWN:
            field = relation.field  # type: ignore[union-attr]
            if field.name != "merged_into":
                yield field


def _label(field: Any) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


def _one_by_one(
    field: Any, numbers: list[Any], other: Instrument, kept: Instrument
) -> tuple[list[Any], list[dict[str, Any]]]:
    model: Any = field.model
    followed, dropped = [], []
    for number in numbers:
        try:
            with transaction.atomic():
                model._meta.base_manager.filter(pk=number).update(**{field.name: kept})
            followed.append(number)
        except IntegrityError:
            row = model._meta.base_manager.get(pk=number)
            if not _said_already(row, field, kept):
                raise Clash(_sentence(row, field, other, kept)) from None
            columns = {one.attname: dump(row, one.attname) for one in model._meta.concrete_fields}
            dropped.append({"model": model._meta.label_lower, "fields": columns})
            model._meta.base_manager.filter(pk=number).delete()
    return followed, dropped


def _said_already(row: models.Model, field: Any, kept: Instrument) -> bool:
    """Whether a row of the kept record says all that this one says, so that nothing is lost without it."""
    meta: Any = row._meta
    told = {one.name for one in meta.concrete_fields if not (one.primary_key or _is_time(one))} - _WORDS
    unique = [set(one.fields) for one in meta.constraints if hasattr(one, "fields")]
    for names in [*unique, *map(set, meta.unique_together)]:
        if field.name in names and told <= names:
            same = {name: getattr(row, meta.get_field(name).attname) for name in names - {field.name}}
            if meta.base_manager.filter(**{field.name: kept}, **same).exists():
                return True
    return False


def _is_time(field: Any) -> bool:
    return isinstance(field, models.DateTimeField)


def _sentence(row: models.Model, field: Any, other: Instrument, kept: Instrument) -> str:
    """What stands in the way, in words; for periods, the two that meet."""
    model: Any = type(row)
    names = {one.name for one in model._meta.concrete_fields}
    facts = {"other": other, "kept": kept, "kind": model._meta.verbose_name}
    if {"starts_at", "ends_at"} <= names:
        mine: Any = row
        meeting = model._meta.base_manager.filter(
            **{field.name: kept}, starts_at__lt=mine.ends_at, ends_at__gt=mine.starts_at
        )
        if clash := meeting.order_by("starts_at").first():
            return _(
                "Both records are booked at the same time: “%(other)s” on %(first)s, “%(kept)s” on %(second)s. "
                "Move or cancel one of the two bookings, then merge."
            ) % {
                **facts,
                "first": _period(mine.starts_at, mine.ends_at),
                "second": _period(clash.starts_at, clash.ends_at),
            }
    if "ended_at" in names:
        return _("A session is running on both “%(other)s” and “%(kept)s”. End one of them, then merge.") % facts
    return _("“%(other)s” and “%(kept)s” each have a %(kind)s that only one can have. Settle it, then merge.") % facts


def _period(start: datetime, end: datetime) -> str:
    first, last = timezone.localtime(start), timezone.localtime(end)
    return (
        f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}"
        if first.date() == last.date()
        else f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"
    )
