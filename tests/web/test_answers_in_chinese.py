"""What the example of every method says reaches a Chinese page and a Chinese report in Chinese.

What stays as it is: names out of the data (samples, targets, compounds, files), formulas, units, abbreviations.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from liqi.answers.report._content import content
from liqi.methods import all_methods, find_method
from liqi.methods.phrases import finding_title, phrases, said
from liqi.methods.readers._damage import Damage
from liqi.web import figures
from liqi.web.templatetags import answers as shown
from liqi.web.templatetags import findings

SLOW = {"cryo.abinitio"}
"""Its example takes a minute; its words are tested by themselves."""
METHODS = [one.id for one in all_methods() if one.id not in SLOW]
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile(r"(?<![A-Za-z0-9_.\-/])[a-z]{3,}(?![A-Za-z0-9_\-/]|\.\w)")
"""A word in small letters that is no part of an abbreviation, a number or the name of a file."""
SYMBOLS = {"phred", "ppm", "min", "mol", "cps", "rot", "tilt", "psi"}
"""Units, and the angles as RELION calls them, which stand beside their Chinese words."""
NAMING = {
    *("sample", "target", "compound", "name", "file", "run", "population", "parent", "channel", "marker", "dye"),
    *("detector", "formula", "accession", "smiles", "formulas", "nearest", "substance", "bases", "sequence", "kept"),
    *("belongs", "result", "given", "truth", "peak", "well", "spectrum", "text", "wells", "reference", "assignment"),
}
"""Columns of names out of the data."""
CITED = {"rule", "source", "value", "told"}
"""Columns of citations and of what a file says of itself, in its own words."""


@cache
def answer(method: str) -> dict[str, Any]:
    one = find_method(method)
    return one.run(one.example).as_json()


def names_of(facts: Mapping[str, Any]) -> set[str]:
    """Every word of a name that the data gave."""
    cells = [row.get(column) for table in facts["tables"] for row in table["rows"] for column in NAMING]
    told = " ".join(one for one in cells if isinstance(one, str))
    told += " ".join(str(one["path"]) for one in facts["inputs"]) + str(facts["parameters"])
    return set(re.findall(r"[a-z]{3,}", told.lower()))


def english(words: str, known: set[str]) -> list[str]:
    return [one for one in WORD.findall(words) if one not in known and one not in SYMBOLS]


def places(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every place of an answer with its words as a page shows them."""
    yield "sentence", figures.said(facts["sentence"])
    for one in facts["findings"]:
        yield "finding", findings.finding_name(one)
        yield "unit", findings.unit(one["unit"])
    for one in facts["warnings"]:
        yield "notice", figures.said(one)
    for table in facts["tables"]:
        yield "table", figures.said(table["title"])
        for column in table["columns"]:
            yield f"head of {table['name']}", figures.said(column["title"])
            yield f"unit of {table['name']}", findings.unit(column["unit"])
            if column["name"] not in NAMING | CITED:
                for row in table["rows"][:40]:
                    yield f"{table['name']}.{column['name']}", str(shown.cell(row, column))
    for plot in facts["plots"]:
        for name in ("title", "x_title", "y_title"):
            yield f"{name} of {plot['name']}", figures.said(plot[name])
        for one in [*plot["data"].get("series", ()), *plot["data"].get("marks", ())]:
            yield f"label in {plot['name']}", figures.said(one["label"])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_what_a_method_says_of_its_example_is_chinese(method: str, language: str) -> None:
    facts = answer(method)
    known = names_of(facts)
    with translation.override(language):
        left = {(place, words) for place, words in places(facts) if english(words, known)}
        assert CHINESE.search(figures.said(facts["sentence"]))
    assert not sorted(left)


@pytest.mark.parametrize("method", METHODS)
def test_the_report_of_a_method_says_the_same_in_chinese(method: str) -> None:
    facts = answer(method)
    known = names_of(facts)
    told = content(facts, "zh-Hans")
    heads = [head for table in told.tables for head in (table.title, *table.head)]
    assert [one for one in (told.title, told.sentence, *told.warnings, *heads) if english(one, known)] == []


@pytest.mark.parametrize("method", METHODS)
def test_names_of_findings_stay_what_programs_know(method: str) -> None:
    facts = answer(method)
    assert all(not CHINESE.search(one["name"]) or "title" not in one for one in facts["findings"])
    titled = [one for one in facts["findings"] if "title" in one]
    assert all(one["title"]["en"] == one["name"] for one in titled)


def test_phrases_stand_in_three_languages_with_the_same_blanks() -> None:
    for one in phrases():
        blanks = {f"{{{n}}}" for n in range(one.words.en.count("{}"))}
        for words in (one.words.zh_hans, one.words.zh_hant):
            assert set(re.findall(r"\{\d\}", words)) == blanks, one.words.en
            assert words.strip() == words != ""


@pytest.mark.parametrize("name", ["mean correlation", "starts apart", "images", "sampling compensation factor"])
def test_the_findings_of_a_slow_example_have_words_too(name: str) -> None:
    assert CHINESE.search(finding_title("cryo.abinitio", name).zh_hant)


def test_a_damaged_file_is_told_of_in_chinese() -> None:
    damage = Damage(Path("run.mzML"))
    for n in range(2):
        damage.leave_out(f"scan={n}", "no such place")
    words = damage.as_error(3, 5).sentence
    told = said("ms.quality", "notice", words)
    assert told is not None
    assert told.zh_hans.startswith(
        "run.mzML：有 2 张谱图损坏（第一张：scan=0: no such place），已略去；5 张中读出 3 张。"
    )
