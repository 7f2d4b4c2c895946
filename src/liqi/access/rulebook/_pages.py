"""What a rulebook says, rule by rule."""

from dataclasses import dataclass
from typing import Any

from liqi.access import rules
from liqi.access.models import RuleSetting
from liqi.access.rulebook._setting import Place, _where, state
from liqi.access.rulebook._undo import words_of
from liqi.catalogue.models import Instrument


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of a rulebook: what is set here, what comes from the facility, and what holds."""

    name: str
    title: str
    own: RuleSetting | None
    inherited: RuleSetting | None
    words: str
    """What holds in words; empty where nothing does."""

    @property
    def standing(self) -> str:
        """own, off (switched off here), inherited, or none."""
        if self.own is not None:
            return "own" if self.own.active else "off"
        return "inherited" if self.inherited is not None and self.inherited.active else "none"

    @property
    def holding(self) -> RuleSetting | None:
        """The setting that holds, whatever its days."""
        return {"own": self.own, "inherited": self.inherited}.get(self.standing)


def entries(place: Place) -> list[Entry]:
    """Every rule that can be set, in the order in which they are asked; two queries at most, and those of words."""
    own = {row.rule: row for row in RuleSetting.objects.filter(_where(place))}
    from_: dict[str, RuleSetting] = {}
    if isinstance(place, Instrument) and place.facility_id is not None:
        from_ = {row.rule: row for row in RuleSetting.objects.filter(facility=place.facility_id)}
    return [_entry(name, own.get(name), from_.get(name), place) for name in rules.SET_RULES]


def _entry(name: str, own: RuleSetting | None, inherited: RuleSetting | None, place: Place) -> Entry:
    held = own if own is not None else inherited
    said: dict[str, Any] | None = state(held) if held is not None and held.active else None
    return Entry(name, str(rules.SET_RULES[name].TITLE), own, inherited, words_of(name, said, place))
