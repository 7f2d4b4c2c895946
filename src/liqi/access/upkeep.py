"""Upkeep: what falls due by the clock alone, such as an offer that expires or a booking that nobody came to."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from liqi.access import (
    agents,
    approval,
    booking_reminders,
    consumables,
    kept_answers,
    no_shows,
    outages,
    waiting,
    webhooks,
)
from liqi.access.care import chores, fittings, plans, stock
from liqi.access.commissions import reminders
from liqi.access.evaluation import tally
from liqi.access.metering import meters, overtime
from liqi.access.money import budgets, customs, invoices, proposals, quotes, vouchers
from liqi.access.opening import utc
from liqi.access.training import reminders as expiries
from liqi.accounts import mail

__all__ = ["TASKS", "Task", "run"]

log = logging.getLogger(__name__)


class Task(Protocol):
    """A verb that does what is due at ``now`` and says how much it did; doing it again at once does nothing."""

    def __call__(self, *, now: datetime) -> int:
        """Do what is due."""


TASKS: tuple[Task, ...] = (
    approval.due,
    budgets.sweep,
    proposals.due,
    consumables.due,
    quotes.expire,
    vouchers.expire,
    invoices.remind,
    customs.warn,
    agents.tell_silent,
    no_shows.due,
    waiting.due,
    overtime.due,
    meters.thin,
    reminders.remind,
    outages.due,
    outages.make_ahead,
    expiries.due,
    tally.due,
    booking_reminders.due,
    kept_answers.due,
    webhooks.due,
    mail.due,
    chores.due,
    plans.due,
    stock.due,
    fittings.due,
)
"""Asked several times a minute, so each finds what is due by an index and keeps its own transactions."""


def run(*, now: datetime, tasks: tuple[Task, ...] | None = None) -> dict[str, int]:
    """Every task did what was due; a task that fails is logged and holds up no other."""
    done = {}
    for task in TASKS if tasks is None else tasks:
        name = _name(task)
        try:
            done[name] = task(now=utc(now))
        except Exception:
            log.exception("upkeep %s failed; it is tried again in a while", name)
    return done


def _name(task: Callable[..., int]) -> str:
    return f"{task.__module__}.{getattr(task, '__name__', type(task).__name__)}"
