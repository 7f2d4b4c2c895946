"""Orders are opened by the person with the need, and closed when it is met."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.commissions import drafts, keepers, progress
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Order
from liqi.accounts import journal, membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument, Service

__all__ = ["NotAllowed", "NotPossible", "close", "draft", "finish", "open", "require_sight"]


def open(
    *,
    person: Person,
    title: str,
    now: datetime,
    need: str = "",
    instrument: Instrument | None = None,
    service: Service | None = None,
    organisation: Organisation | None = None,
    project: Project | None = None,
) -> Order:
    """A new thread for the need; on a service it is commissioned and begins as a draft, else the person's own use."""
    if organisation is None and project is not None:
        organisation = project.organisation
    if organisation is None:
        organisation = membership.home_of(person)
    else:
        membership.require(person, organisation)
    with transaction.atomic():
        order = Order.objects.create(
            title=title[:200],
            need=need,
            kind=Order.Kind.OWN_USE if service is None else Order.Kind.COMMISSIONED,
            person=person,
            organisation=organisation,
            project=project,
            instrument=instrument,
            service=service,
            created_at=now,
        )
        if service is not None:
            progress.open(order=order, now=now)
        journal.write(person=person, verb="opened", thing=order, at=now, title=order.title)
    return order


def draft(
    *, service: Service, need: str, answers: Mapping[str, Any], person: Person, now: datetime, title: str = "",
    fate: str = "", purchase_number: str = "", voucher: str = "", project: Project | None = None,
    organisation: Organisation | None = None, files: drafts.Files | None = None,
) -> Order:  # fmt: skip
    """An order on the service is open as a draft that says this; without a title it has the first line of its need.

    All or nothing. Raises NotAllowed, and Unable with why the voucher of this number cannot pay.
    """
    with transaction.atomic():
        order = open(
            person=person, title=title or need.partition("\n")[0] or str(service), need=need, service=service,
            project=project, organisation=organisation, now=now,
        )  # fmt: skip
        drafts.write(
            commission=order.commission, answers=answers, person=person, now=now, fate=fate,
            purchase_number=purchase_number, voucher=voucher or None, files=files,
        )  # fmt: skip
    return order


def finish(*, order: Order, person: Person, now: datetime) -> Order:
    """The need is met."""
    return _turn(order, Order.State.DONE, person, now)


def close(*, order: Order, person: Person, now: datetime) -> Order:
    """The order is given up; what was done under it stays on record."""
    return _turn(order, Order.State.CLOSED, person, now)


def require_sight(order: Order, person: Person) -> None:
    """Raise NotAllowed unless it is theirs, their organisation's, or of an instrument they look after."""
    if order.person_id == person.pk or person.is_operator:
        return
    if order.organisation is not None and membership.may_act_for(person, order.organisation):
        return
    if keepers.answers_for(person, order.service):
        return
    instruments = [order.instrument] if order.instrument else []
    instruments += [booking.instrument for booking in order.bookings.select_related("instrument")]
    if not any(belonging.looks_after(person, instrument) for instrument in instruments):
        raise NotAllowed(_("This order is %(owner)s's; ask them to show it to you.") % {"owner": order.person})


def _turn(order: Order, state: str, person: Person, now: datetime) -> Order:
    if order.person_id != person.pk and not person.is_operator:
        raise NotAllowed(_("This order is %(owner)s's; only they may change it.") % {"owner": order.person})
    if order.kind == Order.Kind.COMMISSIONED:
        raise NotPossible(_("The order of a service ends by its own steps: withdraw it, or let the facility close it."))
    with transaction.atomic():
        if Order.objects.filter(pk=order.pk).exclude(state=state).update(state=state):
            journal.write(person=person, verb=str(state), thing=order, at=now)
    order.refresh_from_db(fields=["state"])
    return order
