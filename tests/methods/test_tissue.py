"""A tissue model is judged on patients it has not seen, leaks nothing, and knows what it does not know."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks._synthetic import write_run
from benchmarks.make_quantity_examples import synthetic_profiles
from liqi.methods import BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry import Profiles, TissueModel, classify_tissue, read_profiles, train_tissue_model
from liqi.methods.mass_spectrometry._profiles import bin_of, write_profiles
from liqi.methods.mass_spectrometry._softmax import fit_softmax, log_loss, softmax, strongest, temperature_of
from liqi.methods.mass_spectrometry._tissue_validation import calibration_error, folds_of, out_of_fold
from liqi.methods.mass_spectrometry.tissue import EXAMPLE_MODEL, METHOD
from tests.methods.written import imzml

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def coded(profiles: Profiles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    names, people = sorted(set(profiles.classes)), sorted(set(profiles.patients))
    used = profiles.shares[:, profiles.shares.sum(axis=0) > 0]
    return (
        used,
        np.array([names.index(c) for c in profiles.classes]),
        np.array([people.index(p) for p in profiles.patients]),
    )


def accuracy(shares: np.ndarray, label: np.ndarray, groups: np.ndarray, seed: int = 0) -> float:
    logits = out_of_fold(shares, label, groups, 3, np.random.default_rng(seed))
    return float((logits.argmax(axis=1) == label).mean())


@pytest.fixture(scope="module")
def hard() -> Profiles:
    """Strong patient effects, weak class effects."""
    return synthetic_profiles(np.random.default_rng(5), patients=8, effect=0.3, patient_effect=0.6, bins=60)


@pytest.fixture(scope="module")
def easy() -> Profiles:
    return synthetic_profiles(np.random.default_rng(6), patients=10, effect=0.9, patient_effect=0.3, bins=60)


@pytest.fixture(scope="module")
def model(easy: Profiles) -> TissueModel:
    return train_tissue_model(easy, name="test", now=NOW, synthetic=True)


def test_labels_shuffled_by_patient_give_chance(hard: Profiles) -> None:
    shares, label, groups = coded(hard)
    rng = np.random.default_rng(1)
    people = np.unique(groups)
    own = np.array([label[groups == one][0] for one in people])
    found = []
    for _ in range(6):
        shuffled = rng.permutation(own)[np.searchsorted(people, groups)]
        found.append(accuracy(shares, shuffled, groups))
    assert np.mean(found) == pytest.approx(1 / 3, abs=0.13)
    assert max(found) < 0.6


def test_patients_held_out_are_judged_lower_than_spectra_held_out(hard: Profiles) -> None:
    shares, label, groups = coded(hard)
    grouped, alone = accuracy(shares, label, groups), accuracy(shares, label, np.arange(label.size))
    assert grouped < alone - 0.15
    assert alone > 0.9


def test_no_patient_stands_in_two_folds_and_every_fold_has_every_class(easy: Profiles) -> None:
    _, label, groups = coded(easy)
    fold = folds_of(groups, label, 5, np.random.default_rng(2))
    for one in np.unique(groups):
        assert np.unique(fold[groups == one]).size == 1
    for one in range(5):
        assert set(label[fold == one]) == {0, 1, 2}


def test_the_card_says_what_was_seen_on_held_out_patients(model: TissueModel, easy: Profiles) -> None:
    card = model.card
    assert card["patients"] == 30
    assert card["synthetic"] is True
    assert card["trained_at"] == "2026-11-22T00:00:00+00:00"
    assert sum(map(sum, card["confusion"])) == len(easy) == card["spectra"]
    accurate = card["figures"]["accuracy"]
    right = sum(card["confusion"][i][i] for i in range(3))
    assert accurate["value"] == pytest.approx(right / len(easy), abs=1e-4)
    assert accurate["low"] <= accurate["value"] <= accurate["high"]
    assert accurate["value"] > 0.85
    assert card["calibration_error"] < 0.12
    assert "research use only" in card["use"]


def test_new_patients_are_right_as_often_as_the_card_promises(model: TissueModel) -> None:
    fresh = synthetic_profiles(np.random.default_rng(6), patients=40, effect=0.9, patient_effect=0.3, bins=60)
    answer = classify_tissue(fresh, model)
    right = [one.extra["likeliest"] == truth for one, truth in zip(answer.findings, fresh.classes, strict=True)]
    interval = model.card["figures"]["accuracy"]
    assert interval["low"] - 0.05 <= np.mean(right) <= 1.0


def test_another_kind_of_profile_cannot_be_told(model: TissueModel) -> None:
    other = synthetic_profiles(np.random.default_rng(77), patients=5, bins=60)
    flat = Profiles(["flat"], [""], [""], np.full((1, 900), 1 / 900))
    for strange in (other, flat):
        answer = classify_tissue(strange, model)
        assert answer.verdict == "cannot tell"
        assert {one.extra["reason"] for one in answer.findings} == {"outside"}
        assert "outside-domain" in [one.code for one in answer.warnings]


def test_polarity_and_doubt_keep_a_class_from_being_named(model: TissueModel, easy: Profiles) -> None:
    signed = replace(model, card={**model.card, "polarity": "negative"})
    answer = classify_tissue(replace(easy.take([0]), polarity="positive"), signed)
    assert answer.findings[0].extra["reason"] == "polarity"
    between = easy.shares[[0, 30, 60]].mean(axis=0, keepdims=True)
    doubtful = classify_tissue(Profiles(["x"], [""], [""], between), model, least_probability=0.999)
    assert doubtful.findings[0].extra["reason"] == "unsure"
    assert doubtful.sentence.en.startswith("Cannot tell")


def test_a_model_comes_back_from_its_file_as_it_was(model: TissueModel, easy: Profiles, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    model.save(path)
    again = TissueModel.load(path)
    first, second = (one.probabilities(one.features(easy))[0] for one in (model, again))
    assert np.abs(first - second).max() < 1e-3
    assert again.card == json.loads(json.dumps(model.card))


def test_the_same_seed_gives_the_same_model(easy: Profiles, model: TissueModel, tmp_path: Path) -> None:
    again = train_tissue_model(easy, name="test", now=NOW, synthetic=True)
    model.save(tmp_path / "a.json")
    again.save(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    whole = EXAMPLE_MODEL.read_text(encoding="utf-8")
    path = tmp_path / "model.json"
    told = json.loads(whole)
    wrong = [
        "",
        "[]",
        "{}",
        whole[: len(whole) // 2],
        json.dumps({**told, "mean": told["mean"][:-1]}),
        json.dumps({**told, "used": [1e9] * len(told["used"])}),
        json.dumps({**told, "temperature": -1}),
        json.dumps({**told, "members": []}),
        json.dumps({**told, "fit": {"intercepts": [1], "weights": []}}),
        json.dumps({**told, "domain": {"components": [[1]], "variances": [1], "limits": [1, 1]}}),
        json.dumps({**told, "format": "another"}),
    ]
    for text in wrong:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UnreadableFile, match="tissue model"):
            TissueModel.load(path)
    with pytest.raises(UnreadableFile, match="tissue model"):
        TissueModel.load(tmp_path / "none.json")


def test_training_needs_patients_classes_and_enough_of_both(easy: Profiles) -> None:
    with pytest.raises(BadParameter, match="at least two classes"):
        train_tissue_model(easy.take(range(10)), name="x", now=NOW)
    with pytest.raises(BadParameter, match="5 patients a class"):
        train_tissue_model(easy.take([*range(9), *range(30, 60)]), name="x", now=NOW)
    with pytest.raises(BadParameter, match="both in every row"):
        train_tissue_model(replace(easy, patients=[""] * len(easy)), name="x", now=NOW)


def test_profiles_come_from_tables_and_from_runs_alike(tmp_path: Path, easy: Profiles) -> None:
    table = tmp_path / "profiles.csv"
    write_profiles(table, easy.take([0, 1]))
    read = read_profiles(str(table))  # a path in words is a path
    assert read.samples == easy.samples[:2]
    assert np.abs(read.shares - easy.shares[:2]).max() < 1e-5
    places = np.flatnonzero(easy.shares[0])
    scan = (1.0, 100.5 + places.astype(float), easy.shares[0][places] * 1e6)
    write_run(tmp_path / "run.mzML.gz", [scan, (2.0, scan[1], 3 * scan[2])], "negative")
    run = read_profiles(tmp_path / "run.mzML.gz")
    assert run.polarity == "negative"
    assert np.abs(run.shares[0] - easy.shares[0]).max() < 1e-5
    assert bin_of(999.99) == 899
    assert bin_of(1000.0) is None


def test_an_image_is_classified_pixel_by_pixel(tmp_path: Path, model: TissueModel, easy: Profiles) -> None:
    path, peaks = tmp_path / "image.imzML", []
    for i in (0, 30, 60, 1):
        places = np.flatnonzero(easy.shares[i])
        peaks.append((100.5 + places.astype(float), easy.shares[i][places] * 1e6))
    imzml(path, peaks, False)
    model.save(tmp_path / "model.json")
    answer = METHOD.run([path, path.with_suffix(".ibd")], {"model": str(tmp_path / "model.json")})
    image = next(plot for plot in answer.plots if plot.kind == "map")
    assert (image.data["x"], image.data["y"]) == ([1, 2, 1, 2], [1, 1, 2, 2])
    told = [one.extra["likeliest"] for one in answer.findings]
    assert told == [easy.classes[i] for i in (0, 30, 60, 1)]


@pytest.mark.parametrize(
    "text",
    ["sample,patient\na,b\n", "sample,150.5\na,-1\n", "sample,150.5\na,x\n", "sample,150.5\na,0\n", "x,y\n1,2\n"],
)
def test_a_table_that_holds_no_profiles_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match="expected"):
        read_profiles(path)


def test_the_fit_is_where_no_small_change_makes_it_better() -> None:
    rng = np.random.default_rng(9)
    features, label = rng.standard_normal((90, 6)), np.repeat([0, 1, 2], 30)
    features[:, 0] += label
    strength = 0.05 * strongest(features, label, 3)
    fit = fit_softmax(features, label, 3, strength)

    def cost(weights: np.ndarray) -> float:
        penalty = strength * 0.5 * (np.abs(weights).sum() + 0.5 * (weights**2).sum())
        return log_loss(features @ weights + fit.intercepts, label) + penalty

    best = cost(fit.weights)
    for _ in range(200):
        assert cost(fit.weights + 0.02 * rng.standard_normal(fit.weights.shape)) > best - 1e-5
    assert not fit_softmax(features, label, 3, 1.01 * strongest(features, label, 3)).weights.any()


def test_temperature_undoes_too_much_confidence() -> None:
    rng = np.random.default_rng(3)
    logits = rng.standard_normal((4000, 3))
    label = np.array([rng.choice(3, p=row) for row in softmax(logits)])
    assert temperature_of(4 * logits, label) == pytest.approx(4.0, rel=0.1)
    assert calibration_error(softmax(logits), label) < 0.03 < 0.15 < calibration_error(softmax(4 * logits), label)


def test_the_example_is_synthetic_and_says_so() -> None:
    answer = METHOD.run(METHOD.example)
    assert {"synthetic", "research use only"} <= set(answer.tags)
    assert "synthetic" in [one.code for one in answer.warnings]
    told = {one.name: one.extra["verdict"] for one in answer.findings}
    assert told["synthetic_1"] == "synthetic normal"
    assert told["synthetic_of_another_kind"] == "cannot tell"
    assert all("synthetic" in name for name in told)
