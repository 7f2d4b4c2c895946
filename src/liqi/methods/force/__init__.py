"""Multi-axis force sensors: decoupling with cross-validation, the figures of GB/T 43199-2023, dynamic behaviour."""

from liqi.arguments import explain_face
from liqi.methods.force._dynamics import Response, fit_response
from liqi.methods.force._figures import Figures, figures_of
from liqi.methods.force._loads import Loads, Record, read_loads, read_record
from liqi.methods.force._models import MODELS, Decoupling, decouple

__all__ = [
    "MODELS", "Decoupling", "Figures", "Loads", "Record", "Response", "decouple", "figures_of", "fit_response",
    "read_loads", "read_record",
]  # fmt: skip

explain_face(__name__)
