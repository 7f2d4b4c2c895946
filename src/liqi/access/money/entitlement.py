"""What a voucher can pay: for whom, where, until when, at which rate, up to which of its caps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext as _

from liqi import policy
from liqi.access.models import Voucher, VoucherAllowance
from liqi.access.money.amounts import ZERO, percent_of
from liqi.accounts.models import Organisation
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution

__all__ = ["is_within", "objection", "objections", "part"]

State = Voucher.State


def objection(voucher: Voucher, *, organisation: Organisation | None, seller: Institution, on: date) -> str:
    """Why the voucher can pay nothing of an order of this organisation at this provider today; blank where it can."""
    return _judged(voucher, organisation, seller, on, _reserved([voucher], on))[1]


def objections(vouchers: Sequence[Voucher], *, seller: Institution, on: date) -> list[str]:
    """The objection to each voucher for orders of its own firm."""
    reserved = _reserved(vouchers, on)
    return [_judged(one, one.organisation, seller, on, reserved)[1] for one in vouchers]


def part(
    voucher: Voucher, *, organisation: Organisation | None, seller: Institution, contract: Decimal, sharing: bool,
    on: date,
) -> tuple[Decimal, str]:  # fmt: skip
    """How much of a contract (tax included) the voucher can pay today, by rate, caps, what is left and whole steps,
    and why it can pay nothing.

    ``sharing`` is for the use of a shared instrument, which some programmes pay at a higher rate.
    """
    left, why = _judged(voucher, organisation, seller, on, _reserved([voucher], on))
    if why:
        return ZERO, why
    programme = voucher.programme
    rate = programme.rate_sharing if sharing and programme.rate_sharing is not None else programme.rate
    most = [percent_of(contract, rate * 100), contract, left]
    if programme.cap_contract is not None:
        most.append(programme.cap_contract)
    steps = (max(min(most), ZERO) / programme.step).quantize(Decimal(1), rounding=ROUND_FLOOR)
    return Decimal(steps * programme.step).quantize(Decimal("0.01")), ""


def is_within(place: str, places: Sequence[str]) -> bool:
    """Whether the place is one of these divisions or a part of one."""
    return any((code == "CN" and place.isdigit()) or (place and policy.covers(code, place)) for code in places)


Reserved = dict[tuple[int, int], Decimal]
"""What each programme holds for each firm in the year."""


def _reserved(vouchers: Sequence[Voucher], on: date) -> Reserved:
    rows = VoucherAllowance.objects.filter(
        year=on.year,
        programme__in={one.programme_id for one in vouchers},
        organisation__in={one.organisation_id for one in vouchers},
    )
    return {(one.programme_id, one.organisation_id): one.reserved for one in rows}


def _judged(
    voucher: Voucher, organisation: Organisation | None, seller: Institution, on: date, reserved: Reserved
) -> tuple[Decimal, str]:
    """What is left, and what is against it, blank where nothing is."""
    programme, firm = voucher.programme, voucher.organisation
    left = _left(voucher, reserved)
    facts: dict[str, Any] = {
        "number": voucher.number,
        "firm": called(firm),
        "programme": called(programme),
        "seller": called(seller),
    }
    if organisation is None or organisation.pk != firm.pk:
        said = _("Voucher %(number)s is for orders of %(firm)s; order on its behalf, or choose another voucher.")
    elif voucher.state == State.APPLIED:
        said = _("Voucher %(number)s is applied for and not decided yet; it can pay once it is issued.")
    elif voucher.valid_until is not None and (voucher.state == State.EXPIRED or voucher.valid_until < on):
        facts["day"] = voucher.valid_until
        said = _("Voucher %(number)s ended on %(day)s; apply for a new one, or choose another.")
    elif voucher.state != State.ISSUED:
        said = _("Voucher %(number)s was refused or taken back; apply for a new one, or choose another.")
    elif programme.provider_places and not is_within(seller.province or "", programme.provider_places):
        facts |= {"places": ", ".join(programme.provider_places), "place": seller.province or "–"}
        said = _(
            "“%(programme)s” pays providers in %(places)s and %(seller)s is in %(place)s; choose a provider there."
        )
    elif left < programme.step:
        facts["step"] = programme.step
        said = _("Less than ¥ %(step)s is left: of voucher %(number)s, of its firm's year, or of “%(programme)s”.")
    else:
        return left, ""
    return left, said % facts


def _left(voucher: Voucher, reserved: Reserved) -> Decimal:
    """The least of what is left of the voucher, of its firm's year, and of the programme."""
    programme = voucher.programme
    year = programme.cap_year - reserved.get((voucher.programme_id, voucher.organisation_id), ZERO)
    left: list[Decimal] = [voucher.left, year]
    if programme.total is not None:
        left.append(programme.total - programme.reserved)
    return min(left)
