"""Uncertainty as the GUM states it: contributions combined, effective degrees of freedom, expanded uncertainty."""

from liqi.arguments import explain_face
from liqi.methods.uncertainty._budget import Budget, Contribution, budget_table, propagate
from liqi.methods.uncertainty._distributions import (
    fisher_tail,
    of_expanded,
    of_triangle,
    of_uniform,
    student_t,
)
from liqi.methods.uncertainty._rounding import rounded, stated

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
    "stated",
    "student_t",
]

explain_face(__name__)
