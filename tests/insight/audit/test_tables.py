"""Tables in a text: totals, shares, growth, units."""

import pytest

from liqi.insight import audit

SOUND = """年份\t国产\t进口\t合计
2019\t12\t30\t42
2020\t15\t33\t48
合计\t27\t63\t90
"""


def checks(text):
    return [(one.check, one.line) for one in audit.examine(text).findings]


def test_a_sound_table_is_not_suspected():
    found = audit.examine(SOUND)
    assert (found.tables, found.findings) == (1, ())
    assert found.figures >= 9


def test_a_total_down_and_a_total_across_are_added_again():
    assert checks(SOUND.replace("33\t48", "33\t50")) == [("parts", 3), ("parts", 4)]


@pytest.mark.parametrize("sign", [",", "\t", "|", ";"])
def test_any_usual_sign_between_cells_is_read(sign):
    rows = [("厂商", "台数"), ("甲", "50"), ("乙", "30"), ("合计", "90")]
    assert checks("\n".join(sign.join(row) for row in rows)) == [("parts", 4)]


def test_shares_are_held_against_their_values_and_a_hundred():
    text = "| 厂商 | 台数 | 占比 |\n|---|---|---|\n| 甲 | 50 | 50% |\n| 乙 | 30 | 35% |\n| 丙 | 20 | 20% |\n"
    assert {check for check, _line in checks(text)} == {"ratio", "percent"}
    assert checks(text.replace("35%", "30%")) == []


def test_growth_is_held_against_the_two_years_before_it():
    text = "地区,2019年,2020年,增长率\n北京,100,120,20%\n上海,200,210,{}\n深圳,50,60,20%\n"
    assert checks(text.format("15%")) == [("growth", 3)]
    assert checks(text.format("5%")) == []


def test_units_mixed_in_a_column_are_named():
    (finding,) = audit.examine("项目\t金额（万元）\n设备\t300万元\n基建\t2亿元\n").findings
    assert finding.check == "unit"
    assert "万元" in finding.found.zh


def test_rounded_figures_may_differ_in_their_last_place():
    text = "国家,份额\n美国,33.4%\n德国,33.3%\n日本,33.4%\n"
    assert checks(text) == []


def test_text_around_a_table_keeps_its_lines():
    assert checks(f"采购如下。\n\n{SOUND}\n全部42台中进口45台，会议于2月30日召开。\n") == [("date", 8)]


def test_a_blank_cell_is_not_zero():
    assert checks("厂商\t台数\n甲\t50\n乙\t\n合计\t90\n") == []
