"""Records by the thousand with what stands near each, in a few queries a thousand and in bounded memory."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch

from liqi.catalogue.models import Contact, Facility, Institution, Instrument, Maker, Picture, Service

AT_ONCE = 1000
KINDS: dict[str, Any] = {
    "instrument": Instrument,
    "facility": Facility,
    "institution": Institution,
    "service": Service,
    "maker": Maker,
}
"""Kinds of records in the order in which they are written."""
_MOST_KEPT = 20_000
"""Owners, makers and facilities that are kept at hand for the next records."""
_NEAR = {
    "instrument": ("institution", "facility", "maker", "parent"),
    "facility": ("institution", "parent"),
    "institution": ("parent",),
    "service": ("institution", "facility"),
    "maker": (),
}
_LISTS: dict[str, tuple[Any, ...]] = {
    "instrument": ("parts", Prefetch("twins", queryset=Instrument.everything.all()), "pictures"),
    "facility": ("parts",),
    "institution": (),
    "service": ("instruments",),
    "maker": ("owners",),
}
_QUICK: dict[str, dict[str, tuple[Any, str]]] = {
    "instrument": {
        "parts": (Instrument.objects, "parent_id"),
        "twins": (Instrument.everything, "merged_into_id"),
        "pictures": (Picture.objects, "instrument_id"),
        "contacts": (Contact.objects.filter(public=True), "instrument_id"),
    },
    "facility": {
        "parts": (Facility.objects, "parent_id"),
        "contacts": (Contact.objects.filter(public=True), "facility_id"),
    },
    "institution": {"contacts": (Contact.objects.filter(public=True), "institution_id")},
}
"""Lists of a record that are told by one column of their rows."""


def near(kind: str) -> Any:
    """The query of all live records of the kind with what stands near each; contacts are the public ones alone."""
    rows = KINDS[kind].objects.select_related(*_NEAR[kind]).prefetch_related(*_LISTS[kind])
    if kind != "maker":
        rows = rows.prefetch_related(Prefetch("contacts", queryset=Contact.objects.filter(public=True)))
    return rows.order_by("pk")


def records(
    kinds: Iterable[str],
    chosen: Iterable[tuple[str, str]] | None = None,
    *,
    without: tuple[str, ...] = (),
    at_once: int = AT_ONCE,
) -> Iterator[tuple[str, Any]]:
    """Kind and live record, kind by kind, each with what stands near it; contacts are the public ones alone.

    `chosen` narrows to those pairs of kind and key; the fields in `without` are not read; `at_once` records are read
    at a time.
    """
    wanted = set(kinds)
    keys: dict[str, list[str]] | None = None
    if chosen is not None:
        keys = {}
        for kind, key in chosen:
            keys.setdefault(kind, []).append(key)
    for kind in KINDS:
        if kind in wanted:
            rows = _rows(kind, without)
            some = _all(rows, at_once) if keys is None else _some(rows, keys.get(kind, []), at_once)
            yield from ((kind, one) for one in (_beside(kind, some) if kind in _QUICK else _one_by_one(some)))


def _rows(kind: str, without: tuple[str, ...]) -> Any:
    rows = KINDS[kind].objects.order_by("pk") if kind in _QUICK else near(kind)
    return rows.defer(*without)


def _all(rows: Any, at_once: int) -> Iterator[list[Any]]:
    last = 0
    while some := list(rows.filter(pk__gt=last)[:at_once]):
        yield some
        last = some[-1].pk


def _some(rows: Any, keys: list[str], at_once: int) -> Iterator[list[Any]]:
    for at in range(0, len(keys), at_once):
        if some := list(rows.filter(key__in=keys[at : at + at_once])):  # none where they have gone since
            yield some


def _one_by_one(batches: Iterator[list[Any]]) -> Iterator[Any]:
    for some in batches:
        yield from some


def _beside(kind: str, batches: Iterator[list[Any]]) -> Iterator[Any]:
    """The records with their neighbours, each neighbour made once for many records.

    The lists are put where Django's own prefetching puts them, as plain lists: making a query for each record and
    list, as it does, would take a third of the time.
    """
    kept: dict[str, dict[int, Any]] = {name: {} for name in _NEAR[kind]}
    for some in batches:
        for name in _NEAR[kind]:
            _point(some, name, kept[name])
        lists = {name: _listed(some, *source) for name, source in _QUICK[kind].items()}
        for one in some:
            one.__dict__["_prefetched_objects_cache"] = {name: found.get(one.pk, []) for name, found in lists.items()}
        yield from some


def _point(some: list[Any], name: str, kept: dict[int, Any]) -> None:
    """Each record's neighbour of that name is at hand."""
    column = f"{name}_id"
    missing = {pk for one in some if (pk := getattr(one, column)) is not None and pk not in kept}
    if len(kept) + len(missing) > _MOST_KEPT:
        kept.clear()
        missing = {pk for one in some if (pk := getattr(one, column)) is not None}
    model: Any = type(some[0])._meta.get_field(name).related_model
    if missing:
        kept |= model.everything.in_bulk(list(missing))
    for one in some:
        if (pk := getattr(one, column)) is not None:
            setattr(one, name, kept[pk])


def _listed(some: list[Any], rows: Any, column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.filter(**{f"{column}__in": [one.pk for one in some]}):
        found.setdefault(getattr(row, column), []).append(row)
    return found
