"""Which records a list request selects, page by page, each page read through an index however long the list is.

Order: institutions, facilities, instruments, services; within a kind by (updated_at, id). A record that changes while
somebody harvests moves behind the reader's place, so it is seen again and never missed. A position holds everything,
so that a token needs nothing kept here and never grows old.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db.models import Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet

from liqi.catalogue.federation._request import OaiError
from liqi.catalogue.federation.identifiers import KINDS
from liqi.catalogue.models import Contact, Facility, Institution, Instrument, Service

SETS = {
    "instruments": (("instrument",), "Instruments"),
    "facilities": (("facility",), "Facilities"),
    "services": (("service",), "Services"),
    "institutions": (("institution",), "Institutions"),
    "openaire_cris_equipments": (("instrument", "facility"), "OpenAIRE_CRIS_equipments"),
    "openaire_cris_orgunits": (("institution",), "OpenAIRE_CRIS_orgunits"),
}
"""Set, the kinds of its records, and its name; beside them `institution:<key>`, all records of one institution."""
OF_INSTITUTION = "institution:"
SALT = "liqi.oai"
_JOINED: dict[str, tuple[str, ...]] = {
    "institution": ("parent",),
    "facility": ("institution", "parent"),
    "instrument": ("institution", "facility", "maker", "parent"),
    "service": ("institution", "facility"),
}


@dataclass(frozen=True)
class Position:
    """A list request and how far it is: after the record `pk` of `kind` that was updated at `at`."""

    verb: str
    prefix: str
    set_spec: str
    since: datetime | None
    until: datetime | None
    kind: str = ""
    at: datetime | None = None
    pk: int = 0
    cursor: int = 0
    size: int = 0

    def token(self) -> str:
        """The position as a signed text."""
        times = [time.isoformat() if time else "" for time in (self.since, self.until, self.at)]
        return signing.dumps(
            [self.verb, self.prefix, self.set_spec, *times, self.kind, self.pk, self.cursor, self.size], salt=SALT
        )


def read_token(text: str, verb: str) -> Position:
    """The position in the token; raises OaiError where it is not one of ours or of another verb."""
    try:
        said, prefix, set_spec, since, until, at, kind, pk, cursor, size = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise OaiError("badResumptionToken", "found a token that was not given here; begin the list anew.") from None
    if said != verb:
        raise OaiError("badResumptionToken", f"found a token of {said}; use it with that verb.")
    times = [datetime.fromisoformat(one) if one else None for one in (since, until, at)]
    return Position(said, prefix, set_spec, times[0], times[1], kind, times[2], pk, cursor, size)


def selected(position: Position, kinds: Sequence[str]) -> dict[str, QuerySet[Any]]:
    """The records of the request by kind, not yet ordered; raises OaiError for a set that is not offered."""
    wanted = dict.fromkeys(kinds)
    scope = Q()
    owner: int | None = None
    if position.set_spec in SETS:
        wanted = {kind: None for kind in wanted if kind in SETS[position.set_spec][0]}
    elif position.set_spec.startswith(OF_INSTITUTION):
        key = position.set_spec.removeprefix(OF_INSTITUTION).replace("\x00", "?")
        owner = Institution.everything.filter(key=key).values_list("pk", flat=True).first()
        if owner is None:
            return {}
    elif position.set_spec:
        return {}
    if position.since:
        scope &= Q(updated_at__gte=position.since)
    if position.until:
        scope &= Q(updated_at__lt=position.until)
    found = {}
    for kind in (kind for kind in KINDS if kind in wanted):
        rows: Any = KINDS[kind].everything.filter(scope)
        if owner is not None:
            rows = rows.filter(pk=owner) if kind == "institution" else rows.filter(institution_id=owner)
        found[kind] = rows
    return found


def page(position: Position, kinds: Sequence[str], limit: int) -> tuple[list[tuple[str, Any]], Position | None]:
    """Up to `limit` records after the position as (kind, record), and the position after them; None at the end."""
    lists = selected(position, kinds)
    found: list[tuple[str, Any]] = []
    started = not position.kind
    for kind, rows in lists.items():
        if not started and kind != position.kind:
            continue
        at, pk = (position.at, position.pk) if not started else (None, 0)
        started = True
        wanted = limit + 1 - len(found)
        found += [(kind, one) for one in _after(whole(kind, rows, position.prefix, position.verb), at, pk, wanted)]
        if len(found) > limit:
            break
    if len(found) <= limit:
        return found, None
    found = found[:limit]
    kind, last = found[-1]
    following = replace(position, kind=kind, at=last.updated_at, pk=last.pk, cursor=position.cursor + limit)
    return found, following


def _after(rows: QuerySet[Any], at: datetime | None, pk: int, limit: int) -> list[Any]:
    """Up to `limit` rows behind (at, pk): two ranges of the index, for no database reads one range for both."""
    if at is None:
        return list(rows.order_by("updated_at", "pk")[:limit])
    found = list(rows.filter(updated_at=at, pk__gt=pk).order_by("pk")[:limit])
    if len(found) < limit:
        found += rows.filter(updated_at__gt=at).order_by("updated_at", "pk")[: limit - len(found)]
    return found


def whole(kind: str, rows: QuerySet[Any], prefix: str, verb: str = "ListRecords") -> QuerySet[Any]:
    """The rows with what their metadata needs, or for ListIdentifiers with what a header needs."""
    if verb == "ListIdentifiers":
        if kind == "institution":
            return rows.only("key", "updated_at", "removed_at")
        return rows.select_related("institution").only("key", "updated_at", "removed_at", "institution__key")
    rows = rows.select_related(*_JOINED[kind])
    rows = rows.prefetch_related(Prefetch("contacts", Contact.objects.filter(public=True), to_attr="public_contacts"))
    if kind == "instrument" and prefix == "oai_datacite":
        rows = rows.prefetch_related("parts", "twins")
    if kind == "service":
        rows = rows.prefetch_related(
            Prefetch("instruments", Instrument.objects.only("key", "name"), to_attr="live_instruments")
        )
    return rows


def count(position: Position, kinds: Sequence[str]) -> int:
    """How many records the request selects."""
    return sum(rows.count() for rows in selected(position, kinds).values())


def sets_of(kind: str, record: Any) -> list[str]:
    """The sets that the record is in."""
    found = [spec for spec, (kinds, _name) in SETS.items() if kind in kinds]
    owner = record if kind == "institution" else record.institution
    return [*found, OF_INSTITUTION + owner.key] if owner is not None else found


def institutions_with_records(after: int, limit: int) -> list[tuple[int, str, str]]:
    """Institutions that own something, as (pk, key, name) in the order of their arrival."""
    owns = [Exists(model.objects.filter(institution=OuterRef("pk"))) for model in (Instrument, Facility, Service)]
    rows = Institution.objects.filter(owns[0] | owns[1] | owns[2], pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "key", "name")[:limit])


def earliest() -> datetime:
    """The datestamp before which no record was changed."""
    found = [model.everything.aggregate(at=Min("updated_at"))["at"] for model in KINDS.values()]
    return min((one for one in found if one is not None), default=datetime(2026, 1, 1, tzinfo=UTC))


def latest() -> datetime | None:
    """When a record was last changed, None for an empty catalogue."""
    found = [model.everything.aggregate(at=Max("updated_at"))["at"] for model in KINDS.values()]
    return max((one for one in found if one is not None), default=None)
