"""The registry of indicators: name, unit, formula, and how a table is turned into figures."""

from liqi.insight.indicators._answering import INDICATORS, answer, compute
from liqi.insight.indicators._asking import Indicator, Question, UnknownIndicator, groups, per_group, require

__all__ = [
    "INDICATORS",
    "Indicator",
    "Question",
    "UnknownIndicator",
    "answer",
    "compute",
    "groups",
    "per_group",
    "require",
]
