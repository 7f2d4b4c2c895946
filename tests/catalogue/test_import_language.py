"""What an import says stands in the language of the person who brought the file in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import liqi.catalogue
from liqi.accounts.models import Person
from liqi.catalogue import _import_work, import_job, importer
from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.models import ImportJob
from liqi.catalogue.search import UnknownFilter, filters
from tests.catalogue.conftest import NOW, Write

pytestmark = pytest.mark.django_db
ROOT = Path(liqi.catalogue.__file__).parent
SAYS = {
    *("reject", "remark", "note", "UnreadableFile", "Wrong", "_Wrong", "Unfit", "Refused", "Unreachable", "Malformed"),
    *("UnknownFilter", "NotAllowed", "NotSaved", "NotExportable", "NotConfigured", "WordsRefused", "UnknownTechnique"),
}
"""What is called with a sentence that a person reads."""
ENGLISH = re.compile(r"\b(found|expected|taken|kept|took|read|with|the|save|export)\b", re.IGNORECASE)
EVERY_KIND = "\n".join(
    [
        "id,kind,name,model,serial,class,maker,value_cny,acquired_on,shared,country,place,latitude,longitude,website,"
        "facility,parent,status,time_zone,contact_email,capabilities,techniques,price_cny_per_hour",
        "1,instrument,高分辨质谱仪（Q Exactive HF）,,S1,10201,赛默飞,125万,20240517,是,,某处地方,,,,理化中心,,,,,,,",
        "1,instrument,重复的编号,,S1,,,,,,,,,,,,,,,,,,",
        "3,gadget,气象色谱仪,,,999999,,很贵,前天,也许,月球,,九十,一百,ftp:x,,,,Moon/Base,x,多,nothing,-1",
        "4,instrument,办公电脑,,,,,,,,,,,,,,,,,,,,",
        "5,instrument,待定,,,,,,,,,,,,,,,,,,,,",
        "6,instrument,厂家直销离心机 13800138000,,,,,,,,,,,,,,,,,,,,",
        "7,instrument,,,,,,,,,,,,,,,,,,,,,",
        "8,instrument," + "长" * 301 + ",,,,,,,,,,,,,,,,,,,,",
        "9,contact,某人,,,,,,,,,,,,,,,,,,,,",
        "10,service,没有单位的服务,,,,,,,,,,,,,,,,,,,,",
        "11,instrument,多了一格,,,,,,,,,,,,,,,,,,,,,,x",
    ]
)


@pytest.fixture
def operator(tmp_path: Path, settings: pytest.FixtureRequest) -> Person:
    settings.LIQI_DATA = tmp_path  # type: ignore[attr-defined]
    return Person.objects.create_superuser(email="o@example.org", password="x", name="Operator")


def bring(content: bytes, person: Person, language: str) -> ImportJob:
    """The file is brought in by somebody who reads that language, and looked at by a worker that has none."""
    with translation.override(language):
        job = import_job.begin(name="清单.csv", pieces=[content], person=person, institution=None, now=NOW)
    translation.deactivate()
    _import_work.perform(job.key, now=NOW)
    job.refresh_from_db()
    if job.state == "mapping":
        with translation.override(language):
            import_job.choose(job, fields=job.fields, sheet="", source="", save_as="", person=person, now=NOW)
        _import_work.perform(job.key, now=NOW)
        job.refresh_from_db()
    return job


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_no_english_sentence_stands_among_the_problems_of_a_chinese_import(operator: Person, language: str) -> None:
    job = bring(EVERY_KIND.encode(), operator, language)
    assert job.language == language
    said = {kind["code"]: kind["example"] for kind in job.found["kinds"]}
    said |= {one["code"]: one["message"] for row in import_job.preview(job) for one in row["problems"]}
    assert len(said) >= 22, sorted(said)
    written = {code: re.sub(r"'[^']*'|https?://\S+", "", words) for code, words in said.items()}
    assert not {code: words for code, words in written.items() if ENGLISH.search(words)}
    assert all(re.search(r"[\u4e00-\u9fff]", words) for words in written.values())


def test_the_same_file_speaks_english_to_an_english_reader(operator: Person) -> None:
    job = bring(EVERY_KIND.encode(), operator, "en")
    assert all(ENGLISH.search(kind["example"]) for kind in job.found["kinds"])


def test_a_file_that_cannot_be_read_says_so_in_chinese(operator: Person) -> None:
    job = bring(b"PK\x03\x04 no archive", operator, "zh-hans")
    assert job.state == "failed"
    assert "压缩包或工作簿已损坏或不完整" in job.message


def test_the_rejected_rows_give_their_reasons_in_the_same_language(operator: Person) -> None:
    job = bring(EVERY_KIND.encode(), operator, "zh-hans")
    assert "每行都应有" in import_job.rejected_path(job).read_text("utf-8-sig")


def test_a_wrong_filter_is_told_in_the_readers_language() -> None:
    for language, words in (("zh-hans", "应为四位数字"), ("zh-hant", "應為四位數字"), ("en", "expected four digits")):
        with translation.override(language), pytest.raises(UnknownFilter, match=words):
            filters({"year": ["soon"]})


def test_a_cached_remark_is_not_said_in_the_language_of_the_reader_before(write: Write) -> None:
    path = write("list.csv", "id,name\n1,待定\n")
    heard = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            heard.append(importer.import_file(path, now=NOW, dry_run=True)["problems"][0]["message"])
    assert heard[0].startswith("found '待定'")
    assert heard[1].startswith("名称写的是")


def sentences() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (name := called(node)) in SAYS:
                place = {"reject": 2, "remark": 2, "note": 1, "_Wrong": 1}.get(name, 0)
                if len(node.args) > place:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[place]


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_untranslated(given: ast.expr) -> bool:
    """Whether a sentence is written here past gettext; a name, a lone value or `{name}: {problem}` is none."""
    if isinstance(given, ast.BinOp):
        return is_untranslated(given.left)
    if isinstance(given, ast.JoinedStr):
        given = ast.Constant(" ".join(part.value for part in given.values if isinstance(part, ast.Constant)))
    return isinstance(given, ast.Constant) and bool(re.search(r"[a-z]{3,} [a-z]", str(given.value)))


def test_every_sentence_of_a_refusal_or_remark_goes_through_gettext() -> None:
    found = list(sentences())
    assert len(found) > 150
    assert [place for place, given in found if is_untranslated(given)] == []


def test_a_sentence_past_gettext_would_be_noticed() -> None:
    call = ast.parse('draft.reject("name", "code", f"found {text}; expected a name.")', mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_untranslated(call.args[2])


def test_the_command_line_says_it_in_english(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="expected a table with a header"):
        importer.import_file(write("empty.csv", ""), now=NOW)
