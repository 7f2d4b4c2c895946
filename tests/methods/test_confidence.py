"""Confidence: probabilities that compete, evidence that adds up, figures with known values, training."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.methods import BadParameter
from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._boosting import fit, softmax
from liqi.methods.mass_spectrometry._confidence import Confidence
from liqi.methods.mass_spectrometry._energy import electronvolts
from liqi.methods.mass_spectrometry._evidence import NAMES, standing
from liqi.methods.mass_spectrometry._lead import ELECTRON, lead
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY, quality
from liqi.methods.mass_spectrometry._shipped import shipped_confidence
from liqi.methods.mass_spectrometry._training import LEAST_KNOWN, choose, train
from liqi.methods.readers import Spectrum
from tests.methods.samples import RUN

scores = st.lists(st.floats(-8, 8), min_size=1, max_size=8)


@given(scores, st.floats(-8, 8))
def test_a_probability_grows_with_its_score_and_falls_with_a_rival(own: list[float], rival: float) -> None:
    one = np.zeros(len(own), dtype=np.int64)
    chance = softmax(np.array(own), one, 1)
    assert ((chance > 0) & (chance < 1)).all()
    assert chance.sum() < 1
    higher = softmax(np.array([own[0] + 0.1, *own[1:]]), one, 1)
    assert higher[0] > chance[0]
    with_rival = softmax(np.array([*own, rival]), np.append(one, 0), 1)
    assert (with_rival[:-1] < chance).all()


def learnt() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two candidates a query; the one with the larger first figure is right, unless both are small: unknown."""
    random = np.random.default_rng(1)
    table = random.uniform(0, 1, (4_000, 3))
    query = np.repeat(np.arange(2_000), 2)
    best = table[::2, 0] < table[1::2, 0]
    right = np.where(np.repeat(best, 2) == (np.arange(4_000) % 2 == 1), 1.0, 0.0)
    right[np.repeat(np.maximum(table[::2, 0], table[1::2, 0]) < 0.4, 2)] = 0.0
    return table, query, right, np.ones(2_000)


def test_the_trees_learn_what_is_right_and_what_is_unknown() -> None:
    table, query, right, weight = learnt()
    forest = fit(table, query, right, weight)
    chance = softmax(forest.scores(table), query, weight.size)
    assert chance[right == 1].mean() > 0.75
    assert chance[right == 0].mean() < 0.15


def test_the_same_seed_gives_the_same_trees_and_pushes_add_up_to_the_score() -> None:
    lessons = learnt()
    forest, again = fit(*lessons), fit(*lessons)
    assert all(
        np.array_equal(getattr(forest, name), getattr(again, name)) for name in ("feature", "threshold", "value")
    )
    table = lessons[0][:200]
    assert np.allclose(forest.pushes(table).sum(axis=1) + forest.start, forest.scores(table))


@pytest.mark.parametrize("rows", [0, 1, 700, 4_000])
def test_all_trees_at_once_score_as_each_tree_walked_down_by_hand(rows: int) -> None:
    table, query, right, weight = learnt()
    forest = fit(table, query, right, weight, trees=40)
    asked = np.where(np.arange(rows)[:, None] % 7 == np.arange(3), np.nan, table[:rows])
    places = forest.bins(asked)
    for i in range(0, rows, 97):
        total = 0.0
        for feature, threshold, value in zip(forest.feature, forest.threshold, forest.value, strict=True):
            node = 0
            while node < feature.size:
                node = 2 * node + 1 + int(places[i, feature[node]] > threshold[node])
            total += value[node]
        assert forest.scores(asked[i : i + 1])[0] == pytest.approx(total)
        assert forest.scores(asked)[i] == pytest.approx(total)
        assert forest.start + forest.pushes(asked)[i].sum() == pytest.approx(total)
    assert forest.scores(asked).shape == (rows,)


def test_a_larger_share_of_unknowns_lowers_every_probability_by_the_change_of_odds() -> None:
    confidence = shipped_confidence("high")
    table = np.zeros((1, len(NAMES)))
    usual, strange = (confidence.probabilities(table, np.array([0]), 1, share)[0] for share in (0.25, 0.75))
    odds = (1 - usual) / usual, (1 - strange) / strange
    assert odds[1] / odds[0] == pytest.approx(9.0)
    heavy = confidence.probabilities(table, np.array([0]), 1, weight=np.array([3.0]))[0]
    assert heavy / (1 - heavy) == pytest.approx(3 * usual / (1 - usual))


def test_the_figures_have_their_textbook_values() -> None:
    query, compound = np.array([0, 0, 1, 2, 3]), np.array([5, 6, 6, 7, 8])
    told = quality(query, compound, np.array([0.9, 0.3, 0.8, 0.6, 0.1]), np.array([5, 5, NOT_IN_LIBRARY, 8]))
    assert told.first == pytest.approx(2 / 3)
    assert told.among_five == pytest.approx(2 / 3)
    assert told.right_against_rest == pytest.approx(0.5)
    assert told.at_five_percent == pytest.approx(1 / 3)
    assert told.coverage == pytest.approx(1 / 3)
    assert told.calibration_error == pytest.approx((0.1 + 0.8 + 0.6 + 0.9) / 4)


