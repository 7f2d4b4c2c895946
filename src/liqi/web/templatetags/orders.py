"""What templates of orders and samples use: states, turns, places, results in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liqi.access.commissions import results, states, storage
from liqi.access.models import Commission, Result, StoragePlace
from liqi.web.templatetags.face import icon

register = template.Library()

TONES = {
    Commission.State.RELEASED: "good",
    Commission.State.CLOSED: "good",
    Commission.State.REFUSED: "bad",
    Commission.State.DRAFT: "warn",
}
ICONS = {
    "send": "truck-delivery",
    "receive": "package",
    "move": "box",
    "take": "flask-2",
    "split": "test-pipe",
    "consume": "minus",
    "dispose": "trash",
    "return": "arrow-left",
    "count": "eye",
}
BUTTONS = {
    "send": gettext_lazy("Sent off"),
    "receive": gettext_lazy("Receive"),
    "move": gettext_lazy("Put away"),
    "take": pgettext_lazy("a sample", "Take out"),
    "split": gettext_lazy("Split into aliquots"),
    "consume": gettext_lazy("Use"),
    "dispose": gettext_lazy("Dispose of"),
    "return": gettext_lazy("Return"),
    "count": pgettext_lazy("samples in storage", "Check"),
}


@register.simple_tag
def order_state(state: str) -> SafeString:
    """The state of an order as a mark with its word."""
    tone = TONES.get(Commission.State(state), "")
    return format_html('<span class="state{}">{}</span>', f" state-{tone}" if tone else "", states.words(state))


@register.simple_tag
def order_turn(state: str, side: str) -> str | SafeString:
    """Whose turn it is, seen from one side; blank when it is over."""
    turn = states.turn_of(state)
    if turn == states.NOBODY:
        return ""
    if turn == side:
        return format_html("<strong>{}</strong>", _("Your turn"))
    return _("Facility") if turn == states.FACILITY else _("Customer")


@register.simple_tag
def place_path(place: StoragePlace | None) -> str:
    """The place with all that it stands in."""
    return storage.path_of(place)


@register.simple_tag
def result_words(result: Result) -> str:
    """The result with sign, decimals, uncertainty and unit."""
    return results.shown(result)


@register.simple_tag
def verb_icon(verb: str) -> SafeString:
    """The drawing of a hand-over."""
    return SafeString(icon(ICONS.get(verb, "chevron-right")))


@register.simple_tag
def verb_words(verb: str) -> Any:
    """The button of a hand-over."""
    return BUTTONS.get(verb, verb)
