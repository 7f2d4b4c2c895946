"""Which class an instrument may be of, from its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.taxonomy import classes, suggest_class


def first(name: str, model: str = "", maker: str = "") -> str:
    return suggest_class(name, model, maker)[0].code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("热场发射扫描电子显微镜", "010102"),
        ("氣相層析儀", "010501"),
        ("Thermo Q Exactive HF-X", "010201"),
        ("Illumina NovaSeq 6000", "011007"),
        ("600MHz NMR spectrometers", "010601"),
        ("CONFOCAL MICROSCOPE", "010802"),
        ("液相色谱-质谱联用仪", "010201"),
        ("ＰＣＲ仪", "011011"),
        ("Spectrum analyzer", "040108"),
    ],
)
def test_the_class_is_read_from_the_name_in_any_script(name: str, code: str) -> None:
    assert first(name) == code


def test_a_model_alone_tells_the_class() -> None:
    assert first("", "Q Exactive") == "010201"
    assert first("设备", "FACSAria Fusion") == "011012"


def test_both_classes_of_a_wording_that_stands_twice_are_shown_the_general_one_first() -> None:
    for name, general, metrology in (("原子力显微镜", "010803", "030118"), ("频谱分析仪", "040108", "030905")):
        found = suggest_class(name)
        assert [one.code for one in found[:2]] == [general, metrology]
        assert found[0].confidence > found[1].confidence


def test_there_are_always_at_least_two_candidates() -> None:
    for entry in classes().values():
        if entry.level > 1 and entry.name_zh != "其他":
            assert len(suggest_class(entry.name_zh)) >= 2, entry.name_zh


def test_words_that_tell_nothing_give_nothing() -> None:
    for name in ("", "UNKNOWN", "Inv 34761", "12345", "3 wooden drums", "\x00", "仪器"):
        assert suggest_class(name) == [], name


def test_a_name_that_was_cut_off_is_read_by_its_beginning() -> None:
    assert first("LAMBDA950 Spectropho") == "010401"
    assert suggest_class("Spectropho")[0].confidence < suggest_class("Spectrophotometer")[0].confidence


def test_one_wrong_letter_does_not_hide_the_instrument() -> None:
    assert first("Zetasixer Pro") == first("Zetasizer Pro") == "020500"


def test_the_makers_other_instruments_break_a_tie() -> None:
    plain = suggest_class("合成孔径雷达")
    used = suggest_class("合成孔径雷达", maker="中科宇航", usual={"070702": 0.9})
    assert used[0].code == "070702"
    assert used[0].confidence > plain[0].confidence
    assert any(reason.kind == "maker" for reason in used[0].why)


def test_every_suggestion_says_why() -> None:
    for one in suggest_class("X射线光电子能谱仪 ESCALAB"):
        assert one.why
        assert all(reason.kind and reason.words for reason in one.why)


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_text_gives_known_classes_with_probabilities_that_add_up_to_less_than_one(name: str, model: str) -> None:
    found = suggest_class(name, model, limit=5)
    assert all(one.code in classes() and 0 <= one.confidence <= 1 for one in found)
    assert sum(one.confidence for one in found) <= 1.01
    assert len({one.code for one in found}) == len(found)
