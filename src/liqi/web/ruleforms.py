"""The form of a rule's parameters, made from their schema: what it shows, and what was filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liqi.access.models import Course, SafetyDocument
from liqi.access.rulebook import NotPossible
from liqi.accounts.models import Organisation
from liqi.catalogue.models import Facility, Instrument

Place = Instrument | Facility
WORDS = {
    "person": pgettext_lazy("for each", "person"),
    "group": pgettext_lazy("for each", "group"),
    "hours": pgettext_lazy("counted", "hours"),
    "bookings": pgettext_lazy("counted", "bookings"),
    "day": pgettext_lazy("in a", "day"),
    "week": pgettext_lazy("in a", "week"),
    "month": pgettext_lazy("in a", "month"),
    "ahead": pgettext_lazy("in a", "all that is ahead"),
    "instrument": pgettext_lazy("counted over", "this instrument"),
    "facility": pgettext_lazy("counted over", "all instruments of the facility"),
    "platform": pgettext_lazy("counted over", "the whole platform"),
    "always": pgettext_lazy("may book", "like everybody"),
    "in hours": pgettext_lazy("may book", "in these hours only"),
    "never": pgettext_lazy("may book", "never"),
    "everybody": pgettext_lazy("asked of", "everybody"),
    "inside": pgettext_lazy("asked of", "members of the institution"),
    "nobody": pgettext_lazy("asked of", "nobody"),
    "assisted": pgettext_lazy("level of a qualification", "assisted"),
    "self": pgettext_lazy("level of a qualification", "on their own"),
    "out of hours": pgettext_lazy("level of a qualification", "out of hours"),
    "mon": gettext_lazy("Mon"),
    "tue": gettext_lazy("Tue"),
    "wed": gettext_lazy("Wed"),
    "thu": gettext_lazy("Thu"),
    "fri": gettext_lazy("Fri"),
    "sat": gettext_lazy("Sat"),
    "sun": gettext_lazy("Sun"),
}
"""The values of choices in words."""
MOST_ROWS = 20
SPARE_ROWS = 1


@dataclass
class Input:
    """One input of the form."""

    name: str
    label: str
    kind: str
    """check, choice, number, date, text, names, boxes or rows."""
    value: Any = ""
    options: list[tuple[Any, str, bool]] = field(default_factory=list)
    rows: list[list[Input]] = field(default_factory=list)
    problem: str = ""
    least: Any = None
    most: Any = None
    step: str = "1"


def inputs(
    schema: Mapping[str, Any], values: Mapping[str, Any], place: Place, *, typed: QueryDict | None = None,
    problems: Mapping[str, str] | None = None, spare: int = SPARE_ROWS,
) -> list[Input]:  # fmt: skip
    """The inputs of the schema with these values; names that were typed stay as typed."""
    return [
        _input(key, key, said, values.get(key), place, typed, problems or {}, spare)
        for key, said in schema["properties"].items()
    ]


def read(schema: Mapping[str, Any], typed: QueryDict) -> dict[str, Any]:
    """What was filled in, as parameters; raises NotPossible for organisations that nobody knows."""
    problems: dict[str, str] = {}
    found = {key: _value(key, key, said, typed, problems) for key, said in schema["properties"].items()}
    if problems:
        raise NotPossible(problems)
    return found


def _kind(said: Mapping[str, Any]) -> str:
    shape = said.get("format", "")
    if shape in {"date"}:
        return "date"
    if shape == "organisations":
        return "names"
    if shape in {"days", "courses", "documents"}:
        return "boxes"
    if said["type"] == "array":
        return "rows"
    if "enum" in said:
        return "choice"
    return {"boolean": "check", "string": "text"}.get(str(said["type"]), "number")


def _input(
    name: str, where: str, said: Mapping[str, Any], value: Any, place: Place, typed: QueryDict | None,
    problems: Mapping[str, str], spare: int,
) -> Input:  # fmt: skip
    kind = _kind(said)
    made = Input(name, str(said["title"]), kind, value if value is not None else "", problem=problems.get(where, ""))
    if kind == "choice":
        made.options = [(one, str(WORDS.get(str(one), one)), one == value) for one in said["enum"]]
    elif kind == "number":
        made.least, made.most = said.get("minimum"), said.get("maximum")
        made.step = "1" if "integer" in said["type"] else "any"
    elif kind == "names":
        made.value = typed.get(name, "") if typed is not None else "\n".join(_names(value or ()))
    elif kind == "boxes":
        chosen = set(value or ())
        made.options = [(one, words, one in chosen) for one, words in _options(said, place, chosen)]
    elif kind == "rows":
        properties = said["items"]["properties"]
        rows = [*(value or ()), *({} for _row in range(spare))][:MOST_ROWS]
        made.rows = [
            [
                _input(f"{name}-{number}-{key}", f"{where}.{number}.{key}", inner, row.get(key), place, typed,
                       problems, 0)
                for key, inner in properties.items()
            ]
            for number, row in enumerate(rows)
        ]  # fmt: skip
    return made


def _options(said: Mapping[str, Any], place: Place, chosen: set[Any]) -> Iterable[tuple[Any, str]]:
    if said["format"] == "days":
        return [(day, str(WORDS[day])) for day in said["items"]["enum"]]
    kind = Course if said["format"] == "courses" else SafetyDocument
    near = Q(instrument__institution=place.institution_id) | Q(facility__institution=place.institution_id)
    if place.institution_id is None:
        near = Q(instrument=place) if isinstance(place, Instrument) else Q(facility=place)
    rows: Any = kind.objects.filter(near | Q(pk__in=chosen)).order_by("title", "pk")
    return [(one.pk, one.title) for one in rows[:200]]


def _value(name: str, where: str, said: Mapping[str, Any], typed: QueryDict, problems: dict[str, str]) -> Any:
    kind = _kind(said)
    text = typed.get(name, "").strip()
    if kind == "check":
        return name in typed
    if kind == "boxes":
        return [one if said["format"] == "days" else int(one) for one in typed.getlist(name) if _fits(said, one)]
    if kind == "names":
        return _numbers(where, typed.get(name, ""), problems)
    if kind == "rows":
        return _rows(name, where, said, typed, problems)
    if kind == "number" or (kind == "choice" and said["type"] == "integer"):
        return _number(text, said)
    if kind == "date":
        return text or None
    return text


def _rows(
    name: str, where: str, said: Mapping[str, Any], typed: QueryDict, problems: dict[str, str]
) -> list[dict[str, Any]]:
    """The rows that are filled in; a row of which nothing but choices is there is left out, and one removed."""
    properties = said["items"]["properties"]
    found: list[dict[str, Any]] = []
    for number in range(MOST_ROWS):
        before = f"{name}-{number}-"
        written = [key for key in properties if _kind(properties[key]) != "choice"]
        if typed.get("remove") == f"{name}-{number}" or not any(typed.get(before + key, "").strip() for key in written):
            continue
        place = f"{where}.{len(found)}"
        found.append(
            {key: _value(before + key, f"{place}.{key}", inner, typed, problems) for key, inner in properties.items()}
        )
    return found


def _number(text: str, said: Mapping[str, Any]) -> Any:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _fits(said: Mapping[str, Any], text: str) -> bool:
    return text in said["items"].get("enum", ()) if said["format"] == "days" else text.isdigit()


def _names(numbers: Iterable[int]) -> list[str]:
    found = dict(Organisation.objects.filter(pk__in=list(numbers)).values_list("pk", "name"))
    return [found[number] for number in numbers if number in found]


def _numbers(where: str, text: str, problems: dict[str, str]) -> list[int]:
    """The organisations named one a line, by number."""
    names = [line.strip() for line in text.replace("；", "\n").replace(";", "\n").splitlines() if line.strip()]
    found = []
    for name in names[:200]:
        one = Organisation.objects.filter(Q(name__iexact=name) | Q(name_en__iexact=name)).order_by("pk").first()
        if one is None:
            problems[where] = _("Found no organisation named %(name)s; write its name as it is on record.") % {
                "name": name
            }
        elif one.pk not in found:
            found.append(one.pk)
    return found
