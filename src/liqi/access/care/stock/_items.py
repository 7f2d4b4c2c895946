"""The items that a facility keeps, and who keeps its stock."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.care.refusal import NotAllowed, NotPossible, sentence
from liqi.access.models import Steward, StockItem
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility


def facilities_of(person: Person) -> list[Facility]:
    """The facilities whose stock the person keeps; for an operator all that have some."""
    if person.is_operator:
        return list(Facility.objects.filter(stock_items__isnull=False).distinct().order_by("name", "pk"))
    return list(Facility.objects.filter(stewards__person=person).distinct().order_by("name", "pk"))


def require(facility: Facility, person: Person | None) -> None:
    """Raise NotAllowed unless the person is a steward of the facility or runs the platform."""
    if person is None or not (person.is_operator or Steward.objects.filter(facility=facility, person=person).exists()):
        words = _("Only the stewards of “%(facility)s” keep its stock; ask one of them.")
        raise NotAllowed(words % {"facility": called(facility)})


def add(
    *,
    facility: Facility,
    person: Person,
    name: str,
    unit: str,
    now: datetime,
    minimum: Decimal = Decimal(0),
    price_cny: Decimal | None = None,
    supplier: str = "",
    code: str = "",
) -> StockItem:
    """The facility keeps this consumable; one of the same name that was ended is kept again."""
    require(facility, person)
    facts = {
        "unit": sentence(unit, 16), "minimum": minimum, "price_cny": price_cny, "supplier": supplier.strip()[:120],
        "code": code.strip()[:60],
    }  # fmt: skip
    name = sentence(name, 120)
    with transaction.atomic():
        Facility.everything.select_for_update().get(pk=facility.pk)
        known = StockItem.objects.filter(facility=facility, name=name).first()
        if known is not None and known.ended_at is None:
            raise NotPossible(_("“%(name)s” is in stock already; receive a lot of it instead.") % {"name": name})
        made, _fresh = StockItem.objects.update_or_create(
            facility=facility, name=name, defaults=facts | {"ended_at": None, "told_at": None}
        )
        journal.write(
            person=person, verb="added", thing=made, at=now, name=name, unit=made.unit, minimum=str(minimum),
            price_cny=str(price_cny) if price_cny is not None else None,
        )  # fmt: skip
    return made


def end(*, item: StockItem, person: Person, now: datetime) -> None:
    """The item is kept no longer; raises NotPossible while something of it is left."""
    require(item.facility, person)
    with transaction.atomic():
        if item.lots.filter(left_thousandths__gt=0).exists():
            raise NotPossible(_("Something of “%(item)s” is left; issue or dispose of it first.") % {"item": item})
        if StockItem.objects.filter(pk=item.pk, ended_at=None).update(ended_at=now):
            journal.write(person=person, verb="ended", thing=item, at=now)
