"""What a question asks for: units that must all be met, each by any of its alternatives."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from liqi.catalogue.search._schema import PARTS
from liqi.catalogue.search._tokens import bigrams, phrase, prepare, runs, squashed
from liqi.taxonomy import classes, divisions, makers, short_name, synonyms, techniques, terms, word_variants

MOST_ALTERNATIVES = 24
SHORT = 2
LONG = 5
"""From so many Chinese characters on, a name is longer than the grams of the index."""
SYNONYM = 0.25
"""What another name for the thing weighs beside the words as asked."""
FUZZY_LETTERS = 5
FREQUENT = 3
"""A piece of so many long names is a word that people ask for: 分光光度计."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Phrases that must all stand in one of the fields; `weight` is 1 for the words as asked.

    `how` says by what it stands for the words as asked: nothing, "synonym", "spelling" or "sound".
    """

    text: str
    phrases: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...] = PARTS
    weight: float = 1.0
    fuzzy: bool = False
    how: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked for: as written, and every way that it may be met."""

    text: str
    exact: str
    alternatives: tuple[Alternative, ...]


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Unit, ...]:
    """The units of a question.

    >>> [unit.text for unit in read("安捷伦 gas chromatograph QE-123")]
    ['安捷伦', 'gas chromatograph', 'qe-123']
    """
    chunks = [chunk for chunk in re.split(r"[\s,，、;；。?？!！\"“”「」()（）]+", prepare(text)) if runs(chunk)]
    units, at = [], 0
    while at < len(chunks):
        length = next(
            (n for n in range(min(6, len(chunks) - at), 1, -1) if _key(" ".join(chunks[at : at + n])) in _known()), 1
        )
        units.append(unit(" ".join(chunks[at : at + length])))
        at += length
    return tuple(units)


@lru_cache(maxsize=16_384)
def unit(chunk: str) -> Unit:
    """The unit for one word or known name, with its synonyms and the words of both sides of the strait."""
    texts = list(dict.fromkeys((chunk, *_variants(chunk))))
    others: dict[str, None] = {}
    for text in texts:
        for name in _known().get(_key(text), ()):
            others.update(dict.fromkeys((name, *_variants(name))))
    alternatives = [Alternative(text, _phrases(text), how="" if text == chunk else "synonym") for text in texts]
    alternatives += [
        Alternative(name, _phrases(name), PARTS if len(name) > SHORT else ("name",), weight=SYNONYM, how="synonym")
        for name in others
        if name not in texts
    ]
    return Unit(chunk, squashed(chunk), tuple(alternatives[:MOST_ALTERNATIVES]))


def looser(asked: Unit) -> Unit:
    """The unit with more ways to be met: a misprint mended, a letter off."""
    more: list[Alternative] = []
    for name in mended(asked.text):
        more += [_weaker(found, 0.4, "spelling") for found in unit(name).alternatives]
    words = [run for kind, run in runs(prepare(asked.text)) if kind == "letters"]
    if any(len(word) >= FUZZY_LETTERS for word in words):
        more.append(Alternative(asked.text, tuple((word,) for word in words), weight=0.3, fuzzy=True, how="spelling"))
    return Unit(asked.text, asked.exact, (*asked.alternatives, *more))


def split(asked: Unit) -> tuple[Unit, ...]:
    """The unit's known words as units of their own, so that each brings its synonyms."""
    pieces = taken_apart(asked.text)
    return tuple(unit(piece) for piece in pieces) if len(pieces) > 1 else (asked,)


def taken_apart(chunk: str) -> list[str]:
    """The known words within a run of characters, longest first from the left; single strange characters drop out.

    >>> taken_apart("合肥的质谱仪")
    ['合肥', '质谱仪']
    """
    found: list[str] = []
    for kind, run in runs(prepare(chunk)):
        if kind != "cjk":
            found.append(run)
            continue
        at, strange = 0, ""
        while at < len(run):
            length = next((n for n in range(min(12, len(run) - at), 1, -1) if run[at : at + n] in _words()), 0)
            if length:
                found += [piece for piece in (strange, run[at : at + length]) if len(piece) > 1]
                strange = ""
            else:
                strange += run[at]
            at += length or 1
        if len(strange) > 1:
            found.append(strange)
    return found


