"""The peak file of a run gives back any part of it, whole where it is small and thinned to its strongest where not."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile
from liqi.methods.mass_spectrometry.peakfile import PeakFile, write
from liqi.methods.readers import Spectrum, read
from tests.methods.samples import RUN


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> PeakFile:
    path = tmp_path_factory.mktemp("peaks") / "run"
    write(read(RUN), path)
    return PeakFile(path)


def test_every_scan_comes_back_with_its_name_and_all_its_peaks(kept: PeakFile) -> None:
    spectra = list(read(RUN))
    assert kept.names() == [one.id for one in spectra]
    for place, one in enumerate(spectra):
        mz, height = kept.scan(place)
        there = one.intensity > 0
        np.testing.assert_array_equal(mz, one.mz[there])
        np.testing.assert_allclose(height, one.intensity[there], rtol=1e-6)


def test_a_window_holds_what_a_walk_through_the_file_finds(kept: PeakFile) -> None:
    found = kept.window((245.0, 262.0), (200.0, 220.0), 10**6)
    wanted = [
        (one.retention_time_s, mz)
        for one in read(RUN)
        if one.ms_level == 1 and one.retention_time_s is not None and 245.0 <= one.retention_time_s <= 262.0
        for mz, height in zip(one.mz.tolist(), one.intensity.tolist(), strict=True)
        if 200.0 <= mz <= 220.0 and height > 0
    ]
    assert list(zip(found.time_s.tolist(), found.mz.tolist(), strict=True)) == wanted
    assert found.whole == len(wanted) > 50


def test_a_window_with_too_many_keeps_the_strongest(kept: PeakFile) -> None:
    everything = kept.window((0.0, 1e9), (0.0, 1e9), 10**9)
    few = kept.window((0.0, 1e9), (0.0, 1e9), 100)
    assert few.mz.size == 100
    assert few.whole == everything.mz.size > 1000
    assert few.intensity.max() == everything.intensity.max()


@pytest.mark.parametrize("mz", [(5000.0, 6000.0), (1.0, 2.0), (300.0, 200.0)])
def test_a_window_beside_the_peaks_or_turned_round_is_empty(kept: PeakFile, mz: tuple[float, float]) -> None:
    assert kept.window((0.0, 1e9), mz, 100).whole == 0
    assert kept.window((500.0, 100.0), mz, 100).whole == 0


def test_many_peaks_are_gathered_in_parts(tmp_path: Path) -> None:
    mz = np.linspace(100, 1000, 120_000)
    path = tmp_path / "many"
    write((Spectrum(mz, np.full(mz.size, 1.0 + i), 1, float(i), id=f"s{i}") for i in range(12)), path)
    found = PeakFile(path).window((0, 20), (100, 1000), 5000)
    assert (found.whole, found.mz.size) == (12 * mz.size, 5000)


def test_an_empty_run_has_no_peaks(tmp_path: Path) -> None:
    write([], tmp_path / "none")
    assert PeakFile(tmp_path / "none").window((0, 1), (0, 1), 10).whole == 0


@pytest.mark.parametrize("cut", [0, 5, 40, -1, -9])
def test_a_cut_file_is_refused_in_a_sentence(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run"
    write(read(RUN), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UnreadableFile, match="peak file"):
        PeakFile(path)
