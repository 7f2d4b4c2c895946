"""Against the large open library and its tuning set: rank, precision, honesty. A plain clone skips these."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.readers import Spectrum
from tests.methods.samples import LARGE, needs_large

pytestmark = needs_large


@pytest.fixture(scope="module")
def library() -> SpectralLibrary:
    return SpectralLibrary.load(LARGE / "massbank/library_ms2.parquet")


@pytest.fixture(scope="module")
def judged(library: SpectralLibrary) -> list[tuple[str | None, dict[str, Any]]]:
    """The truth (None where the library lacks the compound) and the answer of each tuning spectrum."""
    queries = pl.read_parquet(LARGE / "massbank/dev_queries_ms2.parquet").to_dicts()
    spectra = [
        Spectrum(
            np.array(query["mz"]),
            np.array(query["intensity"]),
            precursor_mz=query["precursor_mz"],
            polarity=query["ion_mode"],
        )
        for query in queries
    ]
    truths = [query["inchikey_1"] if query["truth"] == "known" else None for query in queries]
    return list(zip(truths, identify(spectra, library)["features"], strict=True))


def first_blocks(feature: dict[str, Any]) -> list[str]:
    return [candidate["inchikey"][:14] for candidate in feature["candidates"]]


def test_the_right_compound_stands_first_at_least_as_often_as_in_flash_entropy(judged: Any) -> None:
    known = [(truth, first_blocks(one)) for truth, one in judged if truth]
    assert sum(names[:1] == [truth] for truth, names in known) / len(known) >= 0.911
    assert sum(truth in names for truth, names in known) / len(known) >= 0.99


def test_what_is_called_identified_is_right_and_the_unknown_stays_unknown(judged: Any) -> None:
    named = [(truth, first_blocks(one)[0]) for truth, one in judged if one["verdict"] == "identified"]
    assert sum(truth == name for truth, name in named) / len(named) >= 0.95
    assert sum(truth is None for truth, _ in named) <= 10
    assert sum(truth is not None for truth, _ in named) >= 225


def test_confidence_is_not_far_from_how_often_it_is_right(judged: Any) -> None:
    sure = np.array([max((c["confidence"] for c in one["candidates"]), default=0.0) for _, one in judged])
    right = np.array([first_blocks(one)[:1] == [truth] for truth, one in judged])
    places = np.minimum((sure * 10).astype(int), 9)
    error = sum(
        (places == i).mean() * abs(sure[places == i].mean() - right[places == i].mean()) for i in set(places.tolist())
    )
    assert error <= 0.09


def test_the_composite_run_is_answered(library: SpectralLibrary) -> None:
    found = identify(LARGE / "ms/mixture_dev.mzML", library)["features"]
    truth = pl.read_csv(LARGE / "ms/mixture_dev_truth.csv").to_dicts()
    right = wrong = 0
    for row in truth:
        near = [
            one
            for one in found
            if abs(one["precursor_mz"] - row["mz"]) < row["mz"] * 1e-5
            and abs(one["retention_time_s"] - row["rt_min"] * 60) < 15
        ]
        if near and near[0]["verdict"] == "identified":
            right += row["truth"] == "known" and first_blocks(near[0])[0] == row["inchikey_1"]
            wrong += row["truth"] == "unknown"
    assert right >= 37
    assert wrong <= 3


@pytest.mark.parametrize(
    "name", ["tripletof_dda_river_water.mzXML", "tripletof_dda_water_example.mzXML", "qe_dda_bacterial_extract.mzML"]
)
def test_real_runs_are_answered(name: str, library: SpectralLibrary) -> None:
    found = identify(LARGE / "ms" / name, library)["features"]
    assert any(one["verdict"] == "identified" for one in found)
    assert sum(one["verdict"] == "unknown" for one in found) > len(found) / 2


def test_wrong_precursors_of_the_source_are_mended(library: SpectralLibrary) -> None:
    info = library.info()
    assert (info["spectra"], info["compounds"]) == (57_147, 5_859)
    assert 1_000 <= info["repaired"] <= 1_030
