"""Files of other systems taken into the catalogue: all of a file or nothing of it.

If any row is rejected, nothing is written and `created`, `updated` and `unchanged` are 0; the problems say which rows
and why, so that the file can be mended and given again. Rows that were only repaired are written, and listed too.
A file is read as a stream, its drafts wait on disk where they are many, and are kept in one transaction.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue import _reading, column_mapping
from liqi.catalogue._keeping import Keeper
from liqi.catalogue._plan import Plan
from liqi.catalogue._reading import Progress, Reading
from liqi.catalogue._scope import Scope
from liqi.catalogue._spool import Spool
from liqi.catalogue.exchange import Incoming, UnreadableFile
from liqi.catalogue.models import ImportedFile

__all__ = ["Found", "Progress", "Scope", "UnreadableFile", "examine", "import_file", "read_mapping", "take_in"]


@dataclass
class Found:
    """What an import did, or would do: counts, what the file held, and the line that is kept of it."""

    reading: Reading
    counts: dict[str, int] = field(default_factory=dict)
    kept: ImportedFile | None = None

    def as_json(self) -> dict[str, Any]:
        """As `liqi import` prints it."""
        return {**self.counts, "problems": self.reading.listed()}


def import_file(path: Path, *, now: datetime, dry_run: bool = False, **more: Any) -> dict[str, Any]:
    """The file's records are in the catalogue, or nothing is; counts and problems, as `liqi import` prints them.

    Rows count as in a spreadsheet. Importing the same file again changes nothing. Raises UnreadableFile where the file
    as a whole cannot be read. Takes what `take_in` takes.
    """
    return (examine if dry_run else take_in)(path, now=now, **more).as_json()


def examine(path: Path, *, now: datetime, **more: Any) -> Found:
    """What `take_in` would do; nothing is written."""
    return _run(path, now=now, dry=True, **more)


def take_in(path: Path, *, now: datetime, **more: Any) -> Found:
    """The file's records are in the catalogue, or nothing is.

    `as_format` names the format, `source` the source, `sheet` the sheet of a workbook, `mapping` our field for each
    column of theirs, `person` who does it, `scope` whose records it may touch, `first` how many drafts are given back;
    `progress(done, total, step)` is told how far it is, and may raise to stop.
    """
    return _run(path, now=now, dry=False, **more)


def read_mapping(given: Path | str) -> dict[str, str]:
    """Their headers mapped to our fields: from a TOML or JSON file, or the saved mapping of that name."""
    path = Path(given)
    if not path.is_file():
        if saved := column_mapping.named(str(given)):
            return dict(saved.fields)
        raise UnreadableFile(
            _("found neither a file nor a saved mapping %(given)r; save one at /import/ first.") % {"given": str(given)}
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as problem:
        raise UnreadableFile(
            _("%(name)s: found a mapping that cannot be parsed (%(reason)s); write TOML or JSON.")
            % {"name": path.name, "reason": problem}
        ) from None
    if not isinstance(found, dict) or not all(isinstance(ours, str) for ours in found.values()):
        raise UnreadableFile(
            _('%(name)s: found no mapping; expected lines such as "Asset name" = "name".') % {"name": path.name}
        )
    try:
        return column_mapping.check(found)
    except UnreadableFile as problem:
        raise UnreadableFile(f"{path.name}: {problem}") from None


def _run(
    path: Path,
    *,
    now: datetime,
    dry: bool,
    as_format: str | None = None,
    source: str = "",
    sheet: str = "",
    person: Person | None = None,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    first: int = 0,
    name: str = "",
    scope: Scope | None = None,
) -> Found:
    with Incoming(path, name, sheet=sheet) as file, Spool() as spool:
        try:
            reading = _reading.read(
                file, spool, as_format=as_format, source=source, mapping=mapping, progress=progress, first=first
            )
        except UnreadableFile as problem:
            raise UnreadableFile(f"{file.name}: {problem}") from None
        found = Found(reading, _counts(reading))
        if not reading.rejected:
            _keep(file, spool, found, dry=dry, person=person, progress=progress, now=now, scope=scope)
        if reading.rejected:
            found.counts, found.kept = _counts(reading), None
        return found


class _Rejected(Exception):
    """A draft points at nothing; the transaction is to be left as it was."""


def _keep(
    file: Incoming,
    spool: Spool,
    found: Found,
    *,
    dry: bool,
    person: Person | None,
    progress: Progress | None,
    now: datetime,
    scope: Scope | None,
) -> None:
    """All drafts are kept in one transaction, or, dry, only counted."""
    source = found.reading.source
    undone = ImportedFile.objects.filter(source=source).exclude(undone_at=None).values_list("at", flat=True)
    if dry:
        plan = Plan(source=source, now=now, undone=undone, foresee=len(spool.kinds) > 1, scope=scope)
        _batches(spool, plan, None, found, progress)
        return
    digest = _sha256(file)
    try:
        with transaction.atomic():
            found.kept = ImportedFile.objects.create(
                name=file.name[-255:],
                sha256=digest,
                format=found.reading.format,
                source=source,
                read=found.reading.read,
                created=0,
                updated=0,
                unchanged=0,
                at=now,
                person=person,
            )
            plan = Plan(source=source, now=now, undone=undone, scope=scope)
            keeper = Keeper(plan, source=source, person=person, now=now, cause_id=str(found.kept.pk))
            _batches(spool, plan, keeper, found, progress)
            _record(found, keeper, person, now)
            if progress:
                progress(found.reading.read, found.reading.read, "keeping")
    except _Rejected:
        return


def _batches(spool: Spool, plan: Plan, keeper: Keeper | None, found: Found, progress: Progress | None) -> None:
    reading, done = found.reading, 0
    for kind, drafts in spool.batches():
        before = [len(draft.problems) for draft in drafts]
        planned = plan.batch(kind, drafts)
        for draft, said in zip(drafts, before, strict=True):
            reading.say(draft.problems[said:])
            if draft.rejected:
                reading.reject(draft)
        for name in ("created", "updated", "unchanged"):
            found.counts[name] += getattr(planned, name)
        done += len(drafts)
        if keeper and not reading.rejected:
            keeper.keep(planned)
        if progress:
            progress(done, reading.read, "keeping" if keeper else "comparing")
    if keeper and reading.rejected:
        raise _Rejected
    if keeper:
        keeper.finish()


def _record(found: Found, keeper: Keeper, person: Person | None, now: datetime) -> None:
    kept = found.kept
    assert kept is not None
    for name in ("created", "updated", "unchanged"):
        setattr(kept, name, found.counts[name])
    kept.save()
    journal.write(
        person=person,
        verb="imported",
        thing=kept,
        at=now,
        **found.counts,
        source=found.reading.source,
        made=dict(keeper.made),
        changed=keeper.named,
    )


def _counts(reading: Reading) -> dict[str, int]:
    return {"read": reading.read, "created": 0, "updated": 0, "unchanged": 0, "rejected": reading.rejected}


def _sha256(file: Incoming) -> str:
    digest = hashlib.sha256()
    with file.open() as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
