"""Figures of published texts about the industry, and what follows from them."""

import pytest

from liqi.insight import audit


def only(sentence):
    (finding,) = audit.examine(sentence).findings
    return finding


@pytest.mark.parametrize(
    "sentence",
    [
        "全球14个最活跃的风险投资机构，4家位于波士顿、6家位于旧金山湾区、2家位于纽约、3家位于欧洲。",
        "14个…4家…6家…2家…3家",
        "全球 14 个最活跃的风险投资机构中，有 4 家在波士顿，6 家在旧金山湾区，2 家在纽约，3 家在欧洲。",
        "十四个最活跃的机构，四家位于波士顿、六家位于湾区、两家位于纽约、三家位于欧洲。",
        "Of the fourteen most active firms, four are in Boston, six in the Bay Area, two in New York, three in Europe.",
    ],
)
def test_row_000_29_four_and_six_and_two_and_three_are_fifteen_and_not_fourteen(sentence):
    finding = only(sentence)
    assert finding.check == "parts"
    assert "15" in finding.found.zh
    assert "15" in finding.expected.en


def test_row_000_18_the_share_and_the_market_two_years_on_are_derived():
    text = "全球科学仪器市场为620亿美元，增长率为7.5%，其中生命科学仪器为167.5亿美元。"
    found = audit.examine(text)
    assert found.findings == ()
    share, one_year, two_years = found.derived
    assert float(share.value) == pytest.approx(0.270161, abs=1e-6)
    assert float(two_years.value) / 1e8 == pytest.approx(716.4875)
    assert float(one_year.value) / 1e8 == pytest.approx(666.5)
    assert "27.02%" in share.says.zh


def test_row_000_18_a_wrong_share_and_a_wrong_market_are_caught():
    assert only("全球市场为620亿美元，其中生命科学仪器为167.5亿美元，占37%。").check == "ratio"
    assert only("市场规模620亿美元，年增长率7.5%，两年后达到776亿美元。").expected.zh.startswith("716.4")


def test_row_001_13_the_core_share_is_derived_and_held_against_what_is_said():
    (core,) = audit.examine("合肥有量子企业58家，其中核心企业25家。").derived
    assert float(core.value) == pytest.approx(0.431034, abs=1e-6)
    assert audit.examine("合肥有量子企业58家，其中核心企业25家，占43.1%。").findings == ()
    assert only("合肥有量子企业58家，其中核心企业25家，占41.3%。").expected.zh == "占比 43.1%"


def test_row_001_14_the_share_of_a_city_in_the_nation_is_derived():
    (place,) = audit.examine("張江企業約 500 家，占上海3/5、占全國 1/4。").derived
    assert float(place.value) == pytest.approx(0.416667, abs=1e-6)
    assert "41.67%" in place.says.zh
    assert only("张江企业占上海1/4、占全国3/5。").check == "ratio"


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("出口714.7亿美元，进口1026.2亿美元，逆差311.5亿美元。", None),
        ("出口729.5亿美元，进口987.1亿美元，逆差267.6亿美元。", "growth"),
        ("2020年11月2日签约，2021年7月18日开园，历时8个月。", None),
        ("2020年11月2日签约，2021年7月18日开园，历时18个月。", "date"),
        ("普遍精度为50微米，本机为2微米，是前者的25倍。", None),
        ("普遍精度为50微米，本机为2微米，是前者的52倍。", "ratio"),
    ],
)
def test_other_figures_of_the_texts_are_sound_until_they_are_spoilt(sentence, check):
    found = audit.examine(sentence).findings
    assert [one.check for one in found] == ([check] if check else [])
