"""Isotope patterns are those of the tables, labels those that were put in, and ions of one molecule come together."""

from pathlib import Path

import numpy as np
import pytest
from pyteomics import mass
from scipy.optimize import nnls

from benchmarks._synthetic import scans_of, write_run
from benchmarks.make_quantity_examples import labelled_ions
from liqi.methods import Answer, BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry import ion_mz, isotope_ratio, monoisotopic_mass, neutral_masses, read_run
from liqi.methods.mass_spectrometry._isotopologues import fine_structure, scheme_of, unresolved, without_negatives
from liqi.methods.mass_spectrometry.isotopes import DATA, METHOD

TIMES = np.arange(0.0, 60.0, 1.0)
RUNS = sorted(DATA.glob("*.mzML.gz"))


def nominal(atoms: dict[str, int]) -> np.ndarray:
    shift, share = fine_structure(atoms)
    return np.bincount(np.rint(shift).astype(int), share)


def values(answer: Answer) -> dict[str, tuple[float, float]]:
    return {one.name: (float(one.value or 0), float(one.uncertainty or 0)) for one in answer.findings}


def test_patterns_are_those_of_the_natural_abundances() -> None:
    chlorines = nominal({"Cl": 2})  # 0.7576 and 0.2424 (IUPAC/CIAAW): 9 : 6 : 1 in the textbooks
    assert (chlorines[[0, 2, 4]] / chlorines[0]).round(3).tolist() == [1.0, 0.640, 0.102]
    bromines = nominal({"Br": 1})
    assert bromines[2] / bromines[0] == pytest.approx(0.4931 / 0.5069, rel=1e-4)
    glucose = nominal({"C": 6, "H": 12, "O": 6})
    assert glucose[1] / glucose[0] == pytest.approx(6 * 0.0107 / 0.9893 + 12 * 0.000115 + 6 * 0.00038, rel=0.01)
    assert nominal({"C": 50, "H": 71, "N": 13, "O": 12}).sum() == pytest.approx(1.0, abs=1e-5)


def test_isotopologues_have_the_masses_and_abundances_that_pyteomics_gives_them() -> None:
    shift, share = fine_structure({"C": 8, "H": 10, "N": 4, "O": 2})
    lightest = mass.calculate_mass(formula="C8H10N4O2")
    some = 0
    for composition, abundance in mass.isotopologues(
        formula="C8H10N4O2", report_abundance=True, overall_threshold=1e-5
    ):
        at = mass.calculate_mass(composition) - lightest
        near = np.abs(shift - at) < 2e-5
        assert share[near].sum() == pytest.approx(abundance, rel=0.02)
        some += 1
    assert some > 10


def test_non_negative_least_squares_is_that_of_scipy() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        matrix, measured = rng.standard_normal((9, 6)), rng.standard_normal(9)
        assert without_negatives(matrix, measured) == pytest.approx(nnls(matrix, measured)[0], abs=1e-9)
    assert not without_negatives(np.eye(3), -np.ones(3)).any()


def test_the_example_has_the_labels_that_were_put_in() -> None:
    answer = METHOD.run(METHOD.example)
    found = values(answer)
    enrichment, uncertainty = found["enrichment of glutamate, labelled"]
    assert abs(enrichment - 0.44) < 3 * uncertainty < 0.01
    table = next(one for one in answer.tables if one.name == "isotopologues")
    shares = [row["share"] for row in table.rows if row["name"] == "glutamate"]
    assert shares == pytest.approx([0.5, 0, 0.1, 0, 0, 0.4], abs=0.01)
    enrichment, uncertainty = found["enrichment of caffeine, labelled"]
    assert enrichment < 0.002
    assert found["M+1/M+0 of caffeine, labelled"][0] == pytest.approx(0.0886, rel=0.02)
    assert answer.verdict == "labelled"
    assert "synthetic" in answer.tags


def written(path: Path, ions: list[tuple[float, float, float]], seed: int = 0, noise: float = 5.0) -> Path:
    write_run(path, scans_of(ions, np.random.default_rng(seed), TIMES, noise=noise))
    return path