def known(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Those of the units that name a kind of instrument, a class, a technique, a maker or a place.

    >>> [one.text for one in known(read("cryoem 300kv 合肥 国产"))]
    ['cryoem', '合肥']
    """
    return tuple(one for one in units if _key(one.text) in _known() or prepare(one.text) in _words())


def needed(alternatives: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    """The alternatives without those that only hold where another one holds: 质谱仪 wherever 质谱 is asked too."""
    plain = [one for one in alternatives if len(one.phrases) == 1 and not one.fuzzy and one.fields == PARTS]
    return tuple(
        one
        for one in alternatives
        if not any(
            other is not one
            and not one.fuzzy
            and len(other.phrases[0]) < max(len(phrase) for phrase in one.phrases)
            and any(_within(other.phrases[0], phrase) for phrase in one.phrases)
            for other in plain
        )
    )


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def instead(asked: Unit, names: Iterable[str], how: str) -> Unit:
    """The unit met by any of these names too, for the reason given."""
    more = [_weaker(found, 0.4, how) for name in names for found in unit(name).alternatives]
    return Unit(asked.text, asked.exact, (*asked.alternatives, *more)[: 2 * MOST_ALTERNATIVES])


def _weaker(found: Alternative, weight: float, how: str) -> Alternative:
    return Alternative(found.text, found.phrases, found.fields, weight * found.weight, how=how)


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """A phrase for each stretch of one script; blanks divide, letters and digits that touch stay together."""
    found: list[tuple[str, ...]] = []
    for chunk in text.split():
        stretch: list[str] = []
        for kind, run in runs(prepare(chunk)):
            if kind == "cjk":
                if stretch:
                    found.append(tuple(stretch))
                    stretch = []
                found.append(tuple(bigrams(run)))
            else:
                stretch.append(run)
        if stretch:
            found.append(tuple(stretch))
    return tuple(dict.fromkeys(found))


def _variants(text: str) -> list[str]:
    found = [text]
    for word, others in word_variants().items():
        if word in text:
            found += [one.replace(word, other) for one in list(found) for other in others]
        if len(found) > 8:
            break
    return list(dict.fromkeys(found))[1:8]


def _key(text: str) -> str:
    return " ".join(phrase(text))


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Names of kinds of instruments, as tokens, mapped to their other names."""
    return {_key(name): others for name, others in synonyms().items()}


@cache
def known_names() -> tuple[str, ...]:
    """Names that the index has a term for: kinds of instruments with other names, and all long Chinese names."""
    kinds = {prepare(name) for name in synonyms()}
    long = {word for word in _words() if len(word) >= LONG}
    parts = Counter(
        part
        for word in long
        for part in {word[at:end] for at in range(len(word)) for end in range(at + LONG, len(word) + 1)}
    )
    return tuple(sorted(kinds | long | {part for part, names in parts.items() if names >= FREQUENT}))


@cache
def _words() -> frozenset[str]:
    """Chinese words that we know: instruments, classes, makers, places."""
    names = [name for term in terms() for name in term.names]
    names += [name for entry in classes().values() for name in (entry.name_zh, *entry.aliases)]
    names += [name for maker in makers().values() for name in (maker.name_zh, *maker.aliases)]
    for entry in divisions().values():
        if entry.code.endswith("00"):
            names += [entry.name_zh, short_name(entry.name_zh)]
    names += [name for technique in techniques().values() for name in technique.labels_zh]
    names += word_variants()
    found = {run for name in names for kind, run in runs(prepare(name)) if kind == "cjk" and len(run) > 1}
    return frozenset(found - {"其他", "市辖区", "县"})


@cache
def _instruments() -> tuple[str, ...]:
    return tuple({prepare(name) for term in terms() for name in (term.name_zh, *term.variants) if len(name) > 2})


def mended(text: str) -> list[str]:
    """Names of instruments that are one wrong character away: 气象色谱 means 气相色谱."""
    asked = prepare(text)
    if len(asked) < 4 or asked.isascii():
        return []
    heads = {name[: len(asked)] for name in _instruments() if len(name) >= len(asked)}
    return [head for head in heads if sum(a != b for a, b in zip(asked, head, strict=True)) == 1]


def letters_off(word: str) -> int:
    """How many letters of a word may be wrong: none, one, or two of a long one."""
    return 0 if len(word) < FUZZY_LETTERS else 2 if len(word) >= 2 * FUZZY_LETTERS - 1 else 1


def matches(alternative: Alternative, fields: dict[str, str]) -> str:
    """The field in which the first phrase of the alternative stands, if all its phrases stand somewhere; else nothing.

    `fields` holds tokens as the index does.
    """
    where = ""
    for wanted in alternative.phrases:
        for inside in alternative.fields:
            if _stands(wanted, fields.get(inside, ""), alternative.fuzzy):
                where = where or inside
                break
        else:
            return ""
    return where


def _stands(wanted: tuple[str, ...], tokens: str, fuzzy: bool) -> bool:
    if fuzzy and len(wanted) == 1 and (off := letters_off(wanted[0])):
        return any(OSA.distance(wanted[0], one, score_cutoff=off) <= off for one in tokens.split(" "))
    needle = _needle(wanted)
    return needle.strip() in tokens and needle in f" {tokens} "


@lru_cache(maxsize=4096)
def _needle(wanted: tuple[str, ...]) -> str:
    """The words as they stand between spaces; a single character also stands at the head of a pair."""
    whole = len(wanted) > 1 or len(wanted[-1]) > 1 or wanted[-1].isascii()
    return f" {' '.join(wanted)} " if whole else f" {wanted[0]}"


__all__ = [
    "Alternative",
    "Unit",
    "instead",
    "known",
    "known_names",
    "letters_off",
    "looser",
    "matches",
    "mended",
    "needed",
    "read",
    "split",
    "unit",
]
