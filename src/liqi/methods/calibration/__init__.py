"""Calibration by a straight line: weighted fit, bands, reading back with uncertainty, limits, tests of the fit."""

from liqi.arguments import explain_face
from liqi.methods.calibration._capability import Capability, capability, decision_limit, detection_limits
from liqi.methods.calibration._line import WEIGHTINGS, Line, Reading, best_weighting, fit_line
from liqi.methods.calibration._tests import Addition, FitTest, lack_of_fit, standard_addition

__all__ = [
    "WEIGHTINGS",
    "Addition",
    "Capability",
    "FitTest",
    "Line",
    "Reading",
    "best_weighting",
    "capability",
    "decision_limit",
    "detection_limits",
    "fit_line",
    "lack_of_fit",
    "standard_addition",
]

explain_face(__name__)
