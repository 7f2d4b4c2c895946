from datetime import timedelta

from liqi.access import booking, vacancy
from liqi.access.models import BookingTerms
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, make_instrument

HOUR = timedelta(hours=1)


def free(start: int, end: int) -> list[str]:
    found = vacancy.free_then(Instrument.objects.order_by("pk"), at(start), at(end), now=NOW)
    return [one.key for one in found]


def test_only_what_can_be_booked_for_the_whole_period_is_free(instrument: Instrument, institution, member: Person):
    make_instrument(institution, opening_hours={"mon": [["17:00", "20:00"]]})
    make_instrument(institution, bookable=False)
    make_instrument(institution, max_minutes=60)
    make_instrument(institution, status="down")
    make_instrument(institution, notice_minutes=60 * 24 * 30)
    make_instrument(institution, horizon_days=1)
    assert free(9, 11) == ["i1", "i2"]
    booking.book(instrument=instrument, person=member, starts_at=at(10), ends_at=at(11), now=NOW)
    assert free(9, 11) == ["i2"]
    assert free(9, 10) == ["i1", "i2", "i4"]
    assert free(11, 11) == []


def test_buffers_and_places_count(instrument: Instrument, member: Person, guest: Person):
    BookingTerms.objects.create(instrument=instrument, positions=2, after_minutes=30, updated_at=NOW)
    booking.book(instrument=instrument, person=member, starts_at=at(9), ends_at=at(10), now=NOW)
    assert free(9, 10) == ["i1"]
    booking.book(instrument=instrument, person=guest, starts_at=at(9), ends_at=at(10), now=NOW)
    assert free(9, 10) == []
    assert free(10, 11) == []
    periods = vacancy.of_many([instrument], at(8), at(12))[instrument.pk]
    assert (at(10, 30), at(12)) in periods
    assert periods[0][0] == at(8)


def test_many_instruments_cost_the_same_queries_as_one(institution, django_assert_max_num_queries):
    for _each in range(30):
        make_instrument(institution)
    with django_assert_max_num_queries(4):
        assert len(free(9, 11)) == 30
    with django_assert_max_num_queries(4):
        vacancy.of_many(list(Instrument.objects.all()), at(0), at(0, day=28))
