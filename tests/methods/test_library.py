"""A library mends what it can, refuses what it must, counts both, and comes back from its file the same."""

import os
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from liqi.methods import UnreadableFile
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._records import _silent
from tests.methods.samples import MASSBANK, MGF, MSP, POWDER

CAFFEINE = 195.08765


@pytest.mark.parametrize(
    ("formula", "adduct", "mz"),
    [
        ("C8H10N4O2", "[M+H]+", 195.0877),
        ("C8H10N4O2", "[M+Na]+", 217.0696),
        ("C9H8O4", "[M-H]-", 179.0350),
        ("C6H12O6", "[M+HCOO]-", 225.0616),
        ("C24H54N", "[M]+", 356.4251),
        ("C10H16N5O13P3", "[M-2H]2-", 252.4905),
        ("C6H12O6", "[2M+Na]+", 383.1160),
        ("C8HD9N4O2", "[M+H]+", 204.1441),
    ],
)
def test_ions_have_the_mz_of_the_tables(formula: str, adduct: str, mz: float) -> None:
    assert ion_mz(formula, adduct) == pytest.approx(mz, abs=2e-4)


def test_what_is_no_formula_or_adduct_has_no_mass() -> None:
    assert monoisotopic_mass("C6H12Xx") is None
    assert monoisotopic_mass("") is None
    assert ion_mz("C6H12O6", "M+H") is None
    assert ion_mz("C6H12O6", "[M+?]+") is None


def test_records_are_mended_from_their_formula_and_refused_without_a_precursor(tmp_path: Path) -> None:
    path = tmp_path / "some.msp"
    path.write_text(MSP)
    library = SpectralLibrary.load(path)
    assert library.info() == {"spectra": 2, "compounds": 2, "rejected": 1, "repaired": 1}
    assert library.references.precursor_mz.tolist() == pytest.approx([195.0877, CAFFEINE], abs=1e-4)


def test_files_of_several_formats_make_one_library(tmp_path: Path) -> None:
    for name, text in {"a.msp": MSP, "b.txt": MASSBANK, "c.mgf": MGF}.items():
        (tmp_path / name).write_text(text)
    library = SpectralLibrary.load(tmp_path / "a.msp", tmp_path / "b.txt", tmp_path / "c.mgf")
    assert library.info() == {"spectra": 5, "compounds": 4, "rejected": 1, "repaired": 1}
    assert set(library.records["ion_mode"]) == {"positive", "negative"}


def test_a_built_library_comes_back_with_its_counts(tmp_path: Path) -> None:
    source, built = tmp_path / "some.msp", tmp_path / "built.parquet"
    source.write_text(MSP)
    library = SpectralLibrary.load(source)
    library.save(built)
    again = SpectralLibrary.load(built)
    assert again.info() == library.info()
    assert again.records.equals(library.records)


def test_the_nist_powder_references_are_a_library_too() -> None:
    assert SpectralLibrary.load(POWDER / "library_dart.msp").info()["spectra"] == 12


def test_every_shipped_spectrum_names_its_licence_and_authors() -> None:
    records = SpectralLibrary.load().records
    assert set(records["licence"]) == {"CC0", "CC BY", "dl-de/by-2-0"}
    assert (records["authors"] != "").all()
    assert (records["accession"].str.starts_with("MSBNK-")).all()
    assert SMALL_LIBRARY.stat().st_size < 2_500_000


def test_a_broken_library_is_refused_with_a_sentence(tmp_path: Path) -> None:
    whole = SMALL_LIBRARY.read_bytes()
    path = tmp_path / "cut.parquet"
    for place in (4, 100, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:place])
        with pytest.raises(UnreadableFile, match="Parquet"):
            SpectralLibrary.load(path)


def test_a_table_without_peaks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pl.DataFrame({"name": ["x"]}).write_parquet(path)
    with pytest.raises(UnreadableFile, match="precursor_mz, mz, intensity"):
        SpectralLibrary.load(path)


def test_a_file_with_nothing_usable_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.msp"
    path.write_text("Name: x\nNum Peaks: 1\n100 1\n")
    with pytest.raises(UnreadableFile, match="no spectrum with precursor"):
        SpectralLibrary.load(path)


def test_parquet_that_makes_its_reader_panic_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def panic(path: Path) -> None:
        os.write(2, b"thread panicked at crates/polars-parquet")
        raise pl.exceptions.PanicException("called `Result::unwrap()` on an `Err` value")

    monkeypatch.setattr(pl, "read_parquet", panic)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 spoilt PAR1")
    with pytest.raises(UnreadableFile, match="damaged Parquet"):
        SpectralLibrary.load(tmp_path / "a.parquet")
    assert capfd.readouterr().err == ""


def test_two_libraries_read_at_once_leave_stderr_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    first_is_over = threading.Event()

    def second() -> None:
        with _silent():
            first_is_over.wait(10)

    thread = threading.Thread(target=second)
    with _silent():
        thread.start()
        time.sleep(0.05)  # without a lock the second takes the first one's nowhere for stderr meanwhile
    first_is_over.set()
    thread.join()
    os.write(2, b"still heard")
    assert capfd.readouterr().err == "still heard"
