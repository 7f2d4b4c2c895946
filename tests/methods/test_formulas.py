"""Formulas of measured masses: the published examples of the rules, and known compounds found again."""

import re
from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.methods import BadParameter
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary
from liqi.methods.mass_spectrometry._confidence import logit
from liqi.methods.mass_spectrometry._features import all_features, features_of_run
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._isotope_evidence import isotope_fit, push_of_fit
from liqi.methods.mass_spectrometry._patterns import patterns
from liqi.methods.mass_spectrometry.composition import (
    COMMON,
    ELEMENTS,
    EXTENDED,
    USUAL,
    formulas,
    formulas_of,
    plausible,
)
from liqi.methods.mass_spectrometry.identification import asked, identify_all
from tests.methods.test_run import FORMULA, made


def counts(formula: str) -> dict[str, np.ndarray]:
    found = {name: int(number or 1) for name, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula)}
    return {element: np.array([found.get(element, 0)]) for element in ELEMENTS}


def pattern(formula: str) -> list[float]:
    return patterns({name: count.astype(float) for name, count in counts(formula).items()})[0].tolist()


@pytest.mark.parametrize(
    ("formula", "element"),
    [
        ("C15H34N9O8PS", ""),  # none of its elements is at the limit of the table
        ("C22H44N4O14P2S2", "O"),
        ("C24H38N7O19P3S", "S"),
        ("C20H28N10O21P4", "O"),
        ("C16H36N4O4P2S2", "S"),
        ("C59H64N18O14S7", "S"),
    ],
)
def test_the_examples_of_table_3_pass_and_one_more_of_the_element_at_its_limit_does_not(
    formula: str, element: str
) -> None:
    """Kind and Fiehn 2007, table 3."""
    rich = counts(formula)
    wide = {"H": (0.0, 9.0)}
    assert plausible(rich, wide)[0]
    if element:
        assert not plausible({**rich, element: rich[element] + 1}, wide)[0]


def test_the_unusual_ratios_of_the_paper_need_the_extended_range() -> None:
    """Methylhydrazine has six hydrogens a carbon, tetracyanopyrrole an eighth (Kind and Fiehn 2007, rule 4)."""
    for formula in ("CH6N2", "C8HN5"):
        assert not plausible(counts(formula), COMMON)[0]
        assert plausible(counts(formula), EXTENDED)[0]


def test_valences_that_do_not_close_are_refused() -> None:
    for formula in ("C6H7", "CH6", "C2H8O", "C6H5Cl2", "C3H9"):
        assert not plausible(counts(formula), EXTENDED)[0]
    for formula in ("C6H6", "CH4", "C2H6OS", "C6H4Cl2", "C3H9N", "C3H9O4P"):
        assert plausible(counts(formula), EXTENDED)[0]


def test_patterns_are_those_of_the_abundances() -> None:
    assert pattern("C60")[0] == pytest.approx(60 * 0.0107 / 0.9893, rel=1e-9)
    assert pattern("CBr")[1] == pytest.approx(0.4931 / 0.5069, rel=1e-9)
    assert pattern("CCl2")[1] == pytest.approx(2 * 0.2424 / 0.7576, rel=1e-9)


@pytest.mark.parametrize(
    ("formula", "adduct", "place"),
    [
        ("C8H10N4O2", "[M+H]+", 0),  # caffeine
        ("C12H14N4O2S", "[M+H]+", 0),  # sulfamethazine
        ("C11H12Cl2N2O5", "[M-H]-", 0),  # chloramphenicol
        ("C9H13BrN2O2", "[M+H]+", 0),  # bromacil
        ("C16H18N2O4S", "[M+Na]+", 0),  # benzylpenicillin
        ("C17H18FN3O3", "[M+H]+", 1),  # ciprofloxacin
        ("C22H24N2O8", "[M+H]+", 0),  # tetracycline
        ("C9H11Cl3NO3PS", "[M+H]+", 2),  # chlorpyrifos
    ],
)
def test_a_known_compound_stands_in_its_place_by_mass_and_pattern(formula: str, adduct: str, place: int) -> None:
    mz = ion_mz(formula, adduct) or 0.0
    found = formulas(mz * (1 + 1e-6), adduct, 3.0, pattern(formula))
    names = [one.formula for one in found]
    assert formula in names[: place + 1]
    assert found[names.index(formula)].error_ppm == pytest.approx(1.0, abs=0.01)
    assert sum(one.share for one in found) == pytest.approx(1)
    alone = [one.formula for one in formulas(mz, adduct, 3.0)]
    assert formula in alone


