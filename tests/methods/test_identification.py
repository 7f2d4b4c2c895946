"""The example run is answered, the JSON is the contract's, and unknown stays unknown."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, Cancelled, find_method, readers
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary, identify
from liqi.methods.mass_spectrometry._features import features_of_run, merged
from liqi.methods.mass_spectrometry._judgement import Contender, judge
from liqi.methods.mass_spectrometry._shipped import SHIPPED
from liqi.methods.mass_spectrometry._survey_wording import with_survey
from liqi.methods.mass_spectrometry._wording import answer_of
from liqi.methods.mass_spectrometry.identification import asked, features, identify_all, library_facts
from liqi.methods.readers import FORMAT_NAMES, Spectrum, read
from tests.methods.samples import MGF, POWDER, RUN, TRUTH


@pytest.fixture(scope="module")
def found() -> dict:
    return identify(RUN)


def features_at(found: dict, row: dict) -> list[dict]:
    mz, seconds = float(row["mz"]), float(row["rt_min"]) * 60
    return [
        one
        for one in found["features"]
        if abs(one["precursor_mz"] - mz) < mz * 1e-5 and abs(one["retention_time_s"] - seconds) < 15
    ]


def test_the_json_is_that_of_the_contract(found: dict) -> None:
    assert set(found) == {"features", "library", "seconds"}
    for one in found["features"]:
        assert set(one) == {
            "index", "precursor_mz", "retention_time_s", "verdict", "confidence", "level", "by_mass_alone",
            "candidates",
        }  # fmt: skip
        assert one["verdict"] in ("identified", "isomers", "unknown")
        for candidate in one["candidates"]:
            assert set(candidate) == {
                "inchikey", "name", "adduct", "confidence", "entropy_similarity", "matched_peaks",
                "precursor_error_ppm", "accession", "by_mass_alone", "smiles", "evidence",
            }  # fmt: skip
            assert candidate["by_mass_alone"] == (candidate["matched_peaks"] == 0)
        assert one["by_mass_alone"] == any(candidate["by_mass_alone"] for candidate in one["candidates"][:1])
        assert not one["by_mass_alone"] or one["verdict"] == "unknown"
    assert any(one["by_mass_alone"] and one["confidence"] > 0 for one in found["features"])
    assert [one["index"] for one in found["features"]] == list(range(len(found["features"])))
    json.dumps(found, allow_nan=False)


def test_candidates_stand_best_first_and_share_less_than_one(found: dict) -> None:
    for one in found["features"]:
        sure = [candidate["confidence"] for candidate in one["candidates"]]
        assert sure == sorted(sure, reverse=True)
        assert sum(sure) < 1


def test_most_of_what_was_put_into_the_example_is_found_and_little_else(found: dict) -> None:
    truth = list(csv.DictReader(TRUTH.read_text(encoding="utf-8").splitlines()))
    right = named = known = unknown = 0
    for row in truth:
        for one in features_at(found, row)[:1]:
            group = [c["inchikey"][:14] for c in one["candidates"]] if one["verdict"] != "unknown" else []
            if row["truth"] == "known":
                known += 1
                right += bool(group) and (group[0] == row["inchikey_1"] or one["verdict"] == "isomers")
            else:
                unknown += 1
                named += one["verdict"] == "identified"
    assert known >= 30
    assert unknown >= 10
    assert right / known >= 0.7
    assert named <= 2


def test_the_scans_of_an_ion_are_one_feature(found: dict) -> None:
    scans = [one for one in read(RUN) if one.ms_level == 2]
    features = features_of_run(scans)
    assert len(found["features"]) == len(features) < len(scans) / 2
    assert sum(one.scans for one in features) == len(scans)


def test_a_peak_of_one_scan_among_three_is_noise() -> None:
    scan = Spectrum(np.array([100.0, 200.0]), np.array([50.0, 100.0]))
    noisy = Spectrum(np.array([100.004, 150.0, 200.0]), np.array([50.0, 90.0, 100.0]))
    mz, _ = merged([scan, scan, noisy])
    assert 150.0 not in mz
    assert merged([scan, noisy])[0].size == 5


def test_a_list_of_spectra_gives_one_feature_each_by_position(tmp_path: Path) -> None:
    path = tmp_path / "two.mgf"
    path.write_text(MGF)
    both = identify([path, path])
    assert [one["index"] for one in both["features"]] == [0, 1, 2, 3]
    assert both["features"][0]["candidates"][0]["inchikey"].startswith("RYYVLZVUVIJVGH")
    assert both["features"][1]["verdict"] == "unknown"


def test_a_spectrum_without_precursor_or_peaks_is_unknown_not_an_error() -> None:
    empty = Spectrum(np.empty(0), np.empty(0), precursor_mz=195.0877)
    nothing = Spectrum(np.array([100.0]), np.array([1.0]))
    assert [one["verdict"] for one in identify([empty, nothing])["features"]] == ["unknown", "unknown"]


def test_a_wide_window_never_gives_more_than_full_likeness() -> None:
    wide = identify(RUN, precursor_tolerance="0.5 Da", fragment_tolerance="0.4 Da")
    likeness = [c["entropy_similarity"] for one in wide["features"] for c in one["candidates"]]
    assert likeness
    assert max(likeness) <= 1.0


def contender(probability: float, similarity: float = 0.9, matched: int = 5, formula: str = "A") -> Contender:
    return Contender(probability, similarity, matched, formula, 200.0 if formula == "A" else 200.001)


def test_the_rule_names_isomers_only_of_the_best_candidate() -> None:
    assert judge([]).verdict == "unknown"
    assert judge([contender(0.8), contender(0.1)]).verdict == "identified"
    assert judge([contender(0.4), contender(0.35)]).group == (0, 1)
    assert judge([contender(0.4), contender(0.35)]).verdict == "isomers"
    assert judge([contender(0.4), contender(0.35)]).confidence == pytest.approx(0.75)
    assert judge([contender(0.4), contender(0.35, formula="B")]).verdict == "unknown"
    assert judge([contender(0.45), contender(0.08)]).verdict == "unknown"
    assert judge([contender(0.84, similarity=0.6, matched=1)]).verdict == "unknown"
    assert judge([contender(0.86, similarity=0.6, matched=1)]).verdict == "identified"
    assert judge([contender(0.99, similarity=0.6, matched=0)]).verdict == "unknown"
    assert judge([contender(0.8, similarity=0.75, matched=1)]).verdict == "identified"
    assert judge([contender(0.5), contender(0.1, formula="B")]).verdict == "identified"
    assert judge([contender(0.49), contender(0.12, formula="B")]).verdict == "unknown"
    assert judge([replace(contender(0.59), sure=0.6), contender(0.1, formula="B")]).verdict == "unknown"


def test_candidates_of_unknown_formula_and_mass_are_nobodys_isomers() -> None:
    nameless = [Contender(0.4, 0.9, 5, "", 0.0), Contender(0.35, 0.9, 5, "", 0.0)]
    assert judge(nameless).verdict == "unknown"
    weighed = [Contender(0.4, 0.9, 5, "", 200.0), Contender(0.35, 0.9, 5, "", 200.0001)]
    assert judge(weighed).verdict == "isomers"


def test_no_name_where_the_library_may_well_lack_the_compound() -> None:
    assert judge([contender(0.59)]).verdict == "unknown"
    assert judge([contender(0.59)]).confidence == 0.59
    assert judge([contender(0.6)]).verdict == "identified"
    assert judge([contender(0.3), contender(0.29)]).verdict == "unknown"
    assert judge([contender(0.3), contender(0.3)]).verdict == "isomers"


def test_the_data_that_ships_counts_in_the_key_of_the_answer() -> None:
    assert set(find_method("ms.identify").data) == {SMALL_LIBRARY, SHIPPED}
    assert find_method("ms.mixture").data == (POWDER / "library_dart.msp",)


def test_whatever_can_be_read_can_be_identified() -> None:
    modules = {path.stem for path in Path(readers.__file__).parent.glob("[!_]*.py")}
    assert set(find_method("ms.identify").accepts) == set(FORMAT_NAMES) == modules


def profile_of(spectrum: Spectrum) -> Spectrum:
    """The same spectrum as a profile: a Gaussian of 5 mDa around every peak, in steps of 1 mDa."""
    shape = np.arange(-20, 21)
    mz = (spectrum.mz[:, None] + shape * 1e-3).ravel()
    intensity = (spectrum.intensity[:, None] * np.exp(-((shape / 5) ** 2) / 2)).ravel()
    return replace(spectrum, mz=mz, intensity=intensity, centroid=False)


def test_profile_data_are_answered_like_their_centroids_and_the_answer_says_so() -> None:
    measured, answers = features_of_run(read(RUN)), identify(RUN)["features"]
    clear, centroids = next(
        (feature.spectrum, answer)
        for feature, answer in zip(measured, answers, strict=True)
        if answer["verdict"] == "identified" and (np.diff(feature.spectrum.mz) > 0.1).all()
    )
    (profile,) = identify([profile_of(clear)])["features"]
    assert profile["candidates"][0]["name"] == centroids["candidates"][0]["name"]
    assert profile["confidence"] == pytest.approx(centroids["confidence"], abs=0.05)
    library, question = SpectralLibrary.load(), asked("10 ppm", "0.02 Da", 0.25, 5)
    for spectrum, codes in ((clear, set()), (profile_of(clear), {"profile-spectra"})):
        found = identify_all(features([spectrum]), library, question)
        notices = answer_of(found, library, question, library_facts(library, question), 5, []).warnings
        assert {notice.code for notice in notices} & {"profile-spectra"} == codes


def test_progress_tells_the_truth_and_can_cancel() -> None:
    told: list[tuple[int, int, str]] = []
    find_method("ms.identify").run([RUN], progress=lambda *step: told.append(step))
    assert {step for _, _, step in told} == {"reading", "searching"}
    assert all(0 <= done <= total for done, total, _ in told)
    assert told[-1][0] == told[-1][1] > 0

    def stop(done: int, total: int, step: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        find_method("ms.identify").run([RUN], progress=stop)


def test_a_bad_parameter_is_refused_with_a_sentence() -> None:
    method = find_method("ms.identify")
    for bad in ({"top": "many"}, {"top": 0}, {"nothing": 1}, {"precursor_tolerance": "ten"}):
        with pytest.raises(BadParameter, match="expected"):
            method.run([RUN], bad)


def test_the_largest_unknowns_are_listed_with_formulas() -> None:
    answer = find_method("ms.identify").run([RUN])
    (table,) = [one for one in answer.tables if one.name == "unknown"]
    areas = [row["area"] for row in table.rows]
    assert areas == sorted(areas, reverse=True)
    assert any(row["formulas"] for row in table.rows[:40])


def test_an_unknown_of_the_survey_stands_beside_its_relative() -> None:
    library, question = SpectralLibrary.load(), asked("10 ppm", "0.02 Da", 0.25, 5)
    measured, answers = features_of_run(read(RUN)), identify(RUN)["features"]
    known = next(
        feature
        for feature, answer in zip(measured, answers, strict=True)
        if answer["verdict"] == "identified" and answer["candidates"][0]["matched_peaks"] > 8
    )
    spectrum = replace(known.spectrum, precursor_mz=(known.spectrum.precursor_mz or 0.0) + 14.01565)
    found = identify_all([replace(known, spectrum=spectrum, area=5.0)], library, question)
    bare = answer_of(found, library, question, library_facts(library, question), 5, [])
    (table,) = [one for one in with_survey(bare, found, [], library, question).tables if one.name == "unknown"]
    (row,) = table.rows
    assert row["analogue"]
    assert 0.7 <= row["similarity"] <= 1
    assert (row["difference_da"], row["change"]) == (pytest.approx(14.0157, abs=3e-3), "+CH2")


def test_the_answer_names_its_figures_credit_and_marks_what_it_is() -> None:
    answer = find_method("ms.identify").run([RUN])
    assert answer.verdict == "identified"
    assert list(answer.tags) == ["composite", "research use only"]
    mirrors = [plot for plot in answer.plots if plot.name.startswith("mirror-")]
    assert mirrors
    for plot in mirrors:
        upper, lower = plot.data["upper"], plot.data["lower"]
        assert plot.data["reference"]["licence"]
        assert max(upper["intensity"]) == max(lower["intensity"]) == 100
        for i, j in plot.data["pairs"]:
            assert abs(upper["mz"][i] - lower["mz"][j]) <= 0.0202
    json.dumps(answer.as_json(), allow_nan=False)


def test_what_several_scans_have_of_a_fragment_is_one_peak_of_the_mirror() -> None:
    answer = find_method("ms.identify").run(find_method("ms.identify").example)
    scans = {one["index"]: measured["scans"] for one, measured in zip(
        answer.detail["features"], answer.detail["measured"], strict=True)}  # fmt: skip
    together = [plot for plot in answer.plots if plot.kind == "mirror" and scans[plot.data["feature"]] > 1]
    assert together
    for plot in together:
        assert np.diff(plot.data["upper"]["mz"]).min(initial=1.0) >= 0.02
        assert max(plot.data["upper"]["intensity"]) == 100
