import csv
import io
import json
import re

import pytest
from django.utils import translation

from liqi.catalogue.models import Institution
from tests.observatory.conftest import data_folder, instrument, made  # noqa: F401
from tests.observatory.test_question import QINGDAO, towns  # noqa: F401
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


def test_every_chart_has_its_table_and_the_file_of_the_same_figures(english, towns):  # noqa: F811
    page = english.get(ADDRESS).content.decode()
    charts = {
        name: json.loads(text)
        for name, text in re.findall(r'<script id="chart-(\w+)" type="application/json">(.*?)</script>', page)
    }
    assert set(charts) == {"classes", "origins", "makers"}
    files = dict(re.findall(r'href="(/observatory/ask/tables/(\w+)\.csv\?[^"]+)"', page))
    for name, chart in charts.items():
        address = next(one for one, key in files.items() if key == name).replace("&amp;", "&")
        lines = list(csv.DictReader(io.StringIO(english.get(address).getvalue().decode("utf-8-sig"))))
        assert chart["categories"] == [next(iter(line.values())) for line in lines]
        for series in chart["series"]:
            assert series["values"] == [float(line[series["name"]]) for line in lines]
    assert english.get("/observatory/ask/tables/none.csv?q=质谱+in+青岛").status_code == 404


def test_the_map_shows_the_institutions_whose_instruments_have_a_point(english, towns):  # noqa: F811
    north = made(Institution, "north", country="CN", name="北方")
    instrument("n1", code="010201", made_in="CN", institution=north, latitude=36.1, longitude=120.4, **QINGDAO)
    instrument("n2", code="010201", made_in="CN", institution=north, **QINGDAO)
    page = english.get(ADDRESS).content.decode()
    drawn = json.loads(re.search(r'<script id="answer-map" type="application/json">(.*?)</script>', page).group(1))
    assert [point[:3] for point in drawn["points"]] == [[120.4, 36.1, 2]]
    assert "institution=north" in drawn["points"][0][4]
    rows = english.get(drawn["points"][0][4] + "&format=csv").getvalue().decode("utf-8-sig")
    assert [line["id"] for line in csv.DictReader(io.StringIO(rows))] == ["n1", "n2"]
    assert "3 instruments have no point on record" in flat(page)
    assert "Of 3 instruments no institution is recorded" in flat(page)


def test_the_lens_switch_shows_all_three_at_once(english, towns):  # noqa: F811
    page = flat(english.get(ADDRESS + "&lens=brand").content.decode())
    assert page.count("from abroad</span>") == 3
    assert re.search(r'aria-current="true"><span class="lens-name">Brand</span>', page)


def test_a_name_of_several_places_offers_the_others(english, towns):  # noqa: F811
    page = english.get("/observatory/ask/?q=朝阳的质谱").content.decode()
    assert "place=110105" in page
    assert "Chaoyang, Beijing" in page


@pytest.mark.parametrize("kind", ["pdf", "docx", "csv"])
def test_one_click_makes_the_brief(english, towns, kind):  # noqa: F811
    page = english.get(ADDRESS).content.decode()
    address = re.search(rf'href="(/observatory/ask/brief\.{kind}[^"]+)"', page)
    answer = english.get(address.group(1).replace("&amp;", "&"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="liqi-010200-370200.{kind}"'
    assert len(b"".join(answer)) > 500


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
