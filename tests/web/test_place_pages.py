"""Pages of place and of site choice: figures of the published tests, files, refusals, three languages."""

import csv
import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from tests.web.world import flat

pytestmark = pytest.mark.django_db
PAGES = (
    "/observatory/place/",
    "/observatory/place/?industry=334516&floor=0&sort=jobs&page=2",
    "/observatory/place/?floor=9000000",
    "/observatory/place/regions/14460/",
    "/observatory/place/regions/49340/?floor=999999",
    "/observatory/place/companions/?industry=334516",
    "/observatory/place/companions/?floor=99999999",
    "/observatory/place/ring/",
    "/observatory/place/ring/?industry=3345&hubs=3&edges=30,90",
    "/observatory/place/distances/?domain=Social+Sciences",
    "/observatory/sites/",
)


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    yield client
    translation.activate("zh-hans")


def page(client, address):
    return unescape(flat(client.get(address).content.decode()))


def rows(client, address):
    text = client.get(address).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_in_every_language_without_a_query(client, address, language, django_assert_max_num_queries):
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(1):
        answer = client.get(address)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


def test_the_league_shows_boston_first_by_jobs_and_gives_every_region_as_a_file(english):
    said = page(english, "/observatory/place/?sort=jobs")
    first = said.split("<tbody>")[1].split("</tr>")[0]
    assert "Boston-Cambridge" in first
    assert ">3.35<" in first
    assert "26 613" in first
    lines = rows(english, "/observatory/place/?format=csv")
    boston = next(line for line in lines if line["region"] == "14460")
    assert len(lines) == 933
    assert (boston["jobs"], boston["establishments"], boston["formula"]) == (
        "26613.0",
        "263.0",
        "(e_ir / e_r) / (e_i / e)",
    )
    assert float(boston["quotient"]) == pytest.approx(3.351844676)


def test_research_stands_9th_universities_18th_and_drugs_73rd_of_250(english):
    said = page(english, "/observatory/place/companions/")
    assert "Scientific research and development<strong>9 of 250</strong>" in said
    assert "<strong>18 of 250</strong>" in said
    assert "<strong>73 of 250</strong>" in said


def test_the_ring_is_shown_with_and_without_worcester(english):
    said = page(english, "/observatory/place/ring/")
    assert "One case" in said
    band = said.split("60–120 km</th>")[1].split("</tr>")[0]
    assert ">2.42<" in band
    assert "1.16" in band
    assert "without Worcester" in band
    lines = rows(english, "/observatory/place/ring/?format=csv")
    assert [round(float(line["quotient"]), 2) for line in lines] == [1.98, 0.76, 2.42, 0.80, 0.53]


@pytest.mark.parametrize("edges", ["60,120,x", "120,60", "0,5", "1,2,3,4,5,6,7,8,9", "-5"])
def test_edges_that_do_not_rise_are_said_to_be_wrong_and_the_usual_are_used(english, edges):
    said = page(english, f"/observatory/place/ring/?edges={edges}")
    assert f"Found “{edges}”; expected up to eight rising kilometres" in said
    assert "60–120 km" in said


@pytest.mark.parametrize(
    "address",
    ["place/?industry=9999", "place/regions/x/", "place/ring/?hubs_by=cats", "place/distances/?domain=Cats",
     "place/distances/?kind=some", "place/companions/?industry=00"],
)  # fmt: skip
def test_what_there_is_not_is_a_page_that_there_is_not(client, address):
    assert client.get(f"/observatory/{address}").status_code == 404


def test_the_curve_says_its_bandwidth_its_draws_and_its_verdict(english):
    said = page(english, "/observatory/place/distances/?domain=Chemistry+and+Material+Sciences&kind=all")
    assert "53 of 570 sites · 1 000 draws · bandwidth 166.5 km · global band 95.0 %" in said
    lines = rows(english, "/observatory/place/distances/?domain=Chemistry+and+Material+Sciences&kind=all&format=csv")
    assert len(lines) == 101
    assert all(float(line["low"]) <= float(line["high"]) for line in lines)


def test_the_curve_opens_on_the_97_laboratories_with_the_published_bandwidth(english):
    said = page(english, "/observatory/place/distances/")
    assert "97 of 570 sites · 1 000 draws · bandwidth 116.7 km" in said
    one_site = page(english, "/observatory/place/distances/?domain=laboratories&kind=single")
    assert "71 of " in one_site


def test_a_region_shows_its_partners_for_instruments_with_their_reasons(english):
    said = page(english, "/observatory/place/regions/14460/")
    partners = said.split("Partners for instrument making</h2>")[1]
    assert partners.index("Computers and peripherals") < partners.index("Software publishers")
    assert "0.0324" in partners


