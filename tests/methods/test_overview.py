"""A run's chromatograms, feature map, ion traces and isotope patterns are what was measured, and stay small."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from liqi.methods import find_method
from liqi.methods.mass_spectrometry._decimation import outlined
from liqi.methods.mass_spectrometry._feature_map import MOST_CELLS, strongest
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._isotopes import ion_atoms, isotope_peaks
from liqi.methods.mass_spectrometry._judgement import Judgement
from liqi.methods.mass_spectrometry._overview import Overview, with_overview
from liqi.methods.mass_spectrometry._search import Identification
from liqi.methods.mass_spectrometry.identification import asked
from liqi.methods.readers import Spectrum

QUESTION = asked("10 ppm", "0.02 Da", 0.25, 5)


def scans(number: int, mz: Sequence[float], apex_s: float = 30.0) -> list[Spectrum]:
    """Survey scans one second apart; the first ion rises and falls, the others stay."""
    made = []
    for n in range(number):
        intensity = np.full(len(mz), 50.0)
        intensity[0] = 1000 * np.exp(-(((n - apex_s) / 4) ** 2) / 2)
        made.append(Spectrum(np.array(mz), intensity, ms_level=1, retention_time_s=float(n), polarity="positive"))
    return made


def overview_of(survey: Sequence[Spectrum]) -> Overview:
    from pathlib import Path

    seen = Overview()
    assert len(list(seen.watch(survey, Path("run.mzML")))) == len(survey)
    return seen


def unknown(feature: Feature) -> Identification:
    return Identification(feature, Judgement("unknown", 0.0, ()), [])


@pytest.fixture(scope="module")
def answer() -> dict:
    method = find_method("ms.identify")
    return method.run(method.example).as_json()


def test_a_trace_is_the_intensity_in_the_window_and_its_area_is_marked() -> None:
    survey = scans(60, [200.0, 200.1, 400.0])
    feature = Feature(
        0, Spectrum(np.array([100.0]), np.array([1.0]), precursor_mz=200.0, retention_time_s=30.0, polarity="positive"),
        1, None, mz=200.0, apex_s=30.0, start_s=20.0, end_s=40.0, height=1000.0, area=9000.0,
    )  # fmt: skip
    answer = with_overview(blank(), [unknown(feature)], overview_of(survey), QUESTION)
    trace = next(plot for plot in answer.plots if plot.name == "trace-0")
    series = trace.data["series"][0]
    assert max(series["y"]) == pytest.approx(1000.0)
    assert series["x"][int(np.argmax(series["y"]))] == 30.0
    assert trace.data["areas"] == [{"label": "9e+03", "from": 20.0, "to": 40.0}]
    assert trace.data["marks"] == [{"label": "MS2", "x": 30.0}]
    total = next(plot for plot in answer.plots if plot.name == "chromatogram-0").data["series"]
    assert total[0]["y"][30] == pytest.approx(1100.0)
    assert total[1]["y"][30] == pytest.approx(1000.0)


def blank():
    from liqi.methods import Answer, Text

    return Answer("unknown", Text.same(""), [])


def test_a_feature_of_the_other_polarity_has_no_trace() -> None:
    feature = Feature(
        0, Spectrum(np.empty(0), np.empty(0), precursor_mz=200.0, retention_time_s=30.0, polarity="negative"), 1, None
    )
    answer = with_overview(blank(), [unknown(feature)], overview_of(scans(60, [200.0])), QUESTION)
    assert [plot.kind for plot in answer.plots] == ["line", "map"]


def test_too_few_survey_scans_make_no_figure() -> None:
    answer = with_overview(blank(), [], overview_of(scans(4, [200.0])), QUESTION)
    assert not answer.plots


def test_the_map_keeps_the_strongest_peak_of_each_cell() -> None:
    random = np.random.default_rng(1)
    survey = [
        Spectrum(np.sort(random.uniform(100, 1000, 800)), random.uniform(1, 100, 800), ms_level=1,
                 retention_time_s=float(n))
        for n in range(300)
    ]  # fmt: skip
    survey[150].intensity[400] = 1e6
    time, mz, value = strongest(survey)
    assert time.size == MOST_CELLS
    assert (value[0], time[0], mz[0]) == (1e6, 150.0, survey[150].mz[400])
    assert value.min() > 90


def test_scans_without_peaks_make_an_empty_map() -> None:
    assert strongest([Spectrum(np.empty(0), np.empty(0), ms_level=1, retention_time_s=1.0)])[0].size == 0


def test_the_example_names_its_features_on_the_map_and_stays_small(answer: dict) -> None:
    mapped = next(plot for plot in answer["plots"] if plot["kind"] == "map")["data"]
    names = [name for name in mapped["names"] if name]
    assert "Testosterone" in names
    assert len(mapped["features"]) == len(mapped["names"]) <= len(mapped["x"]) == len(mapped["value"])
    assert len(json.dumps(answer)) < 600_000


def test_caffeine_has_the_isotopes_of_its_formula() -> None:
    """Against the distribution of C8H11N4O2+ from full enumeration: 10.30 % at M+1, 0.90 % at M+2."""
    found = isotope_peaks("C8H10N4O2", "[M+H]+")
    assert found is not None
    assert found[1][1] == pytest.approx(10.30, abs=0.02)
    assert found[1][2] == pytest.approx(0.90, abs=0.02)
    assert found[0][0] == pytest.approx(195.0877, abs=1e-4)


def test_chlorine_and_bromine_show_two_dalton_steps() -> None:
    mz, share = isotope_peaks("C6H4BrCl", "[M]+") or (np.empty(0), np.empty(0))
    assert share[2] == pytest.approx(100.0)
    assert share[0] == pytest.approx(76.9, abs=0.6)
    assert mz[2] - mz[0] == pytest.approx(1.9978, abs=5e-4)


def test_a_second_charge_halves_the_steps() -> None:
    mz, _ = isotope_peaks("C20H30N2O2", "[M+2H]2+") or (np.empty(0), np.empty(0))
    assert mz[1] - mz[0] == pytest.approx(0.5015, abs=5e-4)


@pytest.mark.parametrize(
    ("formula", "adduct"), [("C2H6O", "M"), ("", "[M+H]+"), ("C2Pu", "[M+H]+"), ("CH2", "[M-H2O+H]+")]
)
def test_what_is_not_understood_has_no_pattern(formula: str, adduct: str) -> None:
    assert isotope_peaks(formula, adduct) is None


def test_the_ion_counts_what_the_adduct_brings_and_takes() -> None:
    assert ion_atoms("C6H12O6", "[2M-H2O+Na]+") == {"C": 12, "H": 22, "O": 11, "Na": 1}


def test_a_long_line_keeps_its_peaks_and_ends() -> None:
    x = np.arange(10_000.0)
    y = np.zeros(10_000)
    y[[1234, 7777]] = 100.0
    short_x, short_y = outlined(x, y, 200)
    assert short_x.size <= 200
    assert {1234.0, 7777.0} <= set(short_x[short_y == 100.0].tolist())
    assert (short_x[0], short_x[-1]) == (0.0, 9999.0)
