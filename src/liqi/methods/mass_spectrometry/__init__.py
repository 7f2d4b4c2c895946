"""Mass spectrometry: what is in a run, a list of spectra, or a powder."""

from liqi.arguments import explain_face
from liqi.methods.mass_spectrometry._formula import ion_charge, ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._suspects import Suspect, read_suspects
from liqi.methods.mass_spectrometry._targets import Level, Target
from liqi.methods.mass_spectrometry.composition import Formula, formulas
from liqi.methods.mass_spectrometry.identification import identify
from liqi.methods.mass_spectrometry.isotopes import NeutralMass, isotope_ratio, neutral_masses
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary
from liqi.methods.mass_spectrometry.mixture import identify_mixture
from liqi.methods.mass_spectrometry.quantification import quantify
from liqi.methods.mass_spectrometry.run import Run, read_run
from liqi.methods.mass_spectrometry.screening import screen
from liqi.methods.mass_spectrometry.tissue import (
    Profiles,
    TissueModel,
    classify_tissue,
    read_profiles,
    train_tissue_model,
)

__all__ = [
    "SMALL_LIBRARY",
    "Formula",
    "Level",
    "NeutralMass",
    "Profiles",
    "Run",
    "SpectralLibrary",
    "Suspect",
    "Target",
    "TissueModel",
    "classify_tissue",
    "formulas",
    "identify",
    "identify_mixture",
    "ion_charge",
    "ion_mz",
    "isotope_ratio",
    "monoisotopic_mass",
    "neutral_masses",
    "quantify",
    "read_profiles",
    "read_run",
    "read_suspects",
    "screen",
    "train_tissue_model",
]

explain_face(__name__)
