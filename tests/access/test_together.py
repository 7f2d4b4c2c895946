"""Several periods are booked all or none; one books for another; two change places; a steward answers requests."""

from datetime import timedelta
from typing import Any

import pytest

from liqi.access import approval, booking, swap, terms, together, upkeep
from liqi.access.booking import NotAllowed, Refused, SlotTaken, Wanted
from liqi.access.models import Booking, Steward, Swap
from liqi.accounts.models import JournalEntry, Notice, Person
from tests.access.conftest import NOW, at, make_instrument, make_person

DAY = timedelta(days=1)


def book(instrument: Any, person: Person, start: int = 1, end: int = 3, **more: Any) -> Booking:
    return booking.book(
        instrument=instrument, person=person, starts_at=at(start), ends_at=at(end), **({"now": NOW} | more)
    )  # fmt: skip


@pytest.fixture
def other(institution: Any) -> Any:
    return make_instrument(institution)


def test_several_instruments_are_booked_all_or_none(instrument: Any, other: Any, member: Person, guest: Person) -> None:
    both = [Wanted(instrument, at(1), at(3)), Wanted(other, at(1), at(3))]
    made = together.book(both, person=member, now=NOW)
    assert (len({row.together for row in made}), len({row.order_id for row in made})) == (1, 1)
    assert together.book(both, person=member, now=NOW) == made
    later = [Wanted(instrument, at(5), at(6)), Wanted(other, at(2), at(4))]
    with pytest.raises(SlotTaken):
        together.book(later, person=guest, now=NOW)
    assert Booking.objects.count() == 2
    assert len(together.cancel(booking=made[0], person=member, now=NOW)) == 2
    assert len(together.restore(booking=made[0], person=member, now=NOW)) == 2


def test_a_request_key_names_one_request_of_several(instrument: Any, other: Any, member: Person) -> None:
    both = [Wanted(instrument, at(1), at(3)), Wanted(other, at(1), at(3))]
    made = together.book(both, person=member, now=NOW, request_key="k")
    assert together.book(both, person=member, now=NOW, request_key="k") == made
    with pytest.raises(Refused, match="another booking"):
        together.book(both[:1], person=member, now=NOW, request_key="k")


def test_two_periods_of_one_request_do_not_meet_on_one_instrument(instrument: Any, member: Person) -> None:
    with pytest.raises(SlotTaken):
        together.book([Wanted(instrument, at(1), at(3)), Wanted(instrument, at(2), at(4))], person=member, now=NOW)
    with pytest.raises(Refused, match="expected 1 to"):
        together.book([], person=member, now=NOW)


def test_a_steward_books_for_another_and_the_journal_says_who(instrument: Any, member: Person, steward: Person) -> None:
    with pytest.raises(NotAllowed, match="for somebody else"):
        book(instrument, steward, made_by=member)
    made = book(instrument, member, made_by=steward)
    assert (made.person, made.made_by, made.order.person) == (member, steward, member)
    line = JournalEntry.objects.get(verb="booked")
    assert (line.person, line.facts["for"]) == (steward, member.pk)
    assert Notice.objects.get(person=member).kind == "booking.made"
    instrument.max_minutes = 60
    with pytest.raises(Refused):  # the rules are asked for the person
        book(instrument, member, 5, 8, made_by=steward)


def asks(instrument: Any, steward: Person, **more: Any) -> None:
    terms.change(instrument, person=steward, now=NOW, **({"approval": "always"} | more))


