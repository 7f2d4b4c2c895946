"""The same kind of instrument in other classifications: every code with its scheme and edition, both ways.

The crosswalk is our own assignment, class by class, with a confidence; a small class takes what its middle class has
unless it has something of its own, a large class has all that its middle classes have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from liqi.taxonomy._classes import CLASS_EDITION, CLASS_SCHEME, UnknownClass, classes, from_2006, read_class
from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import in_language


class UnknownCode(ValueError):
    """The scheme, its edition or the code in it is not known; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A classification or list of models: its current edition first, names, what it lists, where it comes from."""

    key: str
    editions: tuple[str, ...]
    title_en: str
    title_zh: str
    lists: str
    """industry, goods, assets, market, technique, model, device or instrument."""
    source: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code with scheme and edition; `confidence` says how sure we are that it fits the class it was asked for."""

    scheme: str
    edition: str
    code: str
    label: str
    confidence: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}/{self.edition} {self.code}"

    def name(self, language: str) -> str:
        """The label in zh-hans, zh-hant or en where it is on record in that language, else as the scheme gives it."""
        if self.scheme == CLASS_SCHEME and self.edition == CLASS_EDITION:
            return classes()[self.code].label(language)
        en, zh = _both().get((self.scheme, self.code), ("", ""))
        return in_language(language, hans=zh, en=en) or self.label


_SCHEMES = (
    Scheme(CLASS_SCHEME, (CLASS_EDITION, "2006"), "Large instruments (China)", "大型科学仪器设备分类", "instrument",
           "coding rule of the national conditions platform"),
    Scheme("gbt14885", ("2010",), "Fixed assets, GB/T 14885", "固定资产分类与代码 GB/T 14885", "assets",
           "GB/T 14885-2010"),
    Scheme("hs", ("2022",), "Harmonized System", "商品名称及编码协调制度", "goods", "HS 2022"),
    Scheme("gbt4754", ("2017",), "Industries, GB/T 4754", "国民经济行业分类 GB/T 4754", "industry", "GB/T 4754-2017"),
    Scheme("naics", ("2022",), "Industries, NAICS", "北美产业分类 NAICS", "industry", "NAICS 2022"),
    Scheme("sdi", ("current",), "Market classes of SDi", "SDi 市场分类", "market", "names of the ten classes only"),
    Scheme("nmpa", ("2017",), "Medical devices, classes II and III", "医疗器械二、三类", "device",
           "catalogue of medical devices, 2017: the headings that research instruments meet"),
    Scheme("moe", ("2000",), "Assets of universities", "高等学校固定资产分类", "assets", "its top classes only"),
    Scheme("chmo", ("current",), "Chemical Methods Ontology", "化学方法本体 CHMO", "technique", "RSC, CC BY 4.0"),
    Scheme("panet", ("current",), "Photon and neutron techniques, PaNET", "光子与中子技术 PaNET", "technique",
           "ExPaNDS, CC BY 4.0"),
    Scheme("gcmd", ("current",), "GCMD instrument keywords", "GCMD 仪器关键词", "instrument", "NASA, public domain"),
    Scheme("psi-ms", ("current",), "PSI-MS models of mass spectrometers", "PSI-MS 质谱仪型号", "model",
           "HUPO-PSI, CC BY 4.0"),
    Scheme("ena", ("current",), "ENA models of sequencers", "ENA 测序仪型号", "model", "EMBL-EBI, Apache-2.0"),
)  # fmt: skip
_CHINESE = ("gbt14885", "gbt4754", "nmpa", "moe")
_MODELS = ("psi-ms", "ena")
_NONE = "-"
_SEQUENCER = "011007"


def schemes() -> dict[str, Scheme]:
    """Every scheme by its key."""
    return {scheme.key: scheme for scheme in _SCHEMES}


def read_code(scheme: str, edition: str, code: str) -> Code:
    """The code with its label; no edition means the current one. Raises UnknownCode.

    >>> read_code("hs", "2022", "902781").label[:30]
    'Instruments and apparatus; for'
    >>> str(read_code("hs", "", "9027.81"))
    'hs/2022 902781'
    """
    edition = _edition(scheme, edition)
    given = code.strip()
    if scheme == CLASS_SCHEME:
        try:
            return _own(read_class(given)[0]) if edition == CLASS_EDITION else _draft(given)
        except UnknownClass as problem:
            raise UnknownCode(str(problem)) from None
    if scheme in ("hs", "gbt14885"):
        given = given.replace(".", "").replace(" ", "")
    found = _labels(scheme).get(given)
    if found is None:
        raise UnknownCode(f"found code {code!r}; expected one of the {len(_labels(scheme))} of {scheme}/{edition}.")
    return Code(scheme, edition, given, found[0])


def codes_of(class_code: str, scheme: str = "") -> list[Code]:
    """What this class is called elsewhere, one scheme after the other; models only where their scheme is asked for."""
    if class_code not in classes():
        raise UnknownCode(f"found class {class_code!r}; expected a code of {CLASS_SCHEME}/{CLASS_EDITION}.")
    wanted = [scheme] if scheme else [key for key in schemes() if key not in _MODELS]
    return [code for key in wanted for code in _codes(class_code, key)]


