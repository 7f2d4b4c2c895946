from datetime import timedelta

import pytest

from liqi.access import booking, waiting
from liqi.access.models import Booking, Offer, Order, Wish
from liqi.access.rules import Refused
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Notice, Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, make_instrument
from tests.access.waiting.conftest import HOUR, wish

MINUTE = timedelta(minutes=1)


def open_offers() -> list[Offer]:
    return list(Offer.objects.filter(state="open").select_related("booking__instrument", "wish__person").order_by("pk"))


def test_who_joins_waits_under_a_thread_of_their_own(instrument: Instrument, taken: Booking, first: Person):
    waits = wish(first, instrument, title="Tea")
    assert (waits.state, waits.order.title, waits.order.person) == ("waiting", "Tea", first)
    assert waiting.offer_free(now=NOW) == 0
    assert JournalEntry.objects.filter(verb="waits", person=first).count() == 1


def test_the_same_wish_sent_again_is_found_with_and_without_a_key(
    instrument: Instrument, taken: Booking, first: Person
):
    made = wish(first, instrument)
    assert wish(first, instrument) == made
    keyed = wish(first, instrument, minutes=30, request_key="k")
    assert wish(first, instrument, minutes=30, request_key="k") == keyed
    with pytest.raises(Refused, match="request key"):
        wish(first, instrument, minutes=45, request_key="k")
    assert Wish.objects.count() == 2


def test_time_that_falls_free_is_held_for_who_came_first(
    instrument: Instrument, taken: Booking, member: Person, first: Person, second: Person
):
    wish(first, instrument)
    wish(second, instrument, now=NOW + MINUTE, minutes=120)
    booking.cancel(booking=taken, person=member, now=NOW + HOUR)
    waiting.due(now=NOW + HOUR)
    [offer] = open_offers()
    assert (offer.wish.person, offer.booking.starts_at, offer.booking.ends_at) == (first, at(9), at(10))
    assert (offer.booking.state, offer.expires_at) == ("offered", NOW + 3 * HOUR)
    notice = Notice.objects.get(kind="waiting.offered")
    assert (notice.person, notice.link, notice.facts["instrument"]) == (first, "/waiting/", instrument.name)
    with pytest.raises(booking.SlotTaken):
        booking.book(instrument=instrument, person=second, starts_at=at(9), ends_at=at(10), now=NOW + HOUR)


def test_an_accepted_offer_is_a_booking_and_ends_the_wish(instrument: Instrument, first: Person):
    waits = wish(first, instrument)
    waiting.offer_free(now=NOW)
    [offer] = open_offers()
    booked = waiting.accept(offer=offer, person=first, now=NOW + HOUR)
    assert (booked.state, booked.expires_at, booked.order) == ("confirmed", None, waits.order)
    assert waiting.accept(offer=offer, person=first, now=NOW + HOUR) == booked
    with pytest.raises(Refused, match="You took this time already"):
        waiting.refuse(offer=offer, person=first, now=NOW + HOUR)
    waits.refresh_from_db()
    assert waits.state == "met"
    assert waiting.due(now=NOW + 5 * HOUR) == 0


def test_nobody_else_answers_an_offer(instrument: Instrument, first: Person, second: Person, steward: Person):
    wish(first, instrument)
    waiting.offer_free(now=NOW)
    [offer] = open_offers()
    for other in (second, steward):
        with pytest.raises(NotAllowed, match="only they"):
            waiting.accept(offer=offer, person=other, now=NOW)
        with pytest.raises(NotAllowed, match="only they"):
            waiting.refuse(offer=offer, person=other, now=NOW)


def test_a_refused_offer_goes_to_the_next_and_is_not_offered_to_the_same_again(
    instrument: Instrument, first: Person, second: Person
):
    wish(first, instrument, latest_at=at(10))
    wish(second, instrument, latest_at=at(10), now=NOW + MINUTE)
    waiting.offer_free(now=NOW + MINUTE)
    waiting.refuse(offer=open_offers()[0], person=first, now=NOW + HOUR)
    [offer] = open_offers()
    assert (offer.wish.person, offer.booking.starts_at) == (second, at(9))
    waiting.refuse(offer=offer, person=second, now=NOW + HOUR)
    assert waiting.due(now=NOW + HOUR) == 0
    assert open_offers() == []
    assert Wish.objects.waiting(NOW).count() == 2


