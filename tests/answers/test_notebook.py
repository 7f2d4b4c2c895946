"""Answers, runs and libraries in a notebook: a report in a frame where nothing runs, and short lines."""

import html
import re
from xml.etree import ElementTree

import pytest

from liqi.methods import Answer, Finding, Text, find_method
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary, identify, read_run
from tests.methods.samples import RUN


@pytest.fixture(scope="module")
def answer() -> Answer:
    return find_method("ms.identify").run([RUN])


def inside(shown: str) -> str:
    found = re.fullmatch(r'<iframe sandbox srcdoc="([^"]*)" style="[^"]*" title="[^"]*"></iframe>', shown)
    assert found, shown[:200]
    return html.unescape(found.group(1))


def test_a_notebook_shows_verdict_tables_and_figures(answer: Answer) -> None:
    page = inside(answer._repr_html_())
    assert answer.sentence.en in page
    assert "Metamitron" in page
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) >= 10
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_nothing_in_it_runs_or_is_fetched(answer: Answer) -> None:
    words = Text.same('<script>alert("x")</script> " onload="y')
    evil = Answer("x", words, [Finding("f", 1.0, "1")], title=words)
    for shown in (answer._repr_html_(), evil._repr_html_()):
        page = inside(shown)
        assert "<script" not in page
        assert not re.search(r'(?:src|href)="?https?:', page)
        assert not re.search(r"<[^>]+\son\w+=", page)


def test_in_words_an_answer_a_run_and_a_library_are_one_line(answer: Answer) -> None:
    assert repr(answer).startswith("<Answer ms.identify 0.")
    assert answer.sentence.en in repr(answer)
    run = read_run(RUN)
    assert repr(run) == "<Run example_mixture.mzML: mzml, 430 spectra announced>"
    assert re.fullmatch(r"<Spectrum MS\d( m/z [\d.]+)? at [\d.]+ s: \d+ peaks>", repr(next(iter(run))))
    assert repr(SpectralLibrary.load()) == f"<SpectralLibrary {SMALL_LIBRARY.name}: 9,468 spectra of 804 compounds>"


def test_a_run_is_identified_as_its_file_is(answer: Answer) -> None:
    assert identify(read_run(RUN))["features"] == answer.detail["features"]


def test_a_search_tells_what_a_chemist_asks_of_a_hit() -> None:
    spectrum = next(one for one in read_run(RUN) if one.ms_level == 2 and one.mz.size > 5)
    hits = SpectralLibrary.load().search(spectrum, mode="open", top=3)
    names = "entropy_similarity cosine matched_peaks explained_intensity precursor_error_ppm adduct reference licence"
    assert all(getattr(hit, name) is not None for hit in hits for name in names.split())
    assert [hit.reference for hit in hits] == [hit.accession for hit in hits]


def test_a_trace_takes_a_width_in_ppm() -> None:
    run = read_run(RUN)
    assert run.xic(203.0927, 5).intensity.tolist() == run.xic(203.0927, "5 ppm").intensity.tolist()


def test_a_library_tells_what_was_mended(tmp_path) -> None:
    path = tmp_path / "mine.msp"
    path.write_text(
        "Name: x\nFormula: C9H13N\nPrecursor_type: M+H\nIon_mode: P\nPrecursorMZ: 140\nNum Peaks: 1\n91 1\n"
    )
    lines = SpectralLibrary.load(path).validate()
    assert {line["field"] for line in lines} >= {"precursor_mz", "adduct"}
    assert all(line["why"] for line in lines)
