"""The steps of a commissioned order, each a verb: who, when and why are kept, and those whose turn it is are told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.commissions import forms, keepers, subsidy
from liqi.access.commissions.states import CUSTOMER, NotPossible, Step, require
from liqi.access.models import Commission, CommissionStep, Order, Quote, Sample, ServiceTerms
from liqi.access.money import books, budgets, proposals, quotes, tables, vouchers
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["NotPossible", "may_release", "open", "take", "terms_of", "today"]

State = Commission.State


def open(*, order: Order, now: datetime) -> Commission:
    """The order of a service has a commission: a draft that answers the newest form under the terms of the service."""
    assert order.service is not None
    return Commission.objects.create(
        order=order, form=forms.newest(order.service), four_eyes=terms_of(order).four_eyes, changed_at=now
    )


def take(
    *, commission: Commission, verb: str, person: Person, now: datetime, reason: str = "", again: bool = False
) -> Commission:
    """The order has made this step; a step that another was quicker with raises NotPossible, with words.

    The same person sending the same step again changes nothing, unless ``again`` says that it is meant.
    Raises NotAllowed for somebody of the other side.
    """
    with transaction.atomic():
        locked = (
            Commission.objects.select_for_update(of=("self",))
            .select_related("order__service__institution", "order__organisation", "order__person", "form")
            .get(pk=commission.pk)
        )
        if not again and _is_repeated(locked, verb, person):
            return locked
        step = require(locked.state, verb)
        _require_side(step, locked, person)
        reason = reason.strip()
        if step.needs_reason and not reason:
            raise NotPossible(_("Found no reason; say in a sentence why, the other side reads it."))
        _BEFORE.get(verb, _nothing)(locked, person, now)
        before, locked.state, locked.changed_at = locked.state, step.after, now
        locked.save()
        _write(locked, step, before, person, now, reason)
    return locked


def may_release(commission: Commission, person: Person) -> bool:
    """Four eyes: whoever measured, or wrote a result down, does not release; where the terms ask for no second pair,
    everybody of the facility does."""
    if not commission.four_eyes:
        return True
    wrote = commission.order.samples.filter(results__person=person)
    return person.pk != commission.measured_by_id and not wrote.exists()


def today(now: datetime) -> date:
    """The day of the platform's own clock."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def terms_of(order: Order) -> ServiceTerms:
    """The terms of the order's service, the usual ones where none are set."""
    return ServiceTerms.objects.filter(service=order.service).first() or ServiceTerms(service=order.service)


def _is_repeated(commission: Commission, verb: str, person: Person) -> bool:
    last = commission.steps.order_by("-number").first()
    return last is not None and (last.verb, last.person_id, last.after) == (verb, person.pk, commission.state)


def _require_side(step: Step, commission: Commission, person: Person) -> None:
    order = commission.order
    if step.side == CUSTOMER:
        keepers.require_customer(person, order)
    else:
        keepers.require_keeper(person, order.service)


def _write(commission: Commission, step: Step, before: str, person: Person, now: datetime, reason: str) -> None:
    order = commission.order
    CommissionStep.objects.create(
        commission=commission, number=commission.steps.count() + 1, verb=step.verb, before=before,
        after=commission.state, at=now, person=person, reason=reason,
    )  # fmt: skip
    state = Order.State.OPEN
    if commission.is_over:
        state = Order.State.DONE if commission.state == State.CLOSED else Order.State.CLOSED
    if order.state != state:
        Order.objects.filter(pk=order.pk).update(state=state)
        order.state = state
    journal.write(person=person, verb=step.verb, thing=order, at=now, before=before, after=commission.state)
    notices.tell(
        [one for one in _concerned(commission, step) if one.pk != person.pk],
        kind=f"order.{step.verb}", now=now, link=f"/orders/{order.key}/",
        person=person, title=order.title, reason=reason,
    )  # fmt: skip


def _concerned(commission: Commission, step: Step) -> list[Person]:
    """Who is told: the other side; of the facility's inner steps those of the facility whose turn may be next."""
    order = commission.order
    if step.side == CUSTOMER or step.verb in ("measure", "review", "rework"):
        return keepers.keepers_of(order.service) if order.service else []
    leads = keepers.leads_who_accept(order) if step.verb == "quote" else []
    return [order.person, *leads]


def _nothing(commission: Commission, person: Person, now: datetime) -> None:
    """Most steps ask nothing more."""


def _check_complete(commission: Commission, person: Person, now: datetime) -> None:
    """An order is sent when its form is answered and its samples are named."""
    problems = forms.problems(commission.form, commission.answers)
    samples = list(commission.order.samples.all())
    if not samples:
        problems.append(_("no sample is registered; add at least one"))
    for sample in samples:
        for said in forms.problems(commission.form, sample.facts, of_sample=True):
            problems.append(_("sample %(name)s: %(problem)s") % {"name": sample.name, "problem": said})
    if problems:
        shown = "; ".join(problems[:5]) + (" …" if len(problems) > 5 else "")
        raise NotPossible(_("The order is not complete: %(problems)s.") % {"problems": shown})


