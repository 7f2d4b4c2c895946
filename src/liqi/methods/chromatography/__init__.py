"""Chromatography: traces of LC, GC and IC detectors, peaks by rules that can be edited, suitability, calibration."""

from liqi.methods.chromatography._reading import read_chromatogram
from liqi.methods.chromatography._report import read_report
from liqi.methods.chromatography._trace import Chromatogram, ReportedPeak, Trace

__all__ = ["Chromatogram", "ReportedPeak", "Trace", "read_chromatogram", "read_report"]
