from datetime import datetime, timedelta
from typing import Any

import pytest

from liqi.access import booking, no_shows, outages, rules, session, waiting
from liqi.access.models import Booking, NoShow, Offer, RuleSetting
from liqi.access.rules import Refused, Request, Settings
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice, Person
from liqi.catalogue.models import Facility, Instrument
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW, at, make_instrument, make_person

DAY = timedelta(days=1)
LATE = timedelta(minutes=15)
LATER = at(12, day=26)


@pytest.fixture(autouse=True)
def rule(instrument: Instrument) -> RuleSetting:
    """Three strikes within 90 days close booking for 30, and 15 minutes are waited."""
    return RuleSetting.objects.create(instrument=instrument, rule="no_shows", parameters={}, updated_at=NOW)


def booked(instrument: Instrument, person: Person, day: int = 23, hour: int = 9, **given: Any) -> Booking:
    return booking.book(
        instrument=instrument,
        person=person,
        starts_at=at(hour, day=day),
        ends_at=at(hour + 2, day=day),
        now=NOW,
        **given,
    )


def strike(instrument: Instrument, person: Person, *days: int) -> None:
    """The person did not come on these days of November."""
    for day in days:
        held = booked(instrument, person, day)
        assert no_shows.due(now=held.starts_at + LATE) == 1


def codes(instrument: Instrument, person: Person, now: datetime = LATER) -> list[str]:
    asked = Request(instrument, person, None, now + DAY, now + DAY + timedelta(hours=1), now)
    return [objection.code for objection in rules.objections(asked)]


def test_a_booking_that_nobody_begins_is_released_counted_and_offered_on(
    instrument: Instrument, member: Person, guest: Person
):
    held = booked(instrument, member)
    waiting.join(
        person=guest, instruments=[instrument], earliest_at=at(9), latest_at=at(11), minutes=60, now=NOW, standby=True
    )
    assert no_shows.due(now=held.starts_at + LATE - timedelta(seconds=1)) == 0
    assert no_shows.due(now=held.starts_at + LATE) == 1
    assert no_shows.due(now=held.starts_at + LATE) == 0
    held.refresh_from_db()
    assert held.state == "released"
    assert NoShow.objects.get().person == member
    offer = Offer.objects.get()
    assert (offer.wish.person, offer.booking.starts_at) == (guest, at(9, 30))
    told = Notice.objects.get(person=member)
    assert (told.kind, told.facts["minutes"]) == ("no_show.released", 15)


def test_a_booking_that_was_begun_is_kept_also_when_its_session_is_over(instrument: Instrument, member: Person):
    held = booked(instrument, member)
    begun = session.start(booking=held, person=member, now=at(9))
    session.end(session=begun, person=member, now=at(9, 10))
    assert no_shows.due(now=at(9, 30)) == 0


def test_nobody_loses_a_booking_while_somebody_else_still_uses_the_instrument(
    instrument: Instrument, member: Person, guest: Person
):
    before = booked(instrument, guest, hour=7)
    running = session.start(booking=before, person=guest, now=at(7))
    booked(instrument, member)
    assert no_shows.due(now=at(9, 30)) == 0
    session.end(session=running, person=guest, now=at(9, 31))
    assert no_shows.due(now=at(9, 31)) == 1


@pytest.mark.parametrize("given", [{"release_after_minutes": 0}, None])
def test_without_a_time_or_a_rule_nothing_is_released(
    instrument: Instrument, member: Person, rule: RuleSetting, given: dict[str, int] | None
):
    RuleSetting.objects.filter(pk=rule.pk).update(parameters=given or {}, active=given is not None)
    booked(instrument, member)
    assert no_shows.due(now=at(10)) == 0


def test_the_rule_of_a_facility_releases_on_its_instruments(institution, member: Person):
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    facility = Facility.objects.create(
        key="f",
        name="F",
        source="test",
        institution=institution,
        kind=kind.code,
        facility_class="support",
        created_at=NOW,
        updated_at=NOW,
    )
    inside = make_instrument(institution, facility=facility)
    RuleSetting.objects.create(
        facility=facility, rule="no_shows", parameters={"release_after_minutes": 30}, updated_at=NOW
    )
    booked(inside, member)
    assert no_shows.due(now=at(9, 29)) == 0
    assert no_shows.due(now=at(9, 30)) == 1


