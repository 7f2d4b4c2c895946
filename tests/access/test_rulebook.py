"""The rulebook: set, copied, taken back; and tried on the past as it was then."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from liqi.access import rulebook
from liqi.access.models import Booking, Order, RuleSetting, Steward
from liqi.access.rulebook import NotPossible
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, at, make_instrument

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def limit(most: float, what: str = "hours", per: str = "day", whose: str = "person") -> dict[str, Any]:
    return {"limits": [{"whose": whose, "what": what, "per": per, "most": most}]}


def put(instrument: Instrument, steward: Person, rule: str = "gap", **parameters: Any) -> RuleSetting:
    return rulebook.put(place=instrument, rule=rule, parameters=parameters, by=steward, now=NOW)


def booked(instrument: Instrument, person: Person, start: datetime, made: datetime, **fields: Any) -> Booking:
    order = Order.objects.create(title="x", person=person, created_at=made)
    given = {"ends_at": start + HOUR, "organisation": person.organisations.first()} | fields
    return Booking.objects.create(
        order=order, instrument=instrument, person=person, starts_at=start, created_at=made, **given
    )


def test_a_rule_is_kept_with_its_defaults_and_the_same_again_writes_nothing(
    instrument: Instrument, steward: Person
) -> None:
    assert put(instrument, steward, minutes=30).parameters == {"minutes": 30, "whose": "person"}
    put(instrument, steward, minutes=30)
    assert JournalEntry.objects.filter(verb="set a rule").count() == 1


@pytest.mark.parametrize(
    ("rule", "parameters", "where"),
    [
        ("gap", {"minutes": 0}, "minutes"),
        ("gap", {"minutes": 5, "guess": 1}, "additionalProperties"),
        ("embargo", {"organisations": [99]}, "organisations"),
        ("embargo", {"organisations": []}, "organisations"),
        ("priority", {"classes": [{"name": "A", "organisations": [99], "days_ahead": 1}]}, "classes.0.organisations"),
        ("past", {}, "rule"),
    ],
)
def test_what_does_not_fit_is_refused_with_where_it_stands(
    instrument: Instrument, steward: Person, rule: str, parameters: dict[str, Any], where: str
) -> None:
    with pytest.raises(NotPossible) as refused:
        put(instrument, steward, rule, **parameters)
    assert list(refused.value.problems) == [where]
    assert not RuleSetting.objects.exists()


def test_only_stewards_set_rules(instrument: Instrument, member: Person) -> None:
    with pytest.raises(NotAllowed):
        put(instrument, member)
    with pytest.raises(NotAllowed):
        rulebook.attempt(place=instrument, by=member, starts_at=at(0), ends_at=at(1), tried={})


def test_every_change_is_taken_back_to_how_it_was_and_only_the_last_of_a_rule(
    instrument: Instrument, steward: Person
) -> None:
    put(instrument, steward, minutes=30)
    put(instrument, steward, minutes=60)
    rulebook.drop(place=instrument, rule="gap", by=steward, now=NOW)
    gone, second, first = rulebook.history(instrument)
    assert [line.latest for line in (gone, second, first)] == [True, False, False]
    with pytest.raises(NotPossible, match="later change"):
        rulebook.undo(place=instrument, entry=first.entry, by=steward, now=NOW)
    rulebook.undo(place=instrument, entry=gone.entry, by=steward, now=NOW)
    assert RuleSetting.objects.get().parameters["minutes"] == 60
    rulebook.undo(place=instrument, entry=second.entry, by=steward, now=NOW)
    assert RuleSetting.objects.get().parameters["minutes"] == 30
    rulebook.undo(place=instrument, entry=first.entry, by=steward, now=NOW)
    assert not RuleSetting.objects.exists()


def test_who_was_charged_for_giving_back_late_is_not_refused_by_the_same_setting_now(
    institution: Institution, instrument: Instrument, steward: Person
) -> None:
    old = {"hours": 24, "grace_minutes": 15, "charge_percent": 50}
    for place, later in ((instrument, "charged"), (make_instrument(institution), "refused")):
        facts: dict[str, Any] = {"rule": "cancellation", "parameters": old | {"later": later}, "updated_at": NOW}
        RuleSetting.objects.create(instrument=place, **facts)
    newer = make_instrument(institution)
    RuleSetting.objects.create(instrument=newer, rule="cancellation", parameters={"hours": 3}, updated_at=NOW)
    step = import_module("liqi.access.migrations.0017_giving_back_late_is_refused")
    for _twice in range(2):
        step.drop_the_charge(apps, None)
    kept = {"hours": 24, "grace_minutes": 15}
    assert list(RuleSetting.objects.order_by("pk").values_list("active", "parameters")) == [
        (False, kept), (True, kept), (True, {"hours": 3}),
    ]  # fmt: skip
    assert JournalEntry.objects.filter(verb="set a rule").count() == 2
    (line,) = rulebook.history(instrument)
    back = rulebook.undo(place=instrument, entry=line.entry, by=steward, now=NOW)
    assert back is not None
    assert (back.active, back.parameters) == (True, kept)
    assert put(instrument, steward, "cancellation", **back.parameters) == back


def test_a_change_of_another_place_is_not_taken_back_here(
    institution: Institution, instrument: Instrument, steward: Person
) -> None:
    other = make_instrument(institution)
    Steward.objects.create(person=steward, instrument=other)
    put(other, steward)
    with pytest.raises(NotPossible, match="another rulebook"):
        rulebook.undo(place=instrument, entry=rulebook.history(other)[0].entry, by=steward, now=NOW)


def test_copying_sets_every_rule_of_the_other_and_keeps_what_only_this_has(
    institution: Institution, instrument: Instrument, steward: Person
) -> None:
    other = make_instrument(institution)
    put(instrument, steward, minutes=45)
    put(instrument, steward, "grid", minutes=30)
    with pytest.raises(NotAllowed):
        rulebook.copy(source=instrument, place=other, by=steward, now=NOW)
    Steward.objects.create(person=steward, instrument=other)
    put(other, steward, "outside", allowed="never")
    assert rulebook.copy(source=instrument, place=other, by=steward, now=NOW) == ["gap", "grid"]
    assert rulebook.copy(source=instrument, place=other, by=steward, now=NOW) == []
    there = RuleSetting.objects.filter(instrument=other).values_list("rule", flat=True)
    assert sorted(there) == ["gap", "grid", "outside"]


def test_words_are_told_in_three_languages(instrument: Instrument) -> None:
    said = rulebook.wording(instrument, "gap", {"minutes": 90})
    assert said["en"] == "At least 1 h 30 min between two bookings of one person."
    assert "1 小时 30 分钟" in said["zh-hans"]
    assert len({said["en"], said["zh-hans"], said["zh-hant"]}) == 3


def test_a_trial_asks_each_booking_as_it_was_asked_then(
    instrument: Instrument, steward: Person, member: Person
) -> None:
    """Of three hours of one day the first two were allowed when they were made; the third is the one refused."""
    made = NOW - 5 * DAY
    first = booked(instrument, member, at(6), made)
    second = booked(instrument, member, at(2), made + HOUR)
    third = booked(instrument, member, at(4), made + 2 * HOUR)
    found = rulebook.attempt(
        place=instrument, by=steward, starts_at=at(0), ends_at=at(23), tried={"quota": limit(2)}, only={"quota"}
    )
    assert (found.asked, [hit.booking for hit in found.hits]) == (3, [third])
    assert found.by_rule == [("quota", 1)]
    assert found.people == [(member, 1)]
    assert found.organisations == [(third.organisation, 1)]
    assert not RuleSetting.objects.exists()
    assert {first.pk, second.pk} == {one.pk for one in Booking.objects.exclude(pk=third.pk)}


def test_what_was_cancelled_before_a_booking_was_made_did_not_count_for_it(
    instrument: Instrument, steward: Person, member: Person
) -> None:
    made = NOW - 5 * DAY
    booked(instrument, member, at(2), made, state="cancelled", cancelled_at=made + HOUR)
    booked(instrument, member, at(4), made + 2 * HOUR)
    tried = {"quota": limit(1, "bookings")}
    assert not rulebook.attempt(place=instrument, by=steward, starts_at=at(0), ends_at=at(23), tried=tried).hits
    Booking.objects.filter(state="cancelled").update(cancelled_at=made + 3 * HOUR)
    assert len(rulebook.attempt(place=instrument, by=steward, starts_at=at(0), ends_at=at(23), tried=tried).hits) == 1


def test_a_trial_takes_the_tried_rule_in_place_of_the_one_that_is_set(
    instrument: Instrument, steward: Person, member: Person
) -> None:
    booked(instrument, member, at(2), NOW - DAY)
    put(instrument, steward, "outside", allowed="never")
    put(instrument, steward, "quota", **limit(0))
    both = rulebook.attempt(place=instrument, by=steward, starts_at=at(0), ends_at=at(23), tried={})
    assert [hit.rules for hit in both.hits] == [("quota",)]
    mild = rulebook.attempt(place=instrument, by=steward, starts_at=at(0), ends_at=at(23), tried={"quota": limit(5)})
    assert mild.hits == ()


def test_a_trial_counts_only_the_period_that_is_asked(
    instrument: Instrument, steward: Person, guest: Person, home: Organisation
) -> None:
    for day in (22, 23, 24):
        booked(instrument, guest, at(2, day=day), NOW - DAY)
    found = rulebook.attempt(
        place=instrument, by=steward, starts_at=at(0), ends_at=at(0, day=24), tried={"outside": {"allowed": "never"}}
    )
    assert (found.asked, len(found.hits)) == (1, 1)
