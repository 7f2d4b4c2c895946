"""Structural formulas are drawn from SMILES, or nothing is."""

import re
from xml.etree import ElementTree

import pytest

from liqi.methods.structure import MOST_ATOMS, drawing, structures_of

NICOTINE = "CN1CCC[C@H]1c1cccnc1"


def test_a_drawing_is_well_formed_and_names_its_hetero_atoms() -> None:
    root = ElementTree.fromstring(drawing(NICOTINE, 'nicotine "S"'))
    assert root.get("aria-label") == 'nicotine "S"'
    classes = {one.get("class") for one in root}
    assert classes == {None, "atom-n"}
    wide, high = (float(root.get(name, "")) for name in ("width", "height"))
    assert wide > high > 40, "the longer axis lies level"


def test_a_drawing_holds_no_style_that_a_page_would_refuse() -> None:
    svg = drawing("CS(=O)(=O)c1ccc(Cl)cc1")
    assert "style" not in svg
    assert {"atom-o", "atom-s", "atom-cl"} <= set(re.findall(r'class="(atom-\w+)"', svg))
    assert len(svg) < 4000


@pytest.mark.parametrize("said", ["", "  ", "N/A", "C1CC", "c1ccccc", "C" * 5000, "C" * (MOST_ATOMS + 1), "<script>"])
def test_what_is_no_molecule_or_too_large_draws_nothing(said: str) -> None:
    assert drawing(said) == ""


def test_words_for_a_screen_reader_cannot_break_out() -> None:
    assert "<b>" not in drawing("CCO", '"><b>')


def test_the_structures_of_a_row_are_told_once_each() -> None:
    assert structures_of({"smiles": ["CCO", "", "CCO", "COC"]}) == ["CCO", "COC"]
    assert structures_of({"smiles": None}) == structures_of({}) == []
