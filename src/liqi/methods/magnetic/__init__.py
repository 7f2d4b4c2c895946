"""Magnetic resonance of electrons: CW EPR spectra and optically detected resonance of defects in diamond."""

from liqi.arguments import explain_face
from liqi.methods.magnetic._lines import EprLine, find_lines, g_of
from liqi.methods.magnetic._sweeps import Sweep, read_sweep

__all__ = ["EprLine", "Sweep", "find_lines", "g_of", "read_sweep"]

explain_face(__name__)
