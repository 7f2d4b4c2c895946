"""Areas against known ones: a maker's own table, pairs that overlap, peaks that tail; rules edited by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, find_method
from liqi.methods.chromatography import Settings, integrate, parse_edits, read_chromatogram
from liqi.methods.chromatography._fits import modified_gaussian, skew_normal
from tests.methods.chromatography import made

METHOD = find_method("chrom.area")
ANDI = METHOD.example[0]
TIMES = np.arange(2500) / 100
PLAIN = np.arange(1000) / 100


def test_eight_of_eight_vendor_peaks_are_found_within_two_per_cent_of_their_areas() -> None:
    trace = read_chromatogram(ANDI).traces[0]
    found = integrate(trace).peaks
    assert len(found) == len(trace.reported) == 8
    for one, told in zip(found, trace.reported, strict=True):
        assert one.area == pytest.approx(told.area, rel=0.02)
        assert one.time_min == pytest.approx(told.time_min, abs=0.005)
        assert one.height == pytest.approx(told.height, rel=0.01)


@pytest.mark.parametrize("apart", np.arange(2.5, 6.4, 0.2).round(1))
def test_twenty_of_twenty_overlapped_pairs_have_their_areas_within_one_per_cent(apart: float) -> None:
    signal = made.gaussian(TIMES, 8, 1, 100) + made.gaussian(TIMES, 8 + apart, 1, 70)
    found = integrate(made.trace(TIMES, signal)).peaks
    assert [one.area / 60 for one in found] == pytest.approx([100, 70], rel=0.01)


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_tailing_peaks_that_overlap_are_told_apart_by_the_fit(noise: float) -> None:
    signal = made.tailing(PLAIN, 3, 0.08, 0.06, 10) + made.tailing(PLAIN, 3.33, 0.08, 0.06, 3) + 2 + 0.1 * PLAIN
    signal = signal + np.random.default_rng(1).normal(0, noise, PLAIN.size)
    found = integrate(made.trace(PLAIN, signal)).peaks
    assert [one.rules.split for one in found] == ["fit", "fit"]
    assert [one.area / 60 for one in found] == pytest.approx([10, 3], rel=0.005 if not noise else 0.03)
    assert all(one.area_drop != one.area for one in found)


def test_a_fit_that_leaves_too_much_over_does_not_count_and_is_told_beside_the_drop() -> None:
    found = integrate(read_chromatogram(ANDI).traces[0]).peaks
    pair = found[3:5]
    assert [one.rules.split for one in pair] == ["drop", "drop"]
    assert all(one.area == one.area_drop and one.area_fit for one in pair)
    assert all(one.u_area > abs(one.area_fit - one.area_drop) / 4 for one in pair if one.area_fit)
    forced = integrate(read_chromatogram(ANDI).traces[0], Settings(split="fit")).peaks
    assert [one.rules.split for one in forced[3:5]] == ["fit", "fit"]


def test_the_uncertainty_of_an_area_covers_what_noise_makes_of_it() -> None:
    clean = made.gaussian(PLAIN, 5, 0.1, 10) + 1
    areas, told = [], []
    for seed in range(40):
        noisy = clean + np.random.default_rng(seed).normal(0, 0.1, PLAIN.size)
        (peak,) = integrate(made.trace(PLAIN, noisy), Settings(least_percent=5)).peaks
        areas.append(peak.area)
        told.append(peak.u_area)
    off = np.abs(np.array(areas) - 600)
    assert np.mean(off <= 2 * np.array(told)) >= 0.9
    assert np.mean(told) < 5 * np.std(areas)


def test_figures_of_a_gaussian_are_those_of_the_pharmacopoeia() -> None:
    signal = made.gaussian(PLAIN, 4, 0.1, 10) + made.gaussian(PLAIN, 5, 0.1, 10)
    first, second = integrate(made.trace(PLAIN, signal), Settings(void_min=1.0)).peaks
    width = 2 * math.sqrt(2 * math.log(2)) * 0.1
    assert first.width_min == pytest.approx(width, rel=2e-3)
    assert first.plates == pytest.approx(5.54 * (4 / width) ** 2, rel=4e-3)
    assert second.resolution == pytest.approx(1.18 / (2 * width), rel=3e-3)
    assert first.symmetry == pytest.approx(1.0, abs=0.01)
    assert first.retention_factor == pytest.approx(3.0, abs=1e-3)
    tail = integrate(made.trace(PLAIN, made.tailing(PLAIN, 4, 0.05, 0.2, 10))).peaks[0]
    assert tail.symmetry is not None
    assert tail.symmetry > 1.8


def test_signal_to_noise_is_twice_the_height_over_the_noise_from_peak_to_peak() -> None:
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, PLAIN.size)
    (peak,) = integrate(
        made.trace(PLAIN, made.gaussian(PLAIN, 5, 0.1, 12.5331) + noise), Settings(least_percent=20)
    ).peaks
    assert peak.signal_to_noise == pytest.approx(2 * 50 / 1.0, rel=0.05)


def test_shapes_hold_the_area_one() -> None:
    x = np.linspace(-200, 200, 40_001)
    for shape in (skew_normal, modified_gaussian):
        for skew in (-3.0, -0.5, 0.4, 4.0):
            assert np.trapezoid(shape(x, 0.0, 2.0, skew), x) == pytest.approx(1, abs=2e-3)


def test_a_flat_line_and_pure_noise_hold_no_peaks() -> None:
    assert integrate(made.trace(PLAIN, np.full(PLAIN.size, 3.0))).peaks == []
    noise = np.random.default_rng(5).normal(0, 1, 20_000)
    assert len(integrate(made.trace(np.arange(20_000) / 600, noise)).peaks) <= 2


def edits(*some: dict[str, object]) -> list[dict[str, object]]:
    return list(parse_edits(json.dumps(some)))


def test_rules_that_are_handed_back_as_edits_give_the_same_peaks() -> None:
    trace = read_chromatogram(ANDI).traces[0]
    found = integrate(trace).peaks
    again = integrate(trace, edits=[one.as_edit() for one in found]).peaks
    assert [one.area for one in again] == pytest.approx([one.area for one in found], rel=1e-3)
    assert all(one.rules.is_edited for one in again)


def test_a_person_moves_a_baseline_cuts_joins_adds_and_takes_out() -> None:
    signal = made.gaussian(PLAIN, 3, 0.1, 10) + made.gaussian(PLAIN, 3.4, 0.1, 5) + made.gaussian(PLAIN, 7, 0.1, 2)
    trace = made.trace(PLAIN, signal)
    areas = [one.area / 60 for one in integrate(trace).peaks]
    assert len(areas) == 3
    assert len(integrate(trace, edits=edits({"remove": 7.0})).peaks) == 2
    joined = integrate(trace, edits=edits({"join": [3.0, 3.4]})).peaks
    assert [one.area / 60 for one in joined] == pytest.approx([15, 2], rel=2e-3)
    cut = integrate(trace, edits=edits({"cut": 7.0})).peaks
    assert [one.area / 60 for one in cut][2:] == pytest.approx([1, 1], rel=0.05)
    lifted = integrate(trace, edits=edits({"peak": 7.0, "start": 6.5, "end": 7.5, "base_start": 1.0, "base_end": 1.0}))
    assert lifted.peaks[2].area / 60 == pytest.approx(2 - 1.0, abs=0.01)
    added = integrate(trace, edits=edits({"add": [5.0, 5.5], "name": "blank"})).peaks
    assert [one.name for one in added] == ["", "", "blank", ""]
    named = integrate(trace, edits=edits({"peak": 3.0, "name": "caffeine", "split": "drop"})).peaks
    assert (named[0].label, named[0].rules.split) == ("caffeine", "drop")
    moved = integrate(trace, edits=edits({"peak": 3.0, "end": 3.3, "split": "drop"})).peaks
    assert moved[0].rules.end_min == moved[1].rules.start_min == pytest.approx(3.3)


def test_a_peak_in_a_flank_is_cut_off_by_hand_and_fitted() -> None:
    signal = made.gaussian(TIMES, 8, 1, 100) + made.gaussian(TIMES, 10.2, 1, 30)
    trace = made.trace(TIMES, signal)
    assert len(integrate(trace).peaks) == 1
    some = ({"cut": 9.8}, {"peak": 8.0, "split": "fit"}, {"peak": 10.2, "split": "fit"})
    assert [one.area / 60 for one in integrate(trace, edits=edits(*some)).peaks] == pytest.approx([100, 30], rel=0.02)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "JSON"),
        ("3", "a list of objects"),
        ('[{"peek": 1}]', "a list of objects"),
        ('[{"peak": "a"}]', "numbers, in minutes"),
        ('[{"join": [1]}]', "numbers, in minutes"),
        ('[{"peak": 3.0, "split": "guess"}]', "none or drop or fit or valley"),
        ('[{"remove": 29.5}]', "the retention time of a peak"),
        ('[{"add": [5, 5]}]', "a start before an end"),
        ('[{"cut": 1e999}]', "numbers"),
        (f'[{{"cut": 1{"0" * 400}}}]', "numbers"),
    ],
)
def test_edits_that_make_no_sense_are_told_so(text: str, expected: str) -> None:
    with pytest.raises(BadParameter, match=expected):
        METHOD.run([ANDI], {"edits": text})


def test_several_runs_are_laid_over_each_other_and_a_flat_top_is_seen(tmp_path: Path) -> None:
    signal = made.gaussian(PLAIN, 5, 0.1, 10)
    one = made.csv(tmp_path / "a.csv", PLAIN, signal)
    two = made.csv(tmp_path / "b.csv", PLAIN, np.minimum(signal, 20.0))
    answer = METHOD.run([one, two])
    assert answer.plots[0].name == "overlay"
    assert [finding.name for finding in answer.findings] == ["5.000 min, a.csv", answer.findings[1].name]
    results = {check["name"]: check["result"] for check in answer.detail["checks"]}
    assert (results["saturated"], results["apart"]) == ("review", "pass")
    with pytest.raises(BadParameter, match="one file at a time"):
        METHOD.run([one, two], {"edits": "[]"})


def test_fits_end_where_a_trace_has_too_many_overlaps_and_the_checks_say_so(tmp_path: Path) -> None:
    """Two dozen groups of four: the highest are fitted, the others keep the perpendicular."""
    times = np.arange(6000) / 100
    heights = np.linspace(40, 100, 24)
    centres = 1 + 2.4 * np.arange(24)[:, None] + 0.22 * np.arange(4)
    signal = sum(
        h * np.exp(-0.5 * ((times - c) / 0.08) ** 2) for h, row in zip(heights, centres, strict=True) for c in row
    )
    whole = integrate(made.trace(times, signal))
    fitted = [one.time_min for one in whole.peaks if one.rules.split == "fit"]
    assert whole.not_fitted > 0
    assert len(whole.peaks) == 96
    assert 0 < len(fitted) < 96
    assert min(fitted) > 25
    path = tmp_path / "dense.csv"
    path.write_text("time_min,signal\n" + "".join(f"{t:.2f},{s:.6f}\n" for t, s in zip(times, signal, strict=True)))
    answer = METHOD.run([path])
    told = next(one for one in answer.detail["checks"] if one["name"] == "fitted")
    assert told["result"] == "review"
    assert told["found"] == f"{whole.not_fitted} fits left out, the perpendicular drop stands"
    few = METHOD.run([path], {"to_min": 5.0}).detail["checks"]
    assert not any(one["name"] == "fitted" for one in few)
