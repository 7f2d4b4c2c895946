"""Elements and isotopes: mass fractions by combustion, delta values on the scales that the world shares."""

from liqi.arguments import explain_face
from liqi.methods.elemental._burns import read_burns
from liqi.methods.elemental._composition import STANDARDS, formula_of, mass_percent
from liqi.methods.elemental._factors import Burn, Factor, budget_of, factor_of
from liqi.methods.elemental._normalisation import Measurement, Model, Normalised, chosen_terms, fit, normalise
from liqi.methods.elemental._scales import MATERIALS, known
from liqi.methods.elemental.delta import read_delta_file
from liqi.methods.elemental.normalisation import read_measurements

__all__ = [
    "MATERIALS", "STANDARDS", "Burn", "Factor", "Measurement", "Model", "Normalised", "budget_of", "chosen_terms",
    "factor_of", "fit", "formula_of", "known", "mass_percent", "normalise", "read_burns", "read_delta_file",
    "read_measurements",
]  # fmt: skip

explain_face(__name__)
