from liqi.access import booking
from liqi.access.example import MANAGER, MEMBER
from liqi.access.example import waiting as example_waiting
from liqi.access.models import Booking, NoShow, Order, Steward, Wish
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, make_person


def test_the_example_has_people_who_wait_and_a_no_show_once(instrument: Instrument, first: Person, second: Person):
    manager, member = make_person("Manager", is_operator=False), make_person("Member")
    assert (manager.email, member.email) == (MANAGER, MEMBER)
    Steward.objects.create(person=manager, instrument=instrument)
    for hour, person in ((9, first), (11, second), (13, first)):
        booking.book(instrument=instrument, person=person, starts_at=at(hour), ends_at=at(hour + 2), now=NOW)
    order = Order.objects.create(title="x", person=first, created_at=NOW)
    Booking.objects.create(
        order=order, instrument=instrument, person=first, starts_at=at(1, day=20), ends_at=at(2, day=20),
        created_at=at(1, day=19), synthetic=True,
    )  # fmt: skip
    assert example_waiting.load(now=NOW) == 3
    assert example_waiting.load(now=NOW) == 0
    assert Wish.objects.filter(synthetic=True, order__synthetic=True).count() == 3
    assert NoShow.objects.get().booking.state == "released"
