import csv
import io
import re

import pytest
from django.utils import translation

from tests.observatory.conftest import data_folder  # noqa: F401
from tests.observatory.test_question import towns  # noqa: F401
from tests.web.world import flat

pytestmark = pytest.mark.django_db
ADDRESS = "/observatory/ask/?q=质谱+in+青岛"


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    yield client
    translation.activate("zh-hans")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", [ADDRESS, "/observatory/ask/", "/observatory/ask/rows/?q=质谱+in+青岛"])
def test_a_page_is_there_in_every_language_with_few_queries(
    client, towns, address, language, django_assert_max_num_queries  # noqa: F811
):  # fmt: skip
    client.get(ADDRESS)  # the snapshot is taken
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(6):
        answer = client.get(address)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


def test_every_number_opens_just_its_rows(english, towns):  # noqa: F811
    page = flat(english.get(ADDRESS).content.decode())
    links = re.findall(r'<a href="(/observatory/ask/rows/[^"]+)">([\d\u202f]+)</a>', page)
    assert len(links) > 8
    for address, shown in links:
        lines = english.get(address.replace("&amp;", "&") + "&format=csv").getvalue().decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(lines)))) == int(shown.replace("\u202f", "")), address


def test_the_lens_switch_shows_all_three_at_once(english, towns):  # noqa: F811
    page = flat(english.get(ADDRESS + "&lens=brand").content.decode())
    assert page.count("from abroad</span>") == 3
    assert re.search(r'aria-current="true"><span class="lens-name">Brand</span>', page)


def test_a_name_of_several_places_offers_the_others(english, towns):  # noqa: F811
    page = english.get("/observatory/ask/?q=朝阳的质谱").content.decode()
    assert "place=110105" in page
    assert "朝阳区, Beijing" in page


@pytest.mark.parametrize("kind", ["pdf", "docx", "csv"])
def test_one_click_makes_the_brief(english, towns, kind):  # noqa: F811
    page = english.get(ADDRESS).content.decode()
    address = re.search(rf'href="(/observatory/ask/brief\.{kind}[^"]+)"', page)
    answer = english.get(address.group(1).replace("&amp;", "&"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="liqi-010200-370200.{kind}"'
    assert len(answer.content) > 500


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=qwertz+asdf", 422),
        ("q=质谱+in+nowhere", 422),
        ("q=质谱&lens=luck", 404),
        ("q=质谱&class=zz", 404),
        ("q=质谱&place=999999", 404),
    ],
)
def test_an_unclear_question_is_refused_in_words(english, query, status):
    answer = english.get(f"/observatory/ask/?{query}")
    assert answer.status_code == status
    if status == 422:
        assert 'role="alert">Found “' in flat(answer.content.decode())


@pytest.mark.parametrize("query", ["q=qwertz+asdf", "q=质谱&origin=moon", "q=质谱&terms=luck"])
def test_rows_of_what_there_is_not_are_no_page(client, query):
    assert client.get(f"/observatory/ask/rows/?{query}").status_code == 404


def test_an_empty_catalogue_says_what_to_do(english):
    page = english.get(ADDRESS).content.decode()
    assert "No instrument of this class is on record here." in page
    assert "Bring in the list of what stands here" in page
