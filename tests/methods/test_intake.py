"""Records are mended in the open, libraries are whole files that are mapped, and raw files are built once."""

import csv
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from liqi.methods import BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry import SpectralLibrary, _cache
from liqi.methods.mass_spectrometry._cache import cached_library
from liqi.methods.mass_spectrometry._mending import adduct_name
from liqi.methods.mass_spectrometry._store import is_built, read, write
from liqi.methods.readers import Spectrum
from tests.methods.samples import MSP


@pytest.mark.parametrize(
    ("written", "mode", "name"),
    [
        ("[M+H]+", "", "[M+H]+"),
        ("M+H", "positive", "[M+H]+"),
        ("[M-H]", "negative", "[M-H]-"),
        ("[M+CH3COOH-H]-", "", "[M+CH3COO]-"),
        ("[M]+*", "", "[M]+"),
        ("[M-2H]--", "", "[M-2H]2-"),
        ("M+H", "", "M+H"),
        ("[Cat]+", "", "[Cat]+"),
    ],
)
def test_adducts_are_spelled_in_one_way(written: str, mode: str, name: str) -> None:
    assert adduct_name(written, mode) == name


def records(folder: Path) -> Path:
    table = pl.DataFrame(
        {
            "accession": ["A", "B", "C", "D"],
            "name": ["caffeine", "adduct by mass", "mode by adduct", "no mass at all"],
            "formula": ["C8H10N4O2", "C8H10N4O2", "C9H8O4", ""],
            "adduct": ["M+H", "", "[M-H]-", ""],
            "ion_mode": ["positive", "positive", "", "positive"],
            "precursor_mz": [190.0, 217.0696, 179.035, None],
            "mz": [[110.07, 138.07]] * 4,
            "intensity": [[10.0, 90.0]] * 4,
            "lab": ["X", "Y", "Z", "Z"],
        }
    )
    table.write_parquet(folder / "records.parquet")
    return folder / "records.parquet"


def test_each_change_is_a_line_of_the_report(tmp_path: Path) -> None:
    library = SpectralLibrary.load(records(tmp_path))
    told = {(line["record"], line["field"]): (line["was"], line["now"]) for line in library.report}
    assert told["A", "adduct"] == ("M+H", "[M+H]+")
    assert told["A", "precursor_mz"] == ("190.00000", "195.08765")
    assert told["B", "adduct"] == ("", "[M+Na]+")
    assert told["C", "ion_mode"] == ("", "negative")
    assert [(line["record"], line["why"]) for line in library.report if line["action"] == "refused"] == [
        ("D", "no precursor")
    ]
    assert {line["file"] for line in library.report} == {"records.parquet"}
    assert library.info() == {"spectra": 3, "compounds": 3, "rejected": 1, "repaired": 1}


def row_of(library: SpectralLibrary, name: str) -> dict[str, Any]:
    return library.references.table().filter(pl.col("name") == name).to_dicts()[0]


def test_what_gnps_and_mona_write_in_their_own_way_is_taken(tmp_path: Path) -> None:
    (tmp_path / "gnps.mgf").write_text(
        "BEGIN IONS\nNAME=caffeine\nPEPMASS=195.0877\nION=M+H\nIONMODE=Positive\nINCHIAUX=N/A\n"
        "SMILES=CN1C=NC2=C1C(=O)N(C(=O)N2C)C\n110.07 40\n138.07 100\nEND IONS\n"
        "BEGIN IONS\nNAME=aspirin\nPEPMASS=179.035\nIONMODE=Negative\nINCHIAUX=N/A\n93.03 40\n137.02 9\nEND IONS\n"
        "BEGIN IONS\nTITLE=no mass\n93.03 40\nEND IONS\n"
    )
    (tmp_path / "mona.msp").write_text(
        "Name: ethanol\nPrecursor_type: [M+H]+\nPrecursorMZ: 47.0491\nIon_mode: P\n"
        'Comments: "SMILES=CCO" "author=A. Person, Lab X" "license=CC BY-NC-SA"\nNum Peaks: 1\n29.04 100\n\n'
    )
    library = SpectralLibrary.load(tmp_path / "gnps.mgf")
    assert row_of(library, "caffeine")["adduct"] == "[M+H]+"
    assert row_of(library, "caffeine")["inchikey"].startswith("RYYVLZVUVIJVGH")
    assert row_of(library, "aspirin")["inchikey"] == ""
    assert library.info()["compounds"] == 2
    assert [line["why"] for line in library.report if line["action"] == "refused"] == ["no precursor"]
    mona = row_of(SpectralLibrary.load(tmp_path / "mona.msp"), "ethanol")
    assert (mona["licence"], mona["smiles"], mona["authors"]) == ("CC BY-NC-SA", "CCO", "A. Person, Lab X")
    assert mona["inchikey"].startswith("LFQSCWFLJHTTHZ")