@pytest.mark.parametrize(
    ("label", "adduct"), [("15N", "[M+H]+"), ("2H", "[M+H]+"), ("18O", "[M-H]-"), ("34S", "[M+Na]+")]
)
def test_every_label_is_found_and_natural_molecules_have_none(tmp_path: Path, label: str, adduct: str) -> None:
    formula = "C5H11NO2S"  # methionine
    sign = "negative" if adduct.endswith("-") else "positive"
    for name, shares, expected in (("half", (0.5, 0.5), 0.5), ("natural", (1.0,), 0.0)):
        ions = labelled_ions(formula, adduct, label, shares, 30.0, 5e5)
        path = tmp_path / f"{name}-{label}.mzML.gz"
        write_run(path, scans_of(ions, np.random.default_rng(1), TIMES, noise=5.0), sign)
        answer = isotope_ratio(path, formula, adduct, label, retention_time_s=30, resolving_power=60_000)
        atoms = scheme_of(formula, adduct, label, 0.002).atoms
        enrichment, uncertainty = values(answer)[f"enrichment of {formula}, {name}-{label.lower()}"]
        assert enrichment == pytest.approx(expected / atoms, abs=max(4 * uncertainty, 0.004))
        assert answer.verdict == ("labelled" if expected else "natural")


def test_impure_tracers_are_taken_for_what_they_are(tmp_path: Path) -> None:
    purity = 0.9
    shares = [(1 - purity) ** 2, 2 * purity * (1 - purity), purity**2]
    path = written(tmp_path / "a.mzML.gz", labelled_ions("C2H5NO2", "[M+H]+", "13C", shares, 30.0, 5e5))
    pure = values(isotope_ratio(path, "C2H5NO2", retention_time_s=30, purity=purity))
    assert pure["enrichment of C2H5NO2, a"][0] == pytest.approx(1.0, abs=0.01)
    as_is = values(isotope_ratio(path, "C2H5NO2", retention_time_s=30))
    assert as_is["enrichment of C2H5NO2, a"][0] == pytest.approx(purity, abs=0.01)


def test_uncertainty_names_its_source_and_covers_the_truth(tmp_path: Path) -> None:
    ions = labelled_ions("C5H9NO4", "[M+H]+", "13C", (0.7, 0, 0, 0, 0, 0.3), 30.0, 1e6)
    held = 0
    for seed in range(30):
        path = written(tmp_path / f"{seed}.mzML.gz", ions, seed)
        answer = isotope_ratio(path, "C5H9NO4", retention_time_s=30, resolving_power=60_000)
        value, uncertainty = values(answer)[f"enrichment of C5H9NO4, {seed}"]
        held += abs(value - 0.3) <= 2 * uncertainty
        assert answer.findings[0].extra["from"] == "scans"
    assert held >= 24
    replicates = isotope_ratio([tmp_path / f"{i}.mzML.gz" for i in range(5)], "C5H9NO4", retention_time_s=30)
    assert replicates.findings[0].extra["replicates"] == 5
    counted = isotope_ratio(path, "C5H9NO4", retention_time_s=30, ions_per_count=1e-4)
    ratio = next(one for one in counted.findings if one.name.startswith("M+1"))
    assert ratio.extra["from"] == "counting"
    first = 1e6 * 1e-4 * 0.7 * 0.94  # intensity summed over scans of one second, of M+0
    second = first * float(ratio.value or 0)
    assert ratio.uncertainty == pytest.approx(float(ratio.value or 0) * np.sqrt(1 / first + 1 / second), rel=0.05)


def test_peaks_that_do_not_elute_together_are_never_called_labelled(tmp_path: Path) -> None:
    ions = labelled_ions("C9H11NO2", "[M+H]+", "13C", (1.0,), 30.0, 1e5)
    ions += [((ion_mz("C9H11NO2", "[M+H]+") or 0) + 5 * 1.0033548, 36.0, 6e4)]
    answer = isotope_ratio(written(tmp_path / "a.mzML.gz", ions), "C9H11NO2", retention_time_s=30)
    assert values(answer)["enrichment of C9H11NO2, a"][0] > 0.05
    assert answer.verdict == "natural"
    assert "not-together" in [one.code for one in answer.warnings]


def test_a_strange_ion_among_the_peaks_is_told(tmp_path: Path) -> None:
    ions = labelled_ions("C2H5NO2", "[M+H]+", "13C", (0.0, 0.0, 1.0), 30.0, 5e5)
    strange = [*ions, ((ion_mz("C2H5NO2", "[M+H]+") or 0) + 1.0033548, 30.0, 4e5)]
    answer = isotope_ratio(written(tmp_path / "a.mzML.gz", strange), "C2H5NO2", retention_time_s=30)
    assert "misfit" not in [one.code for one in answer.warnings]  # one label explains it
    far = [*labelled_ions("C9H11NO2", "[M+H]+", "15N", (1.0,), 30.0, 1e5)]
    far.append(((ion_mz("C9H11NO2", "[M+H]+") or 0) + 0.9970349, 30.0, 2e5))
    told = isotope_ratio(written(tmp_path / "b.mzML.gz", far), "C9H11NO2", label="15N", retention_time_s=30)
    assert values(told)["enrichment of C9H11NO2, b"][0] == pytest.approx(2 / 3, abs=0.02)


