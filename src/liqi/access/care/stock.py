"""Stock of a facility: what came in, what was issued and to whom, what is left, what is to be ordered.

Quantities have three places at most. The database carries what is left of a lot with each movement, and lets none
go below zero; `liqi.access.guards` keeps movements from being changed or taken away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from liqi.access.care.refusal import NotAllowed, NotPossible, sentence
from liqi.access.models import Order, Session, Steward, StockItem, StockLot, StockMovement
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility

__all__ = [
    "Level",
    "Used",
    "add",
    "count",
    "dispose",
    "due",
    "end",
    "facilities_of",
    "give_back",
    "issue",
    "levels",
    "receive",
    "require",
    "used",
]

Kind = StockMovement.Kind
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Level:
    """An item with its lots that hold something, and how much of it is left and not expired."""

    item: StockItem
    lots: tuple[StockLot, ...]
    left: Decimal
    expired: Decimal

    @property
    def low(self) -> bool:
        """Whether it is to be ordered: less than its minimum is left and can be used."""
        return self.left < self.item.minimum


@dataclass(frozen=True)
class Used:
    """What a session or an order used of an item, less what was brought back; what it costs, None: not charged."""

    item: StockItem
    quantity: Decimal
    amount_cny: Decimal | None


def facilities_of(person: Person) -> list[Facility]:
    """The facilities whose stock the person keeps; for an operator all that have some."""
    if person.is_operator:
        return list(Facility.objects.filter(stock_items__isnull=False).distinct().order_by("name", "pk"))
    return list(Facility.objects.filter(stewards__person=person).distinct().order_by("name", "pk"))


def require(facility: Facility, person: Person | None) -> None:
    """Raise NotAllowed unless the person is a steward of the facility or runs the platform."""
    if person is None or not (person.is_operator or Steward.objects.filter(facility=facility, person=person).exists()):
        words = _("Only the stewards of “%(facility)s” keep its stock; ask one of them.")
        raise NotAllowed(words % {"facility": facility})


def add(
    *,
    facility: Facility,
    person: Person,
    name: str,
    unit: str,
    now: datetime,
    minimum: Decimal = Decimal(0),
    price_cny: Decimal | None = None,
    supplier: str = "",
    code: str = "",
) -> StockItem:
    """The facility keeps this consumable; one of the same name that was ended is kept again."""
    require(facility, person)
    facts = {
        "unit": sentence(unit, 16), "minimum": minimum, "price_cny": price_cny, "supplier": supplier.strip()[:120],
        "code": code.strip()[:60],
    }  # fmt: skip
    name = sentence(name, 120)
    with transaction.atomic():
        Facility.everything.select_for_update().get(pk=facility.pk)
        known = StockItem.objects.filter(facility=facility, name=name).first()
        if known is not None and known.ended_at is None:
            raise NotPossible(_("“%(name)s” is in stock already; receive a lot of it instead.") % {"name": name})
        made, _fresh = StockItem.objects.update_or_create(
            facility=facility, name=name, defaults=facts | {"ended_at": None, "told_at": None}
        )
        journal.write(
            person=person, verb="added", thing=made, at=now, name=name, unit=made.unit, minimum=str(minimum),
            price_cny=str(price_cny) if price_cny is not None else None,
        )  # fmt: skip
    return made


def end(*, item: StockItem, person: Person, now: datetime) -> None:
    """The item is kept no longer; raises NotPossible while something of it is left."""
    require(item.facility, person)
    with transaction.atomic():
        if item.lots.filter(left_thousandths__gt=0).exists():
            raise NotPossible(_("Something of “%(item)s” is left; issue or dispose of it first.") % {"item": item})
        if StockItem.objects.filter(pk=item.pk, ended_at=None).update(ended_at=now):
            journal.write(person=person, verb="ended", thing=item, at=now)


def receive(
    *,
    item: StockItem,
    person: Person,
    number: str,
    quantity: Decimal,
    now: datetime,
    expires_on: date | None = None,
    place: str = "",
    words: str = "",
    request_key: str = "",
) -> StockMovement:
    """So much came in; a lot of that number is made, or the one that is there grows."""
    require(item.facility, person)
    if item.ended_at is not None:
        raise NotPossible(_("“%(item)s” is not kept any more; add it again first.") % {"item": item})
    number = sentence(number, 60)
    with transaction.atomic():
        StockItem.objects.select_for_update().get(pk=item.pk)
        lot, _fresh = StockLot.objects.get_or_create(
            item=item, number=number, defaults={"expires_on": expires_on, "place": place[:120], "created_at": now}
        )
        if not _fresh and expires_on is not None and lot.expires_on != expires_on:
            raise NotPossible(
                _("Lot %(lot)s is on record with the expiry %(day)s; give the same, or another number.")
                % {"lot": lot, "day": lot.expires_on or "–"}
            )
        return _move(lot, Kind.RECEIPT, _thousandths(quantity), person, now, words=words, request_key=request_key)


def issue(
    *,
    item: StockItem,
    person: Person,
    quantity: Decimal,
    now: datetime,
    lot: StockLot | None = None,
    session: Session | None = None,
    order: Order | None = None,
    words: str = "",
    request_key: str = "",
) -> list[StockMovement]:
    """So much went out, of this lot or of those that expire first; what is expired is not issued.

    A steward issues to anything; the person of a running session in the facility takes for that session.
    Raises NotPossible when less is left; then nothing is taken.
    """
    _require_issue(item, person, session)
    wanted = _thousandths(quantity)
    with transaction.atomic():
        lots = list(StockLot.objects.select_for_update().filter(item=item).order_by("expires_on", "pk"))
        if request_key and (known := _known(lots, Kind.ISSUE, request_key)):
            return known
        chosen = _usable([one for one in lots if lot is None or one.pk == lot.pk], now)
        left = sum(one.left_thousandths for one in chosen)
        if left < wanted:
            facts = {"wanted": _say(wanted), "left": _say(left), "unit": item.unit, "item": item}
            said = _("%(wanted)s %(unit)s of “%(item)s” are wanted and %(left)s are left; take less, or receive more.")
            raise NotPossible(said % facts)
        made = []
        for one in chosen:
            part = min(wanted, one.left_thousandths)
            if part == 0:
                continue
            wanted -= part
            made.append(
                _move(
                    one, Kind.ISSUE, -part, person, now, words=words, request_key=request_key, session=session,
                    order=order, price=item.price_cny,
                )
            )  # fmt: skip
    return made


def give_back(*, movement: StockMovement, person: Person, quantity: Decimal, now: datetime) -> StockMovement:
    """So much of an issue came back into its lot, and is not charged; never more than went out."""
    require(movement.lot.item.facility, person)
    amount = _thousandths(quantity)
    with transaction.atomic():
        lot = StockLot.objects.select_for_update().get(pk=movement.lot_id)
        rows = lot.movements.filter(kind=Kind.RETURN, words=_back_of(movement))
        back = rows.aggregate(sum=Sum("thousandths"))["sum"] or 0
        if movement.kind != Kind.ISSUE or back + amount > -movement.thousandths:
            said = _("%(left)s of this issue can still come back; give at most that.")
            raise NotPossible(said % {"left": _say(max(0, -movement.thousandths - back))})
        return _move(
            lot, Kind.RETURN, amount, person, now, words=_back_of(movement), session=movement.session,
            order=movement.order, price=movement.unit_price_cny,
        )  # fmt: skip


def count(*, lot: StockLot, person: Person, found: Decimal, now: datetime, words: str = "") -> StockMovement | None:
    """The lot holds what was counted; None when that was on record already."""
    require(lot.item.facility, person)
    held = _thousandths(found, zero=True)
    with transaction.atomic():
        fresh = StockLot.objects.select_for_update().get(pk=lot.pk)
        change = held - fresh.left_thousandths
        if change == 0:
            journal.write(person=person, verb="counted", thing=fresh, at=now, left=_say(held))
            return None
        return _move(fresh, Kind.COUNT, change, person, now, words=words)


def dispose(*, lot: StockLot, person: Person, quantity: Decimal, words: str, now: datetime) -> StockMovement:
    """So much was thrown away, with the reason in words."""
    require(lot.item.facility, person)
    amount = _thousandths(quantity)
    with transaction.atomic():
        fresh = StockLot.objects.select_for_update().get(pk=lot.pk)
        if fresh.left_thousandths < amount:
            said = _("%(left)s are left in lot %(lot)s; give at most that.")
            raise NotPossible(said % {"left": _say(fresh.left_thousandths), "lot": fresh})
        return _move(fresh, Kind.DISPOSAL, -amount, person, now, words=sentence(words, 200))


def levels(facilities: Iterable[Facility], *, on: date) -> list[Level]:
    """Every item that is kept there with what is left on that day; two queries however many there are."""
    full = Prefetch("lots", StockLot.objects.filter(left_thousandths__gt=0).order_by("expires_on", "pk"))
    items = StockItem.objects.filter(facility__in=list(facilities), ended_at=None).prefetch_related(full)
    found = []
    for item in items.select_related("facility").order_by("name", "pk"):
        lots = tuple(item.lots.all())
        gone = sum((one.left for one in lots if one.expires_on is not None and one.expires_on < on), Decimal(0))
        found.append(Level(item, lots, sum((one.left for one in lots), Decimal(0)) - gone, gone))
    return found


def used(*, session: Session | None = None, order: Order | None = None) -> list[Used]:
    """What a session or an order used, by item, at the prices of its issues: what is charged for it."""
    rows = StockMovement.objects.filter(kind__in=(Kind.ISSUE, Kind.RETURN)).select_related("lot__item")
    rows = rows.filter(session=session) if session is not None else rows.filter(order=order, order__isnull=False)
    sums: dict[int, tuple[StockItem, Decimal, Decimal | None]] = {}
    for one in rows:
        item = one.lot.item
        _item, quantity, amount = sums.get(item.pk, (item, Decimal(0), None))
        if one.unit_price_cny is not None:
            amount = (amount or Decimal(0)) - one.quantity * one.unit_price_cny
        sums[item.pk] = (item, quantity - one.quantity, amount)
    return [
        Used(item, quantity, None if amount is None else amount.quantize(CENT, ROUND_HALF_UP))
        for item, quantity, amount in sums.values()
        if quantity
    ]


def due(*, now: datetime) -> int:
    """The stewards hear once that an item runs low, and again after there was enough; upkeep asks."""
    told = 0
    kept = StockItem.objects.filter(Q(minimum__gt=0) | Q(told_at__isnull=False), ended_at=None)
    for level in levels(Facility.objects.filter(pk__in=kept.values("facility")), on=now.date()):
        if not level.low:
            if level.item.told_at is not None:
                StockItem.objects.filter(pk=level.item.pk).update(told_at=None)
            continue
        with transaction.atomic():
            if StockItem.objects.filter(pk=level.item.pk, told_at=None).update(told_at=now):
                people = Person.objects.filter(stewardships__facility=level.item.facility, is_active=True).distinct()
                notices.tell(
                    people, kind="stock.low", now=now, link=f"/desk/stock/{level.item.pk}/", item=level.item.name,
                    left=_say(int(level.left * 1000)), unit=level.item.unit,
                )  # fmt: skip
                told += 1
    return told


def _require_issue(item: StockItem, person: Person, session: Session | None) -> None:
    own = session is not None and session.person_id == person.pk and session.is_running
    if session is not None and own and session.instrument.facility_id == item.facility_id:
        return
    require(item.facility, person)


def _usable(lots: Sequence[StockLot], now: datetime) -> list[StockLot]:
    """Those that are not expired, what expires first on top, what never expires last."""
    fresh = [one for one in lots if one.expires_on is None or one.expires_on >= now.date()]
    return sorted(fresh, key=lambda one: (one.expires_on or date.max, one.pk))


def _known(lots: Sequence[StockLot], kind: str, request_key: str) -> list[StockMovement]:
    rows: QuerySet[StockMovement] = StockMovement.objects.filter(lot__in=lots, kind=kind, request_key=request_key)
    return list(rows)


def _move(
    lot: StockLot, kind: str, thousandths: int, person: Person, now: datetime, *, words: str = "",
    request_key: str = "", session: Session | None = None, order: Order | None = None, price: Decimal | None = None,
) -> StockMovement:  # fmt: skip
    """The movement is on record and the database has carried it into its lot."""
    if request_key and (known := _known([lot], kind, request_key)):
        return known[0]
    try:
        with transaction.atomic():
            made = StockMovement.objects.create(
                lot=lot, kind=kind, thousandths=thousandths, person=person, at=now, words=words.strip()[:200],
                request_key=request_key[:80], session=session, order=order, unit_price_cny=price,
            )  # fmt: skip
    except IntegrityError:
        raise NotPossible(_("Less of lot %(lot)s is left than is taken; look again.") % {"lot": lot}) from None
    journal.write(
        person=person, verb=kind, thing=lot, at=now, quantity=_say(thousandths), movement=made.pk,
        session=session.pk if session else None, order=order.key if order else None,
    )  # fmt: skip
    lot.refresh_from_db(fields=["left_thousandths"])
    return made


def _back_of(movement: StockMovement) -> str:
    return f"#{movement.pk}"


def _thousandths(quantity: Decimal, *, zero: bool = False) -> int:
    """The quantity in whole thousandths; raises NotPossible for none, below zero, or finer."""
    sound = quantity.is_finite() and abs(quantity) < 10**12 and quantity * 1000 == int(quantity * 1000)
    if not sound or quantity < 0 or (quantity == 0 and not zero):
        words = _("Found the quantity %(found)s; expected more than 0 with at most three places.")
        raise NotPossible(words % {"found": quantity})
    return int(quantity * 1000)


def _say(thousandths: int) -> str:
    """The quantity without needless zeros."""
    return f"{Decimal(thousandths) / 1000:f}"
