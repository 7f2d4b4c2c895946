"""Uncertainty as the GUM states it: contributions combined, effective degrees of freedom, expanded uncertainty."""

from liqi.methods.uncertainty._budget import Budget, Contribution, budget_table, propagate
from liqi.methods.uncertainty._distributions import (
    fisher_tail,
    of_expanded,
    of_triangle,
    of_uniform,
    rounded,
    student_t,
)

__all__ = [
    "Budget",
    "Contribution",
    "budget_table",
    "fisher_tail",
    "of_expanded",
    "of_triangle",
    "of_uniform",
    "propagate",
    "rounded",
    "student_t",
]
