"""Records that another repository gave, taken into the catalogue: found again by source and identifier.

A record belongs to the repository that gave it (`source`) under the identifier it has there (`source_ref`); its key
here is made of the two, so it is the same in every pass. One that cannot be taken is told with its reason and keeps
no other back. What a harvest changes is on record like any other change and can be undone; a field that people changed
here stays as it is, and what its repository says of it is kept beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import Error, transaction
from django.utils.translation import gettext as _

from liqi.catalogue import _values, search
from liqi.catalogue._keeping import on_record
from liqi.catalogue._keys import new_key
from liqi.catalogue._plan import changes_of
from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.federation import _filling, _links, _shapes, kept_here
from liqi.catalogue.federation._filling import DIGEST, GONE, Read, Source
from liqi.catalogue.federation._page import Given
from liqi.catalogue.federation.identifiers import KINDS, repository
from liqi.catalogue.models import RecordChange

_AT_ONCE = 200
_LONGEST_IDENTIFIER = 300


@dataclass(frozen=True)
class Problem:
    """A record that could not be taken, and why."""

    identifier: str
    datestamp: str
    code: str
    message: str


@dataclass
class Taken:
    """What became of the records of a page."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    good: list[str] = field(default_factory=list)
    """Identifiers of the records that were taken, so that what was said against them before is settled."""


