"""Kinds of instruments and techniques."""

import pytest

from liqi.taxonomy import classes, classes_of, synonyms, techniques, techniques_of, term_for, terms


def test_every_term_names_a_class_of_the_current_edition() -> None:
    assert all(term.class_code in classes() for term in terms())


@pytest.mark.parametrize(
    ("words", "code"),
    [("BENCHTOP GC-MS SYSTEM", "010201"), ("高分辨率气相色谱仪", "010501"), ("掃描式電子顯微鏡", "010102")],
)
def test_the_kind_of_instrument_is_told_from_a_name(words: str, code: str) -> None:
    found = term_for(words)
    assert found is not None
    assert found.class_code == code


def test_an_abbreviation_within_a_word_is_no_instrument() -> None:
    assert term_for("TEMPERATURE BATH") is None


def test_synonyms_cross_languages() -> None:
    assert "气相色谱仪" in synonyms()["gc"]
    assert "gc" in synonyms()["气相色谱"]


def test_every_technique_has_a_key_labels_and_what_it_is_for() -> None:
    for technique in techniques().values():
        assert technique.label("en")
        assert technique.label("zh-hant")
        for said in (technique.uses_en, technique.uses_zh, technique.analytes, technique.matrices):
            assert said, technique.key


def test_no_key_of_the_first_list_was_renamed() -> None:
    first = list(techniques())[:133]
    assert (first[0], first[-1]) == ("lcms", "gcimss")
    assert {"hrms", "ambientms", "cryoem", "force6", "tpp", "odmr", "lidar"} <= set(first)


def test_every_class_of_instruments_has_a_technique() -> None:
    assert [code for code in classes() if not techniques_of(code)] == []


def test_every_technique_is_done_by_a_class_of_instruments() -> None:
    assert [key for key in techniques() if not classes_of(key)] == []
    assert all(key in techniques() for code in classes() for key in techniques_of(code))
