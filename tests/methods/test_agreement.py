"""How far references agree about a query, against numbers made by hand."""

import numpy as np
import pytest

from liqi.methods.mass_spectrometry._agreement import agreement, missing, of_mass
from liqi.methods.mass_spectrometry._groups import Groups

TWO = Groups.of(np.array([0, 0, 0, 0]), np.array([7, 7, 7, 9]))
"""A candidate of three references and one of a single one, of the same query."""


def test_references_beside_the_best_speak_for_a_compound_and_a_single_one_tells_nothing() -> None:
    found = agreement(TWO, np.array([0.9, 0.8, 0.4, 0.5]), np.array([3, 3, 5, 3]))
    assert found["references_alike"].tolist() == pytest.approx([2 / 3, 1.0])
    assert found["likeness_spread"].tolist() == pytest.approx([np.std([0.9, 0.8, 0.4]), 0.0])
    assert found["likeness_second"][0] == 0.8
    assert found["likeness_elsewhere"][0] == 0.4
    assert found["gap_elsewhere"][0] == pytest.approx(0.5)
    assert np.isnan([found[name][1] for name in ("likeness_second", "likeness_elsewhere", "gap_elsewhere")]).all()


def test_what_the_query_lacks_counts_by_how_near_the_reference_is() -> None:
    lacking, nearness = np.array([0.1, 0.7, 1.0, 0.2]), np.array([1.5, 0.5, 1.0, 0.25])
    found = missing(TWO, lacking, nearness, np.array([1.0, 1.0, 0.0, 1.0]))
    assert found["missing"].tolist() == pytest.approx([(1.5 * 0.1 + 0.5 * 0.7) / 2, 0.2])
    assert found["missing_least"].tolist() == pytest.approx([0.1, 0.2])
    assert found["references_near"].tolist() == pytest.approx([2.5, 0.25])


def test_references_without_fragments_miss_nothing_that_counts() -> None:
    found = missing(TWO, np.ones(4), np.ones(4), np.zeros(4))
    assert found["missing"].tolist() == [0.0, 0.0]


def test_the_mass_defect_is_that_of_the_reference_in_per_mille() -> None:
    assert of_mass(np.array([250.125]))["mass_defect"][0] == pytest.approx(0.49975, abs=1e-6)


def test_no_candidates_make_no_figures() -> None:
    none = np.empty(0)
    groups = Groups.of(none.astype(np.int64))
    assert agreement(groups, none, none.astype(np.int64))["likeness_second"].size == 0
    assert missing(groups, none, none, none)["missing"].size == 0
