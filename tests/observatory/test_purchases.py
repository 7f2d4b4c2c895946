from datetime import date
from decimal import Decimal

import pytest

from liqi.observatory import dependence, purchases
from tests.observatory.conftest import NOW, instrument

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(db):
    """Two of 2019 (one domestic, dear), none of 2020, one domestic of 2021, one undated."""
    instrument("a", made_in="CN", value=Decimal(3_000_000), acquired_on=date(2019, 5, 1))
    instrument("b", made_in="US", value=Decimal(1_000_000), acquired_on=date(2019, 6, 1))
    instrument("c", made_in="CN", value=Decimal(1_000_000), acquired_on=date(2021, 6, 1))
    instrument("d", made_in="US", value=Decimal(100))


def test_row_002_03_years_by_number_and_by_value_with_the_year_that_has_none(bought):
    found = purchases.read(now=NOW)
    assert found.years == (2019, 2020, 2021)
    assert [found.by["units"].figures[year].value for year in found.years] == [0.5, None, 1.0]
    assert found.by["value"].figures[2019].value == 0.75
    assert found.by["units"].figures[2020].note == "no purchases"
    assert found.by["units"].undated.rows == 1
    assert found.by["units"].substitution[2021].value == 1.0


def test_classes_by_band_and_year_have_their_cells(bought):
    every = purchases.read(now=NOW).heat.cells
    assert (every["030000", "2019"].value, every["030000", "2020"].note) == (0.5, "none recorded")
    dear = purchases.read(now=NOW, band="2").heat.cells
    assert (dear["030000", "2019"].value, dear["030000", "2021"].value) == (1.0, None)
    assert purchases.read(now=NOW, measure="value").heat.cells["030000", "2019"].value == 0.75


@pytest.mark.parametrize(("year", "ids"), [("2019", ["a", "b"]), ("none", ["d"]), ("2020", [])])
def test_a_year_opens_its_rows(bought, year, ids):
    frame, _ = dependence.rows(now=NOW, lens="made_in", year=year)
    assert frame.collect()["id"].to_list() == ids


def test_nothing_bought_is_no_year():
    found = purchases.read(now=NOW)
    assert (found.years, found.by["units"].base) == ((), None)
