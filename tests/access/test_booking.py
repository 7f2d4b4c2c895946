"""Bookings are made, moved, cancelled and taken back."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access import booking
from liqi.access.booking import NotAllowed, Refused, SlotTaken
from liqi.access.models import Booking, Order, Session
from liqi.accounts.models import JournalEntry, Person, Project
from tests.access.conftest import NOW, at, make_instrument, make_person


def book(instrument: Any, person: Person, start: Any = None, end: Any = None, **more: Any) -> Booking:
    asked = {"starts_at": start or at(1), "ends_at": end or at(3), "now": NOW}
    return booking.book(instrument=instrument, person=person, **(asked | more))


def codes(refused: Any) -> list[str]:
    return [objection.code for objection in refused.value.objections]


def test_books_a_free_slot_in_a_new_order_and_writes_the_journal(instrument: Any, member: Person) -> None:
    made = book(instrument, member, title="Which pesticide?", need="a leaf")
    assert (made.state, made.order.title, made.order.need) == ("confirmed", "Which pesticide?", "a leaf")
    assert made.organisation == made.order.organisation == member.memberships.get().organisation
    line = JournalEntry.objects.get(thing="access.booking", thing_id=str(made.pk))
    assert (line.verb, line.person, line.at) == ("booked", member, NOW)
    assert line.facts["instrument"] == instrument.key


def test_row_001_20_a_computing_cluster_is_booked_as_any_other(institution: Any, member: Person, guest: Person) -> None:
    of_class = {"class_code": "130100", "class_scheme": "cn-instr", "class_edition": "current"}
    cluster = make_instrument(institution, name="GPU cluster", techniques=["hpc", "gpu"], **of_class)
    assert book(cluster, member, title="train a model").state == "confirmed"
    with pytest.raises(SlotTaken):
        book(cluster, guest)


def test_refuses_a_taken_slot_and_names_the_nearest_free_ones(instrument: Any, member: Person, guest: Person) -> None:
    book(instrument, member, at(2), at(4))
    book(instrument, member, at(5), at(6))
    with pytest.raises(SlotTaken, match=r"taken at 2026-11-23 11:00 \(CST\)") as taken:
        book(instrument, guest, at(3), at(5))
    assert taken.value.nearest == [(at(0), at(2)), (at(6), at(8))]
    assert Booking.objects.count() == 2
    assert Order.objects.count() == 2


def test_periods_that_touch_do_not_meet(instrument: Any, member: Person, guest: Person) -> None:
    book(instrument, member, at(2), at(4))
    book(instrument, guest, at(4), at(5))
    book(instrument, guest, at(1), at(2))
    assert Booking.objects.live().count() == 3


def test_the_same_request_again_gives_the_booking_of_the_first(instrument: Any, member: Person) -> None:
    first = book(instrument, member)
    assert book(instrument, member) == first
    assert book(instrument, member, now=at(2)) == first
    assert Order.objects.count() == JournalEntry.objects.count() == 1


def test_a_request_key_names_one_request(instrument: Any, member: Person, guest: Person) -> None:
    first = book(instrument, member, request_key="abc")
    assert book(instrument, member, request_key="abc") == first
    with pytest.raises(Refused) as refused:
        book(instrument, member, at(5), at(6), request_key="abc")
    assert codes(refused) == ["request_key"]
    book(instrument, guest, at(5), at(6), request_key="abc")
    booking.cancel(booking=first, person=member, now=NOW)
    assert book(instrument, member, request_key="abc").state == "cancelled"


def test_a_race_lost_at_the_database_is_told_kindly(
    instrument: Any, member: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row written past the verbs is there when ours is written, though the look found nothing."""
    book(instrument, member)
    blind = monkeypatch.context()
    with blind as patched:
        patched.setattr("liqi.access.positions.around", lambda *_given: defaultdict(list))
        with pytest.raises(SlotTaken) as taken:
            book(instrument, guest)
    assert taken.value.nearest
    assert Order.objects.count() == 1


def test_an_integrity_fault_that_is_no_clash_is_not_called_one(
    instrument: Any, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_facts: Any) -> None:
        raise IntegrityError("another thing")

    monkeypatch.setattr("liqi.accounts.journal.write", fail)
    with pytest.raises(IntegrityError, match="another thing"):
        book(instrument, member)
    assert not Booking.objects.exists()


def test_moves_a_booking_also_over_its_own_old_period(instrument: Any, member: Person) -> None:
    made = book(instrument, member)
    moved = booking.move(booking=made, person=member, starts_at=at(2), ends_at=at(4), now=NOW)
    assert (moved.starts_at, moved.ends_at) == (at(2), at(4))
    assert JournalEntry.objects.get(verb="moved").facts["from_start"] == at(1).isoformat()


def test_refuses_a_move_onto_another_booking_or_against_the_rules(
    instrument: Any, member: Person, guest: Person
) -> None:
    made = book(instrument, member)
    book(instrument, guest, at(5), at(7))
    with pytest.raises(SlotTaken):
        booking.move(booking=made, person=member, starts_at=at(4), ends_at=at(6), now=NOW)
    with pytest.raises(Refused) as refused:
        booking.move(booking=made, person=member, starts_at=at(1, day=20), ends_at=at(2, day=20), now=NOW)
    assert codes(refused) == ["past"]
    made.refresh_from_db()
    assert made.starts_at == at(1)