def test_a_request_holds_the_time_until_a_steward_answers(
    instrument: Any, member: Person, guest: Person, steward: Person
) -> None:
    asks(instrument, steward)
    made = book(instrument, member)
    assert (made.state, made.expires_at) == ("requested", at(1))
    assert Notice.objects.get(person=steward).kind == "booking.requested"
    with pytest.raises(SlotTaken):
        book(instrument, guest)
    with pytest.raises(NotAllowed):
        approval.approve(booking=made, person=member, now=NOW)
    for _again in range(2):
        assert approval.approve(booking=made, person=steward, now=NOW, words="fine").state == "confirmed"
    assert (made.decided_by, made.decision, made.expires_at) == (steward, "fine", None)
    assert JournalEntry.objects.filter(verb="approved").count() == 1
    with pytest.raises(Refused, match="confirmed"):
        approval.refuse(booking=made, person=steward, now=NOW)
    assert approval.undo(booking=made, person=steward, now=NOW).state == "requested"
    refused = approval.refuse(booking=made, person=steward, now=NOW, words="the source is dirty")
    assert refused.state == "refused"
    assert book(instrument, steward).state == "confirmed"
    with pytest.raises(SlotTaken):
        approval.undo(booking=made, person=steward, now=NOW)


def test_a_move_of_an_approved_booking_is_asked_anew_but_not_a_stewards(
    instrument: Any, member: Person, steward: Person
) -> None:
    asks(instrument, steward)
    made = book(instrument, member)
    approval.approve(booking=made, person=steward, now=NOW)
    moved = booking.move(booking=made, person=member, starts_at=at(5), ends_at=at(6), now=NOW)
    assert (moved.state, moved.decided_by) == ("requested", None)
    moved = booking.move(booking=made, person=steward, starts_at=at(7), ends_at=at(8), now=NOW)
    assert moved.state == "confirmed"


def test_a_cancelled_request_is_a_request_again_when_taken_back(
    instrument: Any, member: Person, steward: Person
) -> None:
    asks(instrument, steward)
    made = book(instrument, member)
    booking.cancel(booking=made, person=member, now=NOW)
    assert booking.restore(booking=made, person=member, now=NOW).state == "requested"
    approval.approve(booking=made, person=steward, now=NOW)
    booking.cancel(booking=made, person=member, now=NOW)
    assert booking.restore(booking=made, person=member, now=NOW).state == "confirmed"


def test_approval_asks_the_rules_once_more(instrument: Any, member: Person, steward: Person) -> None:
    asks(instrument, steward)
    made = book(instrument, member)
    instrument.max_minutes = 60
    instrument.save()
    made = Booking.objects.get(pk=made.pk)
    with pytest.raises(Refused, match="longest here"):
        approval.approve(booking=made, person=steward, now=NOW)
    done = approval.approve(booking=made, person=steward, now=NOW, waive=["too_long"], reason="agreed before")
    assert (done.state, done.reason) == ("confirmed", "agreed before")


def test_a_request_that_nobody_answers_expires(instrument: Any, member: Person, guest: Person, steward: Person) -> None:
    asks(instrument, steward, approval_hours=2)
    made = book(instrument, member)
    assert approval.due(now=NOW + timedelta(hours=1)) == 0
    assert approval.due(now=NOW + timedelta(hours=2)) == 1
    assert approval.due(now=NOW + timedelta(hours=2)) == 0
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("refused", None)
    assert Notice.objects.filter(person=member, kind="booking.expired").count() == 1
    assert approval.due in upkeep.TASKS


def test_bookings_from_outside_alone_are_asked_about(
    instrument: Any, member: Person, guest: Person, steward: Person
) -> None:
    asks(instrument, steward, approval="outside")
    assert book(instrument, member).state == "confirmed"
    assert book(instrument, guest, 4, 5).state == "requested"


def test_two_people_swap_places_when_both_agree(instrument: Any, other: Any, member: Person, guest: Person) -> None:
    mine, theirs = book(instrument, member), book(other, guest, 5, 6)
    with pytest.raises(NotAllowed):
        swap.propose(given=theirs, wanted=mine, person=member, now=NOW)
    proposal = swap.propose(given=mine, wanted=theirs, person=member, now=NOW, words="a late sample")
    assert swap.propose(given=mine, wanted=theirs, person=member, now=NOW) == proposal
    with pytest.raises(NotAllowed):
        swap.accept(proposal=proposal, person=member, now=NOW)
    for _again in range(2):
        assert swap.accept(proposal=proposal, person=guest, now=NOW).state == "done"
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.instrument, mine.starts_at, mine.ends_at) == (other, at(5), at(6))
    assert (theirs.instrument, theirs.starts_at) == (instrument, at(1))
    assert JournalEntry.objects.filter(verb="swapped").count() == 2
    assert Notice.objects.filter(person=member, kind="swap.done").count() == 1


