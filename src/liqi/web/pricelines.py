"""The lines of a price, quote, charge or invoice as people read them: what, how much of it, at what, together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from liqi.access.money.pricing import Line

UNITS = {
    "hour": pgettext_lazy("on a bill", "hour"),
    "sample": pgettext_lazy("on a bill", "sample"),
    "run": pgettext_lazy("on a bill", "run"),
    "item": pgettext_lazy("on a bill", "item"),
    "staff hour": pgettext_lazy("on a bill", "hour of staff"),
    "use": pgettext_lazy("on a bill", "use"),
    "minimum": pgettext_lazy("on a bill", "difference"),
}
NAMES = {
    "hour": gettext_lazy("Time on the instrument"),
    "sample": gettext_lazy("Samples"),
    "run": gettext_lazy("Runs"),
    "item": gettext_lazy("Item"),
    "staff hour": gettext_lazy("Help by staff"),
    "use": gettext_lazy("Each use"),
    "minimum": gettext_lazy("Up to the minimum charge"),
    "credit": gettext_lazy("Credit"),
    "late cancellation": gettext_lazy("Late cancellation"),
    "no-show": gettext_lazy("Nobody came"),
}
CLASSES = {
    "internal": gettext_lazy("own institution"),
    "academic": gettext_lazy("other academic"),
    "industry": gettext_lazy("firms and others"),
}
WHEN = {"night": gettext_lazy("night, 20:00 to 08:00"), "weekend": gettext_lazy("weekend")}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line in words."""

    words: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal


def shown(lines: Iterable[Line | Mapping[str, Any]]) -> list[Shown]:
    """The lines in the language of the page; the title of the charge leads where an invoice has several."""
    found = []
    for each in lines:
        line = each if isinstance(each, Line) else Line.of_json(each)
        words = [line.text or line.item or str(NAMES.get(line.unit, line.unit))]
        if not isinstance(each, Line) and each.get("title"):
            words.insert(0, f"{each['title']} {each.get('on', '')}".strip())
        if line.user_class:
            words.append(str(CLASSES.get(line.user_class, line.user_class)))
        if line.when:
            words.append(str(WHEN.get(line.when, line.when)))
        if line.above:
            words.append(_("above %(quantity)s a year") % {"quantity": f"{line.above.normalize():f}"})
        quantity = Decimal(f"{line.quantity.normalize():f}")  # 100 and 2.5, not 1E+2 and 2.5000
        unit = str(UNITS.get(line.unit, "")) if quantity == 1 else unit_words(line.unit)
        found.append(Shown(" · ".join(words), quantity, unit, line.price, line.amount))
    return found


def unit_words(unit: str) -> str:
    """The unit as it stands after a number other than one; blank for a unit that is not counted."""
    many = {
        "hour": pgettext("on a bill, several", "hours"), "sample": pgettext("on a bill, several", "samples"),
        "run": pgettext("on a bill, several", "runs"), "item": pgettext("on a bill, several", "items"),
        "staff hour": pgettext("on a bill, several", "hours of staff"), "use": pgettext("on a bill, several", "uses"),
    }  # fmt: skip
    return many.get(unit, str(UNITS.get(unit, "")))
