import csv
import io

import docx
import pytest
from django.utils import translation

from liqi.observatory import brief, question
from tests.observatory.conftest import NOW
from tests.observatory.test_question import towns  # noqa: F401

pytestmark = pytest.mark.django_db


def make(kind, language="en", text="质谱 in 青岛"):
    with translation.override(language):
        return brief.make(question.understand(text), kind, now=NOW)


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
