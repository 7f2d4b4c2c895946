"""The instrument can be booked here, it works, and this person may use it."""

from django.utils.translation import gettext as _

from liqi.access.belonging import is_outside
from liqi.access.rules._objection import Objection, Request
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument, InstrumentStatus

CODES = ("not_bookable", "not_working", "not_shared")


def objections(request: Request) -> list[Objection]:
    """An objection for each thing that stands between the person and the instrument."""
    instrument, found = request.instrument, []
    name = {"instrument": called(instrument)}
    if not instrument.bookable:
        words = _("%(instrument)s is not booked here; write to its facility, or choose one marked as bookable.")
        found.append(Objection("not_bookable", words % name, waivable=False))
    if instrument.status in {InstrumentStatus.DOWN, InstrumentStatus.RETIRED}:
        words = _("%(instrument)s is out of order; choose another one, or ask its stewards when it works again.")
        found.append(Objection("not_working", words % name, waivable=True))
    if not instrument.shared and is_outside(request.organisation, instrument.institution):
        words = _("%(instrument)s is open to its own institution only; choose a shared one, or ask its stewards.")
        found.append(Objection("not_shared", words % name, waivable=True))
    return found


def words(instrument: Instrument) -> str:
    """Who may book it."""
    if not instrument.bookable:
        return _("Not booked here.")
    return _("Open to everybody.") if instrument.shared else _("Open to its own institution only.")