def test_a_rival_is_the_best_of_the_others() -> None:
    gap, rank, number, rival = standing(np.array([0, 0, 0, 1]), np.array([0.5, 0.9, 0.6, 0.4]))
    assert gap.round(6).tolist() == [-0.4, 0.3, -0.3, 0.4]
    assert rank.tolist() == [2, 0, 1, 0]
    assert number.tolist() == [3, 3, 3, 1]
    assert rival.tolist() == [0.9, 0.6, 0.9, 0.0]


@pytest.mark.parametrize(
    ("text", "instrument", "readings"),
    [
        ("20 eV", "", (20, 20)),
        ("35 NCE", "", (14, 14)),
        ("Ramp 20-30 eV", "", (25, 25)),
        ("45", "LC-ESI-QTOF", (45, 45)),
        ("50", "LC-ESI-QFT", (20, 20)),
        ("15", "", (15, 6)),
    ],
)
def test_collision_energies_are_read_as_laboratories_write_them(text: str, instrument: str, readings: tuple) -> None:
    assert electronvolts(text, instrument, 200.0) == pytest.approx(readings)


@pytest.mark.parametrize("text", ["", "3 kV", "scaled by m/z", "N/A"])
def test_an_energy_that_is_none_stays_unknown(text: str) -> None:
    assert all(np.isnan(electronvolts(text, "", 200.0)))


def test_the_shipped_library_trains_its_own_and_hides_the_laboratory() -> None:
    library = SpectralLibrary.load()
    index = library.index("positive")
    known, unknown = choose(index, 0)
    assert known.size > LEAST_KNOWN
    assert unknown.size
    labs = {
        int(compound): set(index.lab[index.compound == compound].tolist()) for compound in index.compound[known[:50]]
    }
    assert all(len(own) > 1 for own in labs.values())
    own = train([index], library.references, (10.0, "ppm"), 0.02)
    assert isinstance(own, Confidence)
    assert own.facts["out_of_fold"]["right_against_rest"] > 0.85


def small(tmp_path, spectra: int = 3) -> SpectralLibrary:
    table = pl.DataFrame(
        {
            "name": [f"compound {i}" for i in range(spectra)],
            "ion_mode": ["positive"] * spectra,
            "precursor_mz": [200.0 + i for i in range(spectra)],
            "mz": [[80.0, 100.0 + i] for i in range(spectra)],
            "intensity": [[1.0, 2.0]] * spectra,
        }
    )
    table.write_parquet(tmp_path / "few.parquet")
    return SpectralLibrary.load(tmp_path / "few.parquet")


def test_a_library_too_small_to_train_says_so_and_uses_what_ships(tmp_path) -> None:
    library = small(tmp_path)
    library.prepare()
    facts = library.confidence_facts("high")
    assert facts["origin"] == "shipped"
    assert "found 0 spectra" in facts["why"]
    spectrum = Spectrum(np.array([80.0, 100.0]), np.array([1.0, 2.0]), precursor_mz=200.0, polarity="positive")
    found = identify([spectrum], library)
    assert found["features"][0]["candidates"][0]["name"] == "compound 0"
    assert found["library"]["confidence"]["origin"] == "shipped"


def test_every_candidate_tells_its_evidence_and_the_push_of_each(tmp_path) -> None:
    found = identify(RUN)
    told = [candidate for one in found["features"] for candidate in one["candidates"]]
    assert told
    for candidate in told:
        assert tuple(candidate["evidence"]) == NAMES
        assert candidate["evidence"]["entropy_similarity"]["value"] == pytest.approx(
            candidate["entropy_similarity"], abs=1e-3
        )
    assert any(part["push"] > 0.1 for part in told[0]["evidence"].values())


def test_more_unknowns_expected_means_less_confidence_and_a_share_outside_is_refused() -> None:
    usual, strange = (identify(RUN, unknown_share=share)["features"] for share in (0.25, 0.8))
    sure = [[c["confidence"] for one in features for c in one["candidates"]] for features in (usual, strange)]
    assert all(lower <= higher for higher, lower in zip(*sure, strict=True))
    with pytest.raises(BadParameter, match="between 0 and 1"):
        identify(RUN, unknown_share=1.0)


def test_the_lead_rule_is_sure_of_what_stands_out() -> None:
    alone = ELECTRON.probabilities(np.array([0.9, 0.3]))
    tied = ELECTRON.probabilities(np.array([0.9, 0.89]))
    assert alone[0] > 0.95
    assert tied[0] < 0.6
    assert alone.sum() <= 1
    assert lead(np.array([0.7])).tolist() == [0.7]
