"""Scenarios of first use are published when owner, science and operator are there; trials go step by step."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi import policy
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.observatory import boards, policies
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Scenario, Trial, TrialStep

BOARD = boards.board("scenarios")
TRIALS = boards.board("trials")
TRIAD = ("owner", "science", "operator")
NEXT = {"": ("trial",), "trial": ("log",), "log": ("log", "fix"), "fix": ("again",), "again": ("log",)}
"""What may come after each step; a trial that passed ends it."""
INSURANCE = "first.insurance.2019"


def missing(scenario: Scenario) -> list[str]:
    """Which of the three is not named yet."""
    return [name for name in TRIAD if not getattr(scenario, name).strip()]


def publish(scenario: Scenario, *, person: Person, now: datetime) -> None:
    """Everybody sees the scenario; raises NotPossible while one of the three is missing."""
    boards.require_keeper(person, BOARD, scenario)
    if lost := missing(scenario):
        words = _("Found no %(lost)s; a scenario is published with who opens it, the science and who runs it.")
        names = ", ".join(boards.label(Scenario, name) for name in lost)
        raise NotPossible(words % {"lost": names})
    with transaction.atomic():
        scenario.published_at = scenario.updated_at = now
        scenario.save(update_fields=["published_at", "updated_at"])
        journal.write(person=person, verb="published", thing=scenario, at=now)


def unpublish(scenario: Scenario, *, person: Person, now: datetime) -> None:
    """The scenario is a draft again."""
    boards.require_keeper(person, BOARD, scenario)
    with transaction.atomic():
        scenario.published_at, scenario.updated_at = None, now
        scenario.save(update_fields=["published_at", "updated_at"])
        journal.write(person=person, verb="unpublished", thing=scenario, at=now)


def next_steps(trial: Trial) -> tuple[str, ...]:
    """The kinds of step that may come now; none once a trial has passed."""
    last = trial.steps.order_by("-number").first()
    if last is not None and last.passed:
        return ()
    return NEXT[last.kind if last else ""]


def step(
    trial: Trial, *, kind: str, on: date, person: Person, now: datetime, passed: bool | None = None, words: str = ""
) -> TrialStep:
    """The step is on record: trial, log, fix, second trial, in that order and as often as it takes."""
    boards.require_keeper(person, TRIALS, trial)
    allowed = next_steps(trial)
    if kind not in allowed:
        names = [str(TrialStep.Kind(one).label) for one in allowed]
        words_ = _("Found this step out of its order; expected %(next)s.")
        raise NotPossible(words_ % {"next": ", ".join(names) or _("none: the trial has passed")})
    last = trial.steps.order_by("-number").first()
    if last is not None and on < last.on:
        words_ = _("Found %(day)s, before the step of %(last)s; expected that day or a later one.")
        raise NotPossible(words_ % {"day": on, "last": last.on})
    tried = kind in ("trial", "again")
    if tried and passed is None:
        raise NotPossible(_("Say whether it passed: would the user keep it?"))
    with transaction.atomic():
        made = TrialStep.objects.create(
            trial=trial, number=last.number + 1 if last else 1, kind=kind, on=on, passed=passed if tried else None,
            words=words[:500], person=person,
        )  # fmt: skip
        journal.write(person=person, verb="stepped", thing=trial, at=now, kind=kind, passed=made.passed)
    return made


def take_back_step(trial: Trial, *, person: Person, now: datetime) -> None:
    """The last step is undone."""
    boards.require_keeper(person, TRIALS, trial)
    last = trial.steps.order_by("-number").first()
    if last is None:
        raise NotPossible(_("Found no step to take back; the trial has not begun."))
    with transaction.atomic():
        journal.write(person=person, verb="stepped back", thing=trial, at=now, kind=last.kind)
        last.delete()


def insurance(trial: Trial, *, on: date, language: str) -> policy.Verdict | None:
    """0.8 x min(premium, 3 % of the value) by the national rule, None where the rule is switched off."""
    subject: dict[str, Any] = {}
    if trial.value_cny and trial.premium_cny is not None:
        subject = {"insured": trial.value_cny, "premium": trial.premium_cny, "years": Decimal(1)}
    rule = policies.in_use().get(INSURANCE)
    return policy.judge(rule, subject, on=on, place=policy.NATION, language=language) if rule else None
