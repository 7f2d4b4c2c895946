"""Who may report for an institution to the national platform."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Steward
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Membership, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Institution, Instrument

__all__ = ["NotAllowed", "institutions_of", "require"]


def institutions_of(person: Person) -> QuerySet[Institution]:
    """The institutions that the person may report for: all for an operator, else those where they look after an
    instrument or facility, or whose organisation they lead.
    """
    rows = Institution.objects.order_by("name", "pk")
    if person.is_operator:
        return rows.filter(~Q(national_code="") | Q(pk__in=_with_instruments()))
    leads = Membership.objects.filter(person=person, role=Membership.Role.LEAD).values("organisation")
    mine = Steward.objects.filter(person=person)
    looked_after = belonging.looked_after_by(person).values("institution")
    facilities = Facility.objects.filter(pk__in=mine.filter(facility__isnull=False).values("facility"))
    return rows.filter(
        Q(pk__in=looked_after) | Q(pk__in=facilities.values("institution")) | Q(organisation__in=leads)
    ).distinct()


def _with_instruments() -> QuerySet[Instrument, dict[str, int]]:
    return Instrument.objects.filter(institution__isnull=False).values("institution")


def require(person: Person, institution: Institution) -> None:
    """Raise NotAllowed unless the person may report for the institution."""
    if not institutions_of(person).filter(pk=institution.pk).exists():
        raise NotAllowed(
            _(
                "%(person)s may not report for %(institution)s; a steward of its instruments, a lead of its "
                "organisation or an operator may: ask one of them."
            )
            % {"person": person, "institution": called(institution)}
        )
