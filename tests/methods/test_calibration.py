"""Calibration lines give the published figures: NIST StRD, Miller and Miller, EURACHEM/CITAC CG 4."""

import doctest
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from liqi.methods import BadParameter
from liqi.methods.calibration import (
    best_weighting,
    capability,
    decision_limit,
    detection_limits,
    fit_line,
    lack_of_fit,
    standard_addition,
)

NORRIS = """0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0
778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5"""
FLUORESCEIN = [0, 2, 4, 6, 8, 10, 12], [2.1, 5.0, 9.0, 12.6, 17.3, 21.0, 24.7]
CADMIUM = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 3)
ABSORBANCE = [0.028, 0.029, 0.029, 0.084, 0.083, 0.081, 0.135, 0.131, 0.133, 0.180, 0.181, 0.183, 0.215, 0.230, 0.216]


def test_norris_has_the_values_that_nist_certifies() -> None:
    pairs = np.array(NORRIS.split(), float).reshape(-1, 2)
    line = fit_line(pairs[:, 1], pairs[:, 0])  # NIST StRD Norris: y first
    assert line.x.size == 36
    assert line.intercept == pytest.approx(-0.262323073774029, rel=1e-9)
    assert line.slope == pytest.approx(1.00211681802045, rel=1e-12)
    assert line.u_intercept == pytest.approx(0.232818234301152, rel=1e-9)
    assert line.u_slope == pytest.approx(0.000429796848199937, rel=1e-9)
    assert line.residual_sd == pytest.approx(0.884796396144373, rel=1e-9)
    assert line.r_squared == pytest.approx(0.999993745883712, rel=1e-12)


def test_fluorescein_is_read_as_miller_and_miller_read_it() -> None:
    line = fit_line(*FLUORESCEIN)
    assert (round(line.slope, 2), round(line.intercept, 2)) == (1.93, 1.52)
    assert (line.residual_sd, line.u_slope, line.u_intercept) == pytest.approx((0.4329, 0.0409, 0.2950), abs=1e-4)
    for response, value, uncertainty in ((2.9, 0.72, 0.26), (13.5, 6.21, 0.24), (23.0, 11.13, 0.26)):
        reading = line.read(response)
        assert (round(reading.value, 2), round(reading.uncertainty, 2)) == (value, uncertainty)
    low, high = line.read(2.9).interval()
    assert (high - low) / 2 == pytest.approx(0.68, abs=0.01)
    assert line.read(13.5, replicates=4).uncertainty == pytest.approx(0.14, abs=0.005)


def test_a_weighted_line_is_read_as_miller_and_miller_read_it() -> None:
    concentration, absorbance = [0, 2, 4, 6, 8, 10], [0.009, 0.158, 0.301, 0.472, 0.577, 0.739]
    line = fit_line(concentration, absorbance, [sd**-2 for sd in (0.001, 0.004, 0.010, 0.013, 0.017, 0.022)])
    assert (round(line.slope, 4), round(line.intercept, 4)) == (0.0738, 0.0091)
    assert (round(line.read(0.100).value, 2), round(line.read(0.600).value, 2)) == (1.23, 8.01)


def test_cadmium_has_the_uncertainty_of_eurachem_appendix_e3() -> None:
    line = fit_line(CADMIUM, ABSORBANCE)
    assert (round(line.slope, 4), round(line.intercept, 4)) == (0.2410, 0.0087)
    assert (round(line.u_slope, 4), round(line.u_intercept, 4)) == (0.0050, 0.0029)
    assert line.residual_sd == pytest.approx(0.005486, abs=5e-7)
    reading = line.read(line.intercept + line.slope * 0.26, replicates=2)
    assert reading.value == pytest.approx(0.26)
    assert round(reading.uncertainty, 3) == 0.018


def test_gold_in_silver_by_standard_addition_is_that_of_miller_and_miller() -> None:
    found = standard_addition([0, 5, 10, 15, 20, 25, 30], [0.32, 0.41, 0.52, 0.60, 0.70, 0.77, 0.89])
    assert (round(found.line.slope, 4), round(found.line.intercept, 4)) == (0.0186, 0.3218)
    assert round(found.reading.value, 1) == 17.3
    assert found.reading.uncertainty == pytest.approx(0.749, rel=0.002)
    low, high = found.reading.interval()
    assert (high - low) / 2 == pytest.approx(1.9, abs=0.05)
    with pytest.raises(BadParameter, match="rises"):
        standard_addition([0, 1, 2], [3, 2, 1])


def test_the_band_is_the_prediction_interval_that_scipy_would_give() -> None:
    line = fit_line(*FLUORESCEIN)
    low, high = line.band([6.0])
    t = stats.t.ppf(0.975, 5)
    assert high[0] - low[0] == pytest.approx(2 * t * line.residual_sd * math.sqrt(1 + 1 / 7))
    inner_low, inner_high = line.band([6.0], replicates=math.inf)
    assert low[0] < inner_low[0] < inner_high[0] < high[0]


