"""Whose books: who may bill for an institution, and what counts as a day in its books."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access.models import Counter
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution

__all__ = ["BACK", "day_of", "keeps", "kept_by", "number", "require", "require_operator"]

BACK = timedelta(days=35)
"""How long after its end something is still proposed to be charged."""


def day_of(now: datetime) -> date:
    """The day of the books at that moment, on the clock of the platform."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def kept_by(person: Person) -> QuerySet[Institution]:
    """The institutions whose money the person looks after: stewards of its instruments, leads of its body."""
    if person.is_operator:
        return Institution.objects.filter(removed_at=None)
    steward = Q(instruments__stewards__person=person) | Q(facilities__stewards__person=person)
    lead = Q(organisation__memberships__person=person, organisation__memberships__role="lead")
    return Institution.objects.filter(pk__in=Institution.objects.filter(steward | lead).values("pk"))


def keeps(person: Person | None, seller: Institution) -> bool:
    """Whether the person may charge, invoice and record payments for the institution."""
    return person is not None and kept_by(person).filter(pk=seller.pk).exists()


def require(person: Person, seller: Institution) -> None:
    """Raise NotAllowed unless the person may charge, invoice and record payments for the institution."""
    if not keeps(person, seller):
        raise NotAllowed(
            _("Only stewards and leads of %(institution)s look after its money; ask one of them.")
            % {"institution": called(seller)}
        )


def require_operator(person: Person) -> None:
    """Raise NotAllowed unless the person runs the platform."""
    if not person.is_operator:
        raise NotAllowed(_("Only operators of the platform may do this; ask one of them."))


def number(prefix: str, seller: Institution | None, on: date) -> str:
    """The next number of this series and year, without holes: call it in the transaction of what carries it."""
    house = f"{seller.pk}-" if seller is not None else ""
    key = f"{prefix}-{house}{on.year}"
    Counter.objects.get_or_create(key=key)
    Counter.objects.filter(key=key).update(last=F("last") + 1)
    return f"{key}-{Counter.objects.get(key=key).last:06d}"


def named(organisation: Organisation | None, person: Person | None) -> str:
    """How the buyer is called."""
    return str(organisation or person or "")
