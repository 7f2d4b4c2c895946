"""Lists and mappings that a record keeps as JSON: read as they are given, refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from liqi import taxonomy

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
MOST_ROWS, MOST_WORDS, LONGEST = 200, 200, 300


class Wrong(ValueError):
    """A value that cannot be taken; the message says what was found, expected, and what to do."""


def words(given: Any) -> list[str]:
    """Words from a list, or from text with one a line or semicolons between; each once, in order.

    >>> words("milk; blood;milk")
    ['milk', 'blood']
    """
    parts = re.split(r"[\n;；]", given) if isinstance(given, str) else given or []
    if not isinstance(parts, list | tuple) or any(isinstance(part, dict | list) for part in parts):
        raise Wrong(_("Found something that is no list; expected words, one a line."))
    found = list(dict.fromkeys(text for part in parts if (text := str(part).strip())))
    if len(found) > MOST_WORDS or any(len(text) > LONGEST for text in found):
        raise Wrong(
            _("Found too much; expected at most %(most)s entries of %(longest)s characters.")
            % {"most": MOST_WORDS, "longest": LONGEST}
        )
    return found


def rows(
    given: Any, fields: Sequence[str], *, keep: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Rows with exactly these fields; rows in which nothing is written are left out."""
    if not isinstance(given or [], list | tuple) or any(not isinstance(row, dict) for row in given or []):
        raise Wrong(_("Found something that is no list of rows; expected rows with %(fields)s.") % _said(fields))
    if len(given or []) > MOST_ROWS:
        raise Wrong(_("Found %(found)s rows; expected at most %(most)s.") % {"found": len(given), "most": MOST_ROWS})
    found = []
    for row in given or []:
        if unknown := set(row) - set(fields):
            raise Wrong(
                _("Found “%(found)s”; expected rows with %(fields)s.") % {**_said(fields), "found": sorted(unknown)[0]}
            )
        whole = {field: row.get(field, "") for field in fields}
        if any(str(value).strip() for value in whole.values() if value not in (False, None)):
            found.append(keep(whole) if keep else {field: _short(value) for field, value in whole.items()})
    return found


def _said(fields: Sequence[str]) -> dict[str, str]:
    return {"fields": ", ".join(fields)}


