"""Rules are set for an instrument or a facility by its stewards; each change keeps how it was before."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access import rules
from liqi.access.models import Course, RuleSetting, SafetyDocument, Steward
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Instrument

if TYPE_CHECKING:
    import jsonschema

Place = Instrument | Facility
VERB = "set a rule"
"""The journal's word for every change of a rulebook."""
KNOWN: Mapping[str, Any] = {"organisations": Organisation, "courses": Course, "documents": SafetyDocument}
"""The formats of parameters that are numbers of records."""


class NotPossible(ValueError):
    """The rule cannot be set so; ``problems`` says for each parameter what was found and what was expected."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


def looks_after(person: Person | None, place: Place) -> bool:
    """Whether the person is a steward of the instrument or (its) facility, or runs the platform."""
    if person is None:
        return False
    if person.is_operator:
        return True
    where = Q(facility=place) if isinstance(place, Facility) else Q(instrument=place)
    if isinstance(place, Instrument) and place.facility_id is not None:
        where |= Q(facility=place.facility_id)
    return Steward.objects.filter(where, person=person).exists()


def require_steward(person: Person | None, place: Place) -> None:
    """Raise NotAllowed unless the person looks after the place."""
    if not looks_after(person, place):
        words = _("Only the stewards of %(name)s set its rules; ask one of them.")
        raise NotAllowed(words % {"name": called(place)})


def put(
    *, place: Place, rule: str, parameters: Mapping[str, Any], by: Person, now: datetime, active: bool = True,
    since: date | None = None, until: date | None = None,
) -> RuleSetting:  # fmt: skip
    """The rule holds at the place with these parameters; one that is missing has its default.

    Raises NotAllowed, NotPossible; after either nothing is changed.
    """
    require_steward(by, place)
    full = checked(rule, parameters)
    if since is not None and until is not None and until <= since:
        raise NotPossible({"until": _("The rule ends before it begins; give a later day, or none.")})
    said = {"parameters": full, "active": active, "since": _text(since), "until": _text(until)}
    kept = keep(place, rule, said, by=by, now=now)
    assert kept is not None, "something was put"
    return kept


def switch(*, place: Place, rule: str, on: bool, by: Person, now: datetime) -> RuleSetting:
    """The rule is on or off at the place; switched off for an instrument, its facility's does not hold there either."""
    require_steward(by, place)
    there = RuleSetting.objects.filter(_where(place), rule=rule).first()
    if there is None and on:
        raise NotPossible({"rule": _("This rule is not set here yet; fill it in first.")})
    said = {"parameters": there.parameters if there else {}, "active": on, "since": None, "until": None}
    if there is not None:
        said |= {"since": _text(there.since), "until": _text(there.until)}
    kept = keep(place, rule, said, by=by, now=now)
    assert kept is not None, "something was put"
    return kept


def drop(*, place: Place, rule: str, by: Person, now: datetime) -> None:
    """The place says nothing about the rule any more: an instrument then has its facility's."""
    require_steward(by, place)
    keep(place, rule, None, by=by, now=now)


def copy(*, source: Place, place: Place, by: Person, now: datetime) -> list[str]:
    """The place has every rule that is set at the source, in place of its own; the names of those that changed.

    Rules that only the place has stay. The person looks after both.
    """
    require_steward(by, source)
    require_steward(by, place)
    if source == place:
        raise NotPossible({"source": _("This is the same place; choose another one to copy from.")})
    changed = []
    with transaction.atomic():
        for row in RuleSetting.objects.filter(_where(source)).order_by("rule"):
            said = state(row)
            before = RuleSetting.objects.filter(_where(place), rule=row.rule).first()
            if before is None or state(before) != said:
                keep(place, row.rule, said, by=by, now=now, copied_from=source.key)
                changed.append(row.rule)
    return changed


