import csv
import io

import pytest

from liqi.observatory.models import Firm, Project
from tests.observatory.conftest import NOW, data_folder  # noqa: F401
from tests.observatory.test_alternatives import wanted  # noqa: F401
from tests.observatory.test_clusters import two_provinces  # noqa: F401
from tests.web.world import flat

pytestmark = pytest.mark.django_db
CHAIN = "/observatory/chain"
CLUSTER, CONSORTIUM, GAP, ADVICE = (f"{CHAIN}/{name}/" for name in ("cluster", "consortium", "gap", "advice"))
ALTERNATIVES = "/observatory/alternatives/mine/"
PAGES = (
    *(CLUSTER, f"{CLUSTER}?province=340000&radius=20", f"{CLUSTER}?field=materials&radius=much"),
    *(CONSORTIUM, f"{CONSORTIUM}?stage=industrialisation&stage=luck&near=Hefei", f"{CONSORTIUM}?near=Nowhereville"),
    *(GAP, f"{GAP}?class=support&stage=industrialisation&place=合肥&field=materials", f"{GAP}?place=Nowhereville"),
    *(ADVICE, f"{ADVICE}?level=6", "/observatory/chain/"),
)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_in_every_language_with_few_queries(
    client, two_provinces, address, language, django_assert_max_num_queries  # noqa: F811
):  # fmt: skip
    client.get("/observatory/")  # the snapshot is taken
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(6):
        answer = client.get(address)
    assert answer.status_code == 200
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_an_empty_catalogue_is_there_too(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [f"{CLUSTER}?field=luck", f"{GAP}?class=luck", f"{GAP}?stage=luck", f"{GAP}?field=luck", f"{ADVICE}?level=0",
     f"{ADVICE}?level=ten", "/observatory/alternatives/nobody/"],
)  # fmt: skip
def test_what_there_is_not_is_no_page(client, address):
    assert client.get(address).status_code == 404


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    return client


def lines(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def page(client, address):
    return flat(client.get(address).content.decode())


def test_the_cluster_says_its_faults_partners_and_peers(english, two_provinces):  # noqa: F811
    shown = page(english, f"{CLUSTER}?province=340000")
    assert "the middle is empty" in shown
    assert shown.count('state-warn">fault<') == 2
    assert "/facilities/park/" in shown
    assert "Beijing" in shown


def test_the_cluster_is_a_file_too(client, two_provinces):  # noqa: F811
    found = {one["figure"]: one for one in lines(client, f"{CLUSTER}?province=340000&format=csv")}
    assert found["proximity"]["value"] == "1.0"
    assert found["weak_links" if "weak_links" in found else "mid_gap"]["facilities"] == "lab;institute"


def test_a_consortium_names_its_members_and_who_could_stand_in(english, two_provinces):  # noqa: F811
    shown = page(english, f"{CONSORTIUM}?stage=industrial_technology&near=Beijing")
    assert "1 member" in shown
    assert "/facilities/park/" in shown
    assert "/facilities/pilot/" in shown


def test_an_empty_cell_of_the_grid_leads_to_what_fills_it(english, two_provinces):  # noqa: F811
    assert f'href="{GAP}?country=CN' in page(english, "/observatory/chain/")
    shown = page(english, f"{GAP}?place=Beijing")
    assert "Within 50 km" in shown
    assert "/facilities/pilot/" in shown
    assert "Support for pilot platforms in Beijing" in shown
    assert english.get("/rules/one/pilot.beijing.2026/").status_code == 200
    assert "/rules/one/pilot.beijing.2026/" in shown


def test_the_gap_is_a_file_too(client, two_provinces):  # noqa: F811
    kinds = {one["what"] for one in lines(client, f"{GAP}?place=Beijing&format=csv")}
    assert kinds == {"facility", "rule"}


def test_row_001_09_on_the_page_readiness_six_is_sent_to_a_pilot_base(english):
    shown = page(english, f"{ADVICE}?level=6")
    assert "Pilot base" in shown.split("</section>")[0]
    assert f"{GAP}?class=transformation&amp;stage=industrial_technology" in shown


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_alternatives_stand_side_by_side(client, wanted, language, django_assert_max_num_queries):  # noqa: F811
    client.cookies.load({"django_language": language})
    with django_assert_max_num_queries(4):
        answer = client.get(ALTERNATIVES)
    assert answer.status_code == 200
    assert "N1" in answer.content.decode()


def test_alternatives_say_where_to_try_them_and_are_a_file(english, wanted):  # noqa: F811
    shown = page(english, ALTERNATIVES)
    assert "meets it" in shown
    assert "11 km" in shown
    assert "None on record is open to others." in shown
    assert {one["model"] for one in lines(english, f"{ALTERNATIVES}?format=csv")} == {"N1", "N2"}


def test_an_instrument_leads_to_its_alternatives(english, wanted):  # noqa: F811
    assert ALTERNATIVES in page(english, "/instruments/mine/")


def test_firms_and_projects_that_could_fill_a_gap_open_their_records(english, two_provinces):  # noqa: F811
    moments = {"created_at": NOW, "updated_at": NOW}
    firm = Firm.objects.create(name="quantum", city="北京", country="CN", **moments)
    project = Project.objects.create(name="pump", level=6, begun_on=NOW.date(), **moments)
    shown = page(english, f"{GAP}?place=Beijing")
    for board, record in (("firms", firm), ("projects", project)):
        address = f"/observatory/boards/{board}/{record.pk}/"
        assert address in shown
        assert english.get(address).status_code == 200