def _short(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    if len(text) > LONGEST:
        raise Wrong(_("Found %(found)s characters; expected at most %(most)s.") % {"found": len(text), "most": LONGEST})
    return text


def pairs(*fields: str, needed: Sequence[str]) -> Callable[[Any], list[dict[str, Any]]]:
    """A reader of rows with these fields, of which the needed ones must be filled."""

    def read(given: Any) -> list[dict[str, Any]]:
        found = rows(given, fields)
        for row in found:
            if missing := [field for field in needed if not row[field]]:
                raise Wrong(_("Found a row without %(field)s; fill it in or empty the row.") % {"field": missing[0]})
        return found

    return read


def number(given: Any) -> Decimal:
    """The number that was written, with or without grouping.

    >>> number("1 400"), number("25,000.5")
    (Decimal('1400'), Decimal('25000.5'))
    """
    text = re.sub(r"[\s,\u202f\u00a0\u2009_]", "", str(given))
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise Wrong(_("Found “%(found)s”; expected a number such as 12.5.") % {"found": given}) from None
    if not found.is_finite() or abs(found.adjusted()) > 60:
        raise Wrong(_("Found “%(found)s”; expected a number such as 12.5.") % {"found": given})
    return found


def yes_or_no(given: Any) -> bool:
    """The truth value that was meant."""
    text = str(given).strip().lower()
    if text in ("true", "1", "yes", "on", "是"):
        return True
    if text in ("false", "0", "no", "off", "否"):
        return False
    raise Wrong(_("Found “%(found)s”; expected yes or no.") % {"found": given})


def techniques(given: Any) -> list[str]:
    """Keys of techniques that the taxonomy knows."""
    found, known = words(given), taxonomy.techniques()
    if unknown := [key for key in found if key not in known]:
        raise Wrong(
            _("Found the technique “%(found)s”; expected keys of the taxonomy, such as lcms.") % {"found": unknown[0]}
        )
    return found


def subjects(given: Any) -> list[str]:
    """Three-digit codes of GB/T 13745."""
    found = words(given)
    if wrong := [code for code in found if not re.fullmatch(r"\d{3}(\.\d+)?", code)]:
        raise Wrong(
            _("Found the subject “%(found)s”; expected a code of GB/T 13745, such as 150.") % {"found": wrong[0]}
        )
    return found


def capabilities(given: Any, known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """Quantities with a value or a range, and a unit; a row that is as one of the known ones stays as it is."""
    fields = ("quantity", "value", "low", "high", "unit")

    def said(row: dict[str, Any]) -> tuple[str, ...]:
        return tuple("" if row.get(field) is None else str(row.get(field)).strip() for field in fields)

    there = {said(row): row for row in known if isinstance(row, dict)}
    return rows(given, fields, keep=lambda row: there.get(said(row)) or _capability(row))


def _capability(row: dict[str, Any]) -> dict[str, Any]:
    quantity, unit = _short(row["quantity"]), _short(row["unit"])
    if not quantity:
        raise Wrong(_("Found a row without a quantity; choose one or empty the row."))
    quantity = _known_quantity(quantity, unit)
    if _short(row["low"]) or _short(row["high"]):
        ends = {end: plain(number(row[end])) for end in ("low", "high") if _short(row[end])}
        if len(ends) == 2 and ends["low"] > ends["high"]:
            raise Wrong(_("Found a range from %(low)s to %(high)s; expected the smaller number first.") % ends)
        return {"quantity": quantity, **ends, "unit": unit}
    value = _short(row["value"])
    try:
        return {"quantity": quantity, "value": plain(number(value)), "unit": unit}
    except Wrong:
        return {"quantity": quantity, "value": value, "unit": unit}


def _known_quantity(name: str, unit: str) -> str:
    """The key of the quantity that has this label or key, its unit checked; other words stay as they are."""
    found = taxonomy.find_quantity(name)
    if found is None:
        return name
    names = (found.key.replace("_", " "), found.label_en, found.label_zh, found.label_hant)
    if taxonomy.fold(name.replace("_", " ")) not in {taxonomy.fold(one) for one in names}:
        return name
    known = [one.symbol for one in taxonomy.units() if one.dimension == found.dimension]
    if unit and not any(one.dimension == found.dimension for one in taxonomy.units_named(unit)):
        raise Wrong(
            _("Found the unit “%(found)s” of %(quantity)s; expected a unit such as %(units)s.")
            % {"found": unit, "quantity": name, "units": ", ".join(one for one in known[:5] if one) or "1"}
        )
    return found.key


def plain(value: Decimal) -> int | float:
    """The number as JSON writes it.

    >>> plain(Decimal("140000")), plain(Decimal("0.5"))
    (140000, 0.5)
    """
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def opening_hours(given: Any) -> dict[str, list[list[str]]]:
    """Opening hours by day; periods in order, none over another."""
    if not isinstance(given or {}, dict):
        raise Wrong(_("Found something that is no week; expected mon to sun with times such as 09:00-17:30."))
    week: dict[str, list[list[str]]] = {}
    for day, written in (given or {}).items():
        if day not in DAYS:
            raise Wrong(_("Found the day “%(found)s”; expected mon to sun.") % {"found": day})
        if periods := _periods(written):
            week[day] = periods
    return {day: week[day] for day in DAYS if day in week}


def _periods(written: Any) -> list[list[str]]:
    parts = re.split(r"[,，;；、\s]+", written) if isinstance(written, str) else written
    found = sorted(_period(part) for part in parts or [] if part)
    for (_start, end), (start, _end) in pairwise(found):
        if start < end:
            raise Wrong(_("Found periods that overlap at %(at)s; expected one after the other.") % {"at": start})
    return found


def _period(part: Any) -> list[str]:
    ends = re.split(r"\s*[-–—~]\s*", part) if isinstance(part, str) else list(part)
    ends = [f"0{end}" if re.fullmatch(r"\d:\d\d", str(end)) else str(end) for end in ends]
    if len(ends) != 2 or not all(_CLOCK.fullmatch(end) for end in ends) or ends[0] >= ends[1]:
        raise Wrong(_("Found “%(found)s”; expected times such as 09:00-17:30.") % {"found": "-".join(ends)})
    return ends


READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("keywords", "measured_variables", "funds", "aliases", "sample_types"), words),
    "techniques": techniques,
    "subjects": subjects,
    "capabilities": capabilities,
    "opening_hours": opening_hours,
    "identifiers": pairs("type", "value", needed=("type", "value")),
    "codes": pairs("scheme", "edition", "code", needed=("scheme", "code")),
    "related": pairs("relation", "identifier", "type", needed=("relation", "identifier")),
    "documents": pairs("kind", "name", "address", needed=("name",)),
}
"""The reader of each field that is kept as JSON."""


def check_codes(record: Any) -> dict[str, str]:
    """What is wrong with the record's class code, place codes, time zone and DOI."""
    found: dict[str, str] = {}
    code = getattr(record, "class_code", "")
    if code and record.class_scheme == taxonomy.CLASS_SCHEME and record.class_edition == taxonomy.CLASS_EDITION:
        try:
            taxonomy.read_class(code)
        except taxonomy.UnknownClass:
            found["class_code"] = _("Found “%(found)s”; expected a class of six digits, such as 010201.") % {
                "found": code
            }
    for name in ("country", "made_in", "brand_country"):
        country = getattr(record, name, "")
        if country and country not in taxonomy.countries():
            found[name] = _("Found “%(found)s”; expected a country code of two letters, such as CN.") % {
                "found": country
            }
    zone = getattr(record, "time_zone", "UTC")
    if zone not in taxonomy.time_zones():
        found["time_zone"] = _("Found “%(found)s”; expected a time zone such as Asia/Shanghai.") % {"found": zone}
    if record.doi and taxonomy.find_doi(record.doi) != record.doi:
        found["doi"] = _("Found “%(found)s”; expected a DOI such as 10.1000/xyz, without an address before it.") % {
            "found": record.doi
        }
    if record.handle and taxonomy.find_handle(record.handle) != record.handle:
        found["handle"] = _("Found “%(found)s”; expected a Handle such as 21.11157/1234, without an address.") % {
            "found": record.handle
        }
    ror = getattr(record, "ror_id", None)
    if ror and taxonomy.find_ror(ror) != ror:
        found["ror_id"] = _("Found “%(found)s”; expected an address such as https://ror.org/04c4dkn09.") % {
            "found": ror
        }
    return found
