"""Elements and isotopes: mass fractions by combustion, delta values on the scales that the world shares."""

from liqi.methods.elemental._composition import STANDARDS, formula_of, mass_percent
from liqi.methods.elemental._factors import Burn, Factor, budget_of, factor_of
from liqi.methods.elemental.chns import read_burns

__all__ = ["STANDARDS", "Burn", "Factor", "budget_of", "factor_of", "formula_of", "mass_percent", "read_burns"]
