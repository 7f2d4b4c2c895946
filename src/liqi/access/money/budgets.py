"""Budgets: what a group may spend, set aside when a time is booked, settled when it was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from liqi.access.models import (
    HOLDING,
    Account,
    Booking,
    Budget,
    Charge,
    Hold,
    LedgerEntry,
    LedgerLine,
    Order,
    Quote,
    VoucherUse,
)
from liqi.access.money import books, ledger, tables
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution

__all__ = [
    "Movement",
    "add",
    "begin",
    "close",
    "follow",
    "follow_order",
    "hold",
    "may_see",
    "of",
    "release",
    "require_sight",
    "short",
    "statement",
    "sweep",
]


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry that moved a budget: by how much, and what stood after it."""

    entry: LedgerEntry
    left_change: Decimal
    held_change: Decimal
    left: Decimal
    held: Decimal


def begin(
    *, seller: Institution, organisation: Organisation, title: str, person: Person, now: datetime,
    project: Project | None = None, amount: Decimal = ZERO,
) -> Budget:  # fmt: skip
    """The group has money to spend at the institution; its ledger never lets it be overdrawn."""
    books.require(person, seller)
    if not title.strip() or (project is not None and project.organisation_id != organisation.pk):
        raise Unable(_("Found no title, or a project of another group; give the budget a title and its own project."))
    with transaction.atomic():
        name = f"{Budget.objects.filter(seller=seller, organisation=organisation).count() + 1}"
        made = [
            ledger.account(seller, code, organisation=organisation, name=name, ceiling=ZERO)
            for code in (Account.Code.AVAILABLE, Account.Code.RESERVED)
        ]
        budget = Budget.objects.create(
            seller=seller, organisation=organisation, project=project, title=title.strip()[:200], available=made[0],
            reserved=made[1],
        )  # fmt: skip
        journal.write(person=person, verb="began budget", thing=budget, at=now, title=budget.title)
        if amount:
            add(budget, amount, person=person, now=now)
    return budget


def add(budget: Budget, amount: Decimal, *, person: Person, now: datetime, text: str = "") -> Budget:
    """So much more can be spent; below zero it is taken away, but never more than is left."""
    books.require(person, budget.seller)
    _require_open(budget)
    with transaction.atomic():
        funding = ledger.account(budget.seller, Account.Code.FUNDING)
        lines = [(funding, amount), (budget.available, -amount)]
        ledger.post(budget.seller, "budget", lines, person=person, now=now, text=text or budget.title)
        journal.write(person=person, verb="added money", thing=budget, at=now, amount=str(amount), text=text)
    return _fresh(budget)


def close(budget: Budget, *, person: Person, now: datetime, back: bool = False) -> Budget:
    """Nothing more is booked on it; with ``back`` it is open again."""
    books.require(person, budget.seller)
    with transaction.atomic():
        if Budget.objects.filter(pk=budget.pk, closed=back).update(closed=not back):
            journal.write(person=person, verb="opened budget" if back else "closed budget", thing=budget, at=now)
    return _fresh(budget)


def of(organisation: Organisation | None, seller: Institution | None, project: Project | None = None) -> Budget | None:
    """The open budget that pays for this group there: the project's, else one without a project, oldest first."""
    if organisation is None or seller is None:
        return None
    rows = Budget.objects.filter(seller=seller, organisation=organisation, closed=False)
    found = list(rows.select_related("available", "reserved").order_by("pk"))
    for each in found:
        each.organisation, each.seller = organisation, seller
    own = [each for each in found if project is not None and each.project_id == project.pk]
    return next(iter(own or [each for each in found if each.project_id is None]), None)


def follow(booking: Booking, *, now: datetime, new: bool = False) -> Hold | None:
    """What is set aside for the booking is what it costs while it holds its instrument, and nothing afterwards.

    Call it in the transaction of every change of a booking (`rules.budget.follow` does); calling it again changes
    nothing, ``new`` saves looking for an earlier hold. Raises Overdrawn where the group has less left than it costs.
    """
    if new and booking.organisation_id is None:
        return None
    rows = Hold.objects.select_related("budget__available", "budget__reserved")
    kept = None if new else rows.filter(booking=booking).first()
    if not booking.is_live:
        return release(kept, now=now) if kept is not None else None
    seller = booking.instrument.institution
    budget = kept.budget if kept is not None else of(booking.organisation, seller, booking.order.project)
    if budget is None or (kept is not None and kept.state == Hold.State.SETTLED):
        return kept
    found = tables.of_instrument(
        booking.instrument, organisation=booking.organisation, starts_at=booking.starts_at, ends_at=booking.ends_at
    )
    return hold(budget, found.gross if found else ZERO, booking=booking, now=now)


