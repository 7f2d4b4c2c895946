"""Shoulders without a valley are found and fitted to their true areas, tails are no peaks, riders are skimmed."""

from copy import deepcopy

import numpy as np
import pytest

from liqi.methods import BadParameter
from liqi.methods.chromatography import integrate
from liqi.methods.chromatography._baseline import Cut
from liqi.methods.chromatography._integration import Settings
from tests.methods.chromatography.made import gaussian, tailing, trace

X = np.arange(0, 8, 0.004)
SIGMA = 0.06


@pytest.mark.parametrize(("apart", "ratio"), [(0.6, 1.0), (0.6, 0.5), (0.7, 0.2), (0.8, 0.1), (1.0, 0.2), (1.3, 0.1)])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_pairs_from_a_resolution_of_0_6_have_their_true_areas(
    apart: float, ratio: float, first: bool, noise: float
) -> None:
    areas = (30.0, 30 * ratio) if first else (30 * ratio, 30.0)
    signal = 5 + gaussian(X, 4, SIGMA, areas[0]) + gaussian(X, 4 + 4 * SIGMA * apart, SIGMA, areas[1])
    found = integrate(trace(X, signal + np.random.default_rng(7).normal(0, noise, X.size))).peaks
    assert [one.area / 60 for one in found] == pytest.approx(areas, rel=0.01)
    assert [one.rules.split for one in found] == ["fit", "fit"]


@pytest.mark.parametrize("tau", [0.02, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_tail_is_no_shoulder(tau: float, noise: float) -> None:
    signal = tailing(X, 3, SIGMA, tau, 30) + 2 * X + np.random.default_rng(3).normal(0, noise, X.size)
    assert len(integrate(trace(X, signal)).peaks) == 1


def rider() -> np.ndarray:
    return np.asarray(tailing(X, 2, 0.08, 0.5, 100) + gaussian(X, 3.2, 0.05, 1.5) + 3)


def test_a_rider_is_skimmed_and_the_rest_stays_with_the_large_peak() -> None:
    dropped = integrate(trace(X, rider()), Settings(split="drop")).peaks
    skimmed = integrate(trace(X, rider()), Settings(split="skim")).peaks
    assert [one.rules.split for one in skimmed] == ["drop", "skim"]
    assert sum(one.area for one in skimmed) == pytest.approx(sum(one.area for one in dropped), rel=1e-3)
    assert dropped[1].area / 60 > 10
    assert abs(skimmed[1].area / 60 - 1.5) < 0.4
    assert skimmed[0].area / 60 == pytest.approx(100, rel=0.005)
    assert skimmed[1].rules.start_kind + skimmed[1].rules.end_kind == "TT"


def test_a_person_skims_a_rider_and_takes_it_back() -> None:
    plain = Settings(split="drop")
    before = integrate(trace(X, rider()), plain).peaks
    skimmed = integrate(trace(X, rider()), plain, [{"peak": 3.2, "split": "skim"}]).peaks
    again = integrate(trace(X, rider()), plain, [one.as_edit() for one in skimmed]).peaks
    assert [one.area for one in again] == pytest.approx([one.area for one in skimmed], rel=1e-3)
    shorter = integrate(trace(X, rider()), plain, [{"peak": 3.2, "split": "skim"}, {"peak": 3.2, "end": 3.35}]).peaks
    assert (shorter[1].rules.split, shorter[1].rules.end_min) == ("skim", pytest.approx(3.35, abs=0.005))
    back = integrate(trace(X, rider()), plain, [{"peak": 3.2, "split": "skim"}, {"peak": 3.2, "split": "drop"}]).peaks
    assert [one.area for one in back] == pytest.approx([one.area for one in before])


def test_a_peak_alone_cannot_be_skimmed() -> None:
    alone = trace(X, gaussian(X, 4, SIGMA, 30))
    with pytest.raises(BadParameter, match="touches a larger one"):
        integrate(alone, edits=[{"peak": 4, "split": "skim"}])


def test_what_lies_below_a_skimmed_shoulder_is_counted_once() -> None:
    signal = trace(X, 5 + gaussian(X, 4, SIGMA, 30) + gaussian(X, 4 + 4 * SIGMA * 0.6, SIGMA, 15))
    parted = integrate(signal).peaks
    skimmed = integrate(signal, edits=[{"peak": parted[1].time_min, "split": "skim"}]).peaks
    assert [one.rules.split for one in skimmed] == ["drop", "skim"]
    assert sum(one.area for one in skimmed) == pytest.approx(sum(one.area for one in parted), rel=0.01)


@pytest.mark.parametrize(
    ("apart", "ratio"), [(0.5, 0.6), (0.5, 0.9), (0.6, 0.3), (0.6, 0.6), (0.7, 0.3), (0.7, 0.9), (0.9, 0.1), (0.9, 0.6)]
)
@pytest.mark.parametrize("side", [-1, 1])
def test_a_merged_shoulder_is_skimmed_to_an_area_above_zero_or_refused(apart: float, ratio: float, side: int) -> None:
    signal = 5 + gaussian(X, 4, SIGMA, 30) + gaussian(X, 4 + side * 4 * SIGMA * apart, SIGMA, 30 * ratio)
    parted = integrate(trace(X, signal)).peaks
    assert len(parted) == 2
    small = min(parted, key=lambda one: one.height)
    try:
        skimmed = integrate(trace(X, signal), edits=[{"peak": small.time_min, "split": "skim"}]).peaks
    except BadParameter as problem:
        assert "no tangent passes under" in str(problem) or "stands alone" in str(problem)  # noqa: PT017
        return
    assert min(one.area for one in skimmed) > 0
    assert sum(one.area for one in skimmed) / 60 == pytest.approx(30 * (1 + ratio), rel=0.02)
    assert next(one for one in skimmed if one.rules.split == "skim").area < 60 * 30 * ratio


def test_copies_of_cuts_do_not_share_what_riders_leave() -> None:
    parent, small = (Cut(a, a + 5, a + 10, "B", "B", (0, 0.0, 20, 0.0)) for a in (0, 10))
    small.ridden, small.leaves, parent.riders = parent, 7.0, [small]
    first, second = deepcopy([parent, small])
    second.leaves = 1.0
    assert (first.skimmed, parent.skimmed) == (1.0, 7.0)


def test_a_rider_that_is_taken_away_leaves_what_it_left() -> None:
    edits = [{"peak": 3.2, "split": "skim"}]
    whole = integrate(trace(X, rider()), Settings(split="drop"), edits).peaks
    alone = integrate(trace(X, rider()), Settings(split="drop"), [*edits, {"remove": 3.2}]).peaks
    assert len(alone) == 1
    assert alone[0].area == pytest.approx(whole[0].area)
