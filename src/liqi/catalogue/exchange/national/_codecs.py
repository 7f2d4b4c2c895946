"""Values of ours as the words of the national interface, and back; what cannot be read is said to the draft."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _places as places
from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.exchange.national.dictionary import NONE
from liqi.taxonomy import classes, find_place, fold, place

WAN = Decimal(10_000)
CENT = Decimal("0.01")
_SHORT_NAMES = {"TW": "中国台湾", "HK": "中国香港", "MO": "中国澳门"}
Write = Callable[[Any], Any]
Read = Callable[[Draft, Any], None]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a field of the interface lives with us: `Model.field`, or `computed` and by what; how it is told."""

    where: str
    write: Write
    read: Read | None = None


def text(model: str, name: str, *, also: Callable[[Draft, str], None] | None = None) -> Home:
    """A field of words; the word for nothing is nothing."""

    def read(draft: Draft, cell: str) -> None:
        if cell != NONE:
            draft.fields[name] = cell
            if also:
                also(draft, cell)

    return Home(f"{model}.{name}", lambda one: str(getattr(one, name) or ""), read)


def wan(model: str, name: str) -> Home:
    """Money that we keep in CNY and the interface wants in 万元 with two decimals."""
    return Home(
        f"{model}.{name}",
        lambda one: in_wan(getattr(one, name)),
        lambda draft, cell: cells.money(draft, name, cell, unit="万"),
    )


def yuan(model: str, name: str) -> Home:
    """Money that both keep in CNY."""
    return Home(
        f"{model}.{name}",
        lambda one: decimal_text(getattr(one, name)),
        lambda draft, cell: cells.money(draft, name, cell),
    )


def number(model: str, name: str, *, whole: bool = False) -> Home:
    """A plain number: hours, square metres, pieces."""

    def read(draft: Draft, cell: str) -> None:
        plain = re.sub(r"[,，\s]|小时|机时|台套|台|套|㎡|m2|平方米", "", fold(cell))
        if re.fullmatch(r"\d+" if whole else r"\d+(\.\d+)?", plain):
            draft.fields[name] = int(plain) if whole else Decimal(plain).quantize(CENT, ROUND_HALF_UP)
        elif plain and cell != NONE:
            draft.reject(
                name,
                "number_unreadable",
                _("found %(found)r; expected a number such as 1600 or 812.5.") % {"found": cell},
            )

    return Home(f"{model}.{name}", lambda one: decimal_text(getattr(one, name)), read)


def day(model: str, name: str) -> Home:
    """A calendar day, YYYY-MM-DD."""

    def write(one: Any) -> str:
        found: date | None = getattr(one, name)
        return found.isoformat() if found else ""

    return Home(f"{model}.{name}", write, lambda draft, cell: cells.day(draft, name, without_none(cell)))


def choice(model: str, name: str, words: Mapping[str, str]) -> Home:
    """One of our values and the interface's word for it."""

    def read(draft: Draft, cell: str) -> None:
        ours = next((value for value, theirs in words.items() if fold(theirs) == fold(cell)), None)
        if ours is not None:
            draft.fields[name] = ours
        elif cell != NONE:
            draft.reject(
                name,
                "word_unknown",
                _("found %(found)r; expected one of %(known)s.") % {"found": cell, "known": ", ".join(words.values())},
            )

    return Home(f"{model}.{name}", lambda one: words.get(getattr(one, name), ""), read)


def listed(model: str, name: str, list_name: str, *, by_code: bool = False) -> Home:
    """A code of a list that we keep as code; the interface wants its word, or the code where `by_code`."""

    def write(one: Any) -> str:
        found = getattr(one, name)
        return found if by_code else dictionary.word(list_name, found)

    def read(draft: Draft, cell: str) -> None:
        found = dictionary.code(list_name, cell.strip())
        if found:
            draft.fields[name] = found
        elif cell != NONE:
            draft.reject(
                name,
                "word_unknown",
                _("found %(found)r; expected one of %(known)s.") % {"found": cell, "known": some(list_name)},
            )

    return Home(f"{model}.{name}", write, read)


def several(model: str, name: str, list_name: str, *, keep: str = "code") -> Home:
    """Several of a list, separated by commas; kept as codes, or as the words themselves."""

    def write(one: Any) -> str:
        return ",".join(dictionary.word(list_name, item) or item for item in getattr(one, name))

    def read(draft: Draft, cell: str) -> None:
        found = []
        for part in split(cell, list_name):
            code = dictionary.code(list_name, part)
            if not code:
                draft.reject(
                    name,
                    "word_unknown",
                    _("found %(found)r; expected some of %(known)s.") % {"found": part, "known": some(list_name)},
                )
                return
            found.append(code if keep == "code" else dictionary.word(list_name, code))
        draft.fields[name] = list(dict.fromkeys(found))

    return Home(f"{model}.{name}", write, read)


