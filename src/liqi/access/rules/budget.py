"""A group that pays from a budget has enough left; what a booking costs is set aside when it is made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access import belonging
from liqi.access.models import Booking, Hold
from liqi.access.money import budgets, tables
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Overdrawn
from liqi.access.rules._objection import Objection, Refused, Request
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("no_budget", "budget")
TITLE = gettext_lazy("Budget")
COUNTS = True
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "required_of": {
        "title": gettext_lazy("A budget is asked of"),
        "type": "string", "enum": ["everybody", "inside", "nobody"], "default": "inside",
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection where a budget is asked and there is none, or where it has less left than this costs."""
    parameters = request.settings("budget")
    if parameters is None:
        return []
    instrument = request.instrument
    held = Hold.objects.filter(booking=request.but, state=Hold.State.HELD).first() if request.but else None
    budget = held.budget if held else budgets.of(request.organisation, instrument.institution, request.project)
    if budget is None:
        asked = parameters["required_of"]
        outside = belonging.is_outside(request.organisation, instrument.institution)
        if asked == "nobody" or (asked == "inside" and outside):
            return []
        words = _("%(instrument)s is paid from a budget and your group has none; ask its lead or a steward.")
        return [Objection("no_budget", words % {"instrument": called(instrument)}, waivable=True)]
    found = tables.of_instrument(
        instrument, organisation=request.organisation, starts_at=request.starts_at, ends_at=request.ends_at
    )
    more = (found.gross if found else ZERO) - (held.amount if held else ZERO)
    return [Objection("budget", budgets.short(budget, more), waivable=False)] if more > budget.left else []


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """Of whom a budget is asked, and what it is for."""
    said = {
        "everybody": _("Each booking is paid from a budget of the group."),
        "inside": _("Members of the institution pay from a budget of their group."),
        "nobody": "",
    }[parameters["required_of"]]
    return " ".join(part for part in (said, _("What a booking costs is set aside when it is made.")) if part)


def follow(booking: Booking, *, now: datetime, new: bool = False) -> None:
    """What the group's budget sets aside follows the booking; call it in the transaction of every change of one.

    Holds whether the rule is set or not, wherever the group has a budget at the institution. Raises Refused with
    the code `budget`, and then nothing is changed.
    """
    try:
        budgets.follow(booking, now=now, new=new)
    except Overdrawn as problem:
        raise Refused([Objection("budget", str(problem), waivable=False)]) from None
