"""Hidden champions: narrow, leading, lasting, not large, little known; each test answered yes, no or cannot tell.

After H. Simon, Hidden Champions of the Twenty-First Century (Springer 2009), ch. 1: among the first three of the world
in its market, revenue below 5 billion EUR, little known to the public. Scope, age and independence are the marks that
his book finds in most of them. Not the official 单项冠军 or 小巨人, which are rules of `liqi.policy`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

ENOUGH = 2
"""So many tests must say yes before a firm is found; one "no" is enough to leave it out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the tests draw their lines."""

    product_lines: int = 5
    world_rank: int = 3
    age_years: int = 20
    staff: int = 10_000
    revenue_m_eur: float = 5_000.0
    mentions: int = 1_000


@dataclass(frozen=True, slots=True)
class Firm:
    """What is known of a firm; None is not said."""

    id: str
    field: str = ""
    product_lines: int | None = None
    world_rank: int | None = None
    """Place in the world in its own market."""
    age_years: int | None = None
    staff: int | None = None
    revenue_m_eur: float | None = None
    mentions: int | None = None
    """How often the public reads of it, such as mentions in the press in a year."""
    general: bool = False
    """Whether it says of itself that it makes instruments of every kind (综合)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A firm held against the tests."""

    id: str
    tests: Mapping[str, bool | None]

    @property
    def result(self) -> str:
        """found, not found (a test says no), or cannot tell (too little is known)."""
        if any(said is False for said in self.tests.values()):
            return "not found"
        return "found" if sum(said is True for said in self.tests.values()) >= ENOUGH else "cannot tell"

    @property
    def unknown(self) -> tuple[str, ...]:
        """The tests that could not be answered."""
        return tuple(name for name, said in self.tests.items() if said is None)

    @property
    def passed(self) -> tuple[str, ...]:
        """The tests that say yes."""
        return tuple(name for name, said in self.tests.items() if said)


def judge(firm: Firm, limits: Limits | None = None) -> Verdict:
    """The firm against every test; what is not said leaves a test open and decides nothing."""
    limits = limits or Limits()
    lines = firm.product_lines
    tests = {
        "scope": False if firm.general else None if lines is None else lines <= limits.product_lines,
        "rank": None if firm.world_rank is None else firm.world_rank <= limits.world_rank,
        "age": None if firm.age_years is None else firm.age_years >= limits.age_years,
        "size": _size(firm, limits),
        "little_known": None if firm.mentions is None else firm.mentions <= limits.mentions,
    }
    return Verdict(firm.id, MappingProxyType(tests))


def find(firms: Sequence[Firm], limits: Limits | None = None) -> list[Verdict]:
    """Every firm's verdict: found ones first, those with most tests passed before others, then by id."""
    order = {"found": 0, "cannot tell": 1, "not found": 2}
    judged = [judge(firm, limits) for firm in firms]
    return sorted(judged, key=lambda one: (order[one.result], -len(one.passed), one.id))


def _size(firm: Firm, limits: Limits) -> bool | None:
    said = [
        None if firm.staff is None else firm.staff <= limits.staff,
        None if firm.revenue_m_eur is None else firm.revenue_m_eur <= limits.revenue_m_eur,
    ]
    known = [one for one in said if one is not None]
    return all(known) if known else None
