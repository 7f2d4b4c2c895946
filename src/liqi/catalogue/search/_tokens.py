"""Text to tokens, one way for the index and for questions: CJK bigrams, words, numbers.

A run of Chinese characters gives its bigrams and, at the end, its last character alone, so that a phrase of
bigrams matches exactly where the run contains the asked characters, and never across the end of a run.
Letters and digits are split from each other, so that QE-123, QE 123 and qe123 are the same two tokens.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from liqi.taxonomy import fold, techniques, terms

_CJK = r"\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_JOINED = re.compile(rf"(?<=[{_CJK}])[-‐–—·・/／]+(?=[{_CJK}])")
_NO_SIGN = re.compile(r"[\W_]+")
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<digits>\d+)|(?P<letters>[^\W\d_{_CJK}]+)")


def prepare(text: str) -> str:
    """The folded text, with the hyphens and slashes between Chinese characters taken out."""
    folded = fold(text)
    return folded if folded.isascii() else _JOINED.sub("", folded)


def runs(prepared: str) -> list[tuple[str, str]]:
    """The runs of a prepared text in order, each with its kind; letters in their basic form.

    >>> runs(prepare("LCMS-8060 液相色譜-質譜儀"))
    [('letters', 'lcms'), ('digits', '8060'), ('cjk', '液相色谱质谱仪')]
    """
    found = []
    for match in _RUN.finditer(prepared):
        kind = match.lastgroup or ""
        run = match.group()
        found.append((kind, word(run) if kind == "letters" else run))
    return found


@lru_cache(maxsize=65_536)
def word(letters: str) -> str:
    """A word in its basic form: no plural, one spelling of -ise and -yse; SIMS is no plural of SIM.

    >>> word("spectrometers"), word("sims")
    ('spectrometer', 'sims')
    """
    if letters in _abbreviations():
        return letters
    if len(letters) >= 6:
        letters = letters.replace("iz", "is").replace("yz", "ys")
    if len(letters) > 4 and letters.endswith("ies"):
        return letters[:-3] + "y"
    if len(letters) > 3 and letters.endswith("s") and letters[-2] not in "sui":
        return letters[:-1]
    return letters


@cache
def _abbreviations() -> frozenset[str]:
    """Abbreviations that end like a plural."""
    known = [name for term in terms() for name in term.abbreviations]
    known += [name for technique in techniques().values() for name in technique.abbreviations]
    return frozenset(part for name in known for part in re.findall(r"[a-z]+s\b", fold(name)))


def bigrams(run: str) -> list[str]:
    """The bigrams of a run; the run itself when it is one character."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def tokens(text: str) -> str:
    """What the index is fed with: the tokens of the text, separated by blanks."""
    return " ".join(_tokens(runs(prepare(text))))


def _tokens(found: Sequence[tuple[str, str]]) -> list[str]:
    made: list[str] = []
    for kind, run in found:
        if kind == "cjk" and len(run) > 1:
            made += [run[at : at + 2] for at in range(len(run) - 1)]
            made.append(run[-1])
        else:
            made.append(run)
    return made


def phrase(text: str) -> list[str]:
    """The tokens that stand side by side wherever the text stands; no end mark after a last Chinese character.

    >>> phrase("质谱仪"), phrase("qe123"), phrase("X射线")
    (['质谱', '谱仪'], ['qe', '123'], ['x', '射线'])
    """
    found = tokens(text).split(" ")
    if len(found) > 1 and len(found[-2]) == 2 and found[-2].endswith(found[-1]) and not found[-1].isascii():
        found.pop()
    return found


def grams(text: str) -> str:
    """One, three and four Chinese characters, and two words, that stand side by side, each as one token.

    With them, nearly every question is a look-up of terms; only longer ones need the positions of a phrase.

    >>> grams("质谱仪器 GC-MS")
    '质 谱 仪 器 质谱仪 谱仪器 质谱仪器 gc_ms'
    """
    return " ".join(dict.fromkeys(_grams(runs(prepare(text)))))


def _grams(found: Sequence[tuple[str, str]]) -> list[str]:
    made: list[str] = []
    before = ""
    for kind, run in found:
        if kind == "cjk":
            made += run
            made += [run[at : at + 3] for at in range(len(run) - 2)]
            made += [run[at : at + 4] for at in range(len(run) - 3)]
            before = ""
        else:
            if before:
                made.append(f"{before}_{run}")
            before = run
    return made


def spelled(text: str) -> tuple[str, str, str]:
    """The tokens, grams and squashed form of a text, read once.

    >>> spelled("QE-123 质谱")
    ('qe 123 质谱 谱', 'qe_123 质 谱', 'qe123质谱')
    """
    prepared = prepare(text)
    found = runs(prepared)
    return " ".join(_tokens(found)), " ".join(dict.fromkeys(_grams(found))), _NO_SIGN.sub("", prepared)


def grams_of(wanted: Sequence[str]) -> list[str]:
    """The tokens of `grams` that stand where the phrase stands; one token means exactly there, several nearly.

    >>> grams_of(["质谱", "谱仪"]), grams_of(["q", "exactive", "hf"])
    (['质谱仪'], ['q_exactive', 'exactive_hf'])
    """
    if re.match(f"[{_CJK}]", wanted[0]):
        run = wanted[0] + "".join(token[-1] for token in wanted[1:])
        size = min(len(run), 4)
        return [run[at : at + size] for at in range(len(run) - size + 1)]
    return [f"{one}_{other}" for one, other in pairwise(wanted)]


def squashed(text: str) -> str:
    """The text folded, letters, digits and Chinese characters only: how a model number is compared."""
    return _NO_SIGN.sub("", fold(text))
