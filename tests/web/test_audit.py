import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db
SENTENCE = "14个最活跃的机构，4家位于波士顿、6家位于湾区、2家位于纽约、3家位于欧洲。"


@pytest.fixture
def english(client):
    client.cookies.load({"django_language": "en"})
    return client


@pytest.mark.parametrize(("language", "says"), [("zh-hans", "整体写作"), ("zh-hant", "整體寫作"), ("en", "make 15")])
def test_the_faulty_sentence_is_marked_in_every_language(client, language, says):
    client.cookies.load({"django_language": language})
    page = client.post("/audit/", {"text": SENTENCE}).content.decode()
    assert "<mark>14个</mark>" in page
    assert says in page
    assert "style=" not in page


def test_a_sound_text_gives_no_finding(english):
    page = english.post("/audit/", {"text": "国产12台、进口30台，合计42台。"}).content.decode()
    assert "No figure contradicts another" in page
    assert "0 findings" in page


def test_what_follows_is_derived(english):
    page = english.post("/audit/", {"text": "合肥有量子企业58家，其中核心企业25家。"}).content.decode()
    assert "43.1%" in page


def test_findings_are_files_too(english):
    found = json.loads(english.post("/audit/", {"text": SENTENCE, "format": "json"}).content)
    assert found["findings"][0]["check"] == "parts"
    lines = english.post("/audit/", {"text": SENTENCE, "format": "csv"}).getvalue().decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(lines)))["check"] == "parts"


def test_a_file_is_audited_as_a_text_is(english):
    file = SimpleUploadedFile("brief.csv", "厂商,台数\n甲,50\n乙,30\n合计,90\n".encode("gb18030"))
    assert "1 finding" in english.post("/audit/", {"file": file}).content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"text": " "}, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}, {"text": "a" * 2_000_001}]
)
def test_what_cannot_be_audited_is_said_in_one_sentence(english, sent):
    answer = english.post("/audit/", sent)
    assert answer.status_code == 422
    assert "expected" in answer.content.decode()


def test_what_is_pasted_is_never_markup(english):
    page = english.post("/audit/", {"text": "<script>alert(1)</script> 2023年2月30日"}).content.decode()
    assert "<script>alert" not in page