THREE = "s,a,b,c\nx,1,1,1\ny,2,1,1"
PHONES = (
    "model,storage,camera,price,looks\nM1,16,12,250,5\nM2,16,8,200,3\nM3,32,16,300,4\nM4,32,8,275,4\nM5,16,16,225,2"
)


def test_a_table_is_ranked_with_ties_and_can_be_had_as_a_file(english):
    query = {"table": PHONES, "less": "price", "weigh": "order", "order": "", "method": "topsis"}
    answer = english.get("/observatory/sites/", query)
    said = unescape(flat(answer.content.decode()))
    assert "one site is first" in said
    lines = list(csv.DictReader(io.StringIO(
        english.get("/observatory/sites/", {**query, "format": "csv"}).getvalue().decode("utf-8-sig")
    )))  # fmt: skip
    assert [(line["site"], line["rank"], line["tie"]) for line in lines[:3]] == [
        ("M3", "1", "False"), ("M4", "2", "True"), ("M1", "2", "True")]  # fmt: skip
    assert float(lines[0]["score"]) == pytest.approx(0.691632, abs=5e-7)


def test_weights_by_order_are_centroids_and_weights_by_pairs_say_how_they_agree(english):
    four = "site,a,b,c,d\nx,1,2,3,4\ny,4,3,2,1"
    said = unescape(
        flat(english.get("/observatory/sites/", {"table": four, "order": "a > b > c > d"}).content.decode())
    )
    for share in ("52.1", "27.1", "14.6", "6.3"):
        assert f">{share}" in said
    circle = {"table": four, "weigh": "pairs", "pairs": "a,b,5\nb,c,5\na,c,1/5"}
    said = unescape(flat(english.get("/observatory/sites/", circle).content.decode()))
    assert "The comparisons contradict each other" in said


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"table": "one"}, "Found no table"),
        ({"table": "s,a\nx,1\ny,many"}, "Found “many” for y, a; expected a number"),
        ({"table": "s,a\nx,1\ny"}, "Found “” for y, a; expected a number"),
        ({"table": "s,a\nx,1\nx,2"}, "Found the name “x” twice"),
        ({"table": "s,a,a\nx,1,1\ny,2,2"}, "Found the name “a” twice"),
        ({"table": "s,a\nx,1\ny,2", "order": "b"}, "Found the criterion “b”"),
        ({"table": "s,a,b\nx,1,1\ny,2,1", "weigh": "pairs"}, "Found no comparison"),
        ({"table": "s,a,b\nx,1,1\ny,2,1", "weigh": "pairs", "pairs": "a,b,-1"}, "Found “a,b,-1”"),
        ({"table": THREE, "weigh": "pairs", "pairs": "a,b,1\nb,c,1"}, "Found no comparison of a with c"),
        ({"table": "s,a\n" + "x,1\n" * 2000}, "expected at most 4000"),
        ({"table": "s,a\n" + "".join(f"x{i},1\n" for i in range(99))}, "Found 99 sites"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_ranked_comes_back_with_one_sentence(english, query, words):
    answer = english.get("/observatory/sites/", query)
    assert answer.status_code == 422
    assert words in unescape(flat(answer.content.decode()))


def test_a_file_becomes_the_table_of_the_address(english):
    file = SimpleUploadedFile("s.csv", "地点;人才\n甲;3\n乙;5\n".encode("gb18030"))
    answer = english.post("/observatory/sites/", {"file": file})
    assert answer.status_code == 302
    assert "乙" in english.get(answer["Location"]).content.decode()
    for wrong in (SimpleUploadedFile("x.csv", b"\xff\xfe\x00\x01" * 99), SimpleUploadedFile("x.csv", b"only,one\n")):
        answer = english.post("/observatory/sites/", {"file": wrong})
        assert answer.status_code == 422
    assert english.post("/observatory/sites/").status_code == 422


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_example_can_be_read_back_in_every_language(client, language):
    client.cookies.load({"django_language": language})
    said = client.get("/observatory/sites/").content.decode()
    assert said.count('<th scope="row">') >= 9
    assert client.get("/observatory/sites/").status_code == 200


@pytest.mark.parametrize("address", ["/observatory/sites/", "/observatory/place/regions/14460/"])
def test_what_a_table_of_ones_own_can_be_asked_is_a_click_away(english, address):
    links = re.findall(r'href="(/observatory/table/[^"]+)"', unescape(english.get(address).content.decode()))
    assert len(links) >= 3
    for link in links:
        answer = english.get(link)
        assert answer.status_code == 200
        assert 'role="alert"' not in answer.content.decode()
