"""Refusals in the reader's language: a file that cannot be read, a setting that does not fit.

A sentence is English wherever it is kept, printed or sent to a program; its three parts (what was found, what was
expected, what to do) are phrases of ``refusals.tsv``, where ``{}`` stands for what changes, such as a name or a number.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._text import Text

_BOOK = Path(__file__).with_name("refusals.tsv")
_FILE = re.compile(r"(?P<name>.*?): found (?P<rest>.*; expected .*; .*)\.", re.DOTALL)
_SETTING = re.compile(r"parameter (?P<name>.*?): found (?P<found>.*); expected (?P<expected>.*); set it again\.", re.S)
_JOINTS = {"{}: {}": any, "{} and {}": all, "{} or {}": all}
"""What stands between phrases, and how many of them have to be known for it to be a joint and no word of a name."""
_EMPTY = re.compile(r"([^a-z]|\b(and|at|in|of|or|to)\b)*")
"""Words that say nothing without a phrase beside them."""
_DEEPEST = 8
_MOST_CUTS = 4
_LONGEST = 2_000
"""A refusal of more letters is none of ours."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    pattern: re.Pattern[str]
    words: Text


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a refusal says; ``do`` is empty where a setting is to be set again."""

    name: str
    found: str
    expected: str
    do: str


@cache
def _book() -> tuple[dict[str, Text], tuple[_Phrase, ...]]:
    """Return the phrases in which nothing changes, and the others, those of the most words first."""
    with _BOOK.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    whole = {row["en"]: Text(row["en"], row["zh-Hans"], row["zh-Hant"]) for row in rows}
    changing = sorted((en for en in whole if "{}" in en), key=lambda en: -len(en.replace("{}", "")))
    return whole, tuple(
        _Phrase(re.compile("(.+?)".join(re.escape(part) for part in en.split("{}")), re.S), whole[en])
        for en in changing
    )


@lru_cache(maxsize=5_000)
def refusal_phrase(words: str, depth: int = 0) -> Text | None:
    """Return a part of a refusal in three languages, None for what is no phrase of the book.

    >>> refusal_phrase("no column mz").zh_hant
    '沒有 mz 欄'
    """
    whole, changing = _book()
    if words in whole and "{}" not in words:
        return whole[words]
    if depth > _DEEPEST or len(words) > _LONGEST:
        return None
    fitting = [(one, parts) for one in changing for parts in _parts(one, words)]
    fitting.sort(key=lambda pair: _rank(*pair))
    return next((told for one, parts in fitting if (told := _filled(one, words, parts, depth))), None)


def _parts(one: _Phrase, words: str) -> list[tuple[str, ...]]:
    """What changes in the phrase that the words are, if any: of a joint every way to cut outside of brackets."""
    found = one.pattern.fullmatch(words)
    if found is None or one.words.en not in _JOINTS or all(map(_is_closed, found.groups())):
        return [found.groups()] if found else []
    mark = one.words.en[2:-2]
    places = (place.start() for place in re.finditer(re.escape(mark), words[:-1]) if place.start())
    cuts: list[tuple[str, ...]] = [(words[:place], words[place + len(mark) :]) for place in places]
    return [cut for cut in cuts if all(map(_is_closed, cut))][:_MOST_CUTS] or [found.groups()]


def _rank(one: _Phrase, parts: tuple[str, ...]) -> int:
    """Joints first, unless what they join is cut within brackets: then they are the last to be tried."""
    closed = all(map(_is_closed, parts))
    return (1, 0)[one.words.en in _JOINTS] if closed else (2, 3)[one.words.en in _JOINTS]


def _is_closed(words: str) -> bool:
    """Whether every bracket that opens is closed: what is cut within brackets is cut in the wrong place."""
    return words.count("(") == words.count(")") and words.find(")") >= words.find("(")


def _filled(one: _Phrase, words: str, changing: tuple[str, ...], depth: int) -> Text | None:
    """The phrase with what changes in it, told as phrases where they are some; None where it says nothing so."""
    parts = [refusal_phrase(part, depth + 1) for part in changing]
    enough = _JOINTS.get(one.words.en, any if _EMPTY.fullmatch(one.words.en) else None)
    if enough and not enough(parts):
        return None
    inside = [part or Text.same(own) for part, own in zip(parts, changing, strict=True)]
    zh_hans = one.words.zh_hans.format(*(part.zh_hans for part in inside))
    return Text(words, zh_hans, one.words.zh_hant.format(*(part.zh_hant for part in inside)))


def refusal(problem: BaseException | str) -> Text:
    """Return the sentence of a refusal in three languages, words that are no refusal as they are.

    >>> str(refusal("a.csv: found no column mz; expected a CSV table; add the column.").zh_hans)
    'a.csv：发现没有 mz 列；需要 CSV 表格；请补上该列。'
    """
    words = str(problem)
    if isinstance(problem, UnreadableFile):
        return _told(words, _Parts(problem.name, problem.found, problem.expected, problem.do))
    if isinstance(problem, BadParameter):
        return _told(words, _Parts(problem.name, _bare(repr(problem.found)), problem.expected, ""))
    if len(words) > _LONGEST:
        return Text.same(words)
    parts = max(_taken_apart(words), key=_known, default=None)
    return _told(words, parts) if parts else _sentence(words) or Text.same(words)


def _sentence(words: str) -> Text | None:
    """A refusal that the book holds as a whole."""
    return refusal_phrase(words) if words.startswith("found ") and words.endswith(".") else None


def _taken_apart(words: str) -> Iterator[_Parts]:
    """Every way to take a sentence apart: its parts may hold the signs that stand between them."""
    if found := _SETTING.fullmatch(words):
        yield _Parts(found["name"], _bare(found["found"]), found["expected"], "")
    elif found := _FILE.fullmatch(words):
        ends = [each.start() for each in re.finditer("; expected ", found["rest"])]
        for end in ends:
            after = found["rest"][end + len("; expected ") :]
            for cut in re.finditer("; ", after):
                yield _Parts(found["name"], found["rest"][:end], after[: cut.start()], after[cut.end() :])


def _known(parts: _Parts) -> int:
    return sum(refusal_phrase(part) is not None for part in (parts.found, parts.expected, parts.do))


def _bare(found: str) -> str:
    """What was found without the marks that Python puts around words, where the book knows the words."""
    inside = found[1:-1] if found[:1] in "'\"" and found[:1] == found[-1:] else found
    return inside if refusal_phrase(inside) else found


def _told(words: str, parts: _Parts) -> Text:
    found, expected, do = (refusal_phrase(part) or Text.same(part) for part in (parts.found, parts.expected, parts.do))
    name = parts.name
    if not parts.do:
        return Text(
            words,
            f"参数 {name}：{_after('发现', found.zh_hans)}；{_after('需要', expected.zh_hans)}；请重新设置。",
            f"參數 {name}：{_after('發現', found.zh_hant)}；{_after('需要', expected.zh_hant)}；請重新設定。",
        )
    return Text(
        words,
        f"{name}：{_after('发现', found.zh_hans)}；{_after('需要', expected.zh_hans)}；{_after('请', do.zh_hans)}。",
        f"{name}：{_after('發現', found.zh_hant)}；{_after('需要', expected.zh_hant)}；{_after('請', do.zh_hant)}。",
    )


def _after(verb: str, words: str) -> str:
    """The verb before the words, a space between where they begin with no Chinese sign."""
    return f"{verb}{'' if words[:1] > '⺀' else ' '}{words}"
