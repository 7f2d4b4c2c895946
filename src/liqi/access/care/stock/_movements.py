"""Movements of stock: received, issued, brought back, counted, disposed of; added, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from liqi.access.care.refusal import NotPossible, sentence
from liqi.access.care.stock._items import require
from liqi.access.models import Order, Session, StockItem, StockLot, StockMovement
from liqi.accounts import journal
from liqi.accounts.models import Person

Kind = StockMovement.Kind


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
            if {one.person_id for one in known} != {person.pk} or -sum(one.thousandths for one in known) != wanted:
                raise NotPossible(_("This request key belongs to another issue; send a new key with a new request."))
            return known
        chosen = _usable([one for one in lots if lot is None or one.pk == lot.pk], now)
        left = sum(one.left_thousandths for one in chosen)
        if left < wanted:
            facts = {"wanted": say(wanted), "left": say(left), "unit": item.unit, "item": item}
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
            raise NotPossible(said % {"left": say(max(0, -movement.thousandths - back))})
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
            journal.write(person=person, verb="counted", thing=fresh, at=now, left=say(held))
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
            raise NotPossible(said % {"left": say(fresh.left_thousandths), "lot": fresh})
        return _move(fresh, Kind.DISPOSAL, -amount, person, now, words=sentence(words, 200))


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
    _queue(session, order)
    try:
        with transaction.atomic():
            made = StockMovement.objects.create(
                lot=lot, kind=kind, thousandths=thousandths, person=person, at=now, words=words.strip()[:200],
                request_key=request_key[:80], session=session, order=order, unit_price_cny=price,
            )  # fmt: skip
    except IntegrityError:
        raise NotPossible(_("Less of lot %(lot)s is left than is taken; look again.") % {"lot": lot}) from None
    journal.write(
        person=person, verb=kind, thing=lot, at=now, quantity=say(thousandths), movement=made.pk,
        session=session.pk if session else None, order=order.key if order else None,
    )  # fmt: skip
    lot.refresh_from_db(fields=["left_thousandths"])
    return made


def _queue(session: Session | None, order: Order | None) -> None:
    """Nobody else moves stock for the same session or order until the transaction ends.

    So what is used for it comes on record in the order of its numbers, as `liqi.access.consumables` charges it.
    """
    if session is not None:
        Session.objects.select_for_update(of=("self",)).only("pk").get(pk=session.pk)
    elif order is not None:
        Order.objects.select_for_update(of=("self",)).only("pk").get(pk=order.pk)


def _back_of(movement: StockMovement) -> str:
    return f"#{movement.pk}"


def _thousandths(quantity: Decimal, *, zero: bool = False) -> int:
    """The quantity in whole thousandths; raises NotPossible for none, below zero, or finer."""
    sound = quantity.is_finite() and abs(quantity) < 10**12 and quantity * 1000 == int(quantity * 1000)
    if not sound or quantity < 0 or (quantity == 0 and not zero):
        words = _("Found the quantity %(found)s; expected more than 0 with at most three places.")
        raise NotPossible(words % {"found": quantity})
    return int(quantity * 1000)


def say(thousandths: int) -> str:
    """The quantity without needless zeros."""
    return f"{Decimal(thousandths) / 1000:f}"
