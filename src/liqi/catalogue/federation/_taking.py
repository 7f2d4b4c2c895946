"""Records that another repository gave, taken into the catalogue: found again by source and identifier.

A record belongs to the repository that gave it (`source`) under the identifier it has there (`source_ref`); its key
here is made of the two, so it is the same in every pass. One that cannot be taken is told with its reason and keeps
no other back.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import Error, transaction
from django.utils.translation import gettext as _

from liqi.catalogue import search
from liqi.catalogue._keys import new_key
from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.federation import _links, _origin, _shapes
from liqi.catalogue.federation._formats import Format
from liqi.catalogue.federation._full_record import CONTACT_FIELDS, fields_of
from liqi.catalogue.federation._page import Given
from liqi.catalogue.federation.identifiers import KINDS, repository
from liqi.catalogue.models import Contact

_AT_ONCE = 200
_LONGEST_IDENTIFIER = 300
_DIGEST, _GONE = "digest", "gone_there"
"""Members of the source row: what the record was when it came last, and that its repository took it out."""
_NEVER_TAKEN = {"bookable"}
"""What only the place of the instrument itself can say: it is booked there, not here."""


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


@dataclass(frozen=True)
class Source:
    """Who gives: the repository's name and address, the format, and the repositories that are harvested directly."""

    name: str
    url: str
    form: Format
    direct: frozenset[str] = frozenset()


