"""The inbox of unmatched files: a steward says whose several files are, puts them aside, or takes them back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Order
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.answers import arrivals, owner
from liqi.answers.arrivals import NotPossible
from liqi.answers.models import Arrival

__all__ = ["MOST", "NotPossible", "chosen", "file", "put_aside", "take_back"]

MOST = 500
"""So many files can be decided at once."""


def chosen(keys: Iterable[str], person: Person) -> list[Arrival]:
    """The files of these keys at the instruments in the person's care, at most MOST."""
    wanted = [key.replace("\0", "") for key in keys][:MOST]
    rows = Arrival.objects.filter(key__in=wanted, instrument__in=belonging.looked_after_by(person))
    return list(rows.select_related("instrument").order_by("pk"))


def file(files: Sequence[Arrival], *, to: str, person: Person, now: datetime) -> list[Arrival]:
    """The files are in the order that ``to`` names by its key or by a sample's label: all of them, or none."""
    with transaction.atomic():
        return [
            arrivals.assign(arrival=one, order=_order(to, one), person=person, now=now) for one in files
        ]  # fmt: skip


def put_aside(files: Sequence[Arrival], *, person: Person, now: datetime) -> list[Arrival]:
    """The files are nobody's and wait no longer: all of them, or none."""
    with transaction.atomic():
        return [arrivals.set_aside(arrival=one, person=person, now=now) for one in files]


def take_back(files: Sequence[Arrival], *, person: Person, now: datetime) -> list[Arrival]:
    """The files wait in the inbox again: all of them, or none."""
    with transaction.atomic():
        return [arrivals.take_back(arrival=one, person=person, now=now) for one in files]


def _order(text: str, arrival: Arrival) -> Order:
    found = owner.named_in(owner.words_of(text[:400]), arrival.instrument)
    if len(found) == 1:
        return found[0]
    if named := Order.objects.filter(key=text.strip().lower().replace("\0", "")[:12]).first():
        return named  # the verb says why this one cannot be
    raise NotPossible(
        _("Found no order or sample “%(found)s” of %(instrument)s; type the key of an order or scan a sample's label.")
        % {"found": text[:60], "instrument": called(arrival.instrument)}
    )
