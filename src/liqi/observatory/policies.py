"""Policies on record: rules of this site beside those that are shipped, and which of them are switched on."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from liqi import policy
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.observatory.models import PolicyRule

MOST_LETTERS = 50_000


class NotPossible(Exception):
    """The rule cannot be kept or switched; the message says found, expected and what to do."""


def in_use() -> dict[str, policy.Rule]:
    """The rules that are asked here: those shipped but for what is switched off, and those of this site that are on.

    One of this site that can no longer be read, or whose own cases no longer come out, is asked of nobody; `broken`
    says why.
    """
    known = dict(policy.rules())
    for row in PolicyRule.objects.all():
        if not row.on:
            known.pop(row.rule_id, None)
        elif row.text:
            rule, _why = _tried(row.rule_id, row.text, row.changed_at.date())
            if rule is not None:
                known[row.rule_id] = rule
    return known


def broken() -> dict[str, str]:
    """The rules of this site that are on and do not pass their own cases, or cannot be read: by id, what is wrong."""
    found = {}
    for row in PolicyRule.objects.exclude(text="").order_by("rule_id"):
        try:
            policy.from_toml(row.text, row.rule_id, draft=True)
        except policy.BrokenRule as problem:
            found[row.rule_id] = str(problem)
            continue
        _rule, why = _tried(row.rule_id, row.text, row.changed_at.date()) if row.on else (None, "")
        if why:
            found[row.rule_id] = why
    return found


@lru_cache(maxsize=512)
def _tried(rule_id: str, text: str, day: date) -> tuple[policy.Rule | None, str]:
    """The rule of this text where all its cases come out, else what is wrong with it."""
    try:
        rule = policy.from_toml(text, rule_id)
        policy.prove(rule, day=day)
    except policy.BrokenRule as problem:
        return None, str(problem)
    return rule, ""


def version() -> tuple[tuple[str, datetime], ...]:
    """What the rules in use are known by: equal as long as nobody keeps or switches one."""
    return tuple(PolicyRule.objects.order_by("rule_id").values_list("rule_id", "changed_at"))


def on_record() -> dict[str, tuple[policy.Rule, bool]]:
    """Every rule, shipped or of this site, drafts among them, and whether it is on."""
    known = {name: (rule, True) for name, rule in policy.rules().items()}
    for row in PolicyRule.objects.all():
        with suppress(policy.BrokenRule):
            rule = policy.from_toml(row.text, row.rule_id, draft=True) if row.text else policy.rules().get(row.rule_id)
            if rule is not None:
                known[row.rule_id] = (rule, row.on)
    return known


def texts() -> Mapping[str, str]:
    """The texts of the rules of this site, by id."""
    return dict(PolicyRule.objects.exclude(text="").values_list("rule_id", "text"))


def keep(text: str, *, person: Person, now: datetime) -> PolicyRule:
    """The rule of this site is on record with this text, switched off until somebody switches it on.

    Raises NotAllowed for whoever is no operator, policy.BrokenRule for a text that is no rule, NotPossible for one that
    bears the id of a shipped rule.
    """
    _require_operator(person)
    if len(text) > MOST_LETTERS:
        found = _("Found a rule of %(n)d letters; expected at most %(most)d; shorten it.")
        raise NotPossible(found % {"n": len(text), "most": MOST_LETTERS})
    rule = policy.from_toml(text, draft=True)
    if rule.id in policy.rules():
        raise NotPossible(_("Found the id of a rule that is shipped (%s); expected an id of your own.") % rule.id)
    with transaction.atomic():
        facts = {"text": text, "on": False, "changed_at": now, "changed_by": person}
        row, made = PolicyRule.objects.update_or_create(rule_id=rule.id, defaults=facts)
        journal.write(person=person, verb="kept" if made else "changed", thing=row, at=now, rule=rule.id)
    return row


def switch(rule_id: str, *, on: bool, person: Person, now: datetime) -> PolicyRule:
    """The rule is switched on or off; on, only when it has worked cases and all of them come out.

    Raises NotAllowed for whoever is no operator, NotPossible for a rule that is unknown or cannot be switched on.
    """
    _require_operator(person)
    with transaction.atomic():
        row = PolicyRule.objects.select_for_update().filter(rule_id=rule_id).first()
        if row is None and rule_id not in policy.rules():
            raise NotPossible(_("Found no rule %s; expected one that is on record; choose one.") % rule_id)
        row = row or PolicyRule(rule_id=rule_id)
        if on:
            _prove(row, now)
        row.on, row.changed_at, row.changed_by = on, now, person
        row.save()
        journal.write(person=person, verb="switched on" if on else "switched off", thing=row, at=now, rule=rule_id)
    return row


def _prove(row: PolicyRule, now: datetime) -> None:
    try:
        rule = policy.from_toml(row.text, row.rule_id, draft=True) if row.text else policy.rules()[row.rule_id]
        policy.prove(rule, day=now.date())
    except policy.BrokenRule as problem:
        raise NotPossible(str(problem)) from None


def _require_operator(person: Person) -> None:
    if not person.is_operator:
        raise NotAllowed(_("Only an operator of the platform keeps rules and switches them."))
