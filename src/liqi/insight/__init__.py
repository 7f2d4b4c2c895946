"""Tables in, figures out: dependence, concentration, chain coverage."""

from liqi.insight import (
    audit,
    chain,
    chokepoints,
    cohorts,
    concentration,
    dependence,
    leaders,
    league,
    location,
    origin,
    peers,
    purchasing,
    readiness,
    table,
    technology,
    trade,
)
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators import INDICATORS, Indicator, Question, UnknownIndicator, answer, compute
from liqi.insight.origin import LENSES, Lens, UnusableTable

__all__ = [
    "INDICATORS",
    "LENSES",
    "NONE_RECORDED",
    "NOT_KNOWN",
    "Figure",
    "Indicator",
    "Lens",
    "Question",
    "UnknownIndicator",
    "UnusableTable",
    "answer",
    "audit",
    "chain",
    "chokepoints",
    "cohorts",
    "compute",
    "concentration",
    "dependence",
    "leaders",
    "league",
    "location",
    "origin",
    "peers",
    "purchasing",
    "readiness",
    "table",
    "technology",
    "trade",
]
