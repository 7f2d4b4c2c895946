"""Innovation vouchers (创新券): applied for, issued, reserved for an order, used on its invoice, redeemed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liqi import policy
from liqi.access.models import Invoice, Order, Voucher, VoucherAllowance, VoucherProgramme, VoucherUse
from liqi.access.money import books, entitlement, parties, programmes
from liqi.access.money.amounts import ZERO, fen
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.accounts import journal, membership, notices
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution

__all__ = [
    "apply",
    "cut",
    "expire",
    "for_invoice",
    "free",
    "give_back",
    "issue",
    "refuse",
    "release",
    "reserve",
    "trim",
]

State, UseState = Voucher.State, VoucherUse.State
FEN = Decimal("0.01")
RESERVED = "reserved"
"""The line of the journal that says what a use paid of which contract before an invoice cut it."""


def apply(
    programme: VoucherProgramme, *, organisation: Organisation, asked: Decimal, subject: Mapping[str, Any],
    person: Person, now: datetime, rules: Mapping[str, policy.Rule] | None = None,
) -> Voucher:  # fmt: skip
    """The firm's application is on record with what the programme's rule says to it; an operator decides.

    `rules` are those in use here; without them, those that ship. Unable where the programme is not open, the firm is
    registered elsewhere, or the rule says no.
    """
    membership.require(person, organisation)
    on = books.day_of(now)
    programmes.require_open(programme, on)
    profile = parties.of(organisation)
    if programme.firm_places and not entitlement.is_within(profile.place if profile else "", programme.firm_places):
        raise Unable(
            _("“%(programme)s” is for firms registered in %(places)s; say in its billing details where yours is.")
            % {"programme": programme.title, "places": ", ".join(programme.firm_places)}
        )
    said = programmes.verdict(programme, subject, on=on, rules=rules)
    if said is not None and said.result == "no":
        raise Unable(
            _("By the answers given this programme is not for you: %(clause)s")
            % {"clause": said.rule.cited(said.language)}
        )
    if not 0 < asked <= programme.cap_year:
        raise Unable(
            _("Found ¥ %(asked)s; expected more than 0 and at most ¥ %(cap)s.")
            % {"asked": asked, "cap": programme.cap_year}
        )
    with transaction.atomic():
        voucher = Voucher.objects.create(
            number=books.number("V", None, on), programme=programme, organisation=organisation, asked=asked,
            subject={key: str(value) for key, value in subject.items()}, verdict=_plain(said), applied_by=person,
            applied_at=now, synthetic=programme.synthetic,
        )  # fmt: skip
        journal.write(person=person, verb="applied for", thing=voucher, at=now, number=voucher.number, asked=str(asked))
        notices.tell(
            Person.objects.filter(is_operator=True), kind="voucher.applied", now=now, link="/desk/vouchers/",
            number=voucher.number, organisation=organisation, amount=str(asked),
        )  # fmt: skip
    return voucher


def issue(voucher: Voucher, *, person: Person, now: datetime, amount: Decimal | None = None) -> Voucher:
    """The firm may use so much (all it asked for, if not said) until the voucher ends."""
    books.require_operator(person)
    amount = voucher.asked if amount is None else amount
    if not 0 < amount <= voucher.programme.cap_year:
        raise Unable(
            _("Found ¥ %(asked)s; expected more than 0 and at most ¥ %(cap)s.")
            % {"asked": amount, "cap": voucher.programme.cap_year}
        )
    until = programmes.last_day(voucher.programme, books.day_of(now))
    return _decide(voucher, State.ISSUED, person, now, amount=amount, valid_until=until)


def refuse(voucher: Voucher, *, reason: str, person: Person, now: datetime) -> Voucher:
    """The application is refused, with the reason."""
    books.require_operator(person)
    if not reason.strip():
        raise Unable(_("Found no reason; say in a few words why the application is refused."))
    return _decide(voucher, State.REFUSED, person, now, reason=reason.strip()[:300])


def reserve(
    voucher: Voucher, *, order: Order, seller: Institution, contract: Decimal, person: Person, now: datetime,
    sharing: bool = False, amount: Decimal | None = None,
) -> VoucherUse:  # fmt: skip
    """So much of the order is paid by the voucher (all it can pay, if not said); never over a cap, also in a race."""
    membership.require(person, voucher.organisation)
    on = books.day_of(now)
    with transaction.atomic():
        programme = VoucherProgramme.objects.select_for_update().get(pk=voucher.programme_id)
        voucher = Voucher.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=voucher.pk)
        voucher.programme = programme
        most, why = entitlement.part(
            voucher, organisation=order.organisation, seller=seller, contract=contract, sharing=sharing, on=on
        )
        if why:
            raise Overdrawn(why)
        amount = most if amount is None else amount
        if not 0 < amount <= most:
            raise Overdrawn(
                _("Voucher %(number)s can pay ¥ %(most)s of this order of ¥ %(contract)s; it pays whole ¥ %(step)s.")
                % {"number": voucher.number, "most": most, "contract": contract, "step": programme.step}
            )
        allowance, _made = VoucherAllowance.objects.get_or_create(
            programme=programme, organisation=voucher.organisation, year=on.year, defaults={"cap": programme.cap_year}
        )
        try:
            with transaction.atomic():
                _move(programme, allowance, voucher, amount)
                use = VoucherUse.objects.create(
                    voucher=voucher, allowance=allowance, seller=seller, order=order, contract=contract, amount=amount,
                    at=now, synthetic=voucher.synthetic,
                )  # fmt: skip
        except IntegrityError as problem:
            if "voucheruse_one_an_order" in str(problem) or "order_id" in str(problem):
                raise Unable(_("A voucher pays a part of this order already; take it back first.")) from None
            raise Overdrawn(_("Voucher %(number)s has less left than that.") % {"number": voucher.number}) from None
        journal.write(
            person=person, verb=RESERVED, thing=use, at=now, order=order.key, amount=str(amount), contract=str(contract)
        )
    return use


def release(use: VoucherUse, *, person: Person, now: datetime) -> VoucherUse:
    """The voucher can be used for something else; not once it stands on an invoice."""
    membership.require(person, use.voucher.organisation)
    with transaction.atomic():
        _queue([use.order_id])
        if _freed(use, person, now):
            return use
    raise Unable(_("This voucher stands on an invoice; take the invoice back first."))


def free(order: Order, *, person: Person, now: datetime) -> Decimal:
    """What was reserved for the order can be used for something else, for it ended or is paid otherwise; how much."""
    with transaction.atomic():
        _queue([order.pk])
        rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order=order, state=UseState.RESERVED)
        found = list(rows.select_related("voucher__programme", "allowance"))
        return sum((use.amount for use in found if _freed(use, person, now)), ZERO)


def for_invoice(costs: Mapping[int, Decimal], *, now: datetime) -> list[VoucherUse]:
    """The reserved uses for these orders, cut down where the agreed price of an order became less than its contract.

    ``costs`` says for each order what of its agreed price is invoiced, tax included.
    """
    _queue(costs)
    rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order__in=costs, state=UseState.RESERVED)
    found = list(rows.select_related("voucher__programme", "allowance").order_by("pk"))
    for use in found:
        _cut(use, costs[use.order_id], now)
    return [use for use in found if use.amount > 0]


def cut(costs: Mapping[int, Decimal], *, invoice: Invoice, now: datetime) -> list[tuple[VoucherUse, Decimal]]:
    """The vouchers on the invoice pay less where these orders became cheaper, tax included: each with how much less.

    Raises Unable where the voucher's part was handed in to the authority already.
    """
    _queue(costs)
    rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order__in=costs, invoice=invoice)
    found = []
    for use in rows.select_related("voucher__programme", "allowance").order_by("pk"):
        if costs[use.order_id] < use.contract and use.state != UseState.USED:
            raise Unable(_("Its voucher was handed in to the authority already; credit the charge instead."))
        if less := _cut(use, costs[use.order_id], now):
            found.append((use, less))
    return found


def give_back(invoice: Invoice) -> None:
    """The uses on the invoice, which is taken back, are reserved for their orders again.

    One that the invoice had cut pays of its whole contract again where its caps still leave that, else what it paid.
    """
    mine = VoucherUse.objects.filter(invoice=invoice)
    _queue(set(mine.values_list("order", flat=True)))
    rows = VoucherUse.objects.select_for_update(of=("self",)).select_related("voucher__programme", "allowance")
    for pk in list(mine.order_by("pk").values_list("pk", flat=True)):
        use = rows.get(pk=pk)  # one by one: two may be of one voucher
        contract, amount = _before_cuts(use)
        more = amount - use.amount
        if 0 < more <= _room(use):
            _move(use.voucher.programme, use.allowance, use.voucher, more)
            use.contract, use.amount = contract, amount
        use.state, use.invoice = UseState.RESERVED, None
        use.save(update_fields=["contract", "amount", "state", "invoice"])


def trim(uses: Iterable[VoucherUse], most: Decimal) -> Decimal:
    """The uses pay a fen less each, until they pay ``most`` less; how much less, for some pay whole steps only."""
    left = most
    for use in uses:
        less = use.voucher.programme.step
        if less <= min(left, FEN) and use.amount > less:
            _move(use.voucher.programme, use.allowance, use.voucher, -less)
            use.amount -= less
            VoucherUse.objects.filter(pk=use.pk).update(amount=use.amount)
            left -= less
    return most - left


def expire(*, now: datetime) -> int:
    """Vouchers whose last day is over can be reserved no more; how many that were."""
    rows = Voucher.objects.filter(state=State.ISSUED, valid_until__lt=books.day_of(now))
    count = 0
    for voucher in rows[:200]:
        with transaction.atomic():
            if Voucher.objects.filter(pk=voucher.pk, state=State.ISSUED).update(state=State.EXPIRED):
                journal.write(person=None, verb="expired", thing=voucher, at=now, number=voucher.number)
                count += 1
    return count


def _queue(orders: Iterable[int]) -> None:
    """Nobody else moves what the vouchers of these orders pay until the transaction ends.

    The programme is locked before any use of it, here as in ``reserve``, so that no two wait for each other.
    """
    states = (UseState.RESERVED, UseState.USED)
    paid = VoucherUse.objects.filter(order__in=set(orders), state__in=states).values("voucher__programme")
    list(VoucherProgramme.objects.select_for_update().filter(pk__in=paid).order_by("pk").values_list("pk"))


def _cut(use: VoucherUse, cost: Decimal, now: datetime) -> Decimal:
    """The use pays the same share of an order that became so cheap, in whole steps; how much less that is."""
    if cost >= use.contract:
        return ZERO
    cost = max(cost, ZERO)
    programme, before = use.voucher.programme, use.amount
    fair = (use.amount * cost / use.contract / programme.step).quantize(Decimal(1), rounding=ROUND_FLOOR)
    amount = (fair * programme.step).quantize(Decimal("0.01"))
    _move(programme, use.allowance, use.voucher, amount - before)
    if amount <= 0:
        VoucherUse.objects.filter(pk=use.pk).update(state=UseState.RELEASED, invoice=None, at=now)
    else:
        VoucherUse.objects.filter(pk=use.pk).update(amount=amount, contract=cost)
    use.amount, use.contract = amount, cost
    less: Decimal = before - amount
    return less


def _before_cuts(use: VoucherUse) -> tuple[Decimal, Decimal]:
    """The contract and the part of it that the use was reserved with; what it has where that was not kept."""
    made = journal.read(use).filter(verb=RESERVED).first()
    if made is None or "contract" not in made.facts:
        return use.contract, use.amount
    return Decimal(made.facts["contract"]), Decimal(made.facts["amount"])


def _room(use: VoucherUse) -> Decimal:
    """The least that its voucher, its firm's year and its programme have left."""
    programme, allowance = use.voucher.programme, use.allowance
    left: list[Decimal] = [use.voucher.left, allowance.cap - allowance.reserved]
    if programme.total is not None:
        left.append(programme.total - programme.reserved)
    return min(left)


