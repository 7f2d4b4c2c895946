"""Stock always sums: what is left of a lot is the sum of its movements, whoever writes them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.access.care import stock
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Order, Session, Steward, StockItem, StockLot, StockMovement
from liqi.accounts.models import Notice, Person
from liqi.catalogue.models import Facility, Institution, Instrument
from liqi.taxonomy import FACILITY_KINDS
from tests.access.conftest import NOW

TODAY = NOW.date()


@pytest.fixture
def facility(institution: Institution) -> Facility:
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    return Facility.objects.create(
        key="f", name="Platform", institution=institution, kind=kind.code, facility_class=kind.facility_class,
        source="test", created_at=NOW, updated_at=NOW,
    )  # fmt: skip


@pytest.fixture
def keeper(facility: Facility, member: Person) -> Person:
    Steward.objects.create(person=member, facility=facility)
    return member


@pytest.fixture
def vials(facility: Facility, keeper: Person) -> StockItem:
    return stock.add(
        facility=facility, person=keeper, name="Vials", unit="box", minimum=Decimal(5), price_cny=Decimal("12.34"),
        now=NOW,
    )  # fmt: skip


def receive(item: StockItem, person: Person, number: str, quantity: str, **more: Any) -> StockMovement:
    return stock.receive(item=item, person=person, number=number, quantity=Decimal(quantity), now=NOW, **more)


def issue(item: StockItem, person: Person, quantity: str, **more: Any) -> list[StockMovement]:
    return stock.issue(item=item, person=person, quantity=Decimal(quantity), **({"now": NOW} | more))


def test_what_expires_first_is_issued_first_and_what_expired_is_not(vials: StockItem, keeper: Person) -> None:
    receive(vials, keeper, "never", "10")
    receive(vials, keeper, "late", "2", expires_on=TODAY + timedelta(days=90))
    receive(vials, keeper, "soon", "1.5", expires_on=TODAY + timedelta(days=9))
    receive(vials, keeper, "gone", "7", expires_on=TODAY - timedelta(days=1))
    made = issue(vials, keeper, "4")
    assert [(one.lot.number, one.quantity) for one in made] == [
        ("soon", Decimal("-1.5")), ("late", Decimal(-2)), ("never", Decimal("-0.5")),
    ]  # fmt: skip
    with pytest.raises(NotPossible, match=r"10 box of “Vials” are wanted and 9\.5 are left"):
        issue(vials, keeper, "10")
    (level,) = stock.levels([vials.facility], on=TODAY)
    assert (level.left, level.expired, level.low) == (Decimal("9.5"), Decimal(7), False)


def test_an_issue_sent_twice_is_one(vials: StockItem, keeper: Person) -> None:
    receive(vials, keeper, "a", "1", request_key="r")
    receive(vials, keeper, "a", "1", request_key="r")
    receive(vials, keeper, "b", "1")
    first = issue(vials, keeper, "1.5", request_key="k")
    assert issue(vials, keeper, "1.5", request_key="k") == first
    assert sum(lot.left for lot in StockLot.objects.all()) == Decimal("0.5")


def test_what_a_session_used_is_summed_for_its_charge(
    vials: StockItem, keeper: Person, guest: Person, instrument: Instrument
) -> None:
    receive(vials, keeper, "a", "10")
    Instrument.objects.filter(pk=instrument.pk).update(facility=vials.facility)
    session = Session.objects.create(instrument=instrument, person=guest, started_at=NOW)
    session.refresh_from_db()
    (made,) = issue(vials, guest, "3", session=session)
    with pytest.raises(NotAllowed):
        issue(vials, guest, "1")
    stock.give_back(movement=made, person=keeper, quantity=Decimal("0.5"), now=NOW)
    with pytest.raises(NotPossible, match=r"2\.5 of this issue"):
        stock.give_back(movement=made, person=keeper, quantity=Decimal(3), now=NOW)
    (found,) = stock.used(session=session)
    assert (found.item, found.quantity, found.amount_cny) == (vials, Decimal("2.5"), Decimal("30.85"))
    assert stock.used() == []


def test_movements_of_one_session_or_order_stand_in_line_so_that_their_numbers_are_in_order(
    instrument: Instrument, vials: StockItem, keeper: Person
) -> None:
    """A lower number that came on record after a higher one was charged would never be charged."""
    receive(vials, keeper, "a", "10")
    order = Order.objects.create(title="Leaves", person=keeper, created_at=NOW)
    session = Session.objects.create(instrument=instrument, person=keeper, started_at=NOW)
    for of, table in (({"order": order}, "access_order"), ({"session": session, "order": order}, "access_session")):
        with CaptureQueriesContext(connection) as asked:
            issue(vials, keeper, "1", **of)
        said = [one["sql"] for one in asked.captured_queries]
        written = next(place for place, sql in enumerate(said) if sql.startswith('INSERT INTO "access_stockmovement"'))
        (held,) = [sql for sql in said[:written] if f'FROM "{table}"' in sql]
        assert held.endswith(f'FOR UPDATE OF "{table}"') is connection.features.has_select_for_update


def test_a_count_sets_it_right_and_disposal_has_a_reason(vials: StockItem, keeper: Person) -> None:
    lot = receive(vials, keeper, "a", "10").lot
    assert stock.count(lot=lot, person=keeper, found=Decimal(10), now=NOW) is None
    change = stock.count(lot=lot, person=keeper, found=Decimal("7.25"), now=NOW, words="two broken")
    assert change is not None
    assert change.quantity == Decimal("-2.75")
    with pytest.raises(NotPossible):
        stock.dispose(lot=lot, person=keeper, quantity=Decimal(1), words="", now=NOW)
    with pytest.raises(NotPossible, match=r"7\.25 are left"):
        stock.dispose(lot=lot, person=keeper, quantity=Decimal(8), words="wet", now=NOW)
    with pytest.raises(NotPossible, match="Something of"):
        stock.end(item=vials, person=keeper, now=NOW)
    stock.dispose(lot=lot, person=keeper, quantity=Decimal("7.25"), words="wet", now=NOW)
    stock.end(item=vials, person=keeper, now=NOW)


def test_the_stewards_hear_once_when_it_runs_low(vials: StockItem, keeper: Person) -> None:
    assert [stock.due(now=NOW), stock.due(now=NOW)] == [1, 0]
    receive(vials, keeper, "a", "10")
    assert stock.due(now=NOW) == 0
    issue(vials, keeper, "6")
    assert stock.due(now=NOW) == 1
    assert Notice.objects.filter(kind="stock.low", person=keeper).count() == 2


def test_the_database_lets_nobody_change_a_movement_or_what_is_left(vials: StockItem, keeper: Person) -> None:
    made = receive(vials, keeper, "a", "10")
    acts: list[Any] = [
        lambda: StockMovement.objects.filter(pk=made.pk).update(thousandths=1),
        lambda: StockMovement.objects.filter(pk=made.pk).delete(),
        lambda: StockLot.objects.filter(pk=made.lot_id).update(left_thousandths=9),
        lambda: StockMovement.objects.create(lot=made.lot, kind="issue", thousandths=-10_001, at=NOW),
        lambda: StockMovement.objects.create(lot=made.lot, kind="issue", thousandths=1, at=NOW),
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert StockLot.objects.get().left == 10


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0001", "NaN", "1e30"])
def test_a_quantity_that_cannot_be_is_refused(vials: StockItem, keeper: Person, quantity: str) -> None:
    with pytest.raises(NotPossible, match="Found the quantity"):
        receive(vials, keeper, "a", quantity)


STEPS = st.lists(
    st.tuples(st.sampled_from(["receive", "issue", "count", "dispose"]), st.integers(0, 2), st.integers(0, 9_999)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_done_each_lot_holds_the_sum_of_its_movements(
    vials: StockItem, keeper: Person, steps: list[tuple[str, int, int]]
) -> None:
    expected = [0, 0, 0]
    with transaction.atomic():
        for verb, which, size in steps:
            quantity, name = Decimal(size) / 1000, f"lot {which}"
            lot = StockLot.objects.filter(item=vials, number=name).first()
            try:
                if verb == "receive":
                    receive(vials, keeper, name, str(quantity))
                    expected[which] += size
                elif lot is not None and verb == "issue":
                    issue(vials, keeper, str(quantity), lot=lot)
                    expected[which] -= size
                elif lot is not None and verb == "count":
                    stock.count(lot=lot, person=keeper, found=quantity, now=NOW)
                    expected[which] = size
                elif lot is not None:
                    stock.dispose(lot=lot, person=keeper, quantity=quantity, words="x", now=NOW)
                    expected[which] -= size
            except NotPossible:
                continue
        for lot in StockLot.objects.annotate(sum=Sum("movements__thousandths")):
            assert lot.left_thousandths == (lot.sum or 0) == expected[int(lot.number[-1])]
        transaction.set_rollback(True)
