"""Evaluation of use and sharing: formulas fed by dated tables, so that no weight or quota stands in the code."""

from liqi.insight.evaluation import duplicates, moe, national, use
from liqi.insight.evaluation._editions import TABLES, Edition, NoEdition, edition, shipped
from liqi.insight.evaluation._score import Part, Score

__all__ = [
    "TABLES",
    "Edition",
    "NoEdition",
    "Part",
    "Score",
    "duplicates",
    "edition",
    "moe",
    "national",
    "shipped",
    "use",
]
