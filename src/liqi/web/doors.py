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
    (
        _("Time"),
        (
            Door("approvals", _("Requests"), "check"),
            Door("hours_queue", _("Hours to confirm"), "clock"),
            Door("desk_waiting", _("Waiting lists"), "hourglass-empty"),
        ),
    ),
    (
        _("Samples and orders"),
        (
            Door("desk_orders", _("Orders of my services"), "test-pipe"),
            Door("storage", _("Storage"), "box"),
        ),
    ),
    (
        _("People and training"),
        (Door("desk_training", _("Training"), "book"), Door("qualified", _("Who is qualified"), "users")),
    ),
    (
        _("Instruments"),
        (
            Door("rulebooks", _("Booking rules"), "adjustments"),
            Door("inbox", _("Files from instruments"), "file-text"),
            Door("desk_files", _("Stored files"), "database", operators=True),
            Door("desk_outages", _("Outages"), "tool"),
            Door("desk_incidents", _("Incidents"), "alert-triangle"),
            Door("desk_maintenance", _("Maintenance"), "calendar-time"),
            Door("tasks", _("Tasks"), "check"),
            Door("stock", _("Stock"), "package"),
        ),
    ),
    (
        _("Money"),
        (
            Door("charges", _("Money to confirm"), "coin"),
            Door("desk_invoices", _("Invoices and payments"), "file-text"),
            Door("price_tables", _("Price tables"), "tag"),
            Door("budgets", _("Budgets"), "book"),
            Door("desk_vouchers", _("Innovation vouchers"), "scale"),
            Door("customs", _("Customs ledger"), "world"),
        ),
    ),
    (
        _("Records and reports"),
        (
            Door("national", _("National report"), "send"),
            Door("evaluation", _("Evaluation"), "scale"),
            Door("evaluation_purchase", _("Check before buying"), "search"),
            Door("imports", _("Import a list"), "upload"),
            Door("webhooks", _("Webhooks"), "send"),
            Door("desk_journal", _("Journal"), "history"),
            Door("policy_rules", _("Policy rules"), "scale", operators=True),
            Door("misses", _("Unmet demand"), "question-mark", operators=True),
            Door("harvests", _("Harvests"), "database", operators=True),
        ),
    ),
)
"""What a steward of instruments works at."""
BENCH: tuple[Door, ...] = (
    Door("training", _("My training"), "book"),
    Door("bookings_import", _("Bookings from a file"), "upload"),
    Door("orders", _("My orders"), "test-pipe"),
    Door("samples", _("Scan a label"), "qrcode"),
    Door("waiting", _("Waiting"), "hourglass-empty"),
    Door("tasks", _("Tasks"), "check"),
    Door("first_slot", _("First time for a whole job"), "list"),
    Door("kiosk_pass", _("PIN and badge"), "key"),
    Door("quotes", _("My quotes"), "file-text"),
    Door("invoices", _("My invoices"), "file-text"),
    Door("budgets", _("Budgets"), "book"),
    Door("vouchers", _("Innovation vouchers"), "scale"),
    Door("files", _("My files"), "file-text"),
    Door("batches", _("My batches"), "list"),
    Door("notices", _("Notices"), "bell"),
    Door("my_tokens", _("API tokens"), "key"),
    Door("journal", _("Journal"), "history"),
    Door("my_data", _("My data"), "download"),
)
"""What everybody who is signed in works at, beside what waits for them."""


def desk(person: Person) -> list[tuple[Any, list[Door]]]:
    """The groups of the desk with the doors that this person may open; empty groups are left out."""
    seen = [(label, [door for door in doors if person.is_operator or not door.operators]) for label, doors in DESK]
    return [(label, doors) for label, doors in seen if doors]