@pytest.mark.parametrize(
    ("key", "smiles", "now"),
    [
        ("InChIKey=LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
        ("64-17-5", "CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
        ("64-17-5", "", ""),
        ("LFQSCWFLJHTTHZ", "CCO", "LFQSCWFLJHTTHZ"),
    ],
)
def test_what_is_no_inchikey_is_mended_or_goes(tmp_path: Path, key: str, smiles: str, now: str) -> None:
    table = {"name": ["ethanol"], "inchikey": [key], "smiles": [smiles], "ion_mode": ["positive"]}
    pl.DataFrame(table | {"precursor_mz": [47.0491], "mz": [[29.04]], "intensity": [[1.0]]}).write_parquet(
        tmp_path / "one.parquet"
    )
    library = SpectralLibrary.load(tmp_path / "one.parquet")
    assert row_of(library, "ethanol")["inchikey"] == now
    assert [(line["was"], line["now"]) for line in library.report] == ([] if key == now else [(key, now)])


def test_of_ion_mode_and_adduct_that_contradict_the_one_gives_way_that_the_precursor_speaks_against(
    tmp_path: Path,
) -> None:
    table = {"name": ["mode", "adduct"], "formula": ["C8H9NO2"] * 2, "adduct": ["[M-H]-"] * 2}
    table |= {"ion_mode": ["positive"] * 2}
    pl.DataFrame(
        table | {"precursor_mz": [150.0561, 152.0706], "mz": [[107.0]] * 2, "intensity": [[1.0]] * 2}
    ).write_parquet(tmp_path / "two.parquet")
    library = SpectralLibrary.load(tmp_path / "two.parquet")
    assert row_of(library, "mode")["ion_mode"] == "negative"
    assert row_of(library, "adduct")["adduct"] == "[M+H]+"
    assert {(line["name"], line["field"]) for line in library.report} == {("mode", "ion_mode"), ("adduct", "adduct")}


def test_a_file_of_one_ei_spectrum_as_nist_writes_it_is_one(tmp_path: Path) -> None:
    peaks = " ".join(f"{mz} {mz % 7 + 1};" for mz in range(41, 53))
    (tmp_path / "one.msp").write_text(f"Name: cocaine\nFormula: C17H21NO4\nMW: 303\nNum Peaks: 12\n{peaks}\n\n")
    assert SpectralLibrary.load(tmp_path / "one.msp").info()["spectra"] == 1
    (tmp_path / "bare.csv").write_text("".join(f"{mz},{mz % 7 + 1}\n" for mz in range(41, 53)))
    with pytest.raises(UnreadableFile, match="no spectrum with precursor"):
        SpectralLibrary.load(tmp_path / "bare.csv")


def test_a_saved_library_is_mapped_and_searched_the_same(tmp_path: Path) -> None:
    library = SpectralLibrary.load(records(tmp_path))
    out = tmp_path / "built.liqi"
    library.save(out)
    assert is_built(out)
    again = SpectralLibrary.load(out)
    spectrum = Spectrum(np.array([110.07, 138.07]), np.array([1.0, 9.0]), precursor_mz=195.0877, polarity="positive")
    assert again.search(spectrum) == library.search(spectrum)
    assert not again.index("positive").peaks.mz.flags.writeable
    assert not again.index("positive").peaks.mz.flags.owndata
    with np.load(out) as opened:
        assert opened["precursor_mz"].tolist() == library.references.precursor_mz.tolist()


def test_arrays_begin_on_whole_lines_of_the_cache(tmp_path: Path) -> None:
    arrays = {f"part/{i}": np.arange(i, dtype=np.float32) for i in range(9)}
    write(tmp_path / "some.liqi", arrays, {"said": "二"})
    kept, facts = read(tmp_path / "some.liqi")
    assert facts["said"] == "二"
    assert all(np.array_equal(kept[name], array) for name, array in arrays.items())
    assert all(array.ctypes.data % 64 == 0 for array in kept.values() if array.size)


def test_a_cut_or_foreign_library_is_refused_with_a_sentence(tmp_path: Path) -> None:
    out = tmp_path / "built.liqi"
    SpectralLibrary.load(records(tmp_path)).save(out)
    whole = out.read_bytes()
    cut = tmp_path / "cut.liqi"
    for place in (60, 1_000, len(whole) // 2, len(whole) - 5):
        cut.write_bytes(whole[:place])
        with pytest.raises(UnreadableFile, match="damaged library"):
            SpectralLibrary.load(cut)
    write(cut, {}, {"version": 99})
    with pytest.raises(UnreadableFile, match="version 99"):
        SpectralLibrary.load(cut)


def test_a_library_that_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    library = SpectralLibrary.load(records(tmp_path))
    with pytest.raises(UnreadableFile, match="can be written"):
        library.save(tmp_path / "missing" / "built.liqi")
    assert [path.name for path in tmp_path.iterdir()] == ["records.parquet"]


def test_libraries_are_put_together_with_weights(tmp_path: Path) -> None:
    ours = tmp_path / "ours.msp"
    ours.write_text(MSP)
    SpectralLibrary.load(records(tmp_path)).save(tmp_path / "built.liqi")
    both = SpectralLibrary.load(ours, tmp_path / "built.liqi", weights=[3.0])
    weights = dict(zip(both.records["name"], both.records["weight"], strict=True))
    assert weights["wrong precursor"] == 3.0
    assert weights["adduct by mass"] == 1.0


def test_a_raw_file_is_built_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = records(tmp_path)
    told: list[str] = []
    first = cached_library(path, lambda done, total, step: told.append(step))
    assert told
    kept = list((tmp_path / "cache").rglob("*.npz"))
    assert len(kept) == 1
    again = cached_library(path, lambda done, total, step: pytest.fail("it was built twice"))
    assert (again.name, again.info()) == (first.name, first.info())
    kept[0].write_bytes(kept[0].read_bytes()[:2_000])
    assert cached_library(path).info() == first.info()
    pl.read_parquet(path).head(2).write_parquet(path)
    assert cached_library(path).info()["spectra"] == 2


def test_a_raw_file_that_is_lent_under_another_name_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = records(tmp_path)
    cached_library(path)
    lent = tmp_path / "another run"
    lent.mkdir()
    copied = lent / "ours.parquet"
    copied.write_bytes(path.read_bytes())
    again = cached_library(copied, lambda done, total, step: pytest.fail("it was built twice"))
    assert again.name == "ours.parquet"
    assert len(list((tmp_path / "cache").rglob("*.npz"))) == 1


def test_another_evidence_or_version_of_liqi_builds_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = records(tmp_path)
    cached_library(path)
    monkeypatch.setattr(_cache, "NAMES", (*_cache.NAMES, "one_more"))
    cached_library(path)
    monkeypatch.setattr(_cache, "version", lambda name: "next")
    cached_library(path)
    assert len(list((tmp_path / "cache").rglob("*.npz"))) == 3


def test_of_two_that_want_the_same_library_at_once_one_builds_it_and_the_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = records(tmp_path)
    built: list[str] = []
    told: list[str] = []
    waiting = threading.Event()
    prepare = SpectralLibrary.prepare

    def slowly(library: SpectralLibrary) -> None:
        built.append(library.name)
        assert waiting.wait(20)
        prepare(library)

    def hear(done: int, total: int, step: str) -> None:
        told.append(step)
        if step == "waiting for the library":
            waiting.set()

    monkeypatch.setattr(SpectralLibrary, "prepare", slowly)
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda _: cached_library(path, hear).info(), range(2)))
    assert found[0] == found[1]
    assert len(built) == 1
    assert "waiting for the library" in told


def test_the_report_is_a_table_that_a_spreadsheet_reads(tmp_path: Path) -> None:
    from liqi.server.commands.libraries import write_library_report

    library = SpectralLibrary.load(records(tmp_path))
    write_library_report(library.report, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig") as stream:
        assert list(csv.DictReader(stream)) == list(library.report)


def test_a_reference_whose_weight_is_not_above_nought_is_refused_and_told(tmp_path: Path) -> None:
    table = pl.read_parquet(records(tmp_path)).with_columns(
        precursor_mz=pl.lit(195.0877), adduct=pl.lit("[M+H]+"), ion_mode=pl.lit("positive"), formula=pl.lit("")
    )
    weighed = table.with_columns(weight=pl.Series([0.0, -1.0, float("nan"), 2.0]))
    weighed.write_parquet(tmp_path / "weighed.parquet")
    library = SpectralLibrary.load(tmp_path / "weighed.parquet")
    assert library.info()["spectra"] == 1
    why = {line["record"]: line["why"] for line in library.report if line["action"] == "refused"}
    assert why == dict.fromkeys("ABC", "a weight that is not above 0")
    weighed.head(3).write_parquet(tmp_path / "none.parquet")
    with pytest.raises(UnreadableFile, match="a weight above 0"):
        SpectralLibrary.load(tmp_path / "none.parquet")


@pytest.mark.parametrize("weights", [(0.0,), (-1.0,), (float("nan"),), (float("inf"),), (1.0, 1.0)])
def test_files_are_weighed_by_numbers_above_nought(tmp_path: Path, weights: tuple[float, ...]) -> None:
    with pytest.raises(BadParameter, match="each a number above 0"):
        SpectralLibrary.load(records(tmp_path), weights=weights)
