"""What the libraries say in English is said in Chinese on pages: each refusal, formula, unit, setting has its row."""

import ast
import csv
import re
from pathlib import Path

import pytest

from liqi.insight import INDICATORS
from liqi.web import library_words
from liqi.web.indicator_titles import TITLES
from liqi.web.library_words import told
from liqi.web.pages.own_table import SETTINGS

SOURCES = Path(__file__).parents[2] / "src" / "liqi"
REFUSALS = {"UnusableTable", "UnusableWorkbook", "UnusableSizes", "UnreadableText", "BrokenRule", "UnusableFirms"}
ELSEWHERE = {
    "insight/table.py",  # the command reads files by path
    "policy/_load.py: found two rules with one id; expected an id a rule; rename one.",  # a fault of the product
}
CHINESE = re.compile("[\u4e00-\u9fff]")


def said(node: ast.expr) -> str | None:
    """The sentence with {} where something is put in; None where it is another error's."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def refusals() -> list[tuple[str, str]]:
    found = []
    for room in ("insight", "policy"):
        for file in sorted((SOURCES / room).rglob("*.py")):
            place = file.relative_to(SOURCES).as_posix()
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                    continue
                name = getattr(node.exc.func, "id", "")
                words = said(node.exc.args[0]) if name in REFUSALS else None
                if (
                    words
                    and re.search("[a-z]", words)
                    and place not in ELSEWHERE
                    and f"{place}: {words}" not in ELSEWHERE
                ):
                    found.append((place, words))
    return found


def test_every_refusal_that_a_page_may_show_is_in_the_book() -> None:
    book = {one.english for one in library_words.phrases("refusal")}
    assert len(refusals()) > 90
    assert [pair for pair in refusals() if pair[1] not in book] == []


def test_every_kind_of_fault_of_a_rules_shape_is_in_the_book() -> None:
    book = {one.english for one in library_words.phrases("part")}
    lost = []
    for file in ("_shape.py", "_sound.py", "_load.py"):
        for node in ast.walk(ast.parse((SOURCES / "policy" / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "wrong" and len(node.args) == 3:
                lost += [words for one in node.args[1:] if (words := said(one)) and words not in book]
    assert [words for words in lost if re.search("[a-z]{2} [a-z]", words)] == []


@pytest.mark.parametrize("name", TITLES)
def test_formula_unit_and_settings_of_an_indicator_are_told_in_chinese(name: str) -> None:
    one = INDICATORS[name]
    hints = [(hint, "word") for setting, hint in one.settings.items() if setting in SETTINGS]
    for words, place in [(one.formula, "formula"), (one.unit, "word"), *hints]:
        assert CHINESE.search(told(words, "zh-hans", place)), words


def test_a_sentence_in_a_sentence_is_told_whole() -> None:
    words = "own.2026: condition: found the condition {'a': 1}; expected input or value, and a comparison; mend it."
    assert told(words, "zh-hans") == (
        "own.2026：condition：现为条件 {'a': 1}；应为input 或 value，以及一个比较；请改正。"
    )
    assert told(words, "en") == words
    assert told("row 3: found 0 minutes before and 2 after; expected both above 0; correct them.", "zh-hant") == (
        "第 3 列：找到的時長是之前 0 分鐘、之後 2 分鐘；兩者都應大於 0；請改正。"
    )


def test_what_the_book_does_not_know_and_chinese_itself_stay_as_they_are() -> None:
    assert told("质谱: something else", "zh-hans") == "质谱: something else"
    assert told("找到 3 行；应为 2 行。", "zh-hans") == "找到 3 行；应为 2 行。"


def test_each_row_of_the_book_takes_what_its_english_leaves_open() -> None:
    file = SOURCES / "web" / "library_words.tsv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len({(row["place"], row["en"]) for row in rows}) == len(rows)
    for row in rows:
        holes = set(map(str, range(row["en"].count("{}"))))
        assert set(re.findall(r"\{(\d)\}", row["zh"])) <= holes, row