def _freed(use: VoucherUse, person: Person, now: datetime) -> bool:
    if VoucherUse.objects.filter(pk=use.pk, state=UseState.RESERVED).update(state=UseState.RELEASED, at=now):
        _move(use.voucher.programme, use.allowance, use.voucher, -use.amount)
        journal.write(person=person, verb="released", thing=use, at=now, amount=str(use.amount))
    use.refresh_from_db()
    return use.state == UseState.RELEASED


def _move(programme: VoucherProgramme, allowance: VoucherAllowance, voucher: Voucher, amount: Decimal) -> None:
    """The three sums change together; the database refuses each above its cap."""
    VoucherProgramme.objects.filter(pk=programme.pk).update(reserved=F("reserved") + fen(amount))
    VoucherAllowance.objects.filter(pk=allowance.pk).update(reserved=F("reserved") + fen(amount))
    Voucher.objects.filter(pk=voucher.pk).update(reserved=F("reserved") + fen(amount))


def _decide(voucher: Voucher, state: str, person: Person, now: datetime, **values: Any) -> Voucher:
    with transaction.atomic():
        waiting = Voucher.objects.filter(pk=voucher.pk, state=State.APPLIED)
        if not waiting.update(state=state, decided_by=person, decided_at=now, **values):
            raise Unable(_("Voucher %(number)s was decided already.") % {"number": voucher.number})
        voucher.refresh_from_db()
        journal.write(person=person, verb=str(state), thing=voucher, at=now, number=voucher.number)
        notices.tell(
            [voucher.applied_by], kind=f"voucher.{state}", now=now, link="/vouchers/", number=voucher.number,
            amount=str(voucher.amount), until=str(voucher.valid_until or ""), reason=voucher.reason,
        )  # fmt: skip
    return voucher


def _plain(said: policy.Verdict | None) -> dict[str, Any]:
    if said is None:
        return {}
    return {"result": said.result, "missing": list(said.missing), "trace": [dict(line) for line in said.trace],
            "clause": said.rule.cited(said.language)}  # fmt: skip
