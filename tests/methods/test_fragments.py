"""Matched peaks are named by the part of the candidate's ion that they are, and by nothing else."""

import numpy as np
import pytest

from liqi.methods import find_method
from liqi.methods.mass_spectrometry._fragments import fragments
from liqi.methods.mass_spectrometry._isotopes import ion_atoms


@pytest.mark.parametrize(
    ("formula", "adduct", "mz", "part"),
    [
        ("C8H10N4O2", "[M+H]+", 138.0662, "C6H8N3O"),  # caffeine, loss of methyl isocyanate
        ("C19H28O2", "[M+H]+", 97.0648, "C6H9O"),  # testosterone, ring A
        ("C19H28O2", "[M+H]+", 109.0648, "C7H9O"),
        ("C10H15N", "[M+H]+", 91.0542, "C7H7"),  # methamphetamine, tropylium
        ("C10H15N", "[M+H]+", 119.0855, "C9H11"),
        ("C20H21ClO4", "[M+H]+", 138.9945, "C7H4ClO"),  # fenofibrate, chlorobenzoyl
    ],
)
def test_known_fragments_have_their_formulas(formula: str, adduct: str, mz: float, part: str) -> None:
    found = fragments([mz], formula, adduct, 0.02)[0]
    assert found is not None
    assert found[0] == part
    assert abs(found[1]) < 3


def test_a_deprotonated_ion_keeps_its_electron() -> None:
    found = fragments([89.0244], "C6H12O6", "[M-H]-", 0.01, positive=False)[0]
    assert found is not None
    assert found[0] == "C3H5O3"
    assert abs(found[1]) < 1


def test_what_is_no_part_of_the_ion_has_no_name() -> None:
    assert fragments([77.5, 500.0], "C8H10N4O2", "[M+H]+", 0.02) == [None, None]
    assert fragments([100.0], "C8H10Pu", "[M+H]+", 0.02) == [None]
    assert fragments([100.0], "C200H300N60O70S10P8", "[M+H]+", 0.02) == [None]


def test_no_part_has_more_atoms_than_the_ion() -> None:
    random = np.random.default_rng(3)
    ion = ion_atoms("C18H21NO4", "[M+H]+") or {}
    for found in fragments(random.uniform(40, 310, 300).round(4).tolist(), "C18H21NO4", "[M+H]+", 0.02):
        for element, count in (ion_atoms(found[0], "[M]+") or {}).items() if found else ():
            assert count <= ion[element]


def test_the_example_names_the_fragments_of_what_it_identifies() -> None:
    method = find_method("ms.identify")
    plots = [plot for plot in method.run(method.example).plots if plot.kind == "mirror"]
    named = {plot.title.en: {part for _, part, _ in plot.data["fragments"]} for plot in plots}
    assert {"C19H25", "C19H27O", "C16H21"} <= named["Testosterone"]
    for plot in plots:
        assert {i for i, _, _ in plot.data["fragments"]} <= {i for i, _ in plot.data["pairs"]}
