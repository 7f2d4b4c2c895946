"""The price of an order: what its service costs, the facility's quote, the customer's word on it, the charge."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers, progress
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, Order, Quote
from liqi.access.money import books, quotes, tables
from liqi.access.money.amounts import cent
from liqi.access.money.pricing import Priced
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Service

__all__ = ["answer", "offer", "price", "standing"]


def price(service: Service, *, samples: int, organisation: Organisation | None, now: datetime) -> Priced | None:
    """What so many samples of the service cost this organisation by the tables in force; None without a price."""
    unit = str(service.price_unit)
    pieces = {(unit, ""): Decimal(samples if unit == "sample" else 1)}
    return tables.of_service(service, organisation=organisation, on=books.day_of(now), pieces=pieces)


def standing(order: Order) -> Quote | None:
    """The quote that is offered or accepted."""
    rows = Quote.objects.filter(order=order, state__in=(Quote.State.OFFERED, Quote.State.ACCEPTED))
    return rows.select_related("seller", "person", "organisation", "made_by").first()


def offer(
    *,
    commission: Commission,
    rows: Iterable[Mapping[str, Any]],
    person: Person,
    now: datetime,
    tax_percent: str | Decimal = "0",
    valid_until: date | None = None,
    text: str = "",
) -> Quote:
    """The customer has a quote with these lines (text, quantity, price), and it is their turn; the one before falls.

    Raises NotPossible, NotAllowed, and money's Unable for lines that cannot be.
    """
    order = commission.order
    keepers.require_keeper(person, order.service)
    assert order.service is not None
    try:
        lines = quotes.lines_of(rows)
        percent = Decimal(str(tax_percent or 0))
    except (InvalidOperation, KeyError):
        raise NotPossible(_("Found a line that is no price; expected a text, a quantity and a price a line.")) from None
    if not percent.is_finite() or not 0 <= percent <= 50 or percent != cent(percent):
        words = _("Found a tax of %(percent)s %%; expected 0 to 50, with two places at most.")
        raise NotPossible(words % {"percent": str(percent)[:40]})
    with transaction.atomic():
        _hold(commission)
        quote = quotes.offer(
            seller=order.service.institution, lines=lines, person=person, now=now, order=order,
            tax_percent=percent, valid_until=valid_until, text=text,
        )  # fmt: skip
        progress.take(commission=commission, verb="quote", person=person, now=now, reason=text, again=True)
    return quote


def answer(*, quote: Quote, verb: str, person: Person, now: datetime) -> Quote:
    """The quote is accepted, declined or withdrawn; that of a sample order takes its order along, by the order's rules.

    Raises NotPossible, NotAllowed, and money's Unable.
    """
    if verb not in _ANSWERS:
        facts = {"found": verb[:40], "known": ", ".join(_ANSWERS)}
        raise NotPossible(_("Found the answer “%(found)s”; expected one of %(known)s.") % facts)
    commission = Commission.objects.filter(order=quote.order_id).first() if quote.order_id else None
    if commission is None:
        return _ANSWERS[verb](quote, person=person, now=now)
    if verb == "withdraw":
        raise NotPossible(
            _("This quote belongs to a sample order; on the page of the order make a new quote, or refuse the order.")
        )
    standing = Quote.State.ACCEPTED if verb == "accept" else Quote.State.OFFERED
    with transaction.atomic():
        _hold(commission)
        quote.refresh_from_db()  # it may have been replaced by another price since it was looked at
        if quote.state not in (Quote.State.OFFERED, standing):
            raise NotPossible(_("This quote does not stand any more; look at the page of the order."))
        progress.take(commission=commission, verb=verb, person=person, now=now)
        quote.refresh_from_db()
    return quote


def _hold(commission: Commission) -> None:
    """Nobody else quotes, answers or takes a step until the transaction ends."""
    Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)


_ANSWERS: dict[str, Callable[..., Quote]] = {
    "accept": quotes.accept, "decline": quotes.decline, "withdraw": quotes.withdraw,
}  # fmt: skip