def test_ions_of_one_molecule_come_together_with_its_mass(tmp_path: Path) -> None:
    formula = "C20H30N4O6"
    exact = monoisotopic_mass(formula) or 0.0
    ions = []
    for adduct, area in (("[M+H]+", 3e5), ("[M+Na]+", 1e5), ("[M+2H]2+", 2e5), ("[2M+H]+", 5e4)):
        ions += labelled_ions(formula, adduct, "13C", (1.0,), 18.0, area)
    ions += labelled_ions("C10H12N2O5", "[M+H]+", "13C", (1.0,), 18.0, 1e5)
    ions += labelled_ions(formula, "[M+H]+", "13C", (1.0,), 46.0, 1e5)
    found = neutral_masses(read_run(written(tmp_path / "a.mzML.gz", ions)))
    whole = [one for one in found if abs(one.mass - exact) < 3e-5 * exact and abs(one.apex_s - 18) < 2]
    assert len(whole) == 1
    assert {one.adduct for one in whole[0].ions} == {"[M+H]+", "[M+Na]+", "[M+2H]2+", "[2M+H]+"}
    assert abs(whole[0].mass - exact) < 3 * whole[0].uncertainty
    assert whole[0].evidence == "ions"
    later = [one for one in found if abs(one.apex_s - 46) < 2]
    assert [(round(one.mass, 2), one.evidence) for one in later] == [(round(exact, 2), "assumed")]
    assert len(found) == 3


def test_neutral_masses_of_a_real_run_agree_with_its_features() -> None:
    found = neutral_masses(read_run(DATA.parent / "example_mixture.mzML"))
    assert len(found) > 50
    assert all(len({one.adduct for one in molecule.ions}) == len(molecule.ions) for molecule in found)
    assert sum(one.evidence == "ions" for one in found) >= 3


def test_without_substances_the_answer_is_the_neutral_masses() -> None:
    answer = METHOD.run(RUNS[:1])
    assert answer.verdict == "deconvoluted"
    assert {one.unit for one in answer.findings} == {"Da"}


def test_a_substance_that_is_not_there_is_told(tmp_path: Path) -> None:
    answer = isotope_ratio(RUNS[0], "C27H46O", retention_time_s=30)
    assert answer.verdict in ("natural", "deconvoluted")
    assert "no-peak" in [one.code for one in answer.warnings]


def test_unresolved_peaks_are_one_at_their_mean_mass() -> None:
    shift, share = unresolved(np.array([1.000, 1.002, 1.010]), np.array([1.0, 1.0, 0.5]), 0.003)
    assert shift.tolist() == pytest.approx([1.001, 1.010])
    assert share.tolist() == [2.0, 0.5]


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    for formula, adduct, label in (("Qq", "[M+H]+", "13C"), ("C6H6", "[M+H]+", "15N"), ("C6H6", "what", "13C")):
        with pytest.raises(BadParameter, match="expected"):
            isotope_ratio(RUNS[0], formula, adduct, label)
    with pytest.raises(BadParameter, match="label"):
        isotope_ratio(RUNS[0], "C6H6", label="14C")
    with pytest.raises(BadParameter, match="purity"):
        isotope_ratio(RUNS[0], "C6H6", purity=0.1)
    with pytest.raises(BadParameter, match="half a Da"):
        isotope_ratio(RUNS[0], "C6H6", resolving_power=5)
    with pytest.raises(BadParameter, match="at most"):
        isotope_ratio(RUNS[0], "C60H60")
    table = tmp_path / "t.csv"
    table.write_text("name,formula\nx,Qq\n")
    with pytest.raises(UnreadableFile, match="formula and an adduct"):
        METHOD.run([RUNS[0], table])
    table.write_text("colour,taste\nred,sweet\n")
    with pytest.raises(UnreadableFile, match="name and formula"):
        METHOD.run([RUNS[0], table])
    table.write_text("name,formula\nx,C6H6\n")
    with pytest.raises(UnreadableFile, match="at least one run"):
        METHOD.run([table])
