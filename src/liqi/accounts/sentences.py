"""Notices in words: the sentence of each in the language of whoever reads it, its moments on their clock."""

import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from liqi.accounts.models import Notice
from liqi.accounts.notices import KINDS, in_english
from liqi.taxonomy import to_hant

SUBJECTS: dict[str, Any] = {
    "booking": _("Bookings"),
    "swap": _("Swaps"),
    "waiting": _("Waiting lists"),
    "no_show": _("No-shows"),
    "order": _("Orders"),
    "samples": _("Samples"),
    "qualification": _("Qualifications"),
    "training": _("Training"),
    "document": _("Safety documents"),
    "session": _("Running sessions"),
    "quote": _("Quotes"),
    "charge": _("Charges"),
    "invoice": _("Invoices"),
    "voucher": _("Vouchers"),
    "customs": _("Customs ledger"),
    "instrument": _("Problems of instruments"),
    "incident": _("Incidents"),
    "chore": _("Tasks"),
    "maintenance": _("Maintenance"),
    "contract": _("Contracts"),
    "stock": _("Stock"),
    "fitting": _("What is fitted"),
    "answer": _("Answers"),
    "agent": _("Agents"),
    "arrival": _("Files from instruments"),
    "files": _("Stored files"),
    "control": _("Control charts"),
    "harvest": _("Harvests"),
    "access": _("My account"),
}
"""What notices are about: the first part of their kinds; what a person mutes."""

MOST_NAMED = 3
"""How many things a sentence names; of more it names the first and counts the rest."""


def subject_of(kind: str) -> str:
    """What a kind of notice is about.

    >>> subject_of("booking.moved")
    'booking'
    """
    return kind.partition(".")[0]


def sentence(notice: Notice, *, zone: str = "") -> str:
    """The notice in the language that is spoken now; a moment among its facts on the clock of ``zone``."""
    words = KINDS.get(notice.kind)
    if words is None:
        return notice.kind
    clock = _clock(zone or notice.person.time_zone)
    facts = {name: _shown(name, value, clock) for name, value in notice.facts.items()}
    if translation.get_language() == "en":
        facts |= {name: facts[in_english(name)] for name in notice.facts if in_english(name) in facts}
    elif translation.get_language() == "zh-hant":
        facts = {name: value if name == "person" else _folded(value) for name, value in facts.items()}
    try:
        return str(words) % facts
    except (KeyError, TypeError, ValueError):
        return f"{notice.kind}: " + ", ".join(str(value) for value in facts.values())


def sentences(notices: Iterable[Notice], *, zone: str = "") -> list[tuple[Notice, str]]:
    """Each notice with its sentence."""
    return [(notice, sentence(notice, zone=zone)) for notice in notices]


def listed(words: Sequence[str]) -> str:
    """The words as one phrase: all of them up to three, else the first two and how many more."""
    shown = list(words) if len(words) <= MOST_NAMED else list(words[: MOST_NAMED - 1])
    if len(shown) < len(words):
        more = len(words) - len(shown)
        some = pgettext("between things of a list", ", ").join(shown)
        return ngettext("%(some)s and %(more)d more", "%(some)s and %(more)d more", more) % {"some": some, "more": more}
    if len(shown) < 2:
        return "".join(shown)
    some = pgettext("between things of a list", ", ").join(shown[:-1])
    return pgettext("end of a list", "%(some)s and %(last)s") % {"some": some, "last": shown[-1]}


def _folded(value: Any) -> Any:
    return to_hant(value) if isinstance(value, str) else value


def _shown(name: str, value: Any, clock: zoneinfo.ZoneInfo) -> Any:
    if isinstance(value, list):
        return listed([str(_shown(name, one, clock)) for one in value])
    if not name.endswith("_at") or not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return found.astimezone(clock).strftime("%Y-%m-%d %H:%M") if found.tzinfo else value


def _clock(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
