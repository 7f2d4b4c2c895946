from datetime import date

import pytest

from liqi.catalogue.models import Maker, MakerOwner
from liqi.observatory import dependence, vendors
from tests.observatory.conftest import NOW, instrument, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(db):
    """Two instruments of a brand that the maker "buyer" bought on 2015-03-01, one of the buyer, one of no maker."""
    brand, buyer = made(Maker, "brand", brand_country="US"), made(Maker, "buyer", brand_country="CN")
    MakerOwner.objects.create(maker=brand, owner="buyer", owner_country="CN", from_on=date(2015, 3, 1))
    for key, maker in (("1", brand), ("2", brand), ("3", buyer), ("4", None)):
        instrument(key, made_in="SG", maker=maker)


def test_row_000_12_on_record_a_bought_brand_moves_on_its_day_and_only_for_the_owner(held):
    sizes = {
        (lens, day): {h.name: h.size for h in vendors.read(now=NOW, lens=lens, on=day).league.holders}
        for lens in ("owner", "brand", "made_in")
        for day in (date(2015, 2, 28), date(2015, 3, 1))
    }
    apart, together = {"brand": 2, "buyer": 1}, {"buyer": 3}
    assert sizes["owner", date(2015, 2, 28)] == apart
    assert sizes["owner", date(2015, 3, 1)] == together
    assert all(found == apart for (lens, _), found in sizes.items() if lens != "owner")


def test_the_league_names_what_was_bought_and_its_rows(held):
    found = vendors.read(now=NOW, lens="owner")
    (holder,) = found.moved
    assert holder.brands == ("brand", "buyer")
    assert found.league.missing == 0.25
    assert found.names["brand"] == ("brand", "")
    assert found.hhi_of_countries == 1.0
    frame, _ = dependence.rows(now=NOW, lens="owner", makers=holder.brands)
    assert frame.collect()["id"].to_list() == ["1", "2", "3"]


def test_an_empty_catalogue_has_an_empty_league():
    found = vendors.read(now=NOW)
    assert (found.league.holders, found.hhi_of_countries) == ((), None)
