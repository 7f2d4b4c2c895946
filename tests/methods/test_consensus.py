"""What the references of a compound say together, against numbers made by hand."""

import numpy as np
import pytest

from liqi.methods.mass_spectrometry._cleaning import clean_many
from liqi.methods.mass_spectrometry._consensus import FLOOR, consensus
from liqi.methods.mass_spectrometry._evidence import NAMES, weigh_evidence
from liqi.methods.mass_spectrometry._index import FRAGMENT_PPM, ModeIndex, match


def test_the_average_spectrum_is_compared_peak_by_peak_and_with_the_best_rival() -> None:
    weight = np.array([0.75, 0.25], dtype=np.float32)
    group, peak = np.array([0, 1, 2, 0]), np.array([0, 0, 0, 1])
    expected = np.array([0.75, 0.25, 0.1, 0.25])
    similarity, likelihood, telling = consensus(group, peak, expected, weight, 3)
    assert similarity[0] == pytest.approx(1.0)
    assert likelihood[1] == pytest.approx(0.75 * np.log1p(0.25 / FLOOR))
    assert telling[0] == pytest.approx(0.75 * 0.5 / (1 + FLOOR) + 0.25 * 0.25 / (0.25 + FLOOR))
    assert telling[1] == pytest.approx(-0.75 * 0.5 / (1 + FLOOR))


def test_nothing_matched_says_nothing() -> None:
    nothing = np.empty(0, dtype=np.int64)
    found = consensus(nothing, nothing, np.empty(0), np.array([1.0], dtype=np.float32), 2)
    assert [part.tolist() for part in found] == [[0.0, 0.0]] * 3


def spectra(*peaks: list[tuple[float, float]]):
    mz, height = (np.array([one[i] for each in peaks for one in each]) for i in (0, 1))
    return clean_many(mz, height, np.array([len(each) for each in peaks]), np.full(len(peaks), 200.0), 0.05)


def evidence(query: list[tuple[float, float]], *references: list[tuple[float, float]]) -> list[dict[str, float]]:
    count = len(references)
    numbers = np.arange(count)
    energy = np.full((count, 2), np.nan)
    index = ModeIndex(numbers, np.full(count, 200.0), numbers, np.zeros(count, int), energy, spectra(*references))
    asked, precursor = spectra(query), np.array([200.0])
    pairs = match(index, asked, precursor, precursor * 1e-5, 0.02)
    found = weigh_evidence(index, asked, precursor, np.full((1, 2), np.nan), pairs)
    return [dict(zip(NAMES, row.tolist(), strict=True)) for row in found.table]


def test_isomers_with_one_peak_of_their_own_are_told_apart_by_it() -> None:
    common = [(60.0, 100.0), (90.0, 50.0)]
    first, second = evidence([*common, (120.0, 20.0)], [*common, (120.0, 20.0)], [*common, (110.0, 20.0)])
    assert first["telling_peaks"] > 0 > second["telling_peaks"] - 1e-9
    assert first["gap_likelihood"] == pytest.approx(-second["gap_likelihood"])
    assert first["gap_likelihood"] > 0.5


def test_a_fragment_of_another_exact_mass_counts_less() -> None:
    (same,) = evidence([(100.0, 1.0)], [(100.0, 1.0)])
    (near,) = evidence([(100.001, 1.0)], [(100.0, 1.0)])
    (off,) = evidence([(100.015, 1.0)], [(100.0, 1.0)])
    assert (same["entropy_similarity"], near["entropy_similarity"], off["entropy_similarity"]) == (1.0, 1.0, 1.0)
    assert same["similarity_narrow"] == pytest.approx(1.0)
    assert near["fragment_error"] == pytest.approx(10.0, abs=0.2)
    assert near["similarity_narrow"] == pytest.approx(np.exp(-((10 / FRAGMENT_PPM) ** 2) / 2), abs=0.02)
    assert off["similarity_narrow"] < 1e-9
