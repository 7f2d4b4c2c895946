"""Chromatography: traces of LC, GC and IC detectors, peaks by rules that can be edited, suitability, calibration."""

from liqi.arguments import explain_face
from liqi.methods.chromatography._edits import parse_edits
from liqi.methods.chromatography._figures import thinned
from liqi.methods.chromatography._integration import Integration, Settings, integrate
from liqi.methods.chromatography._peak import Peak, Rules
from liqi.methods.chromatography._reading import read_chromatogram
from liqi.methods.chromatography._report import read_report
from liqi.methods.chromatography._trace import Chromatogram, ReportedPeak, Trace

__all__ = [
    "Chromatogram", "Integration", "Peak", "ReportedPeak", "Rules", "Settings", "Trace", "integrate", "parse_edits",
    "read_chromatogram", "read_report", "thinned",
]  # fmt: skip

explain_face(__name__)
