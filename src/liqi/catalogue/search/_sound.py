"""Chinese names by their sound: the initials or the whole pinyin, typed without tones."""

from functools import cache, lru_cache

from liqi.catalogue.search._tokens import prepare, runs
from liqi.taxonomy import classes, divisions, makers, techniques, terms

SHORTEST = 3
MOST_NAMES = 8
Sounds = tuple[str, ...]


@lru_cache(maxsize=4096)
def names_like(text: str) -> tuple[str, ...]:
    """Known Chinese names, or the beginnings of them, whose initials or pinyin are exactly this text.

    >>> names_like("qxsp"), names_like("hefei")
    (('气相色谱',), ('合肥',))
    """
    asked = prepare(text)
    if len(asked) < SHORTEST or not (asked.isascii() and asked.isalpha()):
        return ()
    found: dict[str, None] = {}
    for name, sounds in _sounds().items():
        length = _length(asked, sounds)
        if length >= 2:
            found.setdefault(name[:length])
    return tuple(sorted(found, key=lambda name: (len(name), name)))[:MOST_NAMES]


def _length(asked: str, sounds: Sounds) -> int:
    """How many characters of the name the text spells from its beginning; 0 where it spells something else."""
    if len(asked) <= len(sounds) and all(
        sound.startswith(letter) for letter, sound in zip(asked, sounds, strict=False)
    ):
        return len(asked)
    rest = asked
    for number, sound in enumerate(sounds, 1):
        if not rest.startswith(sound):
            return 0
        rest = rest[len(sound) :]
        if not rest:
            return number
    return 0


@cache
def _sounds() -> dict[str, Sounds]:
    from pypinyin import lazy_pinyin

    names = [name for term in terms() for name in (term.name_zh, *term.variants)]
    names += [entry.name_zh for entry in classes().values()]
    names += [name for technique in techniques().values() for name in technique.labels_zh]
    names += [maker.name_zh for maker in makers().values()]
    names += [entry.name_zh for entry in divisions().values() if entry.code.endswith("00")]
    plain = {run for name in names for kind, run in runs(prepare(name)) if kind == "cjk" and len(run) > 1}
    return {name: tuple(lazy_pinyin(name)) for name in sorted(plain)}
