"""Whose turn it is in a thread, and the one action that does the next thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liqi.access.commissions import states
from liqi.access.models import Booking, Commission, Order, Session
from liqi.access.session import EARLY
from liqi.access.thread import Next
from liqi.accounts.models import Person
from liqi.answers.models import Run
from liqi.web import order_panel, periods, scripts


@dataclass(frozen=True)
class Turn:
    """What is next, whose turn it is, and the button; sent by POST where it changes something."""

    words: str
    whose: str
    mine: bool
    label: str = ""
    address: str = ""
    icon: str = "chevron-right"
    post: bool = False
    at: datetime | None = None


def of(order: Order, following: Next, person: Person, now: datetime) -> Turn:
    """The turn as this person sees it; the button only for the one whose turn it is."""
    if isinstance(following.thing, Commission):
        return _of_commission(order, following, person)
    mine = order.person_id == person.pk
    whose = _("Your turn") if mine else _("%(person)s's turn") % {"person": order.person}
    label, address, icon, post = _action(order, following, now)
    waits = following.verb in ("wait", "nothing") and not label
    words = following.words
    if waits and following.verb == "nothing":
        whose, words = _("Finished"), _("Nothing is left to do here.")
    elif waits:
        whose = _("Waiting")
    if isinstance(following.thing, Booking) and following.thing.starts_at > now:
        when = periods.in_words(following.thing.starts_at, following.thing.ends_at, person.time_zone)
        words = _("Booked for %(when)s. %(words)s") % {"when": when, "words": words}
    shown = (label, address) if mine else ("", "")
    return Turn(words, whose, mine and not waits, *shown, icon=icon, post=post, at=following.at)


def _of_commission(order: Order, following: Next, person: Person) -> Turn:
    """The turn in the order of a service: the customer's or the facility's; the first step of one's own side is it."""
    state = following.thing.state
    side, on = states.turn_of(state), order_panel.sides(order, person)
    if side == states.NOBODY:
        return Turn(following.words, _("Finished"), False)
    if side not in on:
        house = (order.service.facility or order.service) if side == states.FACILITY and order.service else None
        whose = scripts.name_of(house, get_language() or "") if house else str(order.person)
        return Turn(following.words, _("%(person)s's turn") % {"person": whose}, False)
    if state == "draft" and not order.samples.exists():
        address = reverse("order_samples", args=[order.key])
        return Turn(following.words, _("Your turn"), True, _("List the samples"), address, "test-pipe")
    if state == "accepted":
        address = reverse("order_labels", args=[order.key])
        return Turn(following.words, _("Your turn"), True, _("Print the labels"), address, "printer")
    mine = order_panel.steps(following.thing, person, [side])
    steps = [step for step in mine if step.verb != "take_on" and not step.needs_reason]
    if not steps and state == "in review":
        return Turn(following.words, _("Somebody else's turn"), False)
    if not steps or state == "released":
        return Turn(following.words, _("Your turn"), True)
    address = reverse("order_step", args=[order.key, steps[0].verb])
    return Turn(following.words, _("Your turn"), True, str(steps[0].button), address, "check", post=True)


def _action(order: Order, following: Next, now: datetime) -> tuple[str, str, str, bool]:
    """Label, address, icon, and whether it is sent by POST."""
    verb, thing = following.verb, following.thing
    upload = f"/answers/new/?order={order.key}"
    if verb == "book":
        if order.instrument:
            return (
                _("Book a time"),
                f"{reverse('instrument_calendar', args=[order.instrument.key])}?order={order.key}",
                "calendar-plus",
                False,
            )
        return _("Find an instrument"), f"/search/?{periods.query({'q': order.need or order.title})}", "search", False
    if verb in ("start", "wait") and isinstance(thing, Booking):
        if thing.starts_at - EARLY <= now < thing.ends_at:
            return _("Start the session"), reverse("session_start", args=[thing.pk]), "player-play", True
        return _("Open the booking"), reverse("booking", args=[thing.pk]), "calendar-event", False
    if verb == "end" and isinstance(thing, Session):
        return _("End the session"), reverse("session_end", args=[thing.pk]), "player-stop", True
    if verb in ("upload", "answer"):
        return (_("Add the data file") if verb == "upload" else _("Choose a method")), upload, "cloud-upload", False
    if verb in ("read", "wait") and isinstance(thing, Run):
        return (
            (_("Open the answer") if verb == "read" else _("Watch the run")),
            reverse("run", args=[thing.key]),
            "file-analytics",
            False,
        )
    return "", "", "", False


def hours(value: Decimal | None) -> str:
    """Hours with two decimals, blank when none are metered."""
    return "" if value is None else f"{value.quantize(Decimal('0.01'))}"


def step(order: Order) -> str:
    """What an order without a booking ahead waits for, in words; its files, runs and sessions are at hand."""
    if order.kind == Order.Kind.COMMISSIONED and hasattr(order, "commission"):
        return states.waiting_for(order.commission.state)
    sessions = [session for booking in order.bookings.all() for session in booking.sessions.all()]
    runs, files = list(order.runs.all()), list(order.files.all())
    if any(session.is_running for session in sessions):
        return _("End the session when you leave the instrument.")
    if any(run.is_going_on for run in runs):
        return _("The run is on its way.")
    if any(run.state == Run.State.DONE for run in runs):
        return _("Read the answer; finish the order when it says enough.")
    if files:
        return _("Choose a method for the data file.")
    if sessions:
        return _("Add the data file of the session.")
    if order.service_id:
        return _("The facility answers your order.")
    return _("Book a time.")