def test_the_third_strike_bans_for_the_time_set_and_no_longer(instrument: Instrument, member: Person):
    strike(instrument, member, 23, 24)
    assert codes(instrument, member) == []
    strike(instrument, member, 25)
    assert codes(instrument, member) == ["no_shows"]
    struck = at(9, 15, day=25)
    assert codes(instrument, member, struck + 30 * DAY - timedelta(seconds=1)) == ["no_shows"]
    assert codes(instrument, member, struck + 30 * DAY) == []
    assert Notice.objects.filter(person=member, kind="no_show.banned").count() == 1
    standing = no_shows.standing(member, instrument, rules.filled("no_shows", {}), now=at(12, day=26))
    assert (standing.points, standing.strikes, standing.banned_until) == (3, 3, struck + 30 * DAY)


def test_strikes_that_lie_too_far_apart_bring_no_ban(instrument: Instrument, member: Person, rule: RuleSetting):
    RuleSetting.objects.filter(pk=rule.pk).update(parameters={"within_days": 2})
    strike(instrument, member, 23, 24, 25)
    assert codes(instrument, member) == []


def test_the_ban_is_for_the_instrument_and_the_person_that_it_was_earned_on(
    instrument: Instrument, member: Person, guest: Person
):
    strike(instrument, member, 23, 24, 25)
    other = make_instrument(instrument.institution)
    RuleSetting.objects.create(instrument=other, rule="no_shows", parameters={}, updated_at=NOW)
    assert codes(other, member) == []
    assert codes(instrument, guest) == []
    RuleSetting.objects.filter(instrument=other).update(parameters={"counted_on": "platform"})
    assert codes(other, member) == ["no_shows"]


def test_what_a_steward_forgives_never_counted_and_can_count_again(
    instrument: Instrument, member: Person, steward: Person
):
    strike(instrument, member, 23, 24, 25)
    [one, *_more] = no_shows.of(member)
    no_shows.forgive(no_show=one, person=steward, why="The lift stood still.", now=at(12, day=25))
    assert codes(instrument, member) == []
    assert Notice.objects.get(person=member, kind="no_show.forgiven").facts["why"] == "The lift stood still."
    no_shows.remind(no_show=one, person=steward, now=at(12, day=25))
    assert codes(instrument, member) == ["no_shows"]


def test_only_a_steward_forgives_and_says_why(instrument: Instrument, member: Person, steward: Person):
    strike(instrument, member, 23)
    [one] = no_shows.of(member)
    with pytest.raises(NotAllowed, match="stewards"):
        no_shows.forgive(no_show=one, person=member, why="please", now=NOW)
    with pytest.raises(NotAllowed, match="stewards"):
        no_shows.remind(no_show=one, person=member, now=NOW)
    with pytest.raises(Refused, match="no reason"):
        no_shows.forgive(no_show=one, person=steward, why=" ", now=NOW)


def test_a_banned_person_is_told_until_when_and_a_steward_may_let_it_pass(instrument: Instrument, member: Person):
    strike(instrument, member, 23, 24, 25)
    asked = Request(instrument, member, None, at(9, day=28), at(10, day=28), at(9, day=26), known=Settings())
    [objection] = rules.objections(asked)
    assert objection.waivable
    assert "3 bookings were not used lately" in objection.words
    assert "2026-12-25 17:15 (CST)" in objection.words


def test_nobody_is_offered_time_while_banned(instrument: Instrument, member: Person):
    strike(instrument, member, 23, 24, 25)
    waiting.join(
        person=member, instruments=[instrument], earliest_at=at(9, day=27), latest_at=at(11, day=27), minutes=60,
        now=at(9, day=26),
    )  # fmt: skip
    assert waiting.offer_free(now=at(9, day=26)) == 0


def test_the_rule_says_itself(instrument: Instrument):
    said = " ".join(rules.in_words(instrument, now=NOW))
    assert "A booking that is not begun within 15 min is given free." in said
    assert "After 3 no-shows within 90 days, no booking for 30 days." in said


def test_two_people_who_do_not_come_each_have_their_own_point(instrument: Instrument, member: Person):
    other = make_person("Ada")
    booked(instrument, member)
    booked(instrument, other, hour=11)
    assert no_shows.due(now=at(11, 15)) == 1
    assert [one.person for one in NoShow.objects.all()] == [other]


def test_nobody_has_to_come_to_what_an_outage_keeps_from_being_used(
    instrument: Instrument, member: Person, steward: Person
) -> None:
    held = booked(instrument, member)
    out = {"instrument": instrument, "person": steward, "words": "leak", "now": NOW}
    first = outages.declare(starts_at=held.starts_at, ends_at=held.ends_at, **out)
    assert no_shows.due(now=held.starts_at + LATE) == 0
    outages.withdraw(outage=first, person=steward, now=held.starts_at)
    outages.declare(starts_at=held.starts_at + 2 * LATE, ends_at=held.ends_at, **out)  # too late to be an excuse
    assert no_shows.due(now=held.starts_at + LATE) == 1
    assert NoShow.objects.count() == 1
