"""Tables in, figures out: dependence, concentration, chain coverage."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liqi.insight import (
        adoption,
        alternatives,
        audit,
        chain,
        champions,
        chokepoints,
        cohorts,
        concentration,
        dependence,
        examples,
        funding,
        leaders,
        league,
        lineage,
        links,
        location,
        market,
        origin,
        peers,
        pipeline,
        portfolio,
        purchasing,
        readiness,
        sizes,
        survival,
        table,
        targets,
        technology,
        throughput,
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
    "adoption",
    "alternatives",
    "answer",
    "audit",
    "chain",
    "champions",
    "chokepoints",
    "cohorts",
    "compute",
    "concentration",
    "dependence",
    "examples",
    "funding",
    "leaders",
    "league",
    "lineage",
    "links",
    "location",
    "market",
    "origin",
    "peers",
    "pipeline",
    "portfolio",
    "purchasing",
    "readiness",
    "sizes",
    "survival",
    "table",
    "targets",
    "technology",
    "throughput",
    "trade",
]

_OF = {
    "figure": ("NONE_RECORDED", "NOT_KNOWN", "Figure"),
    "indicators": ("INDICATORS", "Indicator", "Question", "UnknownIndicator", "answer", "compute"),
    "origin": ("LENSES", "Lens", "UnusableTable"),
}
"""The names that stand in a part; every other name of ``__all__`` is a part itself."""


def __getattr__(name: str) -> Any:
    """A part is read when it is first asked for: tables take a moment to load, and most commands ask for none."""
    for part, names in _OF.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{part}"), name)
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
