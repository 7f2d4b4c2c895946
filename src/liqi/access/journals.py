"""Journals: what was done to a thing and to all that belongs to it, for those whom it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from liqi.access import belonging, orders
from liqi.access.commissions import queue, results
from liqi.access.models import Booking, Order
from liqi.accounts import organisation
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Instrument

__all__ = ["LOOK_BACK", "Asked", "in_care", "kinds", "narrowed", "of"]

LOOK_BACK = timedelta(days=30)
"""How far back a journal of many things goes unless it is asked for more."""
AT_INSTRUMENT: dict[str, str] = {
    **dict.fromkeys(
        ("agent", "booking", "bookingterms", "chore", "course", "fitting", "incident", "kiosk", "maintenanceplan",
         "maintenancewindow", "meter", "meteringterms", "noshow", "order", "outage", "pricetable", "rulesetting",
         "safetydocument", "servicecontract", "session", "settlement", "waitingterms", "webhook"),
        "instrument",
    ),
    "correction": "session__instrument", "offer": "booking__instrument", "swap": "given__instrument",
}  # fmt: skip
"""Kinds of things of access that belong to an instrument, and the way to it."""
AT_FACILITY: dict[str, str] = dict.fromkeys(
    ("bookingterms", "course", "rulesetting", "safetydocument", "stockitem", "storageplace"), "facility"
)
"""Kinds that belong to a facility as a whole."""
OF_ORDER: dict[str, str] = {
    **dict.fromkeys(("booking", "commission", "quote", "sample", "voucheruse"), "order"),
    "session": "booking__order",
}
"""Kinds that belong to an order."""
OF_GROUP: dict[str, str] = dict.fromkeys(
    ("billingprofile", "budget", "charge", "groupterms", "invoice", "membership", "project", "quote", "voucher",
     "webhook"),
    "organisation",
)  # fmt: skip
"""Kinds that belong to the account of an organisation."""
RECORDS: dict[str, type[Model]] = {"instrument": Instrument, "facility": Facility}
"""Kinds of the catalogue that a steward looks after."""
MOST_BY_NUMBER = 200
Thing = Instrument | Booking | Order | Organisation


@dataclass(frozen=True)
class Asked:
    """What of a journal is wanted: a kind of thing, what one person did, a half-open period."""

    kind: str = ""
    person: Person | None = None
    since: datetime | None = None
    until: datetime | None = None


def of(thing: Thing, *, person: Person) -> QuerySet[JournalEntry]:
    """What was done to the thing and to what belongs to it, newest first.

    Of an instrument for its stewards, of a booking for its person, their leads and the stewards, of an order for who
    may see it, of an organisation with its money for its leads. Results stand in it for those who see the results of
    the order, so for its customer from their release on. Raises NotAllowed for anybody else.
    """
    _require(thing, person)
    ways = {Instrument: AT_INSTRUMENT, Order: OF_ORDER, Organisation: OF_GROUP, Booking: {"session": "booking"}}
    lines = _ordered(_lines(type(thing), [thing.pk]) | _parts(ways[type(thing)], [thing.pk]))
    if isinstance(thing, Order) and not results.seen_by(thing, person):
        return lines.exclude(verb__in=results.VERBS)
    return lines


def in_care(person: Person, *, kind: str = "") -> QuerySet[JournalEntry]:
    """What was done at the instruments, facilities and orders in the person's care, newest first; one kind of thing.

    An operator has everything in their care; somebody who has nothing reads nothing.
    """
    if person.is_operator:
        return _ordered(Q(thing=_label(kind)) if kind else Q())
    instruments, facilities = belonging.looked_after_by(person), Facility.objects.filter(stewards__person=person)
    asked = Q(pk__in=[])
    for ways, places in ((AT_INSTRUMENT, instruments), (AT_FACILITY, facilities), (OF_ORDER, queue.rows(person))):
        wanted = {name: way for name, way in ways.items() if kind in ("", name)}
        asked |= _parts(wanted, _few(places)) if wanted else Q(pk__in=[])
    own: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("instrument", instruments), ("facility", facilities), ("order", queue.rows(person)),
    )  # fmt: skip
    for name, rows in own:
        if kind in ("", name):
            asked |= _lines(rows.model, rows.order_by())
    return _ordered(asked)


def kinds() -> list[str]:
    """The kinds of things that a journal of one's care tells of, such as booking."""
    return sorted({*RECORDS, *AT_INSTRUMENT, *AT_FACILITY, *OF_ORDER})


def narrowed(lines: QuerySet[JournalEntry], asked: Asked) -> QuerySet[JournalEntry]:
    """Those of the lines that are asked for."""
    if asked.kind:
        lines = lines.filter(thing=_label(asked.kind))
    if asked.person is not None:
        lines = lines.filter(person=asked.person)
    if asked.since is not None:
        lines = lines.filter(at__gte=asked.since)
    if asked.until is not None:
        lines = lines.filter(at__lt=asked.until)
    return lines


def _require(thing: Thing, person: Person) -> None:
    if isinstance(thing, Order):
        orders.require_sight(thing, person)
    elif isinstance(thing, Instrument):
        if not belonging.looks_after(person, thing):
            raise NotAllowed(
                _("Only the stewards of %(thing)s read its journal; ask one of them.") % {"thing": called(thing)}
            )
    elif isinstance(thing, Organisation):
        if not organisation.is_lead(thing, person):
            raise NotAllowed(
                _("Only the leads of %(thing)s read its journal; ask one of them.") % {"thing": called(thing)}
            )
    else:
        lead = thing.organisation is not None and organisation.is_lead(thing.organisation, person)
        mine = lead or person.pk in (thing.person_id, thing.made_by_id)
        if not mine and not belonging.looks_after(person, thing.instrument):
            raise NotAllowed(_("Only its person, the leads of their group and the stewards read a booking's journal."))


def _label(kind: str) -> str:
    app = "catalogue" if kind in RECORDS else "accounts" if kind in ("membership", "project") else "access"
    return f"{app}.{kind}"


def _parts(ways: dict[str, str], places: Any) -> Q:
    """The lines about things that lead to one of the places."""
    asked = Q(pk__in=[])
    for kind, way in ways.items():
        model = apps.get_model(_label(kind))
        asked |= _lines(model, model._meta.base_manager.filter(**{f"{way}__in": places}))
    return asked


def _few(places: QuerySet[Any]) -> Any:
    """The numbers of the places where they are few, which asks less of the database than to find them kind by kind."""
    keys = list(places.order_by().values_list("pk", flat=True)[: MOST_BY_NUMBER + 1])
    return keys if len(keys) <= MOST_BY_NUMBER else places.order_by().values("pk")


def _lines(model: type[Model], keys: Iterable[int] | QuerySet[Any, Any]) -> Q:
    """The lines about the things of these numbers; the journal keeps numbers as text."""
    if isinstance(keys, QuerySet):
        texts: Any = keys.annotate(as_text=Cast("pk", CharField())).order_by().values("as_text")
    else:
        texts = [str(key) for key in keys]
    return Q(thing=model._meta.label_lower, thing_id__in=texts)


def _ordered(asked: Q) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(asked).select_related("person").order_by("-at", "-pk")
