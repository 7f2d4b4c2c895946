"""What may be changed of many records at once: values read once for all, and set in each record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue import _values
from liqi.catalogue._lists import Wrong

FIELDS: dict[str, tuple[str, ...]] = {
    "instrument": (
        "class_code", "maker", "facility", "department", "status", "shared", "bookable", "confirmed_on", "confidence",
        "techniques", "keywords", "subjects", "purpose", "obtained", "made_in", "one_off", "portable",
        "training_required", "calibration_due_on", "city", "address", "time_zone", "licence",
    ),
    "facility": ("field", "status", "confirmed_on", "confidence", "city", "address", "register", "licence"),
    "service": ("facility", "open", "confirmed_on", "confidence", "techniques", "sample_types", "licence"),
}  # fmt: skip
"""What can be changed of many records at once, by kind."""

LISTS = ("techniques", "keywords", "subjects", "sample_types")

_PAIRED = {"calibration_due_on"}
"""Fields that must fit another one of the same record, so that each record is checked."""


class NotPossible(ValueError):
    """The edit cannot be made as asked; the message says what was found and what to do."""


def related(model: Any, names: Iterable[str]) -> list[str]:
    return [name for name in names if model._meta.get_field(name).is_relation]


def read(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the records take them, read once for all; words to add and remove stay apart."""
    if kind not in FIELDS:
        raise NotPossible(
            _("Found “%(kind)s”; expected one of: %(kinds)s.") % {"kind": kind, "kinds": ", ".join(FIELDS)}
        )
    if not values:
        raise NotPossible(_("Found nothing to change; choose a field and its new value."))
    model: Any = _values.KINDS[kind]
    taken: dict[str, Any] = {}
    for name, given in values.items():
        if name not in FIELDS[kind]:
            raise NotPossible(_("“%(field)s” cannot be changed of many records at once.") % {"field": name})
        try:
            if name in LISTS and isinstance(given, Mapping):
                taken[name] = {part: _values.read(model(), name, given.get(part) or []) for part in ("add", "remove")}
            else:
                taken[name] = _values.read(model(), name, given)
        except Wrong as problem:
            raise NotPossible(f"{name}: {problem}") from None
    _check_once(model, taken)
    return taken


def _check_once(model: Any, taken: Mapping[str, Any]) -> None:
    """Refuse a value that fits no record, by a record that has nothing else."""
    empty = model(name="-", key="-")
    for name, value in taken.items():
        if not isinstance(value, dict):
            setattr(empty, name, value)
    if taken.get("class_code"):
        empty.class_scheme, empty.class_edition = _values.SCHEME, _values.EDITION
    for name, words in _values.check(empty).items():
        if name in taken:
            raise NotPossible(f"{name}: {words}")


def set_values(record: Any, taken: Mapping[str, Any]) -> tuple[dict[str, list[Any]], str]:
    """The record has the values; what differs, and what does not fit together now."""
    names = [*taken, *(("class_scheme", "class_edition") if "class_code" in taken else ())]
    was = {name: _values.current(record, name) for name in names}
    for name, value in taken.items():
        if name in LISTS and isinstance(value, dict):
            kept = [word for word in getattr(record, name) if word not in value["remove"]]
            setattr(record, name, [*kept, *(word for word in value["add"] if word not in kept)])
        else:
            setattr(record, name, value)
    if "class_code" in taken and _values.current(record, "class_code") != was["class_code"]:
        code = bool(record.class_code)
        record.class_scheme, record.class_edition = (_values.SCHEME, _values.EDITION) if code else ("", "")
    if _PAIRED & taken.keys() and (
        wrong := {name: words for name, words in _values.check(record).items() if name in taken}
    ):
        return {}, next(iter(wrong.values()))
    now = {name: _values.current(record, name) for name in names}
    return {name: [was[name], now[name]] for name in names if was[name] != now[name]}, ""
