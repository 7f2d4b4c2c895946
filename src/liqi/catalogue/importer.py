"""Files of other systems taken into the catalogue: all of a file or nothing of it.

If any row is rejected, nothing is written and `created`, `updated` and `unchanged` are 0; the problems say which rows
and why, so that the file can be mended and given again. Rows that were only repaired are written, and listed too.
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue import search
from liqi.catalogue._plan import Plan, Planned
from liqi.catalogue.exchange import FORMATS, Draft, Incoming, UnreadableFile, recognise, table
from liqi.catalogue.models import ImportedFile

__all__ = ["UnreadableFile", "import_file", "read_mapping"]

_BATCH = 500
_NAMED_KEYS = 1000
_SEARCHED = ("instrument", "facility", "institution", "service")


def import_file(
    path: Path,
    *,
    now: datetime,
    as_format: str | None = None,
    source: str = "",
    dry_run: bool = False,
    person: Person | None = None,
    mapping: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The file's records are in the catalogue, or nothing is; counts and problems, as `liqi import` prints them.

    Rows count as in a spreadsheet: the header is row 1. Importing the same file again changes nothing. Raises
    UnreadableFile where the file as a whole cannot be read.
    """
    file = Incoming(path)
    try:
        name = as_format or ("csv" if mapping else recognise(file))
        if name not in FORMATS:
            raise UnreadableFile(f"found format {name!r}; expected one of {', '.join(FORMATS)}.")
        drafts = list(FORMATS[name].read(file, mapping))
    except UnreadableFile as problem:
        raise UnreadableFile(f"{path.name}: {problem}") from None
    source = (source or FORMATS[name].SOURCE or path.stem)[:120]
    _reject_twins(drafts)
    counts = {"read": len(drafts), "created": 0, "updated": 0, "unchanged": 0}
    counts["rejected"] = sum(draft.rejected for draft in drafts)
    if not counts["rejected"]:
        with transaction.atomic():
            plan = Plan(source=source, now=now)
            planned = plan.make(drafts)
            counts |= planned.counts
            if not dry_run:
                _keep(planned, now)
                _record(path, path.read_bytes(), name, source, counts, planned, person, now)
    problems = [
        {"row": one.row, "field": one.field, "code": one.code, "message": one.message}
        for one in (*file.notes, *(one for draft in drafts for one in draft.problems))
    ]
    return {**counts, "problems": problems}


def read_mapping(path: Path) -> dict[str, str]:
    """Their headers mapped to our fields, from a TOML or JSON file such as `"Asset name" = "name"`."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as problem:
        raise UnreadableFile(
            f"{path.name}: found a mapping that cannot be parsed ({problem}); write TOML or JSON."
        ) from None
    ours = table.FIELDS
    if wrong := next((key for key, value in found.items() if value not in ours), None):
        raise UnreadableFile(
            f"{path.name}: found {wrong!r} mapped to {found[wrong]!r}; expected one of {', '.join(ours)}."
        )
    return dict(found)


def _reject_twins(drafts: list[Draft]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for draft in drafts:
        identity = (draft.kind, draft.ref)
        if draft.ref and identity in seen:
            draft.reject(
                "id", "id_twice", f"found id {draft.ref!r}, as in row {seen[identity]}; expected each id once."
            )
        seen.setdefault(identity, draft.row)


def _keep(planned: Planned, now: datetime) -> None:
    for model, rows in planned.new.items():
        manager: Any = model._meta.default_manager
        manager.bulk_create(rows, batch_size=_BATCH)
    for model, changes in planned.changed.items():
        manager = model._meta.default_manager
        fields = sorted({field for names in changes.values() for field in names} | {"updated_at"})
        manager.bulk_update(list(changes), fields, batch_size=_BATCH)
    for model, rows in planned.new.items():
        _note(model, [row.key for row in rows])
    for model, changes in planned.changed.items():
        _note(model, [row.key for row in changes])


def _note(model: Any, keys: list[str]) -> None:
    kind = model._meta.model_name
    if kind in _SEARCHED:
        search.note(kind, keys)


def _record(
    path: Path,
    content: bytes,
    name: str,
    source: str,
    counts: Mapping[str, int],
    planned: Planned,
    person: Person | None,
    now: datetime,
) -> None:
    kept = ImportedFile.objects.create(
        name=path.name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        format=name,
        source=source,
        read=counts["read"],
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        at=now,
    )
    also = Counter({model._meta.model_name: len(rows) for model, rows in planned.new.items() if rows})
    journal.write(
        person=person,
        verb="imported",
        thing=kept,
        at=now,
        **counts,
        source=source,
        made=dict(also),
        changed={
            row.key: {field: [str(before), str(after)] for field, (before, after) in names.items()}
            for changes in planned.changed.values()
            for row, names in list(changes.items())[:_NAMED_KEYS]
        },
    )