def follow_order(order: Order, *, now: datetime) -> Hold | None:
    """What is set aside for a sample order is its accepted quote where a budget pays it, until it is charged.

    Call it in the transaction of every change of its quote or voucher: what a voucher pays a part of is invoiced, so
    nothing is set aside for it, nor where the group has less left: whoever confirms the charge then adds money or
    invoices it. Calling it again changes nothing.
    """
    kept = Hold.objects.select_related("budget__available", "budget__reserved").filter(order=order).first()
    if Charge.objects.filter(order=order, kind=Charge.Kind.SERVICE).exists():
        return kept
    accepted = Quote.objects.select_related("seller", "organisation")
    quote = accepted.filter(order=order, state=Quote.State.ACCEPTED).first()
    split = VoucherUse.objects.filter(order=order, state=VoucherUse.State.RESERVED).exists()
    budget = None
    if quote is not None and not split:
        held = kept is not None and kept.state == Hold.State.HELD
        budget = kept.budget if kept is not None and held else of(quote.organisation, quote.seller, order.project)
    if quote is None or budget is None:
        return release(kept, now=now) if kept is not None else None
    try:
        return hold(budget, quote.gross, order=order, now=now)
    except Overdrawn:
        return None


def hold(
    budget: Budget, amount: Decimal, *, now: datetime, booking: Booking | None = None, order: Order | None = None
) -> Hold:
    """So much of the budget is set aside for this booking or order; Overdrawn where less is left."""
    with transaction.atomic():
        kept, _made = Hold.objects.get_or_create(
            booking=booking, order=order, defaults={"budget": budget, "amount": ZERO, "at": now}
        )
        kept = Hold.objects.select_for_update().get(pk=kept.pk)
        if kept.state == Hold.State.SETTLED:
            return kept
        before = kept.amount if kept.state == Hold.State.HELD else ZERO
        if amount != before:
            difference = amount - before
            try:
                lines = [(budget.available, difference), (budget.reserved, -difference)]
                what = f"booking {booking.pk}" if booking else f"order {order.key}" if order else ""
                ledger.post(budget.seller, "set aside", lines, person=None, now=now, text=what)
            except Overdrawn:
                raise Overdrawn(short(budget, difference)) from None
        Hold.objects.filter(pk=kept.pk).update(budget=budget, amount=amount, state=Hold.State.HELD, at=now)
        kept.refresh_from_db()
    return kept


def release(kept: Hold, *, now: datetime) -> Hold:
    """What was set aside can be spent again; releasing it again changes nothing."""
    with transaction.atomic():
        if Hold.objects.filter(pk=kept.pk, state=Hold.State.HELD).update(state=Hold.State.RELEASED, at=now):
            budget = kept.budget
            if kept.amount:
                lines = [(budget.available, -kept.amount), (budget.reserved, kept.amount)]
                text = str(kept.booking_id or (kept.order.key if kept.order else ""))
                ledger.post(budget.seller, "given back", lines, person=None, now=now, text=text)
    kept.refresh_from_db()
    return kept


def short(budget: Budget, amount: Decimal) -> str:
    """That there is less left than this costs, and what to do."""
    left = -Account.objects.get(pk=budget.available_id).balance
    words = _("This costs ¥ %(amount)s and budget “%(budget)s” has ¥ %(left)s left; choose less time, or ask %(who)s.")
    said = {
        "amount": amount,
        "budget": budget.title,
        "left": left,
        "who": called(budget.organisation),
    }
    return words % said


def sweep(*, now: datetime) -> int:
    """What was set aside for bookings that will not be charged is given back; how many.

    That is where they hold their instrument no longer, and where nobody used them and the time to charge them is over.
    """
    waiting = Charge.objects.filter(booking=OuterRef("booking"), state=Charge.State.PROPOSED)
    passed = Q(booking__ends_at__lt=now - books.BACK) & ~Exists(waiting)
    rows = Hold.objects.filter(~Q(booking__state__in=HOLDING) | passed, state=Hold.State.HELD, booking__isnull=False)
    count = 0
    for kept in rows.select_related("budget__available", "budget__reserved", "budget__seller")[:200]:
        release(kept, now=now)
        count += 1
    return count


def statement(budget: Budget) -> list[Movement]:
    """Every movement of the budget, oldest first, with what was left and what was set aside after it."""
    accounts = (budget.available_id, budget.reserved_id)
    lines = LedgerLine.objects.filter(account__in=accounts, entry__posted=True).select_related("entry")
    changes: dict[LedgerEntry, dict[int, Decimal]] = {}
    for line in lines.order_by("entry_id", "pk"):
        changes.setdefault(line.entry, {})[line.account_id] = -line.amount
    left = held = ZERO
    rows = []
    for entry, change in changes.items():
        of_left, of_held = change.get(accounts[0], ZERO), change.get(accounts[1], ZERO)
        left, held = left + of_left, held + of_held
        rows.append(Movement(entry, of_left, of_held, left, held))
    return rows


def may_see(budget: Budget, person: Person) -> bool:
    """Whether they are of the group, or look after the money of the institution."""
    mine = person.memberships.filter(organisation=budget.organisation).exists()
    return mine or books.keeps(person, budget.seller)


def require_sight(budget: Budget, person: Person) -> None:
    """Raise NotAllowed unless they are of the group or keep the books."""
    if not may_see(budget, person):
        raise NotAllowed(_("This budget is %(group)s's; ask a lead of it.") % {"group": called(budget.organisation)})


def _require_open(budget: Budget) -> None:
    if budget.closed:
        raise Unable(_("Budget “%(budget)s” is closed; open it again first.") % {"budget": budget.title})


def _fresh(budget: Budget) -> Budget:
    return Budget.objects.select_related("available", "reserved", "organisation", "seller", "project").get(pk=budget.pk)
