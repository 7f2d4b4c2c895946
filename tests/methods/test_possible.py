"""Which part of a spectrum the atoms of an ion could give, against parts worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._cleaning import Peaks, clean_many
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._possible import possible, possible_shares
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.readers import Spectrum

CAFFEINE = ion_mz("C8H10N4O2", "[M+H]+") or 0.0
FRAGMENT, SMALL = 138.06619, 110.07127
"""C6H8N3O+ and C5H8N3+, worked out from the masses of AME2020."""
WITH_SULFUR = 140.03
"""No choice of the atoms of caffeine comes within 10 ppm of this."""
LIBRARY = """Name: caffeine
Formula: C8H10N4O2
InChIKey: RYYVLZVUVIJVGH-UHFFFAOYSA-N
Precursor_type: [M+H]+
PrecursorMZ: {mz}
Ion_mode: P
Num Peaks: 2
110.0713 40
138.0662 100

Name: of no known formula
InChIKey: AAAAAAAAAAAAAA-UHFFFAOYSA-N
Precursor_type: [M+H]+
PrecursorMZ: {mz}
Ion_mode: P
Num Peaks: 2
110.0713 40
138.0662 100

"""


@pytest.fixture
def library(tmp_path: Path) -> SpectralLibrary:
    path = tmp_path / "two.msp"
    path.write_text(LIBRARY.format(mz=round(CAFFEINE, 4)))
    return SpectralLibrary.load(path)


def asked(*peaks: tuple[float, float]) -> Peaks:
    mz, height = (np.array([one[i] for one in sorted(peaks)]) for i in (0, 1))
    return clean_many(mz, height, np.array([len(peaks)]), np.array([CAFFEINE]), 0.05)


def share(references: References, *peaks: tuple[float, float]) -> list[float]:
    return possible_shares(asked(*peaks), np.array([0, 0]), np.array([0, 1]), references).tolist()


def test_peaks_of_the_ions_atoms_are_possible_and_others_are_not(library: SpectralLibrary) -> None:
    of_caffeine, of_nothing = share(library.references, (FRAGMENT, 60.0), (SMALL, 20.0), (WITH_SULFUR, 20.0))
    assert of_caffeine == pytest.approx(0.8, abs=1e-5)
    assert np.isnan(of_nothing)


def test_a_peak_counts_within_ten_ppm_and_not_beyond(library: SpectralLibrary) -> None:
    assert share(library.references, (FRAGMENT * (1 + 9e-6), 1.0))[0] == pytest.approx(1.0)
    assert share(library.references, (FRAGMENT * (1 + 40e-6), 1.0))[0] == 0.0


def test_what_could_be_and_no_reference_has_is_told_apart_from_noise() -> None:
    figures = possible(np.array([0.8, np.nan, 0.0]), np.array([0.5, 0.5, 0.0]))
    assert figures["possible_unexplained"][0] == pytest.approx(0.3)
    assert figures["explained_of_possible"][0] == pytest.approx(0.625)
    assert np.isnan([figures[name][1] for name in figures]).all()
    assert figures["explained_of_possible"][2] == 0.0


def test_the_answer_tells_it_at_exact_mass_and_not_in_unit_mass(library: SpectralLibrary) -> None:
    spectrum = Spectrum(
        np.array([SMALL, FRAGMENT, WITH_SULFUR]),
        np.array([20.0, 60.0, 20.0]),
        precursor_mz=CAFFEINE,
        polarity="positive",
    )
    exact = identify([spectrum], library)["features"][0]["candidates"]
    told = {one["name"]: one["evidence"]["possible"]["value"] for one in exact}
    assert told == {"caffeine": 0.8, "of no known formula": None}
    coarse = identify([spectrum], library, precursor_tolerance="0.5 Da", fragment_tolerance="0.5 Da")
    assert all(one["evidence"]["possible"]["value"] is None for one in coarse["features"][0]["candidates"])
