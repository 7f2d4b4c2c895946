"""Who may act for which organisation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from liqi.accounts import journal
from liqi.accounts.models import Membership, Organisation, Person
from liqi.accounts.naming import called


class NotAllowed(Exception):
    """The person may not do this; the message says who may."""


def join(
    *, person: Person, organisation: Organisation, by: Person | None, now: datetime, role: str = "member"
) -> Membership:
    """The person acts for the organisation in this role."""
    with transaction.atomic():
        membership, _ = Membership.objects.update_or_create(
            person=person, organisation=organisation, defaults={"role": role}
        )
        journal.write(person=by, verb="joined", thing=membership, at=now, role=role)
    return membership


def may_act_for(person: Person, organisation: Organisation) -> bool:
    """Whether the person is a member of the organisation, or runs the platform."""
    return person.is_operator or person.memberships.filter(organisation=organisation).exists()


def require(person: Person, organisation: Organisation) -> None:
    """Raise NotAllowed unless the person may act for the organisation."""
    if not may_act_for(person, organisation):
        raise NotAllowed(
            gettext(
                "%(person)s is not a member of %(organisation)s; ask a lead of %(organisation)s to "
                "add you, or choose an organisation you belong to."
            )
            % {"person": person, "organisation": called(organisation)}
        )


def home_of(person: Person) -> Organisation | None:
    """The organisation the person acts for when none is named: the first one joined."""
    first = person.memberships.select_related("organisation").order_by("pk").first()
    return first.organisation if first else None
