"""The terms of a service's orders, and what an organisation asks of the orders of its own people."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.access.models import GroupTerms, ServiceTerms
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.accounts.organisation import is_lead
from liqi.catalogue.models import Service

__all__ = ["of", "of_group", "set_group", "set_service"]

LONGEST_RETENTION_DAYS = 3650


def of(service: Service) -> ServiceTerms:
    """The terms of the service; the usual ones where none are set."""
    return ServiceTerms.objects.filter(service=service).first() or ServiceTerms(service=service)


def of_group(organisation: Organisation) -> GroupTerms:
    """What the organisation asks of its people's orders; nothing where nothing is set."""
    found = GroupTerms.objects.filter(organisation=organisation).first()
    return found or GroupTerms(organisation=organisation)


def set_service(
    *,
    service: Service,
    person: Person,
    now: datetime,
    four_eyes: bool,
    quote_needed: bool,
    retention_days: int,
    instructions: str,
) -> ServiceTerms:
    """New orders of the service go by these terms."""
    keepers.require_keeper(person, service)
    if not 0 <= retention_days <= LONGEST_RETENTION_DAYS:
        raise ValueError(
            _("Found %(days)d days of keeping; expected 0 to %(most)d.")
            % {"days": retention_days, "most": LONGEST_RETENTION_DAYS}
        )
    values: dict[str, Any] = {
        "four_eyes": four_eyes,
        "quote_needed": quote_needed,
        "retention_days": retention_days,
        "instructions": instructions.strip()[:4000],
    }
    with transaction.atomic():
        made, _new = ServiceTerms.objects.update_or_create(service=service, defaults=values)
        journal.write(person=person, verb="set terms", thing=service, at=now, **values)
    return made


def set_group(*, organisation: Organisation, lead_accepts: bool, person: Person, now: datetime) -> GroupTerms:
    """Whether only leads accept quotes for the organisation; its leads decide."""
    if not is_lead(organisation, person):
        raise NotAllowed(
            _("Only a lead of %(organisation)s may do this; ask one of them.") % {"organisation": called(organisation)}
        )
    with transaction.atomic():
        made, _new = GroupTerms.objects.update_or_create(
            organisation=organisation, defaults={"lead_accepts": lead_accepts}
        )
        journal.write(person=person, verb="set order terms", thing=organisation, at=now, lead_accepts=lead_accepts)
    return made
