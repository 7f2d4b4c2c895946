from datetime import date

import polars as pl
import pytest

from liqi.insight import NONE_RECORDED, NOT_KNOWN, UnusableTable, dependence


def stock(foreign, domestic, blank=0):
    return pl.DataFrame({"made_in": ["US"] * foreign + ["CN"] * domestic + [""] * blank})


def test_the_national_stock_of_2015_is_three_quarters_imported():
    stock_2015 = pl.DataFrame({"made_in": ["abroad", "CN"], "count": [46_127, 61_251 - 46_127]})
    (figure,) = dependence.share(stock_2015, weight="count")
    assert figure.value == pytest.approx(0.753081, abs=1e-6)


def test_14_domestic_of_1000_are_one_point_four_percent():
    (figure,) = dependence.share(stock(986, 14), of="domestic")
    assert figure.value == pytest.approx(0.014)
    assert (figure.rows, figure.missing, figure.unit, figure.lens) == (1000, 0.0, "share", "made_in")


def test_blanks_are_left_out_of_the_share_and_told_apart():
    (figure,) = dependence.share(stock(3, 1, blank=4))
    assert figure.value == 0.75
    assert figure.missing == 0.5
    assert figure.counts == {"foreign": 3, "domestic": 1, "not_said": 4}


def test_a_table_that_says_nothing_has_no_share():
    (figure,) = dependence.share(stock(0, 0, blank=4))
    assert figure.value is None
    assert figure.note == NOT_KNOWN


def test_an_empty_cell_of_the_heat_table_is_none_recorded_and_a_wholly_foreign_one_is_zero():
    frame = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "class": ["MS", "MS", "NMR"],
            "value_cny": [499_999, 3_000_000, 2_000_000],
            "made_in": ["CN", "US", "CN"],
        }
    )
    heat = dependence.heat(dependence.with_band(frame), "made_in")
    assert heat.cells["MS", "under 0.5 M"].value == 1.0
    assert heat.cells["MS", "2 M to 5 M"].value == 0.0
    empty = heat.cells["NMR", "under 0.5 M"]
    assert (empty.value, empty.note, empty.rows) == (None, NONE_RECORDED, 0)
    assert heat.cells["NMR", "2 M to 5 M"].row_ids == ("c",)
    assert heat.row_sums["MS"].value == 0.5
    assert heat.column_sums["5 M and over"].note == NONE_RECORDED
    assert heat.total.value == pytest.approx(2 / 3)


def test_bands_take_their_lower_edge_in_and_their_upper_edge_out():
    frame = dependence.with_band(pl.DataFrame({"value_cny": ["499999.99", "500000", "2,000,000", "", None]}))
    assert frame["band"].to_list() == ["under 0.5 M", "0.5 M to 2 M", "2 M to 5 M", None, None]


def test_either_lens_counts_both_once():
    frame = pl.DataFrame(
        {
            "brand_country": ["CN", "CN", "US", "US", None, "CN"],
            "made_in": ["CN", "US", "CN", "US", "CN", None],
        }
    )
    n = {name: figure.value for name, figure in dependence.overlap(frame).items()}
    assert n["either"] == n["brand"] + n["made_in"] - n["both"] == 5


def test_a_bought_brand_moves_under_the_owner_lens_from_that_day_and_never_under_made_in():
    frame = pl.DataFrame({"maker": ["M", "N"], "brand_country": ["US", "CN"], "made_in": ["US", "CN"]})
    owners = pl.DataFrame(
        {"maker": ["M"], "owner_country": ["CN"], "from_on": [date(2015, 3, 1)], "to_on": [None]},
        schema_overrides={"to_on": pl.Date},
    )
    for day, domestic in ((date(2015, 2, 28), 0.5), (date(2015, 3, 1), 1.0)):
        seen = dependence.with_owner(frame, owners, day)
        assert dependence.share(seen, "owner", of="domestic")[0].value == domestic
        assert dependence.share(seen, "made_in", of="domestic")[0].value == 0.5


def test_a_foreign_brand_made_at_home_is_no_import_in_law():
    frame = pl.DataFrame({"customs_cleared": ["true", "true"], "made_abroad": ["false", "true"]})
    assert dependence.share(frame, "legal_import")[0].value == 0.5


def test_the_value_lens_leaves_out_rows_without_a_value():
    frame = pl.DataFrame({"made_in": ["US", "CN", "CN"], "value_cny": [300.0, 100.0, None]})
    (figure,) = dependence.share(frame, weight="value_cny")
    assert figure.value == 0.75
    assert figure.missing == pytest.approx(1 / 3)


def test_parts_of_an_instrument_carry_their_dependence_up():
    assert dependence.carried_up([0.8, 0.9]) == pytest.approx({"independent": 0.98, "weakest": 0.9})


def test_names_of_firms_are_not_taken_for_countries():
    with pytest.raises(UnusableTable, match="expects one of brand_country"):
        dependence.share(pl.DataFrame({"brand": ["Thermo Fisher"]}), "brand")


def test_groups_with_a_blank_are_kept_and_come_last():
    frame = pl.DataFrame({"class": ["", "A"], "made_in": ["US", "CN"]})
    assert [figure.group["class"] for figure in dependence.share(frame, by=["class"])] == ["A", None]


def test_a_word_among_the_values_is_named():
    with pytest.raises(UnusableTable, match="row 2, column value_cny: found 'dear'"):
        dependence.with_band(pl.DataFrame({"value_cny": ["1", "dear"]}))


def test_home_is_known_by_many_names():
    said = ["CN", "中国", "中國", "China", "cn", "Beijing", "深圳", "US", "美国", "HK", "abroad", "NA", " "]
    (figure,) = dependence.share(pl.DataFrame({"made_in": said}))
    assert figure.counts == {"foreign": 4, "domestic": 7, "not_said": 2}


def test_a_weight_below_zero_is_refused():
    with pytest.raises(UnusableTable, match="column n: found -3; expected numbers from 0 up"):
        dependence.share(pl.DataFrame({"made_in": ["CN", "US"], "n": ["5", "-3"]}), weight="n")


@pytest.mark.parametrize("said", ["nan", "inf", "1e400"])
def test_what_is_no_finite_number_is_named(said):
    with pytest.raises(UnusableTable, match=f"row 2, column n: found '{said}'; expected a number"):
        dependence.number(pl.DataFrame({"n": ["1", said]}), "n")


def test_a_column_of_numbers_may_have_holes_and_nothing_infinite():
    assert dependence.number(pl.DataFrame({"n": [1.0, float("nan"), None]}), "n").to_list() == [1.0, None, None]
    with pytest.raises(UnusableTable, match="found inf"):
        dependence.number(pl.DataFrame({"n": [1.0, float("inf")]}), "n")
