"""A file that a method cannot read is refused in the reader's language: on pages, in calls of pages, to programs."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.accounts.models import Person
from liqi.answers import answer, execution, run, storage
from liqi.answers.models import Run
from liqi.methods import find_method
from liqi.methods.phrases import with_words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SAID = {
    "zh-hans": "torn.csv：发现 2 行数字；需要一列时间和一列信号；请把色谱图导出为文本。",
    "zh-hant": "torn.csv：發現 2 列數字；需要一欄時間和一欄訊號；請把層析圖匯出為文字。",
    "en": "torn.csv: found 2 rows of numbers; expected a column of times and one of signals; "
    "export the chromatogram as text.",
}


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    settings.LIQI_APART = False


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("lin@example.org", "long-enough-word", name="Lin")


@pytest.fixture
def failed(person: Person) -> Run:
    file = storage.keep(io.BytesIO(b"time (min),signal\n1,2\n2,3\n"), name="torn.csv", person=person, now=NOW)
    begun = run.start(method="chrom.area", files=[file], person=person, now=NOW)
    execution.perform(key=begun.key, clock=lambda: NOW)
    return Run.objects.get(pk=begun.pk)


@pytest.mark.parametrize("language", SAID)
def test_a_failed_run_says_why_in_the_language_of_who_asks(failed: Run, person: Person, language: str) -> None:
    assert failed.message == SAID["en"], "what is kept is the same for everybody, and names no place on this machine"
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    assert client.get(f"/api/runs/{failed.key}").json()["message"] == SAID[language]
    client.cookies["django_language"] = language
    assert SAID[language] in client.get(f"/runs/{failed.key}/").content.decode()


@pytest.mark.parametrize("language", SAID)
def test_a_setting_that_does_not_fit_is_told_in_the_language_of_who_asks(person: Person, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    file = storage.keep(io.BytesIO(b"x"), name="a.csv", person=person, now=NOW)
    asked = {"method": "chrom.area", "files": [file.key], "parameters": {"no_such": 1}}
    told = client.post("/api/runs", json.dumps(asked), content_type="application/json")
    words = {"zh-hans": "参数 no_such：", "zh-hant": "參數 no_such：", "en": "parameter no_such: found "}
    assert told.status_code == 422
    assert told.json()["detail"].startswith(words[language])


@pytest.mark.parametrize("language", SAID)
def test_a_file_that_cannot_be_shown_says_why(person: Person, language: str) -> None:
    file = storage.keep(io.BytesIO(b"\x89HDF\r\n\x1a\n" + bytes(200)), name="a.nc", person=person, now=NOW)
    client = Client(headers={"Accept-Language": language})
    client.cookies["django_language"] = language
    client.force_login(person)
    page = client.get(f"/files/{file.key}/").content.decode()
    assert str(storage.path_of(file.sha256)) not in page


def test_what_was_left_out_of_a_file_is_told_by_its_name_and_in_chinese(person: Person) -> None:
    whole = find_method("ms.identify").example[0].read_bytes()
    torn = whole[: len(whole) * 9 // 10]
    file = storage.keep(io.BytesIO(torn), name="torn.mzML", person=person, now=NOW)
    begun = run.start(method="ms.identify", files=[file], person=person, now=NOW)
    execution.perform(key=begun.key, clock=lambda: NOW)
    told = with_words(answer.read(Run.objects.get(pk=begun.pk)))["warnings"]
    left_out = next(one for one in told if "ends in the middle" in one["en"])
    assert "read. torn.mzML: found a file that ends in the middle" in left_out["en"]
    assert left_out["zh-Hans"].startswith("有文件未能完整读取：torn.mzML：发现中途中断的文件")
    assert left_out["zh-Hant"].startswith("有檔案未能完整讀取：torn.mzML：發現中途中斷的檔案")
