"""A method run in a process of its own: bounded memory and time, no network; files and JSON cross, nothing else."""

from liqi.arguments import explain_face
from liqi.methods.apart._asking import Crashed, run_apart
from liqi.methods.apart._walls import Limits, OutOfBounds

__all__ = ["Crashed", "Limits", "OutOfBounds", "run_apart"]

explain_face(__name__)
