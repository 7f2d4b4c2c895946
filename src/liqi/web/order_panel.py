"""What the page of a commissioned order shows beside its thread: the rail of states, quote, results, and what to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liqi.access.commissions import chain, keepers, progress, quoting, results, states, subsidy
from liqi.access.commissions.states import CUSTOMER, FACILITY
from liqi.access.models import Commission, Feedback, Order, Quote, Result
from liqi.access.money import books
from liqi.access.money.pricing import Line
from liqi.accounts.models import Person
from liqi.web import questionnaires

State = Commission.State
RAIL = (
    *(State.DRAFT, State.SUBMITTED, State.QUOTED, State.ACCEPTED, State.RECEIVED, State.IN_WORK),
    *(State.MEASURED, State.IN_REVIEW, State.RELEASED, State.CLOSED),
)


@dataclass(frozen=True)
class Stop:
    """One state of the rail."""

    words: str
    here: bool
    tone: str
    """done, here or ahead."""


def rail(state: str) -> list[Stop]:
    """The states from first to last; an order that was refused or withdrawn shows that alone."""
    if state not in RAIL:
        return [Stop(states.words(state), True, "here")]
    at = RAIL.index(State(state))
    return [
        Stop(states.words(one), place == at, "done" if place < at else "here" if place == at else "ahead")
        for place, one in enumerate(RAIL)
    ]


def sides(order: Order, person: Person) -> list[str]:
    """On which sides of the order the person stands: customer, facility, both or none."""
    found = [CUSTOMER] if keepers.is_customer(person, order) else []
    return [*found, FACILITY] if keepers.answers_for(person, order.service) else found


def build(commission: Commission, person: Person, *, now: datetime) -> dict[str, Any]:
    """The values of the panel as this person may see them."""
    order, state = commission.order, commission.state
    on = sides(order, person)
    keeper = FACILITY in on
    sees = commission.is_open_to_customer or keeper
    quote = quoting.standing(order)
    may_quote = keeper and state in (State.SUBMITTED, State.QUOTED)
    found = _results(order) if sees else []
    last = found[-1] if found else None
    samples = list(order.samples.all())
    return {
        "rail": rail(state),
        "samples": samples,
        "keeper": keeper,
        "sees": sees,
        "reports": commission.is_open_to_customer or state in results.OPEN,
        "may_answer": state == State.DRAFT and CUSTOMER in on,
        "quote": quote,
        "quote_lines": [Line.of_json(line) for line in quote.lines] if quote else [],
        **_voucher(commission, person, quote, customer=CUSTOMER in on, now=now),
        "may_quote": may_quote,
        **(_draft(commission, len(samples), now) if may_quote else {}),
        "questions": questionnaires.of_form(commission.form, commission.answers),
        "results": found,
        "may_write": keeper and state in results.OPEN,
        "last_quantity": last.quantity if last else "",
        "last_unit": last.unit if last else "",
        "last_method": last.method if last else "",
        "may_grade": CUSTOMER in on and commission.is_open_to_customer and (order.person_id == person.pk or not keeper),
        "feedback": chain.feedback(commission),
        "grades": Feedback.Grade.choices,
        "steps": steps(commission, person, on),
    }


def steps(commission: Commission, person: Person, on: Collection[str]) -> list[states.Step]:
    """The steps that a person on these sides can take now; a release only where theirs is the second pair of eyes."""
    found = [step for side in on for step in states.allowed(commission.state, side)]
    return [
        step for step in found
        if step.verb != "quote" and (step.verb != "release" or progress.may_release(commission, person))
    ]  # fmt: skip


def _voucher(
    commission: Commission, person: Person, quote: Quote | None, *, customer: bool, now: datetime
) -> dict[str, Any]:
    """The voucher that is named, what it pays of the quote, and those that could be named."""
    order, on = commission.order, books.day_of(now)
    named = commission.voucher
    split = subsidy.split(order, quote.gross, on=on) if quote and (named or quote.state == "accepted") else None
    open_ = customer and not commission.is_over and commission.state not in Commission.OPENED
    seller = order.service.institution if order.service and open_ else None
    vouchers = subsidy.choices(person, seller, on=on, named=named) if seller else []
    may_name = open_ and bool(vouchers or named)
    return {"named": named, "split": split, "vouchers": vouchers, "may_name": may_name}


def _draft(commission: Commission, samples: int, now: datetime) -> dict[str, Any]:
    """The lines of a quote by the tables in force, and two empty ones."""
    order = commission.order
    assert order.service is not None
    priced = quoting.price(order.service, samples=samples, organisation=order.organisation, now=now)
    lines = [
        {"text": line.text or str(order.service), "quantity": line.quantity, "price": line.price}
        for line in (priced.lines if priced else ())
    ]
    empty = {"text": "", "quantity": "", "price": ""}
    return {"quote_draft": [*lines, empty, empty], "tax_percent": priced.tax_percent if priced else 6}


def _results(order: Order) -> list[Result]:
    rows = Result.objects.filter(sample__order=order).select_related("sample", "person")
    return list(rows.order_by("sample__number", "quantity"))
