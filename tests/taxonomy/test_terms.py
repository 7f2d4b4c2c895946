"""Kinds of instruments and techniques."""

import pytest

from liqi.taxonomy import classes, synonyms, techniques, term_for, terms


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


def test_every_technique_has_a_key_and_labels() -> None:
    assert len(techniques()) == 133
    for technique in techniques().values():
        assert technique.label("en")
        assert technique.label("zh-hant")
