"""Suspects in runs: recall, false rate beside its estimate, levels, isotopes, blanks, isobars; bad lists."""

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.mass_spectrometry import Suspect, identify, read_run, read_suspects, screen
from liqi.methods.mass_spectrometry._decoy_formulas import CHANGES, changed, decoys_of
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._suspect_ions import expected_pattern
from liqi.methods.mass_spectrometry.screening import EXAMPLE, MILK_SUSPECTS
from tests.methods.samples import LARGE, MGF, POWDER, needs_large
from tests.methods.written import INTENSITY, MZ, array, mzml, parameter, spectrum

METHOD = find_method("ms.screen")
BLANK = EXAMPLE.with_name("milk_blank_example.mzML")
TRUTH = list(csv.DictReader(EXAMPLE.with_name("milk_example_truth.csv").read_text(encoding="utf-8").splitlines()))
COMPOSITE = LARGE / "ms/mixture_dev.mzML"


def synthetic(path: Path, ions: list[tuple[float, float, float]]) -> Path:
    """SYNTHETIC: a run of 40 survey scans, a second apart, with (m/z, height, apex in s) as Gaussian peaks."""
    spectra = []
    for number in range(40):
        heights = [height * np.exp(-0.5 * ((number - apex) / 2.0) ** 2) for _, height, apex in ions]
        peaks = sorted((mz, height) for (mz, _, _), height in zip(ions, heights, strict=True) if height > 500)
        peaks = peaks or [(100.0, 1.0)]
        arrays = [array(what, [peak[k] for peak in peaks]) for k, what in enumerate((MZ, INTENSITY))]
        scan = f"<scan>{parameter('MS:1000016', number / 60, 'UO:0000031')}</scan>"
        spectra.append(spectrum(number, arrays, len(peaks), scans=scan))
    path.write_text(mzml(spectra), encoding="utf-8")
    return path


def ions_of(formula: str, adduct: str, height: float, apex_s: float) -> list[tuple[float, float, float]]:
    mz = ion_mz(formula, adduct)
    assert mz is not None
    shares = [1.0, *expected_pattern(formula, adduct)]
    steps = (0.0, 1.00336, 1.9971 if "Cl" in formula else 2.0067, 3.0005 if "Cl" in formula else 3.0101)
    return [(mz + step, height * share, apex_s) for step, share in zip(steps, shares, strict=True)]


def test_the_milk_example_gives_what_was_put_in() -> None:
    answer = METHOD.run([EXAMPLE], {"blank": str(BLANK)})
    levels = {one.name: one.extra["level"] for one in answer.findings if one.extra["verdict"] == "detected"}
    put_in = {row["name"]: "3" if row["accession"] else "4" for row in TRUTH if not row["name"].startswith("no drug")}
    assert levels == put_in | {"Gentamicin C2a": "4"}
    assert "composite" in answer.tags
    isobaric = {one.name: one.extra["isobaric"] for one in answer.findings if one.extra["isobaric"]}
    assert isobaric == {"Gentamicin C2": ["Gentamicin C2a"], "Gentamicin C2a": ["Gentamicin C2"]}
    assert [one.name for one in answer.findings if one.extra["verdict"] == "doubtful"] == ["Florfenicol"]
    shares = {one.name: one.extra["blank_share"] for one in answer.findings}
    assert shares.pop("Trimethoprim") == pytest.approx(0.6, abs=0.05)
    assert max(shares.values()) < 0.05
    assert {"in-blank", "isobaric", "doubtful", "screening"} <= {warning.code for warning in answer.warnings}
    for one in answer.findings:
        truth = next((row for row in TRUTH if row["name"] == one.name), None)
        if truth:
            assert one.extra["retention_time_s"] == pytest.approx(float(truth["time_s"]), abs=0.6)
            assert abs(one.extra["error_ppm"]) < 1


