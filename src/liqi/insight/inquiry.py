"""Questions of the observatory in words: which instruments, and where; what is ambiguous is kept, not guessed away."""

import re
from dataclasses import dataclass

from liqi import taxonomy
from liqi.insight import _place_names
from liqi.insight._place_names import codes_of, found_in, is_zone
from liqi.taxonomy import fold

SURE = 0.5
"""From this confidence on a class is taken; below it the page says what else was possible."""
LONGEST = 200
_IN = re.compile(
    r"^(?P<what>.*?)\s*(?:\b(?:in|at|near|around|within)\b|在|@)\s*(?P<where>[^?？]+?)\s*[?？]?\s*$", re.IGNORECASE
)
_JOINTS = re.compile(
    r"\b(?:in|at|near|around|within|the|our|of|for|from|province|municipality|prefecture|county|district|city)\b"
    r"|[的在有之,，?？:：;；@]",
    re.IGNORECASE,
)
_ANY = re.compile(
    r"^(?:\b(?:all|any|every|scientific|research|large|instruments?|equipment|devices?|everything|labs?|laborator(?:y|ies)"
    r"|what|which|where|who|how|many|much|is|are|do|does|can|has|have|there|they|we|you|i|me|us|it|show|list|find|get"
    r"|count|number|share|a|an|and|or|to|on|with|by|here|kinds?|types?"
    r"|missing|lacks?|lacking|gaps?|imported|imports?|domestic|foreign|abroad|sells?|makes?|makers?|buys?|needs?|rules?)\b"
    r"|科学|科研|大型|所有|全部|各类|各种|仪器|设备|儀器|設備|科學|装置|都|什么|什麼|哪些|哪里|哪儿|哪家|哪个|多少|几台|谁"
    r"|我们|我|想|要|能|可以|查|看|找|做|卖|买|造|用|需要|需求|还|最|缺少|缺口|缺|没|有|是|了|吗|呢|情况|现状|数量|总量|分布|名单"
    r"|清单|统计|占比|比例|比|率|进口|国产化|国产|本土|依赖度|依赖|国外|国内|外国|厂商|厂家|政策|规则|开放|共享|台|套|家|个|和|与|及"
    r"|\s)*$",
    re.IGNORECASE,
)
"""Words that ask and name no kind of instrument: where nothing else stands, every class is meant."""
COUNTRY, PROVINCE, TOWN, DISTRICT, CITY = "country", "province", "town", "district", "city"
_RANK = {COUNTRY: 0, PROVINCE: 1, TOWN: 2, DISTRICT: 3, CITY: 4}


GEO = _place_names.GEO


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
            name = taxonomy.in_language(language, hans=taxonomy.to_hans(city.name_zh) or city.name, en=city.name)
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
    zone: str = ""
    """A region or park that the question named: `places` are the divisions that it is made of or lies in."""
    misprint: tuple[str, str] | None = None
    """Words that name no instrument, and the name that they sound like, which was read in their stead."""


def read(text: str) -> Inquiry:
    """The question taken apart; nothing is raised: what is not understood is empty.

    >>> found = read("质谱 in 青岛")
    >>> found.subjects[0].code, found.places[0].code, found.words
    ('010200', '370200', '质谱')
    >>> [one.code for one in read("朝阳区的显微镜").places][:1], read("mass spectrometry in Boston").places[0].country
    (['110105'], 'US')
    """
    said = " ".join(text.split())[:LONGEST]
    words, places, lost, zone = _placed(said)
    rest = " ".join(_JOINTS.sub(" ", words).split())
    everything = bool(_ANY.match(rest))
    subjects = () if everything else tuple(taxonomy.suggest_class(rest, limit=5))
    misprint = None if everything or subjects else taxonomy.misprint_in(rest)
    if misprint:
        subjects = tuple(taxonomy.suggest_class(fold(rest).replace(*misprint), limit=5))
    return Inquiry(
        text=said,
        words=rest,
        subjects=subjects,
        places=places,
        everything=everything and bool(rest or places),
        not_a_place=lost,
        zone=zone,
        misprint=misprint if subjects else None,
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


def _placed(text: str) -> tuple[str, tuple[Where, ...], str, str]:
    """The text without its places, what they may mean, smallest first, what was named as a place but is none, the zone.

    The zone is a region or park among the names, where the places are its own.
    """
    if (split := _IN.match(text)) and (codes := codes_of(split["where"])):
        named = split["where"].strip(" 的")
        return split["what"], _ranked(codes), "", named if is_zone(named) else ""
    places: tuple[Where, ...] = ()
    zone = ""
    while found := found_in(text, {code for one in places for code in (one.code, one.town)}):
        start, end, codes = found
        both = _both(places, _ranked(codes))
        if not both:
            break
        if is_zone(text[start:end]):
            zone = text[start:end]
        elif zone and len(both) < len(places):
            zone = ""
        text, places = f"{text[:start]} {text[end:]}", both
    lost = split["where"] if (split := _IN.match(text)) and not places else ""
    return (split["what"] if split and lost else text), places, lost.strip(), zone


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


def _within(name: str, larger: str, language: str) -> str:
    return f"{name}, {larger}" if language == "en" else f"{larger} {name}"