def test_an_offer_that_nobody_answers_expires_and_goes_to_the_next(
    instrument: Instrument, first: Person, second: Person
):
    wish(first, instrument, latest_at=at(10))
    wish(second, instrument, latest_at=at(10), now=NOW + MINUTE)
    waiting.offer_free(now=NOW + MINUTE)
    [late] = open_offers()
    assert waiting.due(now=late.expires_at - MINUTE) == 0
    waiting.due(now=late.expires_at)
    [offer] = open_offers()
    assert offer.wish.person == second
    with pytest.raises(Refused, match="ended at"):
        waiting.accept(offer=late, person=first, now=late.expires_at)
    late.booking.refresh_from_db()
    assert late.booking.state == "refused"


def test_after_offers_unanswered_too_often_the_wish_leaves_the_list(
    instrument: Instrument, first: Person, steward: Person
):
    waiting.change_terms(instrument=instrument, person=steward, now=NOW, missed_offers=2)
    waits = wish(first, instrument)
    waiting.offer_free(now=NOW)
    waiting.due(now=NOW + 3 * HOUR)
    [again] = open_offers()
    assert again.booking.starts_at == at(10)
    waiting.due(now=NOW + 6 * HOUR)
    waits.refresh_from_db()
    assert (waits.state, open_offers()) == ("over", [])
    assert Notice.objects.filter(person=first, kind="waiting.over").count() == 1


def test_priority_goes_first_then_fewest_offers_then_who_came_first(
    instrument: Instrument, first: Person, second: Person, guest: Person, steward: Person
):
    wish(first, instrument)
    late = wish(second, instrument, now=NOW + MINUTE)
    urgent = wish(guest, instrument, now=NOW + 2 * MINUTE)
    waiting.prioritise(wish=urgent, person=steward, priority=1, now=NOW)
    assert [turn.wish.person for turn in waiting.line(instrument, now=NOW)] == [guest, first, second]
    had = wish(first, instrument, earliest_at=at(9, day=24), latest_at=at(10, day=24))
    waiting.offer_free(now=NOW + 3 * MINUTE)
    assert Offer.objects.filter(wish=had).exists()
    for offer in open_offers():
        waiting.refuse(offer=offer, person=offer.wish.person, now=NOW + 4 * MINUTE)
    assert waiting.place(late, now=NOW + 5 * MINUTE) < waiting.place(
        Wish.objects.filter(person=first).earliest("pk"), now=NOW + 5 * MINUTE
    )


def test_who_booked_less_lately_goes_before_who_came_first(instrument: Instrument, first: Person, second: Person):
    booking.book(instrument=instrument, person=first, starts_at=at(3, day=24), ends_at=at(6, day=24), now=NOW)
    wish(first, instrument)
    wish(second, instrument, now=NOW + MINUTE)
    assert [(turn.wish.person, turn.hours) for turn in waiting.line(instrument, now=NOW)] == [(second, 0), (first, 3)]


def test_any_of_several_instruments_will_do(instrument: Instrument, taken: Booking, first: Person):
    other = make_instrument(instrument.institution)
    wish(first, instrument, other)
    waiting.offer_free(now=NOW)
    assert [offer.booking.instrument for offer in open_offers()] == [other]


def test_who_wants_it_automatically_has_it_booked_at_once(instrument: Instrument, first: Person):
    waits = wish(first, instrument, automatic=True)
    waiting.offer_free(now=NOW)
    held = Booking.objects.get()
    waits.refresh_from_db()
    assert (held.state, waits.state, open_offers()) == ("confirmed", "met", [])
    assert Notice.objects.filter(person=first, kind="waiting.booked").count() == 1


def test_time_at_short_notice_goes_to_standby_alone_and_is_held_briefly(
    instrument: Instrument, first: Person, second: Person
):
    wish(first, instrument)
    wish(second, instrument, now=NOW + MINUTE, standby=True)
    soon = at(9, 20)
    waiting.offer_free(now=soon)
    first_of, *more = open_offers()
    assert (first_of.wish.person, first_of.booking.starts_at, more) == (second, at(9, 30), [])
    assert first_of.expires_at == at(9, 30)


