"""Quotes: numbered, standing until a day, accepted or declined by whoever asked, expired by the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.models import Charge, Order, Quote
from liqi.access.money import books, pricing
from liqi.access.money.amounts import MOST, ZERO, cent
from liqi.access.money.pricing import Line, Priced
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, membership, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution

__all__ = ["accept", "decline", "drop", "expire", "lines_of", "may_see", "offer", "withdraw"]

DAYS = 30
"""How long a quote stands where nothing is said."""


def lines_of(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Lines from what a steward typed: text or unit, quantity and price; the amount is their product."""
    lines = []
    for row in rows:
        quantity, price = Decimal(str(row["quantity"])), Decimal(str(row["price"]))
        if not _can_stand(quantity, price):
            words = _(
                "Found quantity %(quantity)s at %(price)s; expected a quantity above 0, a price in whole fen, and "
                "¥ %(most)s in all at most."
            )
            raise Unable(words % {"quantity": str(quantity)[:40], "price": str(price)[:40], "most": MOST})
        text, unit = str(row.get("text", ""))[:200], str(row.get("unit", "")) or "item"
        lines.append(Line(unit, quantity, price, cent(quantity * price), text=text, item=str(row.get("item", ""))))
    return lines


def offer(
    *,
    seller: Institution,
    lines: Iterable[Line],
    person: Person,
    now: datetime,
    order: Order | None = None,
    buyer: Person | None = None,
    organisation: Organisation | None = None,
    tax_percent: Decimal = ZERO,
    title: str = "",
    text: str = "",
    valid_until: date | None = None,
) -> Quote:
    """The buyer has a numbered offer; one that stood for the same order is withdrawn by it.

    With ``order`` the buyer is whoever opened it. Raises Unable for no line or a day in the past, NotAllowed.
    """
    books.require(person, seller)
    if order is not None:
        buyer, organisation, title = order.person, order.organisation, title or order.title
    today = books.day_of(now)
    valid_until = valid_until or today + timedelta(days=DAYS)
    found: Priced = pricing.total(lines, tax_percent)
    if not found.lines or (buyer is None and organisation is None):
        raise Unable(_("Found a quote without lines or without a buyer; expected at least one line and who pays."))
    if valid_until < today:
        raise Unable(_("Found %(day)s as the last day; expected today or later.") % {"day": valid_until})
    try:
        with transaction.atomic():
            if order is not None:
                standing = Quote.objects.filter(order=order, state=Quote.State.OFFERED)
                standing.update(state=Quote.State.WITHDRAWN, decided_by=person, decided_at=now)
            quote = Quote.objects.create(
                number=books.number("Q", seller, today), seller=seller, order=order, person=buyer,
                organisation=organisation, title=title[:200], text=text, valid_until=valid_until, made_by=person,
                made_at=now, lines=[line.as_json() for line in found.lines], tax_percent=tax_percent, net=found.net,
                tax=found.tax, synthetic=bool(order and order.synthetic),
            )  # fmt: skip
            journal.write(
                person=person, verb="offered", thing=quote, at=now, number=quote.number, gross=str(quote.gross)
            )
            if buyer is not None:
                notices.tell(
                    [buyer], kind="quote.offered", now=now, link=f"/quotes/{quote.number}/", number=quote.number,
                    title=quote.title, amount=str(quote.gross), until=str(valid_until),
                )  # fmt: skip
    except IntegrityError:
        raise Unable(_("This order has an accepted quote already; withdraw that one first.")) from None
    return quote


def accept(quote: Quote, *, person: Person, now: datetime) -> Quote:
    """The buyer agrees to the price; accepting again changes nothing, an expired quote is refused."""
    _require_buyer(quote, person)
    if quote.state == Quote.State.OFFERED and quote.valid_until < books.day_of(now):
        raise Unable(
            _("Quote %(number)s stood until %(day)s; ask the facility for a new one.")
            % {"number": quote.number, "day": quote.valid_until}
        )
    return _turn(quote, Quote.State.ACCEPTED, person, now, told=[quote.made_by])


def decline(quote: Quote, *, person: Person, now: datetime) -> Quote:
    """The buyer does not agree."""
    _require_buyer(quote, person)
    return _turn(quote, Quote.State.DECLINED, person, now, told=[quote.made_by])


def withdraw(quote: Quote, *, person: Person, now: datetime) -> Quote:
    """The facility offers it no longer; an accepted one only while nothing was charged by it."""
    books.require(person, quote.seller)
    return drop(quote, person=person, now=now)


def drop(quote: Quote, *, person: Person, now: datetime) -> Quote:
    """The quote stands no longer, for this person's step ended its order; not once something was charged by it."""
    charged = quote.order is not None and quote.order.charges.filter(kind=Charge.Kind.SERVICE).exists()
    if quote.state == Quote.State.ACCEPTED and charged:
        raise Unable(_("This quote was charged already; correct the charge instead."))
    told = [one for one in (quote.person, quote.made_by) if one is not None and one != person]
    return _turn(quote, Quote.State.WITHDRAWN, person, now, told=told, also=(Quote.State.ACCEPTED,))


def expire(*, now: datetime) -> int:
    """Quotes whose last day is over stand no longer; how many that were."""
    late = Quote.objects.filter(state=Quote.State.OFFERED, valid_until__lt=books.day_of(now))
    count = 0
    for quote in late.select_related("person", "made_by")[:200]:
        told = [person for person in (quote.person, quote.made_by) if person is not None]
        _turn(quote, Quote.State.EXPIRED, None, now, told=told)
        count += 1
    return count


def may_see(quote: Quote, person: Person) -> bool:
    """Whether it is theirs, their organisation's, or of an institution whose money they look after."""
    return _is_buyer(quote, person) or books.keeps(person, quote.seller)


def _can_stand(quantity: Decimal, price: Decimal) -> bool:
    """Whether a line of so much at that price has an amount that the books can hold."""
    if not (quantity.is_finite() and price.is_finite() and 0 < quantity <= MOST and 0 <= price <= MOST):
        return False
    return cent(price) == price and quantity * price <= MOST


def _is_buyer(quote: Quote, person: Person) -> bool:
    if quote.person_id == person.pk:
        return True
    return quote.organisation is not None and membership.may_act_for(person, quote.organisation)


def _require_buyer(quote: Quote, person: Person) -> None:
    if not _is_buyer(quote, person):
        raise NotAllowed(
            _("This quote is for %(buyer)s; only they may answer it.")
            % {"buyer": books.named(quote.organisation, quote.person)}
        )


def _turn(
    quote: Quote, state: str, person: Person | None, now: datetime, *, told: list[Person], also: tuple[str, ...] = ()
) -> Quote:
    with transaction.atomic():
        standing = Quote.objects.filter(pk=quote.pk, state__in=(Quote.State.OFFERED, *also))
        if standing.update(state=state, decided_by=person, decided_at=now):
            journal.write(person=person, verb=str(state), thing=quote, at=now, number=quote.number)
            notices.tell(
                told, kind=f"quote.{state}", now=now, link=f"/quotes/{quote.number}/", number=quote.number,
                title=quote.title,
            )  # fmt: skip
    quote.refresh_from_db(fields=["state", "decided_by", "decided_at"])
    if quote.state != state:
        raise Unable(
            _("Quote %(number)s is %(state)s, so it cannot change; ask for a new one.")
            % {"number": quote.number, "state": quote.get_state_display()}
        )
    return quote
