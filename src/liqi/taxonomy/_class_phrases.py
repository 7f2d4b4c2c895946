"""Which phrases stand for which class: terms, class names, words, techniques, models; found in a text by a walk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from liqi.taxonomy._classes import classes
from liqi.taxonomy._codes import to_class
from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import fold
from liqi.taxonomy._terms import terms

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\d+|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+")
_INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPELLINGS = (("synthesiz", "synthesis"), ("analyz", "analys"), ("ionis", "ioniz"), ("fibre", "fiber"))
CUT_OFF = 5
"""Letters from which the last word of a text may be the beginning of a longer one: many lists cut names off."""
_WEIGHTS = {"term": 1.0, "class": 1.0, "word": 1.0, "technique": 0.6, "model": 1.2, "line": 0.9}
_OF_ANY_KIND = {"system", "instrument", "analyser", "meter", "equipment", "detector", "other"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand for classes; `kind` says where they come from: term, class, word, technique, model or line."""

    words: str
    kind: str
    codes: tuple[str, ...]
    length: float
    """How much the words say: a Chinese character 1, a Latin word or a number 2, times what its kind is worth."""


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase in a text, as a half-open range of its tokens; `whole` is False where its last word was cut off."""

    start: int
    end: int
    phrase: Phrase
    whole: bool


def tokens(text: str, *, apart: bool = False) -> list[str]:
    """Chinese characters one by one, words in one spelling and without plural, numbers.

    With `apart` a word is also parted where a capital follows a small letter.

    >>> tokens("X射线 Analyzers 2000")
    ['x', '射', '线', 'analyser', '2000']
    """
    found = []
    for token in _TOKEN.findall(fold(_INNER_CAPITAL.sub(" ", text) if apart else text)):
        for spelling, ours in _SPELLINGS:
            token = token.replace(spelling, ours)
        plural = len(token) > CUT_OFF and token.isascii() and token.endswith("s") and not token.endswith(("ss", "is"))
        found.append(token[:-1] if plural else token)
    return found


def find(text: str) -> tuple[list[Match], list[str]]:
    """The phrases in the text, none that stands wholly inside a longer one, and the tokens that they are found in.

    Where there is none, words run together are parted; then each long word that nobody knows is read as the known one
    that a slip of a letter makes of it.
    """
    words = tokens(text)
    if not (found := _within(words)):
        words = tokens(text, apart=True)
        found = _within(words)
    if not found and (mended := _mended(words)) != words:
        words, found = mended, [replace(match, whole=False) for match in _within(mended)]
    return [one for one in found if not any(_covers(other, one) for other in found)], words


def _within(words: list[str]) -> list[Match]:
    return [match for start in range(len(words)) for match in _from(words, start)]


def _mended(words: list[str]) -> list[str]:
    return [_nearest(word) if len(word) > CUT_OFF and word.isascii() and word.isalpha() else word for word in words]


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str:
    near = process.extractOne(word, _vocabulary(), scorer=OSA.distance, score_cutoff=1)
    return str(near[0]) if near else word


@cache
def _vocabulary() -> list[str]:
    """The long words of all phrases."""
    return sorted({word for words, _kind in _all() for word in words if word.isalpha() and len(word) > CUT_OFF})


def _covers(other: Match, one: Match) -> bool:
    longer = other.end - other.start > one.end - one.start
    return longer and other.start <= one.start and other.end >= one.end and other.whole


def _from(words: list[str], start: int) -> Iterator[Match]:
    node = _trie()
    for end in range(start, len(words)):
        word = words[end]
        if end == len(words) - 1 and len(word) >= _least(end - start) and word.isascii() and word not in node:
            for longer in node:
                if longer.startswith(word):
                    yield from (Match(start, end + 1, phrase, False) for phrase in node[longer].get("", ()))
            return
        if word not in node:
            return
        node = node[word]
        yield from (Match(start, end + 1, phrase, True) for phrase in node.get("", ()))


def _least(before: int) -> int:
    """The letters that the beginning of a last word must have: fewer after words that fit already."""
    return CUT_OFF if before == 0 else 3 if before == 1 else 1


@cache
def _trie() -> dict[str, Any]:
    """Tokens to the next tokens; under "" stand the phrases that end here."""
    root: dict[str, Any] = {}
    for (words, kind), codes in _all().items():
        node = root
        for word in words:
            node = node.setdefault(word, {})
        length = sum(1 if not word.isascii() else 2 for word in words) * _WEIGHTS[kind]
        node.setdefault("", []).append(Phrase(_spelt(words), kind, tuple(codes), length))
    return root


def _spelt(words: tuple[str, ...]) -> str:
    """The tokens as one reads them.

    >>> _spelt(("x", "射", "线", "tof", "ms"))
    'x射线tof ms'
    """
    return re.sub(r"(?<![\x00-\x7f]) | (?![\x00-\x7f])", "", " ".join(words))


@cache
def _all() -> dict[tuple[tuple[str, ...], str], dict[str, None]]:
    found: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}
    for kind, text, codes in _given():
        words = tuple(tokens(text))
        if not words or (len(words) == 1 and (words[0] in _OF_ANY_KIND or len(words[0]) < 2)):
            continue
        found.setdefault((words, kind), {}).update(dict.fromkeys(codes))
    better = {words for words, kind in found if kind in ("term", "class", "word")}
    return {key: codes for key, codes in found.items() if key[1] != "technique" or key[0] not in better}


def _given() -> Iterator[tuple[str, str, list[str]]]:
    for term in terms():
        yield from (("term", name, [term.class_code]) for name in term.names)
    for entry in classes().values():
        if entry.level > 1 and entry.name_zh != "其他":
            names = (entry.name_zh, *re.split(r"[/／、]", entry.name_zh), entry.name_en, *entry.aliases)
            yield from (("class", re.sub(r"[(（].*[)）]", "", name), [entry.code]) for name in names if name)
            if entry.name_zh.endswith(("仪器", "仪")):
                yield "class", entry.name_zh.removesuffix("器").removesuffix("仪"), [entry.code]
    for row in table("class_words.tsv"):
        yield from (("word", word, [row["class"]]) for word in parts(row["words"]))
    for row in table("product_lines.tsv"):
        yield from (("line", line, [row["class"]]) for line in parts(row["lines"]))
    yield from _techniques()
    yield from _models()


def _techniques() -> Iterator[tuple[str, str, list[str]]]:
    for row in table("chmo.tsv"):
        if codes := to_class("chmo", "", row["id"])[:1]:
            for name in (row["name"], *parts(row["synonyms"])):
                if len(name) > CUT_OFF:
                    yield "technique", name, codes


def _models() -> Iterator[tuple[str, str, list[str]]]:
    for row in table("ms_models.tsv"):
        name = row["name"].removesuffix(" instrument model")
        if name == row["name"] and _tells(name):
            yield "model", name, [row["class"]]
    for row in table("sequencers.tsv"):
        yield "model", row["model"].removeprefix("Illumina ").removeprefix("AB "), ["011007"]


def _tells(name: str) -> bool:
    """Whether the model's name alone says which model it is: not an everyday word or a bare number."""
    everyday = {"explorer", "impact", "compact", "stellar", "omega", "ultima", "apex", "pegasus", "velos", "tempus"}
    return name.lower() not in everyday and not name.isdigit() and (len(name) > 3 or any(c.isdigit() for c in name))
