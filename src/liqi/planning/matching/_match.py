"""A need in words to techniques: words and meaning, joined by score.

The convex combination of scores, each normalised by its best, after S. Bruch, S. Gai and A. Ingber, An Analysis of
Fusion Functions for Hybrid Retrieval, ACM TOIS 42 (2023) 20. On our questions it is better than fusion by reciprocal
rank, which forgets how far the first one leads (docs/reference/benchmarks.md).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from liqi.planning.matching import _encoder, _index, _passages
from liqi.planning.matching._concepts import meant
from liqi.planning.matching._words import PREFIX_MARK, plain, tokens, words_of
from liqi.taxonomy import techniques

NAMED = 1.0
"""What a technique gains that the need names outright."""
REASONS = 3
MEANT_SHARE, MEANT_AT_MOST = 0.2, 6
"""How far the meaning of a need is drawn to what its words stand for, and how many of those at most."""
SHORT_NAME = 5
COMMON_MEANING = 0.012
"""How much nearer in meaning a special technique must come than a common one."""
Added = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Why:
    """What of the need met what of the technique: words in a field, or the meaning of a use."""

    asked: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A technique for a need; `score` is 1 where it is first by words and by meaning.

    `covered` is the share of the need's words (each by how telling it is) that stand in the technique's texts, and
    `cosine` how near the nearest use comes in meaning, None without an encoder.
    """

    technique: str
    score: float
    why: tuple[Why, ...]
    covered: float
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Matches:
    """The techniques of a need, best first; `by_meaning` is False where only words could be compared."""

    found: tuple[Match, ...]
    by_meaning: bool

    @property
    def good(self) -> bool:
        """Whether the first one is likely to be right: enough of the words are met, or the meaning is near."""
        return bool(self.found) and is_good(self.found[0])


COVERED_ENOUGH, NEAR_ENOUGH, COVERED_A_LITTLE = 0.34, 0.85, 0.1
"""So much of the words alone, or some of them and so near in meaning: the meaning alone is near everything."""


def is_good(one: Match) -> bool:
    """Whether a technique meets enough of the words of the need, or comes near in meaning."""
    near = one.cosine is not None and one.cosine >= NEAR_ENOUGH
    return one.covered >= COVERED_ENOUGH or (near and one.covered >= COVERED_A_LITTLE)


def match(need: str, limit: int = 5, added: Mapping[str, Sequence[str]] | None = None) -> Matches:
    """The techniques for the need in words, best first, each with what met.

    `need` is without price, place and time (see `parse_need`); `added` are words given to techniques here.
    """
    described = _described(tuple((key, tuple(words)) for key, words in sorted((added or {}).items()) if words))
    by_words = described.index.scores(need)
    question = _meaning(need)
    near = described.meanings().near(question) if question is not None else {}
    fused = fuse(by_words, {key: cosine for key, (cosine, _passage) in near.items()}, named(need))
    top = 2.0 if near else 1.0
    best = sorted(fused, key=lambda key: (-fused[key], key))[:limit]
    found = [
        Match(
            key,
            round(max(0.0, min(fused[key] / top, 1.0)), 4),
            _reasons(described, key, need, near.get(key)),
            _covered(described, key, need),
            round(near[key][0], 4) if key in near else None,
        )
        for key in best
    ]
    return Matches(tuple(found), question is not None)


def named(need: str) -> list[str]:
    """The techniques that the need names outright, by the longest name first.

    >>> named("SEM resolution 0.8 nm"), named("需要冷冻电镜")
    (['sem'], ['cryoem'])
    """
    text = plain(need)
    found: dict[str, int] = {}
    for name, (folded, keys) in _names().items():
        at = text.find(folded)
        if at < 0 or (name.isascii() and not _stands(name, need)):
            continue
        for key in keys:
            found[key] = max(found.get(key, 0), len(name))
    longest = max(found.values(), default=0)
    return [key for key in sorted(found, key=lambda key: -found[key]) if found[key] * 2 > longest]


def _stands(name: str, need: str) -> bool:
    """Whether the Latin name stands apart in the need; a short one in capitals, for words are short too."""
    flags = re.IGNORECASE if len(name) > SHORT_NAME else 0
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", need, flags) is not None


@cache
def _names() -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, list[str]] = {}
    for key, one in techniques().items():
        for name in (one.label_en, *one.abbreviations, *one.labels_zh):
            if len(name) > 1 and (not name.isascii() or any(sign.isupper() for sign in name) or " " in name):
                found.setdefault(name, []).append(key)
    return {name: (plain(name), tuple(keys)) for name, keys in found.items()}


