"""A made run whose peaks, areas, isotopes, adducts and merged spectra are known gives them all back."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, find_method
from liqi.methods.mass_spectrometry import _tracing, identify, read_run
from liqi.methods.mass_spectrometry._centroids import centroided
from liqi.methods.mass_spectrometry._columns import columns_of, points_of
from liqi.methods.mass_spectrometry._features import all_features, features_of_run
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._tracing import find_peaks
from liqi.methods.readers import Spectrum
from tests.methods import written
from tests.methods.samples import LARGE, RUN

FORMULA = "C16H18N2O4S"
HYDROGEN, SODIUM = (ion_mz(FORMULA, adduct) or 0.0 for adduct in ("[M+H]+", "[M+Na]+"))
CARBON, CHLORINE = 1.0033548, 1.9970499
SIGMA_S, STEP_S = 3.0, 0.5
IONS = {  # m/z: (apex in s, height)
    HYDROGEN: (60.0, 1e6),
    HYDROGEN + CARBON: (60.0, 1.8e5),
    HYDROGEN + 2 * CARBON - 0.004: (60.0, 6e4),
    SODIUM: (60.0, 3e5),
    400.2: (40.0, 5e5),
    400.2 + CARBON / 2: (40.0, 2.2e5),
    HYDROGEN + 0.0001: (90.0, 4e5),
}


def made(noise: float = 0.0, seed: int = 1, ions: dict[float, tuple[float, float]] = IONS) -> list[Spectrum]:
    """Gaussian peaks in scans every half second, fragment scans at two apexes, a steady background ion."""
    dice = np.random.default_rng(seed)
    spectra = []
    for time in np.arange(0, 120, STEP_S):
        peaks = [(150.05, 2e4 * (1 + 0.1 * dice.standard_normal()))]
        for mz, (apex, height) in ions.items():
            strength = height * np.exp(-((time - apex) ** 2) / (2 * SIGMA_S**2))
            if strength > 500:
                peaks.append((mz * (1 + noise * dice.standard_normal() * 1e-6), strength))
        peaks += [(float(mz), 700.0) for mz in dice.uniform(100, 900, 20)]
        peaks.sort()
        mz, intensity = np.array(peaks).T
        spectra.append(Spectrum(mz, intensity, ms_level=1, retention_time_s=float(time), polarity="positive"))
        if time in (59.0, 61.0, 90.0):
            fragments = Spectrum(
                np.array([100.0, 160.0 + time / 1e6]), np.array([5.0, 9.0]), retention_time_s=time + 0.1
            )
            fragments.precursor_mz, fragments.polarity = HYDROGEN, "positive"
            spectra.append(fragments)
    return spectra


def test_every_made_peak_is_found_where_and_as_large_as_it_was_made() -> None:
    peaks = find_peaks(points_of(one for one in made(noise=1.0) if one.ms_level == 1))
    assert peaks.mz.size == len(IONS)
    for mz, (apex, height) in IONS.items():
        i = int(np.argmin(np.abs(peaks.mz - mz) / mz * 1e6 + np.abs(peaks.apex_s - apex)))
        assert peaks.mz[i] == pytest.approx(mz, rel=1e-6)
        assert peaks.apex_s[i] == pytest.approx(apex, abs=STEP_S)
        assert peaks.height[i] == pytest.approx(height, rel=0.01)
        assert peaks.area[i] == pytest.approx(height * SIGMA_S * np.sqrt(2 * np.pi), rel=0.03)
        assert peaks.start_s[i] < apex < peaks.end_s[i]


def test_peaks_are_the_same_however_many_traces_are_in_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(one for one in made(noise=1.0) if one.ms_level == 1)
    whole = find_peaks(points)
    monkeypatch.setattr(_tracing, "_AT_ONCE", 25)
    again = find_peaks(points)
    for name in ("mz", "apex_s", "start_s", "end_s", "height", "area"):
        assert getattr(again, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_survey_scans_are_not_kept_beside_their_numbers() -> None:
    dice = np.random.default_rng(5)
    scans, size = 150, 2_000

    def run() -> Iterator[Spectrum]:
        for i in range(scans):
            mz = np.sort(dice.uniform(100, 1_000, size))
            yield Spectrum(mz, np.full(size, 10.0), 1, float(i), polarity="positive", centroid=True)

    features_of_run([])
    tracemalloc.start()
    features_of_run(run())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * scans * size


def test_isotopes_give_the_charge_and_adducts_the_mass() -> None:
    found = all_features(made())
    main = next(one for one in found if one.scans == 2)
    assert (main.charge, main.adduct, len(main.isotopes)) == (1, "[M+H]+", 2)
    assert main.isotopes[0][1] / (main.height or 1) == pytest.approx(0.18, rel=0.02)
    assert main.neutral_mass == pytest.approx(monoisotopic_mass(FORMULA), rel=1e-6)
    sodium = next(one for one in found if one.adduct == "[M+Na]+")
    assert (sodium.group, sodium.scans) == (main.group, 0)
    assert sodium.neutral_mass == pytest.approx(main.neutral_mass, rel=1e-6)
    assert next(one for one in found if one.mz and abs(one.mz - 400.2) < 0.01).charge == 2
    assert [one.index for one in found] == list(range(len(found)))
    assert len(found) == 4


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param({CARBON: 0.065, CHLORINE: 0.64, CHLORINE + CARBON: 0.04}, 3, id="two chlorines"),
        pytest.param({CARBON: 0.2, CHLORINE: 0.32, 2 * CARBON: 0.02}, 2, id="chlorine beside two carbons"),
        pytest.param({CHLORINE: 0.97}, 1, id="bromine whose carbons were not seen"),
        pytest.param({CARBON: 0.2, 2 * CARBON: 0.02}, 2, id="carbon alone"),
    ],
)
def test_chlorine_and_bromine_are_isotopes_of_their_ion(steps: dict[float, float], expected: int) -> None:
    base = 161.9869
    ions = {base: (60.0, 1e6)} | {base + step: (60.0, 1e6 * share) for step, share in steps.items()}
    (found,) = all_features(one for one in made(ions=ions) if one.ms_level == 1)
    assert (found.charge, len(found.isotopes)) == (1, expected)
    second = [height / (found.height or 1) for mz, height in found.isotopes if round(mz - base) == 2]
    assert second == [pytest.approx(max(steps.get(CHLORINE, 0), steps.get(2 * CARBON, 0)), rel=0.02)]


def test_fragment_spectra_belong_to_the_peak_they_were_taken_from() -> None:
    early, late = features_of_run(made())
    assert (early.scans, late.scans) == (2, 1)
    assert early.apex_s == pytest.approx(60.0)
    assert late.apex_s == pytest.approx(90.0)
    assert early.spectrum.mz.size >= 2


def test_a_run_without_survey_scans_or_without_fragment_spectra_is_no_error() -> None:
    spectra = made()
    alone = features_of_run(one for one in spectra if one.ms_level == 2)
    assert [one.area for one in alone] == [None, None]
    assert features_of_run(one for one in spectra if one.ms_level == 1) == []
    assert all_features([]) == []
    assert len(all_features(one for one in spectra if one.ms_level == 1)) == 4


def test_frames_of_one_time_are_one_scan() -> None:
    frames = []
    for one in made():
        if one.ms_level == 1:
            half = one.intensity / 2
            frames += [Spectrum(one.mz, half, 1, one.retention_time_s, polarity="positive") for _ in range(2)]
    whole = columns_of(one for one in made() if one.ms_level == 1)
    assert np.allclose(columns_of(frames).tic().intensity, whole.tic().intensity)


def test_currents_of_the_example_are_those_of_its_scans() -> None:
    run = read_run(RUN)
    surveys = [one for one in run if one.ms_level == 1]
    tic = run.tic()
    assert tic.time_s.tolist() == sorted(one.retention_time_s for one in surveys if one.retention_time_s is not None)
    assert tic.intensity.sum() == pytest.approx(sum(one.intensity.sum() for one in surveys))
    trace = run.xic(200.0, "300 Da")
    assert trace.intensity.max() <= tic.intensity.max()
    assert run.xic(10.0).intensity.sum() == 0
    assert run.tic(ms_level=7).apex_s is None
    with pytest.raises(BadParameter, match="ppm"):
        run.xic(200.0, "wide")


def test_a_run_that_switches_its_polarity_has_a_current_of_each(tmp_path: Path) -> None:
    arrays = [written.array(written.MZ, [100.5]), written.array(written.INTENSITY, [7.0])]
    scans = [written.spectrum(i, arrays, 1) for i in range(6)]
    scans[1::2] = [one.replace("MS:1000130", "MS:1000129") for one in scans[1::2]]
    path = tmp_path / "both.mzML"
    path.write_text(written.mzml(scans))
    run = read_run(path)
    assert run.tic().time_s.tolist() == pytest.approx([0, 6, 12, 18, 24, 30])
    assert run.tic(polarity="negative").time_s.tolist() == pytest.approx([6, 18, 30])
    assert run.xic(100.5, polarity="positive").time_s.tolist() == pytest.approx([0, 12, 24])
    with pytest.raises(BadParameter, match="expected positive or negative"):
        run.tic(polarity="+")


def test_profile_data_become_centroids_at_the_right_mass() -> None:
    mz = np.arange(200, 201, 0.002)
    intensity = sum(
        h * np.exp(-((mz - m) ** 2) / (2 * 0.006**2)) for m, h in ((200.301, 9e4), (200.3403, 3e4), (200.8, 5e4))
    )
    spectrum = Spectrum(mz, np.asarray(intensity), ms_level=1, centroid=False)
    found = centroided(spectrum)
    assert found.is_centroid
    assert found.mz == pytest.approx([200.301, 200.3403, 200.8], abs=4e-4)
    assert found.intensity == pytest.approx([9e4, 3e4, 5e4], rel=0.02)
    assert centroided(found) is found
    spectrum.centroid = None
    assert centroided(spectrum).mz.size == 3


def test_a_step_on_the_slope_of_a_profile_peak_is_no_peak_without_a_mass() -> None:
    """Two equal points, then a rise: the first of them is a local maximum whose valley must not be itself."""
    mz = np.array([140.0079, 140.0096, 140.0113, 140.0146, 140.0180])
    found = centroided(Spectrum(mz, np.array([15.5, 15.5, 39.5, 15.5, 15.5]), ms_level=2, centroid=False))
    assert np.isfinite(found.mz).all()
    assert found.mz[np.argmax(found.intensity)] == pytest.approx(140.0113, abs=2e-3)


@pytest.mark.large
@pytest.mark.skipif(not (LARGE / "ms").exists(), reason="a plain clone has no ../shared/data")
def test_what_was_spiked_into_a_real_run_is_found_as_peaks() -> None:
    rows = [line.split(",") for line in (LARGE / "ms/mixture_dev_truth.csv").read_text().splitlines()]
    names, rows = rows[0], [row for row in rows[1:] if len(row) >= 9]
    found = read_run(Path(LARGE / "ms/mixture_dev.mzML")).features()
    where = np.array([(one.mz or 0.0, one.start_s or 0.0, one.end_s or 0.0) for one in found])
    assert names[6:8] == ["mz", "rt_min"]
    seen = total = 0
    for row in rows:
        try:
            mz, time = float(row[6]), float(row[7]) * 60
        except ValueError:  # a name with a comma
            continue
        total += 1
        seen += bool(
            ((np.abs(where[:, 0] - mz) < mz * 1e-5) & (where[:, 1] - 2 <= time) & (time <= where[:, 2] + 2)).any()
        )
    assert total > 50
    assert seen == total


def cut_run(tmp_path: Path) -> Path:
    path = tmp_path / "cut.mzML"
    data = RUN.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def test_half_a_run_is_answered_and_the_answer_says_what_it_lacks(tmp_path: Path) -> None:
    path = cut_run(tmp_path)
    facts = identify(path)
    assert facts["features"]
    (said,) = facts["problems"]
    assert "ends in the middle" in said
    assert "problems" not in identify(RUN)
    answer = find_method("ms.identify").run([path])
    (warning,) = [one for one in answer.warnings if one.code == "damaged-file"]
    assert said in warning.text.en
    assert "发现中途中断的文件" in warning.text.zh_hans
    assert "發現中途中斷的檔案" in warning.text.zh_hant


def test_unknown_features_are_listed_by_area_with_formulas() -> None:
    answer = find_method("ms.identify").run([RUN])
    table = next(one for one in answer.tables if one.name == "unknown")
    areas = [row["area"] for row in table.rows]
    assert areas == sorted(areas, reverse=True)
    assert any("ppm" in row["formulas"] for row in table.rows)
    assert {column.name for column in table.columns} == set(table.rows[0])


def test_features_of_the_example_are_what_their_scans_add_up_to() -> None:
    run = read_run(RUN)
    surveys = [one for one in run if one.ms_level == 1]
    areas, masses = [], []
    for one in run.features():
        if not one.area:
            continue
        trace = run.xic(one.mz or 0.0, "12 ppm")
        start, end = one.start_s or 0.0, one.end_s or 0.0
        inside = (trace.time_s >= start) & (trace.time_s <= end) & (trace.intensity > 0)
        areas.append(np.trapezoid(trace.intensity[inside], trace.time_s[inside]) / (one.area or 1.0))
        scans = [scan for scan in surveys if start <= (scan.retention_time_s or 0.0) <= end]
        mz, intensity = (np.concatenate([getattr(scan, part) for scan in scans]) for part in ("mz", "intensity"))
        near = np.abs(mz / (one.mz or 1.0) - 1) < 10e-6
        masses.append(1e6 * (np.average(mz[near], weights=intensity[near]) / (one.mz or 1.0) - 1))
    assert len(areas) > 100
    assert np.mean(np.abs(np.array(areas) - 1) < 0.02) > 0.95
    assert np.mean(np.abs(masses) < 0.5) > 0.95
