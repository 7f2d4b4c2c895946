"""What a customer says of an order after the release: one of five grades, and words; the evaluation counts it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Avg, Count
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.access.commissions.states import NotPossible, words
from liqi.access.models import Commission, Feedback, Order
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person

__all__ = ["Grades", "give", "summary"]

Grades = dict[int, int]
"""How often each grade from 1 to 5 was given."""


def give(*, order: Order, grade: int, person: Person, now: datetime, text: str = "") -> Feedback:
    """The order has this grade by its customer; a second one takes the place of the first.

    Raises NotPossible before the release, NotAllowed for who keeps the service or has nothing to do with the order.
    """
    keepers.require_customer(person, order)
    if order.person_id != person.pk and keepers.answers_for(person, order.service):
        raise NotAllowed(_("Feedback comes from the customer, not from who did the work."))
    if grade not in Feedback.Grade.values:
        raise ValueError(_("Found the grade %(grade)s; expected 1 to 5.") % {"grade": grade})
    with transaction.atomic():
        commission = Commission.objects.get(order=order)
        if commission.state not in Commission.OPENED:
            raise NotPossible(
                _("The order is “%(state)s”; feedback is given when the results are released.")
                % {"state": words(commission.state)}
            )
        given, _made = Feedback.objects.update_or_create(
            order=order,
            defaults={"grade": grade, "words": text.strip()[:2000], "person": person, "at": now},
            create_defaults={
                "grade": grade, "words": text.strip()[:2000], "person": person, "at": now, "synthetic": order.synthetic,
            },
        )  # fmt: skip
        journal.write(person=person, verb="graded", thing=order, at=now, grade=grade)
        if order.service is not None:
            notices.tell(
                keepers.keepers_of(order.service), kind="order.graded", now=now, link=f"/orders/{order.key}/",
                person=person, title=order.title, grade=grade,
            )  # fmt: skip
    return given


def summary(services: Iterable[int]) -> tuple[int, Decimal | None]:
    """How many grades these services (by id) were given, and their mean with one decimal; None where there are none."""
    found = Feedback.objects.filter(order__service__in=services).aggregate(n=Count("pk"), mean=Avg("grade"))
    mean = None if found["mean"] is None else Decimal(str(found["mean"])).quantize(Decimal("0.1"))
    return found["n"], mean
