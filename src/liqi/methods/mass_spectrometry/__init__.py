"""Mass spectrometry: what is in a run, a list of spectra, or a powder."""

from liqi.methods.mass_spectrometry.identification import identify
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary

__all__ = ["SMALL_LIBRARY", "SpectralLibrary", "identify"]
