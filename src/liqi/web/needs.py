"""A need as an address says it: the question, and the limits as the person corrected them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from liqi.access import matching
from liqi.planning.matching import Asked, Need, corrected, located
from liqi.taxonomy import UnknownUnit, canonical, parse_quantity, place_label, quantities, written

QUANTITY = "x-"
"""Before the key of a quantity it is the name of a field of the address."""
QUALIFICATIONS = ("CMA", "CNAS")


@dataclass(frozen=True)
class Question:
    """The need of the address, and under the name of a field what is wrong with it."""

    need: Need
    wrong: dict[str, str] = field(default_factory=dict)


def read(asked: QueryDict, *, now: datetime) -> Question:
    """The need of the address: limits from the words, or from the fields where the form was sent (`set=1`)."""
    need = matching.understand(asked.get("q", "").strip()[:400], now=now)
    wrong: dict[str, str] = {}
    need = _corrected(need, asked, wrong) if asked.get("set") == "1" else _added(need, asked, wrong)
    return Question(need, wrong)


def _corrected(need: Need, asked: QueryDict, wrong: dict[str, str]) -> Need:
    """The fields alone say the limits; what was emptied is no limit."""
    bare = corrected(
        need, budget_cny=None, within_km=None, from_place="", near=None, before=None, qualifications=(), asked=()
    )
    found = _added(bare, asked, wrong)
    measured = []
    for name in asked:
        key = name.removeprefix(QUANTITY)
        text = asked.get(name, "").strip()
        if name.startswith(QUANTITY) and key in quantities() and text:
            one = _measured(key, text, wrong)
            if one is not None:
                measured.append(one)
    kept = tuple(one for one in QUALIFICATIONS if one in asked.getlist("qualification"))
    words = {name: said for name, said in need.words.items() if _still(name, need, found)}
    return corrected(found, asked=tuple(measured), qualifications=kept, words=words)


def _still(name: str, before: Need, after: Need) -> bool:
    """Whether the words of the question still say the limit."""
    field_of = {"budget": "budget_cny", "distance": "within_km", "place": "from_place", "before": "before"}
    attribute = field_of.get(name)
    return attribute is None or getattr(before, attribute) == getattr(after, attribute)


def _added(need: Need, asked: QueryDict, wrong: dict[str, str]) -> Need:
    """The need with the limits that the fields of the address give beside its words."""
    changes: dict[str, object] = {}
    if text := asked.get("budget", "").strip():
        amount = _number(text)
        if amount is None:
            wrong["budget"] = _("Found %(found)s, expected an amount in CNY such as 3000.") % {"found": text}
        else:
            changes["budget_cny"] = amount
    if text := asked.get("from", "").strip():
        place = located(text)
        if place is None:
            wrong["from"] = _("Found %(found)s, expected a city or province such as Hefei.") % {"found": text}
        else:
            changes |= {"from_place": place[0], "near": place[1]}
    if text := asked.get("km", "").strip():
        km = _number(text)
        if km is None:
            wrong["km"] = _("Found %(found)s, expected kilometres such as 200.") % {"found": text}
        else:
            changes["within_km"] = float(km)
    if text := asked.get("before", "").strip():
        try:
            changes["before"] = date.fromisoformat(text)
        except ValueError:
            wrong["before"] = _("Found %(found)s, expected a day such as 2026-12-01.") % {"found": text}
    return corrected(need, **changes)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def _measured(key: str, text: str, wrong: dict[str, str]) -> Asked | None:
    quantity = quantities()[key]
    try:
        measure = parse_quantity(text)
        low, high = canonical(key, measure.low, measure.high, measure.unit)
    except UnknownUnit:
        unit = quantity.unit or "1"
        wrong[QUANTITY + key] = _("Found %(found)s, expected a value with its unit such as 2 %(unit)s.") % {
            "found": text,
            "unit": unit,
        }
        return None
    return Asked(key, low, high, text)


@dataclass(frozen=True)
class Field:
    """A limit as the page offers it for correction: name in the address, label, value, words it came from."""

    name: str
    label: str
    value: str
    words: str
    wrong: str
    kind: str = "text"
    hint: str = ""


def fields(question: Question, asked: QueryDict, language: str) -> Iterator[Field]:
    """Every limit, those that were said and the four that can always be given."""
    need, wrong = question.need, question.wrong
    said = need.words.get

    def shown(name: str, value: str) -> str:
        return asked.get(name, "") if name in wrong else value

    budget = f"{need.budget_cny.normalize():f}" if need.budget_cny is not None else ""
    yield Field("budget", _("Price at most, CNY"), shown("budget", budget), said("budget", ""), wrong.get("budget", ""))
    km = f"{need.within_km:g}" if need.within_km is not None else ""
    yield Field("km", _("Within, km"), shown("km", km), said("distance", ""), wrong.get("km", ""))
    place = place_label(need.from_place, language) if need.from_place else ""
    yield Field("from", _("Counted from"), shown("from", place), said("place", ""), wrong.get("from", ""))
    before = need.before.isoformat() if need.before else ""
    yield Field("before", _("Ready by"), shown("before", before), said("before", ""), wrong.get("before", ""), "date")
    known = {one.quantity: one for one in need.asked}
    names = [*known, *(n.removeprefix(QUANTITY) for n in wrong if n.startswith(QUANTITY))]
    for key in dict.fromkeys(names):
        name = QUANTITY + key
        quantity = quantities()[key]
        value = written(known[key].low, known[key].high, quantity.unit) if key in known else ""
        words = known[key].words if key in known else ""
        yield Field(name, quantity.label(language), shown(name, value), words, wrong.get(name, ""))


def examples() -> list[str]:
    """Three needs as people say them."""
    return [
        _("what drugs are in this white powder"),
        _("tetracycline residues in milk"),
        _("print a 5 mm part with 2 um features under 3,000 CNY"),
    ]
