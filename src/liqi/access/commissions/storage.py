"""Where samples are kept: rooms, freezers, racks and boxes; a box is a grid of positions, each for one sample."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.models import Sample, Steward, StoragePlace
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility

__all__ = ["Branch", "WrongPlace", "add", "facilities_of", "free_slot", "grid", "path_of", "remove", "slots", "tree"]

INSIDE = {"room": "", "freezer": "room", "rack": "freezer", "box": "rack"}
"""What each kind of place stands in; a kind may also be left out on the way."""
_ORDER = list(INSIDE)


class WrongPlace(ValueError):
    """The place cannot be made, or cannot hold this; the message says what can."""


@dataclass(frozen=True)
class Branch:
    """A place with how deep it lies and how many samples are in it (not in its parts)."""

    place: StoragePlace
    depth: int
    samples: int
    room: int
    """Free positions of a box; zero for what is no box."""


def facilities_of(person: Person) -> list[Facility]:
    """The facilities whose storage the person works with: those in their care; for an operator all with places."""
    if person.is_operator:
        return list(Facility.objects.filter(storage_places__isnull=False).distinct().order_by("name", "pk"))
    return list(Facility.objects.filter(stewards__person=person).order_by("name", "pk"))


def add(
    *,
    facility: Facility,
    parent: StoragePlace | None,
    kind: str,
    name: str,
    person: Person,
    now: datetime,
    rows: int = 0,
    columns: int = 0,
    temperature_c: Decimal | None = None,
) -> StoragePlace:
    """The facility has this place; raises WrongPlace for a place that cannot stand there."""
    require(facility, person)
    name = name.strip()[:80]
    if kind not in INSIDE:
        raise WrongPlace(_("Found the kind “%(kind)s”; expected room, freezer, rack or box.") % {"kind": kind})
    if not name:
        raise WrongPlace(_("Found no name; write what is on its door or lid."))
    if (kind == "room") != (parent is None):
        raise WrongPlace(
            _("A room stands on its own; a freezer, rack or box stands in something. Choose what it is in.")
        )
    if parent is not None and (parent.facility_id != facility.pk or _ORDER.index(parent.kind) >= _ORDER.index(kind)):
        raise WrongPlace(
            _("A %(kind)s cannot stand in “%(parent)s”; expected room > freezer > rack > box.")
            % {"kind": StoragePlace.Kind(kind).label, "parent": parent}
        )
    if kind == "box" and not (1 <= rows <= 26 and 1 <= columns <= 99):
        raise WrongPlace(_("Found a box of %(rows)d x %(columns)d; expected 1 to 26 rows and 1 to 99 columns.") % {
            "rows": rows, "columns": columns})  # fmt: skip
    size = {"rows": rows, "columns": columns} if kind == "box" else {}
    try:
        with transaction.atomic():
            made = StoragePlace.objects.create(
                facility=facility, parent=parent, kind=kind, name=name, temperature_c=temperature_c, **size
            )
            journal.write(person=person, verb="added", thing=made, at=now, name=name, kind=kind)
    except IntegrityError:
        raise WrongPlace(_("“%(name)s” stands there already; choose another name.") % {"name": name}) from None
    return made


def remove(*, place: StoragePlace, person: Person, now: datetime) -> None:
    """The empty place is gone; one with samples, parts or a history in a chain of custody stays."""
    require(place.facility, person)
    if place.parts.exists() or place.samples.exists():
        raise WrongPlace(_("“%(place)s” is not empty; move what is in it first.") % {"place": place})
    try:
        with transaction.atomic():
            journal.write(person=person, verb="removed", thing=place, at=now, name=place.name)
            place.delete()
    except IntegrityError:  # also ProtectedError: named in a chain of custody
        raise WrongPlace(
            _("“%(place)s” stands in the history of samples and stays; rename it instead.") % {"place": place}
        ) from None


def require(facility: Facility, person: Person) -> None:
    """Raise NotAllowed unless the person is a steward of the facility or runs the platform."""
    if not (person.is_operator or Steward.objects.filter(facility=facility, person=person).exists()):
        raise NotAllowed(
            _("Only the stewards of “%(facility)s” work with its storage; ask one of them.")
            % {"facility": called(facility)}
        )


def slots(box: StoragePlace) -> list[str]:
    """The names of the positions of a box, row by row: A1, A2 ... B1 ...

    >>> slots(StoragePlace(kind="box", rows=2, columns=3))
    ['A1', 'A2', 'A3', 'B1', 'B2', 'B3']
    """
    return [f"{chr(65 + row)}{column + 1}" for row in range(box.rows) for column in range(box.columns)]


def grid(box: StoragePlace) -> list[list[tuple[str, Sample | None]]]:
    """The box as rows of positions, each with the sample in it."""
    held = {one.slot: one for one in box.samples.select_related("order")}
    names = slots(box)
    return [
        [(name, held.get(name)) for name in names[row * box.columns : (row + 1) * box.columns]]
        for row in range(box.rows)
    ]


def free_slot(box: StoragePlace) -> str:
    """The first free position; raises WrongPlace when the box is full."""
    taken = set(box.samples.values_list("slot", flat=True))
    for name in slots(box):
        if name not in taken:
            return name
    raise WrongPlace(_("The box “%(box)s” is full; choose another.") % {"box": path_of(box)})


def path_of(place: StoragePlace | None) -> str:
    """The place with all that it stands in: Room 1 > Freezer 2 > Box 7."""
    names: list[str] = []
    while place is not None and len(names) < len(INSIDE):
        names.append(place.name)
        place = place.parent
    return " > ".join(reversed(names))


def tree(facility: Facility) -> list[Branch]:
    """All places of the facility, each below what it stands in: two queries however many there are."""
    places = list(facility.storage_places.order_by("name", "pk"))
    counts: dict[int, int] = {}
    for place_id in Sample.objects.filter(place__facility=facility).values_list("place", flat=True):
        counts[place_id or 0] = counts.get(place_id or 0, 0) + 1
    below: dict[int | None, list[StoragePlace]] = {}
    for place in places:
        below.setdefault(place.parent_id, []).append(place)
    return list(_walk(below, below.get(None, []), counts, 0))


def _walk(
    below: dict[int | None, list[StoragePlace]], places: Iterable[StoragePlace], counts: dict[int, int], depth: int
) -> Iterator[Branch]:
    for place in places:
        held = counts.get(place.pk, 0)
        yield Branch(place, depth, held, max(0, place.rows * place.columns - held))
        yield from _walk(below, below.get(place.pk, []), counts, depth + 1)
