"""Class codes of large instruments: three levels of six digits, with scheme and edition."""

from dataclasses import dataclass
from functools import cache

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import fold, in_language

CLASS_SCHEME = "cn-instr"
CLASS_EDITION = "current"


class UnknownClass(ValueError):
    """The code is in no edition of the classification; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class InstrumentClass:
    """A class: level 1 (large) to 3 (small), parent code, names."""

    code: str
    level: int
    parent: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]

    def label(self, language: str) -> str:
        """The name in zh-hans, zh-hant or en; a class that is only called "other" says other than what."""
        hans = self.name_zh
        if self.level > 1 and hans == "其他":
            hans = f"其他{classes()[self.parent].name_zh.removeprefix('其他')}"
        return in_language(language, hans=hans, en=self.name_en)


@cache
def classes() -> dict[str, InstrumentClass]:
    """Every class of the current edition by its code, in the order of the codes."""
    rows = sorted(table("cn_instrument_classes.csv"), key=lambda row: row["code"])
    return {
        row["code"]: InstrumentClass(
            code=row["code"],
            level=int(row["level"]),
            parent=row["parent"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            aliases=parts(row["aliases_zh"]),
        )
        for row in rows
    }


def large_class(code: str) -> str:
    """The code of the large class that this class belongs to, or nothing for no code.

    >>> large_class("010201")
    '010000'
    """
    return f"{code[:2]}0000" if code else ""


def class_prefix(code: str) -> str:
    """The digits that every class below this one begins with.

    >>> class_prefix("010000"), class_prefix("010200"), class_prefix("010201")
    ('01', '0102', '010201')
    """
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def read_class(text: str, edition: str = CLASS_EDITION) -> tuple[str, bool]:
    """The current code that the text means, and whether a spreadsheet's lost leading zero was repaired.

    >>> read_class("30122")
    ('030122', True)
    """
    digits = text.strip().removesuffix(".0")
    code = digits.zfill(6) if digits.isdigit() and len(digits) in (1, 3, 5) else digits
    if code.isdigit() and len(code) in (2, 4):
        code = code.ljust(6, "0")
    if edition == "2006":
        code = from_2006().get(code, from_2006().get(f"{code[:4]}00", code))
    if code not in classes():
        raise UnknownClass(
            f"found class code {text!r}; expected six digits of {CLASS_SCHEME}/{CLASS_EDITION}, such as 010201."
        )
    return code, code != digits and edition == CLASS_EDITION


@cache
def from_2006() -> dict[str, str]:
    """Middle classes of the 2006 draft and what they are called today."""
    return {
        row["code_2006"]: row["code_current"]
        for row in table("cn_instrument_classes_2006_crosswalk.csv")
        if row["code_current"]
    }


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in classes().values():
        for name in (entry.name_zh, entry.name_en, *entry.aliases):
            if name and name != "其他":
                found.setdefault(fold(name), entry.code)
    return found


def find_class(text: str) -> str | None:
    """The class code that a code (of 2, 4 or 6 digits) or a name in any script means, or None."""
    try:
        return read_class(text)[0]
    except UnknownClass:
        return _by_name().get(fold(text.strip()))


def label(code: str, language: str) -> str:
    """The class's name in zh-hans, zh-hant or en; the code itself when it is not of the current edition."""
    entry = classes().get(code)
    return entry.label(language) if entry else code
