"""Demand of downstream industries and leap-frog fields, by the rows of the mission that ask for them."""

import polars as pl
import pytest

from liqi import insight
from liqi.insight import UnusableTable


def test_row_003_04_three_industries_lead_to_the_classes_that_they_use():
    table = pl.DataFrame(
        {
            "industry": ["home appliances", "home appliances", "rail", "cars", "cars", ""],
            "class": ["chamber", "meter", "meter", "chamber", "gauge", "meter"],
            "demand": ["4", "6", "2", "3", "5", "9"],
        }
    )
    found = insight.compute("industry_instruments", table, insight.Question())
    of_class = {one.group["class"]: one for one in found if one.group["industry"] is None}
    assert {name: one.value for name, one in of_class.items()} == pytest.approx(
        {"chamber": 2 / 3, "meter": 2 / 3, "gauge": 1 / 3}
    )
    assert of_class["meter"].counts == {"industries": 2, "demand": 8}
    cells = {(one.group["industry"], one.group["class"]): one for one in found if one.group["industry"]}
    assert len(cells) == 9
    assert cells["cars", "gauge"].value == 5
    assert (cells["rail", "gauge"].value, cells["rail", "gauge"].note) == (None, "none recorded")
    assert found[0].missing == pytest.approx(1 / 6)


def test_row_000_19_a_field_to_leap_ahead_in_is_related_strong_and_not_dependent():
    table = pl.DataFrame(
        {"field": ["a", "b", "c"], "relatedness": [0.5, 0.6, 0.9], "strength": [0.8, 0.5, None],
         "dependence": [0.25, 0.9, 0.1]}
    )  # fmt: skip
    found = insight.compute("opportunity", table, insight.Question())
    assert [one.group["field"] for one in found] == ["a", "b", "c"]
    assert [one.value for one in found[:2]] == pytest.approx([0.3, 0.03])
    assert (found[2].value, found[2].note, found[2].missing) == (None, "not known", pytest.approx(1 / 3))
    with pytest.raises(UnusableTable, match="row 1, column strength: found 80; expected a share from 0 to 1"):
        insight.compute("opportunity", table.with_columns(strength=pl.lit(80)), insight.Question())
