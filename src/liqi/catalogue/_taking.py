"""Values taken into a record: what differs, what cannot be taken, what follows from what."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.catalogue import _values
from liqi.catalogue._lists import Wrong


class Invalid(ValueError):
    """Values that cannot be taken; `problems` maps each field to its sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(f"{field}: {words}" for field, words in self.problems.items()))


@dataclass(frozen=True)
class Taken:
    """What differs: each field with the value before and after as JSON; the rows that hang on the record."""

    fields: dict[str, list[Any]]
    hung: dict[str, Any]


def take(record: Any, values: Mapping[str, Any]) -> Taken:
    """The record has the values; raises Invalid with a sentence for each that cannot be taken."""
    problems: dict[str, str] = {}
    hung: dict[str, Any] = {}
    allowed = _values.fields_of(type(record))
    before = copy.copy(record)
    was = {name: _values.current(record, name) for name in values if name in allowed}
    for name, given in values.items():
        try:
            if name not in allowed:
                raise Wrong(_("No field of this name can be edited."))
            value = _values.read(record, name, given)
        except Wrong as problem:
            problems[name] = str(problem)
            continue
        if _values.hangs(record, name):
            hung[name] = value
        else:
            setattr(record, name, value)
    _settle_class(record, was, before)
    _settle_kind(record, was, before)
    if not record.name:
        problems.setdefault("name", _("Found no name; expected one."))
    there = {name: after_of(record, name, hung) for name in was if name not in problems}
    fields = {name: [was[name], after] for name, after in sorted(there.items()) if was[name] != after}
    usual = _values.check(before) if before.pk else {}
    found = {name: words for name, words in _values.check(record).items() if name in fields or name not in usual}
    if problems := found | problems:
        raise Invalid(problems)
    return Taken(fields, hung)


def after_of(record: Any, name: str, hung: dict[str, Any]) -> Any:
    if name not in hung:
        return _values.as_json(getattr(record, name))
    rows = hung[name]
    if rows and not isinstance(rows[0], dict):
        return sorted(one.key for one in rows)
    return [{field: _values.as_json(value) for field, value in row.items()} for row in rows]


def _settle_class(record: Any, was: dict[str, Any], before: Any) -> None:
    """A class code given alone is of the edition in use; without a code there is no scheme."""
    if "class_code" not in was or "class_edition" in was or record.class_code == before.class_code:
        return
    record.class_scheme, record.class_edition = (_values.SCHEME, _values.EDITION) if record.class_code else ("", "")
    was |= {"class_scheme": before.class_scheme, "class_edition": before.class_edition}


def _settle_kind(record: Any, was: dict[str, Any], before: Any) -> None:
    """The class of a facility follows from its kind."""
    if "kind" not in was or record._meta.model_name != "facility" or record.kind not in taxonomy.FACILITY_KINDS:
        return
    record.facility_class = taxonomy.FACILITY_KINDS[record.kind].facility_class
    was.setdefault("facility_class", before.facility_class)
