"""Tokens: what a phrase of them finds is what stands in the text."""

from hypothesis import given
from hypothesis import strategies as st

from liqi.catalogue.search._tokens import grams, grams_of, phrase, prepare, runs, squashed, tokens

HAN = st.text("质谱仪色相气液光学显微镜测量", min_size=1, max_size=12)


@given(st.lists(HAN, min_size=1, max_size=4), HAN)
def test_a_phrase_of_bigrams_is_found_exactly_where_the_characters_stand(parts: list[str], asked: str) -> None:
    text = " ".join(parts)
    wanted = phrase(asked)
    index = tokens(text).split(" ")
    if len(asked) == 1:
        found = any(token.startswith(asked) for token in index)
    else:
        found = any(index[at : at + len(wanted)] == wanted for at in range(len(index)))
    assert found == any(asked in run for _kind, run in runs(prepare(text)))


@given(st.text(max_size=80))
def test_tokens_hold_no_blanks_and_any_text_has_them(text: str) -> None:
    assert all(token and not token.isspace() for token in tokens(text).split(" ") if token)


def test_model_numbers_are_the_same_however_they_are_written() -> None:
    assert tokens("QE-123") == tokens("qe 123") == tokens("ＱＥ123") == "qe 123"
    assert squashed("JEM-2100F") == squashed("jem 2100f") == "jem2100f"


def test_plurals_and_spellings_meet() -> None:
    assert tokens("Spectrometers analyzers ionization") == tokens("spectrometer analyser ionisation")


def test_a_hyphen_between_characters_does_not_part_them() -> None:
    assert tokens("液相色谱-质谱联用") == tokens("液相色谱质谱联用")


@given(st.lists(HAN, min_size=1, max_size=4), st.text("质谱仪色相气液光学显微镜测量", min_size=3, max_size=4))
def test_three_and_four_characters_are_one_token_wherever_they_stand(parts: list[str], asked: str) -> None:
    text = " ".join(parts)
    (gram,) = grams_of(phrase(asked))
    assert (gram in grams(text).split(" ")) == any(asked in part for part in parts)


def test_two_words_side_by_side_are_one_token_and_others_are_not() -> None:
    assert grams_of(phrase("GC-MS")) == ["gc_ms"]
    assert "gc_ms" in grams("Agilent GC/MS system").split(" ")
    assert "gc_ms" not in grams("GC 质谱 MS").split(" ")