def _check_quote(commission: Commission, person: Person, now: datetime) -> None:
    if not Quote.objects.filter(order=commission.order, state=Quote.State.OFFERED).exists():
        raise NotPossible(_("There is no quote yet; write its lines and send it."))


def _check_take_on(commission: Commission, person: Person, now: datetime) -> None:
    """Taken on at the listed price: who sent the order agreed to it, so the quote stands accepted from the start."""
    order = commission.order
    service = order.service
    if terms_of(order).quote_needed:
        raise NotPossible(_("This service wants an accepted quote first; make a quote, or change its terms."))
    if leads := keepers.leads_who_accept(order):
        raise NotPossible(
            _("%(organisation)s asks that a lead (%(leads)s) accepts the price; make a quote.")
            % {"organisation": called(order.organisation), "leads": ", ".join(map(str, leads))}
        )
    assert service is not None
    pieces = {(str(service.price_unit), ""): Decimal(order.samples.count() if service.price_unit == "sample" else 1)}
    found = tables.of_service(service, organisation=order.organisation, on=books.day_of(now), pieces=pieces)
    if found is None or not found.lines:
        raise NotPossible(_("The service has no listed price; make a quote."))
    quote = quotes.offer(
        seller=service.institution,
        lines=found.lines,
        person=person,
        now=now,
        order=order,
        tax_percent=found.tax_percent,
    )
    quotes.accept(quote, person=order.person, now=now)
    subsidy.hold(commission, person=person, now=now)


def _check_accept(commission: Commission, person: Person, now: datetime) -> None:
    leads = keepers.leads_who_accept(commission.order)
    if leads and person not in leads and not person.is_operator:
        raise NotAllowed(
            _("%(organisation)s asks that a lead accepts quotes; ask %(leads)s.")
            % {"organisation": called(commission.order.organisation), "leads": ", ".join(map(str, leads))}
        )
    quote = Quote.objects.filter(order=commission.order, state=Quote.State.OFFERED).first()
    if quote is None:
        raise NotPossible(_("No quote stands any more; ask the facility for a new one."))
    quotes.accept(quote, person=person, now=now)
    subsidy.hold(commission, person=person, now=now)
    commission.accepted_by = person


def _decline(commission: Commission, person: Person, now: datetime) -> None:
    for quote in Quote.objects.filter(order=commission.order, state=Quote.State.OFFERED):
        quotes.decline(quote, person=person, now=now)


def _drop_quote(commission: Commission, person: Person, now: datetime) -> None:
    """An order that ends before its work needs no quote any more, and neither voucher nor budget holds money for it."""
    for quote in Quote.objects.filter(order=commission.order, state__in=("offered", "accepted")):
        quotes.drop(quote, person=person, now=now)
    vouchers.free(commission.order, person=person, now=now)
    budgets.follow_order(commission.order, now=now)


def _end_withdrawn(commission: Commission, person: Person, now: datetime) -> None:
    _check_samples_gone(commission, person, now)
    _drop_quote(commission, person, now)


def _check_received(commission: Commission, person: Person, now: datetime) -> None:
    missing = commission.order.samples.filter(state=Sample.State.EXPECTED)
    if names := list(missing.values_list("name", flat=True)[:4]):
        raise NotPossible(
            _("Not all samples are received: %(names)s … Receive each by its label, or take it out of the order.")
            % {"names": ", ".join(names)}
        )
    service = commission.order.service
    if service is not None and service.turnaround_days is not None:
        commission.due_on = today(now) + timedelta(days=service.turnaround_days)


def _sign_measured(commission: Commission, person: Person, now: datetime) -> None:
    commission.measured_by = person


def _sign_released(commission: Commission, person: Person, now: datetime) -> None:
    if not may_release(commission, person):
        raise NotAllowed(
            _("You measured these samples or wrote their results down; somebody else must release them (four eyes).")
        )
    commission.released_by, commission.released_at = person, now
    day = today(now) + timedelta(days=terms_of(commission.order).retention_days)
    commission.order.samples.held().update(keep_until=day)
    proposals.of_order(commission.order, now=now)


def _take_release_back(commission: Commission, person: Person, now: datetime) -> None:
    commission.released_by = commission.released_at = None


def _check_samples_gone(commission: Commission, person: Person, now: datetime) -> None:
    held = list(commission.order.samples.held().values_list("name", flat=True)[:4])
    if held:
        raise NotPossible(
            _("Samples are still here: %(names)s … Return, dispose of or use up each of them first.")
            % {"names": ", ".join(held)}
        )


_BEFORE: dict[str, Callable[[Commission, Person, datetime], None]] = {
    "submit": _check_complete,
    "take_on": _check_take_on,
    "accept": _check_accept,
    "decline": _decline,
    "receive": _check_received,
    "measure": _sign_measured,
    "release": _sign_released,
    "recall": _take_release_back,
    "close": _check_samples_gone,
    "withdraw": _end_withdrawn,
    "refuse": _drop_quote,
    "send_back": _drop_quote,
    "quote": _check_quote,
}
