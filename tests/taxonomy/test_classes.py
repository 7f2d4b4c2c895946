"""Class codes."""

import pytest

from liqi.taxonomy import LANGUAGES, UnknownClass, class_prefix, classes, find_class, label, large_class, read_class


def test_there_are_739_classes_in_three_levels() -> None:
    levels = [entry.level for entry in classes().values()]
    assert [levels.count(level) for level in (1, 2, 3)] == [15, 93, 631]


def test_every_class_lies_in_the_class_above_it() -> None:
    for entry in classes().values():
        if entry.parent:
            assert classes()[entry.parent].level == entry.level - 1
            assert entry.code.startswith(class_prefix(entry.parent))


def test_every_class_has_a_name_in_every_language() -> None:
    for code in classes():
        assert all(label(code, language) for language in LANGUAGES)
        assert label(code, "zh-hans") != "其他", code


def test_large_and_middle_classes_and_those_of_the_laboratory_have_english_names() -> None:
    for entry in classes().values():
        if entry.level < 3 or entry.code[:2] in ("01", "02", "04"):
            assert entry.name_en, entry.code


@pytest.mark.parametrize(
    ("found", "code", "repaired"),
    [("010201", "010201", False), ("30122", "030122", True), ("10201", "010201", True), ("0102", "010200", True)],
)
def test_a_lost_zero_is_put_back(found: str, code: str, repaired: bool) -> None:
    assert read_class(found) == (code, repaired)


def test_codes_of_2006_are_read_as_todays() -> None:
    assert large_class(read_class("080100", edition="2006")[0]) == "040000"


def test_an_unknown_code_is_refused_with_what_was_expected() -> None:
    with pytest.raises(UnknownClass, match="expected six digits"):
        read_class("777777")


@pytest.mark.parametrize("words", ["质谱仪器", "質譜儀器", "Mass spectrometers", "0102", "010200"])
def test_a_class_is_found_by_code_and_by_name_in_three_scripts(words: str) -> None:
    assert find_class(words) == "010200"
