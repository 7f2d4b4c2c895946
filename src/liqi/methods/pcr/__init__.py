"""Polymerase chain reaction: curves and partitions of files, cycles of quantification, efficiencies, copies."""

from liqi.methods.pcr._amplification import Amplification, amplification
from liqi.methods.pcr._analysis import Analysis, Quantity, StandardCurve, Well, analyse
from liqi.methods.pcr._efficiency import Efficiency, copies, copies_at_td0, mean_efficiency
from liqi.methods.pcr._expression import Expression, Relative, relative
from liqi.methods.pcr._plate import Curves, PlateRun, Plates, Reaction, Target
from liqi.methods.pcr._reading import read_plates

__all__ = [
    "Amplification", "Analysis", "Curves", "Efficiency", "Expression", "PlateRun", "Plates", "Quantity", "Reaction",
    "Relative", "StandardCurve", "Target", "Well", "amplification", "analyse", "copies", "copies_at_td0",
    "mean_efficiency", "read_plates", "relative",
]  # fmt: skip
