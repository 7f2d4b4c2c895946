"""The facility's queue of orders: by state, with what is overdue and whose turn it is; and one's own orders."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from liqi.access.commissions import keepers
from liqi.access.commissions.states import turn_of, words
from liqi.access.models import Commission, Order, Sample
from liqi.accounts.models import Person

__all__ = ["BOARD", "LATE", "Card", "Column", "board", "mine", "overdue_samples", "rows"]

State = Commission.State
BOARD = (
    *(State.SUBMITTED, State.QUOTED, State.ACCEPTED, State.RECEIVED, State.IN_WORK, State.MEASURED),
    *(State.IN_REVIEW, State.RELEASED),
)
"""The states of the board, from left to right; what is over stands in the list alone."""
LATE = (State.RECEIVED, State.IN_WORK, State.MEASURED, State.IN_REVIEW)
"""The states in which an order can be late."""


@dataclass(frozen=True)
class Card:
    """One order of the board."""

    order: Order
    commission: Commission
    samples: int
    held: int
    overdue: bool
    turn: str
    """customer, facility or nobody."""


@dataclass(frozen=True)
class Column:
    """One state of the board with its orders, longest in it first."""

    state: str
    words: str
    count: int
    cards: list[Card]


def rows(person: Person) -> QuerySet[Order]:
    """The orders that the person answers for, drafts left out, with what a list shows."""
    found = keepers.orders_of(person).exclude(commission=None).exclude(commission__state=State.DRAFT)
    return _with_facts(found)


def mine(person: Person) -> QuerySet[Order]:
    """The orders of the person and of the organisations they act for, of every kind, with what a list shows."""
    theirs = Order.objects.filter(
        Q(person=person) | Q(organisation__in=person.organisations.all(), kind=Order.Kind.COMMISSIONED)
    )
    return _with_facts(theirs)


def board(person: Person, *, today: date, service: str = "", most: int = 30) -> list[Column]:
    """The columns of the board; at most so many cards in each, the count says how many there are."""
    found = rows(person).filter(commission__state__in=BOARD)
    if service:
        found = found.filter(service__key=service)
    cards: dict[str, list[Card]] = {str(state): [] for state in BOARD}
    for order in found.order_by("commission__changed_at", "pk"):
        one = card(order, today)
        cards[one.commission.state].append(one)
    return [Column(str(state), words(state), len(cards[state]), cards[state][:most]) for state in BOARD]


def card(order: Order, today: date) -> Card:
    """The order as the board shows it."""
    commission = order.commission
    late = commission.due_on is not None and commission.due_on < today and commission.state not in Commission.OPENED
    counted: Any = order
    return Card(
        order, commission, counted.sample_count, counted.held_count, late and not commission.is_over,
        turn_of(commission.state),
    )  # fmt: skip


def overdue_samples(person: Person, *, today: date) -> QuerySet[Sample]:
    """Samples in the person's care whose time of keeping is over: to be returned or disposed of, oldest first."""
    found = Sample.objects.held().filter(keep_until__lt=today, order__in=keepers.orders_of(person))
    return found.select_related("order__person", "order__service", "place").order_by("keep_until", "pk")


def _with_facts(found: QuerySet[Order]) -> QuerySet[Order]:
    return found.select_related("commission", "person", "organisation", "service__facility", "instrument").annotate(
        sample_count=Count("samples", distinct=True),
        held_count=Count("samples", filter=Q(samples__state__in=Sample.HELD), distinct=True),
    )