def test_the_notice_of_the_instrument_does_not_stand_against_an_offer(institution, first: Person):
    slow = make_instrument(institution, notice_minutes=3 * 24 * 60)
    wish(first, slow)
    waiting.offer_free(now=NOW)
    assert [offer.wish.person for offer in open_offers()] == [first]


def test_a_withdrawn_wish_frees_what_was_offered_and_closes_its_thread(
    instrument: Instrument, first: Person, second: Person
):
    waits = wish(first, instrument, latest_at=at(10))
    wish(second, instrument, latest_at=at(10), now=NOW + MINUTE)
    waiting.offer_free(now=NOW + MINUTE)
    waiting.withdraw(wish=waits, person=first, now=NOW + HOUR)
    assert (waits.state, Order.objects.get(pk=waits.order_id).state) == ("withdrawn", "closed")
    waiting.due(now=NOW + HOUR)
    assert [offer.wish.person for offer in open_offers()] == [second]
    waiting.rejoin(wish=waits, person=first, now=NOW + HOUR)
    assert (waits.state, Order.objects.get(pk=waits.order_id).state) == ("waiting", "open")


def test_a_wish_whose_window_passed_is_over(instrument: Instrument, taken: Booking, first: Person):
    waits = wish(first, instrument)
    assert waiting.due(now=at(11)) == 1
    waits.refresh_from_db()
    assert (waits.state, waits.closed_at) == ("over", at(11))


def test_an_offer_whose_booking_was_cancelled_is_taken_back(instrument: Instrument, first: Person):
    waits = wish(first, instrument, latest_at=at(10))
    waiting.offer_free(now=NOW)
    [offer] = open_offers()
    Booking.objects.filter(pk=offer.booking_id).update(state="cancelled")
    waiting.due(now=NOW + MINUTE)
    offer.refresh_from_db()
    assert (offer.state, waits.offers.count()) == ("taken back", 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"minutes": 0}, "length of 0"),
        ({"minutes": 180}, "too short"),
        ({"latest_at": at(9, day=30) + timedelta(days=365)}, "window of"),
        ({"minutes": 15}, "15 min"),
    ],
)
def test_a_wish_that_no_free_time_can_meet_is_refused(instrument: Instrument, first: Person, given, words: str):
    with pytest.raises(Refused, match=words):
        wish(first, instrument, **given)
    assert (Wish.objects.count(), Order.objects.count()) == (0, 0)


def test_a_wish_for_nothing_is_refused(first: Person):
    with pytest.raises(Refused, match="0 instruments"):
        wish(first)


def test_only_stewards_set_terms_and_priority(instrument: Instrument, first: Person, steward: Person):
    waits = wish(first, instrument)
    with pytest.raises(NotAllowed, match="stewards"):
        waiting.change_terms(instrument=instrument, person=first, now=NOW, offer_minutes=60)
    with pytest.raises(NotAllowed, match="stewards"):
        waiting.prioritise(wish=waits, person=first, priority=9, now=NOW)
    with pytest.raises(Refused, match="-9 to 9"):
        waiting.prioritise(wish=waits, person=steward, priority=10, now=NOW)
    with pytest.raises(Refused, match="Found 2 for offer minutes"):
        waiting.change_terms(instrument=instrument, person=steward, now=NOW, offer_minutes=2)
    terms = waiting.change_terms(instrument=instrument, person=steward, now=NOW, offer_minutes=30)
    assert (terms.offer_minutes, waiting.terms_of([instrument])[instrument.pk].standby_minutes) == (30, 10)


def test_a_line_costs_the_same_queries_for_one_and_for_ten(
    instrument: Instrument, first: Person, django_assert_max_num_queries
):
    for hour in range(9, 19):
        wish(first, instrument, earliest_at=at(hour), latest_at=at(hour + 1))
    with django_assert_max_num_queries(6):
        assert len(waiting.line(instrument, now=NOW)) == 10
