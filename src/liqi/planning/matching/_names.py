"""Whether a question is a plain name (of a model, a maker, a kind of instrument) or a need."""

import re
from functools import cache

from liqi.planning.matching._match import said_of_techniques
from liqi.planning.matching._words import plain
from liqi.taxonomy import classes, fold, makers, techniques, terms

_MODEL = re.compile(r"[a-z]+[- ]?\d{2,}[a-z]*|\d+[a-z]{1,3}-?\d+", re.IGNORECASE)
_ASKS = re.compile(
    r"[?？]|\b(?:what|which|how|is|are|does|can|need|want|find|identify|measure|determine|print|make|grow|test|check"
    r"|in|of|with|for|from|my|our|the)\b",
    re.IGNORECASE,
)
_DOES = re.compile(
    "有没有|是不是|是否|多少|怎么|如何|什么|哪些|测定|测一|鉴定|检测(?!仪|器|系统|中心)|想|需要|打印(?!机|系统)|[的吗几?？]"
)
_ENDS = re.compile(r"(?:仪|镜|机|计|器|系统|装置|炉|平台|中心|实验室|研究所|研究院|公司|大学|学院|医院|台站|光源)$")
MOST_WORDS, MOST_SIGNS = 4, 20
"""A longer question is a need."""


def is_name(text: str) -> bool:
    """Whether the text looks like the name of a record rather than a need.

    >>> [is_name(text) for text in ("JEM-2100F", "冷冻电镜", "Thermo Orbitrap", "合肥 质谱仪", "中国科学技术大学")]
    [True, True, True, True, True]
    >>> [is_name(text) for text in ("cadmium in rice", "测定牛奶中四环素残留", "what drugs are in this white powder")]
    [False, False, False]
    """
    said = plain(text).strip()
    words = said.split()
    if len(words) > MOST_WORDS or len(said) > MOST_SIGNS * (2 if said.isascii() else 1):
        return False
    if not words or said in _known():
        return True
    if said.isascii():
        known = bool(_MODEL.search(said)) or any(word in _known() for word in words)
        return not _ASKS.search(said) and (known or not any(said_of_techniques(word) for word in words))
    return (any(_ENDS.search(word) for word in words) and not _DOES.search(said)) or bool(_MODEL.fullmatch(said))


@cache
def _known() -> frozenset[str]:
    """Folded names of kinds of instruments, classes, makers and techniques."""
    found = {fold(name) for term in terms() for name in term.names}
    found |= {fold(name) for one in classes().values() for name in (one.name_zh, one.name_en, *one.aliases)}
    found |= {fold(name) for maker in makers().values() for name in (maker.name_zh, maker.name_en, *maker.aliases)}
    for one in techniques().values():
        found |= {fold(name) for name in (one.label_en, *one.abbreviations, *one.labels_zh)}
    return frozenset(found) - {""}