def test_the_pattern_removes_most_of_what_the_mass_leaves() -> None:
    """Kind and Fiehn, BMC Bioinformatics 7:234 (2006): isotope abundances remove more than 95 % of candidates."""
    formula = "C33H40N2O9"  # reserpine
    found = formulas(ion_mz(formula, "[M+H]+") or 0.0, "[M+H]+", 5.0, pattern(formula))
    likely = [one for one in found if (one.pattern_fit or 0) > 0.5]
    assert len(found) > 300
    assert formula in [one.formula for one in likely]
    assert len(likely) < 0.1 * len(found)


def test_the_formulas_of_the_library_are_found_by_the_masses_of_their_ions() -> None:
    table = pl.read_parquet(SMALL_LIBRARY).filter(pl.col("adduct").is_in(["[M+H]+", "[M-H]-"])).unique("formula")
    asked = found = 0
    for formula, adduct in table.sort("formula").gather_every(12).select("formula", "adduct").iter_rows():
        own = {name: count[0] for name, count in counts(formula).items()}
        if re.sub(r"[A-Z][a-z]?\d*", "", formula) or any(own[name] > USUAL.get(name, 99) for name in ELEMENTS):
            continue
        if "I" in re.findall(r"[A-Z][a-z]?", formula) or not own["C"]:
            continue
        asked += 1
        found += formula in [one.formula for one in formulas(ion_mz(formula, adduct) or 0.0, adduct, 2.0)]
    assert asked > 20
    assert found >= 0.97 * asked  # the common ratios cover 99.7 %


def test_a_feature_gets_formulas_only_where_its_isotopes_were_seen() -> None:
    found = {one.mz or 0.0: one for one in all_features(made())}
    main = next(one for one in found.values() if one.scans == 2)
    names = [one.formula for one in formulas_of(main)]
    assert 1 <= len(names) <= 3
    assert FORMULA in [one.formula for one in formulas(main.mz or 0.0, "[M+H]+", 2.0)]
    late = next(one for one in found.values() if one.scans == 1)
    assert formulas_of(late) == []


def test_the_pattern_of_the_survey_fits_its_own_formula_and_no_chlorinated_one() -> None:
    main = next(one for one in all_features(made()) if one.scans == 2)
    own = isotope_fit(main, FORMULA, "[M+H]+")
    other = isotope_fit(main, "C14H20ClN2O4S", "[M+H]+")
    assert own is not None
    assert other is not None
    assert own > 0.6
    assert other < 0.01


def test_a_pattern_that_was_not_seen_or_is_not_understood_says_nothing() -> None:
    main = next(one for one in all_features(made()) if one.scans == 2)
    for feature, formula, adduct in (
        (replace(main, isotopes=()), FORMULA, "[M+H]+"),
        (replace(main, isotope_of=300.0), FORMULA, "[M+H]+"),
        (main, FORMULA, "[M+2H]2+"),
        (main, "", "[M+H]+"),
        (main, FORMULA, ""),
    ):
        assert isotope_fit(feature, formula, adduct) is None


def test_the_pattern_moves_the_odds_by_what_it_tells_and_only_where_it_was_seen(tmp_path: Path) -> None:
    mz = ion_mz(FORMULA, "[M+H]+")
    heads = f"Name: made\nPrecursorMZ: {mz}\nPrecursor_type: [M+H]+\nIon_mode: P\nFormula: {FORMULA}\n"
    (tmp_path / "made.msp").write_text(f"{heads}Num Peaks: 2\n100.0 5\n160.0 9\n")
    library = SpectralLibrary.load(tmp_path / "made.msp")
    features = features_of_run(made())
    with_survey = identify_all(features, library, asked("10 ppm", "0.02 Da", 0.25, 5))
    bare = [replace(one, isotopes=()) for one in features]
    without = identify_all(bare, library, asked("10 ppm", "0.02 Da", 0.25, 5))
    (value, push) = with_survey[0].candidates[0].evidence["isotope_pattern"]
    assert value is not None
    assert value > 0.6
    assert push == pytest.approx(push_of_fit(value), abs=1e-3)
    assert "isotope_pattern" not in without[0].candidates[0].evidence
    sure, plain = with_survey[0].candidates[0].confidence, without[0].candidates[0].confidence
    assert logit(sure) - logit(plain) == pytest.approx(push, abs=1e-3)


def test_a_pattern_tells_little_of_candidates_that_are_mostly_isomers() -> None:
    assert push_of_fit(1.0) == pytest.approx(log(3.25 / (0.87 * 3.25 + 0.13)))
    assert push_of_fit(0.0) == pytest.approx(log(0.25 / (0.87 * 0.25 + 0.13)))
    assert push_of_fit(0.25) == pytest.approx(0.0)


def test_bad_questions_are_refused() -> None:
    for words in ({"mz": -1.0}, {"mz": 9999.0}, {"ppm": 0.0}, {"adduct": "M plus H"}, {"limits": {"Xx": 1}}):
        with pytest.raises(BadParameter, match="expected"):
            formulas(**{"mz": 200.0, **words})
