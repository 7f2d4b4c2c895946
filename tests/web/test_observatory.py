import csv
import html
import io
import re

import pytest
from django.urls import reverse
from django.utils import translation

from tests.observatory.conftest import catalogue, data_folder  # noqa: F401
from tests.web.world import flat

pytestmark = pytest.mark.django_db
PAGES = (
    *("/observatory/", "/observatory/dependence/", "/observatory/dependence/?lens=owner&class=030000"),
    *("/observatory/rows/?lens=brand", "/observatory/rows/?class=030000&band=none&origin=not_said"),
    *("/observatory/chain/", "/observatory/chain/?field=energy", "/observatory/facilities/?class=research"),
)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_in_every_language_with_few_queries(
    client, catalogue, address, language, django_assert_max_num_queries  # noqa: F811
):  # fmt: skip
    client.get("/observatory/")  # the snapshot is taken
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(4):
        answer = client.get(address)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_an_empty_catalogue_is_there_too(client, address):
    assert client.get(address).status_code == 200


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    yield client
    translation.activate("zh-hans")


def test_none_recorded_stands_apart_from_zero(english, catalogue):  # noqa: F811
    page = flat(english.get("/observatory/dependence/").content.decode())
    assert page.count("none recorded</span>") >= 5
    zero = re.search(r'data-level="zero"[^>]*><a [^>]*><strong>0.0 %</strong>', page)
    assert zero, "a wholly foreign cell is drawn as 0 %, not as a hole"


def test_every_figure_of_the_heat_table_opens_just_its_rows(english, catalogue):  # noqa: F811
    page = flat(english.get("/observatory/dependence/").content.decode())
    cells = re.findall(r'<a href="(/observatory/rows/[^"]+)" title="(\d+) rows', page)
    assert len(cells) > 6
    for address, rows in cells:
        lines = english.get(address.replace("&amp;", "&") + "&format=csv").getvalue().decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(lines)))) == int(rows), address


def test_the_lens_moves_the_number(english, catalogue):  # noqa: F811
    page = flat(english.get("/observatory/dependence/?lens=owner").content.decode())
    values = re.findall(r'<span class="lens-value">\s*([\d.]+ %)', page)
    assert values == ["33.3 %", "50.0 %", "100.0 %"]
    assert 'aria-current="true"><span class="lens-name">Owner' in page


def test_a_figure_says_how_much_of_it_is_synthetic(english, catalogue):  # noqa: F811
    page = english.get("/observatory/dependence/").content.decode()
    assert "25.0 % of the records counted here were generated" in page


def test_the_heat_table_is_a_file_too(english, catalogue):  # noqa: F811
    lines = english.get("/observatory/dependence/?format=csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert {row["note"] for row in rows} == {"", "none recorded", "not known"}
    assert all(row["domestic_share"] == "" for row in rows if row["note"])


def test_gaps_of_the_chain_are_drawn_as_gaps(english, catalogue):  # noqa: F811
    page = english.get("/observatory/chain/?field=materials").content.decode()
    opened = re.search(r'href="(/observatory/facilities/[^"]*field=materials[^"]*)">\d+ / 12<', page)
    assert opened, "the cells of a field open its facilities"
    assert english.get(html.unescape(opened[1])).status_code == 200
    assert page.count('class="link-hole"') == 10
    assert page.count('class="link-tile"') == 2
    address = re.search(r'link-tile" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    assert "/facilities/lab/" in english.get(address).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/observatory/dependence/?lens=luck",
        "/observatory/dependence/?class=zz",
        "/observatory/rows/?band=9",
        "/observatory/rows/?origin=moon",
        "/observatory/facilities/?stage=stage",
        "/observatory/facilities/?peers=nowhere",
    ],
)
def test_an_address_that_means_nothing_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_figure_of_which_most_is_missing_is_drawn_as_weak(english, catalogue):  # noqa: F811
    from tests.observatory.conftest import instrument

    for n in range(9):
        instrument(f"silent-{n}", made_in="")
    page = flat(english.get("/observatory/dependence/").content.decode())
    assert 'class="heat-weak" title=' in page
    assert "weak: more than half of the rows do not say" in page


def test_the_front_page_asks_first_and_has_a_door_to_every_question(english, catalogue):  # noqa: F811
    from liqi.web.observatory_doors import GROUPS

    page = english.get("/observatory/").content.decode()
    assert 'action="/observatory/ask/"' in page
    names = [door.name for _title, _icon, group in GROUPS for door in group]
    assert len(set(names)) == len(names) > 20
    assert not [name for name in names if f'class="strong" href="{reverse(name)}"' not in page]
