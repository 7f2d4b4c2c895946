"""Search modes find what each is for; EI spectra are compared by Stein and Scott's weights."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.methods import BadParameter
from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._analogues import LEAST_MATCHED, LEAST_SIMILARITY, Analogue, analogues_of
from liqi.methods.mass_spectrometry._electron import ElectronIndex, weighted
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._lead import ELECTRON
from liqi.methods.mass_spectrometry._modes import MODES
from liqi.methods.mass_spectrometry._open import OpenIndex
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.mass_spectrometry._retention_index import push_of_difference
from liqi.methods.mass_spectrometry.identification import asked
from liqi.methods.readers import Spectrum
from tests.methods.samples import LARGE

needs_ei = pytest.mark.skipif(not (LARGE / "massbank/library_ei.parquet").exists(), reason="no ../shared/data")


@pytest.fixture(scope="module")
def library() -> SpectralLibrary:
    return SpectralLibrary.load()


def question(library: SpectralLibrary, row: int) -> Spectrum:
    record = library.record(row)
    peaks = np.array(record["mz"]), np.array(record["intensity"])
    return Spectrum(*peaks, precursor_mz=record["precursor_mz"], polarity=record["ion_mode"])


def rich(library: SpectralLibrary) -> list[int]:
    counts = np.diff(library.references.starts)
    return np.flatnonzero(counts > 15)[::500].tolist()


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_finds_the_spectrum_itself(library: SpectralLibrary, mode: str) -> None:
    for row in rich(library):
        hits = library.search(question(library, row), mode, top=5)
        assert hits[0].score == pytest.approx(1.0, abs=2e-3)
        assert library.record(row)["inchikey"][:14] in [hit.inchikey[:14] for hit in hits]
        assert all(first.score >= second.score for first, second in pairwise(hits))
        assert hits[0].licence


def test_a_shifted_analogue_is_found_by_losses_and_by_hybrid_not_by_identity(library: SpectralLibrary) -> None:
    row = rich(library)[1]
    spectrum = question(library, row)
    name = library.words(row)["name"]
    shifted = Spectrum(
        spectrum.mz + 14.01565,
        spectrum.intensity,
        precursor_mz=spectrum.precursor_mz + 14.01565,
        polarity=spectrum.polarity,
    )
    assert name not in [hit.name for hit in library.search(shifted, "identity")]
    for mode in ("neutral_loss", "hybrid"):
        assert library.search(shifted, mode)[0].name == name


def moved(spectrum: Spectrum, by_da: float) -> Spectrum:
    """The spectrum of a relative: the heavier half of the fragments and the ion moved, the lighter half left."""
    shift = np.where(spectrum.mz > np.median(spectrum.mz), by_da, 0.0)
    return replace(spectrum, mz=spectrum.mz + shift, precursor_mz=(spectrum.precursor_mz or 0.0) + by_da)


def asked_as_feature(library: SpectralLibrary, spectrum: Spectrum, fragment: str = "0.02 Da") -> Analogue | None:
    return analogues_of([Feature(0, spectrum, 1, None)], library, asked("10 ppm", fragment, 0.25, 5))[0]


def test_an_unknown_is_told_its_nearest_relative_and_what_may_lie_between(library: SpectralLibrary) -> None:
    row = rich(library)[1]
    relative = moved(question(library, row), 15.9949146)
    found = asked_as_feature(library, relative)
    assert found is not None
    assert found.name == library.words(row)["name"]
    assert found.difference_da == pytest.approx(15.9949146, abs=1e-3)
    assert found.change == "+O"
    assert LEAST_SIMILARITY <= found.similarity <= 1
    assert found.matched_peaks >= LEAST_MATCHED


def test_no_relative_is_told_of_few_peaks_of_unit_mass_or_of_what_is_like_nothing(library: SpectralLibrary) -> None:
    spectrum = moved(question(library, rich(library)[1]), 15.9949146)
    assert asked_as_feature(library, spectrum, "0.5 Da") is None
    few = replace(spectrum, mz=spectrum.mz[:3], intensity=spectrum.intensity[:3])
    assert asked_as_feature(library, few) is None
    strange = replace(spectrum, mz=np.arange(60.0, 100.0, 3.33), intensity=np.ones(13), precursor_mz=871.123)
    assert asked_as_feature(library, strange) is None
    assert asked_as_feature(library, replace(spectrum, precursor_mz=None)) is None


def test_references_with_enough_partners_score_the_same_where_the_others_are_left_out(library: SpectralLibrary) -> None:
    spectrum = moved(question(library, rich(library)[1]), 15.9949146)
    query, width = library.cleaned([spectrum], 0.02)
    index = library.open_index(str(spectrum.polarity))
    every, matched = index.hybrid_matches(query, spectrum.precursor_mz or 0.0, width)
    some, still = index.hybrid_matches(query, spectrum.precursor_mz or 0.0, width, LEAST_MATCHED)
    enough = matched >= LEAST_MATCHED
    assert 0 < enough.sum() < (matched > 0).sum()
    assert np.array_equal(every[enough], some[enough])
    assert np.array_equal(matched[enough], still[enough])
    assert (still[~enough] < LEAST_MATCHED).all()
    assert matched.max() <= np.count_nonzero(query.without)


def test_a_compound_of_the_same_mass_is_no_relative(library: SpectralLibrary) -> None:
    row = rich(library)[1]
    found = asked_as_feature(library, question(library, row))
    assert found is None or abs(found.difference_da) > 1e-3


def test_open_search_finds_the_spectrum_itself_at_full_likeness(library: SpectralLibrary) -> None:
    row = rich(library)[2]
    spectrum = question(library, row)
    index = library.index(spectrum.polarity)
    query, width = library.cleaned([spectrum], 0.02)
    score = OpenIndex.of(index).open(query, width)
    place = int(np.flatnonzero(index.rows == row)[0])
    assert score[place] == pytest.approx(1.0, abs=1e-5)
    assert score.max() <= 1.0 + 1e-6


def test_a_mode_that_is_none_or_needs_a_precursor_is_refused_with_a_sentence(library: SpectralLibrary) -> None:
    bare = Spectrum(np.array([100.0]), np.array([1.0]))
    with pytest.raises(BadParameter, match="one of identity, open"):
        library.search(bare, "sideways")
    with pytest.raises(BadParameter, match="no precursor"):
        library.search(bare, "identity")
    assert library.search(bare, "open")


def test_a_spectrum_without_precursor_is_searched_by_its_fragments(library: SpectralLibrary) -> None:
    row = rich(library)[0]
    spectrum = question(library, row)
    spectrum.precursor_mz = None
    (one,) = identify([spectrum], library)["features"]
    assert one["candidates"][0]["inchikey"][:14] == library.record(row)["inchikey"][:14]
    assert one["candidates"][0]["precursor_error_ppm"] is None
    assert 0 < one["confidence"] <= 1


def test_stein_scott_weights_have_their_published_form() -> None:
    peaks = weighted(np.array([50.0, 100.0, 100.2]), np.array([30.0, 60.0, 40.0]), np.zeros(3, dtype=np.int64))
    assert peaks.mass.tolist() == [50, 100]
    assert peaks.weight[1] / peaks.weight[0] == pytest.approx(2**1.3 * (100 / 30) ** 0.53)
    assert (peaks.weight**2).sum() == pytest.approx(1.0)


def electron_index(*spectra: list[tuple[float, float]]) -> ElectronIndex:
    counts = [len(one) for one in spectra]
    mz, intensity = np.array([peak for one in spectra for peak in one]).T
    rows = np.arange(len(spectra))
    peaks = weighted(mz, intensity, np.repeat(rows, counts))
    order = np.argsort(peaks.mass, kind="stable")
    starts = np.searchsorted(peaks.mass[order], np.arange(4_002))
    return ElectronIndex(rows, starts, peaks.weight[order], peaks.share[order], peaks.owner[order])


def test_the_composite_of_stein_and_scott_weighs_cosine_and_ratios_by_numbers_of_peaks() -> None:
    """Two of three peaks are common; the second is twice the first in one spectrum and half of it in the other."""
    asked = [(50.0, 50.0), (60.0, 100.0), (70.0, 20.0)]
    reference = [(50.0, 100.0), (60.0, 50.0)]
    index = electron_index(reference, asked)
    weights = [{m: m**1.3 * (i / 100) ** 0.53 for m, i in one} for one in (asked, reference)]
    lengths = [sum(w**2 for w in one.values()) ** 0.5 for one in weights]
    cosine = sum(weights[0][m] * weights[1][m] for m in (50.0, 60.0)) / lengths[0] / lengths[1]
    ratios = (50 / 100) / (100 / 50)
    scores = index.composites(*np.array(asked).T)
    assert scores[0] == pytest.approx((3 * cosine + 2 * ratios) / 5)
    assert scores[1] == pytest.approx(1.0)


def test_records_of_electron_ionisation_make_a_library_without_precursors(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "name": ["one", "two"],
            "instrument_type": ["GC-EI-TOF"] * 2,
            "mz": [[50.0, 77.0, 105.0], [43.0, 58.0, 71.0]],
            "intensity": [[30.0, 80.0, 100.0], [100.0, 20.0, 60.0]],
        }
    )
    table.write_parquet(tmp_path / "ei.parquet")
    library = SpectralLibrary.load(tmp_path / "ei.parquet")
    assert len(library.electron) == library.info()["spectra"] == 2
    (one,) = identify([Spectrum(np.array([49.9, 77.1, 105.0]), np.array([30.0, 80.0, 100.0]))], library)["features"]
    assert one["candidates"][0]["name"] == "one"
    assert one["verdict"] == "identified"


def gas_record(name: str, index: str, peaks: str = "50 30; 77 80; 105 100") -> str:
    facts = f"Name: {name}\nInstrument_type: EI-B\n{index}\n"
    return f"{facts}Num Peaks: {peaks.count(';') + 1}\n{peaks}\n\n"


def test_retention_indices_of_library_and_spectrum_move_the_odds_where_both_tell_one(tmp_path: Path) -> None:
    records = gas_record("one", "Retention_index: SemiStdNP=1185/4/29 StdPolar=1755/6/40")
    records += gas_record("two", "Synon: none", "43 100; 58 20; 71 60")
    (tmp_path / "gas.msp").write_text(records)
    raw = SpectralLibrary.load(tmp_path / "gas.msp")
    raw.save(tmp_path / "gas.liqi")
    (tmp_path / "asked.msp").write_text(gas_record("what is it", "RI: 1190.5"))
    for library in (raw, SpectralLibrary.load(tmp_path / "gas.liqi")):
        (one,) = identify(tmp_path / "asked.msp", library)["features"]
        first, *others = one["candidates"]
        assert first["name"] == "one"
        told = first["evidence"]["retention_index_difference"]
        assert told["value"] == 5.5
        assert told["push"] == pytest.approx(
            ELECTRON.by_score / (ELECTRON.by_score + ELECTRON.by_lead) * push_of_difference(5.5), abs=1e-3
        )
        assert all("retention_index_difference" not in other["evidence"] for other in others)


def test_alike_spectra_are_told_apart_by_retention_index_and_by_the_weight_of_their_library(tmp_path: Path) -> None:
    for name, index in (("one", 1185), ("two", 1285)):
        (tmp_path / f"{name}.msp").write_text(gas_record(name, f"RI: {index}"))
    files = tmp_path / "one.msp", tmp_path / "two.msp"
    for index, weights, wanted in ((1280, (), "two"), (1190, (), "one"), (None, (1, 5), "two"), (None, (5, 1), "one")):
        (tmp_path / "asked.msp").write_text(gas_record("what", f"RI: {index}" if index else "Synon: none"))
        (one,) = identify(tmp_path / "asked.msp", SpectralLibrary.load(*files, weights=weights))["features"]
        assert one["candidates"][0]["name"] == wanted
        assert one["candidates"][0]["confidence"] > 1.5 * one["candidates"][1]["confidence"]


def test_a_retention_index_far_off_never_shuts_a_compound_out() -> None:
    assert push_of_difference(0.0) == pytest.approx(np.log(0.95 * 200 / 15 + 0.05))
    assert push_of_difference(1e6) == pytest.approx(np.log(0.05))


def test_a_library_file_without_retention_indices_is_read(library: SpectralLibrary) -> None:
    arrays = library.references.arrays()
    arrays.pop("retention_index")
    references = References.of_arrays(arrays)
    assert np.isnan(references.retention_index).all()
    assert len(references) == len(library.references)


@needs_ei
def test_electron_ionisation_spectra_of_other_laboratories_are_found() -> None:
    library = SpectralLibrary.load(LARGE / "massbank/library_ei.parquet")
    rows = pl.read_parquet(LARGE / "massbank/dev_queries_ei.parquet").to_dicts()
    spectra = [Spectrum(np.array(row["mz"]), np.array(row["intensity"])) for row in rows]
    found = identify(spectra, library, top=20)["features"]
    best = [one["candidates"][0] for one in found]
    truths = [row["inchikey_1"] if row["truth"] == "known" else None for row in rows]
    right = np.array([one["inchikey"][:14] == truth for one, truth in zip(best, truths, strict=True)])
    sure = np.array([one["confidence"] for one in best])
    known = np.array([row["truth"] == "known" for row in rows])
    assert right[known].mean() >= 0.836
    assert (sure[right][:, None] > sure[~right][None]).mean() >= 0.88


def test_the_number_of_hits_has_two_names(library: SpectralLibrary) -> None:
    asked = question(library, 0)
    assert library.search(asked, top_n=3) == library.search(asked, top=3)
    assert len(library.search(asked, mode="open", top_n=3)) == 3