def test_only_the_owner_and_the_stewards_change_a_booking(
    instrument: Any, member: Person, guest: Person, steward: Person
) -> None:
    made = book(instrument, member)
    for verb in (booking.cancel, booking.restore):
        with pytest.raises(NotAllowed, match="Lin's"):
            verb(booking=made, person=guest, now=NOW)
    with pytest.raises(NotAllowed):
        booking.move(booking=made, person=guest, starts_at=at(4), ends_at=at(5), now=NOW)
    booking.move(booking=made, person=steward, starts_at=at(4), ends_at=at(5), now=NOW)
    assert booking.cancel(booking=made, person=steward, now=NOW).state == "cancelled"


def test_cancels_once_and_takes_it_back(instrument: Any, member: Person, guest: Person) -> None:
    made = book(instrument, member)
    for _again in range(2):
        assert booking.cancel(booking=made, person=member, now=NOW).cancelled_at == NOW
    assert JournalEntry.objects.filter(verb="cancelled").count() == 1
    assert booking.restore(booking=made, person=member, now=NOW).is_live
    booking.cancel(booking=made, person=member, now=NOW)
    book(instrument, guest)
    with pytest.raises(SlotTaken):
        booking.restore(booking=made, person=member, now=NOW)


def test_a_used_or_ended_or_cancelled_booking_does_not_move(instrument: Any, member: Person) -> None:
    made = book(instrument, member)
    with pytest.raises(Refused, match="ended at") as refused:
        booking.cancel(booking=made, person=member, now=at(3))
    assert codes(refused) == ["over"]
    booking.cancel(booking=made, person=member, now=NOW)
    with pytest.raises(Refused) as refused:
        booking.move(booking=made, person=member, starts_at=at(4), ends_at=at(5), now=NOW)
    assert codes(refused) == ["cancelled"]
    booking.restore(booking=made, person=member, now=NOW)
    Session.objects.create(booking=made, instrument=instrument, person=member, started_at=at(1))
    with pytest.raises(Refused) as refused:
        booking.cancel(booking=made, person=member, now=at(2))
    assert codes(refused) == ["used"]


def test_a_steward_waives_what_can_be_waived_and_nobody_else_does(
    instrument: Any, member: Person, steward: Person
) -> None:
    instrument.max_minutes = 60
    with pytest.raises(Refused) as refused:
        book(instrument, member)
    assert codes(refused) == ["too_long"]
    with pytest.raises(NotAllowed):
        book(instrument, member, waive=["too_long"])
    with pytest.raises(Refused) as refused:
        book(instrument, steward, waive=["too_long"], reason=" ")
    assert codes(refused) == ["reason"]
    made = book(instrument, steward, waive=["too_long"], reason="a long run for the review")
    assert (made.is_live, made.reason) == (True, "a long run for the review")
    with pytest.raises(Refused):
        book(instrument, steward, at(1, day=20), at(2, day=20), waive=["past", "too_long"], reason="late")


def test_books_for_an_organisation_one_belongs_to_and_no_other(instrument: Any, member: Person, guest: Person) -> None:
    firm = guest.memberships.get().organisation
    with pytest.raises(NotAllowed, match="Small firm"):
        book(instrument, member, organisation=firm)
    project = Project.objects.create(organisation=firm, code="P1", title="Leaves")
    made = book(instrument, guest, project=project)
    assert (made.organisation, made.order.project) == (firm, project)
    with pytest.raises(NotAllowed, match="Gast's"):
        book(instrument, member, at(5), at(6), order=made.order)
    assert book(instrument, guest, at(5), at(6), order=made.order).order == made.order


def test_refuses_a_moment_without_a_time_zone(instrument: Any, member: Person) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        book(instrument, member, at(1).replace(tzinfo=None))


def test_costs_few_queries(instrument: Any, member: Person, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(11 if connection.vendor == "sqlite" else 12):  # PostgreSQL takes a lock too
        book(instrument, member)


steps = st.lists(
    st.tuples(st.sampled_from(["book", "move", "cancel", "restore"]), st.integers(0, 30), st.integers(1, 8)),
    max_size=20,
)


@given(steps=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_steps_makes_two_bookings_meet(db: None, steps: list[tuple[str, int, int]]) -> None:
    person = make_person(f"P{Person.objects.count()}")
    instrument = make_instrument()
    for verb, hour, length in steps:
        starts_at = at(0) + timedelta(hours=hour)
        ends_at = starts_at + timedelta(hours=length)
        mine = list(Booking.objects.filter(instrument=instrument).order_by("pk"))
        try:
            if verb == "book":
                book(instrument, person, starts_at, ends_at)
            elif mine and verb == "move":
                booking.move(
                    booking=mine[hour % len(mine)], person=person, starts_at=starts_at, ends_at=ends_at, now=NOW
                )
            elif mine:
                getattr(booking, verb)(booking=mine[hour % len(mine)], person=person, now=NOW)
        except (SlotTaken, Refused):
            pass
        held = sorted(Booking.objects.live().filter(instrument=instrument).values_list("starts_at", "ends_at"))
        assert all(first[1] <= second[0] for first, second in pairwise(held))