def _meaning(need: str) -> NDArray[np.float32] | None:
    """The vector of the need, drawn towards that of the need with what its words stand for."""
    said = _encoder.of_question(need) if need.strip() else None
    stands_for = meant(need)
    if said is None or not stands_for:
        return said
    with_it = _encoder.of_question(f"{need} ({'; '.join(stands_for[:MEANT_AT_MOST])})")
    mixed = said if with_it is None else (1 - MEANT_SHARE) * said + MEANT_SHARE * with_it
    length = float(np.linalg.norm(mixed))
    return np.asarray(mixed / length, dtype=np.float32)


def fuse(by_words: Mapping[str, float], cosines: Mapping[str, float], named: Sequence[str]) -> dict[str, float]:
    """Words and meaning, each as a share of the best one's lead, and one more for a technique that is named.

    The cosines of this encoder lie close together, so they count by how far they are above their mean.
    """
    most = max(by_words.values(), default=0.0) or 1.0
    found = {key: score / most for key, score in by_words.items()}
    if cosines:
        known = techniques()
        nearness = {key: cosine + COMMON_MEANING * known[key].common for key, cosine in cosines.items()}
        mean = sum(nearness.values()) / len(nearness)
        lead = max(nearness.values()) - mean or 1.0
        for key, value in nearness.items():
            found[key] = found.get(key, 0.0) + (value - mean) / lead
    for key in named:
        found[key] = found.get(key, 0.0) + NAMED
    return found


class Described:
    """Techniques with everything that is said of them, ready to be asked."""

    def __init__(self, added: Added) -> None:
        words = dict(added)
        self.phrases = {key: _index.phrases(one, words.get(key, ())) for key, one in techniques().items()}
        self.index = _index.build(self.phrases)
        self._told: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
        self._passages = [p for key, one in techniques().items() for p in _passages.passages(one, words.get(key, ()))]
        self._meanings: _passages.Meanings | None = None

    def told(self, key: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Field, text and tokens of everything that is said of a technique, read at the first call."""
        if key not in self._told:
            self._told[key] = [(field, text, tuple(dict.fromkeys(tokens(text)))) for field, text in self.phrases[key]]
        return self._told[key]

    def meanings(self) -> _passages.Meanings:
        """The passages with their vectors, made at the first call."""
        if self._meanings is None:
            self._meanings = _passages.meanings(self._passages)
        return self._meanings


@lru_cache(maxsize=4)
def _described(added: Added) -> Described:
    return Described(added)


def _covered(described: Described, key: str, need: str) -> float:
    told = {token for _field, _text, several in described.told(key) for token in several}
    asked = [token for token in dict.fromkeys(tokens(need, asked=True)) if not token.startswith(PREFIX_MARK)]
    weights = {token: described.index.idf.get(token, described.index.rarest) for token in asked}
    whole = sum(weights.values())
    return round(sum(weight for token, weight in weights.items() if token in told) / whole, 3) if whole else 0.0


def _reasons(
    described: Described, key: str, need: str, near: tuple[float, _passages.Passage] | None
) -> tuple[Why, ...]:
    """The texts of the technique that hold the most telling words of the need, else the use that is near in meaning."""
    asked = words_of(need)
    telling = {token: described.index.idf.get(token, 0.0) for token in asked}
    ranked = []
    for place, (field, text, several) in enumerate(described.told(key)):
        met = [token for token in several if telling.get(token)]
        weight = sum(telling[token] * (0.3 if token.startswith(PREFIX_MARK) else 1.0) for token in met)
        if weight:
            ranked.append((-weight * _index.WEIGHTS[field] ** 0.5, len(text), place, field, text, met))
    reasons: list[Why] = []
    said: set[str] = set()
    for _weight, _length, _place, field, text, met in sorted(ranked):
        new = [token for token in met if token not in said]
        if not new:
            continue
        said.update(met)
        reasons.append(Why(as_asked(need, [asked[token] for token in met]), field, text))
        if len(reasons) == REASONS:
            break
    if not reasons and near is not None:
        reasons.append(Why(need.strip(), "meaning", near[1].uses[0]))
    return tuple(reasons)


def as_asked(need: str, words: Iterable[str]) -> str:
    """What the question says of these words, in its own order; a word that only stands for one of it is left out.

    >>> as_asked("测牛奶里的四环素", ["四环", "环素", "药物", "牛奶"])
    '牛奶 四环素'
    """
    text, several = plain(need), list(dict.fromkeys(words))
    ways = [rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word) for word in several]
    met = {place for way in ways for each in re.finditer(way, text) for place in range(*each.span())}
    found = "".join(letter if place in met else " " for place, letter in enumerate(text)).split()
    return " ".join(dict.fromkeys(found)) or " ".join(several)


def warm() -> bool:
    """Everything that the first question needs is loaded; whether meaning can be compared is returned."""
    return match("ready").by_meaning


def said_of_techniques(word: str) -> bool:
    """Whether the word stands in what is said of any technique."""
    index = _described(()).index
    asked = [token for token in tokens(word, asked=True) if len(token) > 1 and not token.startswith(PREFIX_MARK)]
    return any(token in index.idf for token in asked)
