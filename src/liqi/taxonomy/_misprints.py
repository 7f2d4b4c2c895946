"""Names of instruments that are misprinted: a table of known ones, and words that only sound like a known name."""

import re
from functools import cache, lru_cache

from liqi.taxonomy._classes import classes
from liqi.taxonomy._data import table
from liqi.taxonomy._scripts import fold
from liqi.taxonomy._terms import terms

_SHORTEST, _LONGEST = 3, 8
_HAN = re.compile(r"[\u4e00-\u9fff]{3,}")


@lru_cache(maxsize=65536)
def misprint_in(text: str) -> tuple[str, str] | None:
    """The misprinted part of a name and how it is usually written, or None; a guess, to be shown to a person.

    >>> misprint_in("岛津气象色谱仪"), misprint_in("气相色谱仪"), misprint_in("激光共聚焦显微静")
    (('气象色谱', '气相色谱'), None, ('激光共聚焦显微静', '激光共聚焦显微镜'))
    """
    folded = fold(text)
    for wrong, right in _known():
        if wrong in folded and (not wrong.isascii() or re.search(rf"\b{re.escape(wrong)}\b", folded)):
            return wrong, right
    for run in _HAN.findall(folded):
        if found := _sounds_like(run):
            return found
    return None


@cache
def _known() -> tuple[tuple[str, str], ...]:
    return tuple((fold(row["wrong"]), row["right"]) for row in table("misprints.tsv"))


@cache
def _by_sound() -> dict[tuple[str, ...], str]:
    """Names of classes and kinds, and the last three characters of each, by their sound, where it is theirs alone."""
    from pypinyin import lazy_pinyin  # its dictionaries take a second to load

    names = {fold(one.name_zh) for one in classes().values()} | {fold(name) for term in terms() for name in term.names}
    words = {name for name in names if _HAN.fullmatch(name) and len(name) <= _LONGEST}
    words |= {name[-_SHORTEST:] for name in words}
    found: dict[tuple[str, ...], str] = {}
    twice: set[tuple[str, ...]] = set()
    for word in sorted(words):
        sound = tuple(lazy_pinyin(word))
        if len(sound) == len(word) and found.setdefault(sound, word) != word:
            twice.add(sound)
    return {sound: word for sound, word in found.items() if sound not in twice}


@cache
def _words() -> frozenset[str]:
    return frozenset(_by_sound().values())


@cache
def _known_text() -> str:
    """Every name of a class or kind: a part of one of them is no misprint."""
    names = [one.name_zh for one in classes().values()] + [name for term in terms() for name in term.names]
    return "\n".join(map(fold, names))


def _sounds_like(run: str) -> tuple[str, str] | None:
    from pypinyin import lazy_pinyin  # its dictionaries take a second to load

    if any(run.endswith(word) for word in _words()) and len(run) <= _LONGEST:
        return None
    sounds = lazy_pinyin(run)
    if len(sounds) != len(run):
        return None
    for length in range(min(_LONGEST, len(run)), _SHORTEST - 1, -1):
        for at in range(len(run) - length + 1):
            word = _by_sound().get(tuple(sounds[at : at + length]))
            part = run[at : at + length]
            if (
                word
                and part != word
                and part not in _known_text()
                and sum(one != other for one, other in zip(part, word, strict=True)) == 1
            ):
                return part, word
    return None