def truth(model: str, name: str, words: Sequence[str] = ("是", "否")) -> Home:
    """Yes or no, in the two words given."""

    def write(one: Any) -> str:
        return {True: words[0], False: words[1]}.get(getattr(one, name), "")

    def read(draft: Draft, cell: str) -> None:
        if cell in words:
            draft.fields[name] = cell == words[0]
        else:
            cells.truth(draft, name, without_none(cell))

    return Home(f"{model}.{name}", write, read)


def country(model: str, name: str) -> Home:
    """A country by its short name of GB/T 2659; what was developed here (开发, 自主研制) is 中国."""

    def write(one: Any) -> str:
        iso = getattr(one, name)
        found = place(iso)
        return _SHORT_NAMES.get(iso) or (found.name_zh if found else "")

    def read(draft: Draft, cell: str) -> None:
        if cell in ("开发", "自主开发", "自行开发", "自主研发", "自主研制", "自研", "国产"):
            draft.fields[name] = "CN"
            draft.remark(
                name, "repaired_country", _("found %(found)r, a thing developed here; took 中国.") % {"found": cell}
            )
        elif cell != NONE:
            places.country(draft, name, cell)

    return Home(f"{model}.{name}", write, read)


def class_code(model: str) -> Home:
    """Six digits; every class that is only called 其他 is 990000 for the interface."""

    def write(one: Any) -> str:
        found = classes().get(one.class_code)
        return "990000" if found and found.name_zh == "其他" else str(one.class_code)

    def read(draft: Draft, cell: str) -> None:
        cells.class_fields(draft, without_none(cell))

    return Home(f"{model}.class_code", write, read)


def division(model: str, name: str) -> Home:
    """A province, city or county by its name of GB/T 2260, whether we keep its code or its name."""

    def write(one: Any) -> str:
        return division_name(getattr(one, name))

    def read(draft: Draft, cell: str) -> None:
        if cell == NONE:
            return
        code = find_place(cell)
        if name == "province":
            if not code or not code.isdigit():
                draft.reject(
                    name,
                    "province_unknown",
                    _("found %(found)r; expected a province such as 安徽省.") % {"found": cell},
                )
                return
            draft.fields |= {
                name: f"{code[:2]}0000",
                "country": {"71": "TW", "81": "HK", "82": "MO"}.get(code[:2], "CN"),
            }
            return
        draft.fields[name] = division_name(cell)
        if draft.fields[name] != cell:
            draft.remark(
                name,
                "repaired_division",
                _("found the code %(found)r; took %(name)s.") % {"found": cell, "name": draft.fields[name]},
            )

    return Home(f"{model}.{name}", write, read)


def division_name(text: str) -> str:
    """The name of a division that is given by code or by name.

    >>> division_name("340104"), division_name("蜀山区")
    ('蜀山区', '蜀山区')
    """
    found = place(text) if text.isdigit() else None
    return found.name_zh if found else text


def computed(by: str, write: Write, read: Read | None = None) -> Home:
    """A field that is told from others."""
    return Home(f"computed: {by}", write, read)


def in_wan(value_cny: Decimal | None) -> str:
    """CNY as 万元 with two decimals, half up; blank for none.

    >>> in_wan(Decimal("4150050")), in_wan(None)
    ('415.01', '')
    """
    return "" if value_cny is None else str((Decimal(value_cny) / WAN).quantize(CENT, ROUND_HALF_UP))


def decimal_text(value: Any) -> str:
    """A number without useless zeros; a float never shows its tail.

    >>> decimal_text(Decimal("812.50")), decimal_text(0.1 + 0.2), decimal_text(1600), decimal_text(None)
    ('812.5', '0.3', '1600', '')
    """
    if value is None or value == "":
        return ""
    plain = format(Decimal(str(value)).quantize(CENT, ROUND_HALF_UP), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def hour_text(moment: datetime | None, zone: Any) -> str:
    """A point in time to the hour on the clock of the zone: 2026-11-21 14."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H}" if moment else ""


def without_none(cell: str) -> str:
    """The cell, blank where it says that there is nothing."""
    return "" if cell == NONE else cell


def split(cell: str, list_name: str = "") -> list[str]:
    """The parts of a cell that holds several; a name of the list that has a comma of its own stays whole.

    >>> split("化学，畜牧、兽医科学", "subject")
    ['化学', '畜牧、兽医科学']
    """
    rest, found = without_none(cell), []
    own = [name for name in dictionary.lists().get(list_name, {}).values() if re.search("[,，、;；]", name)]
    for name in own:
        if name in rest:
            found.append((rest.index(name), name))
            rest = rest.replace(name, "\x00" * len(name))
    for part in re.finditer(r"[^,，、;；\x00]+", rest):
        if part[0].strip():
            found.append((part.start(), part[0].strip()))
    return [name for _place, name in sorted(found)]


def some(list_name: str) -> str:
    """The first words of a list, for a message."""
    words = list(dictionary.lists()[list_name].values())
    return ", ".join(words[:8]) + (" ..." if len(words) > 8 else "")
