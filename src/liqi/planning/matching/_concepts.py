"""What everyday words stand for: an oyster is seafood, cadmium a metal, a snapped spring a fracture."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from liqi.planning.matching._words import plain, stem, tokens


@cache
def _table() -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]], tuple[str, ...]]:
    """Chinese members and English ones (as stems) with the places of their concepts, and what each concept means."""
    chinese: dict[str, list[int]] = {}
    english: dict[str, list[int]] = {}
    means = []
    text = files(__package__).joinpath("data", "concepts.tsv").read_text(encoding="utf-8")
    for place, line in enumerate(text.splitlines()[1:]):
        meant, _tab, said = line.partition("\t")
        means.append(meant)
        for member in said.split(";"):
            if member.isascii():
                english.setdefault(" ".join(map(stem, member.lower().split())), []).append(place)
            else:
                chinese.setdefault(plain(member), []).append(place)
    return _frozen(chinese), _frozen(english), tuple(means)


def _frozen(found: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(places) for name, places in found.items()}


LONGEST = 4
"""Words of the longest English member."""


@lru_cache(maxsize=4096)
def meant(need: str) -> tuple[str, ...]:
    """What the words of the need stand for, in English and Chinese, in the order of the table.

    >>> meant("生蚝里的诺如病毒")[0]
    'fish seafood 鱼 海产品'
    """
    chinese, english, means = _table()
    text = plain(need)
    places = {place for name in _longest(chinese, text) for place in chinese[name]}
    for run in _runs(text):
        places.update(english.get(run, ()))
    return tuple(means[place] for place in sorted(places))


def _longest(names: Iterable[str], text: str) -> Iterator[str]:
    """The names that stand in the text, without those that only stand within a longer one."""
    rest = text
    for name in sorted((name for name in names if name in text), key=len, reverse=True):
        if name in rest:
            yield name
            rest = rest.replace(name, "\x00" * len(name))


def _runs(text: str) -> Iterator[str]:
    """One to four English words that stand side by side, as stems."""
    words = [stem(word) for word in re.findall(r"[a-z0-9][a-z0-9.-]*", text)]
    for at in range(len(words)):
        for size in range(1, LONGEST + 1):
            if at + size <= len(words):
                yield " ".join(words[at : at + size])


@lru_cache(maxsize=4096)
def tokens_meant(need: str) -> tuple[str, ...]:
    """The tokens of what the words stand for, without those that were said, each once."""
    said = set(tokens(need, asked=True))
    return tuple(
        dict.fromkeys(t for one in meant(need) for t in tokens(one) if t not in said and not t.startswith("^"))
    )
