"""The doors of the manager's desk and of one's bench: every page that people work at, in groups, one line a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from liqi.accounts.models import Person


@dataclass(frozen=True)
class Door:
    """A page: the name of its address, what it is called, its drawing."""

    name: str
    label: Any
    icon: str
    operators: bool = False
    """Whether only the platform's operators see it."""


DESK: tuple[tuple[Any, tuple[Door, ...]], ...] = (
    (_("Time"), (Door("hours_queue", _("Hours to confirm"), "clock"),)),
    (_("Samples and orders"), ()),
    (_("People and training"), ()),
    (_("Instruments"), (Door("desk_outages", _("Outages"), "tool"),)),
    (_("Money"), ()),
    (
        _("Records and reports"),
        (
            Door("national", _("National report"), "send"),
            Door("imports", _("Import a list"), "upload"),
            Door("misses", _("Unmet demand"), "question-mark", operators=True),
            Door("harvests", _("Harvests"), "database", operators=True),
        ),
    ),
)
"""What a steward of instruments works at."""
BENCH: tuple[Door, ...] = (Door("kiosk_pass", _("PIN and badge"), "key"),)
"""What everybody who is signed in works at, beside what waits for them."""


def desk(person: Person) -> list[tuple[Any, list[Door]]]:
    """The groups of the desk with the doors that this person may open; empty groups are left out."""
    seen = [(label, [door for door in doors if person.is_operator or not door.operators]) for label, doors in DESK]
    return [(label, doors) for label, doors in seen if doors]
