"""Programmes of innovation vouchers (创新券): the terms of an authority as data, and what its rule says to a firm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from liqi import policy
from liqi.access.models import VoucherProgramme
from liqi.access.money import books
from liqi.access.money.refusal import Unable
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["language", "last_day", "require_open", "rule_of", "verdict", "write"]


def rule_of(programme: VoucherProgramme, rules: Mapping[str, policy.Rule] | None = None) -> policy.Rule | None:
    """Who may claim, as a policy rule: one of those in use, by its id, or one written with the programme.

    `rules` are those in use here; without them, those that ship. Raises Unable for an id that none of them bears, so
    that nobody claims by a rule that is gone or switched off.
    """
    if not programme.rule:
        return None
    if "policy" in programme.rule:
        wanted, known = str(programme.rule["policy"]), policy.rules() if rules is None else rules
        if wanted not in known:
            raise Unable(
                _("Found no rule “%(rule)s”; expected the id of one that is switched on; change it in the programme.")
                % {"rule": wanted}
            )
        return known[wanted]
    return policy.parse(programme.rule)


def verdict(
    programme: VoucherProgramme,
    subject: Mapping[str, Any],
    *,
    on: date,
    rules: Mapping[str, policy.Rule] | None = None,
) -> policy.Verdict | None:
    """Whether somebody with these answers may claim; None where the programme asks for nothing."""
    rule = rule_of(programme, rules)
    if rule is None:
        return None
    return policy.judge(rule, subject, on=on, language=language())


def language() -> str:
    """The language, of the two that rules are written in, for who reads now."""
    return "en" if translation.get_language() == "en" else "zh"


def require_open(programme: VoucherProgramme, on: date) -> None:
    """Raise Unable unless vouchers of the programme can be applied for on that day."""
    if on < programme.valid_from or (programme.valid_until is not None and on > programme.valid_until):
        raise Unable(
            _("“%(programme)s” runs from %(start)s to %(end)s; apply then.")
            % {"programme": called(programme), "start": programme.valid_from, "end": programme.valid_until or "…"}
        )


def last_day(programme: VoucherProgramme, day: date) -> date:
    """The last day of a voucher that is issued on that day: so many months on, the end of a shorter month at most."""
    year, month = divmod(day.year * 12 + day.month - 1 + programme.valid_months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(last, first.replace(day=min(day.day, last.day)))


def write(
    *,
    key: str,
    values: Mapping[str, Any],
    person: Person,
    now: datetime,
    rules: Mapping[str, policy.Rule] | None = None,
) -> VoucherProgramme:
    """The programme is on record with these terms; vouchers that were issued keep theirs."""
    books.require_operator(person)
    try:
        programme = VoucherProgramme.objects.filter(key=key).first() or VoucherProgramme(key=key)
        for name, value in values.items():
            setattr(programme, name, value)
        programme.full_clean(exclude=("firm_places", "provider_places"), validate_constraints=False)  # empty: anywhere
        rule_of(programme, rules)
        with transaction.atomic():
            programme.save()
            journal.write(person=person, verb="wrote programme", thing=programme, at=now, title=programme.title)
    except ValidationError as problem:
        said = "; ".join(f"{name}: {' '.join(words)}" for name, words in problem.message_dict.items())
        raise Unable(_("Some terms cannot be read: %(said)s") % {"said": said}) from None
    except (IntegrityError, policy.BrokenRule):
        raise Unable(_("Found terms that contradict each other; mend rate, caps and step.")) from None
    return programme
