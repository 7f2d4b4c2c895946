"""Against the large open library and its tuning set: rank, precision, honesty. A plain clone skips these."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._cleaning import nominal
from liqi.methods.mass_spectrometry._confidence import Confidence
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY, Quality, quality
from liqi.methods.mass_spectrometry._training import train
from liqi.methods.readers import Spectrum
from tests.methods.samples import LARGE, needs_large

pytestmark = needs_large


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> SpectralLibrary:
    """The large library, built with its own confidence and mapped from its file."""
    path = tmp_path_factory.mktemp("large") / "massbank.liqi"
    built = SpectralLibrary.load(LARGE / "massbank/library_ms2.parquet")
    built.prepare()
    built.save(path)
    return SpectralLibrary.load(path)


def asked(unit: bool = False) -> tuple[list[Spectrum], list[str | None]]:
    """The tuning spectra, as measured or in unit-mass bins, and their compounds; None for what the library lacks."""
    queries = pl.read_parquet(LARGE / "massbank/dev_queries_ms2.parquet").to_dicts()
    spectra = [
        Spectrum(
            nominal(np.array(query["mz"])) if unit else np.array(query["mz"]),
            np.array(query["intensity"]),
            precursor_mz=query["precursor_mz"],
            polarity=query["ion_mode"],
            collision_energy=query["collision_energy"],
        )
        for query in queries
    ]
    return spectra, [query["inchikey_1"] if query["truth"] == "known" else None for query in queries]


def first_blocks(feature: dict[str, Any]) -> list[str]:
    return [candidate["inchikey"][:14] for candidate in feature["candidates"]]


def figures(features: list[dict[str, Any]], truths: list[str | None]) -> Quality:
    numbers: dict[str, int] = {}
    rows = [
        (i, numbers.setdefault(name, len(numbers)), candidate["confidence"])
        for i, one in enumerate(features)
        for name, candidate in zip(first_blocks(one), one["candidates"], strict=True)
    ]
    truth = [NOT_IN_LIBRARY if name is None else numbers.setdefault(name, len(numbers)) for name in truths]
    return quality(*(np.array(column) for column in zip(*rows, strict=True)), np.array(truth))


@pytest.fixture(scope="module")
def judged(library: SpectralLibrary) -> list[tuple[str | None, dict[str, Any]]]:
    """The truth (None where the library lacks the compound) and the answer of each tuning spectrum."""
    spectra, truths = asked()
    return list(zip(truths, identify(spectra, library, top=20)["features"], strict=True))


def test_confidence_ranks_covers_and_is_calibrated(judged: Any) -> None:
    told = figures([one for _, one in judged], [truth for truth, _ in judged])
    assert told.first >= 0.93
    assert told.among_five >= 0.99
    assert told.right_against_rest >= 0.95
    assert told.at_five_percent >= 0.74
    assert told.coverage >= 0.82
    assert told.calibration_error <= 0.03


def test_unit_mass_spectra_are_identified_too(library: SpectralLibrary) -> None:
    spectra, truths = asked(unit=True)
    found = identify(spectra, library, precursor_tolerance="0.5 Da", fragment_tolerance="0.5 Da", top=20)
    told = figures(found["features"], truths)
    assert found["library"]["confidence"]["kind"] == "unit"
    assert told.first >= 0.93
    assert told.right_against_rest >= 0.955
    assert told.coverage >= 0.85


def test_without_a_precursor_window_the_fused_search_finds_the_compound(library: SpectralLibrary) -> None:
    spectra, truths = asked()
    known = [(spectrum, truth) for spectrum, truth in zip(spectra, truths, strict=True) if truth]
    first = [library.search(spectrum, "fused", top=1)[0].inchikey[:14] for spectrum, _ in known]
    assert sum(name == truth for name, (_, truth) in zip(first, known, strict=True)) / len(known) >= 0.80


def test_what_is_called_identified_is_right_and_the_unknown_stays_unknown(judged: Any) -> None:
    named = [(truth, first_blocks(one)[0]) for truth, one in judged if one["verdict"] == "identified"]
    assert sum(truth == name for truth, name in named) / len(named) >= 0.90
    assert sum(truth is None for truth, _ in named) <= 16
    assert sum(truth == name for truth, name in named) >= 258


def test_the_library_tells_what_its_confidence_was_trained_on(library: SpectralLibrary) -> None:
    for kind in ("high", "unit"):
        facts = library.confidence_facts(kind)
        assert facts["origin"] == "library"
        assert facts["known"] > 1_000
        assert facts["out_of_fold"]["right_against_rest"] > 0.9


def test_training_again_gives_the_same_confidence(library: SpectralLibrary) -> None:
    index = library.index("negative")
    first, again = (train([index], library.references, (10.0, "ppm"), 0.02) for _ in range(2))
    assert isinstance(first, Confidence)
    assert isinstance(again, Confidence)
    assert all(np.array_equal(first.arrays()[name], again.arrays()[name]) for name in first.arrays())


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
    assert right >= 43
    assert wrong <= 4


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
