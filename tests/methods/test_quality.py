"""Quality of a run: figures from hand-made runs with known values, and checks that fail where they should."""

from collections.abc import Sequence

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.mass_spectrometry._run_metrics import metrics_of, tally
from liqi.methods.mass_spectrometry.quality import checks_of, quality
from liqi.methods.readers import Spectrum
from tests.methods.samples import MGF


def scans(tics: Sequence[float], level: int = 1, **more: object) -> list[Spectrum]:
    made = []
    for place, tic in enumerate(tics):
        peaks = np.array([100.0, 200.0]), np.array([tic / 4, 3 * tic / 4])
        facts = {"polarity": "positive", "centroid": True} | more
        made.append(Spectrum(*peaks, ms_level=level, retention_time_s=10.0 * place, **facts))
    return made


def figures(spectra: Sequence[Spectrum]) -> dict[str, object]:
    return {one["accession"]: one["value"] for one in quality(spectra)}


def failed(spectra: Sequence[Spectrum], problems: Sequence[str] = ()) -> set[str]:
    return {one.name for one in checks_of(tally(spectra), problems, 5.0, 1.0) if not one.passed}


def test_the_figures_of_a_run_made_by_hand() -> None:
    found = figures([*scans([4, 8, 100, 8]), *scans([0, 4], 2, precursor_mz=300.0, charge=2)])
    assert (found["MS:4000059"], found["MS:4000060"]) == (4, 2)
    assert found["MS:4000070"] == [0.0, 30.0]
    assert found["MS:4000067"] == 30.0
    assert found["MS:4000029"] == 60 + 540 + 540
    assert (found["MS:4000097"], found["MS:4000098"]) == (1, 1)
    assert (found["MS:4000099"], found["MS:4000100"]) == (0, 1)
    assert found["MS:4000192"] == 10.0
    assert (found["MS:4000202"], found["MS:4000204"]) == (75.0, 100.0)
    assert found["MS:4000063"] == {"MS:1000041": [2], "UO:0000191": [1.0]}
    assert found["MS:4000069"] == [300.0, 300.0]


def test_a_run_without_ms2_or_without_ms1_lacks_only_their_figures() -> None:
    survey = figures(scans([1, 2, 3]))
    assert (survey["MS:4000060"], "MS:4000062" in survey, "MS:4000029" in survey) == (0, False, True)
    fragments = figures(scans([1, 2, 3], 2))
    assert (fragments["MS:4000059"], "MS:4000062" in fragments, "MS:4000192" in fragments) == (0, True, False)
    assert metrics_of(tally([]))[0].value == 0


def test_a_good_run_passes_every_check() -> None:
    assert failed(scans([5] * 300)) == set()


@pytest.mark.parametrize(
    ("name", "spectra"),
    [
        ("survey", scans([1, 2], 2)),
        ("polarity", scans([1, 2], polarity=None)),
        ("centroid", scans([1, 2], centroid=False)),
        ("times", scans([1, 2])[::-1]),
        ("empty-1", scans([1, 0, 1])),
        ("spray", scans([1, 100, 1, 100])),
    ],
)
def test_a_check_fails_where_it_should(name: str, spectra: list[Spectrum]) -> None:
    assert name in failed(spectra)


def test_a_damaged_file_is_to_be_looked_at_again() -> None:
    assert failed(scans([1, 1]), ["it ends early"]) == {"whole"}


def test_a_list_of_spectra_is_no_run(tmp_path) -> None:
    path = tmp_path / "some.mgf"
    path.write_text(MGF, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="list of spectra"):
        find_method("ms.quality").run([path])
