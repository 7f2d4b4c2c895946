"""/api/rules: which rules there are, which are set at an instrument or a facility, and what they would have refused."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime

from liqi.access import rulebook, rules
from liqi.access.models import RuleSetting
from liqi.accounts.models import JournalEntry
from liqi.catalogue.models import Facility, Instrument
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._once import changes_nothing
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["rules"], auth=SIGNED_IN)
Kind = Literal["instruments", "facilities"]


class Rule(Schema):
    """A rule that can be set, with the JSON Schema of its parameters."""

    name: str
    place: int
    title: str
    codes: list[str]
    parameters: dict[str, Any]


class Wished(Sent):
    """How a rule is to be set; a parameter that is not given has its default."""

    parameters: dict[str, Any] = {}
    active: bool = True
    since: date | None = None
    until: date | None = None


class Set(Schema):
    """A rule as it is set in one place."""

    rule: str
    parameters: dict[str, Any]
    active: bool
    since: date | None
    until: date | None
    updated_at: datetime
    words: str


class Tried(Sent):
    """A period of the past, and rules as they might be set, beside or in place of those that are."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    rules: dict[str, dict[str, Any]] = {}


class Refusal(Schema):
    """A booking that would have been refused."""

    booking: int
    instrument: str
    person: str
    starts_at: datetime
    ends_at: datetime
    rules: list[str]
    codes: list[str]
    words: list[str]


class Outcome(Schema):
    """What the rules would have refused; nothing was written."""

    asked: int
    left_out: int
    refused: int
    by_rule: dict[str, int]
    bookings: list[Refusal]


class Switched(Sent):
    """Whether the rule is on."""

    active: bool


class Source(Sent):
    """The place whose rules are copied."""

    kind: Kind
    key: str


class Copied(Schema):
    """The names of the rules that changed."""

    changed: list[str]


@router.get("", response=Page[Rule], auth=None, summary="The rules that can be set")
def index(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Every rule by name; `place` says when it is asked of a booking."""
    ordered = [(place, name, rule) for place, (name, rule) in enumerate(rules.SET_RULES.items(), 1)]
    found, following = among(ordered, paged, lambda one: one[1])
    items = [
        {"name": name, "place": place, "title": str(rule.TITLE), "codes": list(rule.CODES),
         "parameters": rules.schema(name)}
        for place, name, rule in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get("/{kind}/{key}", response=Page[Set], summary="The rules of an instrument or a facility")
def show(request: HttpRequest, kind: Kind, key: str, paged: Annotated[Paged, Query()]) -> Any:
    """What is set in that place itself; the stewards of the place may read it."""
    place = _place(kind, key)
    rulebook.require_steward(signed_in(request), place)
    rows = {"facility": place} if isinstance(place, Facility) else {"instrument": place}
    found, following = page(RuleSetting.objects.filter(**rows), paged)
    return {"items": [_shown(row, place) for row in found], "next": following}


@router.post("/{kind}/{key}/trial", response=Outcome, summary="Try rules on the past")
@changes_nothing
def attempt(request: HttpRequest, kind: Kind, key: str, tried: Tried) -> Any:
    """Every booking that starts in the period is asked again as it was asked then."""
    found = rulebook.attempt(
        place=_place(kind, key), by=signed_in(request), starts_at=tried.starts_at, ends_at=tried.ends_at,
        tried=tried.rules,
    )  # fmt: skip
    return {
        "asked": found.asked,
        "left_out": found.left_out,
        "refused": len(found.hits),
        "by_rule": dict(found.by_rule),
        "bookings": [_refusal(hit) for hit in found.hits],
    }


@router.post("/{kind}/{key}/copy", response=Copied, summary="Copy the rules of another place")
def copy(request: HttpRequest, kind: Kind, key: str, sent: Source) -> Any:
    """Every rule that is set there is set here too; for stewards of both."""
    source, by = _place(sent.kind, sent.key), signed_in(request)
    return {"changed": rulebook.copy(source=source, place=_place(kind, key), by=by, now=timezone.now())}


@router.put("/{kind}/{key}/{rule}", response=Set, summary="Set a rule")
def put(request: HttpRequest, kind: Kind, key: str, rule: str, wished: Wished) -> Any:
    """The rule holds there with these parameters; sending it again changes nothing."""
    place = _place(kind, key)
    row = rulebook.put(
        place=place, rule=rule, parameters=wished.parameters, active=wished.active, since=wished.since,
        until=wished.until, by=signed_in(request), now=timezone.now(),
    )  # fmt: skip
    return _shown(row, place)


@router.delete("/{kind}/{key}/{rule}", response={204: None}, summary="Take a rule away")
def drop(request: HttpRequest, kind: Kind, key: str, rule: str) -> Any:
    """The place says nothing about the rule any more."""
    rulebook.drop(place=_place(kind, key), rule=rule, by=signed_in(request), now=timezone.now())
    return Status(204, None)


@router.put("/{kind}/{key}/{rule}/active", response=Set, summary="Switch a rule on or off")
def switch(request: HttpRequest, kind: Kind, key: str, rule: str, sent: Switched) -> Any:
    """The rule is on or off there; switched off for an instrument, its facility's does not hold there either."""
    place, by = _place(kind, key), signed_in(request)
    return _shown(rulebook.switch(place=place, rule=rule, on=sent.active, by=by, now=timezone.now()), place)


@router.post("/{kind}/{key}/changes/{int:entry}/undo", response={204: None}, summary="Take a change of a rule back")
def undo(request: HttpRequest, kind: Kind, key: str, entry: int) -> Any:
    """The rule stands as before the change of this number in the journal; not where it was changed again since."""
    change = get_object_or_404(JournalEntry, pk=entry)
    rulebook.undo(place=_place(kind, key), entry=change, by=signed_in(request), now=timezone.now())
    return Status(204, None)


def _refusal(hit: rulebook.Hit) -> dict[str, Any]:
    one = hit.booking
    return {
        "booking": one.pk,
        "instrument": one.instrument.key,
        "person": one.person.name,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "rules": list(hit.rules),
        "codes": [objection.code for objection in hit.objections],
        "words": [objection.words for objection in hit.objections],
    }


def _shown(row: RuleSetting, place: Instrument | Facility) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "parameters": row.parameters,
        "active": row.active,
        "since": row.since,
        "until": row.until,
        "updated_at": row.updated_at,
        "words": rulebook.wording(place, row.rule, row.parameters)["here"],
    }


def _place(kind: Kind, key: str) -> Instrument | Facility:
    if kind == "facilities":
        return get_object_or_404(Facility, key=key)
    found: Instrument = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    return found
