"""Filters as people write them: codes and names, ranges of quantities, a place and its surroundings."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from liqi.catalogue.models import FacilityStatus, InstitutionKind, InstrumentStatus
from liqi.catalogue.search._documents import KINDS
from liqi.catalogue.search._facts import bands
from liqi.catalogue.search._filters import Ability, Filters, Near, UnknownFilter
from liqi.taxonomy import (
    FACILITY_KINDS,
    STAGES,
    Quantity,
    UnknownUnit,
    canonical,
    cities,
    countries,
    find_class,
    find_maker,
    find_place,
    find_quantity,
    fold,
    parse_quantity,
    place,
    techniques,
)

NEAR_KM = 50.0
MOST_KM = 20_000.0
MOST_VALUES = 50
"""Of one filter; more are not read."""
MOST_CNY = Decimal("1e15")
STATUSES = (*InstrumentStatus.values, *FacilityStatus.values)


def filters(given: Mapping[str, Sequence[str]]) -> Filters:
    """The filters of the fields of an address, or of options of the same names; UnknownFilter says what is wrong.

    >>> filters({"class": ["010200"], "min-value": ["500000"], "shared": ["1"]}).min_value_cny
    Decimal('500000')
    """

    def several(name: str, read: Callable[[str], str] = str) -> tuple[str, ...]:
        values = [value.strip() for value in given.get(name, ())[:MOST_VALUES]]
        return tuple(dict.fromkeys(read(value) for value in values if value))

    def one(name: str) -> str:
        return next(iter(several(name)), "")

    return Filters(
        kinds=several("kind", lambda code: one_of(code, KINDS, _("kind of record"))),
        classes=several("class", class_code),
        places=several("place", place_code),
        makers=several("maker", maker_key),
        origins=several("origin", origin_code),
        made_in=several("made-in", origin_code),
        techniques=several("technique", technique_key),
        values=several("value", lambda code: one_of(code, bands(), _("band of value"))),
        years=several("year", lambda text: str(year(text))),
        statuses=several("status", lambda code: one_of(code, STATUSES, _("status"))),
        owners=several("owner", lambda code: one_of(code, InstitutionKind.values, _("kind of owner"))),
        facilities=several("facility", lambda code: one_of(code, FACILITY_KINDS, _("kind of facility"))),
        stages=several("stage", lambda code: one_of(code, STAGES, _("stage"))),
        sources=several("source"),
        shared=_flag(one("shared")),
        bookable=_flag(one("bookable")),
        min_value_cny=money(one("min-value")) if one("min-value") else None,
        max_value_cny=money(one("max-value")) if one("max-value") else None,
        from_year=year(one("from-year")) if one("from-year") else None,
        to_year=year(one("to-year")) if one("to-year") else None,
        abilities=tuple(ability(text) for text in several("cap")),
        near=near(one("near"), kilometres(one("km")) if one("km") else None) if one("near") else None,
    )


def _flag(text: str) -> bool | None:
    return None if not text else one_of(text, ("0", "1"), "choice") == "1"


def money(text: str) -> Decimal:
    """An amount in CNY."""
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and 0 <= amount <= MOST_CNY:
        return amount
    raise UnknownFilter(_("found value %(found)r; expected an amount in CNY such as 500000.") % {"found": text})


def year(text: str) -> int:
    """A year of four digits."""
    if re.fullmatch(r"[12]\d{3}", text):
        return int(text)
    raise UnknownFilter(_("found year %(found)r; expected four digits such as 2019.") % {"found": text})


def kilometres(text: str) -> float:
    """A distance in kilometres."""
    if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text):
        return float(text)
    raise UnknownFilter(_("found distance %(found)r; expected kilometres such as 50.") % {"found": text})


def class_code(text: str) -> str:
    """The class code that a code or name means."""
    if code := find_class(text):
        return code
    raise UnknownFilter(
        _("found class %(found)r; expected a class code such as 010200, or its name.") % {"found": text}
    )


def place_code(text: str) -> str:
    """The place code that a code or name means."""
    if code := find_place(text):
        return code
    raise UnknownFilter(
        _("found place %(found)r; expected a country code, a division code or a name such as 安徽.") % {"found": text}
    )


def maker_key(text: str) -> str:
    """The key of the maker that a key or spelling means; an unknown one is taken as a key."""
    found = find_maker(text)
    return found.key if found else text


def origin_code(text: str) -> str:
    """The ISO code of the country that a code or name means."""
    code = find_place(text) or ""
    code = {"710000": "TW", "810000": "HK", "820000": "MO"}.get(code, code)
    if code in countries():
        return code
    raise UnknownFilter(
        _("found origin %(found)r; expected an ISO country code such as DE, or a country's name.") % {"found": text}
    )


def technique_key(text: str) -> str:
    """The key of the technique that a key, label or abbreviation means."""
    wanted = fold(text.strip())
    for technique in techniques().values():
        names = (technique.key, technique.label_en, *technique.labels_zh, *technique.abbreviations)
        if wanted in {fold(name) for name in names}:
            return technique.key
    raise UnknownFilter(
        _("found technique %(found)r; expected its key, name or abbreviation, such as hrms or XRD.") % {"found": text}
    )


def one_of(text: str, known: Collection[str], what: str) -> str:
    """The code, if it is one of those known."""
    if text in known:
        return text
    raise UnknownFilter(
        _("found %(what)s %(found)r; expected one of %(known)s.")
        % {"what": what, "found": text, "known": ", ".join(known)}
    )


_COMPARED = re.compile(r"^\s*(?P<name>[^<>=:≤≥＜＞]+?)\s*(?P<sign><=|>=|=|<|>|:|≤|≥)\s*(?P<value>.+?)\s*$")


def ability(text: str) -> Ability:
    """What an instrument is asked to do: a quantity and a range, with or without a unit.

    >>> ability("mass_resolution>=140000")
    Ability(quantity='mass_resolution', low=140000.0, high=None)
    >>> ability("smallest feature <= 2 um"), ability("mass_range:100..2000")
    (Ability(quantity='smallest_feature', low=None, high=2.0), Ability(quantity='mass_range', low=100.0, high=2000.0))
    """
    read = _COMPARED.match(text)
    quantity = find_quantity(read["name"]) if read else None
    if read is None or quantity is None:
        raise UnknownFilter(
            _(
                "found capability %(found)r; expected a quantity and its range, such as "
                "mass_resolution>=140000 or smallest_feature<=2 um."
            )
            % {"found": text}
        )
    sign, value = read["sign"], read["value"]
    if sign in (">=", ">", "≥"):
        return Ability(quantity.key, low=_number(value, quantity))
    if sign in ("<=", "<", "≤"):
        return Ability(quantity.key, high=_number(value, quantity))
    if ".." not in value:
        exactly = _number(value, quantity)
        return Ability(quantity.key, exactly, exactly)
    low, high = (part.strip() for part in value.split("..", 1))
    return Ability(quantity.key, _number(low, quantity) if low else None, _number(high, quantity) if high else None)


def _number(text: str, quantity: Quantity) -> float:
    try:
        measure = parse_quantity(text)
        ends = canonical(quantity.key, measure.low, measure.high, measure.unit)
    except UnknownUnit:
        raise UnknownFilter(
            _("found %(found)r for %(quantity)s; expected a number or a range, in %(unit)s where no unit is given.")
            % {"found": text, "quantity": quantity.key, "unit": quantity.unit}
        ) from None
    return next(end for end in ends if end is not None)


def near(text: str, km: float | None = None) -> Near:
    """A place, by name or as "latitude,longitude" in degrees, and its surroundings."""
    reach = NEAR_KM if km is None else km
    if not 0 < reach <= MOST_KM:
        raise UnknownFilter(
            _("found a distance of %(reach)s km; expected more than 0 and at most %(most_km)s km.")
            % {"reach": f"{reach:g}", "most_km": f"{MOST_KM:g}"}
        )
    if numbers := re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)\s*", text):
        latitude, longitude = float(numbers[1]), float(numbers[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Near(latitude, longitude, reach, text.strip())
    code = find_place(text)
    found = place(code) if code else None
    if found is not None and found.latitude is not None and found.longitude is not None:
        return Near(found.latitude, found.longitude, reach, text.strip())
    wanted = fold(text.strip())
    for city in cities().values():
        if wanted and wanted in (fold(city.name), fold(city.name_zh)):
            return Near(city.latitude, city.longitude, reach, text.strip())
    raise UnknownFilter(
        _("found place %(found)r; expected a city or division such as 合肥, or latitude,longitude.") % {"found": text}
    )
