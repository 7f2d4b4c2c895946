"""The words of a need: folded, mainland words for Taiwan's, Chinese bigrams, English words without their endings."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from liqi.taxonomy import fold, to_hans

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>[a-zα-ω][a-zα-ω0-9]*(?:[-.][a-z0-9]+)*)|(?P<number>\d+[a-z]?)")
_ASKING = re.compile(
    "有没有|是不是|是否|能不能|可不可以|会不会|对不对|好不好|想要|想知道|需要|请问|如何|怎么样|怎么|怎样|什么|哪些|哪里|哪种"
    "|多少|几个|一下|一个|一些|里面|里的|中的|当中|之后|之前|以及|或者|我们|我的|我想|帮我|帮忙|找人|可以|哪家|谁能|这个|这种|这批"
    "|检测|测定|测试|测量|分析|检查|化验|做个|看看|的|了|吗|呢|么"
)
PREFIX_MARK = "^"
_PREFIX = 5
"""Long words also meet by so many first letters, so that corrosion meets corroded."""


@cache
def _stop() -> frozenset[str]:
    """English words that only ask."""
    return frozenset(files(__package__).joinpath("data", "stop.txt").read_text(encoding="utf-8").split())


@cache
def _mainland() -> tuple[tuple[str, str], ...]:
    """Words of Taiwan and of every day with the word of the table; longest first."""
    pairs = []
    text = files(__package__).joinpath("data", "words.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        said, _tab, meant = line.partition("\t")
        pairs.append((fold(said), fold(meant)))
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in simplified script with the words that the taxonomy uses.

    >>> plain("雷射共軛焦 奈米"), plain("药残"), plain("兽药残留")
    ('激光共聚焦 纳米', '药物残留', '兽药残留')
    """
    folded = fold(text if text.isascii() else to_hans(text))
    if folded.isascii():
        return folded
    for said, meant in _mainland():
        if said in folded and meant not in folded:
            # a short form whose long one goes on behind it is no short form there: 兽药残留 holds 药残
            longer = f"(?!{re.escape(meant[-1])})" if meant[-2:-1] == said[-1] else ""
            folded = re.sub(re.escape(said) + longer, meant.replace("\\", r"\\"), folded)
    return folded


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """An English word without its ending, enough to meet its other forms.

    >>> stem("leaching"), stem("studies"), stem("analysed"), stem("gas")
    ('leach', 'study', 'analys', 'gas')
    """
    word = word.replace("ize", "ise").replace("yze", "yse").replace("our", "or") if len(word) > 5 else word
    for ending, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("edly", ""),
        ("ed", ""),
        ("ly", ""),
        ("es", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            if ending in ("s", "es") and word.endswith(("ss", "us", "is")):
                break
            word = word[: -len(ending)] + instead
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


def tokens(text: str, *, asked: bool = False) -> Iterator[str]:
    """The tokens of a text; of a question, the words that only ask are left out.

    >>> list(tokens("测定牛奶中的四环素", asked=True)), list(tokens("What metals leach from my toys?", asked=True))
    (['牛奶', '四环', '环素'], ['metal', '^metal', 'leach', '^leach', 'toy'])
    """
    prepared = plain(text)
    for found in _RUN.finditer(prepared):
        run = found.group()
        if found.lastgroup == "cjk":
            parts = _ASKING.sub(" ", run).split() if asked else [run]
            for part in parts or []:
                yield from _chinese(part)
        elif found.lastgroup == "word":
            yield from _english(run)
        elif asked is False:
            yield run


def _chinese(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _english(run: str) -> Iterator[str]:
    if run in _stop():
        return
    for word in dict.fromkeys((run, *re.split(r"[-.]", run)) if re.search(r"[-.]", run) else (run,)):
        if word in _stop() or not word:
            continue
        stemmed = stem(word)
        yield stemmed
        if len(stemmed) >= _PREFIX and stemmed.isalpha():
            yield f"{PREFIX_MARK}{stemmed[:_PREFIX]}"


def words_of(need: str) -> dict[str, str]:
    """The tokens of a question, each with the word of the question that it came from.

    >>> words_of("测定牛奶")
    {'牛奶': '牛奶'}
    """
    found: dict[str, str] = {}
    prepared = plain(need)
    for piece in _RUN.finditer(prepared):
        for word in _ASKING.sub(" ", piece.group()).split() if piece.lastgroup == "cjk" else [piece.group()]:
            for token in tokens(word, asked=True):
                found.setdefault(token, token if piece.lastgroup == "cjk" else word)
    return found
