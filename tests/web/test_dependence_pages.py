import csv
import io
from datetime import date

import pytest

from liqi.catalogue.models import Instrument
from tests.observatory.conftest import catalogue, data_folder  # noqa: F401
from tests.web.world import flat

pytestmark = pytest.mark.django_db
PURCHASES, VENDORS, CHOKE = (f"/observatory/dependence/{name}/" for name in ("purchases", "vendors", "choke-points"))
PAGES = (
    *(PURCHASES, f"{PURCHASES}?lens=owner&class=030000&measure=value&band=2", f"{PURCHASES}?band=none"),
    *(VENDORS, f"{VENDORS}?lens=owner&on=2015-01-01", f"{VENDORS}?lens=made_in&on=never"),
    *(CHOKE, f"{CHOKE}?class=030000&lens=brand&use=hours"),
    *("/observatory/rows/?year=2019", "/observatory/rows/?year=none&maker=own,bought"),
)


@pytest.fixture
def bought(catalogue):  # noqa: F811
    Instrument.objects.filter(key__in=["ms-1", "ms-2"]).update(acquired_on=date(2019, 5, 1))
    Instrument.objects.filter(key="nmr-1").update(acquired_on=date(2021, 5, 1))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_in_every_language_with_few_queries(
    client, bought, address, language, django_assert_max_num_queries
):
    client.get("/observatory/")  # the snapshot is taken
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(4):
        answer = client.get(address)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_an_empty_catalogue_is_there_too(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [f"{PURCHASES}?measure=luck", f"{PURCHASES}?band=9", f"{VENDORS}?lens=luck", f"{CHOKE}?class=luck",
     f"{CHOKE}?use=luck", "/observatory/rows/?year=19", "/observatory/rows/?year=soon"],
)  # fmt: skip
def test_what_there_is_not_is_no_page(client, address):
    assert client.get(address).status_code == 404


def lines(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_files_say_what_the_pages_say(client, bought):
    years = lines(client, f"{PURCHASES}?format=csv")
    assert [(one["year"], one["measure"], one["note"]) for one in years[:3]] == [
        ("2019", "units", ""), ("2020", "units", "no purchases"), ("2021", "units", ""),
    ]  # fmt: skip
    league = lines(client, f"{VENDORS}?lens=owner&format=csv")
    assert {one["holder"]: one["country"] for one in league} == {"own": "CN", "X": "CN"}
    points = lines(client, f"{CHOKE}?format=csv")
    assert {one["class_code"]: one["unknown"] for one in points}["040000"] == "fewness"


def test_a_year_without_purchases_says_so_on_the_page(client, bought):
    client.cookies.load({"django_language": "en"})
    assert "no purchases" in flat(client.get(PURCHASES).content.decode())


def test_a_brand_moves_to_its_owner_on_its_day(client, bought):
    client.cookies.load({"django_language": "en"})
    before, after = (
        flat(client.get(f"{VENDORS}?lens=owner&on={day}").content.decode()) for day in ("2019-12-31", "2020-01-01")
    )
    assert "No purchase of a brand is on record for that day." in before
    assert "<strong>X</strong>" in after
