"""The subsidy of an order: the innovation voucher that its customer named, how much of the quote it pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.access.commissions.states import NotPossible, words
from liqi.access.models import Charge, Commission, Order, Quote, Voucher, VoucherUse
from liqi.access.money import books, budgets, charges, entitlement, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, membership
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution

__all__ = ["Choice", "Split", "choices", "give_back", "hold", "is_sharing", "name", "split", "use"]


@dataclass(frozen=True)
class Split:
    """What the voucher pays of a sum and what is left for the customer; ``held`` once nobody else can use it up."""

    voucher: Voucher
    pays: Decimal
    rest: Decimal
    held: bool
    why_not: str = ""
    """Why it pays nothing as things are."""


@dataclass(frozen=True)
class Choice:
    """A voucher that could be named, and why it cannot pay, blank where it can."""

    voucher: Voucher
    why_not: str


def choices(person: Person, seller: Institution, *, on: date, named: Voucher | None = None) -> list[Choice]:
    """The vouchers of the person's firms, applied for or issued, and the one named: each with what is against it."""
    states = (Voucher.State.ISSUED, Voucher.State.APPLIED)
    mine = Q(organisation__memberships__person=person, state__in=states)
    rows = Voucher.objects.filter(mine | Q(pk=named.pk) if named is not None else mine)
    found = list(rows.select_related("programme", "organisation").distinct().order_by("valid_until", "pk")[:50])
    return [Choice(*each) for each in zip(found, entitlement.objections(found, seller=seller, on=on), strict=True)]


def name(*, commission: Commission, number: str, person: Person, now: datetime) -> Commission:
    """The customer wants a part paid by the voucher of this number, by none where it is blank.

    Where a quote is accepted already it is held at once. Raises Unable with why the voucher cannot pay, NotPossible
    once the order is over or invoiced, NotAllowed for who is not the customer.
    """
    number = number.strip()
    with transaction.atomic():
        held = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
        order = Order.objects.select_related("service__institution", "organisation", "person").get(pk=held.order_id)
        keepers.require_customer(person, order)
        closed = _closed(held, order)
        if number == (held.voucher.number if held.voucher else ""):
            if not closed:
                hold(held, person=person, now=now)
            return held
        if closed:
            raise NotPossible(closed)
        before = held.voucher
        vouchers.free(order, person=person, now=now)
        held.voucher = _found(number, order, person, on=books.day_of(now)) if number else None
        held.save(update_fields=["voucher"])
        journal.write(
            person=person, verb="named voucher", thing=order, at=now, number=number,
            before=before.number if before else "",
        )  # fmt: skip
        hold(held, person=person, now=now)
    return held


def hold(commission: Commission, *, person: Person, now: datetime) -> None:
    """The accepted quote is provided for: the named voucher's part of it is held, else the budget that pays it sets
    it aside.

    Raises Unable, with why, where the voucher can pay nothing of it any more.
    """
    _reserve(commission, person=person, now=now)
    budgets.follow_order(commission.order, now=now)


def _reserve(commission: Commission, *, person: Person, now: datetime) -> VoucherUse | None:
    """The named voucher's part of the accepted quote is held for the order; None without a voucher or such a quote."""
    order = commission.order
    quote = Quote.objects.filter(order=order, state=Quote.State.ACCEPTED).select_related("seller").first()
    if commission.voucher_id is None or quote is None or not quote.gross:
        return None
    if kept := VoucherUse.objects.filter(order=order).exclude(state=VoucherUse.State.RELEASED).first():
        return kept
    voucher = Voucher.objects.select_related("programme", "organisation").get(pk=commission.voucher_id)
    by = person if membership.may_act_for(person, voucher.organisation) else order.person
    charges.by_invoice(order, person=person, now=now)
    try:
        return vouchers.reserve(
            voucher, order=order, seller=quote.seller, contract=quote.gross, person=by, now=now,
            sharing=is_sharing(order),
        )  # fmt: skip
    except Unable as problem:
        hint = _("Name another voucher on the order, or none; then go on.")
        raise Unable(f"{problem} {hint}") from None


