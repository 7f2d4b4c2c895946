"""The right help at the right stage: from technology readiness to the kind of facility that carries it on."""

from dataclasses import dataclass


class NoSuchReadiness(ValueError):
    """A readiness level is not one of 1 to 9; the message says what was found."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a project of this readiness needs: its stage, its state, the kinds of facility that help, best first."""

    readiness: int
    stage: str
    state: str
    """idea, sample, product or commodity."""
    kinds: tuple[str, ...]
    help: str
    """A code: question, seed_money, process, first_use or market."""


_LADDER = (
    (2, "frontier_research", "idea", ("laboratory", "large_facility"), "question"),
    (3, "applied_research", "idea", ("proof_of_concept", "laboratory"), "seed_money"),
    (4, "industrial_technology", "sample", ("proof_of_concept", "research_institute"), "seed_money"),
    (6, "industrial_technology", "sample", ("pilot_base", "service_platform"), "process"),
    (8, "industrialisation", "product", ("pilot_base", "industrial_park"), "first_use"),
    (9, "industrialisation", "commodity", ("industrial_park", "service_platform"), "market"),
)
"""Up to which level, the stage, the state, the kinds that help, the help; levels as in ISO 16290:2013."""


def advise(readiness: float) -> Advice:
    """What helps at this technology readiness level, 1 to 9.

    >>> advise(3).kinds[0], advise(6).kinds[0]
    ('proof_of_concept', 'pilot_base')
    """
    if isinstance(readiness, bool) or readiness not in range(1, 10):
        raise NoSuchReadiness(f"found readiness {readiness!r}; expected a whole number from 1 to 9; correct it.")
    _, stage, state, kinds, help_ = next(step for step in _LADDER if readiness <= step[0])
    return Advice(int(readiness), stage, state, kinds, help_)
