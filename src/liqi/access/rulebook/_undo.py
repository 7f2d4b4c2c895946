"""The history of a rulebook, and how a change of it is taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import rules
from liqi.access.models import RuleSetting
from liqi.access.rulebook._setting import VERB, NotPossible, Place, _where, keep, require_steward, state
from liqi.accounts import journal
from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue.models import Instrument


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a rulebook."""

    entry: JournalEntry
    rule: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    latest: bool
    """Whether the rule still stands as this change left it, so that it can be taken back."""


def history(place: Place, *, most: int = 50) -> list[Line]:
    """The changes of the rulebook, newest first."""
    seen: set[str] = set()
    found = []
    for entry in journal.read(place).filter(verb=VERB)[:most]:
        rule = entry.facts["rule"]
        found.append(Line(entry, rule, entry.facts["before"], entry.facts["after"], rule not in seen))
        seen.add(rule)
    return found


def undo(*, place: Place, entry: JournalEntry, by: Person, now: datetime) -> RuleSetting | None:
    """The rule stands as it stood before that change. Raises NotPossible where it was changed again since."""
    require_steward(by, place)
    if (entry.thing, entry.thing_id, entry.verb) != (place._meta.label_lower, str(place.pk), VERB):
        raise NotPossible({"change": _("This change is of another rulebook.")})
    row = RuleSetting.objects.filter(_where(place), rule=entry.facts["rule"]).first()
    if _of_today(entry, state(row) if row else None) != _of_today(entry, entry.facts["after"]):
        raise NotPossible({"change": _("The rule was changed again since; take back the later change first.")})
    return keep(place, entry.facts["rule"], _of_today(entry, entry.facts["before"]), by=by, now=now, undone=entry.pk)


def words_of(rule: str, said: dict[str, Any] | None, place: Place) -> str:
    """A state of a rule in words; empty where it says nothing."""
    if said is None or rule not in rules.SET_RULES:
        return ""
    instrument = place if isinstance(place, Instrument) else Instrument(time_zone="UTC", name=place.name)
    return rules.SET_RULES[rule].words(instrument, rules.filled(rule, said["parameters"]))


def _of_today(entry: JournalEntry, said: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the setting says, without parameters that the rule had once and has no more."""
    if said is None:
        return None
    known = rules.schema(entry.facts["rule"])["properties"]
    return said | {"parameters": {name: value for name, value in said["parameters"].items() if name in known}}
