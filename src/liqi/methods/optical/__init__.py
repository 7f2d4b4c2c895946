"""Optical spectroscopy: spectra of every common file format, calibration, bands, library hits, absorbance."""

from liqi.arguments import explain_face
from liqi.methods.optical._axis import Calibration
from liqi.methods.optical._bands import Band, find_bands
from liqi.methods.optical._files import read_spectra, read_spectrum
from liqi.methods.optical._spectrum import Spectrum
from liqi.methods.optical.calibrating import read_calibration

__all__ = ["Band", "Calibration", "Spectrum", "find_bands", "read_calibration", "read_spectra", "read_spectrum"]

explain_face(__name__)
