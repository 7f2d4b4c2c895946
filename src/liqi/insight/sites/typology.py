"""Typology: two kinds of promising places, and which industries to court in each."""

from collections.abc import Mapping
from dataclasses import dataclass

from liqi.insight.location.quotients import checked

FACILITY_HUB, LIFE_SCIENCE_BELT, NEITHER, CANNOT_TELL = "facility_hub", "life_science_belt", "neither", "cannot tell"
LEAST_FACILITIES = 3
"""Large research facilities that make a hub, unless another number is given."""
LEAST_QUOTIENT = 1.0
"""A belt has at least its share of life science, unless another quotient is given."""
LEAST_FIRMS = 10
"""And at least so many instrument firms."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a place is, and the facts that decided it."""

    kind: str
    why: tuple[tuple[str, float | None, float], ...]
    """(fact, what was found, what is asked), in the order they were looked at; None is not known."""


def kind(
    *,
    large_facilities: float | None,
    life_science_quotient: float | None,
    instrument_firms: float | None,
    least_facilities: float = LEAST_FACILITIES,
    least_quotient: float = LEAST_QUOTIENT,
    least_firms: float = LEAST_FIRMS,
) -> Kind:
    """A hub of large facilities, a belt of life science with instrument firms, or neither; or it cannot be told.

    >>> kind(large_facilities=5, life_science_quotient=0.9, instrument_firms=40).kind
    'facility_hub'
    >>> kind(large_facilities=0, life_science_quotient=1.6, instrument_firms=30).kind
    'life_science_belt'
    """
    facts = (
        ("large_facilities", large_facilities, least_facilities),
        ("life_science_quotient", life_science_quotient, least_quotient),
        ("instrument_firms", instrument_firms, least_firms),
    )
    checked([found for _name, found, _asked in facts if found is not None], "a fact")
    hub, science, firms = (None if found is None else found >= asked for _name, found, asked in facts)
    if hub:
        which = FACILITY_HUB
    elif hub is None:
        which = CANNOT_TELL
    elif science is False or firms is False:
        which = NEITHER
    else:
        which = LIFE_SCIENCE_BELT if science and firms else CANNOT_TELL
    return Kind(which, facts)


@dataclass(frozen=True, slots=True)
class Partner:
    """An industry that a place has and that sits where instruments are made."""

    industry: str
    score: float
    quotient: float
    """How strong the place is in it."""
    gamma: float
    """How strongly it gathers where instruments are made, everywhere."""


def partners(
    quotients: Mapping[str, float | None], gammas: Mapping[str, float], *, least: float = 1.0
) -> list[Partner]:
    """The place's main industries as partners of an instrument industry: quotient times co-agglomeration, best first.

    Only industries that the place has its share of (`least`) and that do gather with instruments (gamma above 0).

    >>> here, everywhere = {"chips": 2.0, "hotels": 3.0, "drugs": 1.5}, {"chips": 0.02, "hotels": -0.01, "drugs": 0.004}
    >>> [one.industry for one in partners(here, everywhere)]
    ['chips', 'drugs']
    """
    found = [
        Partner(industry, quotient * gammas[industry], quotient, gammas[industry])
        for industry, quotient in quotients.items()
        if quotient is not None and quotient >= least and gammas.get(industry, 0) > 0
    ]
    return sorted(found, key=lambda one: (-one.score, one.industry))
