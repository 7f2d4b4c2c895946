"""Kinds of instruments and other long names that we know, as single terms of the index.

A question for 质谱仪 is met by a dozen names. Which records have one of them is told when a record is indexed, so
that the question is one look-up: a record has the term of a concept exactly where one of its alternatives is met.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from liqi.catalogue.search._question import Alternative, Unit, known_names, unit
from liqi.catalogue.search._schema import PARTS

Phrase = tuple[str, ...]
Way = tuple[tuple[Phrase, ...], bool]
"""Phrases that must all stand in a record, and whether in its name."""
Numbers = frozenset[int]
NONE: Numbers = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Every phrase with its number, each way to be met with the concepts that it meets, and their terms."""

    phrases: dict[Phrase, int]
    begins: dict[str, tuple[tuple[Phrase, int], ...]]
    terms: dict[frozenset[Way], str]
    ways: dict[int, tuple[tuple[Numbers, bool, str, frozenset[str]], ...]]
    """For the first phrase of a way: all its phrases, whether in the name, the way's own term, its concepts."""


def way_of(one: Alternative) -> Way:
    """How an alternative is met."""
    return one.phrases, one.fields != PARTS


@cache
def table() -> Table:
    """All concepts: names of kinds of instruments with their synonyms, and every other long name that we know."""
    found: dict[frozenset[Way], str] = {}
    concepts_of: dict[Way, set[str]] = {}
    texts: dict[Way, str] = {}
    for name in known_names():
        ways = frozenset(way_of(one) for one in unit(name).alternatives)
        term = found.setdefault(ways, f"={name.replace(' ', '_')}")
        for one in unit(name).alternatives:
            concepts_of.setdefault(way_of(one), set()).add(term)
            texts.setdefault(way_of(one), f"~{one.text.replace(' ', '_')}")
    phrases: dict[Phrase, int] = {}
    for parts, _in_name in concepts_of:
        for phrase in parts:
            phrases.setdefault(phrase, len(phrases))
    begins: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase, number in phrases.items():
        begins.setdefault(phrase[0], []).append((phrase, number))
    by_first: dict[int, list[tuple[Numbers, bool, str, frozenset[str]]]] = {}
    for (parts, in_name), concepts in concepts_of.items():
        numbers = frozenset(phrases[phrase] for phrase in parts)
        entry = (numbers, in_name, texts[parts, in_name], frozenset(concepts))
        by_first.setdefault(min(numbers), []).append(entry)
    return Table(
        phrases,
        {first: tuple(rest) for first, rest in begins.items()},
        found,
        {number: tuple(entries) for number, entries in by_first.items()},
    )


@cache
def edition() -> str:
    """A short name for this very table: an index made with another one is built anew."""
    said = repr(sorted((term, sorted(ways)) for ways, term in table().terms.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def standing(tokens: str) -> Numbers:
    """The numbers of the phrases that stand in a text, given as its tokens."""
    begins = table().begins
    split = tokens.split(" ")
    found: list[int] = []
    for at, token in enumerate(split):
        for phrase, number in begins.get(token, ()):
            if len(phrase) == 1 or tuple(split[at : at + len(phrase)]) == phrase:
                found.append(number)
        if len(token) == 2 and token[0] in begins and not token[0].isascii():
            found += [number for phrase, number in begins[token[0]] if len(phrase) == 1]
    return frozenset(found) if found else NONE


@lru_cache(maxsize=65_536)
def terms_of(in_name: Numbers, anywhere: Numbers) -> str:
    """The terms of the concepts that a record meets with these phrases in its name and anywhere."""
    found = {term for _text, concepts in _met(in_name, anywhere) for term in concepts}
    return " ".join(sorted(found))


@lru_cache(maxsize=65_536)
def terms_of_name(in_name: Numbers) -> str:
    """The terms of the concepts that a name meets, and of the very names that stand in it."""
    met = _met(in_name, in_name)
    return " ".join(sorted({term for _text, concepts in met for term in concepts} | {text for text, _concepts in met}))


def _met(in_name: Numbers, anywhere: Numbers) -> list[tuple[str, frozenset[str]]]:
    ways = table().ways
    return [
        (text, concepts)
        for number in anywhere
        for numbers, only_name, text, concepts in ways.get(number, ())
        if numbers <= (in_name if only_name else anywhere)
    ]


@lru_cache(maxsize=16_384)
def told(one: Unit) -> tuple[tuple[str, ...], tuple[Alternative, ...]]:
    """The terms of concepts that together mean some of the unit's alternatives, and the alternatives left over."""
    left = {way_of(alternative): alternative for alternative in one.alternatives if not alternative.fuzzy}
    fuzzy = tuple(alternative for alternative in one.alternatives if alternative.fuzzy)
    terms = []
    for text in dict.fromkeys([one.text, *(alternative.text for alternative in one.alternatives)]):
        ways = frozenset(way_of(alternative) for alternative in unit(text).alternatives)
        term = table().terms.get(ways)
        if term and term not in terms and ways <= {way_of(other) for other in one.alternatives}:
            terms.append(term)
            left = {way: alternative for way, alternative in left.items() if way not in ways}
    return tuple(terms), (*left.values(), *fuzzy)


def all_standing(parts: Iterable[Numbers]) -> Numbers:
    """The phrases that stand in any of the parts."""
    return NONE.union(*parts)