def test_a_level_is_never_higher_than_3_and_4_without_fragments() -> None:
    for one in screen(EXAMPLE, MILK_SUSPECTS).detected:
        assert one.level in ("3", "4", "5")
        assert (one.level == "3") == (one.fragments is not None and one.fragments >= 0.5)


def test_chlorine_must_be_there(tmp_path: Path) -> None:
    chlorine = "C12H14Cl2FNO4S"
    right = synthetic(tmp_path / "right.mzML", ions_of(chlorine, "[M+H]+", 1e6, 20))
    wrong = synthetic(tmp_path / "wrong.mzML", ions_of(chlorine, "[M+H]+", 1e6, 20)[:2])
    suspect = [Suspect("florfenicol", chlorine)]
    assert [(one.verdict, one.level) for one in screen(right, suspect).screened] == [("detected", "4")]
    assert [(one.verdict, one.level) for one in screen(wrong, suspect).screened] == [("doubtful", "5")]


def test_a_weak_ion_whose_isotopes_cannot_be_seen_has_level_5(tmp_path: Path) -> None:
    noise = [(200.0 + 7.3 * i, 5e4, 20.0) for i in range(30)]
    run = synthetic(tmp_path / "weak.mzML", [*noise, (ion_mz("C8H11N3", "[M+H]+") or 0, 6e4, 12)])
    (one,) = screen(run, [Suspect("weak", "C8H11N3")]).screened
    assert (one.verdict, one.level, one.place and one.place.pattern) == ("detected", "5", None)


def test_the_retention_time_decides_where_it_is_known(tmp_path: Path) -> None:
    run = synthetic(tmp_path / "run.mzML", ions_of("C16H18N2O4S", "[M+H]+", 1e6, 20))
    here = Suspect("here", "C16H18N2O4S", retention_time_s=23, retention_window_s=5)
    elsewhere = Suspect("elsewhere", "C16H18N2O4S", retention_time_s=35, retention_window_s=5)
    found = screen(run, [here, elsewhere]).screened
    assert [one.verdict for one in found] == ["detected", "not found"]
    assert found[0].place is not None
    assert found[0].place.time_error_s == pytest.approx(-3, abs=0.5)


def test_rows_are_suspects_too_and_long_lists_have_no_more_decoys_than_they_need(tmp_path: Path) -> None:
    run = synthetic(tmp_path / "run.mzML", ions_of("C16H18N2O4S", "[M+H]+", 1e6, 20))
    (one,) = screen(run, [{"name": "x", "formula": "C16H18N2O4S", "adducts": ["[M+H]+"], "rt_s": 20.0}]).screened
    assert one.as_json()["verdict"] == "detected"
    assert one.as_json()["adduct"] == "[M+H]+"
    many = [Suspect(str(i), f"C{20 + i % 40}H{30 + i % 50}N{i % 7}O{i % 9}") for i in range(2000)]
    assert 2500 < len(decoys_of(many)) <= 5000


def test_a_sodium_ion_alone_does_not_carry_level_4_but_beside_the_protonated_one_it_does(tmp_path: Path) -> None:
    sodium = ions_of("C16H18N2O4S", "[M+Na]+", 1e6, 20)
    alone = synthetic(tmp_path / "alone.mzML", sodium)
    both = synthetic(tmp_path / "both.mzML", sodium + ions_of("C16H18N2O4S", "[M+H]+", 8e5, 20))
    suspect = [Suspect("benzylpenicillin", "C16H18N2O4S")]
    assert screen(alone, suspect).screened[0].level == "5"
    (one,) = screen(both, suspect).screened
    assert one.level == "4"
    assert one.also_as


def test_a_doubly_charged_ion_needs_isotopes_at_half_steps(tmp_path: Path) -> None:
    mz = ion_mz("C52H98N16O13", "[M+2H]2+") or 0.0
    shares = expected_pattern("C52H98N16O13", "[M+2H]2+")
    peaks = [(mz, 1e6, 20.0), *((mz + 1.00336 / 2 * (i + 1), 1e6 * float(s), 20.0) for i, s in enumerate(shares))]
    suspect = [Suspect("colistin B", "C52H98N16O13", adducts=("[M+2H]2+",))]
    assert screen(synthetic(tmp_path / "two.mzML", peaks), suspect).screened[0].level == "4"
    single = synthetic(tmp_path / "one.mzML", peaks[:1])
    assert screen(single, suspect).screened[0].verdict == "not found"


