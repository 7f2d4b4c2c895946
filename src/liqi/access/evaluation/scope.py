"""Whose figures a person sees: an operator all, a lead those of the institution, a steward the own instruments."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Membership, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Institution, Instrument

__all__ = ["institutions", "instruments", "require_institution", "require_instrument", "require_judge"]


def institutions(person: Person) -> QuerySet[Institution]:
    """The institutions whose evaluation the person sees."""
    rows = Institution.objects.order_by("name", "pk")
    return rows if person.is_operator else rows.filter(organisation__in=_led(person))


def instruments(person: Person) -> QuerySet[Instrument]:
    """The instruments whose figures the person sees: those in their care and those of institutions they lead."""
    if person.is_operator:
        return Instrument.objects.all()
    return Instrument.objects.filter(
        Q(institution__organisation__in=_led(person)) | Q(pk__in=belonging.looked_after_by(person).values("pk"))
    )


def require_institution(person: Person, institution: Institution) -> None:
    """Raise NotAllowed unless the person sees the evaluation of the institution."""
    if not institutions(person).filter(pk=institution.pk).exists():
        words = _("Only leads of %(institution)s and the platform's operators see its evaluation; ask one of them.")
        raise NotAllowed(words % {"institution": called(institution)})


def require_instrument(person: Person, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person sees the figures of the instrument."""
    if not instruments(person).filter(pk=instrument.pk).exists():
        words = _("Only stewards of %(instrument)s, leads of its institution and operators see this; ask one of them.")
        raise NotAllowed(words % {"instrument": called(instrument)})


def require_judge(person: Person) -> None:
    """Raise NotAllowed unless the person judges institutions: the platform's operators do."""
    if not person.is_operator:
        raise NotAllowed(_("Only the platform's operators judge institutions; ask one of them."))


def _led(person: Person) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(person=person, role=Membership.Role.LEAD).values("organisation")