def test_a_swap_of_places_that_changed_since_is_refused(
    instrument: Any, other: Any, member: Person, guest: Person
) -> None:
    mine, theirs = book(instrument, member), book(other, guest, 5, 6)
    proposal = swap.propose(given=mine, wanted=theirs, person=member, now=NOW)
    booking.move(booking=mine, person=member, starts_at=at(8), ends_at=at(9), now=NOW)
    with pytest.raises(Refused, match="moved since"):
        swap.accept(proposal=Swap.objects.get(), person=guest, now=NOW)
    assert swap.decline(proposal=proposal, person=guest, now=NOW).state == "declined"
    assert Notice.objects.filter(person=member, kind="swap.declined").exists()
    with pytest.raises(Refused):
        swap.withdraw(proposal=proposal, person=member, now=NOW)


def test_a_swap_against_the_rules_of_either_person_changes_nothing(
    instrument: Any, other: Any, member: Person, guest: Person
) -> None:
    mine, theirs = book(instrument, member), book(other, guest, 5, 6)
    instrument.shared = False
    instrument.save()
    proposal = swap.propose(given=mine, wanted=theirs, person=member, now=NOW)
    with pytest.raises(Refused, match="own institution"):
        swap.accept(proposal=Swap.objects.get(pk=proposal.pk), person=guest, now=NOW)
    assert Booking.objects.live().get(pk=mine.pk).starts_at == at(1)


def test_a_steward_of_both_instruments_swaps_two_bookings(
    instrument: Any, other: Any, member: Person, guest: Person, steward: Person
) -> None:
    mine, theirs = book(instrument, member, 1, 3), book(instrument, guest, 3, 4)
    swap.swap(one=mine, other=theirs, person=steward, now=NOW)
    assert (mine.starts_at, mine.ends_at, theirs.ends_at) == (at(3), at(4), at(3))
    elsewhere = book(other, make_person("X"), 8, 9)
    with pytest.raises(NotAllowed, match="Only a steward"):
        swap.swap(one=mine, other=elsewhere, person=steward, now=NOW)
    Steward.objects.create(person=steward, instrument=other)
    swap.swap(one=mine, other=elsewhere, person=steward, now=NOW)
    assert mine.instrument == other


def test_a_booking_that_somebody_else_moved_meanwhile_is_not_moved_over(
    instrument: Any, member: Person, steward: Person
) -> None:
    mine = book(instrument, member)
    seen = Booking.objects.get(pk=mine.pk)
    booking.move(booking=mine, person=steward, starts_at=at(5), ends_at=at(7), now=NOW)
    with pytest.raises(Refused, match="moved to 2026-11-23 13:00"):
        booking.move(booking=seen, person=member, starts_at=at(8), ends_at=at(9), now=NOW)


def test_a_booking_moves_to_another_instrument(instrument: Any, other: Any, member: Person, guest: Person) -> None:
    mine = book(instrument, member)
    book(other, guest, 5, 6)
    with pytest.raises(SlotTaken):
        booking.move(booking=mine, person=member, instrument=other, starts_at=at(5), ends_at=at(7), now=NOW)
    booking.move(booking=mine, person=member, instrument=other, starts_at=at(1), ends_at=at(3), now=NOW)
    assert mine.instrument == other
    line = JournalEntry.objects.get(verb="moved")
    assert (line.facts["from_instrument"], line.facts["instrument"]) == (instrument.key, other.key)
