"""Words against the taxonomy: BM25 over the fields of every technique.

After S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, Foundations and Trends in
Information Retrieval 3 (2009) 333-389: the BM25F form, in which the fields of a document are weighed before saturation.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from liqi.planning.matching._concepts import tokens_meant
from liqi.planning.matching._words import PREFIX_MARK, tokens
from liqi.taxonomy import Technique, techniques

K1 = 1.2
WEIGHTS = {"label": 3.0, "use": 2.0, "analyte": 1.5, "matrix": 0.8, "definition": 0.4}
"""How much a word counts in each field; chosen on the development questions."""
LENGTH = {"label": 0.3, "use": 0.6, "analyte": 0.6, "matrix": 0.6, "definition": 0.75}
"""How much a long field is held against its words (b of BM25)."""
PREFIX_WEIGHT = 0.35
"""A word that only meets by its first letters counts for so much."""

MEANT_WEIGHT = 0.4
"""What a word stands for counts for so much of the word itself."""
COMMON_WORDS = 1.25
"""How much sooner a common technique is meant than a special one, where both meet the same words."""

TOGETHER = 0.3
"""How much the best phrase counts beside all words of a technique."""
TOGETHER_IN = {"label": 1.0, "use": 1.0, "analyte": 0.8, "matrix": 0.5, "definition": 0.4}
"""How much words that stand together in a phrase of a field count."""

Phrases = Sequence[tuple[str, str]]
"""Field and text, for every text that a technique is described by."""


def phrases(technique: Technique, added: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every text that describes the technique, with its field."""
    names = (technique.label_en, *technique.abbreviations, *technique.labels_zh)
    return [
        *(("label", text) for text in names),
        *(("label", text) for text in technique.synonyms if text not in names),
        *(("use", text) for text in (*added, *technique.uses_en, *technique.uses_zh)),
        *(("analyte", text) for text in technique.analytes),
        *(("matrix", text) for text in technique.matrices),
        *((("definition", technique.definition),) if technique.definition else ()),
    ]


@dataclass(frozen=True, slots=True)
class Index:
    """The postings of every token: technique's place and its weight after fields and lengths are accounted for.

    `phrases` has for every token the phrases that it stands in, and `phrase_of` the technique of a phrase and how
    much its field counts.
    """

    keys: tuple[str, ...]
    postings: Mapping[str, tuple[tuple[int, float], ...]]
    idf: Mapping[str, float]
    rarest: float
    """The weight of a word that no technique has."""
    phrases: Mapping[str, tuple[int, ...]]
    phrase_of: tuple[tuple[int, float], ...]

    def scores(self, text: str) -> dict[str, float]:
        """The techniques that share words with the question, or with what its words stand for, each with its score.

        A share of the score is for words that stand together in one phrase: many words spread over many uses mean
        less than a few in one.
        """
        found: dict[int, float] = {}
        asked = [(token, 1.0) for token in dict.fromkeys(tokens(text, asked=True))]
        for token, share in [*asked, *((token, MEANT_WEIGHT) for token in tokens_meant(text))]:
            weight = self._weight(token) * share
            for place, tf in self.postings.get(token, ()):
                found[place] = found.get(place, 0.0) + weight * tf / (K1 + tf)
        known = techniques()
        for place in found:
            found[place] *= COMMON_WORDS if known[self.keys[place]].common else 1.0
        together = self._together([token for token, _share in asked])
        lead = TOGETHER * max(found.values(), default=0.0) / (max(together.values(), default=0.0) or 1.0)
        for place, weight in together.items():
            found[place] = found.get(place, 0.0) + lead * weight
        return {self.keys[place]: score for place, score in found.items()}

    def _weight(self, token: str) -> float:
        return self.idf.get(token, 0.0) * (PREFIX_WEIGHT if token.startswith(PREFIX_MARK) else 1.0)

    def _together(self, asked: Sequence[str]) -> dict[int, float]:
        """Of every technique, the weight of the asked words in that phrase of it that has most of them."""
        sums: dict[int, float] = {}
        for token in asked:
            weight = self._weight(token)
            for number in self.phrases.get(token, ()):
                sums[number] = sums.get(number, 0.0) + weight
        best: dict[int, float] = {}
        for number, weight in sums.items():
            place, counts = self.phrase_of[number]
            best[place] = max(best.get(place, 0.0), weight * counts)
        return best


def build(described: Mapping[str, Phrases]) -> Index:
    """The index of these techniques, each given by its phrases."""
    counts = [_counts(texts) for texts in described.values()]
    lengths = {field: [sum(fields.get(field, {}).values()) for fields in counts] for field in WEIGHTS}
    mean = {field: (sum(several) / len(several) if several else 0) or 1.0 for field, several in lengths.items()}
    postings: dict[str, list[tuple[int, float]]] = {}
    for place, fields in enumerate(counts):
        weights: dict[str, float] = {}
        for field, words in fields.items():
            b = LENGTH[field]
            norm = 1 - b + b * lengths[field][place] / mean[field]
            for token, count in words.items():
                weights[token] = weights.get(token, 0.0) + WEIGHTS[field] * count / norm
        for token, weight in weights.items():
            postings.setdefault(token, []).append((place, weight))
    total = len(counts)
    idf = {token: math.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5)) for token, rows in postings.items()}
    standing: dict[str, list[int]] = {}
    phrase_of: list[tuple[int, float]] = []
    for place, texts in enumerate(described.values()):
        for field, text in texts:
            for token in set(tokens(text)):
                standing.setdefault(token, []).append(len(phrase_of))
            phrase_of.append((place, TOGETHER_IN[field]))
    return Index(
        keys=tuple(described),
        postings={token: tuple(rows) for token, rows in postings.items()},
        idf=idf,
        rarest=math.log(1 + total + 0.5),
        phrases={token: tuple(numbers) for token, numbers in standing.items()},
        phrase_of=tuple(phrase_of),
    )


def _counts(texts: Phrases) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for field, text in texts:
        found.setdefault(field, Counter()).update(tokens(text))
    return found
