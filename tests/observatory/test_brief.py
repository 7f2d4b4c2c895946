import csv
import io
import json
from xml.etree import ElementTree

import docx
import pypdf
import pytest
from django.utils import translation

from liqi.catalogue.models import Institution
from liqi.observatory import brief, question
from liqi.observatory.brief import _map
from tests.observatory.conftest import NOW, instrument, made
from tests.observatory.test_question import QINGDAO, towns  # noqa: F401

pytestmark = pytest.mark.django_db


LAND = {"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [[[117, 35], [6, 0], [0, 3], [-6, -3]]],
        "objects": {"land": {"geometries": [{"arcs": [[[0]]]}]}}}  # fmt: skip
"""An outline of one triangle around Qingdao, its steps told from point to point."""


def make(kind, language="en", text="质谱 in 青岛", land=None):
    with translation.override(language):
        return brief.make(question.understand(text), kind, now=NOW, land=land)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_pdf_is_one_in_each_language(towns, language):  # noqa: F811
    assert make("pdf", language).startswith(b"%PDF-1.")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "What is imported"), ("zh-hans", "哪些靠进口"), ("zh-hant", "哪些靠進口")]
)
def test_the_document_cites_every_figure(towns, language, words):  # noqa: F811
    page = docx.Document(io.BytesIO(make("docx", language)))
    assert words in [one.text for one in page.paragraphs]
    cited = [row.cells[2].text for row in page.tables[0].rows][1:]
    assert len(cited) == 5
    assert all("2026-11-22" in line for line in cited)


def test_what_was_assumed_stands_under_the_answer(towns):  # noqa: F811
    assumed = "Records name no district by code: the whole of Qingdao is counted."
    page = [one.text for one in docx.Document(io.BytesIO(make("docx", text="质谱 in 崂山"))).paragraphs]
    assert page[0] == "Mass spectrometers in Qingdao"
    assert page[3] == assumed
    assert page.count(assumed) == 1
    first = pypdf.PdfReader(io.BytesIO(make("pdf", text="质谱 in 崂山"))).pages[0].extract_text()
    assert first.index(assumed) < first.index("Next three moves")


@pytest.fixture
def placed(towns):  # noqa: F811
    university = made(Institution, "university", city="青岛市")
    instrument("p1", code="010201", institution=university, latitude=36.06, longitude=120.38, **QINGDAO)


@pytest.fixture
def outline(tmp_path):
    (tmp_path / "land.json").write_text(json.dumps(LAND))
    return tmp_path / "land.json"


def test_the_map_has_the_outline_and_a_circle_for_each_place_apart(outline):
    there = question.Link("rows")
    places = [question.Point(*one, there) for one in [
        ("University", 36.06, 120.38, 3), ("Hospital", 36.07, 120.39, 2), ("Yantai", 37.5, 121.4, 1),
    ]]  # fmt: skip
    told = _map.drawn(places, outline)
    drawn = ElementTree.fromstring(told)
    circles = [one for one in drawn.iter() if one.tag.endswith("circle")]
    assert [one.text for one in drawn.iter() if one.tag.endswith("text")] == ["5"]
    assert len(circles) == 2
    qingdao, yantai = ({name: float(one.get(name)) for name in ("cx", "cy", "r")} for one in circles)
    assert qingdao["cx"] < yantai["cx"]
    assert qingdao["cy"] > yantai["cy"]
    assert qingdao["r"] > yantai["r"]
    ring = [tuple(map(float, at.split())) for at in drawn.find("{*}path").get("d").strip("MZ").split("L")]
    west, east = ring[0][0], ring[1][0]
    per_degree = (east - west) / 6
    assert (qingdao["cx"] - west) / per_degree == pytest.approx(120.384 - 117, abs=0.01)


def test_the_document_is_a4_and_has_the_map_with_words_for_those_who_do_not_see_it(placed, outline):
    page = docx.Document(io.BytesIO(make("docx", land=outline)))
    assert (round(page.sections[0].page_width.mm), round(page.sections[0].page_height.mm)) == (210, 297)
    assert len(page.inline_shapes) == 1
    assert 'descr="Each circle is an institution' in page.element.xml
    assert page.element.xml.count("<w:tblHeader/>") == len(page.tables)
    assert not docx.Document(io.BytesIO(make("docx"))).inline_shapes


def test_the_pdf_has_the_map_where_an_outline_is_given(placed, outline):
    words = pypdf.PdfReader(io.BytesIO(make("pdf", land=outline))).pages[0].extract_text()
    assert "Each circle is an institution" in words.replace("\n", " ")
    without = pypdf.PdfReader(io.BytesIO(make("pdf"))).pages[0].extract_text()
    assert "Each circle is an institution" not in without


def test_the_table_gives_the_ids_of_the_rows_of_each_figure(towns):  # noqa: F811
    lines = list(csv.DictReader(io.StringIO(make("csv").decode("utf-8-sig"))))
    have = next(line for line in lines if line["section"] == "have" and line["figure"] == "Instruments")
    assert (have["value"], have["row_ids"], have["as_of"], have["missing"]) == ("3.0", "q1 q2 q3", "2026-11-22", "0.0")
    abroad = next(line for line in lines if line["section"] == "imported" and "Made in" in line["figure"])
    assert (abroad["value"], abroad["rows"], abroad["lens"], abroad["row_ids"]) == ("0.5", "3", "made_in", "q2")
    assert abroad["formula"].startswith("from abroad / (domestic + from abroad)")


def test_a_brief_of_nothing_is_a_brief_too(db):
    assert make("pdf").startswith(b"%PDF")
    assert docx.Document(io.BytesIO(make("docx")))
    assert b"have" in make("csv") or b"section" in make("csv")


def test_an_ending_that_no_brief_has_is_refused(towns):  # noqa: F811
    with pytest.raises(brief.UnknownKind, match="expected one of pdf, docx, csv"):
        make("txt")


def test_each_number_of_a_table_has_its_own_rows_unit_formula_and_lens(towns):  # noqa: F811
    lines = list(csv.DictReader(io.StringIO(make("csv").decode("utf-8-sig"))))
    of_class = {(one["figure"], one["group"]): one for one in lines if one["section"] == "have" and one["group"]}
    share = of_class["Share from abroad", "Organic mass spectrometer"]
    assert (share["value"], share["unit"], share["missing"], share["lens"]) == ("0.5", "share", "0.0", "made_in")
    assert (share["row_ids"], share["rows"]) == ("q1 q2", "2")
    assert share["formula"].startswith("from abroad / (domestic + from abroad)")
    held = [one for one in lines if one["section"] == "where" and one["figure"] == "Instruments"]
    assert all(int(float(one["value"])) == len(one["row_ids"].split()) for one in held)
    assert all(one["formula"] for one in lines)


def test_the_table_of_a_brief_reads_the_snapshot_and_not_the_database(towns, django_assert_max_num_queries):  # noqa: F811
    question.read(question.understand("质谱 in 青岛"), now=NOW)
    with django_assert_max_num_queries(4):
        make("csv")


def test_a_key_with_a_comma_or_a_sign_stays_one_cell_that_no_spreadsheet_runs(db):
    instrument(",=1+1", code="010201", city="青岛", province="370000", made_in="US")
    text = make("csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {line["row_ids"] for line in lines if line["figure"] == "Instruments" and not line["group"]} == {",=1+1"}
    assert text.endswith("\r\n")
