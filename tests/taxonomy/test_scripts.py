"""Scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.taxonomy import fold, to_hant, word_variants

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("質譜儀", "质谱仪"),
        ("ＱＥ－１２３", "qe-123"),
        ("Güralp", "guralp"),
        ("乾燥機", "干燥机"),
        ("顯微鏡", "显微镜"),
    ],
)
def test_other_scripts_and_widths_fold_to_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(HAN)
def test_folding_never_changes_how_many_characters_a_chinese_text_has(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_traditional_uses_the_words_of_taiwan() -> None:
    assert to_hant("液相色谱质谱联用仪") == "液相層析質譜聯用儀"
    assert to_hant("激光共聚焦显微镜") == "雷射共聚焦顯微鏡"


def test_words_of_documents_money_and_chemistry_are_not_taken_for_words_of_programs() -> None:
    assert to_hant("工信厅联重装〔2025〕46 号") == "工信廳聯重裝〔2025〕46 號"
    assert to_hant("市级支持至多 2000 万元，由本省发布") == "市級支持至多 2000 萬元，由本省發布"
    assert to_hant("循环伏安仪") == "循環伏安儀"
    assert to_hant("起重装置") == "起重裝置"


def test_word_variants_go_both_ways() -> None:
    assert "层析" in word_variants()["色谱"]
    assert "色谱" in word_variants()["层析"]
