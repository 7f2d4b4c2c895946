"""The search is held against the published similarity and against the ms_entropy package."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ms_entropy import calculate_entropy_similarity, clean_spectrum

from liqi.methods import BadParameter
from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry._cleaning import clean_many
from liqi.methods.mass_spectrometry._index import build_index, match
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum

QUERY = np.array([[69.071, 7.917962], [86.066, 1.021589], [86.0969, 100.0]])
REFERENCE = np.array([[41.04, 37.16], [69.07, 66.83], [86.1, 999.0]])
PUBLISHED = 0.8984397722577456
"""The worked example of Li et al. (2021) and of the package's documentation, tolerance 0.05 Da."""


def similarity(query: np.ndarray, reference: np.ndarray, width: float) -> float:
    one = np.array([0])
    facts = {"compound": one, "lab": one, "energy": np.full((1, 2), np.nan)}
    peaks = (*reference.T.copy(), np.array([0, len(reference)]))
    precursor = np.array([500.0])
    index = build_index(one, precursor, peaks, facts, width, unit=False)
    asked = clean_many(*query.T.copy(), np.array([len(query)]), precursor, 2.5 * width)
    return float(match(index, asked, precursor, np.array([0.005]), width).similarity[0])


def test_the_published_example_gives_the_published_similarity() -> None:
    from_package = calculate_entropy_similarity(QUERY, REFERENCE, ms2_tolerance_in_da=0.05)
    assert from_package == pytest.approx(PUBLISHED, abs=1e-4)
    assert similarity(QUERY, REFERENCE, 0.05) == pytest.approx(from_package, abs=1e-5)


def test_a_spectrum_is_fully_like_itself_and_not_at_all_like_another() -> None:
    assert similarity(REFERENCE, REFERENCE, 0.02) == pytest.approx(1.0, abs=1e-6)
    assert similarity(REFERENCE, REFERENCE + np.array([5.5, 0.0]), 0.02) == 0.0


def alone(peaks: np.ndarray, precursor: float) -> np.ndarray:
    """Return m/z and weights of one spectrum cleaned by itself, the peaks below its precursor."""
    cleaned = clean_many(*peaks.T.copy(), np.array([len(peaks)]), np.array([precursor]), 0.05)
    there = cleaned.without > 0
    return np.column_stack([cleaned.mz[there], cleaned.without[there]])


def shipped(number: int = 400) -> list[tuple[np.ndarray, float]]:
    records = SpectralLibrary.load().records.gather_every(23).head(number)
    return [(np.column_stack([row["mz"], row["intensity"]]), row["precursor_mz"]) for row in records.to_dicts()]


def test_cleaning_agrees_with_ms_entropy_on_real_spectra() -> None:
    same = total = 0
    for peaks, precursor in shipped():
        theirs = clean_spectrum(
            peaks.astype(np.float32), max_mz=precursor - 1.6, noise_threshold=0.01, min_ms2_difference_in_da=0.05
        )
        ours = alone(peaks, precursor)
        total += 1
        same += len(theirs) == len(ours) and np.allclose(theirs[:, 0], ours[:, 0], atol=2e-3)
    assert same >= 0.98 * total  # the rest: equal intensities merged in another order


def test_similarity_agrees_with_ms_entropy_on_real_spectra() -> None:
    spectra = [peaks for peaks, _ in shipped(120)]
    cleaned = [
        clean_spectrum(peaks.astype(np.float32), min_ms2_difference_in_da=0.05, max_mz=498.4) for peaks in spectra
    ]
    off = [
        abs(
            similarity(*raw, 0.02) - calculate_entropy_similarity(*clean, ms2_tolerance_in_da=0.02, clean_spectra=False)
        )
        for raw, clean in zip(pairwise(spectra), pairwise(cleaned), strict=True)
    ]
    assert np.quantile(off, 0.97) < 1e-3


def test_cleaning_many_is_cleaning_each() -> None:
    spectra = shipped(200)
    peaks = np.concatenate([one for one, _ in spectra])
    counts = np.array([len(one) for one, _ in spectra])
    precursors = np.array([precursor for _, precursor in spectra])
    many = clean_many(peaks[:, 0], peaks[:, 1], counts, precursors, 0.05)
    for i, (one, precursor) in enumerate(spectra):
        span = slice(many.starts[i], many.starts[i + 1])
        there = many.without[span] > 0
        ours = alone(one, precursor)
        assert np.allclose(many.mz[span][there], ours[:, 0], atol=1e-3)
        assert np.allclose(many.without[span][there], ours[:, 1], atol=1e-5)


def test_only_references_within_the_window_are_candidates(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "name": ["near", "far", "edge"],
            "ion_mode": ["positive"] * 3,
            "precursor_mz": [200.001, 200.0031, 199.999],
            "mz": [[100.0]] * 3,
            "intensity": [[1.0]] * 3,
        }
    )
    table.write_parquet(tmp_path / "three.parquet")
    library = SpectralLibrary.load(tmp_path / "three.parquet")
    spectrum = Spectrum(np.array([100.0]), np.array([1.0]), precursor_mz=200.0, polarity="positive")
    hits = library.search(spectrum, "identity", "10 ppm", "0.02 Da")
    assert {hit.name for hit in hits} == {"edge", "near"}


@pytest.mark.parametrize("text", ["", "10", "ppm", "-5 ppm", "0 Da", "1e9x", "10 ppm or so"])
def test_a_tolerance_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="expected a positive number"):
        Tolerance.parse(text)
