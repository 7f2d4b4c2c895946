"""What narrows a search, as the page shows it: facets with counts, chips that take a filter away, fields of ranges."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.catalogue import search
from liqi.web import numbers, questions

TITLES = {
    "kind": gettext_lazy("Kind of record"),
    "class": gettext_lazy("Class of instrument"),
    "class_middle": gettext_lazy("Class, closer"),
    "class_small": gettext_lazy("Class, closest"),
    "place": gettext_lazy("Province"),
    "country": gettext_lazy("Country or region"),
    "maker": gettext_lazy("Maker"),
    "origin": gettext_lazy("Where the brand is from"),
    "made_in": gettext_lazy("Where it was made"),
    "technique": gettext_lazy("Technique"),
    "value": gettext_lazy("Value when bought"),
    "year": gettext_lazy("Year built"),
    "shared": gettext_lazy("Open to others"),
    "bookable": gettext_lazy("Booking here"),
    "status": gettext_lazy("State"),
    "owner": gettext_lazy("Kind of owner"),
    "facility": gettext_lazy("Kind of facility"),
    "stage": gettext_lazy("Stage of the chain"),
    "source": gettext_lazy("Source of the record"),
}
"""Each facet in its order, and what it is called."""
OPEN_AT_FIRST = ("kind", "class", "class_middle", "class_small", "place", "country")
SHOWN_AT_FIRST = 8
_RANGES = {"min-value": "≥ {}", "max-value": "≤ {}", "from-year": "≥ {}", "to-year": "≤ {}"}


def facets(asked: QueryDict, found: search.Found) -> list[dict[str, Any]]:
    """The facets in which there is something to choose; a closer level of classes once a wider one is chosen."""
    language = translation.get_language() or ""
    shown = []
    for name in TITLES:
        if name in ("class_middle", "class_small") and not _deep_enough(name, asked):
            continue
        if facet := _facet(name, found.facets.get(name, ()), asked, language):
            shown.append(facet)
    return shown


def _deep_enough(name: str, asked: QueryDict) -> bool:
    lengths = {len(taxonomy.class_prefix(code)) for code in asked.getlist("class")}
    return bool(lengths) and (name == "class_middle" or max(lengths) >= 4)


def _facet(name: str, counts: tuple[search.FacetCount, ...], asked: QueryDict, language: str) -> dict[str, Any] | None:
    field = questions.FIELD_OF[name]
    chosen = asked.getlist(field)
    if name == "place":
        counts = tuple(one for one in counts if one.code.isdigit())
    if len(counts) < 2 and not any(one.code in chosen for one in counts):
        return None
    values: list[dict[str, Any]] = [
        {
            "label": one.label,
            "count": one.count,
            "chosen": one.code in chosen,
            "address": toggled(asked, field, one.code),
        }
        for one in counts
    ]
    values.sort(key=lambda value: not value["chosen"])
    first = max(SHOWN_AT_FIRST, sum(value["chosen"] for value in values))
    is_open = name in OPEN_AT_FIRST or any(value["chosen"] for value in values)
    return {"title": TITLES[name], "values": values[:first], "more": values[first:], "open": is_open}


def toggled(asked: QueryDict, field: str, code: str) -> str:
    """The address with this choice taken or given back, from the first page on."""
    address = asked.copy()
    address.pop("page", None)
    values = address.getlist(field)
    if field in questions.ONE_VALUE:
        values = [] if code in values else [code]
    else:
        values = [value for value in values if value != code] if code in values else [*values, code]
    address.setlist(field, values)
    return f"?{address.urlencode()}"


def chips(asked: QueryDict, found: search.Found) -> list[dict[str, str]]:
    """What narrows the list now, each with the address that takes it away."""
    language = translation.get_language() or ""
    facet_of = {field: name for name, field in reversed(questions.FIELD_OF.items())}
    labels = {
        (questions.FIELD_OF[name], one.code): one.label for name, counts in found.facets.items() for one in counts
    }
    shown = []
    for field, facet in facet_of.items():
        for code in asked.getlist(field):
            label = labels.get((field, code)) or _label(facet, code, language)
            shown.append({"label": label, "address": toggled(asked, field, code)})
    for field, words in _RANGES.items():
        if value := asked.get(field):
            title = TITLES["value"] if "value" in field else TITLES["year"]
            number = numbers.thin(int(value)) if "value" in field and value.isdecimal() else value
            shown.append({"label": f"{title} {words.format(number)}", "address": _without(asked, field)})
    for text in asked.getlist(questions.CAPABILITY):
        shown.append({"label": ability(text, language), "address": toggled(asked, questions.CAPABILITY, text)})
    if near := asked.get("near"):
        words = _("within %(km)s km of %(place)s") % {"km": asked.get("km") or "50", "place": near}
        shown.append({"label": words, "address": _without(asked, "near", "km")})
    return shown


def _label(facet: str, code: str, language: str) -> str:
    try:
        return search.facet_label(facet, code, language)
    except ValueError:
        return code


def ability(text: str, language: str) -> str:
    """What an instrument is asked to do, in words: Mass resolution ≥ 140000."""
    try:
        one = search.ability(text)
    except search.UnknownFilter:
        return text
    quantity = taxonomy.quantities()[one.quantity]
    return f"{quantity.label(language)} {taxonomy.written(one.low, one.high, quantity.unit)}"


def _without(asked: QueryDict, *fields: str) -> str:
    address = asked.copy()
    for field in ("page", *fields):
        address.pop(field, None)
    return f"?{address.urlencode()}"


def ranges(asked: QueryDict) -> dict[str, Any]:
    """The fields of the form of ranges as they are filled in, and the quantities to choose from."""
    language = translation.get_language() or ""
    known = [(key, f"{one.label(language)} ({one.unit})" if one.unit else one.label(language))
             for key, one in taxonomy.quantities().items()]  # fmt: skip
    fields = ("min-value", "max-value", "from-year", "to-year", "near", "km")
    return {
        "values": {field.replace("-", "_"): asked.get(field, "") for field in fields},
        "kept": [
            (name, value) for name in asked for value in asked.getlist(name) if name not in (*fields, "page", *_PARTS)
        ],
        "quantities": sorted(known, key=lambda pair: pair[1]),
        "open": any(asked.get(field) for field in (*fields, questions.CAPABILITY)),
    }


_PARTS = ("quantity", "at-least", "at-most")


def with_ability(asked: QueryDict) -> str | None:
    """The address in which the three fields for a quantity are one; None where they were not sent."""
    if not any(name in asked for name in _PARTS):
        return None
    address = asked.copy()
    quantity, low, high = (address.get(name, "").strip() for name in _PARTS)
    for name in (*_PARTS, "page"):
        address.pop(name, None)
    if quantity and (low or high):
        address.appendlist(questions.CAPABILITY, f"{quantity}:{low}..{high}")
    for name in [*address]:
        address.setlist(name, [value for value in address.getlist(name) if value])
    return f"?{address.urlencode()}"