class _Wrong(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def take(records: Iterable[Given], source: Source, *, now: datetime) -> Taken:
    """The records are in the catalogue or named among the problems; call it inside a transaction."""
    taken = Taken()
    read: list[Read] = []
    gone: list[str] = []
    for place, given in enumerate(records, start=1):
        identifier = given.identifier[:_LONGEST_IDENTIFIER]
        try:
            if not identifier or len(given.identifier) > _LONGEST_IDENTIFIER:
                identifier = identifier or _("record %(place)s of a page") % {"place": place}
                raise _Wrong("identifier", _("found a record without an identifier of at most 300 characters."))
            if _comes_back(given, source):
                taken.skipped += 1
            elif given.deleted:
                gone.append(identifier)
            else:
                read.append(_readable(given, source))
        except (_Wrong, UnreadableFile) as problem:
            code = getattr(problem, "code", "unreadable")
            taken.problems.append(Problem(identifier, given.datestamp, code, str(problem)))
    _remove(gone, source, taken, now)
    for kind, model in KINDS.items():
        mine = [one for one in read if one.kind == kind]
        if mine:
            _take_kind(kind, model, mine, source, taken, now)
    return taken


def _comes_back(given: Given, source: Source) -> bool:
    """Whether the record is our own, or one of a repository that is asked directly."""
    own = f"oai:{repository()}:"
    roots = [one["identifier"] for one in given.origins]
    if given.identifier.startswith(own) or any(one.startswith(own) for one in roots):
        return True
    return bool(roots) and any(roots[-1].startswith(f"oai:{name}:") for name in source.direct - {source.name})


def _readable(given: Given, source: Source) -> Read:
    if given.metadata is None:
        raise _Wrong("no_metadata", _("found a record without metadata that is not marked as deleted."))
    kind, document = source.form.read(given.metadata)
    if not str(document.get("name") or "").strip():
        raise _Wrong("name_missing", _("found a record without a name; expected one."))
    return Read(given, kind, document)


def _remove(identifiers: list[str], source: Source, taken: Taken, now: datetime) -> None:
    """The records are out of the catalogue, and say that it was their repository that took them out."""
    taken.good += identifiers
    gone = {"removed_at": [None, _values.as_json(now)]}
    for kind, model in KINDS.items():
        rows = list(
            model.objects.filter(source=source.name, source_ref__in=identifiers).only("pk", "key", "source_row")
        )
        for row in rows:
            kept = {**row.source_row, GONE: True}
            model.everything.filter(pk=row.pk).update(removed_at=now, updated_at=now, source_row=kept)
        RecordChange.objects.bulk_create(
            on_record(kind, row.key, gone, now=now, cause=kept_here.CAUSE, cause_id=source.harvest) for row in rows
        )
        search.note(kind, [row.key for row in rows])
        taken.deleted += len(rows)


def _take_kind(kind: str, model: Any, read: list[Read], source: Source, taken: Taken, now: datetime) -> None:
    refs = [one.given.identifier for one in read]
    known = {row.source_ref: row for row in model.everything.filter(source=source.name, source_ref__in=refs)}
    said = kept_here.said_last(kind, known.values())
    links = _links.Links(source.name, now, [one.document for one in read])
    new: list[tuple[Read, Any]] = []
    noted: list[str] = []
    for one in read:
        row = known.get(one.given.identifier)
        try:
            if not _is_news(kind, one, row, links, taken):
                taken.good.append(one.given.identifier)
                continue
            if row is None:
                new.append((one, _made(kind, model, one, links, source, now)))
                known[one.given.identifier] = new[-1][1]
                continue
            changed = _filled(kind, one, row, said.get(row.key, {}), links, source)
        except (_links.Unfit, _shapes.Unfit) as problem:
            _refuse(taken, one, "link" if isinstance(problem, _links.Unfit) else "value", str(problem))
            continue

        def keep(one: Read = one, changed: _Changed = changed) -> None:
            _change(kind, changed, one, links, source, now)

        if _kept(taken, one, keep):
            taken.updated += bool(changed.changes)
            taken.unchanged += not changed.changes
            noted.append(changed.row.key)
    noted += _create(kind, model, new, links, taken)
    search.note(kind, noted)
    for other, keys in links.made.items():
        search.note(other, keys)


def _is_news(kind: str, one: Read, row: Any, links: _links.Links, taken: Taken) -> bool:
    """Whether there is something to be done; counts the record where there is not."""
    if row is None:
        if kind == "institution" and links.by_ror(str(one.document.get("ror_id") or "")) is not None:
            taken.unchanged += 1  # the same organisation from another source: kept as it is, not doubled
            return False
        return True
    if row.pk is None or (row.removed_at is not None and not row.source_row.get(GONE)):
        taken.skipped += 1  # twice on one page; or taken out or merged here by somebody: that stands
        return False
    if row.source_row.get(DIGEST) == one.digest and row.removed_at is None:
        taken.unchanged += 1  # as it came the last time; what was edited here since then stays
        return False
    return True


def _made(kind: str, model: Any, one: Read, links: _links.Links, source: Source, now: datetime) -> Any:
    """A new row with all that the record says, not yet kept."""
    identifier = one.given.identifier
    fields = _filling.fields(kind, one)
    related, loose = links.of(kind, one.document)
    fields |= related | {"source_row": _filling.source_row(one, source, loose), "updated_at": now}
    key = new_key(source.name, identifier)
    return model(key=key, source=source.name, source_ref=identifier, created_at=now, **fields)


@dataclass
class _Changed:
    """A known row with what the record says now; what differs, and the fields that stay as people here changed them."""

    row: Any
    changes: dict[str, list[Any]]
    mine: set[str]


def _filled(kind: str, one: Read, row: Any, said: Mapping[str, Any], links: _links.Links, source: Source) -> _Changed:
    """The row with all that the record says, but for what people changed here; not yet kept."""
    fields = _filling.fields(kind, one)
    related, loose = links.of(kind, one.document)
    fields |= related | {"removed_at": None}
    mine = kept_here.changed_here(row, said)
    noted = mine | kept_here.noted(row)
    beside = {name: _values.as_json(fields[name]) for name in sorted(noted & fields.keys())}
    differs = changes_of(row, {name: value for name, value in fields.items() if name not in mine})
    beside = {name: value for name, value in beside.items() if name not in differs}
    changes = {name: [_values.as_json(before), _values.as_json(after)] for name, (before, after) in differs.items()}
    for name, (_before, after) in differs.items():
        setattr(row, name, after)
    row.source_row = _filling.source_row(one, source, loose) | ({kept_here.KEPT_HERE: beside} if beside else {})
    return _Changed(row, changes, mine)


def _create(kind: str, model: Any, new: list[tuple[Read, Any]], links: _links.Links, taken: Taken) -> list[str]:
    """The new rows are in the database, all at once; where one of them does not fit, each by itself."""
    try:
        with transaction.atomic():
            model.everything.bulk_create([row for _one, row in new], batch_size=_AT_ONCE)
            for one, row in new:
                _filling.hang(kind, row, one.document, links, set())
        good = new
    except Error:
        good = []
        for one, row in new:
            row.pk = None

            def keep(one: Read = one, row: Any = row) -> None:
                row.save(force_insert=True)
                _filling.hang(kind, row, one.document, links, set())

            good += [(one, row)] if _kept(taken, one, keep) else []
    else:
        taken.good += [one.given.identifier for one, _row in new]
    taken.created += len(good)
    return [row.key for _one, row in good]


def _change(kind: str, changed: _Changed, one: Read, links: _links.Links, source: Source, now: datetime) -> None:
    """The row stands in the database with what hangs on it, and the change is on record where anything differs."""
    row, changes = changed.row, changed.changes
    hung = [name for name in ("contacts", "instruments") if name not in changed.mine and _values.hangs(row, name)]
    before = {name: _values.current(row, name) for name in hung}
    row.updated_at = now
    row.save()
    if "contacts" in hung:
        row.contacts.filter(public=True).delete()
    _filling.hang(kind, row, one.document, links, changed.mine)
    for name, was in before.items():
        if (stands := _values.current(row, name)) != was:
            changes[name] = [was, stands]
    if changes:
        on_record(kind, row.key, changes, now=now, cause=kept_here.CAUSE, cause_id=source.harvest).save()


def _kept(taken: Taken, one: Read, keep: Callable[[], None]) -> bool:
    """Whether the database took the record; if not, the problem is told."""
    try:
        with transaction.atomic():
            keep()
    except Error as problem:
        _refuse(
            taken,
            one,
            "refused",
            _("the database refused it (%(reason)s).") % {"reason": str(problem).splitlines()[0][:200]},
        )
        return False
    taken.good.append(one.given.identifier)
    return True


def _refuse(taken: Taken, one: Read, code: str, message: str) -> None:
    taken.problems.append(Problem(one.given.identifier, one.given.datestamp, code, message))
