import json

import polars as pl
import pytest

from liqi.insight import trade_tables
from liqi.insight.origin import UnusableTable

COMTRADE = "refYear,period,reporterISO,flowCode,partnerISO,cmdCode,qty,qtyUnitAbbr,netWgt,primaryValue,motCode\n"
CUSTOMS = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,美元\n"


def written(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_table_of_comtrade_is_read_its_totals_and_parts_left_out(tmp_path):
    text = COMTRADE + (
        '2024,202401,CHN,M,DEU,902781,10,u,500,"1,000,000",0\n'
        "2024,202401,CHN,M,DEU,902781,4,u,200,400000,1000\n"
        "2024,202401,CHN,M,W00,902781,30,u,900,3000000,0\n"
        "2024,202401,CHN,X,USA,902781,2,u,10,50000,0\n"
    )
    found = trade_tables.read(written(tmp_path, "c.csv", text))
    assert (found.kind, found.rows, found.totals, found.problems) == ("comtrade", 4, 2, ())
    assert found.frame.select("exporter", "importer", "side", "value", "quantity").rows() == [
        ("DE", "CN", "import", 1_000_000.0, 10.0),
        ("CN", "US", "export", 50_000.0, 2.0),
    ]


@pytest.mark.parametrize("root", ["data", "dataset", None])
def test_an_answer_of_comtrade_in_json_is_read_old_and_new(tmp_path, root):
    rows = [{"yr": 2019, "rgDesc": "Import", "rt3ISO": "CHN", "pt3ISO": "JPN", "cmdCode": "9027", "TradeValue": 7}]
    if root == "data":
        rows = [{"refYear": 2019, "flowCode": "M", "reporterCode": 156, "partnerCode": 392, "cmdCode": "9027",
                 "primaryValue": 7}]  # fmt: skip
    document = rows if root is None else {root: rows}
    frame = trade_tables.read(written(tmp_path, "c.json", json.dumps(document))).frame
    assert frame.select("year", "exporter", "importer", "product", "value").rows() == [(2019, "JP", "CN", "9027", 7.0)]


def test_a_table_of_baci_is_in_thousands_and_tonnes_and_may_have_lost_a_zero(tmp_path):
    found = trade_tables.read(
        written(tmp_path, "b.csv", "t,i,j,k,v,q\n2022,842,156,10121,1.5,0.2\n2022,251,156,902730,2,\n")
    )
    assert found.kind == "baci"
    assert found.frame.select("exporter", "side", "product", "value", "weight_kg").rows() == [
        ("US", "both", "010121", 1500.0, 200.0),
        ("FR", "both", "902730", 2000.0, None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_an_export_of_chinese_customs_is_read_when_it_is_told_flow_and_reporter(tmp_path, encoding):
    text = (
        CUSTOMS
        + '202501,90278120,质谱联用仪,304,德国,12,台,"2,000,000"\n202502,90278120,质谱联用仪,132,新加坡,3,台,900\n'
    )
    found = trade_tables.read(written(tmp_path, "k.csv", text, encoding), flow="import", reporter="中国")
    assert (found.kind, found.problems) == ("customs", ())
    assert found.frame.select("period", "exporter", "importer", "value", "currency", "quantity_unit").rows() == [
        ("202501", "DE", "CN", 2_000_000.0, "USD", "台"),
        ("202502", "SG", "CN", 900.0, "USD", "台"),
    ]


def test_any_table_is_read_by_a_mapping(tmp_path):
    path = written(tmp_path, "m.csv", "an,de,vers,bien,combien\n2020,FR,DE,9027,5\n")
    mapping = {"an": "period", "de": "exporter", "vers": "importer", "bien": "product", "combien": "value_usd"}
    assert trade_tables.read(path, mapping=mapping).frame["value"].to_list() == [5.0]
    with pytest.raises(UnusableTable, match="expected columns for"):
        trade_tables.read(path)
    with pytest.raises(UnusableTable, match="which is no column"):
        trade_tables.read(path, mapping={"luck": "period"})
    with pytest.raises(UnusableTable, match="expected one of period"):
        trade_tables.read(path, mapping={"an": "luck"})


def test_every_faulty_row_is_named_with_what_was_found(tmp_path):
    text = COMTRADE + (
        "2024,202413,CHN,M,DEU,9027,,,,1,\n"
        "2024,2024,CHN,M,NOWHERE,9027,,,,1,\n"
        "2024,2024,CHN,Q,DEU,9027,,,,1,\n"
        "2024,2024,CHN,M,DEU,ninety,,,,1,\n"
        "2024,2024,CHN,M,FRA,9027,,,,much,\n"
        "2024,2024,CHN,M,ITA,9027,,,,-5,\n"
        "2024,2024,CHN,M,ESP,9027,,,,5,\n"
        "2024,2024,CHN,M,ESP,9027,,,,5,\n"
        "2024,2024,CHN,M,USA,9027,,,,,\n"
    )
    found = trade_tables.read(written(tmp_path, "c.csv", text))
    told = [(one.row, one.code) for one in found.problems if (one.row, one.code) != (4, "no_country")]
    assert told == [
        (2, "no_period"), (3, "no_country"), (4, "no_flow"), (5, "no_product"), (6, "no_number"), (7, "negative"),
        (9, "twice"),
    ]  # fmt: skip
    assert found.rejected == 7
    assert "found 'NOWHERE'; expected a country" in next(one for one in found.problems if one.row == 3).message
    assert found.frame["value"].null_count() >= 1


@pytest.mark.parametrize("text", ["", " \n", "a,b\n1,2\n", "{", "[1, 2]", '{"data": []}', "\x00\x01\x02"])
def test_what_is_no_trade_table_is_refused_in_one_sentence(tmp_path, text):
    with pytest.raises(UnusableTable, match=r"^[^\n]*found[^\n]*expected[^\n]*$"):
        trade_tables.read(written(tmp_path, "x.csv", text))


def test_a_header_without_rows_is_an_empty_table(tmp_path):
    assert trade_tables.read(written(tmp_path, "x.csv", "t,i,j,k,v,q\n")).frame.height == 0


def test_a_table_cut_off_anywhere_gives_a_sentence_or_rows(tmp_path):
    whole = (COMTRADE + "2024,202401,CHN,M,DEU,902781,10,u,500,1000,0\n" * 3).encode()
    path, said = tmp_path / "cut.csv", []
    for cut in range(0, len(whole), max(1, len(whole) // 20)):
        path.write_bytes(whole[:cut])
        try:
            said.append(str(trade_tables.read(path).rows))
        except UnusableTable as problem:
            said.append(str(problem))
    assert len(said) > 20
    assert not [words for words in said if "\n" in words]


def flows(*rows):
    columns = ("period", "exporter", "importer", "product", "side", "value", "quantity", "firms")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns), orient="row", strict=False)
    frame = frame.with_columns(pl.col("period", "exporter", "importer", "product", "side").cast(pl.String))
    return frame.with_columns(
        pl.col("value").cast(pl.Float64), pl.col("quantity").cast(pl.Float64), pl.col("firms").cast(pl.Int64),
        year=pl.col("period").str.slice(0, 4).cast(pl.Int32), currency=pl.lit("USD"), quantity_unit=pl.lit("u"),
        weight_kg=pl.lit(None, pl.Float64),
    )  # fmt: skip


def test_the_card_says_deficit_and_competitiveness_of_each_year():
    """The trade of 2018 and 2019 in hundred million USD: deficits 311.5 and 257.6, TC -0.1789 and -0.1501."""
    card = trade_tables.card(
        flows(
            ("2018", "DE", "CN", "9027", "import", 1026.2, 1, None),
            ("2018", "CN", "DE", "9027", "export", 714.7, 1, None),
            ("2019", "DE", "CN", "9027", "import", 987.1, 1, None),
            ("2019", "CN", "DE", "9027", "export", 729.5, 1, None),
        ), country="CN", product="9027",
    )  # fmt: skip
    assert [(one.year, round(one.deficit, 1), round(one.competitiveness, 4)) for one in card.years] == [
        (2018, 311.5, -0.1789), (2019, 257.6, -0.1501),
    ]  # fmt: skip


def test_the_quarter_of_mass_spectrometers_has_its_published_concentration():
    """First quarter of 2025: 2,989 units for 302 M USD, five origins 86.4 %, Singapore 28.8 % of the value."""
    shares = {"SG": 28.8, "US": 22.0, "DE": 17.0, "JP": 10.6, "GB": 8.0, "FR": 7.0, "IT": 6.6}
    rows = [("202503", code, "CN", "90278120", "import", 302e4 * part, 427, 9) for code, part in shares.items()]
    card = trade_tables.card(flows(*rows), country="CN", product="902781")
    assert card.partners[0].country == "SG"
    assert card.partners[0].share == pytest.approx(0.288)
    assert card.five == pytest.approx(0.864)
    assert card.years[0].imported == 2989


def test_a_cell_of_fewer_than_three_firms_is_hidden_and_so_is_the_one_that_would_tell_it():
    card = trade_tables.card(
        flows(
            ("2024", "DE", "CN", "9027", "import", 50, 1, 20), ("2024", "US", "CN", "9027", "import", 30, 1, 2),
            ("2024", "JP", "CN", "9027", "import", 20, 1, 5),
        ), country="CN", product="9027",
    )  # fmt: skip
    assert [(one.country, one.value, one.hidden) for one in card.partners] == [
        ("DE", 50.0, False), ("US", None, True), ("JP", None, True),
    ]  # fmt: skip
    assert card.years[0].imports == 100


def test_a_heading_and_what_is_below_it_are_not_added_together():
    card = trade_tables.card(
        flows(
            ("2024", "DE", "CN", "9027", "import", 100, 1, None), ("2024", "DE", "CN", "902730", "import", 60, 1, None),
            ("2024", "DE", "CN", "902781", "import", 40, 1, None),
        ), country="CN", product="9027",
    )  # fmt: skip
    assert card.years[0].imports == 100


def test_a_side_that_no_row_records_is_not_zero():
    card = trade_tables.card(flows(("2024", "DE", "CN", "9027", "import", 5, 1, None)), country="CN", product="9027")
    assert (card.years[0].exports, card.years[0].deficit, card.years[0].competitiveness) == (None, None, None)
    assert trade_tables.card(flows(), country="CN", product="9027").years == ()


def shown(*rows, product="9027", country="CN", **more):
    return trade_tables.card(flows(*rows), country=country, product=product, **more)


def test_a_total_of_too_few_firms_is_hidden_even_over_months():
    card = shown(("202401", "DE", "CN", "9027", "import", 50, 1, 2), ("202402", "DE", "CN", "9027", "import", 9, 1, 2))
    (year,) = card.years
    assert (year.imports, year.imported, year.deficit, year.hidden) == (None, None, None, ("imports",))
    assert [one.value for one in card.partners] == [None]


def test_no_concentration_is_told_over_hidden_partners():
    """Two hidden cells could be solved from their sum and the sum of their squares."""
    card = shown(
        ("2024", "DE", "CN", "9027", "import", 50, 1, 20), ("2024", "US", "CN", "9027", "import", 30, 1, 2),
        ("2024", "JP", "CN", "9027", "import", 20, 1, 5),
    )  # fmt: skip
    assert (card.hhi, card.five) == (None, None)


def test_a_heading_is_hidden_where_a_part_of_it_is():
    """The heading less its other part would tell the hidden one."""
    rows = (
        ("2024", "DE", "CN", "9027", "import", 100, 1, 9), ("2024", "DE", "CN", "902730", "import", 60, 1, 8),
        ("2024", "DE", "CN", "902781", "import", 40, 1, 2), ("2024", "US", "CN", "9027", "import", 80, 1, 9),
        ("2024", "JP", "CN", "9027", "import", 70, 1, 9),
    )  # fmt: skip
    assert {one.country: one.value for one in shown(*rows).partners} == {"DE": None, "US": 80.0, "JP": None}
    assert {one.country: one.value for one in shown(*rows, product="902730").partners} == {"DE": 60.0}
    assert shown(*rows, product="902781").years[0].hidden == ("imports",)


def test_what_is_exported_is_not_told_where_it_would_tell_a_hidden_cell_beside_other_cards():
    rows = (
        ("2024", "DE", "CN", "9027", "both", 50, 1, 2), ("2024", "DE", "US", "9027", "both", 30, 1, 9),
        ("2024", "JP", "CN", "9027", "both", 20, 1, 9), ("2024", "FR", "CN", "9027", "both", 90, 1, 9),
        ("2024", "JP", "US", "9027", "both", 10, 1, 9),
    )  # fmt: skip
    assert shown(*rows, country="DE").years[0].hidden == ("exports",)
    assert shown(*rows, country="JP").years[0].exports == 30
    assert shown(*rows, country="JP", guarded={2024}).years[0].exports is None
    assert shown(*rows).years[0].imports == 160
