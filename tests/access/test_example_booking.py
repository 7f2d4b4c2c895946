"""The synthetic bookings are made once, and marked."""

from datetime import timedelta
from typing import Any

from liqi.access.example import booking as example_booking
from liqi.access.models import Booking, Swap
from liqi.accounts.models import Person
from tests.access.conftest import NOW, make_instrument, make_person


def test_the_example_is_loaded_once_and_marked_synthetic(institution: Any, member: Person) -> None:
    for _each in range(3):
        make_instrument(institution, synthetic=True)
    Person.objects.filter(pk=member.pk).update(email="member@example.org")
    make_person("Op", is_operator=True)
    assert example_booking.load(now=NOW) == 7
    assert example_booking.load(now=NOW + timedelta(hours=1)) == 0
    assert set(Booking.objects.values_list("synthetic", flat=True)) == {True}
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed", "requested"}
    assert Swap.objects.open().count() == 1
