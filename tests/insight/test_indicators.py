from pathlib import Path

import polars as pl
import pytest

from liqi.insight import INDICATORS, NONE_RECORDED, Question, UnknownIndicator, UnusableTable, compute, table
from liqi.insight.indicators import _answering

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "indicators.md"


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_unit_formula_and_a_line_in_the_docs(name):
    assert INDICATORS[name].unit
    assert INDICATORS[name].formula
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")


def test_the_trade_of_2018_and_2019_by_year():
    frame = pl.DataFrame({"year": ["2018", "2019"], "exports": ["714.7", "729.5"], "imports": ["1026.2", "987.1"]})
    figures = compute("trade_competitiveness", frame, Question(by=("year",)))
    assert [f.value for f in figures] == pytest.approx([-0.178931, -0.150064], abs=1e-6)
    figures = compute("trade_deficit", frame, Question(by=("year",)))
    assert [f.value for f in figures] == pytest.approx([311.5, 257.6])


def test_hhi_counts_the_holders_of_the_named_column():
    frame = pl.DataFrame({"name": list("abcdefghijklmnopqrst"), "origin": ["US"] * 8 + ["EU"] * 7 + ["JP"] * 5})
    (figure,) = compute("hhi", frame, Question(of="origin"))
    assert figure.value == pytest.approx(0.345)
    assert compute("cr1", frame, Question(of="origin"))[0].value == pytest.approx(0.4)


def test_makers_that_are_not_said_are_missing_and_no_holder():
    frame = pl.DataFrame({"maker": ["A", "A", "", None], "class": ["x", "x", "x", "y"]})
    x, y = compute("hhi", frame, Question(by=("class",), of="maker"))
    assert (x.value, x.missing) == (1.0, pytest.approx(1 / 3))
    assert (y.value, y.missing) == (None, 1.0)


def test_a_location_quotient_of_one_region():
    row = {"jobs": [1714], "region_jobs": [79006], "industry_jobs": [879213], "all_jobs": [15593224]}
    assert compute("location_quotient", pl.DataFrame(row), Question())[0].value == pytest.approx(0.3847623)


def test_chain_coverage_of_a_table_with_several_stages_a_row():
    frame = pl.DataFrame({"class": ["research"], "stage": ["frontier_research; applied_research"]})
    assert compute("chain_coverage", frame, Question())[0].value == pytest.approx(2 / 12)


def test_a_table_with_no_rows_has_no_figure_and_says_so():
    frame = pl.DataFrame({"made_in": pl.Series([], dtype=pl.String)})
    (figure,) = compute("dependence", frame, Question())
    assert (figure.value, figure.rows, figure.note) == (None, 0, NONE_RECORDED)


def test_an_unknown_indicator_and_a_missing_column_are_named():
    with pytest.raises(UnknownIndicator, match="found indicator 'luck'; expected one of dependence"):
        compute("luck", pl.DataFrame(), Question())
    with pytest.raises(UnusableTable, match="expected year too"):
        compute("dependence", pl.DataFrame({"made_in": ["CN"]}), Question(by=("year",)))


def test_a_table_keeps_text_as_text_and_knows_its_day(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("id,made_in,confirmed_on\n007,CN,2024-03-01\n008,,2025-01-31\n", encoding="utf-8")
    frame = table.read(path)
    assert frame["id"].to_list() == ["007", "008"]
    assert table.as_of(frame, path).isoformat() == "2025-01-31"


@pytest.mark.parametrize(("name", "content"), [("a.txt", b"x"), ("b.parquet", b"no"), ("c.json", b"{"), ("d.csv", b"")])
def test_a_file_that_is_no_table_is_refused_with_one_sentence(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnusableTable, match="expected"):
        table.read(path)


def test_a_column_named_count_says_how_many_a_row_stands_for():
    frame = pl.DataFrame({"origin": ["US", "EU", "JP"], "count": [8, 7, 5]})
    assert compute("hhi", frame, Question(of="origin"))[0].value == pytest.approx(0.345)
    stock = pl.DataFrame({"made_in": ["abroad", "中国"], "count": [46_127, 15_124]})
    assert compute("dependence", stock, Question())[0].value == pytest.approx(0.753081, abs=1e-6)


def test_a_group_may_not_hide_the_figure():
    with pytest.raises(UnusableTable, match="found --by rows"):
        compute("dependence", pl.DataFrame({"made_in": ["CN"], "rows": ["1"]}), Question(by=("rows",)))


def test_no_two_indicators_have_the_same_name():
    rooms = [
        room.INDICATORS
        for name, room in vars(_answering).items()
        if name.startswith("_") and hasattr(room, "INDICATORS")
    ]
    assert sum(len(room) for room in rooms) == len(INDICATORS)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_read_as_excel_saves_it_in_china_too(tmp_path, code):
    path = tmp_path / "厂商.csv"
    path.write_bytes("maker,台数\n聚光科技,3\n".encode(code))
    assert table.read(path).rows(named=True) == [{"maker": "聚光科技", "台数": "3"}]


@pytest.mark.parametrize("header", ["maker,maker", "maker, maker ", "\ufeffmaker,maker"])
def test_a_column_that_stands_twice_is_refused(tmp_path, header):
    path = tmp_path / "two.csv"
    path.write_text(f"{header}\nA,B\n", encoding="utf-8")
    with pytest.raises(UnusableTable, match="found the column maker twice"):
        table.read(path)


def test_a_column_that_is_called_like_a_double_is_left_alone(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("n_duplicated_0,m\nA,B\n", encoding="utf-8")
    assert table.read(path).columns == ["n_duplicated_0", "m"]
