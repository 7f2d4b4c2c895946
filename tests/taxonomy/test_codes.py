"""The same class in other classifications, both ways."""

import pytest

from liqi.taxonomy import UnknownCode, classes, codes_of, device_class, read_code, schemes, to_class

INDUSTRIES = {"gbt4754", "naics"}


def test_row_000_01_every_class_has_goods_and_industry_codes() -> None:
    for code in classes():
        found = codes_of(code)
        assert [one for one in found if one.scheme == "hs"], code
        assert {one.scheme for one in found} >= INDUSTRIES, code


def test_row_000_01_the_round_trip_loses_no_class_and_no_code() -> None:
    for class_code in classes():
        for code in codes_of(class_code):
            assert class_code in to_class(code.scheme, code.edition, code.code), (class_code, code)
            assert read_code(code.scheme, code.edition, code.code).label == code.label


def test_every_model_has_a_class_and_every_class_its_models() -> None:
    for scheme, count in (("psi-ms", 501), ("ena", 61)):
        models = [code for class_code in classes() for code in codes_of(class_code, scheme)]
        assert len(models) == len({one.code for one in models}) == count
        assert all(to_class(scheme, "", one.code) for one in models)


def test_every_code_says_its_scheme_edition_and_how_sure_we_are() -> None:
    for class_code in classes():
        for code in codes_of(class_code):
            assert code.edition in schemes()[code.scheme].editions
            assert code.label
            assert code.confidence in {"high", "medium", "low"}


def test_row_000_21_the_market_has_ten_classes_and_each_has_instruments() -> None:
    tops = {one.code for class_code in classes() for one in codes_of(class_code, "sdi")}
    assert len(tops) == 10
    assert to_class("sdi", "current", "mass_spectrometry")[0] == "010200"
    assert "011012" in to_class("sdi", "current", "life_science")


def test_row_000_20_three_kinds_of_research_instruments_are_medical_devices_too() -> None:
    analytical = [code for code, entry in classes().items() if code.startswith("01") and entry.level == 3]
    assert [code for code in analytical if device_class(code)] == ["011007", "011011", "011012"]


def test_what_the_customs_call_it_leads_to_its_class() -> None:
    assert to_class("hs", "2022", "9027.81")[0] == "010200"
    assert "010101" in to_class("hs", "", "901210")
    assert "010101" in to_class("hs", "2022", "9012")
    assert to_class("hs", "2022", "900410") == []


def test_a_code_that_no_class_has_leads_to_the_classes_of_the_code_above_it() -> None:
    assert to_class("chmo", "current", "CHMO:0002323")[0] == "010101"
    assert to_class("gbt14885", "2010", "3600100")[0].startswith("0111")
    assert to_class("gbt14885", "2010", "3601501") == []
    assert to_class("gcmd", "", next(c.code for c in codes_of("050602", "gcmd")))[0] == "050602"


def test_an_old_code_means_another_class_than_a_new_one() -> None:
    assert read_code("cn-instr", "2006", "040200").label == "地面天文望远镜"
    assert to_class("cn-instr", "2006", "040200") == ["080200"]
    assert read_code("cn-instr", "current", "040200").label == "射频和微波测试仪器"
    assert ("cn-instr", "2006", "040200") in [(c.scheme, c.edition, c.code) for c in codes_of("080200", "cn-instr")]


def test_the_seventy_eight_codes_of_the_draft_all_lead_to_a_class() -> None:
    from liqi.taxonomy import from_2006

    assert len(from_2006()) == 78
    for old, new in from_2006().items():
        assert to_class("cn-instr", "2006", old) == [new]
        assert new in classes()


@pytest.mark.parametrize(
    ("scheme", "edition", "code", "said"),
    [
        ("eclass", "", "1", "expected one of cn-instr"),
        ("hs", "2017", "902781", "expected 2022"),
        ("hs", "2022", "999999", "expected one of the"),
        ("cn-instr", "current", "777777", "expected six digits"),
        ("cn-instr", "2006", "777777", "expected one of the 78"),
    ],
)
def test_an_unknown_code_says_what_was_expected(scheme: str, edition: str, code: str, said: str) -> None:
    with pytest.raises(UnknownCode, match=said):
        read_code(scheme, edition, code)


def test_an_unknown_class_says_what_was_expected() -> None:
    with pytest.raises(UnknownCode, match="expected a code of cn-instr/current"):
        codes_of("123")


def test_a_label_is_said_in_the_readers_language_where_it_is_on_record() -> None:
    industry = read_code("gbt4754", "2017", "4014")
    assert industry.label == "实验分析仪器制造"
    assert industry.name("en") == "Laboratory analytical instruments"
    assert industry.name("zh-hant") == "實驗分析儀器製造"
    assert read_code("psi-ms", "", "MS:1001911").name("zh-hans") == "Q Exactive"


def test_row_000_39_the_three_sub_fields_are_industries_with_instruments_and_computing_is_a_class() -> None:
    analytical, testing, environment = (set(to_class("gbt4754", "", code)) for code in ("4014", "4015", "4021"))
    assert "010200" in analytical
    assert "020100" in testing
    assert "011100" in environment
    assert analytical & environment == {"010000"}
    assert {"130100", "130400"} <= set(classes())
