"""Notices in words: the sentence of each in the language of whoever reads it, its moments on their clock."""

import zoneinfo
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liqi.accounts.models import Notice
from liqi.accounts.notices import KINDS
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
    "agent": _("Agents"),
    "arrival": _("Files from instruments"),
    "harvest": _("Harvests"),
    "access": _("My account"),
}
"""What notices are about: the first part of their kinds; what a person mutes."""


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
    if translation.get_language() == "zh-hant":
        facts = {name: value if name == "person" else _folded(value) for name, value in facts.items()}
    try:
        return str(words) % facts
    except (KeyError, TypeError, ValueError):
        return f"{notice.kind}: " + ", ".join(str(value) for value in facts.values())


def sentences(notices: Iterable[Notice], *, zone: str = "") -> list[tuple[Notice, str]]:
    """Each notice with its sentence."""
    return [(notice, sentence(notice, zone=zone)) for notice in notices]


def _folded(value: Any) -> Any:
    return to_hant(value) if isinstance(value, str) else value


def _shown(name: str, value: Any, clock: zoneinfo.ZoneInfo) -> Any:
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
