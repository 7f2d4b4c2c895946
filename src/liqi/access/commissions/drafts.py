"""A draft is written by its customer until it is sent: the need, the answers to the form, what becomes of the rest."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers, subsidy
from liqi.access.commissions.states import NotPossible, words
from liqi.access.models import Commission, Order
from liqi.accounts import journal
from liqi.accounts.models import Person

__all__ = ["Files", "write"]

Files = Callable[[Order], Mapping[str, str]]
"""Keeps the files that were sent under the order, once nothing else is against it, and gives their keys as answers."""


def write(
    *,
    commission: Commission,
    answers: Mapping[str, Any],
    person: Person,
    now: datetime,
    fate: str = "",
    purchase_number: str = "",
    need: str | None = None,
    title: str | None = None,
    voucher: str | None = None,
    files: Files | None = None,
) -> Commission:
    """The draft says this; what is missing or wrong is kept as it was typed and told of when the order is sent.

    ``voucher`` is the number of the voucher that pays a part, blank for none; it is looked at at once, and where it
    cannot pay nothing of the draft changes. Raises NotPossible once the order is sent, NotAllowed for anybody else,
    Unable with why the voucher cannot pay.
    """
    with transaction.atomic():
        held = Commission.objects.select_for_update(of=("self",)).select_related("order").get(pk=commission.pk)
        keepers.require_customer(person, held.order)
        if held.state != Commission.State.DRAFT:
            raise NotPossible(
                _("The order is “%(state)s” and changes no more; ask the facility to send it back to you.")
                % {"state": words(held.state)}
            )
        if voucher is not None:
            held.voucher = subsidy.name(commission=held, number=voucher, person=person, now=now).voucher
        held.answers = {**answers, **(files(held.order) if files else {})}
        held.fate = fate if fate in Commission.Fate.values else held.fate
        held.purchase_number = purchase_number.strip()[:60]
        held.save(update_fields=["answers", "fate", "purchase_number"])
        if need is not None:
            held.order.need = need
        if title:
            held.order.title = title[:200]
        held.order.save(update_fields=["need", "title"])
        journal.write(person=person, verb="wrote draft", thing=held.order, at=now)
    return held
