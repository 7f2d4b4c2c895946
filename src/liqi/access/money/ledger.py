"""The ledger: every entry balances, counts once it is posted, and is corrected by another one, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from liqi.access.models import Account, Charge, ClosedMonth, LedgerEntry, LedgerLine
from liqi.access.money import books
from liqi.access.money.amounts import ZERO, cent
from liqi.access.money.refusal import MonthClosed, Overdrawn, Unable
from liqi.accounts import journal
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution

__all__ = ["account", "balances", "close_month", "post", "recount", "reverse"]

Lines = Iterable[tuple[Account, Decimal]]


def account(
    seller: Institution,
    code: str,
    *,
    organisation: Organisation | None = None,
    person: Person | None = None,
    name: str = "",
    ceiling: Decimal | None = None,
) -> Account:
    """The account of that code and party in the books of the institution, made on first use."""
    party = f"o{organisation.pk}" if organisation else f"p{person.pk}" if person else ""
    key = "/".join([str(seller.pk), code, party, name])
    found, _made = Account.objects.get_or_create(
        key=key,
        defaults={
            "seller": seller, "code": code, "organisation": organisation, "ceiling": ceiling,
            "person": None if organisation else person,
        },
    )  # fmt: skip
    return found


def post(
    seller: Institution,
    kind: str,
    lines: Lines,
    *,
    person: Person | None,
    now: datetime,
    on: date | None = None,
    text: str = "",
    reverses: LedgerEntry | None = None,
    synthetic: bool = False,
) -> LedgerEntry:
    """The entry is in the books: debits above zero, credits below, in all zero.

    Raises Unable for lines that do not balance, Overdrawn where an account would go above its ceiling, MonthClosed;
    after any of them nothing is changed.
    """
    sums: dict[int, Decimal] = {}
    for each, amount in lines:
        sums[each.pk] = sums.get(each.pk, ZERO) + amount
    sums = {key: amount for key, amount in sums.items() if amount}
    if len(sums) < 2 or sum(sums.values()) != 0 or any(amount != cent(amount) for amount in sums.values()):
        raise Unable(
            _("Found lines that sum to %(sum)s; expected two or more in whole fen that sum to zero.")
            % {"sum": sum(sums.values(), ZERO)}
        )
    try:
        with transaction.atomic():
            list(Account.objects.select_for_update().filter(pk__in=sums).order_by("pk"))  # one order: no deadlock
            entry = LedgerEntry.objects.create(
                seller=seller, on=on or books.day_of(now), made_at=now, person=person, kind=kind, text=text[:300],
                reverses=reverses, synthetic=synthetic,
            )  # fmt: skip
            LedgerLine.objects.bulk_create(
                LedgerLine(entry=entry, account_id=key, amount=sums[key]) for key in sorted(sums)
            )
            LedgerEntry.objects.filter(pk=entry.pk).update(posted=True)
    except IntegrityError as problem:
        raise _named(problem) from None
    entry.posted = True
    return entry


def reverse(entry: LedgerEntry, *, person: Person | None, now: datetime, text: str = "") -> LedgerEntry:
    """A new entry of today undoes that one; both stay readable."""
    lines = [(line.account, -line.amount) for line in entry.lines.select_related("account")]
    return post(
        entry.seller, f"reversal of {entry.kind}"[:40], lines, person=person, now=now, text=text or entry.text,
        reverses=entry, synthetic=entry.synthetic,
    )  # fmt: skip


def recount(accounts: Iterable[Account] | None = None) -> dict[int, Decimal]:
    """The balance of every account counted anew from its posted lines."""
    lines = LedgerLine.objects.filter(entry__posted=True)
    if accounts is not None:
        lines = lines.filter(account__in=[each.pk for each in accounts])
    return {row["account"]: row["sum"] for row in lines.values("account").annotate(sum=Sum("amount")).order_by()}


def balances(seller: Institution, *, until: date) -> dict[str, Decimal]:
    """The balance of each account code of the institution after that day."""
    lines = LedgerLine.objects.filter(entry__posted=True, entry__seller=seller, entry__on__lte=until)
    rows = lines.values("account__code").annotate(sum=Sum("amount")).order_by("account__code")
    return {row["account__code"]: row["sum"] for row in rows}


def close_month(seller: Institution, *, first_on: date, person: Person, now: datetime) -> ClosedMonth:
    """Nothing is written in that month any more, and its closing balances are kept.

    Refused while the month runs or charges of it wait for a steward.
    """
    books.require(person, seller)
    first_on = first_on.replace(day=1)
    last_on = (first_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if last_on >= books.day_of(now):
        raise Unable(
            _("%(month)s is not over; close it from %(day)s on.")
            % {"month": f"{first_on:%Y-%m}", "day": last_on + timedelta(days=1)}
        )
    with transaction.atomic():
        waiting = Charge.objects.filter(
            seller=seller, state=Charge.State.PROPOSED, used_on__gte=first_on, used_on__lte=last_on
        ).count()
        if waiting:
            raise Unable(
                _("%(count)s charges of %(month)s are not confirmed; confirm or waive them first.")
                % {"count": waiting, "month": f"{first_on:%Y-%m}"}
            )
        figures = {code: str(amount) for code, amount in balances(seller, until=last_on).items()}
        closed, made = ClosedMonth.objects.get_or_create(
            seller=seller,
            first_on=first_on,
            defaults={"last_on": last_on, "person": person, "at": now, "figures": figures},
        )
        if made:
            journal.write(person=person, verb="closed month", thing=closed, at=now, month=f"{first_on:%Y-%m}")
    return closed


def _named(problem: IntegrityError) -> Exception:
    """The error of the database in the words of the house."""
    said = str(problem)
    if "account_never_overdrawn" in said:
        return Overdrawn(_("There is not enough left for this; add money or choose less."))
    if "ledger_month_open" in said:
        return MonthClosed(_("The books of that month are closed; write it on a day after them."))
    return problem
