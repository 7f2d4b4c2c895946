"""Did you mean: what was perhaps meant by words that find little, as whole questions that find something."""

from collections.abc import Callable, Sequence
from functools import cache

import tantivy
from rapidfuzz import fuzz, process

from liqi.catalogue.search._question import FUZZY_LETTERS, Unit, mended
from liqi.catalogue.search._schema import WHOLE
from liqi.catalogue.search._sound import names_like
from liqi.catalogue.search._tokens import prepare, runs
from liqi.taxonomy import classes, makers, misprint_in, techniques, terms

MOST = 3
ALIKE = 75
"""Of 100: how alike a word must be to be what was meant."""
WORDS_READ = 20_000
SHARE = 50
"""What finds less than the fiftieth part of the best suggestion was hardly meant."""


def meant(
    at: tantivy.Searcher, units: Sequence[Unit], total: Callable[[str], int], least: int
) -> tuple[tuple[str, int], ...]:
    """Questions near to the one asked that find more than it does, each with how many records it finds."""
    found: dict[str, int] = {}
    for place, one in enumerate(units):
        for better in _better(at, one.text):
            text = " ".join([*(u.text for u in units[:place]), better, *(u.text for u in units[place + 1 :])])
            if text not in found and (number := total(text)) > least:
                found[text] = number
    best = sorted(found.items(), key=lambda pair: -pair[1])[:MOST]
    return tuple((text, number) for text, number in best if number * SHARE >= best[0][1])


def ready() -> None:
    """The words that are compared are read, so that the first question need not wait for it."""
    _names(), _latin(), names_like("qxsp"), misprint_in("质普仪")


def _better(at: tantivy.Searcher, text: str) -> list[str]:
    """Other spellings of one unit: a misprint mended, a sound written out, words of the catalogue that are alike."""
    found = [*mended(text), *names_like(text)]
    if text.isascii():
        for kind, word in runs(prepare(text)):
            if kind == "letters" and len(word) >= FUZZY_LETTERS - 1:
                found += [text.replace(word, other) for other in _alike(at, word) if other != word]
    elif len(text) > 2:
        found += [text.replace(*misprint)] if (misprint := misprint_in(text)) else []
        found += [name for name, _score, _at in process.extract(text, _names(), scorer=fuzz.ratio, limit=MOST,
                                                               score_cutoff=ALIKE)]  # fmt: skip
    return list(dict.fromkeys(one for one in found if one != text))


def _alike(at: tantivy.Searcher, word: str) -> list[str]:
    """Words of the index that begin alike and are spelt nearly so, those of many records first."""
    words = dict(at.terms_with_prefix(WHOLE, word[:2], limit=WORDS_READ))
    words |= {one: words.get(one, 0) for one in _latin() if one[0] == word[0]}
    near = process.extract(word, list(words), scorer=fuzz.ratio, limit=3 * MOST, score_cutoff=ALIKE)
    return [one for one, score, _at in sorted(near, key=lambda hit: (-round(hit[1], -1), -words[hit[0]]))][:MOST]


@cache
def _names() -> tuple[str, ...]:
    names = [name for term in terms() for name in (term.name_zh, *term.variants)]
    names += [entry.name_zh for entry in classes().values()]
    names += [maker.name_zh for maker in makers().values()]
    return tuple(dict.fromkeys(prepare(name) for name in names if name and not name.isascii()))


@cache
def _latin() -> frozenset[str]:
    names = [name for term in terms() for name in (term.name_en, *term.abbreviations)]
    names += [name for maker in makers().values() for name in (maker.name_en, *maker.aliases)]
    names += [name for technique in techniques().values() for name in (technique.label_en, *technique.abbreviations)]
    return frozenset(run for name in names for kind, run in runs(prepare(name)) if kind == "letters" and len(run) > 3)
