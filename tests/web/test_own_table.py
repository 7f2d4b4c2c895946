import csv
import io

import polars as pl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from liqi.insight import INDICATORS, Question, answer, examples
from liqi.web.pages.own_table import EXAMPLE_SETTINGS, SETTINGS, TITLES
from tests.web.world import flat

pytestmark = pytest.mark.django_db
PAGE = "/observatory/table/"


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    return client


@pytest.mark.parametrize("name", TITLES)
def test_every_example_is_counted_in_every_language(client, name):
    assert name in examples.names()
    for language in ("zh-hans", "zh-hant", "en"):
        client.cookies.load({"django_language": language})
        shown = client.get(f"{PAGE}?indicator={name}&example=yes")
        assert shown.status_code == 200
        assert 'role="alert"' not in shown.content.decode()


def test_the_examples_have_their_known_answers(english):
    def count(name):
        frame = pl.read_csv(io.StringIO(examples.text(name)), infer_schema=False)
        return answer(name, frame, Question(settings=EXAMPLE_SETTINGS.get(name, {})))["values"]

    assert count("dependence")[0]["value"] == pytest.approx(0.753081, abs=1e-6)
    assert count("mid_gap")[0]["value"] == pytest.approx((62 + 56) / 2 / 13)
    assert count("degree_centrality")[0]["name"] == "Diane"
    assert {one["part"] for one in count("technology_tree") if one.get("note", "").startswith("single")} == {
        "turbo pump", "electron multiplier", "analogue-digital converter",
    }  # fmt: skip
    assert {one["member"] for one in count("consortium")} == {"university", "firm"}
    assert [one["value"] for one in count("instrument_demand")] == [16]
    assert count("peer_distance")[0]["city"] == "Xi'an"


def test_what_is_pasted_is_counted_and_comes_as_a_file(english):
    table = "part;parent;foreign_share;sources\ninstrument;;;\nsensor;instrument;80 %;1\nchip;instrument;0.9;1\n"
    shown = flat(english.post(PAGE, {"indicator": "technology_tree", "table": table}).content.decode())
    assert "98.0 %" in shown
    assert shown.count("single source, no substitute</span>") == 2
    answered = english.post(PAGE, {"indicator": "technology_tree", "table": table, "format": "csv"})
    lines = list(csv.DictReader(io.StringIO(b"".join(answered.streaming_content).decode("utf-8-sig"))))
    assert [(one["part"], one["bound"], one["value"]) for one in lines[:2]] == [
        ("instrument", "independent", "0.98"), ("instrument", "weakest", "0.9"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"table": ""}, "Found no table"),
        ({"table": "a,b\n1\n2,3,4"}, "expected"),
        ({"table": "part,parent\na,b\nb,a"}, "in a circle"),
        ({"table": "part,parent\na,", "by": "luck"}, "expected luck too"),
        ({"table": "x" * 2_000_001}, "Found more than 2 MB"),
        ({"indicator": "talent_coverage", "table": "talent,stage,people\nmanager,x,-1"}, "from 0 up"),
    ],
)
def test_what_cannot_be_counted_is_said_in_one_sentence_and_nothing_typed_is_lost(english, asked, says):
    answered = english.post(PAGE, {"indicator": "technology_tree", **asked})
    assert answered.status_code == 422
    shown = flat(answered.content.decode())
    assert says in shown
    if 0 < len(asked["table"]) < 100:
        assert asked["table"].split("\n")[0] in shown


def test_no_file_of_the_server_can_be_named(client):
    assert "owners" in INDICATORS["league"].settings
    assert "owners" not in SETTINGS
    shown = client.post(PAGE, {"indicator": "league", "table": "maker\na", "owners": "/etc/passwd"})
    assert shown.status_code == 200
    assert "passwd" not in shown.content.decode()


def test_an_indicator_that_there_is_not_is_no_page(client):
    assert client.get(f"{PAGE}?indicator=luck").status_code == 404


def test_a_header_without_rows_has_no_figure_and_says_so(english):
    shown = english.post(PAGE, {"indicator": "technology_tree", "table": "part,parent\n"})
    assert shown.status_code == 200
    assert "none recorded" in flat(shown.content.decode())


def book(*rows):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as written:
        sheet = written.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return SimpleUploadedFile("t.xlsx", made.getvalue())


def test_a_workbook_is_counted_as_its_first_sheet(english):
    sheet = book(["maker", "count"], ["A", 3], ["B", 1])
    shown = flat(english.post(PAGE, {"indicator": "league", "file": sheet}).content.decode())
    assert "0.75" in shown
    twice = book(["maker", "maker"], ["A", 3])
    refused = english.post(PAGE, {"indicator": "league", "file": twice})
    assert refused.status_code == 422
    assert "two alike" in refused.content.decode()


def test_a_page_in_chinese_has_its_formula_heads_unit_and_refusal_in_chinese(client):
    client.cookies.load({"django_language": "zh-hans"})
    shown = client.get(f"{PAGE}?indicator=choke_points&example=yes").content.decode()
    for words in ("国外占比 × 国外来源的 HHI", ">来源稀少<", "指数 ·", "国外占比达到多少才可能是卡脖子点"):
        assert words in flat(shown) or words in shown
    refused = client.post(PAGE, {"indicator": "choke_points", "table": "a,b\n1,2\n"}).content.decode()
    assert "计算卡脖子点还需要 class, maker" in refused
