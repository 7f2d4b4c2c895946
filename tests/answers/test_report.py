"""A report says the same in HTML and PDF, in three languages, and asks nothing of the outside."""

import hashlib
import re
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from lxml import html as markup
from pypdf import PdfReader

from liqi.answers.report import STYLE_HASH, write
from liqi.answers.report._plots import line_svg
from liqi.methods import LANGUAGES, Answer, BadParameter, UnreadableFile, find_method

METHODS = ("ms.identify", "ms.mixture")


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    return {name: find_method(name).run(find_method(name).example) for name in METHODS}


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", METHODS)
def test_the_pdf_says_verdict_compounds_warnings_and_hashes(
    method: str, language: str, answers: dict[str, Answer], tmp_path: Path
) -> None:
    answer = answers[method]
    path = write(answer, tmp_path / "answer.pdf", language)
    text = squeezed("".join(page.extract_text() for page in PdfReader(path).pages))
    assert squeezed(answer.title.of(language)) in text
    assert squeezed(answer.sentence.of(language)) in text
    assert squeezed(answer.findings[0].name) in text
    for notice in answer.warnings:
        assert squeezed(notice.text.of(language)) in text
    assert all(one.sha256 in text for one in answer.inputs)
    assert {"zh-Hans": "仅供研究使用", "zh-Hant": "僅供研究使用", "en": "Researchuseonly"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_holds_the_same_and_loads_nothing(language: str, answers: dict[str, Answer], tmp_path: Path) -> None:
    answer = answers["ms.identify"]
    text = write(answer.as_json(), tmp_path / "answer.html", language).read_text(encoding="utf-8")
    page = markup.document_fromstring(text)
    assert page.get("lang") == language
    assert answer.sentence.of(language) in page.text_content()
    assert not page.xpath("//script|//link|//img|//iframe|//*[@style]|//@href|//@src")
    assert "url(" not in text
    assert len(page.xpath("//figure")) == min(24, len(answer.plots))
    assert all(svg.get("viewbox") or svg.get("viewBox") for svg in page.xpath("//svg"))


def test_a_composite_example_is_marked_on_paper(answers: dict[str, Answer], tmp_path: Path) -> None:
    text = write(answers["ms.identify"], tmp_path / "a.html", "zh-Hans").read_text(encoding="utf-8")
    assert "合成示例，非实测样品" in text
    assert "合成示例" not in write(answers["ms.mixture"], tmp_path / "b.html", "zh-Hans").read_text(encoding="utf-8")


def test_several_files_of_a_setting_are_named_without_their_folders(answers: dict[str, Answer], tmp_path: Path) -> None:
    facts = answers["ms.mixture"].as_json()
    facts["parameters"]["library"] = ["/home/lin/ours.msp", "/home/lin/open.parquet"]
    text = write(facts, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "ours.msp, open.parquet" in text
    assert "/home" not in text


def test_matched_peaks_are_drawn_in_the_accent(answers: dict[str, Answer], tmp_path: Path) -> None:
    text = write(answers["ms.mixture"], tmp_path / "a.html").read_text(encoding="utf-8")
    pairs = sum(len(plot.data["pairs"]) for plot in answers["ms.mixture"].plots if plot.kind == "mirror")
    assert text.count('stroke="#1f4fbf"') == 2 * pairs > 0


def test_names_from_a_file_are_never_markup(answers: dict[str, Answer], tmp_path: Path) -> None:
    facts = answers["ms.mixture"].as_json()
    facts["tables"][0]["rows"][0]["compound"] = "<script>x</script> #emph[y] $z$"
    facts["plots"][0]["title"] = dict.fromkeys(LANGUAGES, '<b>"&')
    text = write(facts, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<b>" not in text
    pages = PdfReader(write(facts, tmp_path / "a.pdf")).pages
    assert "#emph[y]$z$" in "".join("".join(page.extract_text().split()) for page in pages)


def test_the_style_may_be_allowed_by_its_hash(answers: dict[str, Answer], tmp_path: Path) -> None:
    text = write(answers["ms.mixture"], tmp_path / "a.html").read_text(encoding="utf-8")
    style = text.split("<style>")[1].split("</style>")[0]
    assert "sha256-" + b64encode(hashlib.sha256(style.encode()).digest()).decode() == STYLE_HASH


def test_a_typical_pdf_takes_well_under_a_second(answers: dict[str, Answer], tmp_path: Path) -> None:
    write(answers["ms.mixture"], tmp_path / "warm.pdf", "en")
    started = time.process_time()
    write(answers["ms.mixture"], tmp_path / "a.pdf", "zh-Hans")
    assert time.process_time() - started < 1


def test_a_report_that_cannot_be_is_refused(answers: dict[str, Answer], tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="zh-Hans, zh-Hant, en"):
        write(answers["ms.mixture"], tmp_path / "a.pdf", "fr")
    with pytest.raises(BadParameter, match=r"\.html or \.pdf"):
        write(answers["ms.mixture"], tmp_path / "a.docx", "en")
    with pytest.raises(UnreadableFile, match="choose another name"):
        write(answers["ms.mixture"], tmp_path / "none" / "a.pdf", "en")


def test_a_named_compound_is_drawn_and_an_answer_without_structures_has_no_gap(
    answers: dict[str, Answer], tmp_path: Path
) -> None:
    facts = answers["ms.identify"].as_json()
    told = write(facts, tmp_path / "drawn.html").read_text(encoding="utf-8")
    assert told.count('<svg xmlns="http://www.w3.org/2000/svg" class="structure"') > 5
    for table in facts["tables"]:
        table["rows"] = [{**row, "smiles": []} for row in table["rows"]]
    bare = write(facts, tmp_path / "bare.html").read_text(encoding="utf-8")
    assert 'class="structure"' not in bare
    assert '<th scope="col">structure</th>' not in bare


@pytest.fixture(scope="module")
def trace() -> dict[str, Any]:
    method = find_method("sanger.quality")
    return method.run(method.example).as_json()


def test_a_trace_is_drawn_as_far_as_a_page_shows_it_first(trace: dict[str, Any], tmp_path: Path) -> None:
    plot = next(one for one in trace["plots"] if one["data"].get("begin"))
    start, end = plot["data"]["begin"]
    part = line_svg(plot, "en")
    whole = line_svg({**plot, "data": {**plot["data"], "begin": None}}, "en")
    points = sum(start <= x <= end for line in plot["data"]["series"] for x in line["x"])
    assert part.count("L") == points - len(plot["data"]["series"])
    assert whole.count("L") > 5 * part.count("L")


def test_mirrors_are_explained_where_there_is_one(
    trace: dict[str, Any], answers: dict[str, Answer], tmp_path: Path
) -> None:
    said = "In spectra above references"
    assert said not in write(trace, tmp_path / "trace.html").read_text(encoding="utf-8")
    assert said in write(answers["ms.mixture"], tmp_path / "powder.html").read_text(encoding="utf-8")


def test_units_are_raised_and_a_compound_has_room_for_its_name(answers: dict[str, Answer], tmp_path: Path) -> None:
    method = find_method("spectrum.peaks")
    told = write(method.run(method.example), tmp_path / "peaks.html").read_text(encoding="utf-8")
    assert "cm⁻¹)" in told
    assert "cm-1)" not in told
    answer = answers["ms.identify"]
    page = PdfReader(write(answer, tmp_path / "a.pdf")).pages[0].extract_text()
    (features,) = (one for one in answer.tables if one.name == "features")
    names = [
        row["compound"] for row in features.rows if row["compound"] and re.fullmatch(r"\w{10,16}", row["compound"])
    ]
    assert [name for name in names if name in page], page  # in one piece: a long word has its room
    assert not [name for name in names if name not in page and name[:8] in page]
