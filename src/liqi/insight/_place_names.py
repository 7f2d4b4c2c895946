"""Names of places as people write them in a question: where they stand in a text and what each may mean."""

import re
from collections.abc import Collection, Iterator
from functools import cache

from liqi import taxonomy
from liqi.taxonomy import fold

GEO = "geo:"
"""Before the GeoNames number it is the code of a city outside China."""
_BODY = re.compile(r"^(?:大学|学院|医院|公司|集团|研究|实验室|university|college|institute|hospital)", re.IGNORECASE)
_KIND = re.compile(r"(自治县|自治旗|新区|区|县|旗)$")
_RANKS = re.compile(r"\s+(?:province|municipality|prefecture|city|district|county)$", re.IGNORECASE)
"""Words for the kind of a place that may stand behind its name."""
_NAMED_WHOLE = 3
"""Characters of a district's name with the word for its kind: 怀柔区 is meant wherever it stands."""


def codes_of(name: str) -> tuple[str, ...]:
    """The places of just this name."""
    plain = fold(_RANKS.sub("", name.strip(" 的")))
    if name.strip().upper() in taxonomy.countries() and name.strip().isupper():
        return (name.strip().upper(),)
    known = taxonomy.find_place(plain) if not plain.isdigit() else None
    return tuple(dict.fromkeys([*([known] if known else []), *_names().get(plain, ()), *_cities().get(plain, ())]))


def is_zone(name: str) -> bool:
    """Whether this is the name of a region or park that is no division of its own."""
    return fold(_RANKS.sub("", name.strip(" 的"))) in _zones()


def found_in(text: str, within: Collection[str] = ()) -> tuple[int, int, tuple[str, ...]] | None:
    """The longest name of a place in the text that stands for itself; divisions and countries before cities.

    The short name of a district needs no space behind it where the text already names what it lies in (`within`).
    """
    plain = fold(text)
    if len(plain) != len(text):
        return None
    spans = [(start, end, codes) for start, end, codes in _spans(plain, within) if not _BODY.match(plain[end:].strip())]
    return max(spans, key=lambda span: (span[1] - span[0], span[0]), default=None)


def _spans(plain: str, within: Collection[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Every name of a place in the folded text: Chinese ones anywhere, short names and others only as whole words."""
    for start in range(len(plain)):
        for end in range(start + 2, min(len(plain), start + 24) + 1):
            name = plain[start:end]
            codes = _names().get(name) or _cities().get(name, ())
            if not codes:
                continue
            begins = _edge(plain, start - 1)
            whole = begins and _edge(plain, end)
            inside = begins and any(f"{code[:2]}0000" in within or f"{code[:4]}00" in within for code in codes)
            if whole or (not name.isascii() and (inside or _stands_anywhere(name, codes))):
                yield start, end, codes


def _stands_anywhere(name: str, codes: tuple[str, ...]) -> bool:
    """Whether the place is meant wherever its Chinese name stands: it is large, or its name says what it is."""
    if len(name) >= _NAMED_WHOLE and (name in _zones() or name[-1] in "区县市旗"):
        return True
    return any(code in taxonomy.countries() or (code.endswith("00") and name not in _zones()) for code in codes)


def _edge(plain: str, at: int) -> bool:
    return not 0 <= at < len(plain) or bool(re.match(r"[\s,，.的在@?？、;；:：()（）/]", plain[at]))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Folded names of countries and divisions, the short ones too, each with every code that bears it."""
    found: dict[str, dict[str, None]] = {}
    for entry in (*taxonomy.countries().values(), *taxonomy.divisions().values()):
        names = {entry.name_zh, taxonomy.short_name(entry.name_zh), entry.name_en, entry.name_hant}
        if entry.code.isdigit() and not entry.code.endswith("00"):
            names.add(_KIND.sub("", entry.name_zh))
        for name in names:
            plain = fold(name or "")
            if len(plain) > (3 if plain.isascii() else 1):
                found.setdefault(plain, {})[entry.code] = None
    for name, codes in _zones().items():
        found.setdefault(name, {}).update(dict.fromkeys(codes))
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    return {fold(name): codes for name, codes in taxonomy.zones().items()}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Folded names of cities outside China."""
    found: dict[str, dict[str, None]] = {}
    for city in taxonomy.cities().values():
        if city.country != "CN":
            short = city.name.removesuffix(" City")
            for name in (city.name, city.name_zh, short if " " in short else ""):
                if len(name or "") > (3 if (name or "").isascii() else 1):
                    found.setdefault(fold(name), {})[f"{GEO}{city.geonames_id}"] = None
    return {name: tuple(codes) for name, codes in found.items()}
