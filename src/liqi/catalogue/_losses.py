"""What a file could not say of the records that were written into it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import NOT_PROVIDED

from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service

LISTED = 5000
"""Losses that are listed one by one; the others are counted."""
_MODELS: dict[str, Any] = {
    "instrument": Instrument,
    "facility": Facility,
    "institution": Institution,
    "service": Service,
    "maker": Maker,
}
BOOKKEEPING = frozenset(
    {
        *("id", "key", "source", "source_ref", "source_row", "created_at", "updated_at", "removed_at"),
        *("merged_into", "organisation", "class_scheme", "class_edition"),
    }
)
"""What belongs to this catalogue and not to the thing; scheme and edition go with the class."""
EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Values that say nothing; zero and a plain no do say something."""
_TOLD_BY = {"maker_text": "maker"}
"""A field whose loss is told by another field's."""
_LISTS = {
    "instrument": ("contacts", "parts", "twins", "pictures"),
    "facility": ("contacts", "parts"),
    "institution": ("contacts",),
    "service": ("contacts", "instruments"),
    "maker": ("owners",),
}
Loss = dict[str, str]


class Losses:
    """Watches records on their way into a file and keeps what is lost: `seen`, `total`, `listed`."""

    def __init__(
        self,
        carries: Mapping[str, frozenset[str]],
        reason: str,
        lost: Callable[[Any], Iterable[tuple[str, str]]] | None = None,
    ) -> None:
        self._reason, self._lost = str(reason), lost
        self._fields = {kind: uncarried(kind, carried) for kind, carried in carries.items()}
        self._lists = {kind: [name for name in _LISTS[kind] if name not in carries[kind]] for kind in carries}
        self._counts: dict[tuple[str, str, str], tuple[int, str]] = {}
        self.seen = self.total = 0
        self.listed: list[Loss] = []

    def watch(self, records: Iterable[tuple[str, Any]]) -> Iterator[Any]:
        """The same records, each looked at."""
        for kind, one in records:
            self.look(kind, one)
            yield one

    def look(self, kind: str, one: Any) -> None:
        """What is lost of this record is counted."""
        self.seen += 1
        values = one.__dict__
        for attribute, name, default in self._fields[kind]:
            value = values[attribute]
            if value not in EMPTY and value != default:
                self._add(kind, one.key, name, self._reason)
        for name in self._lists[kind]:
            if getattr(one, name).all():
                self._add(kind, one.key, name, self._reason)
        for name, reason in self._lost(one) if self._lost else ():
            self._add(kind, one.key, name, reason)

    def write(self, path: Path) -> None:
        """Each loss is in the file once, with how many records have it and the first of them; no losses, no file."""
        if not self._counts:
            return
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("kind", "field", "reason", "records", "first_record"))
            for (kind, name, reason), (count, first) in sorted(self._counts.items(), key=lambda item: -item[1][0]):
                writer.writerow((kind, name, reason, count, first))

    def summary(self) -> list[tuple[str, str, str, int]]:
        """Kind, field, reason and number of records, most first."""
        found = [(*what, count) for what, (count, _first) in self._counts.items()]
        return sorted(found, key=lambda row: -row[3])

    def _add(self, kind: str, key: str, name: str, reason: str) -> None:
        count, first = self._counts.get((kind, name, reason), (0, key))
        self._counts[(kind, name, reason)] = (count + 1, first)
        self.total += 1
        if len(self.listed) < LISTED:
            self.listed.append({"record": key, "field": name, "reason": reason})


def uncarried(kind: str, carried: frozenset[str]) -> list[tuple[str, str, Any]]:
    """Attribute, name and default of each field of the kind that is none of the carried ones."""
    found = []
    for field in _MODELS[kind]._meta.concrete_fields:
        if field.name in BOOKKEEPING or field.name in carried or _TOLD_BY.get(field.name) in carried:
            continue
        default = None if field.default is NOT_PROVIDED or callable(field.default) else field.default
        found.append((field.attname, field.name, default))
    return found
