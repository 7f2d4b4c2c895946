"""Words that a machine has put in the place of others: phrases that nobody writes, with what stands there usually."""

from functools import cache, lru_cache

from liqi.taxonomy._data import table
from liqi.taxonomy._scripts import fold


@lru_cache(maxsize=65536)
def swaps_in(text: str) -> tuple[tuple[str, str], ...]:
    """The phrases of a text that look spun, each once with the usual one, in their order; a guess for a person.

    Only phrases are known, no single words: 发展 and 开展 are both good words. The longest phrase at a place is told.

    >>> swaps_in("技能攻关、协同立异、成果转化"), swaps_in("开展技术攻关，支持产业链发展")
    ((('技能攻关', '技术攻关'), ('协同立异', '协同创新')), ())
    """
    folded = fold(text)
    found: dict[tuple[str, str], None] = {}
    at = 0
    while at < len(folded):
        hit = next((pair for pair in _known() if folded.startswith(pair[0], at)), None)
        if hit is not None:
            found[hit] = None
        at += len(hit[0]) if hit else 1
    return tuple(found)


@cache
def _known() -> tuple[tuple[str, str], ...]:
    """The phrases, longest first."""
    pairs = [(fold(row["swapped"]), row["usual"]) for row in table("swaps.tsv")]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))
