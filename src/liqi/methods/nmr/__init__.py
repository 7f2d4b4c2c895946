"""Nuclear magnetic resonance: decays and spectra of every maker, phase, baseline, multiplets, integrals, qNMR."""

from liqi.arguments import explain_face
from liqi.methods.nmr._analysis import Analysis, Question, analyse
from liqi.methods.nmr._multiplets import Line, Multiplet
from liqi.methods.nmr._reading import read_nmr
from liqi.methods.nmr._spectrum import Decay, Measurement, Spectrum

__all__ = ["Analysis", "Decay", "Line", "Measurement", "Multiplet", "Question", "Spectrum", "analyse", "read_nmr"]

explain_face(__name__)
