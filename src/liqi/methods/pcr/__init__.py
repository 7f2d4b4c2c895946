"""Polymerase chain reaction: curves and partitions of files, cycles of quantification, efficiencies, copies."""

from liqi.arguments import explain_face
from liqi.methods.pcr._amplification import Amplification, amplification
from liqi.methods.pcr._analysis import Analysis, Quantity, StandardCurve, Well, analyse
from liqi.methods.pcr._efficiency import Efficiency, copies, copies_at_td0, mean_efficiency
from liqi.methods.pcr._expression import Expression, Relative, relative
from liqi.methods.pcr._melting import Melt, Peak, melt
from liqi.methods.pcr._partitions import Count, Partitions, interval_of, lambda_of, read_partitions, u_lambda
from liqi.methods.pcr._plate import Curves, PlateRun, Plates, Reaction, Target
from liqi.methods.pcr._reading import read_plates
from liqi.methods.pcr.digital import Concentration, concentrations
from liqi.methods.pcr.melting import MeltedWell, melted

__all__ = [
    "Amplification", "Analysis", "Concentration", "Count", "Curves", "Efficiency", "Expression", "Melt", "MeltedWell",
    "Partitions", "Peak", "PlateRun", "Plates", "Quantity", "Reaction", "Relative", "StandardCurve", "Target", "Well",
    "amplification", "analyse", "concentrations", "copies", "copies_at_td0", "interval_of", "lambda_of",
    "mean_efficiency", "melt", "melted", "read_partitions", "read_plates", "relative", "u_lambda",
]  # fmt: skip

explain_face(__name__)