def test_limits_of_detection_follow_the_noise_at_the_lowest_calibrant() -> None:
    line = fit_line(*FLUORESCEIN)
    low, quantified = detection_limits(line)
    assert low == pytest.approx(3.3 * 0.4329 / 1.9304, rel=1e-3)
    assert quantified / low == pytest.approx(10 / 3.3)
    rng = np.random.default_rng(1)
    x = np.repeat([1.0, 2, 5, 10, 50, 100], 5)
    y = 3 * x * (1 + 0.05 * rng.standard_normal(x.size))
    weighted, plain = detection_limits(fit_line(x, y, "1/x2"))[0], detection_limits(fit_line(x, y))[0]
    assert weighted == pytest.approx(3.3 * 0.05, rel=0.3)
    assert plain > 10 * weighted


def test_iso_11843_misses_and_false_alarms_are_as_often_as_said() -> None:
    rng = np.random.default_rng(7)
    x = np.repeat([0.0, 2, 4, 6], 3)
    false = missed = 0
    for _ in range(2000):
        line = fit_line(x, 1 + 2 * x + 0.3 * rng.standard_normal(x.size))
        able = capability(line)
        blank, low = 1 + 0.3 * rng.standard_normal(), 1 + 2 * able.minimum_detectable + 0.3 * rng.standard_normal()
        false += line.read(blank).value > able.critical
        missed += line.read(low).value <= able.critical
    assert 0.035 < false / 2000 < 0.065
    assert 0.025 < missed / 2000 < 0.065


def test_lack_of_fit_is_that_of_analysis_of_variance() -> None:
    x = np.repeat([1.0, 2, 3, 4, 5], 3)
    rng = np.random.default_rng(3)
    straight = lack_of_fit(fit_line(x, x + 0.05 * rng.standard_normal(x.size)))
    bent = lack_of_fit(fit_line(x, x**1.5 + 0.05 * rng.standard_normal(x.size)))
    assert straight is not None
    assert bent is not None
    assert straight.probability > 0.05 > 1e-4 > bent.probability
    assert bent.probability == pytest.approx(stats.f.sf(bent.ratio, 3, 10), rel=1e-6)
    assert lack_of_fit(fit_line(*FLUORESCEIN)) is None
    cadmium = lack_of_fit(fit_line(CADMIUM, ABSORBANCE))
    assert cadmium is not None
    assert (cadmium.of_levels, cadmium.of_replicates) == (3, 10)


def test_weights_are_chosen_by_relative_error() -> None:
    rng = np.random.default_rng(5)
    x = np.array([1.0, 2, 5, 10, 50, 100, 500])
    assert best_weighting(x, 3 * x + 2 + 0.1 * x * rng.standard_normal(x.size)) != "none"


def test_a_band_of_95_percent_holds_95_percent_with_weights() -> None:
    rng = np.random.default_rng(11)
    x = np.repeat([1.0, 2, 5, 10, 50, 100], 2)
    held = 0
    for _ in range(1000):
        line = fit_line(x, (3 * x) * (1 + 0.05 * rng.standard_normal(x.size)), "1/x2")
        low, high = line.read(60 * (1 + 0.05 * rng.standard_normal())).interval()
        held += low <= 20 <= high
    assert 0.93 < held / 1000 < 0.97


def test_what_is_no_calibration_is_refused_in_a_sentence() -> None:
    for x, y, weights in (
        ([1, 2], [1, 2], "none"),
        ([1, 1, 1], [1, 2, 3], "none"),
        ([0, 1, 2], [0, 1, 2], "1/x"),
        ([1, 2, 3], [1, 2, math.nan], "none"),
        ([1, 2, 3], [1, 2, 3], [1, -1, 1]),
        ([1, 2, 3], [1, 2, 3], "1/y"),
    ):
        with pytest.raises(BadParameter, match="expected"):
            fit_line(x, y, weights)
    with pytest.raises(BadParameter, match="level line"):
        fit_line([1, 2, 3], [4, 4, 4]).read(4)


def test_the_decision_limit_lies_above_the_limit_by_the_regulations_factors() -> None:
    assert decision_limit(50, 5) == pytest.approx(58.2)
    assert decision_limit(0, 1, alpha=0.01) == pytest.approx(2.33)
    assert decision_limit(0, 1, alpha=0.1) == pytest.approx(1.2816, abs=1e-4)


def test_the_page_about_calibration_says_what_the_code_does() -> None:
    page = Path(__file__).parents[2] / "docs/reference/calibration-and-uncertainty.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert failed == 0
    assert tried >= 7