def test_an_empty_field_of_ions_finds_nothing_and_expects_nothing(tmp_path: Path) -> None:
    run = synthetic(tmp_path / "run.mzML", [(150.5, 1e6, 20.0)])
    screening = screen(run, MILK_SUSPECTS)
    assert not screening.detected
    assert set(screening.by_chance.values()) == {0.0}
    answer = METHOD.run([run])
    assert (answer.verdict, answer.findings) == ("not found", [])
    assert [len(table.rows) for table in answer.tables] == [0, 3, len(read_suspects(MILK_SUSPECTS))]


def test_no_decoy_has_the_mass_of_a_suspect() -> None:
    suspects = read_suspects(MILK_SUSPECTS)
    masses = np.array([monoisotopic_mass(one.formula) for one in suspects])
    decoys = decoys_of(suspects)
    assert len(decoys) > 7 * len(suspects)
    for decoy in decoys:
        assert np.abs(masses - (monoisotopic_mass(decoy.formula) or 0)).min() > 0.005
    assert changed("C9H13N", {"O": -1}) is None
    assert len({tuple(sorted(one.items())) for one in CHANGES}) == len(CHANGES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "an empty file"),
        ("name,mass\nx,1\n", "the columns name, mass"),
        ("name,formula\n", "a header alone"),
        ("name,formula\n,C2H6O\n", "no name in row 2"),
        ("name,formula\nx,Qq2\n", "the formula 'Qq2' in row 2"),
        ("name,formula,adducts\nx,C2H6O,[M+?]+\n", "the adduct"),
        ("name,formula,retention_time_s\nx,C2H6O,soon\n", "retention_time_s 'soon' in row 2"),
        ("name,formula,retention_window_s\nx,C2H6O,-1\n", "retention_window_s '-1' in row 2"),
    ],
)
def test_a_list_that_is_none_is_refused(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "suspects.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=said.replace("(", r"\(").replace("?", r"\?")):
        read_suspects(path)


def test_lists_are_read_as_people_write_them(tmp_path: Path) -> None:
    path = tmp_path / "suspects.csv"
    path.write_text("\ufeffCompound;Formula;RT_s\n# a comment\nx;C2 H6 O;12.5\n", encoding="utf-8")
    assert read_suspects(path) == [Suspect("x", "C2H6O", retention_time_s=12.5)]
    path.write_text("name,formula,rt_min\nmalachite green,C23H25N2+,2\n", encoding="utf-8")
    (green,) = read_suspects(path)
    assert green.retention_time_s == 120
    assert green.ions("positive") == [("[M]+", pytest.approx(329.2012, abs=0.0002))]
    path.write_bytes(b"name,formula\n\xff\xfe,C2H6O\n")
    with pytest.raises(UnreadableFile, match="no UTF-8"):
        read_suspects(path)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.mgf").write_text(MGF, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="a list of spectra"):
        screen(tmp_path / "list.mgf", MILK_SUSPECTS)
    with pytest.raises(UnreadableFile, match="a list of spectra"):
        screen(EXAMPLE, MILK_SUSPECTS, blank=POWDER / "mixture1_30V.csv")
    with pytest.raises(BadParameter, match="tolerance"):
        screen(EXAMPLE, MILK_SUSPECTS, tolerance="0.01 Da")


def test_the_shipped_formulas_agree_with_the_records_they_were_checked_in() -> None:
    rows = list(csv.DictReader(MILK_SUSPECTS.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 80
    assert sum(bool(row["checked_in"]) for row in rows) >= 60
    protonated = {row["name"]: ion_mz(row["formula"], "[M+H]+") for row in rows}
    published = {  # m/z of [M+H]+, from the formulas in the registers of the drugs
        "Benzylpenicillin": 335.1060, "Cefquinome": 529.1322, "Gentamicin C1": 478.3235, "Gentamicin C1a": 450.2922,
        "Gentamicin C2": 464.3079, "Neomycin B": 615.3196, "Cloxacillin": 436.0729, "Cefapirin": 424.0632,
    }  # fmt: skip
    for name, mz in published.items():
        assert protonated[name] == pytest.approx(mz, abs=0.0002)


@pytest.fixture(scope="module")
def lists() -> tuple[list[Suspect], list[Suspect]]:
    """The 50 known of the composite, and compounds of MassBank that are not in it."""
    truth = pl.read_csv(LARGE / "ms/mixture_dev_truth.csv")
    known = [
        Suspect(row["name"], row["formula"], row["inchikey"])
        for row in truth.filter(pl.col("truth") == "known").to_dicts()
    ]
    table = pl.read_parquet(LARGE / "massbank/library_ms2.parquet", columns=["name", "formula", "inchikey", "adduct"])
    absent = (
        table.filter((pl.col("adduct") == "[M+H]+") & ~pl.col("formula").is_in(truth["formula"].to_list()))
        .unique("inchikey", maintain_order=True)
        .sample(400, seed=7)
        .to_dicts()
    )
    others = [Suspect(row["name"], row["formula"], row["inchikey"]) for row in absent]
    return known, [one for one in others if monoisotopic_mass(one.formula)]


class TestTheComposite:
    pytestmark = needs_large

    def test_all_fifty_known_are_detected_most_by_their_fragments(
        self, lists: tuple[list[Suspect], list[Suspect]]
    ) -> None:
        screening = screen(COMPOSITE, lists[0])
        assert len(screening.detected) == 50
        assert len(screening.at("3")) >= 40

    def test_of_absent_ones_hardly_any_reaches_level_4_and_the_estimate_says_how_many(
        self, lists: tuple[list[Suspect], list[Suspect]]
    ) -> None:
        absent = lists[1]
        screening = screen(COMPOSITE, absent)
        assert not screening.at("3")
        for level in ("4", "5"):
            expected, false = screening.by_chance[level], len(screening.at(level))
            assert 0.6 * expected <= false <= 1.7 * expected
        assert len(screening.at("4")) < 0.08 * len(absent)

    def test_fifty_and_as_many_absent_ones_are_told_apart_at_levels_3_and_4(
        self, lists: tuple[list[Suspect], list[Suspect]]
    ) -> None:
        known, absent = lists[0], lists[1][:50]
        screening = screen(COMPOSITE, [*known, *absent])
        names = {one.name for one in known}
        sure = [one.suspect.name for level in ("3", "4") for one in screening.at(level)]
        assert sum(name in names for name in sure) >= 48
        assert sum(name not in names for name in sure) <= 5

    def test_a_real_extract_holds_hardly_any_veterinary_drug(self) -> None:
        screening = screen(read_run(LARGE / "ms/qe_dda_bacterial_extract.mzML"), MILK_SUSPECTS)
        assert not screening.at("3")
        assert len(screening.at("4")) <= 4
        chance = screening.by_chance["4"] + screening.by_chance["5"]
        assert len(screening.detected) <= 2 * chance + 3


def test_identify_tells_suspects_beside_the_compounds_of_a_run() -> None:
    suspects = [
        {"name": "Benzylpenicillin", "formula": "C16H18N2O4S"},
        {"name": "Nothing of this", "formula": "C7H7NO3Cl4"},
    ]
    found = identify(EXAMPLE, suspects=suspects)
    assert [(one["name"], one["level"]) for one in found["suspects"]] == [("Benzylpenicillin", "4")]
    assert {"features", "library", "seconds"} <= set(found)
    with pytest.raises(BadParameter, match="one run beside them"):
        identify([EXAMPLE, EXAMPLE], suspects=suspects)
