"""Events with the populations that gates make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.methods._check import Check
from liqi.methods.cytometry._channels import Events
from liqi.methods.cytometry._gates import Mask
from liqi.methods.cytometry._populations import Population, populations
from liqi.methods.cytometry._steadiness import Steadiness, checks_of, steadiness
from liqi.methods.cytometry._strategy import Signals, Strategy, apply


@dataclass(frozen=True)
class Gated:
    """Events with their populations, and how steadily they came."""

    events: Events
    strategy: Strategy
    signals: Signals
    masks: Mapping[str, Mask]
    populations: Sequence[Population]
    steadiness: Steadiness | None
    checks: Sequence[Check]


def gate(events: Events, strategy: Strategy) -> Gated:
    """Return the populations of a strategy, gated exactly: every event as it is, nothing put into bins first."""
    signals = Signals(events, strategy)
    masks = apply(events, strategy)
    steady = steadiness(events)
    checks = checks_of(steady) if steady is not None else []
    return Gated(events, strategy, signals, masks, populations(strategy, masks, len(events)), steady, checks)