def use(*, order: Order, number: str, person: Person, now: datetime) -> VoucherUse:
    """The voucher of this number pays its part of the order's accepted quote; Unable says why it cannot."""
    quote = Quote.objects.filter(order=order, state=Quote.State.ACCEPTED).select_related("seller").first()
    if quote is None:
        raise Unable(_("The order has no accepted quote yet; name the voucher on its page, and accept the quote."))
    with transaction.atomic():
        if commission := Commission.objects.filter(order=order).first():
            name(commission=commission, number=number, person=person, now=now)
        else:
            charges.by_invoice(order, person=person, now=now)
            vouchers.reserve(
                _known(number, person), order=order, seller=quote.seller, contract=quote.gross, person=person,
                now=now, sharing=is_sharing(order),
            )  # fmt: skip
    made = VoucherUse.objects.select_related("voucher").filter(order=order).exclude(state=VoucherUse.State.RELEASED)
    return made.get()


def give_back(*, use: VoucherUse, person: Person, now: datetime) -> VoucherUse:
    """The voucher can be used for something else, and its order names it no longer; not once it is on an invoice."""
    with transaction.atomic():
        freed = vouchers.release(use, person=person, now=now)
        Commission.objects.filter(order=use.order_id, voucher=use.voucher_id).update(voucher=None)
        if Commission.objects.filter(order=use.order_id).exists():
            budgets.follow_order(use.order, now=now)
    return freed


def split(order: Order, sum_cny: Decimal, *, on: date) -> Split | None:
    """Who pays how much of that sum: what is held or invoiced, else what the named voucher could pay on that day."""
    uses = VoucherUse.objects.filter(order=order).exclude(state=VoucherUse.State.RELEASED)
    use = uses.select_related("voucher__programme", "voucher__organisation").first()
    if use is not None:
        return Split(use.voucher, use.amount, max(sum_cny - use.amount, Decimal(0)), held=True)
    rows = Commission.objects.filter(order=order, voucher__isnull=False)
    commission = rows.select_related("voucher__programme", "voucher__organisation").first()
    if commission is None or commission.voucher is None or order.service is None:
        return None
    voucher, seller = commission.voucher, order.service.institution
    pays, why_not = entitlement.part(
        voucher, organisation=order.organisation, seller=seller, contract=sum_cny, sharing=is_sharing(order), on=on
    )
    return Split(voucher, pays, sum_cny - pays, held=False, why_not=why_not)


def is_sharing(order: Order) -> bool:
    """Whether the order uses a shared instrument, which some programmes pay at a higher rate."""
    return order.instrument_id is not None or (order.service is not None and order.service.instruments.exists())


def _closed(commission: Commission, order: Order) -> str:
    """Why the order is paid as it is; blank while a voucher can still be named."""
    if commission.is_over:
        words_of = {"state": words(commission.state)}
        return _("The order is “%(state)s”, so nothing is to be paid by a voucher.") % words_of
    billed = (Charge.State.INVOICED, Charge.State.SETTLED)
    if order.charges.filter(kind=Charge.Kind.SERVICE, state__in=billed).exists():
        return _("The order is billed already; ask the facility to take that back first.")
    return ""


def _found(number: str, order: Order, person: Person, *, on: date) -> Voucher:
    """The voucher of this number where it can pay of the order."""
    voucher = _known(number, person)
    assert order.service is not None
    if why := entitlement.objection(voucher, organisation=order.organisation, seller=order.service.institution, on=on):
        raise Unable(why)
    return voucher


def _known(number: str, person: Person) -> Voucher:
    """The voucher of this number of a firm that the person acts for."""
    voucher = Voucher.objects.select_related("programme", "organisation").filter(number=number).first()
    if voucher is None or not membership.may_act_for(person, voucher.organisation):
        raise Unable(
            _("Found voucher “%(number)s”; expected one of your firm, as it is numbered under “Innovation vouchers”.")
            % {"number": number[:40]}
        )
    return voucher
