"""Nobody books on while an invoice of theirs is overdue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.models import Invoice
from liqi.access.money import books
from liqi.access.rules._objection import Objection, Request
from liqi.catalogue.models import Instrument

CODES = ("unpaid",)
TITLE = gettext_lazy("Unpaid invoices")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "days": {
        "title": gettext_lazy("Days after the due day from which an open invoice stands in the way"),
        "type": "integer", "minimum": 0, "maximum": 730, "default": 30,
    },
    "anywhere": {
        "title": gettext_lazy("Invoices of other institutions count too"),
        "type": "boolean", "default": False,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection while the group, or the person where there is none, owes an invoice longer than that."""
    parameters = request.settings("unpaid")
    if parameters is None:
        return []
    latest = books.day_of(request.now) - timedelta(days=parameters["days"])
    owed = Invoice.objects.filter(state=Invoice.State.OPEN, kind=Invoice.Kind.INVOICE, due_on__lt=latest)
    if not parameters["anywhere"]:
        owed = owed.filter(seller=request.instrument.institution_id)
    if request.organisation is not None:
        owed = owed.filter(organisation=request.organisation)
    else:
        owed = owed.filter(organisation=None, person=request.person)
    first = owed.order_by("due_on").first()
    if first is None:
        return []
    words = _("Invoice %(number)s of ¥ %(amount)s was due on %(due)s and is not paid; pay it, then book.")
    said = {"number": first.number, "amount": first.open, "due": first.due_on.isoformat()}
    return [Objection("unpaid", words % said, waivable=True)]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """From which day on an invoice stands in the way."""
    return _("Who owes an invoice more than %(days)d days after its due day cannot book.") % parameters
