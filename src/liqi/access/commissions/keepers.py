"""Who answers for a service and its orders, and who stands on the customer's side."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access.models import GroupTerms, Order, Steward
from liqi.accounts import membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Membership, Person
from liqi.accounts.naming import called
from liqi.catalogue import editors
from liqi.catalogue.models import Service

__all__ = [
    "answers_for",
    "is_customer",
    "keepers_of",
    "leads_who_accept",
    "orders_of",
    "require_customer",
    "require_keeper",
    "services_of",
]


def answers_for(person: Person | None, service: Service | None) -> bool:
    """Whether the person is a steward of the service's facility or instruments, a lead of its house, or operator."""
    if person is None or service is None:
        return False
    if person.is_operator:
        return True
    return services_of(person).filter(pk=service.pk).exists()


def services_of(person: Person) -> QuerySet[Service]:
    """The services that the person answers for; for an operator those are all."""
    if person.is_operator:
        return Service.objects.all()
    mine = Steward.objects.filter(person=person)
    facilities = mine.filter(facility__isnull=False).values("facility")
    instruments = mine.filter(instrument__isnull=False).values("instrument")
    return Service.objects.filter(
        Q(facility__in=facilities)
        | Q(pk__in=Service.instruments.through.objects.filter(instrument__in=instruments).values("service"))
        | Q(institution__in=editors.institutions_of(person))
    )


def orders_of(person: Person) -> QuerySet[Order]:
    """The commissioned orders that the person answers for."""
    rows = Order.objects.filter(kind=Order.Kind.COMMISSIONED)
    return rows if person.is_operator else rows.filter(service__in=services_of(person))


def keepers_of(service: Service) -> list[Person]:
    """The people who are told of an order of the service: its stewards, else the leads of its institution."""
    stewards = Person.objects.filter(
        Q(stewardships__facility=service.facility_id, stewardships__facility__isnull=False)
        | Q(stewardships__instrument__in=service.instruments.all())
    ).distinct()
    found = list(stewards)
    if not found and service.institution.organisation_id is not None:
        found = list(
            Person.objects.filter(
                memberships__organisation=service.institution.organisation_id,
                memberships__role=Membership.Role.LEAD,
            )
        )
    return found or list(Person.objects.filter(is_operator=True))


def is_customer(person: Person, order: Order) -> bool:
    """Whether the person opened the order or acts for the organisation it is for."""
    if order.person_id == person.pk:
        return True
    return order.organisation is not None and membership.may_act_for(person, order.organisation)


def leads_who_accept(order: Order) -> list[Person]:
    """The leads without whom no quote is accepted; nobody where the organisation does not ask for it."""
    if order.organisation_id is None:
        return []
    if not GroupTerms.objects.filter(organisation=order.organisation_id, lead_accepts=True).exists():
        return []
    leads = Person.objects.filter(
        memberships__organisation=order.organisation_id, memberships__role=Membership.Role.LEAD
    )
    return list(leads.order_by("pk"))


def require_keeper(person: Person, service: Service | None) -> None:
    """Raise NotAllowed unless the person answers for the service."""
    if not answers_for(person, service):
        raise NotAllowed(
            _("Only those who answer for “%(service)s” may do this: the stewards of its facility; ask one of them.")
            % {"service": called(service)}
        )


def require_customer(person: Person, order: Order) -> None:
    """Raise NotAllowed unless the order is theirs or their organisation's."""
    if not is_customer(person, order):
        raise NotAllowed(
            _("This order is %(owner)s's; they and the members of their organisation may do this.")
            % {"owner": order.person}
        )
