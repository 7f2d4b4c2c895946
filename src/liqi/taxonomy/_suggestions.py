"""Which class an instrument without one may be of, from its name, model and maker, with a confidence for each.

The score of a class is what the phrases found say of it; the confidence is a multinomial logit with "none of these" as
one more alternative, its two numbers fitted to labelled records (`benchmarks/suggest_class.py`).
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from liqi.taxonomy import _class_phrases
from liqi.taxonomy._classes import class_prefix, classes, label

LEVEL, SLOPE = -1.2, 2.7
"""Intercept and slope of the log odds against the logarithm of the score; by maximum likelihood, see the module."""
_LATER = 0.35
"""The last phrase of a name is worth this much more than the first: names end with what the thing is."""
_CUT = 0.7
_FROM_MODEL = 0.8
_METROLOGY = 0.8
"""Duplicate wordings stand also among the metrology standards (03) and inspection (11): the general class first."""
_SHARED = 0.5
"""What evidence for a middle class counts for a small class below it that has evidence of its own."""
_USUAL = 1.5
_WORDS = 0.5
_LEAST = 0.15
_TOO_LITTLE = 0.02
_OF_ANY_KIND = {"system", "equipment", "test", "digital", "flow", "instrument", "meter", "analysis", "standard", "data"}
"""Words in the names of classes that tell nothing when they stand alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a class was suggested: kind (term, class, word, technique, model, maker, near) and the words for it."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class that the record may be of; `confidence` is the probability that it is this one or one below it."""

    code: str
    confidence: float
    why: tuple[Evidence, ...]

    def label(self, language: str) -> str:
        """The class's name in zh-hans, zh-hant or en."""
        return label(self.code, language)


def suggest_class(
    name: str, model: str = "", maker: str = "", *, usual: Mapping[str, float] | None = None, limit: int = 3
) -> list[Suggestion]:
    """The classes that fit best, at least two, best first; none where nothing in the words tells.

    `usual` is the share of each class among the maker's other instruments.

    >>> [one.code for one in suggest_class("原子力显微镜")]
    ['010803', '030118']
    """
    scores, why = _scores(name, model, usual or {})
    if not scores:
        return []
    odds = {code: math.exp(LEVEL) * score**SLOPE for code, score in scores.items()}
    whole = 1 + sum(odds.values())
    best = sorted(scores, key=lambda code: (-scores[code], code))[: max(2, limit)]
    if maker and usual:
        for code in best:
            if code in usual:
                why[code].append(Evidence("maker", maker))
    found = [Suggestion(code, round(odds[code] / whole, 3), tuple(dict.fromkeys(why[code]))) for code in best]
    if found[0].confidence < _TOO_LITTLE:
        return []
    return found if len(found) > 1 else [*found, _near(found[0])]


def _scores(name: str, model: str, usual: Mapping[str, float]) -> tuple[dict[str, float], dict[str, list[Evidence]]]:
    scores: dict[str, float] = defaultdict(float)
    why: dict[str, list[Evidence]] = defaultdict(list)
    for text, worth in ((name, 1.0), (model, _FROM_MODEL)):
        matches, words = _class_phrases.find(text)
        for match in matches:
            later = 1 + _LATER * match.end / len(words)
            said = match.phrase.length * worth * later * (1 if match.whole else _CUT) / len(match.phrase.codes) ** 0.5
            for code in match.phrase.codes:
                scores[code] += said
                why[code].append(Evidence(match.phrase.kind, match.phrase.words))
    if not scores:
        scores, why = _by_words(name)
    for code, share in usual.items():
        if code in scores or share > _LEAST:
            scores[code] += _USUAL * share
    for code in scores:
        if code.startswith(("03", "11")):
            scores[code] *= _METROLOGY
    return _below(dict(scores)), why


def _below(scores: dict[str, float]) -> dict[str, float]:
    """Evidence for a middle class goes to the small classes below it that have evidence of their own."""
    kept = dict(scores)
    for code, score in scores.items():
        prefix = class_prefix(code)
        if len(prefix) < 6:
            below = [other for other in scores if other != code and other.startswith(prefix)]
            for other in below:
                kept[other] += _SHARED * score
            if below:
                del kept[code]
    return kept


def _by_words(name: str) -> tuple[dict[str, float], dict[str, list[Evidence]]]:
    """Where no phrase is found: classes whose names share rare words or pairs of characters with the name."""
    rarity, by_word = _rarity()
    scores: dict[str, float] = defaultdict(float)
    why: dict[str, list[Evidence]] = defaultdict(list)
    for word in _pieces(_class_phrases.find(name)[1]):
        for code in by_word.get(word, ()):
            scores[code] += _WORDS * rarity[word]
            why[code].append(Evidence("near", word))
    most = max(scores.values(), default=0.0)
    return defaultdict(float, {code: score for code, score in scores.items() if score > most / 2}), why


def _pieces(words: list[str]) -> set[str]:
    pairs = {a + b for a, b in itertools.pairwise(words) if not a.isascii() and not b.isascii()}
    return pairs | {word for word in words if word.isascii() and len(word) > 3 and word not in _OF_ANY_KIND}


@cache
def _rarity() -> tuple[dict[str, float], dict[str, list[str]]]:
    by_word: dict[str, list[str]] = defaultdict(list)
    for entry in classes().values():
        if entry.level > 1 and entry.name_zh != "其他":
            for name in (entry.name_zh, entry.name_en):
                for piece in _pieces(_class_phrases.tokens(name)):
                    by_word[piece].append(entry.code)
    count = Counter({word: len(codes) for word, codes in by_word.items()})
    return {word: math.log(len(classes()) / n) / math.log(len(classes())) for word, n in count.items()}, dict(by_word)


def _near(one: Suggestion) -> Suggestion:
    """A second choice where the words tell of one class alone: its middle class, or the first below it."""
    entry = classes()[one.code]
    code = entry.parent if entry.level == 3 else next((c for c, e in classes().items() if e.parent == one.code), "")
    return Suggestion(code or "990000", round((1 - one.confidence) / 4, 3), (Evidence("near", label(one.code, "en")),))
