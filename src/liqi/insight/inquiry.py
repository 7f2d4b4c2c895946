"""Questions of the observatory in words: which instruments, and where; what is ambiguous is kept, not guessed away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from liqi import taxonomy
from liqi.taxonomy import fold

SURE = 0.5
"""From this confidence on a class is taken; below it the page says what else was possible."""
LONGEST = 200
_IN = re.compile(
    r"^(?P<what>.*?)\s*(?:\b(?:in|at|near|around|within)\b|在|@)\s*(?P<where>[^?？]+?)\s*[?？]?\s*$", re.IGNORECASE
)
_JOINTS = re.compile(r"\b(?:in|at|near|around|within|the|our|of|for|from)\b|[的在有之,，?？:：;；@]", re.IGNORECASE)
_ANY = re.compile(
    r"^(?:all|any|every|scientific|research|large|instruments?|equipment|devices?|everything|\s"
    r"|科学|科研|大型|所有|全部|各类|仪器|设备|儀器|設備|科學|都|什么|哪些|多少)*$",
    re.IGNORECASE,
)
_BODY = re.compile(r"^(?:大学|学院|医院|公司|集团|研究|实验室|university|college|institute|hospital)", re.IGNORECASE)
_KIND = re.compile(r"(自治县|自治旗|新区|区|县|旗)$")
COUNTRY, PROVINCE, TOWN, DISTRICT, CITY = "country", "province", "town", "district", "city"
_RANK = {COUNTRY: 0, PROVINCE: 1, TOWN: 2, DISTRICT: 3, CITY: 4}
GEO = "geo:"
"""Before the GeoNames number it is the code of a city outside China."""


class UnclearQuestion(ValueError):
    """The question names nothing that can be counted; the message says found, expected and what to do.

    `kind` is code (of a lens, class or place that there is not), place (a name of none) or subject; `found` the words.
    """

    def __init__(self, message: str, *, kind: str, found: str) -> None:
        super().__init__(message)
        self.kind, self.found = kind, found


@dataclass(frozen=True, slots=True)
class Where:
    """A place: a country, a province, a town (prefecture-level city), a district of China, or a city of the world."""

    code: str
    kind: str
    country: str
    province: str = ""
    town: str = ""
    names: tuple[str, ...] = ()
    """Of a city of the world: what records may call it, folded."""

    def label(self, language: str) -> str:
        """What it is called, with what it lies in where its name alone could be another's."""
        if self.kind == CITY:
            city = taxonomy.cities()[self.code.removeprefix(GEO)]
            name = taxonomy.in_language(language, hans=city.name_zh or city.name, en=city.name)
            return _within(name, taxonomy.place_label(self.country, language), language)
        name = taxonomy.place_label(self.code, language)
        if self.kind == DISTRICT:
            return _within(name, taxonomy.place_label(self.town, language), language)
        return name

    @property
    def point(self) -> tuple[float, float] | None:
        """Its point in degrees, None for a country."""
        if self.kind == CITY:
            city = taxonomy.cities()[self.code.removeprefix(GEO)]
            return city.latitude, city.longitude
        found = taxonomy.place(self.code)
        if found is None or found.latitude is None or found.longitude is None:
            return None
        return found.latitude, found.longitude


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question taken apart: what is asked about, and where; each with everything that it may mean, best first."""

    text: str
    words: str
    """What remains when the place is taken out."""
    subjects: tuple[taxonomy.Suggestion, ...]
    places: tuple[Where, ...]
    everything: bool
    """Whether it asks about instruments of every class."""
    not_a_place: str = ""
    """What the question named as a place, where no place is called so."""


def read(text: str) -> Inquiry:
    """The question taken apart; nothing is raised: what is not understood is empty.

    >>> found = read("质谱 in 青岛")
    >>> found.subjects[0].code, found.places[0].code, found.words
    ('010200', '370200', '质谱')
    >>> [one.code for one in read("朝阳区的显微镜").places][:1], read("mass spectrometry in Boston").places[0].country
    (['110105'], 'US')
    """
    said = " ".join(text.split())[:LONGEST]
    words, places, lost = _placed(said)
    rest = " ".join(_JOINTS.sub(" ", words).split())
    everything = bool(_ANY.match(rest))
    return Inquiry(
        text=said,
        words=rest,
        subjects=() if everything else tuple(taxonomy.suggest_class(rest, limit=5)),
        places=places,
        everything=everything and bool(rest or places),
        not_a_place=lost,
    )


def where(code: str) -> Where:
    """The place with this code, or the error that says what a code looks like."""
    if code.startswith(GEO) and (city := taxonomy.cities().get(code.removeprefix(GEO))):
        names = tuple(fold(name) for name in (city.name, city.name_zh) if name)
        return Where(code, CITY, city.country, names=names)
    if code in taxonomy.countries():
        return Where(code, COUNTRY, code)
    if code in taxonomy.divisions():
        return _division(code)
    raise UnclearQuestion(
        f"found place {code!r}; expected a country such as CN, a division of China such as 370200 or a city such as "
        "geo:4930956; choose one from the list.",
        kind="code",
        found=code,
    )


def _division(code: str) -> Where:
    province = taxonomy.province_of(code)
    municipality = province in ("110000", "120000", "310000", "500000")
    if code == province:
        return Where(code, PROVINCE, "CN", province, code if municipality else "")
    town = province if municipality else f"{code[:4]}00"
    return Where(code, TOWN if code == town else DISTRICT, "CN", province, town)


def _placed(text: str) -> tuple[str, tuple[Where, ...], str]:
    """The text without its places, what they may mean, smallest first, and what was named as a place but is none."""
    if (split := _IN.match(text)) and (codes := _codes(split["where"])):
        return split["what"], _ranked(codes), ""
    places: tuple[Where, ...] = ()
    while found := _found(text):
        start, end, codes = found
        both = _both(places, _ranked(codes))
        if not both:
            break
        text, places = f"{text[:start]} {text[end:]}", both
    lost = split["where"] if (split := _IN.match(text)) and not places else ""
    return (split["what"] if split and lost else text), places, lost.strip()


def _both(some: tuple[Where, ...], others: tuple[Where, ...]) -> tuple[Where, ...]:
    """The places that both names may mean: the smaller of each pair of which one lies in the other."""
    if not some:
        return others
    pairs = [(a, b) if len(_lies_in(a)) >= len(_lies_in(b)) else (b, a) for a in some for b in others]
    return tuple(dict.fromkeys(small for small, large in pairs if large.code in _lies_in(small)))


def _lies_in(place: Where) -> tuple[str, ...]:
    """The codes of everything that the place lies in, itself too."""
    return tuple(dict.fromkeys(code for code in (place.code, place.town, place.province, place.country) if code))


def _ranked(codes: tuple[str, ...]) -> tuple[Where, ...]:
    return tuple(sorted(map(where, codes), key=lambda one: (_RANK[one.kind], one.country != "CN")))


def _codes(name: str) -> tuple[str, ...]:
    """The places of just this name."""
    plain = fold(name.strip(" 的"))
    if name.strip().upper() in taxonomy.countries() and name.strip().isupper():
        return (name.strip().upper(),)
    known = taxonomy.find_place(plain) if not plain.isdigit() else None
    return tuple(dict.fromkeys([*([known] if known else []), *_names().get(plain, ()), *_cities().get(plain, ())]))


def _found(text: str) -> tuple[int, int, tuple[str, ...]] | None:
    """The longest name of a place in the text that stands for itself; divisions and countries before cities."""
    plain = fold(text)
    if len(plain) != len(text):
        return None
    spans = [(start, end, codes) for start, end, codes in _spans(plain) if not _BODY.match(plain[end:].strip())]
    return max(spans, key=lambda span: (span[1] - span[0], span[0]), default=None)


def _spans(plain: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Every name of a place in the folded text: Chinese ones anywhere, short names and others only as whole words."""
    for start in range(len(plain)):
        for end in range(start + 2, min(len(plain), start + 24) + 1):
            name = plain[start:end]
            codes = _names().get(name) or _cities().get(name, ())
            if not codes:
                continue
            whole = _edge(plain, start - 1) and _edge(plain, end)
            sure = any(not code.startswith(GEO) and _division_or_country(code) for code in codes)
            if whole if name.isascii() or not sure else True:
                yield start, end, codes


def _division_or_country(code: str) -> bool:
    """Whether the place is large enough to be meant wherever its name stands."""
    return code in taxonomy.countries() or code.endswith("00")


def _edge(plain: str, at: int) -> bool:
    return not 0 <= at < len(plain) or bool(re.match(r"[\s,，.的在@?？]", plain[at]))


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
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Folded names of cities outside China."""
    found: dict[str, dict[str, None]] = {}
    for city in taxonomy.cities().values():
        if city.country != "CN":
            for name in (city.name, city.name_zh):
                if len(name or "") > (3 if (name or "").isascii() else 1):
                    found.setdefault(fold(name), {})[f"{GEO}{city.geonames_id}"] = None
    return {name: tuple(codes) for name, codes in found.items()}


def _within(name: str, larger: str, language: str) -> str:
    return f"{name}, {larger}" if language == "en" else f"{larger} {name}"