def to_class(scheme: str, edition: str, code: str) -> list[str]:
    """The class codes that the code stands for, those it was given to first; none when no class is known for it.

    A code that no class has stands for what the codes just below it stand for, else for what those above it do.
    """
    known = read_code(scheme, edition, code)
    if scheme == CLASS_SCHEME:
        return [known.code] if known.edition == CLASS_EDITION else [from_2006()[known.code]]
    for codes in _nearest(scheme, known.code):
        if found := [one for code in codes for one in _classes_by(scheme).get(code, ())]:
            return list(dict.fromkeys(found))
    return []


def device_class(class_code: str) -> Code | None:
    """The heading of medical devices (classes II and III) that the class meets, or None where none is on record."""
    return next(iter(_codes(class_code, "nmpa")), None) if class_code in classes() else None


def _nearest(scheme: str, code: str) -> Iterator[list[str]]:
    """The code itself, the codes just below it, then those above it, level by level."""
    yield [code]
    yield _below(scheme).get(code, [])
    here, seen = [code], {code}
    while here := [up for one in here for up in _labels(scheme).get(one, ("", ()))[1] if up not in seen]:
        seen.update(here)
        yield here


def _edition(scheme: str, edition: str) -> str:
    known = schemes().get(scheme)
    if known is None:
        raise UnknownCode(f"found scheme {scheme!r}; expected one of {', '.join(schemes())}.")
    if edition and edition not in known.editions:
        raise UnknownCode(f"found edition {edition!r} of {scheme}; expected {' or '.join(known.editions)}.")
    return edition or known.editions[0]


def _own(code: str) -> Code:
    return Code(CLASS_SCHEME, CLASS_EDITION, code, classes()[code].label("zh-hans"), "high")


def _draft(code: str) -> Code:
    names = {row["code_2006"]: row["name_zh"] for row in table("cn_instrument_classes_2006_crosswalk.csv")}
    if code not in names:
        raise UnknownCode(f"found code {code!r}; expected one of the {len(names)} of {CLASS_SCHEME}/2006.")
    return Code(CLASS_SCHEME, "2006", code, names[code], "high")


@cache
def _labels(scheme: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Code to label and the codes above it."""
    if scheme == "psi-ms":
        return {row["id"]: (row["name"], ()) for row in table("ms_models.tsv")}
    if scheme == "ena":
        return {row["model"]: (row["model"], ()) for row in table("sequencers.tsv")}
    if scheme == "chmo":
        return {row["id"]: (row["name"], parts(row["parents"])) for row in table("chmo.tsv")}
    return {
        row["code"]: (row["label_zh"] if scheme in _CHINESE else row["label_en"], parts(row["parent"]))
        for row in table("codes.tsv")
        if row["scheme"] == scheme
    }


@cache
def _both() -> dict[tuple[str, str], tuple[str, str]]:
    return {(row["scheme"], row["code"]): (row["label_en"], row["label_zh"]) for row in table("codes.tsv")}


@cache
def _below(scheme: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, (_label, above) in _labels(scheme).items():
        for parent in above:
            found.setdefault(parent, []).append(code)
    return found


@cache
def _assigned() -> dict[str, dict[str, str]]:
    return {row["class"]: row for row in table("crosswalk.tsv")}


@cache
def _codes(class_code: str, scheme: str) -> tuple[Code, ...]:
    edition = _edition(scheme, "")
    if scheme == CLASS_SCHEME:
        earlier = [_draft(old) for old, new in from_2006().items() if new == class_code]
        return (_own(class_code), *earlier)
    if scheme in _MODELS:
        return tuple(Code(scheme, edition, code, label, "high") for code, label in _models(class_code, scheme))
    found: dict[str, str] = {}
    for code, confidence in _given(class_code, scheme):
        found.setdefault(code, confidence)
    return tuple(Code(scheme, edition, code, _labels(scheme)[code][0], sure) for code, sure in found.items())


def _given(class_code: str, scheme: str) -> Iterator[tuple[str, str]]:
    """The codes with how sure we are: the class's own, else its middle class's; a large class's are all below it."""
    entry = classes()[class_code]
    row = _assigned().get(class_code, {})
    if not row and entry.level == 1:
        for below in classes().values():
            if below.parent == class_code:
                yield from _given(below.code, scheme)
        return
    cell = row.get(scheme, "")
    if not cell and entry.level == 3:
        yield from _given(entry.parent, scheme)
    elif cell != _NONE:
        above = _assigned().get(entry.parent, {})
        sure = row.get("confidence") or above.get("confidence") or "low"
        yield from ((code, sure) for code in parts(cell))


def _models(class_code: str, scheme: str) -> list[tuple[str, str]]:
    if scheme == "ena":
        return [(row["model"], row["model"]) for row in table("sequencers.tsv") if class_code == _SEQUENCER]
    return [(row["id"], row["name"]) for row in table("ms_models.tsv") if row["class"] == class_code]


@cache
def _classes_by(scheme: str) -> dict[str, tuple[str, ...]]:
    """Code to classes: those that the crosswalk gives it to, then those that inherit it, small before large."""
    found: dict[str, dict[str, None]] = {}
    own = [code for code, row in _assigned().items() if row.get(scheme, "") not in ("", _NONE)]
    level = {code: entry.level for code, entry in classes().items()}
    rest = sorted(classes(), key=lambda code: (-level[code], code))
    for class_code in [*own, *rest]:
        for code in _codes(class_code, scheme):
            found.setdefault(code.code, {})[class_code] = None
    return {code: tuple(these) for code, these in found.items()}