class _Wrong(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class _Read:
    given: Given
    kind: str
    document: Mapping[str, Any]


def take(records: Iterable[Given], source: Source, *, now: datetime) -> Taken:
    """The records are in the catalogue or named among the problems; call it inside a transaction."""
    taken = Taken()
    read: list[_Read] = []
    gone: list[str] = []
    for place, given in enumerate(records, start=1):
        identifier = given.identifier[:_LONGEST_IDENTIFIER]
        try:
            if not identifier or len(given.identifier) > _LONGEST_IDENTIFIER:
                identifier = identifier or f"record {place} of a page"
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


def _readable(given: Given, source: Source) -> _Read:
    if given.metadata is None:
        raise _Wrong("no_metadata", _("found a record without metadata that is not marked as deleted."))
    kind, document = source.form.read(given.metadata)
    if not str(document.get("name") or "").strip():
        raise _Wrong("name_missing", _("found a record without a name; expected one."))
    return _Read(given, kind, document)


def _remove(identifiers: list[str], source: Source, taken: Taken, now: datetime) -> None:
    """The records are out of the catalogue, and say that it was their repository that took them out."""
    taken.good += identifiers
    for kind, model in KINDS.items():
        rows = list(
            model.objects.filter(source=source.name, source_ref__in=identifiers).only("pk", "key", "source_row")
        )
        for row in rows:
            kept = {**row.source_row, _GONE: True}
            model.everything.filter(pk=row.pk).update(removed_at=now, updated_at=now, source_row=kept)
        search.note(kind, [row.key for row in rows])
        taken.deleted += len(rows)


def _take_kind(kind: str, model: Any, read: list[_Read], source: Source, taken: Taken, now: datetime) -> None:
    refs = [one.given.identifier for one in read]
    known = {row.source_ref: row for row in model.everything.filter(source=source.name, source_ref__in=refs)}
    links = _links.Links(source.name, now, [one.document for one in read])
    new: list[tuple[_Read, Any]] = []
    noted: list[str] = []
    for one in read:
        row = known.get(one.given.identifier)
        try:
            if not _is_news(kind, one, row, links, taken):
                taken.good.append(one.given.identifier)
                continue
            made = _filled(kind, model, one, row, links, source, now)
        except (_links.Unfit, _shapes.Unfit) as problem:
            _refuse(taken, one, "link" if isinstance(problem, _links.Unfit) else "value", str(problem))
            continue
        if row is None:
            new.append((one, made))
            known[one.given.identifier] = made
        elif _kept(taken, one, lambda made=made, one=one: _change(kind, made, one, links)):  # type: ignore[misc]
            taken.updated += 1
            noted.append(made.key)
    noted += _create(kind, model, new, links, taken)
    search.note(kind, noted)
    for other, keys in links.made.items():
        search.note(other, keys)


def _is_news(kind: str, one: _Read, row: Any, links: _links.Links, taken: Taken) -> bool:
    """Whether there is something to be done; counts the record where there is not."""
    if row is None:
        if kind == "institution" and links.by_ror(str(one.document.get("ror_id") or "")) is not None:
            taken.unchanged += 1  # the same organisation from another source: kept as it is, not doubled
            return False
        return True
    if row.pk is None or (row.removed_at is not None and not row.source_row.get(_GONE)):
        taken.skipped += 1  # twice on one page; or taken out or merged here by somebody: that stands
        return False
    if row.source_row.get(_DIGEST) == _digest(one) and row.removed_at is None:
        taken.unchanged += 1  # as it came the last time; what was edited here since then stays
        return False
    return True


def _filled(kind: str, model: Any, one: _Read, row: Any, links: _links.Links, source: Source, now: datetime) -> Any:
    """The row with all that the record says, not yet kept."""
    identifier = one.given.identifier
    fields = _fields(kind, one)
    related, loose = links.of(kind, one.document)
    fields |= related | {"source_row": _source_row(one, source, loose), "updated_at": now, "removed_at": None}
    if row is None:
        key = new_key(source.name, identifier)
        return model(key=key, source=source.name, source_ref=identifier, created_at=now, **fields)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def _create(kind: str, model: Any, new: list[tuple[_Read, Any]], links: _links.Links, taken: Taken) -> list[str]:
    """The new rows are in the database, all at once; where one of them does not fit, each by itself."""
    try:
        with transaction.atomic():
            model.everything.bulk_create([row for _one, row in new], batch_size=_AT_ONCE)
            for one, row in new:
                _hang(kind, row, one.document, links)
        good = new
    except Error:
        good = []
        for one, row in new:
            row.pk = None

            def keep(one: _Read = one, row: Any = row) -> None:
                row.save(force_insert=True)
                _hang(kind, row, one.document, links)

            good += [(one, row)] if _kept(taken, one, keep) else []
    else:
        taken.good += [one.given.identifier for one, _row in new]
    taken.created += len(good)
    return [row.key for _one, row in good]


def _change(kind: str, row: Any, one: _Read, links: _links.Links) -> None:
    row.save()
    row.contacts.filter(public=True).delete()
    _hang(kind, row, one.document, links)


def _kept(taken: Taken, one: _Read, keep: Callable[[], None]) -> bool:
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


def _refuse(taken: Taken, one: _Read, code: str, message: str) -> None:
    taken.problems.append(Problem(one.given.identifier, one.given.datestamp, code, message))


def _digest(one: _Read) -> str:
    text = json.dumps(one.document, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _fields(kind: str, one: _Read) -> dict[str, Any]:
    """The plain fields of the model, each checked by the model's own field; what is not given is blank."""
    found: dict[str, Any] = {}
    for name, plain in fields_of(kind).items():
        if name in _NEVER_TAKEN:
            continue
        value = one.document.get(name)
        found[name] = plain.get_default() if value is None or value == "" else _shapes.fit(plain, value)
    landing = str(one.document.get("landing_page") or "")
    if kind == "instrument" and one.document.get("bookable") and not found["booking_url"]:
        found["booking_url"] = landing if landing.startswith(("http://", "https://")) and len(landing) <= 300 else ""
    return found


def _source_row(one: _Read, source: Source, loose: Mapping[str, Any]) -> dict[str, Any]:
    """Where the record comes from, step by step, what it says of its own source, and links that lead nowhere yet."""
    nearest = {
        "harvestDate": one.given.datestamp or "",
        "baseURL": source.url,
        "identifier": one.given.identifier,
        "datestamp": one.given.datestamp,
        "metadataNamespace": source.form.namespace,
    }
    row: dict[str, Any] = {_origin.KEY: [nearest, *one.given.origins][: _origin.MOST_RELAYS], _DIGEST: _digest(one)}
    for name in ("landing_page", "origin"):
        if one.document.get(name):
            row[name] = one.document[name]
    if one.document.get("bookable"):
        row["bookable_there"] = True
    return row | ({_links.LOOSE: dict(loose)} if loose else {})


def _contacts(document: Mapping[str, Any]) -> list[dict[str, str]]:
    given = document.get("contacts")
    found = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict):
            said = {name: str(one.get(name) or "")[: _contact_field(name).max_length] for name in CONTACT_FIELDS}
            found += [said] if any(said.values()) else []
    return found


def _contact_field(name: str) -> Any:
    return Contact._meta.get_field(name)


def _hang(kind: str, row: Any, document: Mapping[str, Any], links: _links.Links) -> None:
    """The public contacts, and the instruments of a service, are those of the document."""
    if contacts := _contacts(document):
        Contact.objects.bulk_create([Contact(**{kind: row}, public=True, **one) for one in contacts])
    if kind == "service":
        row.instruments.set(links.instruments_of(document))
