"""The states of a commissioned order and every allowed step between them: one table."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liqi.access.models import Commission

__all__ = ["STEPS", "NotPossible", "Step", "allowed", "require", "turn_of", "waiting_for", "words"]

State = Commission.State
CUSTOMER, FACILITY, NOBODY = "customer", "facility", "nobody"


class NotPossible(ValueError):
    """The order is not in a state for this step, or something is missing; the message says what to do."""


@dataclass(frozen=True)
class Step:
    """One verb: from which states, into which, whose it is, whether a reason must be said, how it reads."""

    verb: str
    before: tuple[str, ...]
    after: str
    side: str
    button: Any
    done: Any
    needs_reason: bool = False


STEPS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step(
            "submit", (State.DRAFT,), State.SUBMITTED, CUSTOMER,
            gettext_lazy("Send the order"), pgettext_lazy("step of an order", "sent"),
        ),
        Step(
            "send_back", (State.SUBMITTED, State.QUOTED), State.DRAFT, FACILITY,
            gettext_lazy("Ask for more"), pgettext_lazy("step of an order", "asked for more"), needs_reason=True,
        ),
        Step(
            "quote", (State.SUBMITTED, State.QUOTED), State.QUOTED, FACILITY,
            gettext_lazy("Make a quote"), pgettext_lazy("step of an order", "quoted"),
        ),
        Step(
            "take_on", (State.SUBMITTED,), State.ACCEPTED, FACILITY,
            gettext_lazy("Take it on at the listed price"), pgettext_lazy("step of an order", "taken on"),
        ),
        Step(
            "accept", (State.QUOTED,), State.ACCEPTED, CUSTOMER,
            gettext_lazy("Accept the quote"), pgettext_lazy("step of an order", "quote accepted"),
        ),
        Step(
            "decline", (State.QUOTED,), State.SUBMITTED, CUSTOMER,
            gettext_lazy("Decline the quote"), pgettext_lazy("step of an order", "quote declined"),
        ),
        Step(
            "receive", (State.ACCEPTED,), State.RECEIVED, FACILITY,
            gettext_lazy("All samples are here"), pgettext_lazy("step of an order", "samples received"),
        ),
        Step(
            "begin", (State.RECEIVED,), State.IN_WORK, FACILITY,
            gettext_lazy("Begin the work"), pgettext_lazy("step of an order", "work begun"),
        ),
        Step(
            "measure", (State.IN_WORK,), State.MEASURED, FACILITY,
            gettext_lazy("All is measured"), pgettext_lazy("step of an order", "measured"),
        ),
        Step(
            "review", (State.MEASURED,), State.IN_REVIEW, FACILITY,
            gettext_lazy("Begin the review"), pgettext_lazy("step of an order", "review begun"),
        ),
        Step(
            "rework", (State.MEASURED, State.IN_REVIEW), State.IN_WORK, FACILITY,
            gettext_lazy("Back to work"), pgettext_lazy("step of an order", "back to work"), needs_reason=True,
        ),
        Step(
            "release", (State.IN_REVIEW,), State.RELEASED, FACILITY,
            gettext_lazy("Release the results"), pgettext_lazy("step of an order", "results released"),
        ),
        Step(
            "recall", (State.RELEASED,), State.IN_REVIEW, FACILITY,
            gettext_lazy("Take the results back"), pgettext_lazy("step of an order", "results taken back"),
            needs_reason=True,
        ),
        Step(
            "close", (State.RELEASED,), State.CLOSED, FACILITY,
            gettext_lazy("Close the order"), pgettext_lazy("step of an order", "closed"),
        ),
        Step(
            "refuse", (State.SUBMITTED, State.QUOTED, State.ACCEPTED, State.RECEIVED), State.REFUSED, FACILITY,
            gettext_lazy("Refuse the order"), pgettext_lazy("step of an order", "refused"), needs_reason=True,
        ),
        Step(
            "withdraw", (State.DRAFT, State.SUBMITTED, State.QUOTED, State.ACCEPTED), State.WITHDRAWN, CUSTOMER,
            gettext_lazy("Withdraw the order"), pgettext_lazy("step of an order", "withdrawn"),
        ),
        Step(
            "reopen", (State.WITHDRAWN,), State.DRAFT, CUSTOMER,
            gettext_lazy("Take it up again"), pgettext_lazy("step of an order", "taken up again"),
        ),
        Step(
            "reconsider", (State.REFUSED,), State.SUBMITTED, FACILITY,
            gettext_lazy("Look at it again"), pgettext_lazy("step of an order", "looked at again"),
        ),
    )
}  # fmt: skip
"""Every step there is; one that is not in this table does not exist, on no page and in no interface."""

TURNS = {
    State.DRAFT: CUSTOMER,
    State.SUBMITTED: FACILITY,
    State.QUOTED: CUSTOMER,
    State.ACCEPTED: CUSTOMER,
    State.RECEIVED: FACILITY,
    State.IN_WORK: FACILITY,
    State.MEASURED: FACILITY,
    State.IN_REVIEW: FACILITY,
    State.RELEASED: FACILITY,
}
"""Whose turn it is in a state; nobody's in the others."""


WAITING: dict[str, Any] = {
    State.DRAFT: gettext_lazy("Answer the form, list the samples, and send the order."),
    State.SUBMITTED: gettext_lazy("The facility looks at the order and makes a quote."),
    State.QUOTED: gettext_lazy("Accept the quote, or withdraw the order."),
    State.ACCEPTED: gettext_lazy("Label the samples and send them to the facility."),
    State.RECEIVED: gettext_lazy("The facility begins the work."),
    State.IN_WORK: gettext_lazy("The facility measures the samples."),
    State.MEASURED: gettext_lazy("The results wait for their review."),
    State.IN_REVIEW: gettext_lazy("Somebody who did not measure reviews and releases the results."),
    State.RELEASED: gettext_lazy("The results are here. What is left of the samples is returned or disposed of."),
    State.CLOSED: gettext_lazy("The order is closed."),
    State.REFUSED: gettext_lazy("The facility refused the order."),
    State.WITHDRAWN: gettext_lazy("The order is withdrawn."),
}
"""What an order in a state waits for."""


def waiting_for(state: str) -> str:
    """What an order in this state waits for, in one sentence."""
    return str(WAITING[State(state)])


def allowed(state: str, side: str) -> list[Step]:
    """The steps that this side may take from the state, in the order of the table."""
    return [step for step in STEPS.values() if state in step.before and step.side == side]


def turn_of(state: str) -> str:
    """Whose turn it is: customer, facility or nobody."""
    return TURNS.get(State(state), NOBODY)


def words(state: str) -> str:
    """The state as people read it."""
    return str(State(state).label)


def require(state: str, verb: str) -> Step:
    """The step when it may be taken from the state; else NotPossible, which says what may be done instead."""
    step = STEPS.get(verb)
    if step is None:
        raise NotPossible(
            _("Found the step “%(verb)s”; expected one of %(known)s.") % {"verb": verb, "known": ", ".join(STEPS)}
        )
    if state in step.before:
        return step
    rest = [one for one in STEPS.values() if state in one.before]
    facts = {
        "state": words(state),
        "button": step.button,
        "needed": _(" or ").join(words(one) for one in step.before),
        "rest": "; ".join(str(one.button) for one in rest) or _("nothing, it is over"),
    }
    raise NotPossible(
        _("The order is “%(state)s”; “%(button)s” needs “%(needed)s”. What can be done now: %(rest)s.") % facts
    )
