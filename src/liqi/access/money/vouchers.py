"""Innovation vouchers (创新券): applied for, issued, reserved for an order or set free again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi import policy
from liqi.access.models import Order, Voucher, VoucherAllowance, VoucherProgramme, VoucherUse
from liqi.access.money import books, entitlement, parties, programmes, voucher_caps
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.accounts import journal, membership, notices
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution

__all__ = [
    "apply",
    "expire",
    "free",
    "issue",
    "refuse",
    "release",
    "reserve",
]

State, UseState = Voucher.State, VoucherUse.State


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
            % {"programme": called(programme), "places": ", ".join(programme.firm_places)}
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
                voucher_caps.move(programme, allowance, voucher, amount)
                use = VoucherUse.objects.create(
                    voucher=voucher, allowance=allowance, seller=seller, order=order, contract=contract, amount=amount,
                    whole_contract=contract, whole_amount=amount, at=now, synthetic=voucher.synthetic,
                )  # fmt: skip
        except IntegrityError as problem:
            if "voucheruse_one_an_order" in str(problem) or "order_id" in str(problem):
                raise Unable(_("A voucher pays a part of this order already; take it back first.")) from None
            raise Overdrawn(_("Voucher %(number)s has less left than that.") % {"number": voucher.number}) from None
        journal.write(
            person=person,
            verb="reserved",
            thing=use,
            at=now,
            order=order.key,
            amount=str(amount),
            contract=str(contract),
        )
    return use


def release(use: VoucherUse, *, person: Person, now: datetime) -> VoucherUse:
    """The voucher can be used for something else; not once it stands on an invoice."""
    membership.require(person, use.voucher.organisation)
    with transaction.atomic():
        voucher_caps.queue([use.order_id])
        if _freed(use, person, now):
            return use
    raise Unable(_("This voucher stands on an invoice; take the invoice back first."))


def free(order: Order, *, person: Person, now: datetime) -> Decimal:
    """What was reserved for the order can be used for something else, for it ended or is paid otherwise; how much."""
    with transaction.atomic():
        voucher_caps.queue([order.pk])
        rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order=order, state=UseState.RESERVED)
        found = list(rows.select_related("voucher__programme", "allowance"))
        return sum((use.amount for use in found if _freed(use, person, now)), ZERO)


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


def _freed(use: VoucherUse, person: Person, now: datetime) -> bool:
    if VoucherUse.objects.filter(pk=use.pk, state=UseState.RESERVED).update(state=UseState.RELEASED, at=now):
        voucher_caps.move(use.voucher.programme, use.allowance, use.voucher, -use.amount)
        journal.write(person=person, verb="released", thing=use, at=now, amount=str(use.amount))
    use.refresh_from_db()
    return use.state == UseState.RELEASED


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