def checked(rule: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with defaults; raises NotPossible where they do not fit the rule's schema."""
    if rule not in rules.SET_RULES:
        words = _("Found the rule %(found)s; expected one of: %(expected)s.")
        raise NotPossible({"rule": words % {"found": rule, "expected": ", ".join(rules.SET_RULES)}})
    import jsonschema  # takes a moment to load

    schema = rules.schema(rule)
    full = rules.filled(rule, parameters)
    problems: dict[str, str] = {}
    for error in jsonschema.Draft202012Validator(schema).iter_errors(full):
        where = ".".join(str(part) for part in error.absolute_path) or str(error.validator)
        problems.setdefault(where, _said(error))
    problems |= {} if problems else _unknown(schema, full)
    if problems:
        raise NotPossible(problems)
    return full


def state(row: RuleSetting) -> dict[str, Any]:
    """What a setting says, as the journal keeps it."""
    return {
        "parameters": row.parameters,
        "active": row.active,
        "since": _text(row.since),
        "until": _text(row.until),
    }


def keep(
    place: Place, rule: str, said: Mapping[str, Any] | None, *, by: Person, now: datetime, **facts: Any
) -> RuleSetting | None:
    """The place says this of the rule, or nothing; the journal keeps what it said before. The same changes nothing."""
    with transaction.atomic():
        row = RuleSetting.objects.select_for_update().filter(_where(place), rule=rule).first()
        before = state(row) if row else None
        if before == said:
            return row
        if said is None:
            if row is not None:
                row.delete()
            row = None
        else:
            row = row or RuleSetting(rule=rule, synthetic=place.synthetic, **_fields(place))
            row.parameters, row.active, row.updated_at = said["parameters"], said["active"], now
            row.since, row.until = _day(said["since"]), _day(said["until"])
            row.save()
        journal.write(
            person=by, verb=VERB, thing=place, at=now, rule=rule, before=before,
            after=dict(said) if said is not None else None, **facts,
        )  # fmt: skip
    return row


def _where(place: Place) -> Q:
    return Q(**_fields(place))


def _fields(place: Place) -> dict[str, Any]:
    return {"facility": place} if isinstance(place, Facility) else {"instrument": place}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _said(error: "jsonschema.ValidationError") -> str:
    """A finding of the schema in plain words."""
    bound = error.validator_value
    plain = {
        "minimum": _("Found %(found)s; expected at least %(bound)s."),
        "exclusiveMinimum": _("Found %(found)s; expected more than %(bound)s."),
        "maximum": _("Found %(found)s; expected at most %(bound)s."),
        "minItems": _("Found %(found)s entries; expected at least %(bound)s."),
        "maxItems": _("Found %(found)s entries; expected at most %(bound)s."),
        "enum": _("Found %(found)s; expected one of: %(bound)s."),
        "type": _("Found %(found)s; expected: %(bound)s."),
        "pattern": _("Found %(found)s; expected a time such as 09:30."),
        "required": _("Something is missing; fill in: %(bound)s."),
        "minLength": _("Nothing is filled in; write a name."),
        "uniqueItems": _("An entry stands there twice; name each once."),
        "additionalProperties": _("Found a parameter that the rule does not have; expected only those of its form."),
    }
    words = plain.get(str(error.validator), _("Found %(found)s, which does not fit the rule."))
    found: Any = error.instance
    found = len(found) if error.validator in {"minItems", "maxItems"} else found
    said = ", ".join(map(str, bound)) if isinstance(bound, list) else bound
    return words % {"found": found if found not in (None, "") else _("nothing"), "bound": said}


def _unknown(schema: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, str]:
    """A problem for each list of records that names one that is not there."""
    problems: dict[str, str] = {}
    for key, said in schema["properties"].items():
        if said.get("format") in KNOWN:
            problems |= _missing(key, said["format"], parameters[key])
        for name, inner in said.get("items", {}).get("properties", {}).items():
            if inner.get("format") in KNOWN:
                for number, row in enumerate(parameters[key]):
                    problems |= _missing(f"{key}.{number}.{name}", inner["format"], row[name])
    return problems


def _missing(where: str, kind: str, numbers: list[int]) -> dict[str, str]:
    there = set(KNOWN[kind].objects.filter(pk__in=numbers).values_list("pk", flat=True))
    gone = [str(number) for number in numbers if number not in there]
    words = _("Found no record of the numbers %(found)s; choose ones that are there.")
    return {where: words % {"found": ", ".join(gone)}} if gone else {}
